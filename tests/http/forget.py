#!/usr/bin/env python3
"""forget.py REEL - somebody rates, is trained on, and deletes their account beside a server: soon no file and no answer
knows of them."""
import glob
import hashlib
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from server import REEL, SECONDS, Server, reel  # noqa: E402

PERSON = 2 ** 40 + 1
SECRET = "correct horse battery"


def read(path):
    with open(path, "rb") as file:
        return file.read()


class Forgetting(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ready = tempfile.mkdtemp(prefix="reel-forget-")
        reel("sample", "--output", "s", "--people", "20", "--quiet", folder=cls.ready)
        reel("load", "--movielens", "s", "--simulated", "--database", "reel.db", folder=cls.ready)
        subprocess.run([REEL, "user", "add", "ana", "--password-stdin", "--database", "reel.db", "--quiet"],
                       input=SECRET + "\n", text=True, cwd=cls.ready, check=True, timeout=SECONDS)
        cls.key = {"Content-Type": "application/json", "X-API-Key": subprocess.run(
            [REEL, "key", "add", "one", "--scope", "read,feedback:write,admin", "--database", "reel.db", "--quiet"],
            cwd=cls.ready, capture_output=True, timeout=SECONDS, check=True, text=True).stdout.strip()}

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.ready, ignore_errors=True)

    def setUp(self):
        self.base = tempfile.mkdtemp(prefix="reel-forget-")
        self.addCleanup(shutil.rmtree, self.base, ignore_errors=True)
        shutil.copytree(self.ready, self.base, dirs_exist_ok=True)

    def wait(self, true, what):
        deadline = time.monotonic() + SECONDS
        while not true():
            self.assertLess(time.monotonic(), deadline, what)
            time.sleep(0.02)

    def serve(self, **settings):
        server = type("Forgetful", (Server,), {"settings": settings})(self.base)
        self.addCleanup(server.stop, signal.SIGKILL)
        return server

    def files(self):
        models = os.path.join(self.base, "reel.db.models")
        return [path for pattern in ("*.reel", "*.safetensors", "versions/*.safetensors")
                for path in glob.glob(os.path.join(models, pattern))]

    def holding(self):
        """Files with her id in them, as every file has the ids of its people."""
        return [path for path in self.files() if struct.pack("<q", PERSON) in read(path)]

    def make_known(self, server):
        for movie in server.get("/api/v1/movies?limit=6")["items"]:
            status, _, body = server.ask("PUT", f"/api/v1/people/{PERSON}/ratings/{movie['movie']}", {"rating": 4},
                                         self.key)
            self.assertEqual(status, 200, body)
        self.run_job(server, {"kind": "train", "accept": True})
        self.assertGreater(len(self.holding()), 7)

    def run_job(self, server, body):
        status, _, text = server.ask("POST", "/api/v1/jobs", body, self.key)
        self.assertEqual(status, 202, text)
        job = json.loads(text)["id"]
        self.wait(lambda: self.job(server, job)["finished_at"] is not None, "the job ends")
        self.assertEqual(self.job(server, job)["state"], "done", self.job(server, job))
        return self.job(server, job)

    def job(self, server, number):
        status, _, body = server.ask("GET", f"/api/v1/jobs/{number}", None, self.key)
        self.assertEqual(status, 200, body)
        return json.loads(body)

    def serving(self, server):
        status, _, body = server.ask("GET", "/api/v1/versions?model=ease", None, self.key)
        self.assertEqual(status, 200, body)
        return [version["id"] for version in json.loads(body)["items"] if version["serving"]]

    def assert_forgotten(self, server, job, before):
        result = job["result"]
        self.assertEqual((result["people"], result["kept"] + result["destroyed"] + result["refitted"] > 8), (1, True))
        self.assertEqual(self.holding(), [])
        text = read(os.path.join(self.base, result["receipt"]))
        self.assertEqual(hashlib.sha256(text).hexdigest(), result["sha256"])
        receipt = json.loads(text)
        self.assertEqual(receipt["people"], [PERSON])
        for said in receipt["files"]:
            path = os.path.join(self.base, "reel.db.models", said["file"])
            self.assertEqual(said["after"] is not None, os.path.exists(path), said)
            if said["after"] is not None:
                self.assertEqual(said["after"]["sha256"], hashlib.sha256(read(path)).hexdigest(), said)
        self.wait(lambda: self.serving(server) and self.serving(server) != before, "what was made again serves")

    def test_a_server_does_it_by_itself(self):
        server = self.serve(REEL_FORGET_AFTER="0")
        self.make_known(server)
        before = self.serving(server)
        reel("user", "delete", "ana", "--database", "reel.db", folder=self.base)
        self.wait(lambda: json.loads(server.ask("GET", "/api/v1/jobs", None, self.key)[2])["items"][0]["kind"] ==
                  "forget", "a job is asked for")
        job = json.loads(server.ask("GET", "/api/v1/jobs", None, self.key)[2])["items"][0]
        self.assertEqual(job["asked_by"], "1 deleted account")
        self.wait(lambda: self.job(server, job["id"])["finished_at"] is not None, "the job ends")
        self.assert_forgotten(server, self.job(server, job["id"]), before)
        again = self.run_job(server, {"kind": "forget"})["result"]  # as an administrator asks
        self.assertEqual((again["people"], again["receipt"]), (0, None))

    def test_hours_that_are_none_are_refused(self):
        said = subprocess.run([REEL, "serve", "--database", "reel.db", "--listen", "127.0.0.1:0"], cwd=self.base,
                              env={**os.environ, "REEL_FORGET_AFTER": "24"}, capture_output=True, text=True,
                              check=False, timeout=SECONDS)
        self.assertEqual(said.returncode, 2, said)
        self.assertIn('REEL_FORGET_AFTER: "24" is no whole number from 0 to 20', said.stderr)


if __name__ == "__main__":
    unittest.main()
