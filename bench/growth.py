#!/usr/bin/env python3
"""What a rating costs in small and in large data: simulated ratings of a Zipf shape (`reel sample --ratings`), read
into a dataset and fitted by ials with 64 factors, each size in a process of its own; then the larger over the smaller,
a rating. Prints lines of JSON. Usage: growth.py REEL BENCH_GROWTH [SIZE...]; sizes such as 1M 10M 100M, smallest first."""
import json
import pathlib
import subprocess
import sys
import tempfile

WORK = ("reading", "ials 64 fit")
RUNS = 3
FIT_MEMORY_MB = 2000


def measure(reel, program, size, folder):
    """Rows by the kind of work, of a file that is gone afterwards."""
    ratings = pathlib.Path(folder) / f"{size}.tsv"
    subprocess.run([reel, "sample", "--ratings", size, "--quiet", "--output", ratings], check=True)
    answer = subprocess.run([program, ratings, size, str(RUNS)], check=True, capture_output=True, text=True)
    ratings.unlink()
    return dict(zip(WORK, map(json.loads, answer.stdout.splitlines())))


def with_bytes(row):
    """The row, and what it says of memory as a row of its own."""
    yield row
    yield {"bench": row["bench"] + ", memory beside the data" if "fit" in row["bench"] else row["bench"] + ", memory",
           "unit": "B/rating", "median": row["bytes_a_rating"], "min": row["bytes_a_rating"]}


def count(size):
    return int(size[:-1]) * {"k": 1_000, "M": 1_000_000}[size[-1]]


def growth(small, large, times, names):
    for key, what in (("min", "time"), ("processor", "processor time"), ("bytes_a_rating", "memory")):
        ratio = large[key] / small[key] / (1 if key == "bytes_a_rating" else times)
        yield {"bench": f"{names[1]} over {names[0]}, {what} a rating: {names[2]}", "unit": "x", "median": round(ratio, 3),
               "min": round(ratio, 3), "goal": "<= 1.25"}


def main():
    reel, program, *sizes = sys.argv[1:]
    sizes = sizes or ["1M", "10M"]
    with tempfile.TemporaryDirectory() as folder:
        found = [measure(reel, program, size, folder) for size in sizes]
    for size, rows in zip(sizes, found):
        if count(size) == 10_000_000:
            fit = rows["ials 64 fit"]
            rows["peak"] = {"bench": "10M ratings: ials 64 fit, the most memory of the process", "unit": "MB",
                            "median": fit["peak_mb"], "min": fit["peak_mb"], "goal": f"< {FIT_MEMORY_MB}"}
        for what, row in rows.items():
            for line in with_bytes(row) if what in WORK else [row]:
                print(json.dumps(line), flush=True)
    for i in range(1, len(sizes)):
        for work in WORK:
            for line in growth(found[0][work], found[i][work], count(sizes[i]) / count(sizes[0]), (sizes[0], sizes[i], work)):
                print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
