# Somebody rates, is trained on, and goes.
ready
printf 'correct horse battery\n' >password
reel user add ana --password-stdin --quiet --database reel.db <password
"$PYTHON" - <<'END'
import sqlite3
db = sqlite3.connect("reel.db")
db.execute("INSERT INTO given (userId, movieId, kind, value, timestamp, version)"
           " SELECT 1099511627777, movieId, 'rating', 4, 1000000000, 1 FROM movies ORDER BY movieId LIMIT 5")
db.commit()
END
reel train --force --accept --quiet --database reel.db
run reel forget --database reel.db
mkdir backups
reel backup --database reel.db --output backups/monday.db --quiet
reel user delete ana --quiet --database reel.db
run reel forget --database reel.db
json reel forget --database reel.db
REEL_BACKUPS=backups REEL_BACKUP_DAYS=7 run reel forget --now --database reel.db >said
sed 's/forget-[0-9]*-[0-9a-f]*/forget-WHEN-HASH/' said
[ "$(sed -n 's/^SHA-256: //p' said)  $(sed -n 's/^Receipt: //p' said)" = "$(sha256sum reel.db.models/receipts/*)" ]
"$PYTHON" -m json.tool reel.db.models/receipts/forget-*.json | sed -n '/"people": \[/,/\]/p; /"backups"/,$p' | sed 's/_at": ".*"/_at": "WHEN"/'
reel models list ease --database reel.db | tail -n +2 | wc -l
run reel forget --now --database reel.db
json reel forget --now --database reel.db
run reel forget --backups nowhere --database reel.db
REEL_BACKUP_DAYS=soon run reel forget --database reel.db
run reel forget --now
run reel forget --now --database missing.db
