#!/usr/bin/env python3
"""resume.py REEL - trainings that are interrupted, by a kill or by the end of the server they run beside, go on where
they were, with the ratings they began with, and come to what they would have come to."""
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
from server import REEL, SECONDS, Server, load_sample, reel, start_job  # noqa: E402

PERSON = 2 ** 40 + 1
SECRET = "correct horse battery"
LONG = 240  # seconds; more than any of it takes on a busy machine


def read(path):
    with open(path, "rb") as file:
        return file.read()


def end(server):
    """Of one that may have ended already."""
    if server.process.poll() is None:
        server.stop(signal.SIGKILL)


class Interrupted(unittest.TestCase):
    """A database that was trained on, and in which somebody has rated since; made once."""

    ready, key = None, None

    @classmethod
    def setUpClass(cls):
        if Interrupted.ready is not None:
            return
        Interrupted.ready = tempfile.mkdtemp(prefix="reel-resume-")
        unittest.addModuleCleanup(shutil.rmtree, cls.ready, ignore_errors=True)
        load_sample(cls.ready)
        reel("train", "--database", "reel.db", folder=cls.ready)
        subprocess.run([REEL, "user", "add", "ana", "--password-stdin", "--database", "reel.db", "--quiet"],
                       input=SECRET + "\n", text=True, cwd=cls.ready, check=True, timeout=SECONDS)
        Interrupted.key = {"Content-Type": "application/json", "X-API-Key": subprocess.run(
            [REEL, "key", "add", "one", "--scope", "read,feedback:write,admin", "--database", "reel.db", "--quiet"],
            cwd=cls.ready, capture_output=True, timeout=SECONDS, check=True, text=True).stdout.strip()}
        cls.rate(cls.ready, range(1, 7))

    @classmethod
    def rate(cls, folder, places):
        server = Server(folder)
        try:
            films = server.get("/api/v1/movies?limit=20")["items"]
            for place in places:
                status, _, body = server.ask("PUT", f"/api/v1/people/{PERSON}/ratings/{films[place]['movie']}",
                                             {"rating": 4}, cls.key)
                assert status == 200, body
        finally:
            server.stop(signal.SIGTERM)

    def setUp(self):
        self.base = self.copy()
        self.models = os.path.join(self.base, "reel.db.models")

    def copy(self):
        folder = tempfile.mkdtemp(prefix="reel-resume-")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        shutil.copytree(self.ready, folder, dirs_exist_ok=True)
        return folder

    def fits(self):
        return glob.glob(os.path.join(self.models, "unfinished", "*.safetensors"))

    def left(self):
        return glob.glob(os.path.join(self.models, "unfinished*"))

    def kill_after(self, count, *words):
        """A training, killed once it has kept so many fits."""
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        process = subprocess.Popen([REEL, "train", *words, "--database", "reel.db", "--quiet"], cwd=self.base,
                                   stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment)
        deadline = time.monotonic() + LONG
        while len(self.fits()) < count and process.poll() is None:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.001)
        process.kill()
        said = process.communicate()[1].decode()
        self.assertEqual(process.returncode, -signal.SIGKILL, said)

    def holding(self):
        """Files with her id in them, as every file has the ids of its people."""
        return [path for folder, _, names in os.walk(self.models) for name in names
                if struct.pack("<q", PERSON) in read(path := os.path.join(folder, name))]


class Resuming(Interrupted):
    @classmethod
    def setUpClass(cls):
        """And what a training comes to that nothing interrupts."""
        super().setUpClass()
        whole = tempfile.mkdtemp(prefix="reel-resume-")
        cls.addClassCleanup(shutil.rmtree, whole, ignore_errors=True)
        shutil.copytree(cls.ready, whole, dirs_exist_ok=True)
        cls.train(whole, "--force")
        cls.whole = cls.versions(whole)

    @staticmethod
    def train(folder, *words):
        """What it says."""
        done = subprocess.run([REEL, "train", *words, "--database", "reel.db"], cwd=folder, check=True, timeout=LONG,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        return done.stderr

    @staticmethod
    def versions(folder):
        return {os.path.basename(path): hashlib.sha256(read(path)).hexdigest()
                for path in glob.glob(os.path.join(folder, "reel.db.models", "versions", "*"))}

    def test_a_killed_training_goes_on_with_its_ratings(self):
        self.kill_after(2, "--force")
        self.assertNotEqual(self.versions(self.base), self.whole)  # nothing came of it yet
        self.rate(self.base, range(7, 9))
        self.kill_after(6, "--resume")
        said = self.train(self.base, "--resume")
        self.assertIn("dataset: as it was when the training began", said)
        self.assertIn("with what was trained before the interruption", said)
        self.assertEqual(self.versions(self.base), self.whole)
        self.assertEqual(self.left(), [])
        said = self.train(self.base, "--resume")  # nothing is left to go on with
        self.assertNotIn("as it was", said)
        self.assertNotEqual(self.versions(self.base), self.whole)

    def test_another_begins_anew(self):
        self.kill_after(1, "--force")
        self.assertNotIn("interruption", self.train(self.base, "--force"))
        self.assertEqual(self.left(), [])

    def test_what_is_old_or_damaged_is_not_used(self):
        self.kill_after(3, "--force")
        for path in self.fits():
            with open(path, "r+b") as file:
                file.truncate(os.path.getsize(path) // 2)
        self.assertNotIn("interruption", self.train(self.base, "--resume"))
        self.assertEqual(self.versions(self.base), self.whole)

        self.base = self.copy()
        self.models = os.path.join(self.base, "reel.db.models")
        self.kill_after(1, "--force")
        long_ago = time.time() - 25 * 3600
        os.utime(os.path.join(self.models, "unfinished", "begun"), (long_ago, long_ago))
        self.assertNotIn("interruption", self.train(self.base, "--resume"))

    def test_two_files_of_data_are_of_one_moment(self):
        """Where TMDb's data are shown, and models fitted without them."""
        self.addCleanup(os.environ.pop, "REEL_TMDB_TRAIN")
        os.environ["REEL_TMDB_TRAIN"] = "off"
        self.kill_after(1, "--force")
        names = sorted(os.path.basename(path) for path in glob.glob(os.path.join(self.models, "unfinished", "*.reel")))
        self.assertEqual(len(names), 2)
        self.rate(self.base, range(9, 11))
        for damaged in names:
            whole = self.base
            self.base = tempfile.mkdtemp(prefix="reel-resume-")
            self.addCleanup(shutil.rmtree, self.base, ignore_errors=True)
            shutil.copytree(whole, self.base, dirs_exist_ok=True)
            with open(os.path.join(self.base, "reel.db.models", "unfinished", damaged), "r+b") as file:
                file.truncate(100)
            said = self.train(self.base, "--resume")
            self.assertNotIn("as it was when the training began", said)
            self.assertNotIn("interruption", said)
            self.base = whole

    def test_who_is_forgotten_is_in_none_of_it(self):
        self.kill_after(2, "--force")
        # The data, too, and what it was writing when it was killed.
        self.assertLess(set(self.fits()), set(self.holding()))
        reel("user", "delete", "ana", "--database", "reel.db", folder=self.base)
        reel("forget", "--now", "--database", "reel.db", folder=self.base)
        self.assertEqual(self.holding(), [])


class Jobs(Interrupted):
    """The same, beside a server."""

    def wait(self, true, what):
        deadline = time.monotonic() + LONG
        while not true():
            self.assertLess(time.monotonic(), deadline, what)
            time.sleep(0.005)

    def job(self, server, number):
        status, _, body = server.ask("GET", f"/api/v1/jobs/{number}", None, self.key)
        self.assertEqual(status, 200, body)
        return json.loads(body)

    def interrupt(self, count):
        """The server that does it, and the job."""
        server = Server(self.base)
        self.addCleanup(end, server)
        job = start_job(self.base)
        self.wait(lambda: len(self.fits()) >= count, "some of it is done")
        return server, job

    def test_a_job_goes_on_beside_the_next_server(self):
        for how in (signal.SIGTERM, signal.SIGKILL):
            server, job = self.interrupt(2)
            server.stop(how)
            self.assertGreaterEqual(len(self.fits()), 2)
        server = Server(self.base)
        self.addCleanup(end, server)
        if self.job(server, job)["state"] == "failed":  # its server was killed, and it with it
            job = start_job(self.base)
        self.wait(lambda: self.job(server, job)["finished_at"] is not None, "the job ends")
        self.assertEqual(self.job(server, job)["state"], "done", self.job(server, job))
        status, _, log = server.ask("GET", f"/api/v1/jobs/{job}/log", None, self.key)
        self.assertEqual(status, 200)
        self.assertIn(b"as it was when the training began", log)
        self.assertIn(b"with what was trained before the interruption", log)
        self.assertEqual(self.left(), [])

    def test_one_that_is_cancelled_does_not(self):
        server, job = self.interrupt(1)
        status, _, body = server.ask("DELETE", f"/api/v1/jobs/{job}", None, self.key)
        self.assertEqual(status, 200, body)
        self.wait(lambda: self.job(server, job)["finished_at"] is not None, "the job ends")
        self.assertEqual(self.job(server, job)["state"], "cancelled", self.job(server, job))
        self.wait(lambda: self.left() == [], "nothing is left of it")


if __name__ == "__main__":
    unittest.main()
