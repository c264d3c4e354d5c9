# Posters from an image host of our own into a folder, which the server serves.
echo 'movieId,title,genres' >movies.csv
for i in 1 2 10 11 12; do
    echo "$i,Film $i (1990),Drama" >>movies.csv
    path="/p$((100 + i)).jpg"
    [ "$i" != 12 ] || path=/../p112.jpg
    printf '{"movieId":%s,"id":%s,"poster_path":"%s","overview":"What happens."}\n' "$i" "$((100 + i))" "$path" >>films.jsonl
done
printf 'userId,movieId,rating,timestamp\n1,1,4,1\n1,2,5,2\n2,10,3,3\n' >ratings.csv
"$PYTHON" "$CLI/tmdb_server.py" port log &
while [ ! -e port ]; do sleep 0.05; done
REEL_TMDB_IMAGES=http://127.0.0.1:$(cat port)/t/p
export REEL_TMDB_IMAGES
run reel load --movielens . --database reel.db --quiet
get() {
    "$PYTHON" - "$url$1" "$2" <<'END'
import sys, urllib.error, urllib.request as r
q = r.Request(sys.argv[1], headers={"If-None-Match": sys.argv[2]} if sys.argv[2] else {})
try:
    a = r.urlopen(q)
except urllib.error.HTTPError as e:
    a = e
body = a.read()
print(a.status, a.headers["Content-Type"], a.headers["Cache-Control"], len(body) if body[:1] == b"<" else body[:6])
print(a.headers["ETag"], file=open("etag", "w"))
print("images from elsewhere:", "image.tmdb.org" in a.headers["Content-Security-Policy"])
END
}
serve
echo '== no posters are kept'
reel search Film --database reel.db --json | grep -o '"poster":[^,]*' | head -1
stop_server
run reel enrich --database reel.db --from films.jsonl --posters
run reel enrich --database reel.db --posters
: >log
json reel enrich --database reel.db --posters --quiet
sort log
(cd reel.db.posters && find . -type f | sort)
serve
reel search Film --database reel.db --json | grep -o '"poster":[^,]*'
get /posters/w342/1 ''
get /posters/w342/1 "$(cat etag)"
echo '== one that is not there is drawn'
get /posters/w92/10 ''
get /posters/w342/12 ''
get /posters/w77/1 ''
get /posters/w342/99 ''
get '/posters/w342/..%2f..%2freel.db' ''
stop_server
REEL_TMDB=off run reel enrich --database reel.db --posters
