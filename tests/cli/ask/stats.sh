# Two weeks of lists, and what was done with their films.
ready
"$PYTHON" - <<'END'
import json
import sqlite3
db = sqlite3.connect("reel.db")
films = [row[0] for row in db.execute("SELECT movieId FROM movies ORDER BY movieId LIMIT 6")]
monday, hour, number = 1772409600000, 3600000, 0  # 2026-03-02

def put(kind, day, at, movies, list_id, value=None, who=None):
    global number
    number += 1
    when = monday + day * 24 * hour + at * hour
    db.execute("INSERT INTO events (event_id, type, userId, visitor, method, model_id, list_id, scenario, movies, value, time_ms,"
               " received_ms, queued) VALUES (?, ?, ?, '', ?, ?, ?, 'for-you', ?, ?, ?, ?, 0)",
               (f"{number:032x}", kind, who, "ease", f"ease-{1 + day // 7}", list_id, json.dumps(movies), value, when, when))

for day in range(14):
    put("impression", day, 20, [[film, place + 1] for place, film in enumerate(films[:6 - day // 7])], f"list-{day}", who=day % 3)
    if day % 2:
        put("click", day, 21, [[films[day % 3], 0]], f"list-{day}", who=day % 3)
    if day % 4 == 1:
        put("rating", day, 22, [[films[day % 3], 0]], f"list-{day}", value=4, who=day % 3)
put("dwell", 3, 21, [[films[0], 0]], "", value=12.5, who=7)
db.commit()
END
for report in summary 'rates --by model' rates 'rates --by rank' films genres times 'times --by week' people catalogue models; do
    # shellcheck disable=SC2086
    run reel stats $report --range 2026-03-02..2026-03-15 --database reel.db
done
run reel stats summary --range 2026-03-09..2026-03-15 --against previous --database reel.db
run reel stats rates --range 2026-03-09..2026-03-15 --against previous --database reel.db
for report in films times 'times --by day' people catalogue models; do
    # shellcheck disable=SC2086
    run reel stats $report --range 2026-03-09..2026-03-11 --against 2026-03-02..2026-03-03 --database reel.db
done
run reel stats people --range 2020-01-01 --format csv --database reel.db
run reel stats films --by clicked --limit 2 --range all --format csv --database reel.db
run reel stats health --database reel.db
run reel stats --range 2020-01-01 --database reel.db
json reel stats rates --range all --database reel.db
run reel stats weather --database reel.db
run reel stats rates --by star --database reel.db
run reel stats --range yesterday --database reel.db
run reel stats --format xml --database reel.db
run reel stats rates films --database reel.db
run reel stats --database missing.db
