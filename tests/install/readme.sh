#!/bin/sh
# Run the commands README.md and docs/files.md show: lines of their ```sh blocks, with the program under test, in a folder of their own.
# script/ commands and those outside ```sh blocks (they download) are left out. Usage: readme.sh SOURCE_DIR PROGRAM
set -eu
source=$1
program=$2
work=$(mktemp -d)
server=
trap 'if [ -n "$server" ]; then kill "$server"; fi; rm -rf "$work"' EXIT
cd "$work"

# A command may ask a server that is already there to answer; here it takes a free port.
awk '/^```sh$/ { inside = 1; next } /^```/ { inside = 0 } inside && !/^script\//' "$source/README.md" "$source/docs/files.md" |
    sed "s#^build/release/reel #$program #" >commands
grep -v '^curl ' commands >local.sh
grep '^curl ' commands >remote.sh
sh -eux local.sh >local.log 2>&1 || {
    cat local.log >&2
    exit 1
}

command -v curl >/dev/null 2>&1 || {
    echo "no curl: the README's requests are not tried" >&2
    exit 0
}
: >serve.log # the server's shell makes it in its own time
"$program" serve --database reel.db --listen 127.0.0.1:0 >serve.log 2>&1 &
server=$!
address=
for _ in $(seq 100); do
    address=$(sed -n 's#.*\(http://127\.0\.0\.1:[0-9]*\).*#\1#p' serve.log)
    [ -z "$address" ] || break
    sleep 0.1
done
[ -n "$address" ] || {
    cat serve.log >&2
    exit 1
}
sed "s#curl -s #curl -sf #; s#http://127.0.0.1:8080#$address#" remote.sh >requests.sh
sh -eux requests.sh >requests.log 2>&1 || {
    cat requests.log >&2
    exit 1
}
[ "$(grep -c '"items":\[{' requests.log)" -eq "$(wc -l <remote.sh)" ] || {
    echo "a request of the README answered without items" >&2
    cat requests.log >&2
    exit 1
}
