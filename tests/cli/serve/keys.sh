# API keys by the operator: made, listed, rotated and revoked, while a server answers to them.
ready
# ask KEY PATH [METHOD]: the status a server answers.
cat >ask.py <<'PY'
import sys, urllib.error, urllib.request
key, url, method = sys.argv[1:]
request = urllib.request.Request(url, headers={"Authorization": f"Bearer {key}"} if key else {}, method=method)
try:
    answer = urllib.request.urlopen(request, timeout=20)
except urllib.error.HTTPError as error:
    answer = error
print(method, answer.status, answer.headers.get("WWW-Authenticate", ""))
PY
ask() { "$PYTHON" ask.py "$1" "$url$2" ${3:-GET}; }
run reel key add shop --public --origin https://films.example --origin HTTP://localhost:3000 --rate 10/s --database reel.db --quiet >shop
sed 's/\(rk_pub_\)[a-z0-9]*_.*/\1.../' shop
reads=$(reel key add 'reads only' --scope read --rate 600/min --expires 30 --database reel.db --quiet)
echo "${#reads} characters"
json reel key add writes --scope feedback:write,items:write --scope read --database reel.db
writes=$("$PYTHON" -c 'import json; print(json.load(open("json.out"))["key"])')
run reel key add writes --database reel.db
run reel key add shop --public --database reel.db
run reel key add shop --public --origin https://films.example/ --database reel.db
run reel key add x --scope everything --database reel.db
run reel key add x --scope read --rate fast --database reel.db
run reel key add x --scope read --expires 0 --database reel.db
run reel key add two words --database reel.db
run reel key add --database reel.db
run reel key dance --database reel.db
echo "== a server"
serve --auth accounts
ask '' /api/v1/movies
ask "$writes" /api/v1/movies
ask "$writes" /api/v1/jobs
ask "$writes" /api/v1/me
echo "== a page of another site"
page() { "$PYTHON" page.py "$url$1" "$2" "$3" "${4-}"; }
cat >page.py <<'PY'
import sys, urllib.error, urllib.request
url, origin, method, key = sys.argv[1:]
headers = {"Origin": origin} | ({"X-API-Key": key} if key else {"Access-Control-Request-Method": "POST"})
try:
    answer = urllib.request.urlopen(urllib.request.Request(url, headers=headers, method=method), timeout=20)
except urllib.error.HTTPError as error:
    answer = error
print(method, answer.status, answer.headers.get("Access-Control-Allow-Origin"), answer.headers.get_all("Vary"))
PY
page /api/v1/feedback https://films.example OPTIONS
page /api/v1/feedback https://evil.example OPTIONS
page /api/v1/jobs https://films.example OPTIONS
page '/api/v1/recommendations?user=1' https://films.example GET "$(tail -n 1 shop)"
page '/api/v1/recommendations?user=1' https://evil.example GET "$(tail -n 1 shop)"
echo "== rotated, with no grace for the old one"
newer=$(reel key rotate 'reads only' --grace 0 --database reel.db --quiet)
run reel key rotate 'reads only' --grace soon --database reel.db
run reel key rotate nothing --database reel.db
ask "$reads" /api/v1/movies
ask "$newer" /api/v1/movies
run reel key revoke writes --database reel.db
run reel key revoke writes --database reel.db
reel key add twice --scope read --database reel.db --quiet >/dev/null
reel key add twice --scope read --database reel.db --quiet >/dev/null
run reel key revoke twice --database reel.db
stop_server
reel key list --database reel.db >list
sed 's/^rk_pub_[a-z0-9]\{12\} /PUBLIC/; s/^rk_[a-z0-9]\{12\} /PRIVATE/; s/20[0-9TZ:-]* /USED /' list | sort
if grep -q "$reads\|$newer\|$writes\|rk_" serve.err; then cat serve.err; else echo "no key in the log"; fi
grep -c "status=401" serve.err
