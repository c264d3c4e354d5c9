#!/usr/bin/env python3
"""mongo.py REEL - events on their way to MongoDB: what they look like there, and that each arrives once,
whatever happens to either side. The server is support/mongo_server.py."""
import datetime
import http.client
import os
import signal
import subprocess
import sys
import threading
import time
import unittest
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "support")]
try:
    import mongo_server
except ImportError as missing:
    print(f"skipped: {missing.name} is not here; script/bootstrap test brings it", file=sys.stderr)
    sys.exit(77)
from server import REEL, SECONDS, Case, Server, click  # noqa: E402

VALIDATION, NO_SPACE = 121, 14031
AT_ONCE = 500


class Sender(Server):
    def __init__(self, folder, uri, **settings):
        self.settings = {"MONGODB_URI": uri, **settings}
        super().__init__(folder)

    def metric(self, name):
        door = http.client.HTTPConnection("127.0.0.1", self.admin_port, timeout=SECONDS)
        door.request("GET", "/metrics")
        lines = door.getresponse().read().decode().splitlines()
        door.close()
        return float(next(line.split()[1] for line in lines if line.startswith(name + " ")))


class Forwarding(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.stop()

    def setUp(self):
        self.mongo = mongo_server.MongoServer().start()
        self.reel = None

    def tearDown(self):
        if self.reel and self.reel.process.poll() is None:
            self.reel.stop(signal.SIGKILL)
        self.mongo.stop()

    def serve(self, options="", **settings):
        self.reel = Sender(self.base, self.mongo.uri + options, **settings)
        return self.reel

    @property
    def there(self):
        return self.mongo.client["recommender_logs"]["user_feedback"]

    def until(self, what, check, seconds=SECONDS):
        end = time.monotonic() + seconds
        while not check():
            self.assertLess(time.monotonic(), end, what)
            time.sleep(0.02)

    def send(self, *events):
        answer = self.reel.post("/api/v1/feedback", {"events": list(events)})
        self.assertEqual(answer["accepted"], len(events))
        return {event["event_id"] for event in events}

    def send_many(self, count):
        return set().union(*(self.send(*(click() for _ in range(AT_ONCE))) for _ in range(count // AT_ONCE)))

    def arrived(self, ids):
        """All of these, each once, and nothing waits."""
        def found():
            with self.mongo.lock:
                return [document["_id"] for document in self.there.find({}, {"_id": 1})]

        self.until("all to arrive", lambda: self.there.estimated_document_count() >= len(ids), 60)
        self.until("each to arrive", lambda: not ids - set(found()), 60)
        self.assertEqual(len(found()), len(set(found())))
        self.until("an empty queue", lambda: self.reel.metric("reel_outbox_events") == 0)

    # ---- what they look like

    def test_documents(self):
        self.serve()
        shown = self.reel.get("/api/v1/recommendations?user=7&model=user-knn&limit=3")
        alike = self.reel.get("/api/v1/movies/1/similar?limit=2")

        def impression(shown, **members):
            return {"event_id": str(uuid.uuid4()), "type": "impression", "time": "2026-11-20T10:00:00.250Z",
                    "method": shown["model"]["name"], "model": shown["model"]["id"], "list": shown["id"][:40],
                    "movies": [{"movie": item["movie"], "rank": item["rank"]} for item in shown["items"]], **members}

        mine, film, by_model = impression(shown, user=7), impression(alike, source_movie=1), impression(shown, user=7)
        by_model["method"] = "ease"
        rating = {"event_id": str(uuid.uuid4()), "type": "rating", "user": 7, "movie": 1, "value": 4.5}
        for event in (mine, film, by_model):
            event.pop("model"), event.pop("list")
        self.arrived(self.send(mine, film, by_model, rating))
        titles = {item["movie"]: self.reel.get(f"/api/v1/movies/{item['movie']}")["source_title"]
                  for item in shown["items"] + alike["items"] + [{"movie": 1}]}
        one = self.there.find_one({"_id": mine["event_id"]})
        self.assertEqual((one["user_id"], one["method"], one["source_movie"], one["event_type"]),
                         (7, "collaborative_filtering", None, "impression"))
        self.assertEqual(one["recommended_movies"], [titles[item["movie"]] for item in shown["items"]])
        self.assertEqual(one["timestamp"], datetime.datetime(2026, 11, 20, 10, 0, 0, 250000))
        self.assertEqual(one["movies"], [{"movie_id": item["movie"], "rank": item["rank"]} for item in shown["items"]])
        self.assertEqual((one["schema"], one["person_id"], one["model"]), (1, 7, "user-knn"))
        one = self.there.find_one({"_id": film["event_id"]})
        self.assertEqual((one["user_id"], one["method"], one["source_movie"], one["source_movie_id"]),
                         (-1, "content_based", titles[1], 1))
        self.assertEqual(self.there.find_one({"_id": by_model["event_id"]})["method"], "ease")
        one = self.there.find_one({"_id": rating["event_id"]})
        self.assertEqual((one["user_id"], one["event_type"], one["recommended_movies"], one["value"]),
                         (7, "rating", [], 4.5))
        self.assertLessEqual({"reel_user_time", "reel_method_time", "reel_type_time"}, set(self.there.index_information()))

    def test_documents_can_have_an_end(self):
        self.serve(REEL_FEEDBACK_TTL_DAYS="30")
        self.arrived(self.send(click()))
        self.assertEqual(self.there.index_information()["reel_ttl"]["expireAfterSeconds"], 30 * 86400)

    # ---- what happens to MongoDB

    def test_not_there_at_the_start(self):
        self.mongo.stop()
        self.serve()
        ids = self.send(click(), click())
        self.until("a failure", lambda: self.reel.metric("reel_outbox_up") == 0)
        self.until("both to wait", lambda: self.reel.metric("reel_outbox_events") == 2)
        self.mongo.start()
        self.arrived(ids)
        self.assertEqual(self.reel.metric("reel_outbox_up"), 1)

    def test_it_dies_in_the_middle_of_a_batch(self):
        self.mongo.stop()
        self.serve()
        ids = self.send_many(50000)
        for stored in (700, 12345):
            self.mongo.die_after, self.mongo.inserts = stored, 0
            self.mongo.start()
            self.until("its death", lambda: self.mongo.listener is None)
        self.mongo.die_after = None
        self.mongo.start()
        self.arrived(ids)
        self.assertEqual(self.there.estimated_document_count(), len(ids))

    def test_while_it_is_slow_nobody_waits(self):
        self.mongo.delay = 3600
        self.serve("/?socketTimeoutMS=300")
        ids = self.send_many(2000)  # answered, though nothing arrives
        self.until("a failure", lambda: self.reel.metric("reel_outbox_failures_total") >= 2)
        self.mongo.delay = 0
        self.arrived(ids)

    def test_what_it_refuses_stays_here(self):
        bad = click()
        self.mongo.refuse = lambda document: (VALIDATION, "Document failed validation") \
            if document["_id"] == bad["event_id"] else None
        self.serve()
        ids = self.send(*[click() for _ in range(20)], bad, *[click() for _ in range(20)])
        self.arrived(ids - {bad["event_id"]})
        self.assertIsNone(self.there.find_one({"_id": bad["event_id"]}))
        self.until("its refusal", lambda: self.reel.metric("reel_outbox_refused_total") == 1)
        self.assertIn(bad["event_id"], self.reel.log())
        self.assertIn("Document failed validation", self.reel.stop()[1])

    def test_no_space_is_no_refusal(self):
        self.mongo.refuse = lambda _: (NO_SPACE, "no space left on device")
        self.serve()
        ids = self.send(*[click() for _ in range(30)])
        self.until("a failure", lambda: self.reel.metric("reel_outbox_up") == 0)
        self.assertEqual(self.reel.metric("reel_outbox_refused_total"), 0)
        self.mongo.refuse = None
        self.arrived(ids)

    # ---- what happens to the server

    def test_killed_at_any_moment(self):
        acknowledged = set()
        for life in range(4):
            self.serve()

            def talk():
                try:
                    while True:
                        events = [click() for _ in range(50)]
                        self.reel.post("/api/v1/feedback", {"events": events})
                        acknowledged.update(event["event_id"] for event in events)
                except (OSError, http.client.HTTPException):
                    pass  # it is dead

            thread = threading.Thread(target=talk)
            before = self.there.estimated_document_count()
            thread.start()
            self.until("some to arrive", lambda n=before + 100 * (life + 1): self.there.estimated_document_count() > n)
            self.reel.stop(signal.SIGKILL)
            thread.join()
        self.serve()
        self.arrived(acknowledged)

    def test_an_address_that_is_none(self):
        said = subprocess.run([REEL, "serve", "--database", "reel.db", "--listen", "127.0.0.1:0"], cwd=self.base,
                              env={"MONGODB_URI": "mongodb://reel:se%cret@127.0.0.1"}, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=SECONDS)
        self.assertEqual(said.returncode, 2, said.stderr)
        self.assertIn(b"MONGODB_URI", said.stderr)
        self.assertNotIn(b"cret", said.stderr)


if __name__ == "__main__":
    unittest.main()
