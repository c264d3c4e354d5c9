#!/usr/bin/env python3
"""server.py REEL - the program's server over real sockets: what is kept open, what is refused, what
is slow, many at once, and what is on disk when it stops or is killed."""
import atexit
import concurrent.futures
import ctypes
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import uuid

REEL = os.path.abspath(sys.argv.pop(1))
SECONDS = 20
JSON = {"Content-Type": "application/json"}
# Where models of databases that are no file are kept.
os.environ["XDG_DATA_HOME"] = tempfile.mkdtemp(prefix="reel-data-")
atexit.register(shutil.rmtree, os.environ["XDG_DATA_HOME"], ignore_errors=True)


def reel(*words, folder):
    subprocess.run([REEL, *words, "--quiet"], cwd=folder, check=True, stdin=subprocess.DEVNULL)


def load_sample(folder, database="reel.db"):
    """Forty people's ratings of the sample, whose files stay in the folder."""
    reel("sample", "--people", "40", "--output", "sample", folder=folder)
    reel("load", "--movielens", "sample", "--tmdb", "sample/films.jsonl", "--simulated", "--database", database,
         folder=folder)


def click(**members):
    return {"event_id": str(uuid.uuid4()), "type": "click", "item": 1, **members}


def start_job(folder, *words, kind="train"):
    said = subprocess.run([REEL, "jobs", "start", kind, *words, "--database", "reel.db", "--json"],
                          cwd=folder, check=True, stdin=subprocess.DEVNULL, capture_output=True).stdout
    return json.loads(said)["id"]


SLOW = ("--model", "ials", "--param", "sweeps=10000", "--param", "factors=512")


class Server:
    """A server over a copy of the prepared database."""

    database = "reel.db"
    settings = {}

    def __init__(self, folder):
        self.folder = folder
        self.start()

    def start(self):
        settings = {k: v for k, v in os.environ.items() if not k.startswith("REEL_")}
        settings["OMP_NUM_THREADS"] = "1"  # enough for forty people
        self.process = subprocess.Popen(
            [REEL, "serve", "--database", self.database, "--listen", "127.0.0.1:0", "--json",
             "--admin-listen", "127.0.0.1:0"],
            cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env={**settings, **self.settings})
        first = self.process.stdout.readline()
        assert first, self.process.stderr.read().decode()
        self.port, self.admin_port = (int(json.loads(first)[door].rsplit(":", 1)[1])
                                      for door in ("url", "admin"))

    def last_words(self):
        """Of one that writes to a file: whoever stops this one reads its pipe."""
        return ""

    def connect(self):
        """To a server that runs: one that ended says here how it did."""
        if self.process.poll() is not None:
            raise ConnectionRefusedError(f"the server ended with {self.process.returncode}: {self.last_words()}")
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)

    def raw(self, data, timeout=SECONDS):
        """Everything the server says to these bytes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as s:
            said = b""
            try:
                s.sendall(data)
            except (BrokenPipeError, ConnectionResetError):
                pass  # refused before all was sent
            while True:
                try:
                    more = s.recv(65536)
                except ConnectionResetError:
                    return said
                if not more:
                    return said
                said += more

    def ask(self, method, target, body=None, headers=None):
        """Status, headers and body of one request on its own connection."""
        connection = self.connect()
        try:
            data = None if body is None else json.dumps(body).encode()
            connection.request(method, target, data, headers or (JSON if data else {}))
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def get(self, target):
        status, _, body = self.ask("GET", target)
        assert status == 200, (status, body)
        return json.loads(body)

    def post(self, target, body):
        status, _, text = self.ask("POST", target, body)
        assert status == 200, (status, text)
        return json.loads(text)

    def log(self):
        """The ids of all events, newest first."""
        ids, target = [], "/api/v1/feedback?limit=200"
        while True:
            page = self.get(target)
            ids += [event["event_id"] for event in page["items"]]
            if page["next_cursor"] is None:
                return ids
            target = "/api/v1/feedback?limit=200&cursor=" + page["next_cursor"]

    def stop(self, how=signal.SIGTERM):
        """Its exit status and what it said."""
        self.process.send_signal(how)
        _, said = self.process.communicate(timeout=SECONDS)
        return self.process.returncode, said.decode()


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.base = tempfile.mkdtemp(prefix="reel-http-")
        load_sample(cls.base)
        cls.server = Server(cls.base)

    @classmethod
    def tearDownClass(cls):
        if cls.server.process.poll() is None:
            cls.server.process.kill()
        cls.server.process.communicate()
        shutil.rmtree(cls.base, ignore_errors=True)


class Wire(Case):
    """One server for all: nothing here ends it, and it answers after each."""

    def tearDown(self):
        self.assertEqual(self.server.get("/api/v1/health")["status"], "ok")

    def test_one_connection_answers_many_requests(self):
        connection = self.server.connect()
        for number in range(50):
            connection.request("GET", f"/api/v1/movies?limit={number % 9 + 1}")
            answer = connection.getresponse()
            self.assertEqual(answer.status, 200)
            self.assertEqual(len(json.loads(answer.read())["items"]), number % 9 + 1)
            own = connection.sock.getsockname()[1] if number == 0 else own
            self.assertEqual(connection.sock.getsockname()[1], own)
        connection.close()

    def test_requests_that_come_together_are_answered_in_order(self):
        one = b"GET /api/v1/movies/%d HTTP/1.1\r\nHost: localhost\r\n\r\n"
        films = [film["movie"] for film in self.server.get("/api/v1/movies?limit=5")["items"]]
        last = b"GET /api/v1/models HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        said = self.server.raw(b"".join(one % film for film in films) + last)
        self.assertEqual(said.count(b"HTTP/1.1 200"), 6)
        places = [said.index(b'{"movie":%d,' % film) for film in films]
        self.assertEqual(places, sorted(places))

    def test_the_operators_address_counts_what_the_other_answers(self):
        def counted():
            door = http.client.HTTPConnection("127.0.0.1", self.server.admin_port, timeout=SECONDS)
            door.request("GET", "/metrics")
            answer = door.getresponse()
            self.assertEqual(answer.status, 200)
            self.assertIn("version=0.0.4", answer.headers["Content-Type"])
            lines = answer.read().decode().splitlines()
            door.request("GET", "/api/v1/movies")
            self.assertEqual(door.getresponse().status, 404)
            door.close()
            name = 'reel_http_requests_total{method="GET",route="/api/v1/charts",status="200"} '
            return sum(int(line[len(name):]) for line in lines if line.startswith(name))

        before = counted()
        for _ in range(3):
            self.assertEqual(len(self.server.get("/api/v1/charts")["items"]), 5)
        deadline = time.monotonic() + SECONDS
        while counted() < before + 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertEqual(counted(), before + 3)
        status, _, said = self.server.ask("GET", "/readyz?verbose")
        self.assertEqual((status, said.count(b"[+]")), (200, 3))
        self.assertNotIn(b"reel_items", self.server.ask("GET", "/metrics")[2])

    def test_versions_change_places_while_clients_ask(self):
        reel("train", "--database", "reel.db", "--model", "ease", "--force", folder=self.base)
        versions = [v["id"] for v in self.server.get("/api/v1/versions?model=ease")["items"]]
        self.assertEqual(len(versions), 2)
        seen, over = [], threading.Event()

        def ask():
            connection = self.server.connect()
            while not over.is_set():
                connection.request("GET", "/api/v1/recommendations?user=1&model=ease")
                answer = connection.getresponse()
                body = json.loads(answer.read())
                seen.append((answer.status, body["model"]["id"], tuple(item["score"] for item in body["items"])))
            connection.close()

        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            clients = [pool.submit(ask) for _ in range(3)]
            try:
                for turn in range(4):
                    wanted = versions[(turn + 1) % 2]
                    reel("models", "activate", wanted, "--database", "reel.db", folder=self.base)
                    deadline = time.monotonic() + SECONDS
                    while not self.server.get(f"/api/v1/models/{wanted}")["serving"]:
                        self.assertLess(time.monotonic(), deadline)
                        time.sleep(0.01)
            finally:
                over.set()
            for client in clients:
                client.result()
        self.assertEqual({status for status, _, _ in seen}, {200})
        # Each version has one list, and no list is of both.
        self.assertEqual(len({(model, scores) for _, model, scores in seen}), 2)
        self.assertEqual({model for _, model, _ in seen}, set(versions))

    def test_a_job_is_watched_to_its_end(self):
        before = self.server.get("/api/v1/versions?model=user-knn")["items"]
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=SECONDS) as gone:
            job = start_job(self.base, "--model", "user-knn", "--param", "neighbours=7")
            gone.sendall(b"GET /api/v1/jobs/%d/events HTTP/1.1\r\nHost: localhost\r\n\r\n" % job)
            self.assertIn(b"text/event-stream", gone.recv(4096))  # and leaves
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            streams = [client.result() for client in
                       [pool.submit(self.server.ask, "GET", f"/api/v1/jobs/{job}/events") for _ in range(8)]]
        for status, headers, body in streams:
            self.assertEqual((status, headers["Content-Type"]), (200, "text/event-stream"))
            events = body.decode().strip().split("\n\n")
            self.assertTrue(events[-1].startswith("event: end\ndata: {"), events)
            last = json.loads(events[-1].split("data: ", 1)[1])
            self.assertEqual((last["state"], last["progress"]), ("done", 1))
        version = last["result"]["models"][0]
        self.assertNotIn(version, [v["id"] for v in before])
        deadline = time.monotonic() + SECONDS
        while not self.server.get(f"/api/v1/models/{version}")["serving"]:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)
        self.assertIn(b"user-knn: trained", self.server.ask("GET", f"/api/v1/jobs/{job}/log")[2])
        self.assertEqual(self.server.ask("POST", "/api/v1/jobs", {"kind": "train"})[0], 401)

    def test_a_job_that_evaluates_keeps_what_it_measured(self):
        job = start_job(self.base, "--model", "popular,ease", "--param", "protocol=last", kind="evaluate")
        status, _, body = self.server.ask("GET", f"/api/v1/jobs/{job}/events")
        self.assertEqual(status, 200)
        last = json.loads(body.decode().strip().split("\n\n")[-1].split("data: ", 1)[1])
        self.assertEqual((last["kind"], last["state"]), ("evaluate", "done"), last["error"])
        self.assertEqual(self.server.get(f"/api/v1/jobs/{job}")["result"], last["result"])
        self.assertEqual({"popular", "ease"} - {model["name"] for model in last["result"]["models"]}, set())

    def test_head_has_the_headers_of_get_and_no_body(self):
        for target in ("/api/v1/health", "/api/v1/movies/1/poster.svg", "/"):
            _, get, body = self.server.ask("GET", target)
            status, head, nothing = self.server.ask("HEAD", target)
            self.assertEqual((status, nothing), (200, b""))
            self.assertEqual(head["Content-Length"], str(len(body)))
            self.assertEqual(head["Content-Type"], get["Content-Type"])

    def test_every_answer_is_safe_to_show(self):
        page = ("default-src 'none'; script-src 'self'; style-src 'self';", "same-origin", "same-origin")
        data, image = ("default-src 'none'; frame", "same-origin", None), ("default-src 'none'; frame", "cross-origin", None)
        for method, target, status, (policy, resource, opener) in (
                ("GET", "/", 200, page), ("GET", "/film/1", 200, page), ("GET", "/api/v1/docs", 200, page),
                ("GET", "/api/v1/docs.css", 200, data), ("GET", "/none.js", 404, data),
                ("GET", "/api/v1/health", 200, data), ("POST", "/api/v1/recommendations", 400, data),
                ("GET", "/api/v1/nothing", 404, data), ("GET", "/api/v1/me", 401, data), ("PUT", "/", 405, data),
                ("GET", "/%ff", 400, data), ("GET", "/livez", 200, data), ("HEAD", "/", 200, page),
                ("GET", "/api/v1/movies/1/poster.svg", 200, image), ("GET", "/posters/w342/1", 200, image),
                ("GET", f"/api/v1/jobs/{start_job(self.base, '--model', 'popular')}/events", 200, data)):
            got, headers, _ = self.server.ask(method, target, headers=JSON)
            self.assertEqual(got, status, target)
            self.assertTrue(headers["Content-Security-Policy"].startswith(policy), target)
            self.assertEqual("require-trusted-types-for 'script'" in headers["Content-Security-Policy"],
                             policy is page[0], target)
            for never in ("unsafe", "http:", "*"):
                self.assertNotIn(never, headers["Content-Security-Policy"])
            self.assertIn("frame-ancestors 'none'", headers["Content-Security-Policy"])
            self.assertEqual((headers["X-Content-Type-Options"], headers["Referrer-Policy"],
                              headers["Cross-Origin-Resource-Policy"], headers["Cross-Origin-Opener-Policy"]),
                             ("nosniff", "same-origin", resource, opener), target)
            self.assertEqual("camera=()" in headers.get("Permissions-Policy", ""), opener is not None, target)
            self.assertNotIn("Strict-Transport-Security", headers)  # it came in the clear
            self.assertNotIn("Server", headers)
            self.assertRegex(headers["X-Request-Id"], "^[0-9a-f]{16}$")
        _, first, _ = self.server.ask("GET", "/api/v1/health")
        self.assertEqual(first["Cache-Control"], "private, no-cache")

    def test_an_answer_without_a_body(self):
        status, headers, body = self.server.ask("DELETE", "/api/v1/people/7/ratings/1")
        self.assertEqual((status, body, headers["Content-Type"]), (204, b"", None))
        self.assertEqual(headers["X-Content-Type-Options"], "nosniff")

    def test_problems_carry_the_id_of_the_request(self):
        status, headers, body = self.server.ask("GET", "/api/v1/movies/999999")
        problem = json.loads(body)
        self.assertEqual((status, problem["status"]), (404, 404))
        self.assertEqual(headers["Content-Type"], "application/problem+json")
        self.assertEqual(problem["request_id"], headers["X-Request-Id"])
        status, headers, _ = self.server.ask("DELETE", "/api/v1/feedback")
        self.assertEqual((status, headers["Allow"]), (405, "GET, HEAD, POST"))

    def test_a_body_over_the_limit_is_refused_with_an_answer(self):
        for size, expected in ((1 << 20, 400), ((1 << 20) + 1, 413), (5 << 20, 413)):
            connection = self.server.connect()
            connection.request("POST", "/api/v1/recommendations", b" " * size, JSON)
            answer = connection.getresponse()
            self.assertEqual(answer.status, expected)
            self.assertEqual(json.loads(answer.read())["status"], expected)
            connection.close()

    def test_a_body_over_the_limit_is_refused_before_it_is_sent(self):
        head = b"POST /api/v1/recommendations HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        for lines in (b"Content-Length: 1048577\r\nExpect: 100-continue\r\n", b"Content-Length: 99999999999\r\n"):
            said = self.server.raw(head + lines + b"\r\n")
            self.assertTrue(said.startswith(b"HTTP/1.1 413 "), said)
            self.assertIn(b"\r\nConnection: close\r\n", said)
            self.assertIn("1 MiB", json.loads(said.split(b"\r\n\r\n", 1)[1])["detail"])
        endless = b"100000\r\n" + b" " * (1 << 20) + b"\r\n"
        self.assertEqual(self.server.raw(head + b"Transfer-Encoding: chunked\r\n\r\n" + endless * 18), b"")

    def test_an_import_may_be_larger(self):
        head = "Date,Name,Year,Letterboxd URI,Rating\n"
        line = "2024-01-01,No film of that name,1950,https://boxd.it/x,3.5\n"
        for size, expected in ((3 << 20, 200), (5 << 20, 413)):
            connection = self.server.connect()
            connection.request("POST", "/api/v1/people/3/ratings:import", head + line * (size // len(line)),
                               {"Content-Type": "text/csv"})
            answer = connection.getresponse()
            said = json.loads(answer.read())
            connection.close()
            self.assertEqual(answer.status, expected, said)
        self.assertIn("4 MiB", said["detail"])

    def test_a_body_in_chunks_is_taken(self):
        connection = self.server.connect()
        pieces = (piece.encode() for piece in ('{"user"', ":1,", '"limit":2}'))
        connection.request("POST", "/api/v1/recommendations", pieces, JSON, encode_chunked=True)
        answer = connection.getresponse()
        self.assertEqual(len(json.loads(answer.read())["items"]), 2)
        connection.close()

    def test_a_client_that_asks_before_it_sends_is_told_to_go_on(self):
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=SECONDS) as s:
            s.sendall(b"POST /api/v1/recommendations HTTP/1.1\r\nHost: localhost\r\n"
                      b"Content-Type: application/json\r\nContent-Length: 10\r\n"
                      b"Expect: 100-continue\r\nConnection: close\r\n\r\n")
            self.assertIn(b"100 Continue", s.recv(4096))
            s.sendall(b'{"user":1}')
            said = b""
            while more := s.recv(65536):
                said += more
        self.assertIn(b"HTTP/1.1 200", said)

    def test_a_slow_client_holds_up_nobody(self):
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=SECONDS) as slow:
            for byte in b"GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n":
                slow.sendall(bytes([byte]))
                if byte == 0x0a:
                    self.assertEqual(self.server.get("/api/v1/health")["status"], "ok")
            slow.sendall(b"\r\n")
            said = b""
            while more := slow.recv(65536):
                said += more
        self.assertIn(b'"status":"ok"', said)

    def test_bytes_that_are_no_request_end_only_themselves(self):
        unfinished = (b"\0" * 100, b"\0" * 100 + b"\r\n\r\n", b"\xff\xfe" * 50, b"GET", b"GET / HTTP/1.1\r\nHost",
                      b"POST /api/v1/feedback HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{")
        for data in unfinished:
            with socket.create_connection(("127.0.0.1", self.server.port), timeout=SECONDS) as s:
                s.sendall(data)
                self.assertEqual(self.server.get("/api/v1/health")["status"], "ok")
        bad = (b"\xff\xfe" * 50 + b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
               b"GET /%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
               b"GET /%00 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
               b"GET /\xff HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
               b"GET /?" + b"a=1&" * 40 + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
               b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
               b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 9000 + b"\r\n\r\n",
               b"POST /api/v1/feedback HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
               b"POST /api/v1/feedback HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz")
        for data in bad:
            said = self.server.raw(data)
            self.assertNotIn(b" 200 ", said.split(b"\r\n", 1)[0], data[:60])
            self.assertNotIn(b" 500 ", said.split(b"\r\n", 1)[0], data[:60])
            self.assertEqual(self.server.get("/api/v1/health")["status"], "ok")

    def test_what_two_could_read_in_two_ways_is_refused_and_ends_the_connection(self):
        smuggled = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
        for lines in (b"Host: localhost\r\nContent-Length: 0\r\nContent-Length: 44\r\n",
                      b"Host: localhost\r\nContent-Length: 44\r\nContent-Length: 44\r\n",
                      b"Host: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n",
                      b"Host: localhost\r\nTransfer-Encoding: chunked, identity\r\n",
                      b"Host: localhost\r\nTransfer-Encoding: \x0bchunked\r\n",
                      b"Host: localhost\r\nContent-Length : 44\r\n", b"Host: localhost\r\nHost: other\r\n", b""):
            said = self.server.raw(b"POST /api/v1/feedback HTTP/1.1\r\nContent-Type: application/json\r\n" + lines
                                   + b"\r\n0\r\n\r\n" + smuggled)
            self.assertTrue(said.startswith(b"HTTP/1.1 400 "), (lines, said))
            self.assertEqual(said.count(b"HTTP/1.1 "), 1, (lines, said))
            self.assertIn(b"\r\nConnection: close\r\n", said)
            self.assertEqual(json.loads(said.split(b"\r\n\r\n", 1)[1])["code"], "E_SYNTAX")

    def test_a_target_that_cannot_be_read_is_a_problem(self):
        for target, expected in (("/%zz", 400), ("/?" + "a=1&" * 40, 400), ("/" + "a" * 9000, 413)):
            status, _, body = self.server.ask("GET", target)
            self.assertEqual(status, expected)
            self.assertEqual(json.loads(body)["status"], expected)
        for line in (b"GET /livez x HTTP/1.1", b"GET ftp://localhost/livez HTTP/1.1"):
            said = self.server.raw(line + b"\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            self.assertTrue(said.startswith(b"HTTP/1.1 400 "), (line, said))

    def test_a_client_that_leaves_is_forgotten(self):
        for _ in range(50):
            s = socket.create_connection(("127.0.0.1", self.server.port), timeout=SECONDS)
            s.sendall(b"POST /api/v1/feedback HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                      b"Content-Length: 150\r\n\r\n"
                      + json.dumps({"events": [click()]}).ljust(150).encode())
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            s.close()  # a reset, while the commit is under way

    def test_people_sign_up_and_in_at_once(self):
        def visit(number):
            who = {"name": f"person {number}", "password": "correct horse battery"}
            wrong = {**who, "password": "wrong horse battery"}
            status, headers, body = self.server.ask("POST", "/api/v1/session", who)
            assert status == 200, body
            cookie = headers["Set-Cookie"].split(";")[0]
            assert cookie.startswith("__Host-reel="), cookie
            status, _, body = self.server.ask("GET", "/api/v1/me", headers={"Cookie": cookie})
            assert status == 200 and json.loads(body)["name"] == who["name"], body
            status, headers, body = self.server.ask("GET", "/api/v1/me/export", headers={"Cookie": cookie})
            assert status == 200 and headers["Content-Length"] is None, headers
            assert json.loads(body)["account"]["name"] == who["name"], body
            assert "attachment" in headers["Content-Disposition"], headers
            person = json.loads(body)["account"]["user"]
            status, _, body = self.server.ask("GET", f"/api/v1/people/{person}", headers={"Cookie": cookie})
            assert status == 200 and json.loads(body)["simulated"] is False, body  # others here are
            status, _, body = self.server.ask("DELETE", "/api/v1/session", headers={
                "Cookie": cookie, "Sec-Fetch-Site": "cross-site"})
            assert status == 403, body
            status, _, body = self.server.ask("DELETE", "/api/v1/session", headers={
                "Cookie": cookie, "Origin": f"http://127.0.0.1:{self.server.port}"})
            assert status == 200, body
            assert self.server.ask("GET", "/api/v1/me", headers={"Cookie": cookie})[0] == 401
            status, headers, body = self.server.ask("POST", "/api/v1/session", wrong)
            assert status == 401 and "WWW-Authenticate" in headers, body

        for number in range(5):  # as many as one address makes without a pause
            status, _, body = self.server.ask("POST", "/api/v1/accounts", {
                "name": f"person {number}", "password": "correct horse battery"})
            self.assertEqual(status, 200, body)
        with concurrent.futures.ThreadPoolExecutor(5) as pool:
            list(pool.map(visit, range(5)))

    def test_many_clients_at_once(self):
        def visit(number):
            connection = self.server.connect()
            kept = []
            for turn in range(12):
                if (number + turn) % 3 == 0:
                    event = click(user=number % 40 + 1)
                    connection.request("POST", "/api/v1/feedback", json.dumps({"events": [event]}), JSON)
                    assert json.loads(connection.getresponse().read())["accepted"] == 1
                    kept.append(event["event_id"])
                else:
                    connection.request("GET", f"/api/v1/recommendations?user={number % 40 + 1}")
                    answer = json.loads(connection.getresponse().read())
                    assert answer["user"] == number % 40 + 1 and len(answer["items"]) == 10
            connection.close()
            return kept

        with concurrent.futures.ThreadPoolExecutor(48) as pool:
            kept = sum(pool.map(visit, range(48)), [])
        log = self.server.log()
        self.assertEqual(len(kept), 48 * 4)
        self.assertEqual(len(set(log)), len(log))
        self.assertLessEqual(set(kept), set(log))


class Life(Case):
    """Starting, stopping and being killed."""

    def test_what_was_acknowledged_is_there_after_every_end(self):
        known = []
        for how in (signal.SIGTERM, signal.SIGKILL, signal.SIGINT):
            connection = self.server.connect()
            for _ in range(20):
                event = click()
                connection.request("POST", "/api/v1/feedback", json.dumps({"events": [event]}), JSON)
                self.assertEqual(json.loads(connection.getresponse().read())["accepted"], 1)
                known.append(event["event_id"])
            connection.close()
            status, said = self.server.stop(how)
            self.assertEqual(status, -9 if how == signal.SIGKILL else 0, said)
            self.server.start()
            self.assertEqual(self.server.log()[:len(known)], known[::-1])

    def test_a_killed_server_loses_nothing_it_said_it_kept(self):
        def send(events):
            try:
                return events if self.server.post("/api/v1/feedback", {"events": events}) else []
            except (OSError, http.client.HTTPException):
                return []

        batches = [[click() for _ in range(3)] for _ in range(200)]
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            sent = [pool.submit(send, batch) for batch in batches]
            while not any(one.done() and one.result() for one in sent):
                time.sleep(0.001)
            self.server.process.kill()
            kept = [event["event_id"] for answer in sent for event in answer.result()]
        self.server.process.communicate()
        self.server.start()
        log = set(self.server.log())
        self.assertGreater(len(kept), 0)
        self.assertEqual([one for one in kept if one not in log], [])
        for batch in batches:  # a call is kept whole or not at all
            self.assertIn(sum(event["event_id"] in log for event in batch), (0, 3))

    def test_a_stop_answers_what_came_before_it(self):
        def send(_):
            try:
                return self.server.ask("POST", "/api/v1/feedback", {"events": [click()]})[0]
            except (OSError, http.client.HTTPException):
                return "late"

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = [pool.submit(send, n) for n in range(400)]
            time.sleep(0.15)
            status, said = self.server.stop()
            answers = [answer.result() for answer in answers]
        self.assertEqual(status, 0, said)
        self.assertLessEqual(set(answers), {200, "late"})
        self.server.start()
        self.assertGreater(answers.count(200), 0)
        self.assertGreaterEqual(len(self.server.log()), answers.count(200))

    @staticmethod
    def household(member, count):
        return json.dumps({"household": {"members": [member] * count}, "limit": 100, "reasons": 16}).encode()

    def test_a_stop_answers_what_no_thread_had_read(self):
        member = {"history": [{"movie": movie["movie"], "rating": 5}
                              for movie in self.server.get("/api/v1/movies?limit=40")["items"]]}
        body = self.household(member, 12)
        started = time.monotonic()
        self.server.ask("POST", "/api/v1/recommendations", json.loads(body))
        if time.monotonic() - started > 0.1:  # sixteen of a slow build would be more than a stop waits for, five seconds
            body = self.household(member, 3)
        request = (b"POST /api/v1/recommendations HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                   b"Content-Length: %d\r\n\r\n" % len(body)) + body
        clients = []
        for _ in range(16):  # while the threads answer the first, the others only come in
            clients.append(socket.create_connection(("127.0.0.1", self.server.port), timeout=SECONDS))
            clients[-1].sendall(request)
        status, said = self.server.stop()
        self.server.start()
        self.assertEqual(status, 0, said)
        for client in clients:
            with client:
                answer = client.recv(300)
                self.assertTrue(answer.startswith(b"HTTP/1.1 200"), answer)

    def running(self, job):
        """The process id of a job's child, once it trains."""
        deadline = time.monotonic() + SECONDS
        while "training" not in (self.server.get(f"/api/v1/jobs/{job}")["step"] or ""):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)
        for task in os.listdir(f"/proc/{self.server.process.pid}/task"):
            with open(f"/proc/{self.server.process.pid}/task/{task}/children") as own:
                for child in own.read().split():
                    with open(f"/proc/{child}/cmdline", "rb") as words:
                        if b"--progress-json" in words.read().split(b"\0"):
                            return int(child)
        self.fail("no child trains")

    def ended(self, job):
        deadline = time.monotonic() + SECONDS
        while (now := self.server.get(f"/api/v1/jobs/{job}"))["finished_at"] is None:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)
        return now

    def test_jobs_end_whatever_is_killed(self):
        job = start_job(self.base, *SLOW)
        os.kill(self.running(job), signal.SIGKILL)
        ended = self.ended(job)
        self.assertEqual(ended["state"], "failed")
        self.assertIn("killed by signal 9", ended["error"]["detail"])
        job = start_job(self.base, *SLOW)
        self.running(job)
        began = time.monotonic()
        reel("jobs", "cancel", str(job), "--database", "reel.db", folder=self.base)
        self.assertEqual(self.ended(job)["state"], "cancelled")
        self.assertLess(time.monotonic() - began, 2.5)
        job = start_job(self.base, *SLOW)
        child = self.running(job)
        self.server.stop(signal.SIGKILL)
        deadline = time.monotonic() + SECONDS
        while os.path.exists(f"/proc/{child}"):  # goes with its server
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)
        self.server.start()
        ended = self.ended(job)
        self.assertEqual((ended["state"], ended["error"]["code"]), ("failed", "E_GONE"))
        # One that is stopped gives back what it did, and lets go of who watches.
        job = start_job(self.base, *SLOW)
        self.running(job)
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=SECONDS) as watching:
            watching.sendall(b"GET /api/v1/jobs/%d/events HTTP/1.1\r\nHost: localhost\r\n\r\n" % job)
            self.assertIn(b"event: progress", watching.recv(4096) + watching.recv(4096))
            began = time.monotonic()
            status, said = self.server.stop()
            self.assertEqual(status, 0, said)
            self.assertLess(time.monotonic() - began, 4)
        self.server.start()
        self.running(job)
        reel("jobs", "cancel", str(job), "--database", "reel.db", folder=self.base)
        self.assertEqual(self.ended(job)["state"], "cancelled")

    def test_a_second_start_has_nothing_to_train(self):
        self.server.stop()
        self.server.start()
        self.assertEqual(self.server.get("/api/v1/health")["people"], 40)
        _, said = self.server.stop()
        self.assertNotIn("trained", said)
        shutil.rmtree(os.path.join(self.base, "reel.db.models"))
        self.server.start()
        self.assertEqual(len(self.server.get("/api/v1/models")["items"]), 7)
        _, said = self.server.stop()
        self.assertIn("content: trained", said)
        self.server.start()

    def test_whichever_thread_the_signal_comes_to(self):
        tgkill = {"x86_64": 234, "aarch64": 131}.get(os.uname().machine)
        if tgkill is None:
            self.skipTest("not known how to send a signal to one thread here")
        pid = self.server.process.pid
        for thread in os.listdir(f"/proc/{pid}/task"):
            ctypes.CDLL(None).syscall(tgkill, pid, int(thread), signal.SIGTERM)
        _, said = self.server.process.communicate(timeout=SECONDS)
        self.assertEqual(self.server.process.returncode, 0, said)
        self.server.start()

    def test_an_idle_connection_does_not_hold_up_the_end(self):
        connection = self.server.connect()
        connection.request("GET", "/api/v1/health")
        connection.getresponse().read()
        began = time.monotonic()
        status, _ = self.server.stop()
        self.assertEqual(status, 0)
        self.assertLess(time.monotonic() - began, 4)
        connection.close()
        self.server.start()

    def test_what_is_trained_meanwhile_is_taken_up_under_load(self):
        """Other data and their models take the place of those in use, on a signal and without one."""
        stopped, names, failures = threading.Event(), [], []

        def ask(number):
            connection = self.server.connect()
            turn = number
            while not stopped.is_set():
                turn += 1
                connection.request("GET", f"/api/v1/recommendations?user={turn % 30 + 1}&model=ease")
                answer = connection.getresponse()
                body = answer.read()
                if answer.status != 200:
                    failures.append(body)
                else:
                    model = json.loads(body)["model"]
                    names.append((model["id"], model["data_hash"]))
            connection.close()

        def one_name():
            """What is said from now on."""
            models = self.server.get("/api/v1/models")["items"]
            return [(m["id"], m["data_hash"]) for m in models if m["name"] == "ease"][0]

        known = {one_name()}
        reel("sample", "--people", "30", "--seed", "7", "--output", "other", folder=self.base)
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            askers = [pool.submit(ask, n) for n in range(6)]
            try:
                for number, folder in enumerate(("other", "sample")):
                    before = one_name()
                    reel("load", "--movielens", folder, "--tmdb", folder + "/films.jsonl",
                         "--simulated", "--database", "reel.db", folder=self.base)
                    reel("train", "--database", "reel.db", folder=self.base)
                    if number == 0:
                        self.server.process.send_signal(signal.SIGHUP)
                    deadline = time.monotonic() + SECONDS
                    while one_name() == before and time.monotonic() < deadline:
                        time.sleep(0.05)
                    self.assertNotEqual(one_name(), before)
                    known.add(one_name())
            finally:
                stopped.set()
            for asker in askers:
                asker.result(timeout=SECONDS)
        self.assertEqual(failures, [])
        self.assertLessEqual(set(names), known)
        self.assertGreater(len(names), 100)


if __name__ == "__main__":
    unittest.main()
