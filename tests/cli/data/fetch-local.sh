# From a server of our own: terms, progress, checksum, folder.
mkdir -p www/ml-latest-small
printf 'movieId,title,genres\n1,Toy Story (1995),Comedy\n' >www/ml-latest-small/movies.csv
printf 'userId,movieId,rating,timestamp\n1,1,4.0,964982703\n' >www/ml-latest-small/ratings.csv
cd www
"$PYTHON" -c 'import shutil; shutil.make_archive("ml-latest-small", "zip", ".", "ml-latest-small")'
md5sum ml-latest-small.zip >ml-latest-small.zip.md5
"$PYTHON" -c '
import functools, http.server
handler = functools.partial(http.server.SimpleHTTPRequestHandler)
server = http.server.HTTPServer(("127.0.0.1", 0), handler)
open("../port.new", "w").write(str(server.server_port))
import os; os.rename("../port.new", "../port")
server.serve_forever()' 2>log &
cd ..
while [ ! -e port ]; do sleep 0.05; done
REEL_FETCH_URL=http://127.0.0.1:$(cat port)
export REEL_FETCH_URL
run reel fetch ml-latest-small --accept-license --output got
ls got got/ml-latest-small
run reel fetch ml-latest-small --accept-license --output got --quiet
json reel fetch ml-latest-small --accept-license --output other
echo damaged >>www/ml-latest-small.zip
run reel fetch ml-latest-small --accept-license --output third --quiet
run reel load --movielens got/ml-latest-small --database small.db
