# common.sh - what every script shares: where things are, how to speak, how to install packages.
# Sourced, not run.
# shellcheck shell=sh
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
# A path in the environment means what it meant where the script was started.
for setting in REEL_DATA REEL_TMDB_FILE REEL_HOME REEL_TEST_DATA; do
    eval "value=\${$setting:-}"
    case $value in
    '' | /* | sample) ;;
    *) export "$setting=$PWD/$value" ;;
    esac
done
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
        say "Installing packages needs root: run this as root, or install sudo, or install them yourself."
        return 1
    fi
}

# missing PACKAGE...: those that are not installed.
missing() {
    have=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null |
        sed -n 's/ installed$//p' | tr '\n' ' ')
    for package in "$@"; do
        case " $have" in
        *" $package "*) ;;
        *) printf ' %s' "$package" ;;
        esac
    done
}

# need WHY PACKAGE...: install those that are missing, saying what and why.
need() {
    why=$1
    shift
    wanted=$(missing "$@")
    [ -n "$wanted" ] || return 0
    command -v apt-get >/dev/null 2>&1 ||
        die "this system has no apt; $why needs these, under Debian's names:$wanted"
    say "Installing system packages for $why:$wanted"
    as_root apt-get update -qq >&2 || die "apt could not read its package lists; $why needs:$wanted"
    unknown=
    for package in $wanted; do
        apt-cache show "$package" >/dev/null 2>&1 || unknown="$unknown $package"
    done
    [ -z "$unknown" ] ||
        die "this system's package sources lack$unknown (for $why; on Ubuntu most are in 'universe': add-apt-repository universe)"
    # shellcheck disable=SC2086 # a list of names
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $wanted >/dev/null ||
        die "apt could not install$wanted; its message above says why"
}

node_ready() {
    command -v npm >/dev/null 2>&1 && node_major "$(node --version 2>/dev/null)"
}

# node_major VERSION: is it 18 or newer?
node_major() {
    major=$(printf '%s' "$1" | sed -n 's/^v\{0,1\}\([0-9]*\).*/\1/p')
    [ -n "$major" ] && [ "$major" -ge 18 ]
}

# configured PRESET: configure once.
configured() {
    [ -f "build/$1/build.ninja" ] || cmake --preset "$1" >&2
}

# built PRESET: bring its programs up to date.
built() { cmake --build --preset "$1" -j "$(jobs)" >&2; }
