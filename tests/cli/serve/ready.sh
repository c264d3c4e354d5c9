# The address is printed when it answers; a second start reuses the models; SIGTERM ends it well.
ready
rm -r reel.db.models
get() { "$PYTHON" -c 'import sys, urllib.request as r; print(r.urlopen(sys.argv[1]).read().decode())' "$url$1"; }
serve
get /api/v1/health | "$PYTHON" -c 'import json, sys; d = json.load(sys.stdin); print(d["status"], d["people"], *d["models"])'
stop_server
cat serve.err
echo "== again"
REEL_LOG=debug
export REEL_LOG
serve
get /api/v1/health >/dev/null
get "/api/v1/movies?q=ignored" >/dev/null
stop_server
cat serve.err
echo "== json"
reel serve --database reel.db --listen 127.0.0.1:0 --json --quiet >out 2>err &
server=$!
while [ ! -s out ]; do sleep 0.05; done
stop_server
cat out err
