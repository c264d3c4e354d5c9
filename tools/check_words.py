#!/usr/bin/env python3
"""Calls that are never used, and words that never stay: banned functions, unfinished marks, tabs."""
import pathlib
import re
import subprocess
import sys

root = pathlib.Path(__file__).resolve().parent.parent
BANNED = re.compile(r"(?<![\w.>])(strcpy|strcat|sprintf|vsprintf|atoi|atol|atof|strtok|rand|srand|setlocale|gets|malloc|calloc|realloc|free)\s*\(")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|not implemented|unimplemented)\b", re.I)
RAW_MEMORY = {"malloc", "calloc", "realloc", "free"}
COMMENT = re.compile(r'"(?:\\.|[^"\\\n])*"|/\*.*?\*/|//[^\n]*', re.S)


def blank(match):
    return re.sub(r"[^\n]", " ", match.group(0))


failed = False
files = subprocess.run(["git", "ls-files", "src", "include", "web/src"], cwd=root, capture_output=True, text=True, check=True)
for name in files.stdout.split("\n"):
    path = root / name
    if not name or not path.is_file() or path.suffix not in (".c", ".h", ".ts", ".tsx", ".css"):
        continue
    text = path.read_text()
    code = COMMENT.sub(blank, text) if path.suffix in (".c", ".h") else ""
    for number, line in enumerate(code.split("\n"), 1):
        for call in BANNED.findall(line):
            if call in RAW_MEMORY and name.startswith("src/base/alloc"):
                continue
            print(f"{name}:{number}: {call}() is banned (style: memory through base/alloc.h, bounded text calls)", file=sys.stderr)
            failed = True
    for number, line in enumerate(text.split("\n"), 1):
        if UNFINISHED.search(line):
            print(f"{name}:{number}: unfinished: {line.strip()[:80]}", file=sys.stderr)
            failed = True
        if "\t" in line and path.suffix in (".c", ".h"):
            print(f"{name}:{number}: tab", file=sys.stderr)
            failed = True
sys.exit(failed)
