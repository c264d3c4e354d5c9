ready
: >empty.db
printf 'this is no database, but a text that is long enough to be looked at as if it were one....\n%.0s' 1 2 3 4 5 6 7 8 >text.db
head -c 8192 /dev/zero >nul.db
head -c 30000 reel.db >cut.db
cp reel.db newer.db
"$PYTHON" -c 'import sqlite3; d = sqlite3.connect("newer.db"); d.execute("PRAGMA user_version=9999"); d.close()'
"$PYTHON" -c 'import sqlite3; d = sqlite3.connect("foreign.db"); d.execute("CREATE TABLE t (a)"); d.commit(); d.close()'
for name in missing empty text nul cut newer foreign; do
    run reel recommend --database $name.db --user 1
done
run reel info --database newer.db
run reel load --ratings /dev/null --database newer.db
run reel info --database mongodb://localhost/reel
run reel info --database mysql://localhost/reel
run reel info --database ''
