#!/usr/bin/env python3
"""Settings: the names that the program and its scripts read, those of .env.example, and those of the table in
docs/operation.md are the same."""
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parent.parent
NAME = r"(?:REEL|TMDB|MONGO)[A-Z]*_[A-Z0-9_]*[A-Z0-9]"
sources = [path for path in (root / "src").rglob("*.c") if path.name != "settings.c"]
read = {name for path in sources for name in re.findall(rf'"({NAME})"', path.read_text())}
for script in ("common.sh", "server"):
    read |= set(re.findall(rf"\b({NAME})\b", (root / "script" / script).read_text()))
developers = set(re.findall(rf'"({NAME})"', (root / "src/cli/settings.c").read_text()))
read -= developers
named = set(re.findall(rf"^#?({NAME})=", (root / ".env.example").read_text(), re.M))
told = set(re.findall(rf"^\| `({NAME})`", (root / "docs/operation.md").read_text(), re.M))
failed = False
for missing, what in ((read - named, "is read, and .env.example does not name it"),
                      (named - read, "is in .env.example, and nothing reads it"),
                      (read - told, "is read, and the settings of docs/operation.md lack it"),
                      (told - read, "is in the settings of docs/operation.md, and nothing reads it")):
    for name in sorted(missing):
        print(f"{name} {what}", file=sys.stderr)
        failed = True
if len(read) < 20:
    print(f"only {len(read)} settings were found", file=sys.stderr)
    failed = True
sys.exit(failed)
