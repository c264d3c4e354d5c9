# A load that is killed leaves what was there, and the next one works.
ready
before=$(fact ratings reel info --database reel.db)-$(fact generation reel info --database reel.db)
awk 'BEGIN { for (u = 1; u <= 4000; u++) for (i = 1; i <= 300; i++) print u "\t" (u * i) % 9000 + 1 "\t" i % 5 + 1 }' >list.tsv
kills=0
for pause in 0.02 0.05 0.1 0.2 0.35; do
    reel load --ratings list.tsv --database reel.db --quiet &
    process=$!
    sleep "$pause"
    if kill -KILL "$process" 2>/dev/null; then kills=$((kills + 1)); fi
    status=0
    { wait "$process" || status=$?; } 2>/dev/null
    [ "$status" -eq 137 ] || continue
    after=$(fact ratings reel info --database reel.db)-$(fact generation reel info --database reel.db)
    [ "$before" = "$after" ] || echo "was $before, is $after"
done
[ "$kills" -gt 0 ] && echo "killed, unchanged"
reel recommend --database reel.db --user 1 --limit 1 --quiet >/dev/null && echo "still answers"
head -n 3000 list.tsv >short.tsv
reel load --ratings short.tsv --database reel.db --quiet
reel info --database reel.db | grep -E 'ratings|generation'
