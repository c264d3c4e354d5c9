run reel fetch
reel fetch --json | "$PYTHON" -m json.tool | grep -c license
run reel fetch ml-99
run reel fetch ml-100k
test ! -e data
