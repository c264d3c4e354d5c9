# What is well, what is not and what to do; and asking a server whether it is ready.
ready
REEL_SECRET=$(printf '%032d' 7)
export REEL_SECRET
run reel doctor --database reel.db --deep --listen 127.0.0.1:0
run env REEL_LISTN=x REEL_LOG_FORMATS=json reel doctor --database reel.db --listen 127.0.0.1:0 --quiet
printf 'REEL_LOG=info\n' >.env
chmod 644 .env
run reel doctor --quiet --listen 127.0.0.1:0
rm .env
run reel doctor --database missing.db --listen 192.0.2.1:1 --quiet
rm reel.db.models/ease.safetensors
head -c 5000 reel.db.models/ials.safetensors >cut
mv cut reel.db.models/ials.safetensors
run reel doctor --database reel.db --listen 127.0.0.1:0 --quiet
json reel doctor --database missing.db --listen 127.0.0.1:0 >/dev/null || echo "[exit $?]"
"$PYTHON" -c 'import json; d = json.load(open("json.out")); print(d["failures"], sorted({i["state"] for i in d["items"]}))'
echo "== nobody"
REEL_AUTH=accounts run reel doctor --database reel.db --listen 127.0.0.1:0 --quiet | grep -A1 accounts
reel key add first --scope read --database reel.db --quiet >/dev/null
REEL_AUTH=accounts run reel doctor --database reel.db --listen 127.0.0.1:0 --quiet | grep -c accounts || :
echo "== healthcheck"
ready
serve --quiet
run reel healthcheck "$url"
REEL_LISTEN="${url#http://}" run reel healthcheck
run reel doctor --quiet --listen "${url#http://}"
stop_server
run reel healthcheck "$url"
run reel healthcheck https://127.0.0.1:1
run reel healthcheck 127.0.0.1
run reel healthcheck a b
