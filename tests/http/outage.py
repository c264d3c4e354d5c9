#!/usr/bin/env python3
"""outage.py REEL - a server while its PostgreSQL stops, hangs and comes back. Needs one of its own (script/postgres): the
others would not like it."""
import concurrent.futures
import glob
import json
import os
import re
import shutil
import signal
import socket
import string
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import uuid

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from server import JSON, REEL, SECONDS, Server, click, load_sample, reel  # noqa: E402

if not os.environ.get("REEL_TEST_POSTGRES_CTL"):
    print("skipped: run it by script/postgres", file=sys.stderr)
    sys.exit(77)

NAME = "outage_" + uuid.uuid4().hex[:12]
DATABASE = os.environ["REEL_TEST_POSTGRES"] + NAME
HOST = re.search("@([^/]*)/", DATABASE)[1].replace("%2F", "/")
LETTERS = string.ascii_letters + string.digits
OTHER = str.maketrans(LETTERS, LETTERS[1:] + LETTERS[0])  # none stays, so its prefix is nobody's either
PASSWORD = "correct horse battery"


def postgres(what):
    subprocess.run([os.environ["REEL_TEST_POSTGRES_CTL"], what], check=what == "crash")


class Proxy:
    """Between a server and its database. While `silent` it takes what comes and passes on nothing."""

    def __init__(self, folder):
        self.silent = threading.Event()
        self.door = socket.socket(socket.AF_UNIX)
        self.door.bind(os.path.join(folder, ".s.PGSQL.5432"))
        self.door.listen(50)
        self.database = f"postgresql://test@{folder.replace('/', '%2F')}/{NAME}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.door.accept()
            if self.silent.is_set():
                threading.Thread(target=self.swallow, args=(client,), daemon=True).start()
                continue
            upstream = socket.socket(socket.AF_UNIX)
            upstream.connect(os.path.join(HOST, ".s.PGSQL.5432"))
            threading.Thread(target=self.carry, args=(client, upstream), daemon=True).start()
            threading.Thread(target=self.carry, args=(upstream, client), daemon=True).start()

    @staticmethod
    def swallow(client):
        with client:
            while client.recv(65536):
                pass

    def carry(self, source, target):
        deaf = False
        try:
            while data := source.recv(65536):
                deaf = deaf or self.silent.is_set()  # and stays so: what was lost is lost
                if not deaf:
                    target.sendall(data)
            target.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        source.close()


class Telling(Server):
    """With two threads for requests; what it says goes to a file."""

    def __init__(self, folder, database, **settings):
        self.database, self.settings = database, settings
        super().__init__(folder)

    def start(self):
        settings = {k: v for k, v in os.environ.items() if not k.startswith("REEL_")}
        self.said = tempfile.NamedTemporaryFile(dir=self.folder, delete=False)
        self.process = subprocess.Popen(
            [REEL, "serve", "--database", self.database, "--listen", "127.0.0.1:0", "--json", "--threads", "2",
             "--admin-listen", "127.0.0.1:0"], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=self.said, env={**settings, "OMP_NUM_THREADS": "1", **self.settings})
        first = self.process.stdout.readline()
        assert first, self.text()
        self.port, self.admin_port = (int(json.loads(first)[door].rsplit(":", 1)[1])
                                      for door in ("url", "admin"))

    def last_words(self):
        return self.text()

    def text(self):
        with open(self.said.name, encoding="utf-8") as said:
            return said.read()

    def ready(self, door="port"):
        """What /readyz says, with why on the operator's address."""
        here, self.port = self.port, getattr(self, door)
        try:
            return self.ask("GET", "/readyz")
        finally:
            self.port = here

    def list_of(self, person):
        items = self.get(f"/api/v1/recommendations?user={person}&limit=5")["items"]
        assert len(items) == 5
        return [item["movie"] for item in items]


class Outage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.base = tempfile.mkdtemp(prefix="reel-outage-")
        load_sample(cls.base, DATABASE)
        cls.key = {"X-API-Key": subprocess.run(
            [REEL, "key", "add", "one", "--scope", "read,admin", "--database", DATABASE, "--quiet"], cwd=cls.base,
            capture_output=True, timeout=SECONDS, check=True, text=True).stdout.strip()}

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.base, ignore_errors=True)

    def serve(self, database=DATABASE, **settings):
        server = Telling(self.base, database, **settings)
        self.addCleanup(server.process.stdout.close)
        self.addCleanup(server.process.wait)
        self.addCleanup(server.process.kill)
        return server

    def until(self, what, check):
        end = time.monotonic() + SECONDS
        while not check():
            self.assertLess(time.monotonic(), end, what)
            time.sleep(0.02)

    def refused(self, server, method, target, body=None, headers=None):
        """The answer is a 503 that says what to do, and when."""
        status, got, text = server.ask(method, target, body, headers)
        self.assertEqual(status, 503, (target, text))
        self.assertGreater(int(got["Retry-After"]), 0)
        problem = json.loads(text)
        self.assertEqual(problem["code"], "E_STORE")
        self.assertRegex(problem["detail"], "check that the server runs|try again when it runs|does not answer")
        self.assertNotIn("test@", problem["detail"])

    def wants_the_database(self, server):
        """What cannot go on without it, from several clients at once; the ids of events among it."""
        events = [click() for _ in range(4)]
        wanted = [("POST", "/api/v1/feedback", {"events": [event]}) for event in events]
        wanted += [("PUT", "/api/v1/people/13/ratings/1", {"rating": 4}), ("GET", "/api/v1/feedback"),
                   ("POST", "/api/v1/jobs", {"kind": "train", "model": "popular"}, {**JSON, **self.key}),
                   ("POST", "/api/v1/session", {"name": "ana", "password": PASSWORD}),
                   ("POST", "/api/v1/password-reset", {"name": "ana"}), ("GET", "/api/v1/versions"),
                   ("GET", "/api/v1/me", None, {"Cookie": "__Host-reel=" + "A" * 43}),
                   ("GET", "/api/v1/movies", None, {"X-API-Key": "rk_" + self.key["X-API-Key"][3:].translate(OTHER)})]
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            for one in [pool.submit(self.refused, server, *words) for words in wanted]:
                one.result()
        return [event["event_id"] for event in events]

    def lists_go_on(self, server, people):
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            return list(pool.map(server.list_of, people))

    def test_it_crashes_and_comes_back(self):
        server = self.serve(MONGODB_URI="mongodb://127.0.0.1:1/reel", REEL_LOG_REQUESTS="off")
        status, headers, body = server.ask("POST", "/api/v1/accounts", {"name": "ana", "password": PASSWORD})
        self.assertEqual(status, 200, body)
        cookie = {"Cookie": headers["Set-Cookie"].split(";")[0]}
        key = self.key
        best = server.list_of(9)[0]
        self.assertIn(server.ask("PUT", f"/api/v1/people/9/ratings/{best}", {"rating": 1})[0], (200, 201))
        end = time.monotonic() + 1.5  # what other servers write is looked for twice a second; this is one's own
        while time.monotonic() < end:
            before = [server.list_of(person) for person in range(1, 13)]
        self.assertNotIn(best, before[8])
        kept = [click() for _ in range(20)]
        for event in kept:
            server.post("/api/v1/feedback", {"events": [event]})
        self.assertEqual(server.ask("GET", "/api/v1/movies", None, key)[0], 200)

        postgres("crash")
        self.addCleanup(postgres, "start")  # where it runs already, nothing
        lost = self.wants_the_database(server)
        self.assertEqual(self.lists_go_on(server, range(1, 13)), before)
        self.assertEqual(server.ask("GET", "/api/v1/movies", None, key)[0], 200)  # kept for some seconds
        self.assertIn(server.ask("GET", "/api/v1/me", None, cookie)[0], (200, 503))  # and never 401
        self.assertEqual(server.ask("GET", "/livez")[0], 200)
        status, _, body = server.ready()
        self.assertEqual((status, body), (503, b"[-]database is not well\nnot ready\n"))
        self.assertIn(b"check that the server runs", server.ready("admin_port")[2])
        lost += self.wants_the_database(server)

        postgres("start")
        self.until("ready", lambda: server.ready()[0] == 200)
        log = server.log()
        self.assertEqual(sorted(log), sorted(event["event_id"] for event in kept))
        self.assertFalse(set(lost) & set(log))
        self.assertEqual(server.ask("GET", "/api/v1/me", None, cookie)[0], 200)
        self.assertEqual(server.ask("GET", "/api/v1/movies", None, key)[0], 200)
        self.assertEqual(server.ask("POST", "/api/v1/session", {"name": "ana", "password": PASSWORD})[0], 200)
        self.everything_goes_on(server)
        lines = [line for line in server.text().splitlines() if "level=" in line]
        self.assertLess(len(lines), 25, lines)

    def everything_goes_on(self, server):
        """Jobs, taking up what is new, mail, events on their way, and what other servers write."""
        event = click()
        server.post("/api/v1/feedback", {"events": [event]})
        self.assertIn(event["event_id"], server.log())
        job = json.loads(server.ask("POST", "/api/v1/jobs", {"kind": "train", "model": "popular"},
                                    {**JSON, **self.key})[2])["id"]

        def models():
            return [model["id"] for model in server.get("/api/v1/models")["items"] if model["name"] == "ials"]

        before = models()
        self.until("the job", lambda: json.loads(
            server.ask("GET", f"/api/v1/jobs/{job}", None, self.key)[2])["state"] == "done")
        reel("train", "--model", "ials", "--param", "factors=8", "--accept", "--database", DATABASE, folder=self.base)
        self.until("the new model", lambda: models() != before)
        server.ask("POST", "/api/v1/password-reset", {"name": "ana"})
        self.until("the mail", lambda: "a new password was asked for" in server.text())
        here, server.port = server.port, server.admin_port
        self.until("the events that wait", lambda: re.search(
            rb"\nreel_outbox_events 21\n", server.ask("GET", "/metrics")[2]))
        server.port = here
        other = self.serve()
        best = server.list_of(10)[0]
        self.assertIn(other.ask("PUT", f"/api/v1/people/10/ratings/{best}", {"rating": 1})[0], (200, 201))
        self.until("the rating", lambda: best not in server.list_of(10))

    def test_it_takes_what_comes_and_says_nothing(self):
        proxy = Proxy(tempfile.mkdtemp(dir=self.base))
        server = self.serve(proxy.database)
        before = self.lists_go_on(server, range(1, 9))
        proxy.silent.set()
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            wants = pool.submit(self.wants_the_database, server)
            self.assertEqual(self.lists_go_on(server, range(1, 9)), before)
            wants.result()
        self.assertRegex(server.ready("admin_port")[2], b"does not answer|cannot connect")
        self.assertEqual(self.lists_go_on(server, range(1, 9)), before)
        lost = self.wants_the_database(server)
        proxy.silent.clear()
        self.until("ready", lambda: server.ready()[0] == 200)
        event = click()
        server.post("/api/v1/feedback", {"events": [event]})
        log = server.log()
        self.assertIn(event["event_id"], log)
        self.assertFalse(set(lost) & set(log))

    def test_processes_of_it_that_stand_still_are_left(self):
        server = self.serve()
        server.post("/api/v1/feedback", {"events": [click()]})
        still = []
        for path in glob.glob("/proc/[0-9]*/cmdline"):
            try:
                with open(path, "rb") as words:
                    if re.match(b"postgres: .*" + NAME.encode(), words.read()):
                        still.append(int(path.split("/")[2]))
            except OSError:
                pass  # it has ended
        self.assertGreater(len(still), 0)
        for process in still:
            os.kill(process, signal.SIGSTOP)
        try:
            event = click()
            server.post("/api/v1/feedback", {"events": [event]})
            self.assertIn(event["event_id"], server.log())
            self.assertEqual(server.ready()[0], 200)
        finally:
            for process in still:
                os.kill(process, signal.SIGCONT)


if __name__ == "__main__":
    unittest.main()
