#!/usr/bin/env python3
"""What an experiment says of so many people, and how long that takes: rows made up over the bundled sample in a SQLite file.

Prints one JSON object a line: processor time and the clock of `reel experiment results`, for who asks first, for who asks again, and
after a thousandth more people. Usage: experiments.py REEL [--people N[,N…]] [--rounds N]
"""
import argparse
import json
import os
import pathlib
import random
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

GOAL_MS, DAY_MS, MINUTE_MS = 300, 86_400_000, 60_000
TAG = "0000000a"
EXPERIMENT = {"name": "both", "tag": TAG, "days": 60, "arms": [{"name": "now", "model": "popular"}, {"name": "other", "model": "ease"}]}


def report(bench, values, goal=None):
    line = {"bench": f"experiments: {bench}", "unit": "ms", "median": float(f"{statistics.median(values):.4g}"), "min": float(f"{min(values):.4g}"),
            "max": float(f"{max(values):.4g}"), "runs": len(values)}
    print(json.dumps(line | ({"goal": goal} if goal else {})), flush=True)


def add_people(database, first, count, since_ms, until_ms):
    """Who came between two moments, one of ten of them clicking, and the marks as a server leaves them."""
    dice = random.Random(first)
    rows = ((TAG, f"v:{number:08x}-{dice.getrandbits(48):012x}", dice.getrandbits(1), dice.randrange(since_ms, until_ms), 2, 0,
             int(dice.random() < 0.1), 0) for number in range(first, first + count))
    with sqlite3.connect(database) as db:
        db.executemany("INSERT INTO trial_people (tag, who, arm, first_ms, lists, strays, did_0, did_1) VALUES (?,?,?,?,?,?,?,?)", rows)
        db.execute("INSERT INTO trial_marks (tag, sequence, epoch, lists) VALUES (?, 0, 0, ?) ON CONFLICT (tag) DO UPDATE SET lists = lists + excluded.lists",
                   (TAG, 2 * count))


def ask(reel, database):
    """Milliseconds of processor and clock."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    made = subprocess.run([reel, "experiment", "results", "both", "--json", "--database", database], stdout=subprocess.PIPE, check=True)
    clock, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    told = json.loads(made.stdout)
    return told["people"], 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime), 1000 * clock


def measure(reel, folder, people, rounds):
    database = str(folder / f"{people}.db")
    now_ms = int(time.time() * 1000)
    quiet = {"check": True, "stdout": subprocess.DEVNULL}
    sample, definition = str(folder / "sample"), folder / "experiment.json"
    definition.write_text(json.dumps({"experiments": [EXPERIMENT]}), encoding="utf-8")
    if not os.path.isdir(sample):
        subprocess.run([reel, "sample", "--output", sample], **quiet)
    subprocess.run([reel, "load", "--movielens", sample, "--database", database], **quiet)
    subprocess.run([reel, "experiment", "add", str(definition), "--database", database], **quiet)
    add_people(database, 0, people, now_ms - 30 * DAY_MS, now_ms - 2 * DAY_MS)
    first, again = [], []
    for _ in range(rounds):
        with sqlite3.connect(database) as db:
            db.execute("DELETE FROM trial_states")
        first.append(ask(reel, database))
        again.append(ask(reel, database))
    # Whose windows ended in the last minutes: later than what is kept goes.
    day_ago_ms = int(time.time() * 1000) - DAY_MS
    add_people(database, people, people // 1000, day_ago_ms - 5 * MINUTE_MS, day_ago_ms - MINUTE_MS)
    more = [ask(reel, database) for _ in range(rounds)]
    if {one[0] for one in first + again} != {people} or {one[0] for one in more} != {people + people // 1000}:
        sys.exit(f"experiments: other people than there are: {first} {again} {more}")
    for name, asked, goal in (("who asks first", first, None), ("who asks again", again, GOAL_MS), ("a thousandth more people", more, GOAL_MS)):
        report(f"{people:,} people, {name}, processor", [one[1] for one in asked])
        report(f"{people:,} people, {name}", [one[2] for one in asked], goal)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("reel")
    parser.add_argument("--people", default="30000,200000,1000000")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for people in given.people.split(","):
            measure(os.path.abspath(given.reel), pathlib.Path(folder), int(people), given.rounds)


main()
