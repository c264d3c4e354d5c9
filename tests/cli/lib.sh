# lib.sh - what the cases share. Sourced by run.py before each.

# ready: the simulated sample with its models, as reel.db in this folder.
ready() { cp -r "$READY"/. .; }

# run COMMAND...: as a person sees it: the command, both streams, and the status when it is not 0.
run() {
    printf '$'
    for word in "$@"; do
        case $word in
        *[!A-Za-z0-9_./:=,@%+-]* | '') printf " '%s'" "$word" ;;
        *) printf ' %s' "$word" ;;
        esac
    done
    printf '\n'
    status=0
    "$@" 2>&1 || status=$?
    [ "$status" -eq 0 ] || printf '[exit %s]\n' "$status"
}

# limited BLOCKS COMMAND...: run, where no file may grow beyond so many blocks of 512 bytes. What is
# printed goes through a pipe, which has no size.
limited() {
    (
        ulimit -f "$1"
        shift
        trap '' XFSZ
        run "$@"
    ) | cat
}

# json COMMAND...: with --json the output must be one JSON document; prints it with sorted members.
json() {
    "$@" --json >json.out
    "$PYTHON" -m json.tool --sort-keys <json.out
}

# fact MEMBER COMMAND...: a member of that document.
fact() {
    member=$1
    shift
    "$@" --json | "$PYTHON" -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$member"
}

# skip WHY: this machine cannot run the case.
skip() {
    echo "$*" >&2
    exit 77
}

# serve OPTION...: start a server on a free port; sets $server (its process) and $url.
serve() {
    rm -f serve.out
    reel serve --database reel.db --listen 127.0.0.1:0 "$@" >serve.out 2>serve.err &
    server=$!
    for _ in $(seq 200); do
        url=$(sed -n 's/^Reel is ready: //p' serve.out 2>/dev/null) || :
        [ -z "$url" ] || return 0
        kill -0 "$server" 2>/dev/null || break
        sleep 0.05
    done
    cat serve.out serve.err >&2
    exit 1
}

# stop_server: ask it to end, wait, and give its status.
stop_server() {
    kill -TERM "$server"
    wait "$server"
}

# check SHAPE COMMAND...: its JSON has that shape (check.py).
check() {
    shape=$1
    shift
    "$@" --json >json.out
    "$PYTHON" "$CLI/check.py" "$shape" <json.out
}
