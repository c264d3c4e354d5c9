#!/bin/sh
# Install into a fresh prefix, then build and run a program against it by pkg-config and by
# find_package, and compare the exported symbols with the list. Usage: run.sh SOURCE_DIR BUILD_DIR
set -eu
source=$1
build=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake --install "$build" --prefix "$work/prefix" >"$work/install.log"
pc=$(dirname "$(find "$work/prefix" -name reel.pc)")
lib=$(dirname "$(find "$work/prefix" -name libreel.so)")

# shellcheck disable=SC2046 # flags are words
cc -std=c17 -Wall -Wextra -Wpedantic -Werror "$source/tests/install/consumer/main.c" \
    $(PKG_CONFIG_PATH=$pc pkg-config --cflags --libs reel) -o "$work/by_pkg_config"
LD_LIBRARY_PATH=$lib "$work/by_pkg_config"

cmake -S "$source/tests/install/consumer" -B "$work/consumer" -DCMAKE_PREFIX_PATH="$work/prefix" >"$work/cmake.log"
cmake --build "$work/consumer" >>"$work/cmake.log"
LD_LIBRARY_PATH=$lib "$work/consumer/consumer"

"$work/prefix/bin/reel" --version

nm -D --defined-only --extern-only "$lib/libreel.so" | awk '{print $3}' | sort >"$work/symbols"
diff -u "$source/tests/install/symbols.txt" "$work/symbols" || {
    echo "the exported symbols differ from tests/install/symbols.txt; a public function was added, removed or leaked" >&2
    exit 1
}
