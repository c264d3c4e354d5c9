#!/usr/bin/env python3
"""docs/security.md: every test it names is there. A name belongs to the file named before it in its sentence."""
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parent.parent
failed, named = False, 0
for number, line in enumerate((root / "docs/security.md").read_text().splitlines(), 1):
    file = None
    for before, word in re.findall(r"([^`]*)`([^`]+)`", line):
        if re.search(r"\. ", before):
            file = None
        if word.startswith(("tests/", "tools/", "script/")):
            file = root / word
            named += 1
            if not file.is_file():
                print(f"docs/security.md:{number}: there is no {word}", file=sys.stderr)
                failed, file = True, None
        elif file is not None and file.parent.name != "script" and re.fullmatch(r"[a-z][a-z0-9_]*", word):
            text = file.read_text()
            named += 1
            if not re.search(rf"\b(def|void)\s+{word}\(|(TEST|cmocka_unit_test\w*)\({word}\b", text):
                print(f"docs/security.md:{number}: {file.relative_to(root)} has no test {word}", file=sys.stderr)
                failed = True
if named < 150:
    print(f"docs/security.md: only {named} tests were found", file=sys.stderr)
    failed = True
sys.exit(failed)
