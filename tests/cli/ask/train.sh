reel sample --output s --people 20 --quiet
reel load --movielens s --tmdb s/films.jsonl --simulated --database t.db --quiet
run reel info --database t.db
run reel train --database t.db
run reel train --database t.db
run reel train --database t.db --model content --force
run reel train --database t.db --models elsewhere --model popular
ls elsewhere t.db.models
run reel train --database t.db --model nonsense
json reel train --database t.db | grep -E '"(name|folder|fold_in)"'
# One more load makes every model stale.
printf '21\t1\t4\n21\t2\t5\n' >more.tsv
reel load --ratings more.tsv --keep --database t.db --quiet
run reel recommend --user 21 --database t.db --limit 1
reel recommend --user 21 --database t.db --limit 1 2>&1 >/dev/null
