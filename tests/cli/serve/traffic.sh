# Made-up people ask a server for lists and tell it what they did.
ready
serve --quiet
reel simulate --url "$url" --people 30 --days 4 --quiet --json >told
"$PYTHON" -c 'import json
t = json.load(open("told"))
print(t["lists"], t["feedback_calls"], t["failed"], t["first_failure"], t["shown"])
print(0 < t["rated"] <= t["clicked"] < 400, 0 < t["list_ms_p50"] <= t["list_ms_p99"])'
reel simulate --url "$url" --people 2 --days 1 --quiet
echo "== people it does not know"
reel simulate --url "$url" --people 50 --days 1 --quiet | sed -n '1p;$p'
stop_server
echo "== what it has"
"$PYTHON" -c 'import sqlite3
print(*sqlite3.connect("reel.db").execute("SELECT type, count(*) FROM events WHERE type = ? GROUP BY 1", ["impression"]))'
run reel simulate --url "$url" --people 2 --days 1
run reel simulate --url ftp://127.0.0.1
run reel simulate --url "$url" --rate 0
