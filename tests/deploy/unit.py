#!/usr/bin/env python3
"""unit.py REEL - deploy/reel.service and deploy/reel.socket: what systemd says of them, and Reel started as
they say, by a program that does systemd's part: sockets, settings, limits, system calls."""
import contextlib
import http.client
import json
import os
import pathlib
import platform
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

TESTS = pathlib.Path(__file__).resolve().parent.parent
DEPLOY = TESTS.parent / "deploy"
sys.path.insert(0, str(TESTS / "http"))
from server import REEL, SECONDS, reel  # noqa: E402
import sandbox  # noqa: E402

EXPOSURE = 15  # tenths; 12 when it was written


def unit(name):
    """The lines of a unit as (name, value), in their order."""
    lines = (DEPLOY / name).read_text().splitlines()
    return [tuple(line.split("=", 1)) for line in lines if re.match(r"\w+=", line)]


def values(name, key):
    return [value for found, value in unit(name) if found == key]


def analyze(*words, **how):
    return subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, timeout=SECONDS,
                          check=False, **how)


@unittest.skipIf(shutil.which("systemd-analyze") is None, "systemd-analyze is missing")
class Said(unittest.TestCase):
    """What systemd itself says of the units."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="reel-unit-")
        self.addCleanup(shutil.rmtree, self.folder)
        for name in ("reel.service", "reel.socket"):
            text = (DEPLOY / name).read_text().replace("/usr/local/bin/reel", REEL)
            pathlib.Path(self.folder, name).write_text(text)

    def test_no_mistake_in_them(self):
        for name in ("reel.service", "reel.socket"):
            done = analyze("verify", "./" + name, cwd=self.folder)
            self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""), name)
        broken = pathlib.Path(self.folder, "reel.service")
        broken.write_text(broken.read_text().replace("Type=notify", "Type=notified"))
        self.assertIn("notified", analyze("verify", "./reel.service", cwd=self.folder).stderr)

    def test_little_is_left_to_what_breaks_out(self):
        version = int(re.search(r"\d+", analyze("--version").stdout)[0])
        if version < 250:
            self.skipTest("systemd-analyze cannot judge files before version 250")
        how = ("security", "--offline=yes", "--no-pager", f"--threshold={EXPOSURE}")
        done = analyze(*how, "./reel.service", cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        loose = pathlib.Path(self.folder, "reel.service")
        loose.write_text(loose.read_text().replace("ProtectSystem=strict", "ProtectSystem=no")
                         .replace("PrivateUsers=yes\n", ""))
        self.assertNotEqual(analyze(*how, "./reel.service", cwd=self.folder).returncode, 0)


class Started(unittest.TestCase):
    """Reel, started as the units say."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="reel-unit-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.heard.settimeout(SECONDS)
        self.heard.bind(os.path.join(self.folder, "notify"))
        self.addCleanup(self.heard.close)

    def environment(self, **settings):
        told = dict(value.split("=", 1) for value in values("reel.service", "Environment"))
        ours = {"XDG_DATA_HOME": self.folder, "OMP_NUM_THREADS": "2",
                "NOTIFY_SOCKET": os.path.join(self.folder, "notify"),
                "LISTEN_FDS": str(len(values("reel.socket", "ListenStream"))),
                # Of a program with the address sanitizer: to look for leaks it would trace itself, which is
                # no call the unit allows, and it tries without an end.
                "ASAN_OPTIONS": "detect_leaks=0"}
        return {"PATH": os.environ["PATH"], **told, **ours, **settings}

    def start(self, **settings):
        """The process, and the ports of its sockets in their order."""
        command = values("reel.service", "ExecStart")[0].replace("/usr/local/bin/reel", REEL).split()
        with contextlib.ExitStack() as doors:
            held = [doors.enter_context(socket.create_server(("127.0.0.1", 0)))
                    for _ in values("reel.socket", "ListenStream")]
            limits = {"files": int(values("reel.service", "LimitNOFILE")[0]),
                      "umask": int(values("reel.service", "UMask")[0], 8),
                      "calls": self.calls() if platform.machine() == "x86_64" else None,
                      "families": values("reel.service", "RestrictAddressFamilies")[0].split(),
                      "fds": [door.fileno() for door in held]}
            with open(os.path.join(self.folder, "said"), "wb") as said:
                process = subprocess.Popen(
                    [sys.executable, sandbox.__file__, json.dumps(limits), *command], cwd=self.folder,
                    env=self.environment(**settings), pass_fds=limits["fds"], stdin=subprocess.DEVNULL,
                    stdout=said, stderr=said)
            self.addCleanup(lambda: process.poll() is None and (process.kill(), process.wait()))
            return process, [door.getsockname()[1] for door in held]

    def calls(self):
        """Names of the system calls that are allowed."""
        if shutil.which("systemd-analyze") is None:
            return None
        allowed = set()
        for value in values("reel.service", "SystemCallFilter"):
            names = {name for group in value.lstrip("~").split() for name in self.group(group)}
            allowed = allowed - names if value.startswith("~") else allowed | names
        if os.geteuid() == 0:  # for whom alone SQLite gives its files to the owner of the database
            allowed.add("fchown")
        return sorted(allowed)

    def group(self, name):
        lines = analyze("syscall-filter", "--no-pager", name).stdout.splitlines()[1:]
        words = [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]
        return {name for word in words for name in (self.group(word) if word.startswith("@") else [word])}

    def hear(self, text):
        try:
            while self.heard.recv(100).decode() != text:
                pass
        except TimeoutError:
            self.fail(f"no {text}: " + pathlib.Path(self.folder, "said").read_text())

    def ask(self, port, method, target, body=None, **headers):
        door = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
        data = None if body is None else json.dumps(body).encode()
        door.request(method, target, data, {"Content-Type": "application/json", **headers})
        answer = door.getresponse()
        said = answer.read()
        door.close()
        return answer, said

    def test_it_does_all_it_does_within_its_limits(self):
        reel("sample", "--people", "40", "--output", "sample", folder=self.folder)
        reel("load", "--movielens", "sample", "--tmdb", "sample/films.jsonl", "--simulated",
             "--database", "reel.db", folder=self.folder)
        subprocess.run([REEL, "user", "add", "Ada", "--admin", "--password-stdin", "--quiet", "--database",
                        "reel.db"], cwd=self.folder, check=True, input=b"salt water taffy 7")
        process, (port, operator) = self.start(REEL_DATABASE_URL="reel.db", REEL_AUTH="accounts",
                                               REEL_SECRET="s" * 32)
        self.hear("READY=1")  # the models are trained by then
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        self.assertIn("NoNewPrivs:\t1", status)
        if platform.machine() == "x86_64":
            self.assertIn("Seccomp:\t2", status)
        kind = pathlib.Path(REEL).read_bytes()[16:18]  # of an ELF file
        self.assertEqual(int.from_bytes(kind, sys.byteorder), 3, "not position-independent")
        check = values("reel.service", "ExecStartPost")[0].lstrip("-").replace("/usr/local/bin/reel", REEL)
        subprocess.run(check.split(), env=self.environment(REEL_LISTEN=f"127.0.0.1:{port}"), check=True)
        answer, _ = self.ask(port, "POST", "/api/v1/session", {"name": "Ada", "password": "salt water taffy 7"})
        cookie = {"Cookie": answer.headers["Set-Cookie"].split(";")[0], "Sec-Fetch-Site": "same-origin"}
        self.assertEqual(self.ask(port, "GET", "/api/v1/recommendations?user=3", **cookie)[0].status, 200)
        self.assertEqual(self.ask(port, "PUT", "/api/v1/people/3/ratings/1", {"rating": 2}, **cookie)[0].status,
                         200)
        self.assertIn(b"reel_items", self.ask(operator, "GET", "/metrics")[1])
        # a child process trains
        answer, said = self.ask(port, "POST", "/api/v1/jobs", {"kind": "train", "model": "ease"}, **cookie)
        self.assertEqual(answer.status, 202, said)
        deadline, job = time.monotonic() + SECONDS, {}
        while job.get("state") not in ("done", "failed") and time.monotonic() < deadline:
            job = json.loads(self.ask(port, "GET", answer.headers["Location"], **cookie)[1])
            time.sleep(0.02)
        self.assertEqual(job["state"], "done", job)
        reload = values("reel.service", "ExecReload")[0].replace("$MAINPID", str(process.pid))
        subprocess.run(reload.split(), check=True)
        self.assertEqual(self.ask(port, "GET", "/livez")[0].status, 200)
        self.assertEqual(os.stat(os.path.join(self.folder, "reel.db.models")).st_mode & 0o077, 0)
        process.send_signal(signal.SIGTERM)
        self.hear("STOPPING=1")
        self.assertEqual(process.wait(SECONDS), 0, pathlib.Path(self.folder, "said").read_text())

    @unittest.skipIf(platform.machine() != "x86_64", "system calls are known by number on x86-64 alone")
    def test_what_is_not_allowed_is_not_possible(self):
        """The sandbox of these tests is one."""
        def run(code, **limits):
            limits = {"files": 64, "umask": 0o77, "calls": None, "families": ["AF_UNIX"], "fds": [], **limits}
            return subprocess.run([sys.executable, sandbox.__file__, json.dumps(limits), sys.executable, "-c", code],
                                  capture_output=True, timeout=SECONDS, check=False, text=True)

        self.assertIn("PermissionError", run("import mmap; mmap.mmap(-1, 4096, prot=7)").stderr)
        self.assertIn("not supported", run("import socket; socket.socket(socket.AF_INET)").stderr)
        if (calls := self.calls()) is not None:
            self.assertEqual(run("import os; os.chroot('/')", calls=calls).returncode, -signal.SIGSYS)
            self.assertEqual(run("print(1)", calls=calls).stdout, "1\n")


if __name__ == "__main__":
    unittest.main()
