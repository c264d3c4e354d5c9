#!/usr/bin/env python3
"""Write src/poster/widths.c: how far each letter of the two title fonts advances.

    tools/make_font_widths.py SERIF.woff... -- SANS.woff...

Takes the WOFF files of the npm packages @fontsource/gloock (400) and @fontsource/hanken-grotesk
(800), latin and latin-ext; several files of one font are read one after the other. Only the numbers
go into the table, no outlines. Needs nothing but Python.
"""
import pathlib
import struct
import sys
import zlib

RANGES = [(0x20, 0x17F), (0x2010, 0x2026)]
MISSING = 0


def tables(data):
    signature, _, _, count = struct.unpack(">4sIIH", data[:14])
    if signature != b"wOFF":
        raise SystemExit("not a WOFF file (a WOFF2 needs to be converted first)")
    found = {}
    for i in range(count):
        tag, offset, packed, length, _ = struct.unpack(">4sIIII", data[44 + 20 * i : 64 + 20 * i])
        piece = data[offset : offset + packed]
        found[tag.decode()] = zlib.decompress(piece) if packed < length else piece
    return found


def characters(cmap):
    """Code point -> glyph, from the format 4 and 12 subtables."""
    glyphs = {}
    for i in range(struct.unpack(">H", cmap[2:4])[0]):
        offset = struct.unpack(">I", cmap[8 + 8 * i : 12 + 8 * i])[0]
        at = cmap[offset:]
        kind = struct.unpack(">H", at[:2])[0]
        if kind == 12:
            for group in range(struct.unpack(">I", at[12:16])[0]):
                first, last, glyph = struct.unpack(">III", at[16 + 12 * group : 28 + 12 * group])
                glyphs.update((code, glyph + code - first) for code in range(first, last + 1))
        elif kind == 4:
            n = struct.unpack(">H", at[6:8])[0] // 2
            word = lambda part, k: struct.unpack(">H", at[part + 2 * k : part + 2 * k + 2])[0]
            ends, starts, deltas, places = 14, 16 + 2 * n, 16 + 4 * n, 16 + 6 * n
            for k in range(n):
                for code in range(word(starts, k), word(ends, k) + 1):
                    place = word(places, k)
                    glyph = code
                    if place:
                        spot = places + 2 * k + place + 2 * (code - word(starts, k))
                        glyph = struct.unpack(">H", at[spot : spot + 2])[0]
                    if code != 0xFFFF and (glyph or not place):
                        glyphs[code] = (glyph + word(deltas, k)) & 0xFFFF
    return glyphs


def widths(paths):
    found = {}
    for path in paths:
        table = tables(pathlib.Path(path).read_bytes())
        em = struct.unpack(">H", table["head"][18:20])[0]
        metrics = struct.unpack(">H", table["hhea"][34:36])[0]
        for code, glyph in characters(table["cmap"]).items():
            at = 4 * min(glyph, metrics - 1)
            advance = struct.unpack(">H", table["hmtx"][at : at + 2])[0]
            if glyph:
                found.setdefault(code, round(advance * 1000 / em))
    return found


def rows(values):
    for i in range(0, len(values), 16):
        yield "    " + " ".join(f"{value}," for value in values[i : i + 16])


def main():
    split = sys.argv.index("--") if "--" in sys.argv else 0
    if split < 2 or split + 1 >= len(sys.argv):
        raise SystemExit(__doc__)
    fonts = {"serif": widths(sys.argv[1:split]), "sans": widths(sys.argv[split + 1 :])}
    out = [
        "/* widths.c - advance widths of the title fonts in thousandths of an em, 0 = not in the font.",
        " * Written by tools/make_font_widths.py from Gloock 400 and Hanken Grotesk 800; not by hand.",
        " */",
        '#include "poster/type_priv.h"',
        "",
        "/* clang-format off */",
    ]
    for name, found in fonts.items():
        for first, last in RANGES:
            block = [found.get(code, MISSING) for code in range(first, last + 1)]
            out.append(f"const uint16_t reel__type_{name}_{first:x}[{len(block)}] = {{")
            out.extend(rows(block))
            out.append("};")
    out.append("/* clang-format on */")
    target = pathlib.Path(__file__).resolve().parent.parent / "src/poster/widths.c"
    target.write_text("\n".join(out) + "\n")
    print(f"{target}: {', '.join(f'{name} {len(found)}' for name, found in fonts.items())} characters")


main()
