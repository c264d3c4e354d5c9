# What is in a database, as charts and a page; golden numbers of the sample.
reel sample --people 40 --output sample --quiet
reel load --movielens sample --tmdb sample/films.jsonl --simulated --database reel.db --quiet
run reel eda --database reel.db --output report --no-png
ls report
cat report/ratings-distribution.csv
cat report/films-per-decade.csv
head -4 report/genre-cooccurrence.csv
head -4 report/top-by-rating.csv
sed -n 's/.*<h3>\(.*\)<\/h3>.*/\1/p' report/index.html
grep -o 'The people and their ratings are simulated[^<]*' report/index.html | head -1

# Every chart is XML, and the page's elements nest.
"$PYTHON" - <<'EOF'
import glob, html.parser, xml.parsers.expat

for path in sorted(glob.glob("report/*.svg")):
    xml.parsers.expat.ParserCreate().ParseFile(open(path, "rb"))

class Page(html.parser.HTMLParser):
    open = []

    def handle_starttag(self, tag, attributes):
        if tag not in ("meta",):
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag

page = Page()
page.feed(open("report/index.html", encoding="utf-8").read())
assert not page.open, page.open
EOF

json reel eda --database reel.db --output report --no-png

# Few films, and none at all.
head -4 sample/movies.csv >films.csv
mkdir few
mv films.csv few/movies.csv
printf '%s\n' userId,movieId,rating,timestamp "1,$(sed -n '2s/,.*//p' few/movies.csv),4,0" >few/ratings.csv
reel load --movielens few --database few.db --quiet
run reel eda --database few.db --output few-report --no-png
run reel eda --database nothing.db --output none
run reel eda --database reel.db
run reel eda --database reel.db --output sample/movies.csv

# A full disk: said, and no page that lacks its charts.
limited 100 reel eda --database reel.db --output full --no-png --quiet
ls full | grep -c html || :
