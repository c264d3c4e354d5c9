# TMDb's API, played by a server of our own that is busy, fails, drops and sends nonsense.
echo 'movieId,title,genres' >movies.csv
echo 'movieId,imdbId,tmdbId' >links.csv
for i in $(seq 40); do
    echo "$i,Film $i (1990),Drama" >>movies.csv
    case $i in
    8) echo "$i,139,108" >>links.csv ;; # TMDb forgot the id, but knows IMDb's
    3[1-3]) echo "$i,1$i," >>links.csv ;;
    3[4-9]) ;;
    40) echo "$i,198," >>links.csv ;;
    *) echo "$i,,$((100 + i))" >>links.csv ;;
    esac
done
printf 'userId,movieId,rating,timestamp\n1,1,4,1\n1,2,5,2\n2,3,3,3\n' >ratings.csv
"$PYTHON" "$CLI/tmdb_server.py" port log &
while [ ! -e port ]; do sleep 0.05; done
REEL_TMDB_URL=http://127.0.0.1:$(cat port)/3
TMDB_API_KEY=0123456789abcdef0123456789abcdef
export REEL_TMDB_URL
run reel load --movielens . --database t.db --quiet
run reel enrich --database t.db
export TMDB_API_KEY
run reel enrich --database t.db
run reel enrich --database t.db --review
grep -c . log
sort log | uniq -c | awk '$2 != "/3/search/movie" && $1 > 1 { print $1, $2 }'
grep 'Film 3[56]' log | sort
: >log
echo 'again: only what could not be had'
json reel enrich --database t.db
sort log | uniq -c | awk '{ print $1, $2 }'
echo 'what a person said is asked for by its id, or no more'
run reel enrich --database t.db --accept 36 --reject 37
: >log
run reel enrich --database t.db
grep -E '/13[78]|/140| Film' log
run reel enrich --database t.db --review
echo 'killed, and started again: nothing is asked for twice'
run reel load --movielens . --database k.db --quiet
: >log
reel enrich --database k.db --rate 30 --quiet >/dev/null 2>&1 &
job=$!
for _ in $(seq 200); do
    [ "$(grep -c movie/1 log)" -lt 20 ] || break
    sleep 0.02
done
kill -9 "$job"
wait "$job" 2>/dev/null || :
"$PYTHON" -c '
import sqlite3
db = sqlite3.connect("k.db")
print("integrity", db.execute("PRAGMA integrity_check").fetchone()[0])
kept = db.execute("SELECT tmdb_id FROM matches WHERE state = \"found\"").fetchall()
print("some were kept", 0 < len(kept) < 40)
open("kept", "w").write("\n".join("/3/movie/%d" % row for row in kept))'
: >log
fact matched reel enrich --database k.db
grep -cxF -f kept log || :
echo 'wrong keys'
TMDB_API_KEY=ffffffffffffffffffffffffffffffff run reel enrich --database t.db --all
TMDB_API_KEY=secret run reel enrich --database t.db
TMDB_API_KEY=eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJhYmMifQ.0123456789012345678901234567890 run reel enrich --database t.db --quiet
grep -rlE '0123456789abcdef|ffffffffffffffff' t.db* k.db* log json.out || echo 'the key is nowhere'
