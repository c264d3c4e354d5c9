#!/usr/bin/env python3
"""What `reel load` costs: MovieLens 1M, then simulated ratings in growing number (`reel sample --ratings`); into a file,
and into the PostgreSQL server that REEL_TEST_POSTGRES names. Prints lines of JSON. Usage: load.py REEL DATA [SIZE...]"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

RUNS = 3
MEMORY_MB = 500
MEASURE = "import os, resource, sys, time; s = time.monotonic(); c = os.spawnv(os.P_WAIT, sys.argv[1], sys.argv[1:]);" \
    " u = resource.getrusage(resource.RUSAGE_CHILDREN); print(c, time.monotonic() - s, u.ru_utime, u.ru_maxrss)"


def measure(*words):
    """Seconds, processor seconds and MB of one run, in a process of its own."""
    answer = subprocess.run([sys.executable, "-c", MEASURE, *map(str, words)], check=True, capture_output=True, text=True)
    code, seconds, user, kilobytes = answer.stdout.split()
    if code != "0":
        sys.exit(f"{' '.join(map(str, words))}: {answer.stderr}")
    return float(seconds), float(user), int(kilobytes) / 1024


def row(bench, unit, values, goal=None):
    line = {"bench": bench, "unit": unit, "median": round(statistics.median(values), 3), "min": round(min(values), 3),
            "runs": len(values)}
    print(json.dumps(line | ({"goal": goal} if goal else {})), flush=True)


def count(size):
    return int(size[:-1]) * {"k": 1_000, "M": 1_000_000}[size[-1]]


def main():
    reel, data, *sizes = sys.argv[1:]
    sizes = sizes or ["1M", "25M"]
    server = os.environ.get("REEL_TEST_POSTGRES")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name, base, most in (("SQLite", folder, 3), ("PostgreSQL", server, 6)):
            if base is None:
                continue
            target = (lambda what: f"{base}bench_{what}") if base is server else (lambda what: folder / f"{what}.db")
            row(f"reel load: MovieLens 1M into {name}", "s",
                [measure(reel, "load", "--quiet", "--movielens", f"{data}/ml-1m", "--database", target(f"ml{i}"))[0]
                 for i in range(RUNS)], f"< {most}")
            a_rating = []
            for size in sizes:
                ratings = folder / f"{size}.tsv"
                if not ratings.exists():
                    subprocess.run([reel, "sample", "--ratings", size, "--quiet", "--output", ratings], check=True)
                seconds, user, memory = measure(reel, "load", "--quiet", "--ratings", ratings, "--database", target(size))
                a_rating.append((seconds / count(size), user / count(size)))
                row(f"reel load: {size} ratings into {name}", "s", [seconds])
                row(f"reel load: {size} ratings into {name}, memory", "MB", [memory], f"< {MEMORY_MB}")
            for i, what in enumerate(("time", "processor time")):
                row(f"reel load: {sizes[-1]} over {sizes[0]}, {what} a rating: {name}", "x",
                    [a_rating[-1][i] / a_rating[0][i]], "<= 1.25")


if __name__ == "__main__":
    main()
