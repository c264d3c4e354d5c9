printf 'movieId,title,genres\n5,Heat (1995),Crime\n6,Solaris (1972),Sci-Fi\n7,Alien (1979),Horror\n' >movies.csv
printf 'userId,movieId,rating,timestamp\n1,5,4,1\n1,6,5,2\n2,7,3,3\n' >ratings.csv
run reel load --movielens . --database t.db --quiet
run reel export enriched --database t.db --output e.csv
printf 'movieId,imdbId,tmdbId\n5,0113277,949\n6,0069293,2103\n' >links.csv
cat >films.jsonl <<'END'
{"id":949,"title":"Heat","release_date":"1995-12-15","overview":"A thief, and a detective.","genres":[{"id":80,"name":"Crime"}],"popularity":30.5,"vote_average":7.9,"vote_count":6000,"poster_path":"/a.jpg"}
{"id":2103,"title":"Solaris","release_date":"2002-11-27","overview":"An ocean that thinks.","vote_count":900}
{broken
END
run reel enrich --database t.db --from films.jsonl
run reel enrich --database t.db --from films.jsonl --quiet
json reel enrich --database t.db --from films.jsonl --quiet 2>/dev/null
run reel enrich --database t.db --review
json reel enrich --database t.db --review
run reel enrich --database t.db --reject 5
run reel enrich --database t.db --reject 6=7
run reel enrich --database t.db --accept six
run reel enrich --database t.db --reject 6
run reel enrich --database t.db --from films.jsonl --all --quiet
run reel enrich --database t.db --review
json reel enrich --database t.db --accept 6=2103
run reel enrich --database t.db --from films.jsonl
REEL_TMDB=off run reel enrich --database t.db
run reel export enriched --database t.db --output e.csv
cat e.csv
run reel export enriched --database t.db --format jsonl --output e.jsonl
sed 's/"fetched_at":"[^"]*"/"fetched_at":"*"/' e.jsonl
json reel export enriched --database t.db --output f.csv
run reel load --movielens . --database u.db --quiet
rm links.csv
run reel enrich --database u.db --from e.jsonl
run reel enrich --database u.db --review
run reel enrich --database t.db --from films.jsonl --strict
run reel enrich --database t.db
run reel enrich --from films.jsonl
run reel enrich --database none.db --from films.jsonl
run reel export enriched --database t.db --format npy --output e.csv
# When a line says when TMDb said so, that counts, and not the file's time.
sed 's/"fetched_at":"[^"]*"/"fetched_at":"2020-02-03T04:05:06Z"/' e.jsonl >old.jsonl
reel enrich --database u.db --from old.jsonl --all --quiet
reel export enriched --database u.db --format jsonl --output v.jsonl --quiet
grep -c 2020-02-03T04:05:06Z v.jsonl
sed 's/2020-02-03T04:05:06Z/long ago/' old.jsonl >wrong.jsonl
run reel enrich --database u.db --from wrong.jsonl
