#!/usr/bin/env python3
"""Models against other libraries: runs bench_models, with --peers also those libraries that are found on this
machine (bench/peers/models.py), and prints each time, the peer's and how many times faster ours is. A peer that is not
here stands in with its recorded time, scaled by what a matrix product takes here and took there, marked `calibrated`.
Prints lines of JSON. Usage: models.py BENCH_MODELS FOLDER [--peers] [NAME...]"""
import json
import pathlib
import subprocess
import sys

# Recorded on 2 cores of an AVX-512 machine, on which sgemm with two threads gave this many GFLOP/s.
RECORDED_SGEMM = 306.0
# ours, theirs (the fastest that is found counts), recorded seconds of the fastest (None: only beside a run), goal
PAIRS = [
    ("ials 64: fit", ["implicit: ALS 64, CG", "cmfrec: implicit ALS 64, CG"], 0.87, 3),
    ("ials 128: fit", ["implicit: ALS 128, CG"], 1.34, 3),
    ("ials 256: fit", ["implicit: ALS 256, CG"], 2.70, 3),
    ("ials 64: lists for everyone", ["implicit: lists of 10, ALS 64"], 0.304, 8),
    ("ease: fit", ["numpy: EASE"], 1.58, 3),
    ("ease: fit", ["numpy: EASE, dense Gram matrix"], None, None),
    ("item-knn: fit", ["implicit: cosine, 100 neighbours"], 0.42, 3),
    # recorded with its reading of text; a run beside ours is fitting only
    ("svd 128, 20 epochs: fit", ["libmf: 128, 20 epochs"], 0.86, 1.5),
    ("svdpp 20, 20 epochs: fit", ["surprise: SVD++ 20, 20 epochs"], 208.0, 40),
]
LIMITS = {"bayes: fit": 90}


def rows_of(command):
    answer = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    sys.stderr.write(answer.stderr)
    if answer.returncode != 0:
        sys.exit(f"{command[0]} failed ({answer.returncode})")
    return {row["bench"]: row for row in map(json.loads, filter(lambda line: line.startswith("{"), answer.stdout.splitlines()))}


def compare(ours, peers):
    sgemm = ours["sgemm, 2 threads"]["median"]
    for name, others, recorded, goal in PAIRS:
        if name not in ours:
            continue
        found = [peers[other]["median"] for other in others if other in peers]
        if not found and recorded is None:
            continue
        seconds = min(found) if found else recorded * RECORDED_SGEMM / sgemm
        library, _, way = others[0].partition(":")
        yield {"bench": f"{name}, over {library}{way[way.index(','):] if goal is None else ''}"
               + ("" if found else " (calibrated)"), "unit": "x",
               "median": round(seconds / ours[name]["median"], 2), "min": round(seconds / ours[name]["median"], 2),
               **({} if goal is None else {"goal": f">= {goal}"}), "peer_seconds": round(seconds, 4)}


def main():
    program, folder, *names = sys.argv[1:]
    with_peers = "--peers" in names
    names = [name for name in names if name != "--peers"]
    ours = rows_of([program, folder, *names])
    peers = {}
    if with_peers:
        peers = rows_of(["/usr/bin/python3", pathlib.Path(__file__).parent / "peers/models.py", f"{folder}/ml-1m/ratings.dat"])
    for name, row in ours.items():
        if LIMITS.get(name):
            row["goal"] = f"< {LIMITS[name]}"
        print(json.dumps(row))
    for row in [*peers.values(), *compare(ours, peers)]:
        print(json.dumps(row))


if __name__ == "__main__":
    main()
