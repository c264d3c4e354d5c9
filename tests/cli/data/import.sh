# The export of another service becomes a list for its person.
ready
export PYTHON
cat >make.py <<'PY'
import zipfile
films = "Date,Name,Year,Letterboxd URI"
with zipfile.ZipFile("letterboxd.zip", "w") as archive:
    archive.writestr("ratings.csv", films + ",Rating\n"
        "2024-01-02,The Matrix,1999,https://boxd.it/2a1m,4.5\n"
        "2024-01-03,Amelie,2001,https://boxd.it/1,4\n"
        '2024-01-04,"Good, the Bad and the Ugly, The",1966,https://boxd.it/1,3\n'
        "2024-01-04,No Such Film,2021,https://boxd.it/1,3\n"
        "2024-01-04,Alien,2012,https://boxd.it/1,3\n")
    archive.writestr("watched.csv", films + "\n2024-01-02,The Matrix,1999,u\n2024-01-02,Jaws,1975,u\n")
    archive.writestr("watchlist.csv", films + "\n2024-01-02,Psycho,1960,u\n")
    archive.writestr("deleted/ratings.csv", films + ",Rating\n2024-01-02,Up,2009,u,1\n")
with zipfile.ZipFile("bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("ratings.csv", b" " * (20 << 20))
with zipfile.ZipFile("path.zip", "w") as archive:
    archive.writestr("../ratings.csv", "x")
PY
"$PYTHON" make.py
run reel import letterboxd.zip --database reel.db --output own.csv --unmatched rows.csv
run cat own.csv rows.csv
echo "== again: the same"
reel import letterboxd.zip --database reel.db --output again.csv --quiet
cmp own.csv again.csv
reel import own.csv --database reel.db --output again.csv --quiet
cmp own.csv again.csv
run reel import rows.csv --database reel.db --json
echo "== a list, from either"
reel recommend --database reel.db --ratings own.csv --limit 5 --quiet | sed 's/own.csv/FILE/' >first
reel recommend --database reel.db --ratings letterboxd.zip --limit 5 --quiet 2>told | sed 's/letterboxd.zip/FILE/' >second
cmp first second
cat told
printf 'movieId,title,kind,rating,weight\n391,,rating,4.5,0\n' >unused.csv
run reel recommend --database reel.db --ratings unused.csv --limit 1 --quiet | tail -1
echo "== other services"
printf 'Const,Your Rating,Date Rated,Title,URL,Title Type,Year\ntt0133093,9,2020-05-06,X,u,Movie,1999\n' >imdb.csv
run reel import imdb.csv --database reel.db --output -
printf 'Title;Date\r\n"Am\351lie";1/2/20\r\n"Dark: Season 1: Secrets";1/2/20\r\n' >netflix.csv
run reel import netflix.csv --database reel.db
printf '[{"rating":7,"movie":{"title":"Jaws","year":1975,"ids":{}}}]' >trakt.json
run reel import trakt.json --database reel.db --output -
echo "== taken elsewhere"
for layout in letterboxd imdb trakt netflix movielens jellyfin plex; do
    run reel import own.csv --database reel.db --as "$layout" --output -
done
run reel import own.csv --database reel.db --as imdb --output imdb.csv
run reel import own.csv --database reel.db --as vhs
echo "== what is refused"
run reel import bomb.zip --database reel.db
run reel import path.zip --database reel.db
truncate -s 500M huge.csv
run reel import huge.csv --database reel.db
printf 'a,b\n1,2\n' >other.csv
run reel import other.csv --database reel.db
run reel import missing.zip --database reel.db
run reel import --database reel.db
