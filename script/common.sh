# common.sh - what every script shares: where things are, how to speak, how to install packages.
# Sourced, not run.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }

# Number of parallel build jobs.
jobs() { nproc 2>/dev/null || echo 2; }

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo "$@"
    else
        die "installing packages needs root; run as root, or install sudo, or install them yourself: $*"
    fi
}

# need WHY PACKAGE...: install those that are missing, saying what and why.
need() {
    why=$1
    shift
    have=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null |
        sed -n 's/ installed$//p' | tr '\n' ' ')
    missing=
    for package in "$@"; do
        case " $have" in
        *" $package "*) ;;
        *) missing="$missing $package" ;;
        esac
    done
    [ -n "$missing" ] || return 0
    command -v apt-get >/dev/null 2>&1 ||
        die "this system has no apt; install what $why needs by hand:$missing"
    say "Installing system packages $why needs:$missing"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2
    # shellcheck disable=SC2086 # a list of names
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >&2 ||
        die "apt could not install$missing; its message above says why"
}

node_ready() {
    command -v npm >/dev/null 2>&1 || return 1
    major=$(node --version 2>/dev/null | sed -n 's/^v\([0-9]*\).*/\1/p')
    [ -n "$major" ] && [ "$major" -ge 18 ]
}

# configured PRESET: configure once.
configured() {
    [ -f "build/$1/build.ninja" ] || cmake --preset "$1" >&2
}
