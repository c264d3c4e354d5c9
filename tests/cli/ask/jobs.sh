reel sample --output s --people 20 --quiet
reel load --movielens s --tmdb s/films.jsonl --simulated --database t.db --quiet
run reel jobs list --database t.db
run reel jobs start train --database t.db
run reel jobs start train --model ease --param lambda=300 --database t.db
run reel jobs list --database t.db
run reel jobs show 2 --database t.db
json reel jobs show 1 --database t.db | grep -E '"(kind|model|state|asked_by)"'
run reel jobs cancel 2 --database t.db
run reel jobs cancel 2 --database t.db
run reel jobs show 3 --database t.db
run reel jobs log 1 --database t.db
run reel jobs
run reel jobs start
run reel jobs start dance --database t.db
run reel jobs start train --param lambda=1 --database t.db
run reel jobs start train --model ease --param lambda=none --database t.db
run reel jobs show one --database t.db
run reel jobs list more --database t.db
# What a job runs.
reel train --database t.db --model popular --progress-json --quiet | sed 's/popular-[0-9a-f]*/ID/' | tail -1
run reel train --database t.db --model ease --param lambda=none --progress-json
run reel train --database t.db --param lambda=1
run reel train --database t.db --model hybrid --param recency=1
run reel jobs start evaluate --param lambda=1 --database t.db
reel jobs start evaluate --model popular,ease --param protocol=last --database t.db --quiet
json reel jobs show 3 --database t.db | grep -E '"(kind|model|state|protocol)"'
REEL_DATABASE_URL=t.db reel evaluate --progress-json --model popular --protocol=last | tail -1 | cut -c1-29
run reel evaluate --progress-json --model popular --protocol=nonsense
