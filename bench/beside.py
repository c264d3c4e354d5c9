#!/usr/bin/env python3
"""A server's slowest answers while something else is done in it: files imported, and models trained; and how soon it lists a new film.

Prints one JSON object a line. Usage: beside.py REEL DATA [--seconds N] [--only imports|training|films] [--strict] [--database FILE]
DATA holds ml-1m/ and tmdb/. wrk asks for lists of the hybrid over 32 connections that pause, so that the server could do several times as
much, in turns with and without the other work. --strict: a slowest hundredth that is more than twice as long is an error. --database: one
that is trained already; what is imported, and the films, stay in it.
"""
import argparse
import contextlib
import http.client
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import serve

PAUSE_MS, ROUNDS, IMPORTERS, ROWS, GOAL, NEW_FILMS = 32, 5, 4, 2000, 2, 900001


def report(bench, unit, values, goal=None):
    line = {"bench": f"beside: {bench}", "unit": unit, "median": float(f"{statistics.median(values):.4g}"),
            "min": float(f"{min(values):.4g}"), "runs": len(values)}
    print(json.dumps(line | ({"goal": goal} if goal else {})), flush=True)


def films_of(data):
    """Title and year of each."""
    with open(data / "ml-1m" / "movies.dat", encoding="latin-1") as lines:
        titles = [line.split("::")[1] for line in lines]
    return [(title[:-7].replace('"', ""), title[-5:-1]) for title in titles]


def export_of(films, dice):
    """As Letterboxd writes it; every tenth title is of no film."""
    rows = ["Date,Name,Year,Letterboxd URI,Rating"]
    for title, year in dice.sample(films, ROWS):
        name = title if dice.random() > 0.1 else f"Nothing of {title}"
        rows.append(f'2020-01-01,"{name}",{year},https://boxd.it/x,{dice.randint(1, 10) / 2}')
    return "\n".join(rows).encode() + b"\n"


@contextlib.contextmanager
def imports(bench, films, took):
    """Four people who import one file after the other."""
    over = threading.Event()
    failed = []

    def go_on(person):
        dice = random.Random(person)
        connection = http.client.HTTPConnection(bench.server.host, timeout=60)
        while not over.is_set():
            started = time.perf_counter()
            connection.request("POST", f"/api/v1/people/{person}/ratings:import", export_of(films, dice), {"Content-Type": "text/csv"})
            answer = connection.getresponse()
            said = answer.read()
            if answer.status != 200:
                failed.append(f"{answer.status} {said[:200]!r}")
                return
            took.append((time.perf_counter() - started) * 1000)

    threads = [threading.Thread(target=go_on, args=(person,)) for person in range(6001, 6001 + IMPORTERS)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()
    if failed:
        sys.exit(f"an import failed: {failed[0]}")


def job(bench, *words):
    told = subprocess.run([bench.reel, "jobs", *words, "--database", bench.database, "--json"], check=True, capture_output=True).stdout
    return json.loads(told)


@contextlib.contextmanager
def training(bench):
    """A job of the server's that trains everything; it must go on to the end of what is measured."""
    number = str(job(bench, "start", "train")["id"])
    while job(bench, "show", number)["state"] == "queued":
        time.sleep(0.1)
    yield
    state = job(bench, "show", number)["state"]
    if state != "running":
        sys.exit(f"the training was {state} before all was measured: give fewer --seconds")
    job(bench, "cancel", number)
    while job(bench, "show", number)["state"] == "running":
        time.sleep(0.1)


def new_films(bench):
    """Seconds until a film that is put is in a list of films like it."""
    key = subprocess.run([bench.reel, "key", "add", "films", "--scope", "read,items:write", "--database", bench.database, "--quiet"],
                         check=True, capture_output=True, text=True).stdout.strip()
    took = []
    for number in range(ROUNDS):
        film = {"title": "Toys Again", "genres": ["Animation", "Comedy"], "keywords": ["toy"], "overview": "Toys of a boy find home again."}
        path = f"/api/v1/movies/{NEW_FILMS + number}"
        connection = http.client.HTTPConnection(bench.server.host, timeout=60)
        started = time.perf_counter()
        connection.request("PUT", path, json.dumps(film), {"Content-Type": "application/json", "X-API-Key": key})
        answer = connection.getresponse()
        if answer.status != 201:
            sys.exit(f"a film was not put: {answer.status} {answer.read()[:200]!r}")
        answer.read()
        while True:
            connection.request("GET", f"{path}/similar?limit=1", headers={"X-API-Key": key})
            answer = connection.getresponse()
            answer.read()
            if answer.status == 200:
                break
            time.sleep(0.01)
        took.append(time.perf_counter() - started)
        connection.close()
    report("a new film: until it is in lists", "s", took)


def slowest(bench):
    return serve.load(bench.server.host, bench.lists("hybrid"), bench.seconds, bench.folder, pause=PAUSE_MS)["p99"] / 1000


def compare(bench, name, beside, strict):
    """In turns, so that both meet the same machine."""
    alone, along = [], []
    slowest(bench)
    for _ in range(ROUNDS):
        alone.append(slowest(bench))
        with beside():
            along.append(slowest(bench))
    report(f"{name}: lists alone, slowest hundredth", "ms", alone)
    report(f"{name}: lists beside it, slowest hundredth", "ms", along)
    times = statistics.median(along) / statistics.median(alone)
    report(f"{name}: slowest hundredth over that of lists alone", "x", [times], f"<= {GOAL}")
    if strict and times > GOAL:
        sys.exit(f"{name}: the slowest hundredth took {times:.2f} times as long")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reel")
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--only", choices=["imports", "training", "films"])
    parser.add_argument("--strict", action="store_true")
    parser.add_argument("--database")
    options = parser.parse_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:serve.CORES])
    with tempfile.TemporaryDirectory() as folder:
        database = options.database or serve.prepare(options.reel, options.data, folder)
        server = serve.Server(options.reel, database)
        try:
            bench = serve.Bench(server, folder, options, database)
            if options.only in (None, "training"):
                compare(bench, "training", lambda: training(bench), options.strict)
            if options.only in (None, "imports"):
                took = []
                compare(bench, "imports", lambda: imports(bench, films_of(options.data), took), options.strict)
                report(f"imports: a file of {ROWS} rows, {IMPORTERS} people at once", "ms", took)
            if options.only in (None, "films"):
                new_films(bench)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
