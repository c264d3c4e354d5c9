#!/usr/bin/env python3
"""Results in the documentation come from the program: docs/results/TABLE.json is what `reel reproduce TABLE --json` said
(script/results), and from it this writes docs/results.md and the tables between `<!-- results: TABLE -->` and
`<!-- end of results -->` in the other pages. With --check nothing is written; pages that say anything else are an error.

  results.py [--check]            write the pages, or compare them
  results.py --take FILE.json     put a new run in the place of the rows it has, then write the pages

Several tables become one, row by row of the first: `<!-- results: TABLE | all known = OTHER -->`."""
import json
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parent.parent
kept = root / "docs/results"
BLOCK = re.compile(r"(<!-- results: ([^>]+?) -->\n).*?(<!-- end of results -->)", re.S)
ORDER = ["surprise-table", "surprise-table-100k", "peers-ml1m", "random-ml1m", "ml100k-u1", "anelli-ml1m", "common-split",
         "common-split-texts", "common-split-all", "common-split-all-texts", "loo-ml1m"]


def load(name):
    return json.loads((kept / f"{name}.json").read_text())


def number(value):
    """As in tables of papers: .3602, 1.504."""
    return f"{value:.4f}".removeprefix("0") if value >= 0 else "-" + number(-value)


def metrics_of(table):
    return list(next(row["ours"] for row in table["rows"] if "ours" in row))


def spread(value):
    if value["low"] == value["high"]:
        return number(value["mean"])
    return f"{number(value['mean'])} ({number(value['low'])}-{number(value['high'])})"


def whole(table):
    """A table with the published line beside each of ours."""
    metrics = metrics_of(table)
    yield "| ours | " + " | ".join(metrics) + " | published | " + " | ".join(metrics) + " |"
    yield "| --- |" + " ---: |" * len(metrics) + " --- |" + " ---: |" * len(metrics)
    for row in table["rows"]:
        published = row.get("published", {})
        ours = [spread(row["ours"][metric]) for metric in metrics]
        theirs = [number(published[metric]) if metric in published else "" for metric in metrics]
        yield f"| `{row['model']}` | " + " | ".join(ours) + f" | {published.get('name', '')} | " + " | ".join(theirs) + " |"


def joined(parts):
    """Ours only; parts: (label, table), joined by model."""
    names = [row["model"] for row in parts[0][1]["rows"]]
    heads = [f"{label}{metric}" for label, table in parts for metric in metrics_of(table)]
    yield "| model | " + " | ".join(heads) + " |"
    yield "| --- |" + " ---: |" * len(heads)
    for name in names:
        cells = []
        for _, table in parts:
            row = next((row for row in table["rows"] if row["model"] == name), None)
            cells += [number(row["ours"][metric]["mean"]) if row else "" for metric in metrics_of(table)]
        yield f"| `{name}` | " + " | ".join(cells) + " |"


def block(text):
    parts = [part.strip() for part in text.split("|")]
    tables = []
    for part in parts:
        label, _, name = part.rpartition("=")
        tables.append((label.strip() + ": " if label else "", load(name.strip())))
    return "\n".join(whole(tables[0][1]) if len(tables) == 1 else joined(tables)) + "\n"


def section(name):
    table = load(name)
    sources = {}
    for row in table["rows"]:
        if "published" in row:
            sources.setdefault(row["published"]["source"], []).append(row["published"]["name"])
    runs = f"means over {table['runs']} {table['means_over']}s (lowest-highest)" if table["runs"] > 1 else "one run"
    yield f"## {table['title']}\n"
    yield f"`reel reproduce {name}`: {table['protocol']}; {runs}. Reel {table['version']}, data `{table['hash'][:19]}`.\n"
    yield "\n".join(whole(table)) + "\n"
    for source, names in sources.items():
        yield f"- {source}: {', '.join(dict.fromkeys(names))}"
    if sources:
        yield ""


def results_page():
    lines = ["# Results", "",
             "Published tables made again by `reel reproduce`, ours beside theirs. This page is written by `script/results`",
             "from the program's own output, which lies in [results/](results/) with parameters, seconds and data hashes;",
             "[evaluation.md](evaluation.md) says what the protocols and metrics are. Where one source published several",
             "settings of a model, its best is shown.", ""]
    for name in ORDER:
        if (kept / f"{name}.json").exists():
            lines += section(name)
    return "\n".join(lines).rstrip() + "\n"


def pages():
    yield root / "docs/results.md", results_page()
    for path in sorted((root / "docs").glob("*.md")):
        text = path.read_text()
        if path.name != "results.md" and BLOCK.search(text):
            yield path, BLOCK.sub(lambda found: found.group(1) + block(found.group(2)) + found.group(3), text)


def take(path):
    """Rows of a new run replace those of the same name; new ones go behind."""
    new = json.loads(pathlib.Path(path).read_text())
    target = kept / f"{new['table']}.json"
    if target.exists():
        old = load(new["table"])
        fresh = {row["model"]: row for row in new["rows"]}
        if old["hash"] != new["hash"]:
            sys.exit(f"{path}: other data than those of {target.name}; delete that first")
        if old["runs"] != new["runs"]:
            sys.exit(f"{path}: {new['runs']} runs, {target.name} has {old['runs']}; delete that first")
        rows = [fresh.pop(row["model"], row) for row in old["rows"]]
        new["rows"] = rows + list(fresh.values())
    new["command"] = f"reel reproduce {new['table']} --json"
    kept.mkdir(exist_ok=True)
    target.write_text(json.dumps(new, indent=1) + "\n")


def main():
    if sys.argv[1:2] == ["--take"]:
        for path in sys.argv[2:]:
            take(path)
    wrong = [path for path, text in pages() if not path.exists() or path.read_text() != text]
    if "--check" in sys.argv:
        for path in wrong:
            print(f"{path.relative_to(root)}: its results are not those of docs/results/; run tools/results.py", file=sys.stderr)
        sys.exit(bool(wrong))
    for path, text in list(pages()):
        path.write_text(text)


if __name__ == "__main__":
    main()
