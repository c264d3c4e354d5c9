#!/usr/bin/env python3
"""operating.py REEL - what an operator sees and sets, over real sockets: the log of requests, clients
behind proxies, limits."""
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from server import JSON, REEL, SECONDS, Case, Server  # noqa: E402


class Told(Server):
    """A server with options and settings of its own; what it says goes to a file."""

    def __init__(self, folder, *options, **settings):
        self.options, self.settings = options, settings
        super().__init__(folder)

    def start(self):
        settings = {k: v for k, v in os.environ.items() if not k.startswith("REEL_")}
        self.said = os.path.join(self.folder, "said")
        with open(self.said, "wb") as said:
            self.process = subprocess.Popen(
                [REEL, "serve", "--database", "reel.db", "--listen", "127.0.0.1:0", "--json",
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

    def raw_and_leave(self, data):
        """Send these bytes, be heard, and go."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=SECONDS) as s:
            s.sendall(data)
            self.get("/api/v1/health")

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
        secret = {"Cookie": "c=hunter2", "Authorization": "Bearer hunter2"}
        connection = server.connect()  # one, so that the lines come in this order
        for method, target, body, headers in (
                ("GET", "/api/v1/people/7?q=hunter2", None, {"X-Request-Id": "mine-1", **secret}),
                ("GET", "/api/v1/recommendations?user=7&limit=3", None, secret),
                ("POST", "/api/v1/recommendations", b'{"user":8,"limit":3}', JSON),
                ("HEAD", "/hunter2", None, {}), ("GET", "/api/v1/movies/999999", None, {}),
                ("GET", "/livez", None, {}), ("hunter2", "/api/v1/movies", None, {})):
            connection.request(method, target, body, headers)
            connection.getresponse().read()
        connection.close()
        _, said = server.stop()
        self.assertNotIn("hunter2", said)
        lines = [json.loads(line) for line in said.splitlines() if '"event":"request"' in line]
        self.assertEqual([(line["method"], line["route"], line["status"]) for line in lines],
                         [("GET", "/api/v1/people/{id}", 200), ("GET", "/api/v1/recommendations", 200),
                          ("POST", "/api/v1/recommendations", 200), ("HEAD", "page", 200),
                          ("GET", "/api/v1/movies/{id}", 404), ("OTHER", "-", 405)])
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

    def test_settings_that_are_none_are_refused(self):
        for name, value in (("REEL_LOG_REQUESTS", "yes"), ("REEL_TRUSTED_PROXIES", "10.0.0.0/40"),
                            ("REEL_REQUEST_TIMEOUT", "0"), ("REEL_CONNECTIONS_PER_ADDRESS", "many")):
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
                      ["9." * 1500, "198.51.100.3"], []):
            connection.putrequest("GET", "/api/v1/charts")
            for line in lines:
                connection.putheader("X-Forwarded-For", line)
            connection.endheaders()
            connection.getresponse().read()
        connection.close()
        _, said = server.stop()
        clients = [json.loads(line)["client"] for line in said.splitlines() if '"request"' in line]
        self.assertEqual(clients, ["198.51.100.1", "198.51.100.2", "127.0.0.1", "127.0.0.1"])
        server = self.serve(REEL_LOG_FORMAT="json")
        server.ask("GET", "/api/v1/charts", headers={"X-Forwarded-For": "198.51.100.1"})
        self.assertNotIn("198.51.100.1", server.stop()[1])

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
        server.raw_and_leave(b"POST /api/v1/feedback HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")
        _, said = server.stop()
        self.assertIn("status=499", said)
        self.assertIn("ended=client", said)

    def test_slow_clients_are_cut_and_hold_up_nobody(self):
        server = self.serve(REEL_REQUEST_TIMEOUT="1")
        began = time.monotonic()
        slow, ends, longest = {}, [], 0
        kinds = (b"GET /api/v1/movies HTTP/1.1", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
                 b"POST /api/v1/feedback HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n", b"")
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
        self.assertLess(max(end for end, _ in ends), 3)  # on a busy machine
        self.assertLess(longest, 1)
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
        ask = b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"
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
        self.assertEqual(server.stop()[0], 0)
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


if __name__ == "__main__":
    unittest.main()
