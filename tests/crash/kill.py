#!/usr/bin/env python3
"""kill.py - kills the program at random moments of its writing, and looks at what is left.

    kill.py --reel BUILD/reel [--times 10] [--seed N] [--postgres | --control]

In turn a load, an enrichment from a file and from a server, an import, feedback from several clients,
a copy and a forgetting are killed with SIGKILL somewhere between their beginning and their usual end.
After each the database must open, pass its checks, hold what it held before or what was being written
but nothing between, and nothing that was acknowledged may be missing. --postgres: on the server that
REEL_TEST_POSTGRES names instead of in files. --control: after the kill something is taken away or
damaged, as a program that is not safe would have left it; each of that must be noticed.
"""
import argparse
import csv
import glob
import http.client
import json
import os
import random
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import threading
import time
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))
KEY = "0123456789abcdef0123456789abcdef"
CLIENTS = 3
SECONDS = 120


class World:
    """A folder with databases, and the program."""

    def __init__(self, reel, folder, server, seed):
        self.reel, self.folder, self.server = os.path.abspath(reel), folder, server
        self.random = random.Random(seed)
        self.environment = dict(os.environ, HOME=folder, XDG_DATA_HOME=folder, TMDB_API_KEY=KEY,
                                OMP_WAIT_POLICY="passive", NO_COLOR="1")
        self.usual = {}
        self.harm = None

    def database(self, name):
        return f"{self.server}kill_{os.getpid()}_{name}" if self.server else f"{name}.db"

    def start(self, *words, **how):
        return subprocess.Popen([self.reel, *words], cwd=self.folder, env=self.environment,
                                stdin=subprocess.DEVNULL, stdout=how.get("stdout", subprocess.DEVNULL),
                                stderr=subprocess.PIPE, text=True)

    def run(self, *words):
        """What it prints; it must work."""
        done = subprocess.run([self.reel, *words], cwd=self.folder, env=self.environment, timeout=SECONDS,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            raise AssertionError(f"reel {' '.join(words)}: {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def serve(self, *words):
        """A server that is ready, and its address."""
        out, ready, end = self.path("serve.out"), "Reel is ready: http://", time.monotonic() + SECONDS
        with open(out, "w", encoding="utf-8") as lines:
            server = self.start("serve", *words, "--listen", "127.0.0.1:0", stdout=lines)
        while time.monotonic() < end:
            assert server.poll() is None, server.stderr.read()
            with open(out, encoding="utf-8") as lines:
                address = next((l[len(ready):].strip(" /\n") for l in lines if l.startswith(ready)), None)
            if address is not None:
                return server, address
            time.sleep(0.02)
        raise AssertionError("no server was ready")

    def kill_somewhere(self, what, *words):
        """True when it was killed, False when it had ended by then."""
        if what not in self.usual:  # once to its end, to know how long that takes
            start = time.monotonic()
            self.run(*words)
            self.usual[what] = time.monotonic() - start
            return False
        pause = self.random.uniform(0, 1.1 * self.usual[what])
        start, process = time.monotonic(), self.start(*words)
        try:
            process.wait(pause)
            self.usual[what] = min(self.usual[what], time.monotonic() - start)
        except subprocess.TimeoutExpired:
            process.kill()
        complaint = process.communicate()[1]
        if process.returncode not in (0, -signal.SIGKILL):
            raise AssertionError(f"reel {' '.join(words)}: {process.returncode}: {complaint.strip()}")
        self.killed()
        return process.returncode != 0

    def killed(self):
        if self.harm is not None:
            self.harm()

    def change(self, database, sql):
        """Past the program. What it left in the journal goes into the file."""
        link = sqlite3.connect(self.path(database))
        link.execute(sql)
        link.commit()
        link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        link.close()

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def look(self, database):
        """Everything a database holds, as an open SQLite copy, after the checks of its own."""
        self.run("info", "--database", database)
        self.run("backup", "--database", database, "--output", "look.backup", "--quiet")
        for path in ["look.backup"] + ([] if self.server else [database]):
            copy = sqlite3.connect(self.path(path))
            verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
            assert verdict == "ok", f"{path}: {verdict}"
            copy.close()
        return sqlite3.connect(self.path("look.backup"))


def facts(copy):
    """What loads change, short enough to be compared."""
    return copy.execute("SELECT (SELECT count(*) FROM movies), (SELECT count(*) FROM people), count(*),"
                        " total(rating), total(timestamp), total(userId * 31 % 1009 + movieId % 997)"
                        " FROM ratings").fetchone()


class Load:
    """Replacing one list by another."""

    def __init__(self, world):
        self.world, self.database, self.known, self.last = world, world.database("load"), {}, None
        for name, people in (("a", 700), ("b", 900)):
            with open(world.path(name + ".tsv"), "w", encoding="utf-8") as out:
                for person in range(people):
                    for i in range(1, 150):
                        out.write(f"{person}\t{person * i % 4000}\t{i % 5 + 1}\t{i * 7}\n")
            world.run("load", "--ratings", name + ".tsv", "--database", self.database, "--quiet")
            self.known[name] = facts(world.look(self.database))
            self.last = name

    def round(self):
        new = "a" if self.last == "b" else "b"
        killed = self.world.kill_somewhere("load", "load", "--ratings", new + ".tsv", "--database",
                                           self.database, "--quiet")
        found = facts(self.world.look(self.database))
        assert found in (self.known[new], self.known[self.last] if killed else None), \
            f"{found} is neither {self.known[self.last]} nor {self.known[new]}"
        if found == self.known[new]:
            self.last = new
        return killed

    def half_a_load(self):
        self.world.change(self.database, "DELETE FROM ratings WHERE userId % 2 = 0")

    def damaged_pages(self):
        self.world.change(self.database, "DELETE FROM models")
        with open(self.world.path(self.database), "r+b") as file:
            pages = os.path.getsize(file.name) // 4096
            for i in range(1, 8):
                file.seek(pages * i // 8 * 4096)
                file.write(b"Z" * 4096)

    def ready(self, _):
        return True

    harms = (half_a_load, damaged_pages)


class Enrich:
    """Metadata from a file, in one transaction."""

    def __init__(self, world):
        self.world, self.database, self.full = world, world.database("enrich"), None
        world.run("load", "--movielens", "sample", "--database", self.database, "--quiet")

    def matched(self):
        return self.world.look(self.database).execute(
            "SELECT count(*), (SELECT count(*) FROM movies WHERE overview <> '') FROM matches").fetchone()

    def round(self):
        if self.full is not None:
            self.world.run("load", "--movielens", "sample", "--database", self.database, "--quiet")
        killed = self.world.kill_somewhere("enrich", "enrich", "--from", "sample/films.jsonl", "--database",
                                           self.database, "--quiet")
        found = self.matched()
        self.full = self.full or found
        assert self.full[0] > 500 and found in (self.full, (0, 0) if killed else None), \
            f"{found} of {self.full} films matched"
        return killed

    def half_of_the_films(self):
        self.world.change(self.database, "UPDATE movies SET overview = substr('A film.', 1, movieId % 2 * 7)")

    def ready(self, _):
        return True

    harms = (half_of_the_films,)


class Online:
    """Metadata from a server, each film committed as it comes: what was there stays, and no film that
    is there is asked for again."""

    def __init__(self, world):
        self.world, self.database, self.kept = world, world.database("online"), set()
        for path, header, row in (("online/movies.csv", "movieId,title,genres", "{0},Film {0} (1990),Drama"),
                                  ("online/links.csv", "movieId,imdbId,tmdbId", "{0},,{1}"),
                                  ("online/ratings.csv", "userId,movieId,rating,timestamp", "1,{0},4,{0}")):
            os.makedirs(world.path("online"), exist_ok=True)
            with open(world.path(path), "w", encoding="utf-8") as out:
                out.write(header + "\n")
                for i in range(1, 60):
                    out.write(row.format(i, 110 + i) + "\n")
        self.server = subprocess.Popen([sys.executable, os.path.join(HERE, "..", "cli", "tmdb_server.py"),
                                        world.path("port"), world.path("log")])
        while not os.path.exists(world.path("port")):
            time.sleep(0.02)
        with open(world.path("port"), encoding="utf-8") as port:
            world.environment["REEL_TMDB_URL"] = f"http://127.0.0.1:{port.read()}/3"
        self.again()

    def again(self):
        self.world.run("load", "--movielens", "online", "--database", self.database, "--quiet")
        self.kept = set()

    def round(self):
        open(self.world.path("log"), "w", encoding="utf-8").close()
        killed = self.world.kill_somewhere("online", "enrich", "--database", self.database, "--quiet")
        found = {row[0] for row in self.world.look(self.database).execute(
            "SELECT matches.tmdb_id FROM matches JOIN movies USING (movieId) WHERE overview <> ''")}
        assert self.kept <= found, f"lost: {self.kept - found}"
        with open(self.world.path("log"), encoding="utf-8") as log:
            asked = {int(line.rsplit("/", 1)[1]) for line in log if line.startswith("/3/movie/")}
        assert not asked & self.kept, f"asked for again: {asked & self.kept}"
        self.kept = found
        if not killed:
            assert len(found) == 59, f"{len(found)} of 59 films"
            self.again()
        return killed

    def a_film_lost(self):
        self.world.change(self.database, "DELETE FROM matches WHERE tmdb_id IN"
                          f" ({','.join(map(str, self.kept))})")

    def ready(self, _):
        return len(self.kept) > 0

    harms = (a_film_lost,)

    def close(self):
        self.server.kill()
        self.server.wait()


class Import:
    """A file that is complete or not there."""

    def __init__(self, world):
        self.world, self.database, self.whole = world, world.database("people"), None
        world.run("load", "--movielens", "sample", "--database", self.database, "--quiet")
        with open(world.path("sample", "movies.csv"), encoding="utf-8") as films, \
                open(world.path("own.csv"), "w", encoding="utf-8", newline="") as own:
            rows = csv.writer(own)
            rows.writerow(["movieId", "rating", "timestamp"])
            for film in csv.DictReader(films):
                rows.writerow([film["movieId"], int(film["movieId"]) % 5 + 1, 1])

    def round(self):
        path = self.world.path("imported.csv")
        if self.whole is not None and os.path.exists(path):
            os.unlink(path)
        killed = self.world.kill_somewhere("import", "import", "own.csv", "--database", self.database,
                                           "--output", "imported.csv", "--quiet")
        self.world.look(self.database)
        text = None
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                text = file.read()
        self.whole = self.whole or text
        assert text == self.whole or (killed and text is None), "half an imported file"
        return killed

    def half_a_file(self):
        with open(self.world.path("imported.csv"), "w", encoding="utf-8") as file:
            file.write(self.whole[:len(self.whole) // 2])

    def ready(self, _):
        return True

    harms = (half_a_file,)


class Feedback:
    """What a client was told is kept is there, once."""

    def __init__(self, world):
        self.world, self.database, self.told, self.wrong = world, world.database("feedback"), set(), []
        world.run("load", "--movielens", "sample", "--database", self.database, "--quiet")

    def client(self, address, over, told, seed):
        chance = random.Random(seed)
        try:
            link = http.client.HTTPConnection(address, timeout=10)
            while not over.is_set():
                ids = [str(uuid.UUID(int=chance.getrandbits(128), version=4)) for _ in range(chance.randint(1, 5))]
                body = json.dumps({"events": [{"event_id": i, "type": "click", "item": 1} for i in ids]})
                link.request("POST", "/api/v1/feedback", body, {"Content-Type": "application/json"})
                answer = link.getresponse()
                accepted = json.loads(answer.read())
                if answer.status != 200 or accepted["accepted"] != len(ids):
                    self.wrong.append(f"{answer.status}: {accepted}")
                told.extend(ids)
        except (OSError, http.client.HTTPException):
            pass  # it was killed

    def round(self):
        server, address = self.world.serve("--database", self.database)
        over, told = threading.Event(), []
        clients = [threading.Thread(target=self.client, args=(address, over, told, self.world.random.random()))
                   for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        time.sleep(self.world.random.uniform(0.02, 0.5))
        server.kill()
        over.set()
        for client in clients:
            client.join()
        server.communicate()
        self.world.killed()
        assert not self.wrong, self.wrong[0]
        self.told.update(told)
        found = [row[0] for row in self.world.look(self.database).execute("SELECT event_id FROM events")]
        missing = self.told - set(found)
        assert not missing, f"{len(missing)} of {len(self.told)} acknowledged events are missing"
        assert len(found) == len(set(found)) <= len(self.told) + 5 * CLIENTS * 1000
        return True

    def an_event_lost(self):
        self.world.change(self.database, f"DELETE FROM events WHERE event_id = '{min(self.told)}'")

    def ready(self, _):
        return len(self.told) > 0

    harms = (an_event_lost,)


class Copy:
    """A backup and a copied database are complete or not there."""

    def __init__(self, world):
        self.world, self.source, self.target = world, world.database("load"), world.database("copy")
        world.run("load", "--ratings", "a.tsv", "--database", self.source, "--quiet")
        self.turn = 0

    def round(self):
        self.turn += 1
        if self.turn % 2:
            path = self.world.path("copy.backup")
            if os.path.exists(path):
                os.unlink(path)
            killed = self.world.kill_somewhere("backup", "backup", "--database", self.source, "--output",
                                               "copy.backup", "--quiet")
            if os.path.exists(path):
                self.world.run("restore", "--from", "copy.backup", "--database", self.target, "--replace", "--quiet")
            else:
                assert killed, "no backup, but no complaint"
            return killed
        # Over what is there, so that old and new can be told apart.
        self.world.run("load", "--ratings", "b.tsv" if self.turn % 4 else "a.tsv", "--database", self.target, "--quiet")
        old, new = facts(self.world.look(self.target)), facts(self.world.look(self.source))
        killed = self.world.kill_somewhere("copy", "migrate-store", "--from", self.source, "--to", self.target,
                                           "--replace", "--quiet")
        found = facts(self.world.look(self.target))
        assert found in (new, old if killed else None), f"{found} is neither {old} nor {new}"
        return killed

    def half_a_backup(self):
        with open(self.world.path("copy.backup"), "wb") as file:
            file.write(b"SQLite format 3\0" + bytes(5000))

    def half_a_database(self):
        self.world.change(self.target, "DELETE FROM ratings WHERE userId % 2 = 0")

    def ready(self, harm):  # the next turn is a backup when this one was none
        return self.turn % 2 == (harm is not Copy.half_a_backup)

    harms = (half_a_backup, half_a_database)


class Forget:
    """Who left is in no file in the end, and a receipt says so."""

    def __init__(self, world):
        self.world, self.models, self.turn = world, "forget.models", 0
        self.place = ("--database", world.database("forget"))
        shutil.rmtree(world.path(self.models), ignore_errors=True)
        world.run("load", "--movielens", "sample", *self.place, "--quiet")
        self.key = world.run("key", "add", "one", "--scope", "read,feedback:write,admin", *self.place, "--quiet").strip()

    def train_on_somebody(self):
        """Their number in the files."""
        self.turn += 1
        name, person = f"ana{self.turn}", 2 ** 40 + self.turn
        done = subprocess.run([self.world.reel, "user", "add", name, "--password-stdin", *self.place, "--quiet"],
                              input="correct horse battery\n", text=True, cwd=self.world.folder, timeout=SECONDS,
                              env=self.world.environment, capture_output=True)
        assert done.returncode == 0, done.stderr
        server, address = self.world.serve(*self.place, "--models", self.models)
        link = http.client.HTTPConnection(address, timeout=10)
        for movie in (1, 2, 3, 5, 6, 7):
            link.request("PUT", f"/api/v1/people/{person}/ratings/{movie}", '{"rating":4}',
                         {"Content-Type": "application/json", "X-API-Key": self.key})
            answer = link.getresponse()
            said = answer.read()
            assert answer.status == 200, said
        server.terminate()
        server.communicate()
        self.world.run("train", "--force", "--accept", *self.place, "--models", self.models, "--quiet")
        self.world.run("user", "delete", name, *self.place, "--quiet")
        return person

    def files(self, pattern="**/*"):
        return [path for path in glob.glob(self.world.path(self.models, pattern), recursive=True)
                if os.path.isfile(path)]

    def round(self):
        person = self.train_on_somebody()
        held = struct.pack("<q", person)
        holding = lambda: [path for path in self.files() if held in open(path, "rb").read()]
        assert len(holding()) > 7, holding()
        words = ("forget", "--now", *self.place, "--models", self.models, "--quiet")
        killed = self.world.kill_somewhere("forget", *words)
        self.world.run(*words)
        assert not holding(), f"{holding()} still hold somebody"
        receipts = [json.load(open(path, encoding="utf-8")) for path in self.files("receipts/*.json")]
        assert any(r["finished"] and person in r["people"] for r in receipts), f"no receipt of {len(receipts)} names them"
        return killed

    def something_left(self):
        """Under a name that no forgetting looks for."""
        with open(self.world.path(self.models, "left"), "wb") as file:
            file.write(struct.pack("<q", 2 ** 40 + self.turn))

    def ready(self, _):
        return True

    harms = (something_left,)


KINDS = (Load, Enrich, Online, Import, Feedback, Copy, Forget)


def control(world):
    """False when something that was taken away is not noticed."""
    noticed, count = 0, 0
    for kind in KINDS:
        for harm in kind.harms:
            work, said = kind(world), None
            try:
                work.round()
                for _ in range(20):
                    if work.ready(harm):
                        break
                    work.round()
                world.harm = lambda: harm(work)
                work.round()
            except AssertionError as error:
                said = str(error).splitlines()[0] if world.harm else None
            world.harm = None
            if hasattr(work, "close"):
                work.close()
            for file in glob.glob(world.path("*.db")) + glob.glob(world.path("*.db-*")):
                os.unlink(file)
            count += 1
            noticed += said is not None
            print(f"{'noticed' if said else 'FAIL'}  {kind.__name__.lower()}, {harm.__name__}: {said}", flush=True)
    return noticed == count


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reel", required=True)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 30))
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--control", action="store_true")
    options = parser.parse_args()
    server = os.environ.get("REEL_TEST_POSTGRES", "") if options.postgres else ""
    if options.postgres and not server:
        print("skipped: REEL_TEST_POSTGRES names no server; run it by script/postgres")
        return 77
    folder = tempfile.mkdtemp(prefix="reel-kill-")
    print(f"seed {options.seed}", flush=True)
    world, online, kills = World(options.reel, folder, server, options.seed), None, {}
    try:
        world.run("sample", "--people", "40", "--output", "sample", "--quiet")
        if options.control:
            return 0 if control(world) else 1
        rounds = [kind(world) for kind in KINDS]
        online = rounds[KINDS.index(Online)]
        turn = 0
        while sum(kills.values()) < options.times and turn < 20 * options.times:
            work = rounds[turn % len(rounds)]
            name = type(work).__name__.lower()
            turn += 1
            try:
                kills[name] = kills.get(name, 0) + bool(work.round())
            except AssertionError as error:
                print(f"FAIL  {name}, round {turn}: {error}", flush=True)
                return 1
        print(f"killed {sum(kills.values())} times: "
              + ", ".join(f"{name} {count}" for name, count in kills.items()))
        return 0 if sum(kills.values()) >= options.times else 1
    finally:
        if online is not None:
            online.close()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
