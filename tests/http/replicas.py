#!/usr/bin/env python3
"""replicas.py REEL - two servers over one PostgreSQL database, the one REEL_TEST_POSTGRES leads to."""
import os
import shutil
import signal
import sys
import tempfile
import time
import unittest
import uuid

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from server import SECONDS, Server, click, load_sample, reel  # noqa: E402

if not os.environ.get("REEL_TEST_POSTGRES"):
    print("skipped: REEL_TEST_POSTGRES names no server; run it by script/postgres", file=sys.stderr)
    sys.exit(77)

DATABASE = os.environ["REEL_TEST_POSTGRES"] + "replicas_" + uuid.uuid4().hex[:12]


class Replica(Server):
    database = DATABASE
    settings = {"REEL_SECRET": "the same for both of them, and long enough"}


class Replicas(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.base = tempfile.mkdtemp(prefix="reel-replicas-")
        load_sample(cls.base, DATABASE)
        cls.both = [Replica(cls.base), Replica(cls.base)]

    @classmethod
    def tearDownClass(cls):
        for server in cls.both:
            server.stop(signal.SIGKILL)
        shutil.rmtree(cls.base, ignore_errors=True)

    def until(self, what, check):
        end = time.monotonic() + SECONDS
        while not check():
            self.assertLess(time.monotonic(), end, what)
            time.sleep(0.05)

    def test_a_list_goes_on_at_the_other(self):
        one, other = self.both
        first = one.get("/api/v1/recommendations?user=7&limit=5")
        more = other.get(first["next"])
        self.assertEqual(more["id"], first["id"])
        seen = [item["movie"] for page in (first, more) for item in page["items"]]
        self.assertEqual(len(seen), 10)
        self.assertEqual(len(set(seen)), 10)

    def test_events_of_both_are_one_log(self):
        sent = [click() for _ in range(20)]
        for number, event in enumerate(sent):
            for server in (self.both[number % 2], self.both[0]):  # an id counts once, wherever
                server.post("/api/v1/feedback", {"events": [event]})
        for server in self.both:
            kept = [event for event in server.log() if event in {e["event_id"] for e in sent}]
            self.assertEqual(sorted(kept), sorted(e["event_id"] for e in sent))

    def test_what_is_given_at_one_is_in_the_lists_of_the_other(self):
        one, other = self.both
        best = one.get("/api/v1/recommendations?user=9&limit=1")["items"][0]["movie"]
        status, _, body = one.ask("PUT", f"/api/v1/people/9/ratings/{best}", {"rating": 1})
        self.assertIn(status, (200, 201), body)
        for server in (one, other):
            self.until("the rating at both", lambda s=server: best not in [
                item["movie"] for item in s.get("/api/v1/recommendations?user=9&limit=20")["items"]])

    def test_one_goes_and_the_other_stays(self):
        third = Replica(self.base)
        third.stop(signal.SIGKILL)
        for server in self.both:
            self.assertEqual(server.get("/api/v1/health")["status"], "ok")

    def test_what_is_trained_for_new_data_serves_at_both(self):
        def ids(server):
            return [model["id"] for model in server.get("/api/v1/models")["items"]]

        before = ids(self.both[0])
        self.assertEqual(ids(self.both[1]), before)
        reel("train", "--model", "ials", "--param", "factors=8", "--accept", "--database", DATABASE,
             folder=self.base)
        for server in self.both:
            self.until("a new model", lambda s=server: ids(s) != before)
        self.assertEqual(*[ids(server) for server in self.both])


if __name__ == "__main__":
    unittest.main()
