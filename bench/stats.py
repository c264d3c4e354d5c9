#!/usr/bin/env python3
"""Sums of feedback: events made up over MovieLens 1M, counted by `reel stats`, and each report of the API asked for.

And how long a training reads them, and what signals are made of, from the database.

Prints one JSON object a line. Usage: stats.py REEL DATA [--events N] [--days N] [--full] [--url POSTGRESQL] [--keep FOLDER] [--strict]
DATA holds ml-1m/. --url: a PostgreSQL database that may be overwritten, instead of a SQLite file. --keep: leave (or find) the database in
this folder. --full: no events are made up and counted; the sums are filled as they are at most, so that answers take as long as over any number of
events of so many days: each film was shown every day, each kind of list in every hour and at every place. --strict: a report that takes longer than its goal is an error.
--people N: how many take part (30,000). Every list is one of an interleaved experiment, whose results are asked for, too.
The events are lists of 20 films shown by four models in six rows, each model trained anew every fortnight; films by a Zipf law that
becomes narrower, clicks by place, ratings after clicks; 30,000 people, by hour of the day.
"""
import argparse
import contextlib
import datetime
import http.client
import json
import math
import os
import pathlib
import random
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

GOAL_MS, ROUNDS, LENGTH, PEOPLE, BATCH = 300, 5, 20, 30_000, 20_000
EXPERIMENT = {"name": "both", "tag": "0000000a", "kind": "interleave", "arms": [{"name": "a", "model": "ease"}, {"name": "b", "model": "popular"}]}
METHODS = {"hybrid": 0.55, "ease": 0.2, "content": 0.15, "popular": 0.1}
ROWS = ["for-you", "because", "gems", "popular-now", "decade", ""]
HOURS = [2, 1, 1, 1, 1, 1, 2, 3, 4, 4, 4, 5, 6, 6, 5, 5, 6, 8, 11, 15, 17, 14, 9, 4]
END = datetime.datetime(2026, 11, 1, tzinfo=datetime.timezone.utc)
COLUMNS = ("event_id", "type", "userId", "visitor", "method", "model_id", "list_id", "source_movie", "movies", "value", "time_ms",
           "received_ms", "queued", "scenario")


def report(bench, unit, values, goal=None):
    line = {"bench": f"stats: {bench}", "unit": unit, "median": float(f"{statistics.median(values):.4g}"),
            "min": float(f"{min(values):.4g}"), "max": float(f"{max(values):.4g}"), "runs": len(values)}
    print(json.dumps(line | ({"goal": goal} if goal else {})), flush=True)


def events(total, days, films, people):
    """Rows of the table, in the order of time."""
    dice = random.Random(7)
    start = END - datetime.timedelta(days=days)
    made, lists = 0, 0
    weights = [1 / (rank + 10) for rank in range(len(films))]
    each_day = total / days
    for day in range(days):
        narrow = [weight ** (0.8 + 0.4 * day / days) for weight in weights]
        pool = dice.choices(films, narrow, k=60_000)
        hours = sorted(dice.choices(range(24), HOURS, k=int(each_day * 0.6) + 1))
        for hour in hours:
            if made >= min(total, each_day * (day + 1)):
                break
            lists += 1
            at = int((start + datetime.timedelta(days=day, hours=hour, seconds=dice.random() * 3600)).timestamp() * 1000)
            method = dice.choices(list(METHODS), METHODS.values())[0]
            person = int(people * dice.random() ** 2)
            who = (person, "") if person % 3 else (None, f"v_{person}")
            offset = dice.randrange(len(pool) - LENGTH)
            shown = list(dict.fromkeys(pool[offset:offset + LENGTH]))
            common = (method, f"{method}-{day // 14:04x}{hash_of(method)}", f"x_{EXPERIMENT['tag']}_i_{lists:032x}")
            row = dice.choice(ROWS)

            def event(kind, movies, value=None, later=0):
                nonlocal made
                made += 1
                return (f"{made:032x}", kind, *who, *common, None, json.dumps(movies, separators=(",", ":")), value, at + later, at + later,
                        0, row)
            yield event("impression", [[film, place + 1] for place, film in enumerate(shown)])
            for place, film in enumerate(shown):
                if dice.random() > 0.09 / math.sqrt(place + 1):
                    continue
                yield event("click", [[film, place + 1]], later=5_000)
                if dice.random() < 0.3:
                    yield event("rating", [[film, place + 1]], value=dice.randint(1, 5), later=60_000)
                if dice.random() < 0.1:
                    yield event("dwell", [[film, place + 1]], value=round(dice.random() * 90, 1), later=70_000)


def hash_of(text):
    return f"{sum(map(ord, text)):04x}"


def films_of(data):
    with open(data / "ml-1m" / "movies.dat", encoding="latin-1") as lines:
        return [int(line.split("::")[0]) for line in lines]


def batches(rows):
    batch = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


def fill_sqlite(path, rows):
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA synchronous = OFF")
        places = ",".join("?" * len(COLUMNS))
        for batch in batches(rows):
            database.executemany(f"INSERT INTO events ({','.join(COLUMNS)}) VALUES ({places})", batch)
            database.commit()


def fill_postgres(url, rows):
    def field(value):
        return r"\N" if value is None else str(value)
    copy = subprocess.Popen(["psql", "-qX", url, "-c", f"COPY reel.events ({','.join(COLUMNS)}) FROM STDIN"], stdin=subprocess.PIPE,
                            text=True)
    for row in rows:
        copy.stdin.write("\t".join(map(field, row)) + "\n")
    copy.stdin.close()
    if copy.wait() != 0:
        sys.exit("the events could not be copied")
    subprocess.run(["psql", "-qX", url, "-c", "ANALYZE reel.events"], check=True)


FULL = """
WITH RECURSIVE d(day) AS (SELECT {first} UNION ALL SELECT day + 1 FROM d WHERE day + 1 < {last}),
    v(value) AS (SELECT 0 UNION ALL SELECT value + 1 FROM v WHERE value < {most})
"""


def fill_sums(path, days, films):
    last = int(END.timestamp()) // 86400
    first = last - days
    kinds = [(method, f"{method}-{fortnight:04x}{hash_of(method)}", row, first + fortnight * 14)
             for fortnight in range(days // 14 + 1) for method in METHODS for row in ROWS]
    with contextlib.closing(sqlite3.connect(path)) as database:
        def every(most, statement):
            database.execute(FULL.format(first=first, last=last, most=most) + statement)
        database.executemany("INSERT INTO stat_kinds (method, model_id, scenario, first_day) VALUES (?, ?, ?, ?)", kinds)
        database.execute("CREATE TEMP TABLE film AS SELECT column1 AS id FROM (VALUES " + ",".join(f"({film})" for film in films) + ")")
        of_day = f"k.first_day = {first} + (d.day - {first}) / 14 * 14"
        every(LENGTH, "INSERT INTO stat_ranks SELECT 1, d.day, k.id, v.value, CASE v.value WHEN 0 THEN 57 ELSE 0 END, CASE v.value WHEN 0 THEN 0"
                      " ELSE 57 END, v.value % 5, v.value % 3, v.value % 2, 0 FROM d JOIN v"
                      f" JOIN stat_kinds AS k ON {of_day}")
        every(0, "INSERT INTO stat_films SELECT 1, d.day, f.id, 1 + f.id % 60, f.id % 9, f.id % 5, f.id % 11, f.id % 7 FROM d JOIN film AS f")
        every(23, "INSERT INTO stat_hours SELECT d.day * 24 + v.value, k.id, 3, 60, 4, 2, 0, 1, 1, 1, 20000, 3, 2400000 FROM d JOIN v"
                  f" JOIN stat_kinds AS k ON {of_day}")
        every(0, "INSERT INTO stat_days SELECT day, 900, 40 FROM d")
        week = "day - (day + 3) % 7"
        database.execute(f"INSERT INTO stat_ranks SELECT 7, {week}, kind, rank, sum(lists), sum(shown), sum(clicked), sum(rated), sum(clicked_rated),"
                         " sum(refused) FROM stat_ranks GROUP BY 2, 3, 4")
        database.execute(f"INSERT INTO stat_films SELECT 7, {week}, movieId, sum(shown), sum(clicked), sum(rated), sum(clicks), sum(ratings)"
                         " FROM stat_films GROUP BY 2, 3")
        database.commit()


def made(reel, database, data, options):
    started = time.perf_counter()
    subprocess.run([reel, "load", "--movielens", data / "ml-1m", "--database", database, "--quiet"], check=True)
    if options.full:
        fill_sums(database, options.days, films_of(data))
        report("sums filled", "s", [time.perf_counter() - started])
        return
    rows = events(options.events, options.days, films_of(data), options.people)
    (fill_postgres if options.url else fill_sqlite)(database, rows)
    report("events made up", "s", [time.perf_counter() - started])
    started = time.perf_counter()
    subprocess.run([reel, "stats", "health", "--database", database, "--quiet"], check=True, stdout=subprocess.DEVNULL)
    report("events counted", "1/s", [options.events / (time.perf_counter() - started)])
    started = time.perf_counter()
    definition = options.folder / "experiment.json"
    definition.write_text(json.dumps(EXPERIMENT))
    subprocess.run([reel, "experiment", "add", definition, "--database", database, "--quiet"], check=True)
    subprocess.run([reel, "experiment", "results", EXPERIMENT["name"], "--database", database, "--quiet"], check=True, stdout=subprocess.DEVNULL)
    report("events of an experiment counted", "1/s", [options.events / (time.perf_counter() - started)])


def read_for_training(reel, database):
    """The data as a training takes them, signals and all."""
    seconds = []
    for _ in range(3):
        with tempfile.TemporaryDirectory() as models:
            told = subprocess.run([reel, "train", "--model", "popular", "--database", database, "--models", models], check=True,
                                  capture_output=True, text=True).stderr
            seconds.append(float(re.search(r"read from the database in ([0-9.]+) s", told).group(1)))
    report("data and signals read for a training", "s", seconds)


@contextlib.contextmanager
def server(reel, database):
    process = subprocess.Popen([reel, "serve", "--database", database, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True)
    try:
        line = process.stdout.readline()
        if "http://" not in line:
            sys.exit(f"the server did not start: {line!r}")
        yield line.split("http://")[1].strip(), process.pid
    finally:
        process.terminate()
        process.wait()


def ask(host, path):
    connection = http.client.HTTPConnection(host, timeout=60)
    started = time.perf_counter()
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        sys.exit(f"{path}: {answer.status} {body[:300]}")
    return (time.perf_counter() - started) * 1000


def processor_ms(pid):
    """What a process took of the processors: on a machine that others use, the steadier number."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def widgets(host, pid, options):
    slow = []
    ranges = {"all": "range=all", "90 days": "range=2026-08-04..2026-11-01",
              "two of 90 days": "range=2026-08-04..2026-11-01&against=previous"}
    asked = ["summary", "rates?by=method", "rates?by=model", "rates?by=scenario", "rates?by=rank", "films?by=shown", "genres", "times?by=hour",
             "times?by=day", "people", "catalogue", "models", "health"]
    for name in asked:
        for length, query in ranges.items():
            if name.startswith(("times", "people", "catalogue", "models", "health")):
                query = query.split("&")[0]
                if "two" in length or (name == "health" and length != "all"):
                    continue
                query = "" if name == "health" else query
            path = f"/api/v1/analytics/{name}{'&' if '?' in name else '?'}{query}"
            before = processor_ms(pid)
            taken = [ask(host, path) for _ in range(ROUNDS)]
            report(f"{name}, {length}", "ms", taken, GOAL_MS)
            report(f"{name}, {length}: processor", "ms", [(processor_ms(pid) - before) / ROUNDS])
            if statistics.median(taken) > GOAL_MS:
                slow.append(path)
    if not options.full:
        path = f"/api/v1/experiments/{EXPERIMENT['name']}/results"
        before = processor_ms(pid)
        taken = [ask(host, path) for _ in range(ROUNDS)]
        report("results of an experiment", "ms", taken, GOAL_MS)
        report("results of an experiment: processor", "ms", [(processor_ms(pid) - before) / ROUNDS])
        if statistics.median(taken) > GOAL_MS:
            slow.append(path)
    if slow and options.strict:
        sys.exit(f"beyond {GOAL_MS} ms: {', '.join(slow)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reel")
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--url")
    parser.add_argument("--keep", type=pathlib.Path)
    parser.add_argument("--strict", action="store_true")
    options = parser.parse_args()
    if options.full and options.url:
        parser.error("--full fills a SQLite file")
    reel = os.path.abspath(options.reel)
    with tempfile.TemporaryDirectory() as folder:
        folder = options.keep or pathlib.Path(folder)
        folder.mkdir(exist_ok=True)
        options.folder = folder
        database = options.url or str(folder / "stats.db")
        mark = folder / "made"
        if not mark.exists():
            made(reel, database, options.data, options)
            mark.touch()
        read_for_training(reel, database)
        subprocess.run([reel, "train", "--database", database, "--quiet"], check=True, stdout=subprocess.DEVNULL)
        with server(reel, database) as (host, pid):
            widgets(host, pid, options)


if __name__ == "__main__":
    main()
