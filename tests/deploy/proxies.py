#!/usr/bin/env python3
"""proxies.py REEL - deploy/nginx.conf and deploy/haproxy.cfg as they are, but for ports, paths and users,
in front of one server and of two."""
import contextlib
import getpass
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import uuid

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / "http"))
from server import JSON, REEL, SECONDS, SLOW, reel  # noqa: E402
from operating import Told  # noqa: E402

NAME = "reel.example.org"
PASSWORD = "salt water taffy 7"
AT_ONCE = 8  # requests of one address, at each server
POSTGRES = os.environ.get("REEL_TEST_POSTGRES")


def free_ports(count):
    with contextlib.ExitStack() as held:
        return [held.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1] for _ in range(count)]


class Replica(Told):
    database = POSTGRES + "deploy_" + uuid.uuid4().hex[:12] if POSTGRES else "reel.db"

    def __init__(self, folder):
        self.said = uuid.uuid4().hex
        super().__init__(folder, REEL_TRUSTED_PROXIES="127.0.0.1", REEL_HOSTS=NAME, REEL_LOG_FORMAT="json",
                         REEL_CONNECTIONS_PER_ADDRESS=str(AT_ONCE),
                         REEL_SECRET="the same for both of them, and long enough")


BASE = tempfile.mkdtemp(prefix="reel-deploy-")


def setUpModule():
    unittest.addModuleCleanup(shutil.rmtree, BASE, ignore_errors=True)
    reel("sample", "--people", "40", "--output", "sample", folder=BASE)
    reel("load", "--movielens", "sample", "--tmdb", "sample/films.jsonl", "--simulated",
         "--database", Replica.database, folder=BASE)
    subprocess.run([REEL, "user", "add", "Ada", "--admin", "--password-stdin", "--quiet",
                    "--database", Replica.database], cwd=BASE, check=True, input=PASSWORD.encode())
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-nodes", "-days", "2", "-subj", "/CN=" + NAME, "-addext",
                    "subjectAltName=DNS:" + NAME, "-out", "chain.pem", "-keyout", "key.pem"],
                   cwd=BASE, check=True, capture_output=True)
    both = "".join(pathlib.Path(BASE, name).read_text() for name in ("chain.pem", "key.pem"))
    pathlib.Path(BASE, "reel.pem").write_text(both)


class Behind:
    """The same for both of them."""

    program = configuration = None

    @classmethod
    def setUpClass(cls):
        if shutil.which(cls.program) is None:
            raise unittest.SkipTest(f"{cls.program} is missing: script/bootstrap test")
        cls.servers = [cls.serve() for _ in range(2 if POSTGRES else 1)]  # a file has one
        cls.addClassCleanup(cls.end_proxy)
        for _ in range(5):  # somebody else may take a port meanwhile
            clear, encrypted, nobody = free_ports(3)
            cls.ports = {"80": clear, "443": encrypted, "8080": cls.servers[0].port,
                         "8090": cls.servers[-1].port if POSTGRES else nobody}
            cls.proxy = cls.begin(cls.configure())
            if cls.answers():
                break
        cls.cookie = cls.sign_in()

    @classmethod
    def end_proxy(cls):
        cls.proxy.terminate()
        cls.proxy.communicate(timeout=SECONDS)

    @classmethod
    def serve(cls):
        server = Replica(BASE)
        cls.addClassCleanup(lambda: server.process.poll() is None and server.stop(signal.SIGKILL))
        return server

    @classmethod
    def configure(cls):
        """The configuration with ports and paths of this test."""
        text = (TESTS.parent / "deploy" / cls.configuration).read_text()
        for old, new in cls.ports.items():
            text = re.sub(cls.addresses.format(old), lambda m, new=new: f"{m[1]}127.0.0.1:{new}", text)
        for old, new in cls.paths.items():
            assert old in text, old
            text = text.replace(old, new.replace("BASE", BASE))
        path = os.path.join(BASE, cls.configuration)
        pathlib.Path(path).write_text(text)
        return path

    @classmethod
    def begin(cls, path):
        with open(os.path.join(BASE, "proxy.log"), "wb") as said:
            return subprocess.Popen([*cls.command, path], cwd=BASE, stdin=subprocess.DEVNULL,
                                    stdout=said, stderr=said)

    @classmethod
    def answers(cls):
        """False: a port was in use."""
        deadline = time.monotonic() + SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", cls.ports["443"]), timeout=SECONDS).close()
                return True
            except ConnectionRefusedError:
                said = pathlib.Path(BASE, "proxy.log").read_text()
                if cls.proxy.poll() is not None and "in use" in said:
                    return False
                assert cls.proxy.poll() is None and time.monotonic() < deadline, said
                time.sleep(0.01)

    # ---- clients ----

    @classmethod
    def connect(cls, name=NAME, port="443", source="127.0.0.5", alpn="http/1.1"):
        """A connection to the proxy, as https to the name in its certificate."""
        connection = http.client.HTTPConnection(name, cls.ports[port], timeout=SECONDS)
        connection.sock = socket.create_connection(("127.0.0.1", cls.ports[port]), timeout=SECONDS,
                                                   source_address=(source, 0))
        if port == "443":
            context = ssl.create_default_context(cafile=os.path.join(BASE, "chain.pem"))
            context.set_alpn_protocols([alpn])
            connection.sock = context.wrap_socket(connection.sock, server_hostname=name)
        return connection

    @classmethod
    def ask(cls, method, target, body=None, headers=None, **how):
        connection = cls.connect(**how)
        try:
            if body is not None and not isinstance(body, bytes):
                body = json.dumps(body).encode()
            connection.request(method, target, body, {**(JSON if body else {}), **(headers or {})})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    @classmethod
    def sign_in(cls):
        port = cls.ports["443"]
        status, headers, body = cls.ask("POST", "/api/v1/session", {"name": "Ada", "password": PASSWORD},
                                        {"Origin": f"https://{NAME}:{port}"})
        assert status == 200, body
        cls.set_cookie = headers["Set-Cookie"]
        return {"Cookie": cls.set_cookie.split(";")[0], "Sec-Fetch-Site": "same-origin"}

    def request_lines(self, name):
        """What the servers' logs say of the request of this name."""
        deadline, lines = time.monotonic() + SECONDS, []
        while not lines and time.monotonic() < deadline:
            lines = [json.loads(line) for server in self.servers for line in server.text().splitlines()
                     if f'"id":"{name}"' in line]
            time.sleep(0.01)
        return lines

    # ---- tests ----

    def test_pages_and_the_api_by_https(self):
        status, headers, body = self.ask("GET", "/")
        self.assertEqual((status, headers["Content-Type"].split(";")[0]), (200, "text/html"))
        self.assertIn(b"<title>Reel", body)
        self.assertEqual(headers["Strict-Transport-Security"], "max-age=31536000")  # it knows of the https
        status, _, body = self.ask("GET", "/api/v1/recommendations?user=3&limit=4", headers=self.cookie)
        self.assertEqual((status, len(json.loads(body)["items"])), (200, 4))
        for target in ("/livez", "/readyz", "/health"):
            self.assertEqual(self.ask("GET", target)[0], 200, target)
        self.assertEqual(self.ask("GET", "/api/v1/movies")[0], 401)  # accounts are asked for

    def test_http_2(self):
        connection = self.connect(alpn="h2")
        self.assertEqual(connection.sock.selected_alpn_protocol(), "h2")
        connection.close()
        done = subprocess.run(
            ["curl", "--silent", "--http2", "--cacert", "chain.pem", "--write-out", " %{http_version}",
             "--resolve", f"{NAME}:{self.ports['443']}:127.0.0.1", "--header", "Cookie: " + self.cookie["Cookie"],
             f"https://{NAME}:{self.ports['443']}/api/v1/session"],
            cwd=BASE, capture_output=True, timeout=SECONDS, check=True)
        said, version = done.stdout.decode().rsplit(" ", 1)
        self.assertEqual((json.loads(said)["account"]["name"], version), ("Ada", "2"))

    def test_only_what_is_asked_by_name_and_encrypted(self):
        status, headers, _ = self.ask("GET", "/film/1?a=b", port="80", headers={"Host": NAME})
        self.assertEqual(status, 308)
        self.assertEqual(headers["Location"], f"https://{NAME}/film/1?a=b")
        for port in ("80", "443"):
            try:
                status = self.ask("GET", "/livez", port=port, headers={"Host": "rebound.example"})[0]
            except http.client.RemoteDisconnected:
                status = 444
            self.assertIn(status, (421, 444))

    def test_a_session_by_a_cookie_that_stays_here(self):
        self.assertRegex(self.set_cookie, r"^__Host-reel=[\w-]+; .*; Secure$")
        status, _, body = self.ask("GET", "/api/v1/me", headers=self.cookie)
        self.assertEqual((status, json.loads(body)["name"]), (200, "Ada"))
        status, _, _ = self.ask("PUT", "/api/v1/people/3/ratings/1", {"rating": 4},
                                {**self.cookie, "Sec-Fetch-Site": "cross-site"})
        self.assertEqual(status, 403)

    def test_the_client_is_known_and_forged_ones_are_not(self):
        forged = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http",
                  "Forwarded": "for=203.0.113.9;proto=http"}
        self.ask("GET", "/api/v1/session", headers={"X-Request-Id": "by-the-proxy", **forged})
        direct = http.client.HTTPConnection("127.0.0.1", self.servers[0].port, timeout=SECONDS,
                                            source_address=("127.0.0.2", 0))
        direct.request("GET", "/api/v1/session", headers={"X-Request-Id": "at-the-server", **forged})
        direct.getresponse().read()
        direct.close()
        for name, client in (("by-the-proxy", "127.0.0.5"), ("at-the-server", "127.0.0.2")):
            self.assertEqual([line["client"] for line in self.request_lines(name)], [client])
        # a name that is none is made anew
        self.assertRegex(self.ask("GET", "/livez", headers={"X-Request-Id": "a b"})[1]["X-Request-Id"], "^[0-9a-f-]{32,36}$")

    def test_the_operators_address_stays_where_it_is(self):
        for target in ("/metrics", "/metrics?a"):
            status, _, body = self.ask("GET", target)
            self.assertEqual(status, 404)
            self.assertNotIn(b"reel_", body)
        self.assertNotIn(b"reel_items", self.ask("GET", "/%6detrics")[2])
        self.assertNotIn("8081", (TESTS.parent / "deploy" / self.configuration).read_text())

    def test_limits_are_told(self):
        over = b'"' + b"x" * (1 << 20) + b'"'
        status, headers, body = self.ask("POST", "/api/v1/feedback", over, self.cookie)
        self.assertEqual((status, headers["Content-Type"]), (413, "application/problem+json"))
        self.assertEqual(json.loads(body)["code"], "E_TOOLARGE")
        far_over = self.connect()
        far_over.putrequest("POST", "/api/v1/feedback")
        far_over.putheader("Content-Length", str(4 << 20))
        far_over.endheaders(b"x" * (32 << 10))  # is refused before the rest comes
        self.assertEqual(far_over.getresponse().status, 413)
        far_over.close()
        status, _, _ = self.ask("GET", "/api/v1/session", headers={"X-Long": "x" * 14000})
        self.assertEqual(status, 200)

    def test_no_request_hides_in_another(self):
        """What the proxy and the server might take for different requests is refused, or is one."""
        hidden = "GET /api/v1/hidden HTTP/1.1\r\nHost: %s\r\n\r\n" % NAME
        for headers, body in (
                ("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" + hidden),
                ("Transfer-Encoding: chunked\r\nContent-Length: %d\r\n" % (5 + len(hidden)), "0\r\n\r\n" + hidden),
                ("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n" + hidden),
                ("Transfer-Encoding : chunked\r\nContent-Length: %d\r\n" % (5 + len(hidden)), "0\r\n\r\n" + hidden),
                ("Content-Length: 0\r\nContent-Length: %d\r\n" % len(hidden), hidden),
                ("Content-Length: +%d\r\n" % len(hidden), hidden),
                ("X: a\nContent-Length: %d\r\n" % len(hidden), hidden)):
            connection = self.connect()
            connection.sock.settimeout(0.5)  # a proxy may wait for more
            connection.sock.sendall(("POST /api/v1/feedback HTTP/1.1\r\nHost: %s\r\n%s\r\n%s" % (
                NAME, headers, body)).encode())
            try:
                while connection.sock.recv(65536):
                    pass
            except OSError:
                pass
            connection.close()
        # what a connection to the server has left over would be the answer to the next
        for _ in range(8):
            self.assertEqual(json.loads(self.ask("GET", "/api/v1/me", headers=self.cookie)[2])["name"], "Ada")
        for target in ("/api/v1/me%0d%0aX-Injected:%20a", "/film/%0d%0aSet-Cookie:%20__Host-reel=x", "/%2e%2e/%2e%2e/etc/passwd",
                       "/..%2fmetrics", "//metrics", "/./metrics"):
            _, headers, body = self.ask("GET", target, headers=self.cookie)
            self.assertFalse({"X-Injected", "Set-Cookie"} & set(headers.keys()), target)
            self.assertFalse(b"root:" in body or b"reel_items" in body, target)

    def test_events_come_when_they_happen(self):
        words = {"kind": "train", "model": SLOW[1], "params": {"sweeps": 10000, "factors": 512}}
        status, headers, body = self.ask("POST", "/api/v1/jobs", words, self.cookie)
        self.assertEqual(status, 202, body)
        watching = self.connect()
        watching.request("GET", headers["Location"] + "/events", headers=self.cookie)
        answer = watching.getresponse()
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "text/event-stream"))
        self.assertEqual(answer.readline(), b"event: progress\n")
        # it goes on: what was read came before the end
        self.assertEqual(self.ask("DELETE", headers["Location"], headers=self.cookie)[0], 200)
        rest = answer.read()  # to its end
        watching.close()
        self.assertIn(b"event: end\n", rest)
        self.assertIn(b'"cancelled"', rest)

    def test_a_client_has_so_many_requests_at_once(self):
        words = {"kind": "train", "model": SLOW[1], "params": {"sweeps": 10000, "factors": 512}}
        job = self.ask("POST", "/api/v1/jobs", words, self.cookie)[1]["Location"]
        watching = []
        with contextlib.ExitStack() as held:
            while len(watching) <= AT_ONCE * len(self.servers):
                connection = self.connect(source="127.0.0.7")
                held.callback(connection.close)
                # the proxy knows who it is, whatever they say of themselves
                connection.request("GET", job + "/events", headers={**self.cookie, "X-Forwarded-For": f"192.0.2.{len(watching)}"})
                answer = connection.getresponse()
                if answer.status != 200:
                    break
                watching.append(answer)
            self.assertEqual((answer.status, answer.headers["Retry-After"]), (429, "1"))
            self.assertIn("REEL_CONNECTIONS_PER_ADDRESS", json.loads(answer.read())["detail"])
            self.assertGreaterEqual(len(watching), AT_ONCE)
            # others are served, through the same connections of the proxy
            self.assertEqual(self.ask("DELETE", job, headers=self.cookie)[0], 200)
            for answer in watching:
                self.assertIn(b"event: end\n", answer.read())
        deadline = time.monotonic() + SECONDS
        while self.ask("GET", "/api/v1/session", source="127.0.0.7")[0] == 429:  # an end is counted once it is sent
            self.assertLess(time.monotonic(), deadline)
        self.assertEqual(self.ask("GET", "/api/v1/session", source="127.0.0.7")[0], 200)

    def test_two_servers_and_one_that_is_lost(self):
        """The last, by its name: it ends with nobody there."""
        if not POSTGRES:
            self.skipTest("REEL_TEST_POSTGRES names no server for two of them; run it by script/postgres")
        statuses, begun = [], threading.Barrier(5)

        def ask():
            connection = self.connect()
            for number in range(200):
                if number == 50:
                    begun.wait(SECONDS)
                connection.request("GET", "/api/v1/people/3", headers=self.cookie)
                answer = connection.getresponse()
                answer.read()
                statuses.append(answer.status)
            connection.close()

        askers = [threading.Thread(target=ask) for _ in range(4)]
        for asker in askers:
            asker.start()
        begun.wait(SECONDS)
        said = self.servers[1].stop(signal.SIGKILL)[1]
        for asker in askers:
            asker.join(SECONDS)
        self.assertIn('"route":"/api/v1/people/{id}"', said)  # it had its share until then
        self.assertEqual((set(statuses), len(statuses)), ({200}, 800))
        # when nobody is left, that is told as the API tells it
        self.servers[0].stop(signal.SIGKILL)
        status, headers, body = self.ask("GET", "/api/v1/session")
        self.assertEqual((status, headers["Content-Type"], headers["Retry-After"]),
                         (503, "application/problem+json", "5"))
        self.assertEqual(json.loads(body)["status"], 503)


class Nginx(Behind, unittest.TestCase):
    program, configuration = "nginx", "nginx.conf"
    command = ("nginx", "-g", "daemon off;", "-c")
    addresses = r"(listen |server )(?:127\.0\.0\.1:)?{0}\b"
    paths = {"/etc/reel/tls/": "BASE/", "/run/nginx.pid": "BASE/nginx.pid", "/var/log/nginx/": "BASE/",
             "user www-data;": f"user {getpass.getuser()};",
             # where it would keep large bodies, by default in folders of its package's user
             "http {\n": "http {\n" + "".join(
                 f"    {kind}_temp_path BASE/{kind};\n"
                 for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))}


class Haproxy(Behind, unittest.TestCase):
    program, configuration = "haproxy", "haproxy.cfg"
    command = ("haproxy", "-db", "-f")
    addresses = r"(bind |server \w+ )(?:127\.0\.0\.1)?:{0}\b"
    paths = {"/etc/reel/tls/": "BASE/",
             # only root can change to others
             "    chroot /var/lib/haproxy\n    user haproxy\n    group haproxy\n": ""}


if __name__ == "__main__":
    unittest.main()
