cp "$READY"/reel.db .
run reel info --database reel.db
rm -r "$READY"/gone 2>/dev/null || :
cp -r "$READY"/reel.db.models .
json reel info --database reel.db
printf '' | run reel load --ratings /dev/null --database none.db
run reel info --database none.db
