#!/usr/bin/python3
"""Write src/text/stop_words.c and src/text/unicode.c: the facts that make our tokens Python's.

Usage: tools/text_tables.py   (needs scikit-learn; run it again only to follow another version)

The Unicode tables say what Python's `re` and `str.lower` do, asked code point by code point, so
they hold for the Unicode version of the Python that ran this and not for the one of any library.
"""
import pathlib
import re
import sys
import unicodedata

from sklearn import __version__ as sklearn_version
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

TEXT = pathlib.Path(__file__).resolve().parent.parent / "src" / "text"
POINTS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]


def ranges(points):
    out = []
    for c in points:
        if out and out[-1][1] == c - 1:
            out[-1][1] = c
        else:
            out.append([c, c])
    return out


def lower_runs():
    """[first, last, step, delta]: every step-th code point from first to last moves by delta."""
    runs = []
    for c in POINTS:
        low = chr(c).lower()
        if c < 0x80 or low == chr(c):
            continue
        if len(low) > 1:
            assert c == 0x130 and low == "i\u0307", hex(c)
            continue
        delta = ord(low) - c
        last = runs[-1] if runs else None
        if last and last[3] == delta and c - last[1] in ([1, 2] if last[0] == last[1] else [last[2]]):
            last[2] = c - last[1]
            last[1] = c
        else:
            runs.append([c, c, 1, delta])
    return runs


def sigma_is_final(text):
    return (text + "\u03a3").lower()[-1] == "\u03c2"


def table(kind, name, rows):
    cells = ["{" + ", ".join(f"{v:#x}" if i < 2 else str(v) for i, v in enumerate(row)) + "}," for row in rows]
    lines, line = [], "   "
    for cell in cells:
        if len(line) + 1 + len(cell) > 100:
            lines.append(line)
            line = "   "
        line += " " + cell
    lines.append(line)
    count = f"const size_t {name}_count = sizeof({name}) / sizeof({name}[0]);\n"
    return f"const {kind} {name}[] = {{\n" + "\n".join(lines) + "\n};\n" + count


def unicode_tables():
    word = re.compile(r"\w")
    words = [c for c in POINTS if c >= 0x80 and word.match(chr(c))]
    cased = [c for c in POINTS if sigma_is_final(chr(c))]
    ignorable = [c for c in POINTS if not sigma_is_final(chr(c)) and sigma_is_final("A" + chr(c))]
    head = f"""/* text/unicode.c - Python's \\w and str.lower beyond ASCII, Unicode {unicodedata.unidata_version}.
 * Written by tools/text_tables.py with Python {sys.version.split()[0]}; do not edit. Facts of the Unicode Character
 * Database, pinned here so that a vocabulary does not depend on the version of a system library.
 * Layer: text. Threads: immutable.
 */
#include "text/tables_priv.h"

/* clang-format off */
"""
    parts = [
        table("reel_code_range", "reel__word_ranges", ranges(words)),
        "/* What str.lower does; U+0130, which becomes two code points, is done by hand. */\n"
        + table("reel_lower_run", "reel__lower_runs", lower_runs()),
        "/* For the final sigma: cased and not case-ignorable, then case-ignorable. */\n"
        + table("reel_code_range", "reel__cased_ranges", ranges(cased)),
        table("reel_code_range", "reel__ignorable_ranges", ranges(ignorable)),
    ]
    return head + "\n".join(parts)


def stop_words():
    words = sorted(ENGLISH_STOP_WORDS)
    lines, line = [], "   "
    for word in words:
        cell = f' "{word}",'
        if len(line) + len(cell) > 100:
            lines.append(line)
            line = "   "
        line += cell
    lines.append(line)
    body = "\n".join(lines)
    return f"""/* text/stop_words.c - the {len(words)} English stop words of scikit-learn {sklearn_version}, sorted.
 * Written by tools/text_tables.py; do not edit. The list is scikit-learn's (BSD-3-Clause, see
 * LICENSES/scikit-learn-BSD-3-Clause.txt), which has it from the Glasgow Information Retrieval
 * Group. Layer: text. Threads: immutable.
 */
#include "text/tables_priv.h"

/* clang-format off */
const char *const reel__stop_words[] = {{
{body}
}};
const size_t reel__stop_words_count = sizeof(reel__stop_words) / sizeof(reel__stop_words[0]);
"""


(TEXT / "unicode.c").write_text(unicode_tables())
(TEXT / "stop_words.c").write_text(stop_words())
