#!/usr/bin/env python3
"""Run the benchmarks, print a table, keep results with the facts of the machine in bench/results/."""
import datetime
import json
import os
import pathlib
import platform
import subprocess
import sys

root = pathlib.Path(__file__).resolve().parent.parent
build = root / "build/bench"
data = os.environ["REEL_TEST_DATA"]
# What is acknowledged is on disk, as it is by default; without a PostgreSQL server SQLite alone is measured.
server = ["env", "REEL_POSTGRES_SETTINGS=fsync=on full_page_writes=on", root / "script/postgres", "--optional"]
BENCHES = {
    "base": [build / "bench/bench_base"],
    "parse": [build / "bench/bench_parse"],
    "store": [*server, build / "bench/bench_store"],
    "load": [*server, "/usr/bin/python3", root / "bench/load.py", root / "build/release/reel", data],
    "score": [build / "bench/bench_score"],
    "knn": [build / "bench/bench_knn"],
    "search": [build / "bench/bench_search"],
    "sklearn": ["/usr/bin/python3", root / "bench/peers/sklearn_cosine.py", f"{data}/ml-1m/ratings.dat"],
    "models": ["/usr/bin/python3", root / "bench/models.py", build / "bench/bench_models", data],
    "growth": ["/usr/bin/python3", root / "bench/growth.py", build / "reel", build / "bench/bench_growth"],
    "eda": ["/usr/bin/python3", root / "bench/eda.py", root / "build/release/reel", data],
    "stats": ["/usr/bin/python3", root / "bench/stats.py", root / "build/release/reel", data, "--full"],
    "experiments": ["/usr/bin/python3", root / "bench/experiments.py", root / "build/release/reel"],
    "serve": ["/usr/bin/python3", root / "bench/serve.py", root / "build/release/reel", data],
    "beside": ["/usr/bin/python3", root / "bench/beside.py", root / "build/release/reel", data],
    "cold": ["/usr/bin/python3", root / "bench/cold.py", root / "build/release/reel", data],
}


def machine():
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=root, capture_output=True, text=True).stdout.strip()
    return {"date": datetime.date.today().isoformat(), "cpu": cpu, "cores": os.cpu_count(), "kernel": platform.release(),
            "commit": commit, "load": os.getloadavg()[0]}


def run(name):
    answer = subprocess.run([str(part) for part in BENCHES[name]], cwd=root, capture_output=True, text=True)
    if answer.returncode != 0:
        sys.exit(f"{name} failed ({answer.returncode}): {answer.stderr[-2000:]}")
    return [json.loads(line) for line in answer.stdout.splitlines() if line.startswith("{")]


def show(row):
    print(f"{row['bench']:58} {row['median']:>12g} {row['unit']:6} (min {row['min']:g}, {row.get('runs', 1)} runs"
          + (f"; goal {row['goal']}" if "goal" in row else "") + ")", flush=True)


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def commit_time(commit):
    answer = subprocess.run(["git", "show", "-s", "--format=%ct", commit], cwd=root, capture_output=True, text=True)
    return int(answer.stdout) if answer.returncode == 0 else 0


def kept_rows(results):
    """The rows of the record of the newest commit, each with the commit it was measured at."""
    records = [json.loads(path.read_text()) for path in results.glob("*.json")]
    last = max(records, key=lambda record: commit_time(record["machine"]["commit"]), default={"results": []})
    return [{"commit": last["machine"]["commit"]} | row for row in last["results"]]


def merge(kept, rows):
    """The rows that were measured in the place of those of their names; a new one stands behind its neighbour."""
    merged, at = list(kept), -1
    for row in rows:
        found = next((i for i, old in enumerate(merged) if old["bench"] == row["bench"]), None)
        if found is None:
            at = at + 1 if at >= 0 else len(merged)
            merged.insert(at, row)
        else:
            at = found
            merged[at] = row
    return merged


def write_table(facts, rows):
    """The results as a Markdown table, between the marks of docs/performance.md."""
    page = root / "docs/performance.md"
    before, _, rest = page.read_text().partition("<!-- results -->")
    _, _, after = rest.partition("<!-- end of results -->")
    lines = [f"{facts['cpu']}, {facts['cores']} cores, load {facts['load']:.1f} before the last of these runs ({facts['date']}).", "",
             "| benchmark | median | min | unit | goal | commit |", "| --- | ---: | ---: | --- | --- | --- |"]
    lines += [f"| {row['bench']} | {number(row['median'])} | {number(row['min'])} | {row['unit']} | {row.get('goal', '')} "
              f"| {row['commit']} |" for row in rows]
    page.write_text(before + "<!-- results -->\n" + "\n".join(lines) + "\n<!-- end of results -->" + after)


if "--list" in sys.argv:
    print("\n".join(BENCHES))
    sys.exit()
peers, keep = "--peers" in sys.argv, "--keep" in sys.argv
asked = [name for name in sys.argv[1:] if name not in ("--peers", "--keep")]
facts = machine()
if peers:
    BENCHES["models"].append("--peers")
names = asked or list(BENCHES)
rows = []
for name in names:
    if name not in BENCHES:
        sys.exit(f"no benchmark is called {name}; there are: {' '.join(BENCHES)}")
    for row in run(name):
        rows.append(row)
        show(row)
by_name = {row["bench"]: row for row in rows}
ours, theirs = by_name.get("user-knn: neighbours of all people"), by_name.get("scikit-learn: cosine of all people")
if ours and theirs:
    ratio = {"bench": "user-knn over scikit-learn, neighbours of all people", "unit": "x",
             "median": round(theirs["median"] / ours["median"], 1), "min": round(theirs["min"] / ours["min"], 1), "goal": ">= 10"}
    rows.append(ratio)
    show(ratio)
if keep or not asked:
    results = root / "bench/results"
    results.mkdir(exist_ok=True)
    rows = [row | {"commit": facts["commit"]} for row in rows]
    rows = merge(kept_rows(results), rows) if asked else rows
    path = results / f"{facts['date']}-{facts['commit']}.json"
    path.write_text(json.dumps({"machine": facts, "results": rows}, indent=1) + "\n")
    write_table(facts, rows)
    print(path.relative_to(root))
