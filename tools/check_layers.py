#!/usr/bin/env python3
"""Every include of src/ follows an arrow of layers.txt; private headers stay in their folder, state.h in its room."""
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parent.parent
rooms, public = {}, {}
for line in (root / "tools/layers.txt").read_text().splitlines():
    line = line.split("#")[0].strip()
    if "=" in line:
        header, room = (part.strip() for part in line.split("="))
        public[header] = room
    elif ":" in line:
        room, allowed = line.split(":")
        rooms[room.strip()] = set(allowed.split()) | {room.strip()}

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
# Client headers that only one room may touch.
OWNED = {"sqlite3.h": "store", "libpq-fe.h": "store", "mongoc/mongoc.h": "store", "curl/curl.h": "net", "microhttpd.h": "http", "jansson.h": "base", "zip.h": "base"}
SYSTEM = re.compile(r"^\s*#\s*include\s+<([^>]+)>", re.M)


def problems(path):
    room = path.relative_to(root / "src").parts[0]
    text = path.read_text()
    for header in INCLUDE.findall(text):
        target = public.get(header) or header.split("/")[0]
        if "/" not in header:
            yield f'include "{header}" must name its room'
        elif target not in rooms:
            yield f'include "{header}": "{target}" is no room of layers.txt'
        elif target not in rooms[room]:
            yield f'room {room} may not include "{header}" (room {target})'
        elif header.endswith("_priv.h") and pathlib.PurePath(header).parent != path.relative_to(root / "src").parent:
            yield f'"{header}" is private to its folder'
        elif header.endswith("/state.h") and target != room:
            yield f'"{header}" is private to its room'
    for header in SYSTEM.findall(text):
        if OWNED.get(header, room) != room:
            yield f"only room {OWNED[header]} may include <{header}>"


failed = False
for path in sorted((root / "src").rglob("*.[ch]")):
    for problem in problems(path):
        print(f"{path.relative_to(root)}: {problem}", file=sys.stderr)
        failed = True
sys.exit(failed)
