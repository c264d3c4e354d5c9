# From a file to a server, to another database there, into a backup, and back.
ready
export XDG_DATA_HOME=$PWD/data
run reel migrate-store --from reel.db --to "$POSTGRES"moved
reel migrate-store --from "$POSTGRES"moved --to "$POSTGRES"again --json >/dev/null
run reel migrate-store --from "$POSTGRES"again --to reel.db
run reel backup --database "$POSTGRES"again --output again.backup --quiet
reel eda --database reel.db --output one --no-png --quiet
reel eda --database "$POSTGRES"again --output two --no-png --quiet
diff -r one two && echo "the same report"
run reel restore --from again.backup --database "$POSTGRES"third --quiet
[ "$(fact ratings reel info --database "$POSTGRES"third)" = "$(fact ratings reel info --database reel.db)" ] && echo "all ratings"
[ "$(fact generation reel info --database "$POSTGRES"third)" = 1 ] && echo "the same generation"
reel load --movielens "$READY"/sample --database "$POSTGRES"third --quiet
run reel restore --from again.backup --database "$POSTGRES"third
run reel restore --from again.backup --database "$POSTGRES"third --replace --quiet
run reel recommend --database "$POSTGRES"third --user 1 --limit 1 --model popular --quiet
run reel backup --database reel.db --output "$POSTGRES"backup
