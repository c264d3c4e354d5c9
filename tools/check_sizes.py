#!/usr/bin/env python3
"""Files, functions and parameter lists stay small. Limits: file 800 lines, function 80, 6 parameters besides the
error record."""
import pathlib
import re
import sys

FILE, FUNCTION, PARAMETERS = 800, 80, 6  # parameters besides the error record
root = pathlib.Path(__file__).resolve().parent.parent
generated = set((root / "tools/generated.txt").read_text().split())
# Signatures that a library dictates.
DICTATED = {("src/http/server.c", "on_request"), ("src/http/tls.c", "retrieve"), ("tests/unit/http/workers.c", "answer")}
# A definition as clang-format lays it out: a name and parameters, then a brace alone in column one.
HEAD = re.compile(r"^(?![#\s}/])[^;={}]*?\b(\w+)\(((?:[^(){}]|\([^(){}]*\))*)\)\s*\n\{\n(.*?)^\}", re.M | re.S)


def functions(text):
    for match in HEAD.finditer(text):
        depth, count = 0, 1 if match.group(2).strip() not in ("", "void") else 0
        for letter in match.group(2):
            depth += (letter == "(") - (letter == ")")
            count += letter == "," and depth == 0
        count -= "reel_err *err" in match.group(2)
        yield match.group(1), match.group(3).count("\n"), count


failed = False
for folder in ("src", "include", "tests", "bench"):
    for path in sorted((root / folder).rglob("*.[ch]")):
        name = str(path.relative_to(root))
        if name in generated:
            continue
        text = path.read_text()
        lines = text.count("\n")
        if lines > FILE:
            print(f"{name}: {lines} lines, more than {FILE}", file=sys.stderr)
            failed = True
        for function, length, parameters in functions(text):
            if length > FUNCTION:
                print(f"{name}: {function} has {length} lines, more than {FUNCTION}", file=sys.stderr)
                failed = True
            if parameters > PARAMETERS and (name, function) not in DICTATED:
                print(f"{name}: {function} has {parameters} parameters, more than {PARAMETERS}", file=sys.stderr)
                failed = True
sys.exit(failed)
