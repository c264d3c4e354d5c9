#!/usr/bin/env python3
"""operating.py REEL - what an operator sees and sets, over real sockets: the log of requests, clients
behind proxies, limits."""
import contextlib
import fcntl
import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
import warnings

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from server import JSON, REEL, SECONDS, SLOW, Case, Server, start_job  # noqa: E402

with open(REEL, "rb") as program:
    SANITIZED = re.search(b"__(asan|tsan)_init", program.read()) is not None

# As a supervisor does it: two files as 3 and 4, a limit on the address space, under which the program starts itself once
# more, then the program in the same process. A sanitizer needs more than any limit.
HAND_OVER = """
import os, resource, sys
with open(sys.argv[3], "rb") as program:
    code = program.read()
    if b"__asan_init" not in code and b"__tsan_init" not in code:
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30,) * 2)
os.dup2(int(sys.argv[1]), 3)
os.dup2(int(sys.argv[2]), 4)
os.environ["LISTEN_PID"] = str(os.getpid())
os.execv(sys.argv[3], sys.argv[3:])
"""


class Told(Server):
    """A server with options and settings of its own; what it says goes to a file."""

    listen = "127.0.0.1:0"
    said = "said"

    def __init__(self, folder, *options, **settings):
        self.options, self.settings = options, settings
        super().__init__(folder)

    def start(self):
        settings = {k: v for k, v in os.environ.items() if not k.startswith("REEL_")}
        self.said = os.path.join(self.folder, self.said)
        with open(self.said, "wb") as said:
            self.process = subprocess.Popen(
                [REEL, "serve", "--database", self.database, "--listen", self.listen, "--json",
                 "--admin-listen", "127.0.0.1:0", *self.options],
                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said,
                env={**settings, **self.settings})
        first = self.process.stdout.readline()
        assert first, self.text()
        self.port, self.admin_port = (int(json.loads(first)[door].rsplit(":", 1)[1])
                                      for door in ("url", "admin"))

    def text(self):
        with open(self.said, encoding="utf-8") as said:
            return said.read()

    def raw_and_leave(self, head):
        """Send the head of a request with a body, be heard, and go."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=SECONDS) as s:
            s.sendall(head + b"Expect: 100-continue\r\n\r\n")
            return s.recv(4096)

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.communicate(timeout=SECONDS)
        return self.process.returncode, self.text()


class Operating(Case):
    """Each test has a server of its own over the prepared database."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.stop()

    def serve(self, *options, **settings):
        server = Told(self.base, *options, **settings)
        self.addCleanup(lambda: server.process.poll() is None and server.stop(signal.SIGKILL))
        return server

    def test_a_line_for_each_request(self):
        server = self.serve(REEL_LOG_FORMAT="json", REEL_SECRET="s" * 32)
        key = subprocess.run([REEL, "key", "add", "log", "--scope", "read", "--database", "reel.db", "--quiet"],
                             cwd=self.base, capture_output=True, timeout=SECONDS, check=True,
                             text=True).stdout.strip()
        secret = {"Cookie": "c=hunter2", "Authorization": "Bearer " + key}
        connection = server.connect()  # one, so that the lines come in this order
        for method, target, body, headers in (
                ("GET", "/api/v1/people/7", None, {"X-Request-Id": "mine-1", **secret}),
                ("GET", "/api/v1/recommendations?user=7&limit=3&filter=title:hunter2", None, {"X-API-Key": key}),
                ("POST", "/api/v1/recommendations", b'{"user":8,"limit":3}', JSON),
                ("HEAD", "/hunter2", None, {}), ("GET", "/api/v1/movies/999999", None, {}),
                ("GET", "/livez", None, {}), ("hunter2", "/api/v1/movies", None, {}),
                ("GET", "/api/v1/movies", None, {"Authorization": "Bearer hunter2"}),
                ("GET", "/api/v1/movies", None, {"X-API-Key": key[:-1] + "!"}),
                ("GET", f"/api/v1/movies?key={key}&hunter2", None, {"X-API-Key": key})):
            connection.request(method, target, body, headers)
            connection.getresponse().read()
        connection.close()
        _, said = server.stop()
        self.assertTrue(key.startswith("rk_"))
        for part in ("hunter2", key, "rk_", key[-20:-1]):
            self.assertNotIn(part, said)
        lines = [json.loads(line) for line in said.splitlines() if '"event":"request"' in line]
        self.assertEqual([(line["method"], line["route"], line["status"]) for line in lines],
                         [("GET", "/api/v1/people/{id}", 200), ("GET", "/api/v1/recommendations", 200),
                          ("POST", "/api/v1/recommendations", 200), ("HEAD", "page", 404),
                          ("GET", "/api/v1/movies/{id}", 404), ("OTHER", "-", 405),
                          ("GET", "/api/v1/movies", 401), ("GET", "/api/v1/movies", 401),
                          ("GET", "/api/v1/movies", 422)])
        self.assertEqual(lines[0]["id"], "mine-1")
        self.assertEqual(lines[0]["person"], lines[1]["person"])
        self.assertNotEqual(lines[1]["person"], lines[2]["person"])
        self.assertNotIn("person", lines[4])
        for line in lines:
            self.assertEqual((line["client"], line["level"]), ("127.0.0.1", "info"))
            self.assertRegex(line["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
            self.assertTrue(0 < line["ms"] < 60000)
        self.assertEqual(lines[3]["bytes"], 0)
        self.assertGreater(lines[2]["bytes"], 500)
        # with the same secret a person is called the same
        again = self.serve(REEL_LOG_FORMAT="json", REEL_SECRET="s" * 32)
        again.ask("GET", "/api/v1/people/7")
        self.assertIn(lines[0]["person"], again.stop()[1])

    def test_the_log_of_requests_can_be_left_out(self):
        for options, settings, lines in (((), {}, 1), (("--quiet",), {}, 0),
                                         (("--quiet", "--log-requests", "on"), {}, 1),
                                         ((), {"REEL_LOG_REQUESTS": "off"}, 0)):
            server = self.serve(*options, **settings)
            server.get("/api/v1/charts")
            self.assertEqual(server.stop()[1].count("event=request"), lines)

    def test_where_lines_are_json_all_are(self):
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(os.path.join(self.base, "reel.db"), folder)  # without its models: they are made at the start
            environment = {**os.environ, "REEL_LOG_FORMAT": "json"}
            command = [REEL, "serve", "--listen", "127.0.0.1:0"]
            server = subprocess.Popen([*command, "--database", "reel.db"], cwd=folder, env=environment, text=True,
                                      stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            urls = json.loads(server.stdout.readline())
            self.assertEqual(sorted(urls), ["admin", "url"])
            server.send_signal(signal.SIGTERM)
            rest, said = server.communicate(timeout=SECONDS)
            self.assertEqual(rest, "")
            lines = [json.loads(line) for line in said.splitlines()]
            self.assertEqual({line["level"] for line in lines}, {"info"})
            self.assertEqual([line["event"] for line in lines if line["event"] != "start"], ["data", "stop"])
            [data] = (line for line in lines if line["event"] == "data")
            self.assertEqual((data["source"], data["films"], data["simulated"]), ("Simulated sample", 526, True))
            self.assertTrue(any(re.match("popular: trained in ", line["text"]) for line in lines if line["event"] == "start"))
            for options, part in ((["--database", "none\x1b.db"], "no such database"), (["--nope"], "unknown option")):
                done = subprocess.run([*command, *options], cwd=folder, env=environment, capture_output=True,
                                      timeout=SECONDS, check=False)
                [line] = map(json.loads, done.stderr.splitlines())
                self.assertEqual((line["level"], line["event"], done.stdout), ("error", "failed", b""))
                self.assertIn(part, line["text"])
                self.assertNotEqual(done.returncode, 0)
            done = subprocess.run([REEL, "info", "--database", "none.db"], cwd=folder, env=environment, capture_output=True,
                                  timeout=SECONDS, check=False)  # for whoever typed it
            self.assertEqual(done.stderr.split(b":")[0], b"reel")

    def test_settings_that_are_none_are_refused(self):
        for name, value in (("REEL_LOG_REQUESTS", "yes"), ("REEL_TRUSTED_PROXIES", "10.0.0.0/40"),
                            ("REEL_REQUEST_TIMEOUT", "0"), ("REEL_HSTS", "-1"), ("REEL_HOSTS", "a:80"),
                            ("REEL_CONNECTIONS_PER_ADDRESS", "many"),
                            ("REEL_VISITORS_PER_ADDRESS", "-1")):
            done = subprocess.run([REEL, "serve", "--database", "reel.db", "--listen", "127.0.0.1:0"],
                                  cwd=self.base, env={**os.environ, name: value}, capture_output=True,
                                  timeout=SECONDS, check=False)
            self.assertEqual(done.returncode, 2)
            self.assertIn(name.encode(), done.stderr)

    def test_every_setting_of_the_example_is_known(self):
        example = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../.env.example")
        with open(example, encoding="utf-8") as lines:
            names = [line[1:].split("=")[0] for line in lines if re.match("#[A-Z_]+=", line)]
        self.assertGreater(len(names), 15)
        done = subprocess.run([REEL, "doctor", "--json"], cwd=self.base, capture_output=True, check=False,
                              env={**dict.fromkeys(names, ""), "REEL_TRUSTED_PROXY": "x"}, timeout=SECONDS)
        said = [item for item in json.loads(done.stdout)["items"] if item["what"] == "settings"]
        self.assertEqual([(item["text"], item["advice"]) for item in said],
                         [("nothing reads REEL_TRUSTED_PROXY", "did you mean REEL_TRUSTED_PROXIES?")])

    def test_files_with_secrets_that_others_may_read_are_told(self):
        env = os.path.join(self.base, ".env")
        self.addCleanup(os.remove, env)
        cert, key = self.certificate("told")
        for mode, told in ((0o644, 2), (0o600, 0)):
            with open(env, "w", encoding="ascii") as out:
                out.write("REEL_LOG=info\n")
            for path in (env, key):
                os.chmod(path, mode)
            doctor = subprocess.run([REEL, "doctor", "--json"], cwd=self.base, capture_output=True, check=False,
                                    env={**os.environ, "REEL_TLS_KEY": key}, timeout=SECONDS)
            states = {item["what"]: item["state"] for item in json.loads(doctor.stdout)["items"]}
            self.assertEqual((states[".env"], states["key"]), ("warn", "warn") if told else ("ok", "ok"))
            server = self.serve("--tls-cert", cert, "--tls-key", key)
            self.assertEqual(server.stop()[1].count("chmod 600"), told)

    def test_a_request_keeps_the_name_its_caller_gave_it(self):
        server = self.serve()
        trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        for headers, expected in (({"X-Request-Id": "a.b-C_9"}, "a.b-C_9"),
                                  ({"traceparent": trace}, trace[3:35]),
                                  ({"X-Request-Id": "a b"}, None), ({"X-Request-Id": "a" * 65}, None)):
            _, answer, body = server.ask("GET", "/api/v1/movies/999999", headers=headers)
            got = answer["X-Request-Id"]
            self.assertEqual(json.loads(body)["request_id"], got)
            self.assertRegex(got, f"^{re.escape(expected)}$" if expected else "^[0-9a-f]{16}$")

    def test_the_client_behind_a_trusted_proxy(self):
        server = self.serve(REEL_TRUSTED_PROXIES="127.0.0.0/8", REEL_LOG_FORMAT="json")
        connection = server.connect()  # one, so that the lines come in this order
        for lines in (["203.0.113.9, 198.51.100.1"], ["203.0.113.9", "198.51.100.2"],
                      ["9." * 1500, "198.51.100.3"], []):  # more than is read: of its end
            connection.putrequest("GET", "/api/v1/charts")
            for line in lines:
                connection.putheader("X-Forwarded-For", line)
            connection.endheaders()
            connection.getresponse().read()
        connection.close()
        _, said = server.stop()
        clients = [json.loads(line)["client"] for line in said.splitlines() if '"request"' in line]
        self.assertEqual(clients, ["198.51.100.1", "198.51.100.2", "198.51.100.3", "127.0.0.1"])
        server = self.serve(REEL_LOG_FORMAT="json")
        server.ask("GET", "/api/v1/charts", headers={"X-Forwarded-For": "198.51.100.1"})
        self.assertNotIn("198.51.100.1", server.stop()[1])

    def test_no_other_name_leads_to_what_this_machine_may_read(self):
        server = self.serve()

        def ask(host, target="/api/v1/movies", port=None):
            door = http.client.HTTPConnection("127.0.0.1", port or server.port, timeout=SECONDS)
            door.putrequest("GET", target, skip_host=True)
            if host is not None:
                door.putheader("Host", host)
            door.endheaders()
            answer = door.getresponse()
            body = answer.read()
            door.close()
            return answer.status, body

        for host in ("localhost", f"127.0.0.1:{server.port}", "[::1]:80", "reel.localhost"):
            self.assertEqual(ask(host)[0], 200, host)
        for host in ("rebound.example", f"rebound.example:{server.port}", "127.0.0.1.rebound.example"):
            for target in ("/api/v1/movies", "/api/v1/people/3", "/", "/movies", "/film/1"):
                status, body = ask(host, target)
                self.assertEqual(status, 421, target)
                self.assertIn("REEL_HOSTS", json.loads(body)["detail"])
            self.assertEqual(ask(host, "/metrics", server.admin_port)[0], 421)
            self.assertEqual(ask(host, "/livez")[0], 200)
        self.assertEqual(ask("localhost", "/metrics", server.admin_port)[0], 200)
        for target, host, status in (("localhost:80", "rebound.example", b"200"), ("rebound.example", "localhost", b"421")):
            said = server.raw(f"GET http://{target}/api/v1/movies HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            self.assertEqual(said.split(b" ", 2)[1], status, target)
        raw = b"GET /api/v1/movies HTTP/1.0\r\n\r\n"  # no browser says no name
        self.assertIn(b" 200 OK", server.raw(raw))
        server.stop()
        # names that were given, and where who asks must say who they are
        for settings, name, status in (({"REEL_HOSTS": "Reel.example.org"}, "reel.example.org:80", 200),
                                       ({"REEL_HOSTS": "reel.example.org"}, "rebound.example", 421),
                                       ({"REEL_AUTH": "accounts"}, "rebound.example", 401),
                                       ({"REEL_AUTH": "accounts", "REEL_HOSTS": "a.b"}, "rebound.example", 421)):
            server = self.serve(**settings)
            self.assertEqual(ask(name)[0], status, settings)
            server.stop()

    def test_nobody_in_particular_sends_a_large_file(self):
        server = self.serve(REEL_AUTH="accounts")
        said = server.raw(b"POST /api/v1/people/3/ratings:import HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\n"
                          b"Content-Length: 3000000\r\n\r\n")
        self.assertTrue(said.startswith(b"HTTP/1.1 401 "), said)
        self.assertIn(b"\r\nConnection: close\r\n", said)
        server.stop()

    def test_a_trusted_proxy_means_that_others_come(self):
        for settings, auth, sign_up in (({}, "open", True), ({"REEL_TRUSTED_PROXIES": "127.0.0.1"}, "accounts", False),
                                        ({"REEL_TRUSTED_PROXIES": "127.0.0.1", "REEL_AUTH": "open"}, "open", False)):
            server = self.serve(**settings)
            session = server.get("/api/v1/session")
            self.assertEqual((session["auth"], session["sign_up"]), (auth, sign_up))
            self.assertEqual(b"Toy" in server.ask("GET", "/movies")[2], not settings)
            server.stop()

    def test_https_is_insisted_on_where_it_was_used(self):
        server = self.serve(REEL_TRUSTED_PROXIES="127.0.0.1", REEL_HSTS="3600")
        for proto, expected in (("https", "max-age=3600"), ("http", None), (None, None)):
            for target in ("/", "/api/v1/charts", "/api/v1/nothing"):
                headers = server.ask("GET", target, headers={"X-Forwarded-Proto": proto} if proto else {})[1]
                self.assertEqual(headers["Strict-Transport-Security"], expected)
        server.stop()
        server = self.serve(REEL_HSTS="0")
        headers = server.ask("GET", "/", headers={"X-Forwarded-Proto": "https"})[1]  # from nobody who is trusted
        self.assertNotIn("Strict-Transport-Security", headers)
        server.stop()

    def test_a_log_that_nobody_reads_holds_up_nobody(self):
        settings = {k: v for k, v in os.environ.items() if not k.startswith("REEL_")}
        reader, writer = os.pipe()
        process = subprocess.Popen(
            [REEL, "serve", "--database", "reel.db", "--listen", "127.0.0.1:0", "--json"],
            cwd=self.base, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=writer, env=settings)
        os.close(writer)
        port = int(json.loads(process.stdout.readline())["url"].rsplit(":", 1)[1])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
        for _ in range(1000):  # twice what a pipe holds
            connection.request("GET", "/api/v1/charts", headers={"X-Request-Id": "x" * 64})
            self.assertEqual(connection.getresponse().read()[:1], b"{")
        connection.close()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=SECONDS)
        self.assertEqual(process.returncode, 0)
        os.close(reader)

    def test_a_request_that_never_comes_whole_is_no_success(self):
        server = self.serve()
        said = server.raw_and_leave(b"POST /api/v1/feedback HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n")
        self.assertIn(b" 100 ", said)
        _, said = server.stop()
        self.assertIn("status=499", said)
        self.assertIn("ended=client", said)

    def test_slow_clients_are_cut_and_hold_up_nobody(self):
        server = self.serve(REEL_REQUEST_TIMEOUT="1")
        began = time.monotonic()
        slow, ends, longest = {}, [], 0
        kinds = (b"GET /api/v1/movies HTTP/1.1", b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
                 b"POST /api/v1/feedback HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\n", b"")
        for number in range(200):
            s = socket.create_connection(("127.0.0.1", server.port), timeout=SECONDS)
            s.sendall(kinds[number % 4])
            s.setblocking(False)
            slow[s] = b""
        while slow and time.monotonic() < began + SECONDS:
            asked = time.monotonic()
            server.get("/api/v1/charts")
            longest = max(longest, time.monotonic() - asked)
            for s in list(slow):
                try:
                    said = s.recv(4096)
                    slow[s] += said
                    if said:
                        continue
                except BlockingIOError:
                    try:
                        s.send(b"x")
                        continue
                    except OSError:
                        pass
                except ConnectionResetError:
                    pass
                ends.append((time.monotonic() - began, slow.pop(s)))
                s.close()
            time.sleep(0.05)
        self.assertEqual(len(ends), 200)
        self.assertLess(max(end for end, _ in ends), 8)  # on a busy machine
        self.assertLess(longest, 4)
        told = [json.loads(said.split(b"\r\n\r\n")[1])["status"] for _, said in ends if said]
        self.assertEqual(set(told), {408})
        self.assertGreaterEqual(len(told), 50)
        _, said = server.stop()
        self.assertEqual(said.count("status=408"), said.count("ended=timeout"))
        self.assertGreaterEqual(said.count("status=408"), 50)

    def test_who_does_not_read_the_answer_is_cut(self):
        server = self.serve(REEL_REQUEST_TIMEOUT="1")
        s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        s.settimeout(SECONDS)
        s.connect(("127.0.0.1", server.port))
        ask = b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n"
        began = time.monotonic()
        try:
            while time.monotonic() < began + SECONDS:
                s.sendall(ask)
                time.sleep(0.01)
            self.fail("still sending")
        except OSError:
            pass
        s.close()
        self.assertIn("ended=timeout", server.stop()[1])

    def test_who_hides_behind_two_headers_is_counted(self):
        server = self.serve(REEL_CONNECTIONS_PER_ADDRESS="2", REEL_TRUSTED_PROXIES="127.0.0.1")
        doubted = {"X-Forwarded-For": "198.51.100.1", "Forwarded": "for=203.0.113.9"}
        with contextlib.ExitStack() as held:
            for _ in range(2):
                connection = held.enter_context(contextlib.closing(server.connect()))
                connection.putrequest("POST", "/api/v1/feedback")
                for name, value in (*doubted.items(), ("Content-Length", "10")):
                    connection.putheader(name, value)
                connection.endheaders()  # its body does not come
            deadline = time.monotonic() + SECONDS
            while server.ask("GET", "/livez", headers=doubted)[0] != 429:
                self.assertLess(time.monotonic(), deadline)
            self.assertEqual(server.ask("GET", "/livez", headers={"X-Forwarded-For": "198.51.100.1"})[0], 200)
            self.assertEqual(server.ask("GET", "/livez")[0], 200)  # the proxy itself asks
        server.stop()

    def test_an_address_is_believed_to_be_so_many_people(self):
        server = self.serve(REEL_VISITORS_PER_ADDRESS="2", REEL_TRUSTED_PROXIES="127.0.0.1", REEL_AUTH="open")

        def believed(visitor, **headers):
            ask = {"history": [{"movie": 1, "rating": 5}], "limit": 1, "visitor": visitor, "log": True}
            status, _, body = server.ask("POST", "/api/v1/recommendations", ask, JSON | headers)
            self.assertEqual(status, 200, body)
            [event] = server.get("/api/v1/feedback?limit=1")["items"]
            self.assertEqual(event["list_id"], json.loads(body)["id"])
            return event["trusted"]

        one, two = {"X-Forwarded-For": "198.51.100.1"}, {"X-Forwarded-For": "203.0.113.9, 198.51.100.2"}
        self.assertEqual([believed(f"v_{i}", **one) for i in (1, 2, 3, 2)], [True, True, False, True])
        self.assertEqual([believed(f"v_{i}", **two) for i in (3, 4, 5)], [True, True, False])
        hidden = one | {"Forwarded": "for=127.0.0.1"}  # whoever says two things is no proxy
        self.assertEqual([believed(f"v_{i}", **hidden) for i in (6, 7, 8)], [True, True, False])
        self.assertEqual([believed(f"v_{i}") for i in range(9, 14)], [True] * 5)  # the proxy itself asks
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", server.admin_port, timeout=SECONDS)) as operator:
            operator.request("GET", "/metrics")
            self.assertIn(b"\nreel_lists_unsigned_total 3\n", operator.getresponse().read())
        server.stop()
        for settings, said in (({"REEL_VISITORS_PER_ADDRESS": "0"}, [True] * 3), ({}, [True] * 3),
                               ({"REEL_VISITORS_PER_ADDRESS": "1"}, [True, False, False])):
            server = self.serve(REEL_TRUSTED_PROXIES="127.0.0.1", REEL_AUTH="open", **settings)
            self.assertEqual([believed(f"v_{i}", **one) for i in range(3)], said, settings)
            server.stop()

    def test_one_address_has_so_many_connections(self):
        server = self.serve(REEL_CONNECTIONS_PER_ADDRESS="4")
        held = [server.connect() for _ in range(4)]
        for connection in held:
            connection.request("GET", "/livez")
            self.assertEqual(connection.getresponse().read(), b"ok\n")
        with self.assertRaises((OSError, http.client.HTTPException)):
            server.get("/api/v1/charts")
        held.pop().close()
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            try:
                server.get("/api/v1/charts")
                break
            except (OSError, http.client.HTTPException):
                time.sleep(0.02)
        for connection in held:
            connection.close()
        status, said = server.stop()
        self.assertEqual(status, 0, said)
        # proxies are not counted, nor is this machine unless a number is given
        for settings in ({"REEL_CONNECTIONS_PER_ADDRESS": "1", "REEL_TRUSTED_PROXIES": "127.0.0.1"}, {}):
            server = self.serve(**settings)
            held = [server.connect() for _ in range(3)]
            for connection in held:
                connection.request("GET", "/livez")
                self.assertEqual(connection.getresponse().status, 200)
            for connection in held:
                connection.close()
            server.stop()

    def certificate(self, name, days=2):
        """A self-signed one for 127.0.0.1: the paths of certificate and key."""
        paths = [os.path.join(self.base, name + ending) for ending in (".crt", ".key")]
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                        "-nodes", "-days", str(days), "-subj", "/CN=" + name, "-addext",
                        "subjectAltName=IP:127.0.0.1", "-out", paths[0], "-keyout", paths[1]],
                       check=True, capture_output=True)
        return paths

    def serve_refused(self, *options, **settings):
        done = subprocess.run(
            [REEL, "serve", "--database", "reel.db", "--listen", "127.0.0.1:0", *options], cwd=self.base,
            env={**os.environ, **settings}, capture_output=True, timeout=SECONDS, check=False)
        self.assertNotEqual(done.returncode, 0)
        return done.stderr.decode()

    def test_encrypted_and_renewed_while_it_runs(self):
        cert, key = self.certificate("first")
        other, other_key = self.certificate("other")
        self.assertIn("go together", self.serve_refused("--tls-cert", cert))
        self.assertIn(other_key, self.serve_refused("--tls-cert", cert, "--tls-key", other_key))
        self.assertIn("none.crt", self.serve_refused("--tls-cert", "none.crt", "--tls-key", key))
        server = self.serve("--tls-cert", cert, REEL_TLS_KEY=key, REEL_REQUEST_TIMEOUT="1")

        def get(target, trusted, **versions):
            context = ssl.create_default_context(cafile=trusted)
            for name, version in versions.items():
                setattr(context, name, version)
            door = http.client.HTTPSConnection("127.0.0.1", server.port, timeout=SECONDS, context=context)
            door.request("GET", target)
            answer = door.getresponse()
            body, version = answer.read(), door.sock.version() if door.sock else None
            door.close()
            self.assertEqual(answer.headers["Strict-Transport-Security"], "max-age=31536000")
            return answer.status, body, version

        status, body, _ = get("/api/v1/recommendations?user=3&limit=2", cert)
        self.assertEqual((status, len(json.loads(body)["items"])), (200, 2))
        for version, name in ((ssl.TLSVersion.TLSv1_2, "TLSv1.2"), (ssl.TLSVersion.TLSv1_3, "TLSv1.3")):
            self.assertEqual(get("/livez", cert, minimum_version=version, maximum_version=version)[:2],
                             (200, b"ok\n"), name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            with self.assertRaises((ssl.SSLError, OSError)):
                get("/livez", cert, minimum_version=ssl.TLSVersion.TLSv1_1,
                    maximum_version=ssl.TLSVersion.TLSv1_1)
        with self.assertRaises((OSError, http.client.HTTPException)):
            server.get("/api/v1/charts")  # in the clear
        began = time.monotonic()
        with socket.create_connection(("127.0.0.1", server.port), timeout=SECONDS) as silent:
            self.assertEqual(silent.recv(10), b"")  # who never begins to encrypt is cut, too
        self.assertLess(time.monotonic() - began, 8)
        for path, newer in ((cert, other), (key, other_key)):
            os.replace(newer, path)
        server.process.send_signal(signal.SIGHUP)
        deadline, status = time.monotonic() + SECONDS, None
        while status is None and time.monotonic() < deadline:
            try:
                status = get("/livez", cert)[0]
            except ssl.SSLError:
                time.sleep(0.02)
        self.assertEqual(status, 200)
        with open(key, "w", encoding="ascii") as broken:
            broken.write("nothing")
        server.process.send_signal(signal.SIGHUP)
        while "event=certificate" not in server.text() and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertEqual(get("/livez", cert)[0], 200)  # with the one it had
        self.assertIn("level=error event=certificate", server.stop()[1])

    def test_a_supervisor_hands_over_the_sockets_and_is_told(self):
        heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        heard.settimeout(SECONDS)
        heard.bind(os.path.join(self.base, "notify"))
        doors = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
        ports = [door.getsockname()[1] for door in doors]
        waiting = socket.create_connection(("127.0.0.1", ports[0]), timeout=SECONDS)
        waiting.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        fds = [door.fileno() for door in doors]
        high = [fcntl.fcntl(fd, fcntl.F_DUPFD, 50) for fd in fds]
        settings = {k: v for k, v in os.environ.items() if not k.startswith("REEL_")}
        process = subprocess.Popen(
            [sys.executable, "-c", HAND_OVER, *map(str, high), REEL, "serve",
             "--database", "reel.db", "--quiet"], cwd=self.base, pass_fds=high, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            stdout=subprocess.PIPE, env={**settings, "LISTEN_FDS": "2", "WATCHDOG_USEC": "100000",
                                         "NOTIFY_SOCKET": os.path.join(self.base, "notify")})
        for door in doors:
            door.close()
        for fd in high:
            os.close(fd)
        self.assertEqual(heard.recv(100), b"READY=1")
        self.assertEqual(heard.recv(100), b"WATCHDOG=1")
        with open(f"/proc/{process.pid}/comm", encoding="utf-8") as name:
            self.assertEqual(name.read(), "reel\n")
        said = b""
        while more := waiting.recv(4096):  # asked before it was started
            said += more
        self.assertIn(b"ok\n", said)
        waiting.close()
        operator = http.client.HTTPConnection("127.0.0.1", ports[1], timeout=SECONDS)
        operator.request("GET", "/metrics")
        self.assertEqual(operator.getresponse().status, 200)
        operator.close()
        process.send_signal(signal.SIGTERM)
        last = b""
        while last != b"STOPPING=1":
            last = heard.recv(100)
        self.assertIn(str(ports[0]).encode(), process.communicate(timeout=SECONDS)[0])
        self.assertEqual(process.returncode, 0)
        heard.close()
        self.assertIn("no TCP socket", subprocess.run(
            [sys.executable, "-c", HAND_OVER, "0", "0", REEL, "serve",
             "--database", "reel.db"], cwd=self.base, capture_output=True, check=False, stdin=subprocess.DEVNULL,
            env={**os.environ, "LISTEN_FDS": "1"}, timeout=SECONDS).stderr.decode())

    def test_a_hang_up_reads_the_settings_again(self):
        env = os.path.join(self.base, ".env")
        self.addCleanup(lambda: os.path.exists(env) and os.remove(env))

        def write(*lines):
            with open(env, "w", encoding="ascii") as out:
                out.write("\n".join(lines) + "\n")
            os.chmod(env, 0o600)

        write("REEL_LOG_FORMAT=text", "REEL_LOG=info")
        server = self.serve(REEL_LOG_REQUESTS="on")
        server.get("/api/v1/charts")
        deadline = time.monotonic() + SECONDS
        while "charts" not in server.text() and time.monotonic() < deadline:
            time.sleep(0.02)  # its line comes after its answer
        write("REEL_LOG_FORMAT=json", "REEL_LOG=info", "REEL_REQUEST_TIMEOUT=7", "REEL_LOG_REQUESTS=off")
        server.process.send_signal(signal.SIGHUP)
        while "REEL_REQUEST_TIMEOUT" not in server.text() and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(0.05)
        server.get("/api/v1/charts")
        _, said = server.stop()
        lines = [line for line in said.splitlines() if "request" in line and "charts" in line]
        self.assertEqual([line[0] for line in lines], ["t", "{"])
        self.assertIn("changed=REEL_REQUEST_TIMEOUT", said)
        self.assertNotIn("changed=REEL_LOG", said)  # the environment's own word stays

    # ---- jobs

    @unittest.skipIf(SANITIZED, "a sanitizer needs more than any limit")
    def test_a_job_is_slow_and_keeps_to_its_memory(self):
        """A process of its own, behind all others, that may use so much; what needs more fails, and the server goes on."""
        server = self.serve(REEL_JOB_MEMORY="1G", OMP_NUM_THREADS="1")
        job = start_job(self.base, *SLOW)
        child, deadline = None, time.monotonic() + SECONDS
        while child is None and time.monotonic() < deadline:
            own = []
            for task in os.listdir(f"/proc/{server.process.pid}/task"):  # whichever thread began it
                with contextlib.suppress(OSError), open(f"/proc/{server.process.pid}/task/{task}/children", encoding="ascii") as there:
                    own += there.read().split()
            for pid in own:
                with contextlib.suppress(OSError), open(f"/proc/{pid}/cmdline", "rb") as line:
                    child = pid if line.read().startswith(b"reel\0train\0") else child
            time.sleep(0.01)
        self.assertIsNotNone(child)
        with open(f"/proc/{child}/limits", encoding="ascii") as limits:
            space = next(line.split() for line in limits if line.startswith("Max address space"))
        self.assertEqual(space[3:5], ["1000000000", "1000000000"])
        self.assertEqual(os.getpriority(os.PRIO_PROCESS, int(child)), 10)
        self.assertEqual(os.getpgid(int(child)), int(child))
        subprocess.run([REEL, "jobs", "cancel", str(job), "--database", "reel.db", "--quiet"], cwd=self.base, check=True)
        job = start_job(self.base, "--model", "vae:hidden=4000", kind="evaluate")
        while (told := server.get(f"/api/v1/jobs/{job}"))["finished_at"] is None and time.monotonic() < deadline + SECONDS:
            time.sleep(0.05)
        self.assertEqual((told["state"], told["error"]["code"]), ("failed", "E_BUDGET"), told)
        self.assertRegex(told["error"]["detail"], r'^fitting "vae" .* needs about .* of memory, \d+ MB may be used; take a lighter')
        self.assertEqual(server.ask("GET", "/readyz")[0], 200)


if __name__ == "__main__":
    unittest.main()
