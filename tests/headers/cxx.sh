#!/bin/sh
# Every public header compiles alone as C++, in an old dialect and a new one. Usage: cxx.sh SOURCE_DIR
set -eu
source=$1
command -v c++ >/dev/null 2>&1 || {
    echo "skipped: no C++ compiler (c++)" >&2
    exit 77
}
for header in "$source"/include/reel/*.h; do
    for dialect in c++11 c++20; do
        printf '#include "reel/%s"\n' "$(basename "$header")" |
            c++ "-std=$dialect" -Wall -Wextra -Wpedantic -Wold-style-cast -Werror -fsyntax-only -I"$source/include" -x c++ - ||
            {
                echo "$header does not compile as $dialect" >&2
                exit 1
            }
    done
done
