# What would cost data, or ignore half of what was asked, is refused.
ready
printf 'movieId,title,year,imdbId,tmdbId,kind,rating,time\n1,,,,,rating,4,\n,Nowhere at All,1901,,,bogus,,\n' >own.csv
before=$(cksum <reel.db)
run reel import own.csv --database reel.db --output reel.db
run reel import own.csv --database reel.db --unmatched reel.db
run reel export ratings --user 3 --database reel.db --output reel.db
run reel export enriched --database reel.db --output reel.db
[ "$before" = "$(cksum <reel.db)" ] && echo "the database is what it was"
run reel import own.csv --database reel.db --output own.csv
run reel import own.csv --database reel.db --output both.csv --unmatched ./both.csv
run reel import own.csv --database reel.db --output both.csv --unmatched both.csv
run reel enrich --database reel.db --review --accept 1
run reel enrich --database reel.db --accept 1 --from films.jsonl
run reel enrich --database reel.db --review --posters
run reel serve --database reel.db --listen 127.0.0.1:0 --listen 127.0.0.1:0
