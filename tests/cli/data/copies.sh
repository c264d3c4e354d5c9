# A database is moved, backed up while it is served, and restored.
ready
run reel migrate-store --from reel.db --to sqlite:moved.db
run reel migrate-store --from reel.db --to moved.db --quiet
json reel migrate-store --from reel.db --to moved.db
serve
run reel backup --database reel.db --output reel.backup
stop_server
run reel backup --database reel.db --output moved.db
run reel restore --from reel.backup --database other.db
printf '1\t2\t3\n' >list.tsv
reel load --ratings list.tsv --database other.db --quiet
run reel restore --from reel.backup --database other.db
run reel restore --from reel.backup --database other.db --replace --quiet
run reel restore --from moved.db --database other.db
head -c 20000 reel.backup >cut.backup
run reel restore --from cut.backup --database third.db
run reel restore --from reel.backup
ls -- *.partial* 2>/dev/null || echo 'nothing half-written'
run reel load --movielens sample --database reel.backup

echo "== events that cannot be read"
"$PYTHON" - <<'END'
import sqlite3

db = sqlite3.connect("reel.db")
for n in range(1, 21):
    db.execute(
        "INSERT INTO events (event_id, type, visitor, method, model_id, list_id, scenario, source_movie, movies,"
        " time_ms, received_ms) VALUES (?, 'click', '', '', '', '', '', 1, ?, 1, 1)",
        (f"event-{n}", "[[1,0]]" if n % 2 else "[[1,0"),
    )
db.commit()
END
run reel backup --database reel.db --output holes.backup --quiet
json reel restore --from holes.backup --database holes.db | grep -A2 events
json reel migrate-store --from reel.db --to holes.db 2>/dev/null | grep -A10 damaged
run reel doctor --database reel.db --deep --listen 127.0.0.1:0 --quiet | grep -A1 rows
run reel doctor --database holes.db --deep --listen 127.0.0.1:0 --quiet | grep -A1 rows || echo 'all rows are well'
