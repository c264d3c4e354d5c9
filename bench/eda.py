#!/usr/bin/env python3
"""How long the exploratory report of MovieLens 1M with TMDb metadata takes, with and without PNG.

Prints one JSON object a line. Usage: eda.py REEL DATA, where DATA holds ml-1m/ and tmdb/.
"""
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

reel, data = sys.argv[1], pathlib.Path(sys.argv[2])
RUNS = 7

with tempfile.TemporaryDirectory() as folder:
    database = f"{folder}/reel.db"
    subprocess.run([reel, "load", "--movielens", data / "ml-1m", "--tmdb", data / "tmdb/movies.jsonl", "--links",
                    data / "tmdb/links.csv", "--database", database, "--quiet"], check=True)
    for name, words in [("eda: report of ML-1M", []), ("eda: the same without PNG", ["--no-png"])]:
        seconds = []
        for _ in range(RUNS):
            started = time.perf_counter()
            subprocess.run([reel, "eda", "--database", database, "--output", f"{folder}/report", "--quiet", *words], check=True)
            seconds.append(time.perf_counter() - started)
        print(json.dumps({"bench": name, "unit": "s", "min": round(min(seconds), 4), "median": round(statistics.median(seconds), 4),
                          "runs": RUNS, "goal": "< 2"}), flush=True)
