#!/usr/bin/env python3
"""mongo.py REEL - events on their way to MongoDB: what they look like there, and that each arrives once,
whatever happens to either side. The server is support/mongo_server.py."""
import datetime
import http.client
import json
import os
import signal
import sqlite3
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
PASSWORD = "correct horse battery"


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

    def ids(self):
        return self.mongo.ids("recommender_logs", "user_feedback")

    def arrived(self, ids):
        """All of these, each once (a second document of the same _id is an error there), and nothing waits."""
        self.until("all to arrive", lambda: len(self.ids()) >= len(ids), 60)
        self.until("each to arrive", lambda: not ids.difference(self.ids()), 60)
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

        mine = impression(shown, user=7, scenario="evening")
        film, by_model = impression(alike, source_movie=1), impression(shown, user=7)
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
        self.assertEqual((one["schema"], one["person_id"], one["model"]), (2, 7, "user-knn"))
        self.assertEqual(one["scenario"], "evening")
        one = self.there.find_one({"_id": film["event_id"]})
        self.assertEqual((one["user_id"], one["method"], one["source_movie"], one["source_movie_id"]),
                         (-1, "content_based", titles[1], 1))
        self.assertNotIn("scenario", one)
        self.assertNotIn("experiment", one)
        self.assertEqual(self.there.find_one({"_id": by_model["event_id"]})["method"], "ease")
        one = self.there.find_one({"_id": rating["event_id"]})
        self.assertEqual((one["user_id"], one["event_type"], one["recommended_movies"], one["value"]),
                         (7, "rating", [], 4.5))
        self.assertLessEqual({"reel_user_time", "reel_method_time", "reel_type_time"}, set(self.there.index_information()))

    def test_documents_name_the_experiment(self):
        definition = os.path.join(self.base, "experiment.json")
        with open(definition, "w", encoding="utf-8") as file:
            json.dump({"name": "texts-1", "tag": "0000000a", "scenario": "no-other-test",
                       "arms": [{"name": "now", "model": "popular"}, {"name": "texts", "model": "content"}]}, file)
        subprocess.run([REEL, "experiment", "add", definition, "--database", "reel.db"], cwd=self.base, check=True,
                       stdout=subprocess.DEVNULL, timeout=SECONDS)
        self.serve()
        known, unknown = {**click(), "list_id": "x_0000000a_1_0"}, {**click(), "list_id": "x_0000000b_1_0"}
        self.arrived(self.send(known, unknown))
        one = self.there.find_one({"_id": known["event_id"]})
        self.assertEqual((one["list_id"], one["experiment"], one["arm"]), ("x_0000000a_1_0", "texts-1", "texts"))
        self.assertFalse({"experiment", "arm"} & set(self.there.find_one({"_id": unknown["event_id"]})))

    def test_documents_can_have_an_end(self):
        self.serve(REEL_FEEDBACK_TTL_DAYS="30")
        self.arrived(self.send(click()))
        self.assertEqual(self.there.index_information()["reel_ttl"]["expireAfterSeconds"], 30 * 86400)

    def test_their_end_changes(self):
        for days in ("30", "7", "0"):
            self.serve(REEL_FEEDBACK_TTL_DAYS=days)
            self.arrived(self.send(click()))
            self.assertEqual(self.there.index_information().get("reel_ttl", {}).get("expireAfterSeconds", 0),
                             int(days) * 86400)
            self.reel.stop()

    # ---- what happens to MongoDB

    def test_not_there_at_the_start(self):
        self.mongo.stop()
        self.serve()
        ids = self.send(click(), click())
        self.until("a failure", lambda: self.reel.metric("reel_outbox_up") == 0)
        self.until("both to wait", lambda: self.reel.metric("reel_outbox_events") == 2)
        queue = self.reel.get("/api/v1/system")["queue"]
        self.assertEqual((queue["state"], queue["waiting"], queue["delivered"], queue["why"]), ("failing", 2, 0, None))
        self.assertIsNotNone(queue["oldest_at"])
        self.mongo.start()
        started = time.monotonic()
        self.arrived(ids)
        self.assertLess(time.monotonic() - started, 5)  # what is promised; it takes half a second
        self.assertEqual(self.reel.metric("reel_outbox_up"), 1)
        self.until("an empty queue", lambda: self.reel.get("/api/v1/system")["queue"]["waiting"] == 0)
        self.assertEqual(self.reel.get("/api/v1/system")["queue"]["state"], "well")

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
        self.assertEqual(len(self.ids()), len(ids))

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

    def write_log(self, event, change):
        with sqlite3.connect(os.path.join(self.base, "reel.db"), timeout=SECONDS) as database:
            database.execute(f"UPDATE events SET {change} WHERE event_id = ?", (event,))
        database.close()

    def test_a_damaged_event_holds_up_nobody(self):
        self.mongo.refuse = lambda _: (NO_SPACE, "no space left on device")
        self.serve()
        ids = self.send(*[click() for _ in range(30)])
        self.until("a failure", lambda: self.reel.metric("reel_outbox_up") == 0)
        bad, worse = sorted(ids)[7:9]
        self.write_log(bad, "movies = 'none'")
        self.write_log(worse, "method = CAST(x'ff' AS TEXT)")
        for event in (bad, worse):
            self.addCleanup(self.write_log, event, "movies = '[]', method = ''")
        # A batch that was read before would be sent as it was; so it must fail once more after it was read again.
        failures = self.reel.metric("reel_outbox_failures_total")
        self.until("two failures", lambda: self.reel.metric("reel_outbox_failures_total") >= failures + 2)
        self.mongo.refuse = None
        good = ids - {bad, worse}
        self.arrived(good)
        self.until("what was set aside", lambda: self.reel.metric("reel_outbox_damaged_total") == 2)
        self.assertEqual(self.reel.metric("reel_outbox_refused_total"), 0)
        self.arrived(self.send(click()) | good)
        said = self.reel.stop()[1]
        self.assertIn("is damaged and cannot be sent", said)
        self.assertIn(f"{bad}: films", said)
        self.assertIn(f"{worse}: one of its texts is not UTF-8", said)
        self.write_log(bad, "movies = '[]'")  # mended
        self.run_reel("export", "mongo", "--database", "reel.db")
        self.assertIn(bad, self.ids())
        self.assertNotIn(worse, self.ids())

    def test_no_space_is_no_refusal(self):
        self.mongo.refuse = lambda _: (NO_SPACE, "no space left on device")
        self.serve()
        ids = self.send(*[click() for _ in range(30)])
        self.until("a failure", lambda: self.reel.metric("reel_outbox_up") == 0)
        self.assertEqual(self.reel.metric("reel_outbox_refused_total"), 0)
        self.mongo.refuse = None
        self.arrived(ids)

    # ---- what happens to people

    def sign_up(self, name):
        status, headers, body = self.reel.ask("POST", "/api/v1/accounts", {"name": name, "password": PASSWORD})
        self.assertEqual(status, 200, body)
        return json.loads(body)["user"], {"Cookie": headers["Set-Cookie"].split(";")[0],
                                          "Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}

    def send_as(self, who, count):
        events = [click(user=who[0]) for _ in range(count)]
        status, _, body = self.reel.ask("POST", "/api/v1/feedback", {"events": events}, who[1])
        self.assertEqual(status, 200, body)
        return {event["event_id"] for event in events}

    def delete(self, who):
        self.assertEqual(self.reel.ask("DELETE", "/api/v1/me", {"password": PASSWORD}, who[1])[0], 200)

    def test_who_is_deleted_goes_from_there(self):
        self.serve(REEL_AUTH="accounts")
        ana, bob = self.sign_up("Ana"), self.sign_up("Bob")
        hers, his = self.send_as(ana, 30), self.send_as(bob, 5)
        self.arrived(hers | his)
        late = {"_id": "late", "person_id": ana[0]}
        self.assertEqual(self.there.count_documents({"person_id": ana[0]}), 30)
        self.delete(ana)
        self.until("hers to go", lambda: not hers.intersection(self.ids()))
        self.assertEqual(his.difference(self.ids()), set())
        self.until("its count", lambda: self.reel.metric("reel_outbox_forgotten_total") == 30)
        # What somebody else had read before comes later, and goes with the second time.
        self.there.insert_one(late)
        self.write_forgotten("due_ms = 0")
        self.until("the last to go", lambda: "late" not in self.ids())
        self.until("nobody to wait", lambda: not self.forgotten())
        self.delete(bob)

    def test_who_is_deleted_while_it_is_away(self):
        self.serve("/?serverSelectionTimeoutMS=300", REEL_AUTH="accounts")
        who = self.sign_up("Cleo")
        there = self.send_as(who, 20)
        self.arrived(there)
        self.mongo.stop()
        waiting = self.send_as(who, 10)
        self.delete(who)
        self.until("the deletion to wait", lambda: self.reel.metric("reel_outbox_forgetting") == 1)
        self.reel.stop(signal.SIGKILL)
        self.mongo.start()
        self.serve()
        self.until("all to go", lambda: not there.intersection(self.ids()))
        self.until("its count", lambda: self.reel.metric("reel_outbox_forgetting") == 0)
        self.assertEqual(waiting.intersection(self.ids()), set())

    def test_who_may_not_be_deleted_there_holds_up_nobody(self):
        self.serve(REEL_AUTH="accounts")
        who = self.sign_up("Dora")
        hers = self.send_as(who, 3)
        self.arrived(hers)
        self.mongo.refuse_delete = (13, "not authorized")
        self.delete(who)
        other = self.sign_up("Emil")
        more = self.send_as(other, 3)
        self.until("others' to arrive", lambda: not more.difference(self.ids()))
        self.until("its count", lambda: self.reel.metric("reel_outbox_forgetting") == 1)
        self.assertEqual(hers.difference(self.ids()), set())
        self.mongo.refuse_delete = None
        self.until("hers to go", lambda: not hers.intersection(self.ids()))
        self.assertIn("events of deleted accounts stay there until this goes", self.reel.stop()[1])

    def test_a_stop_waits_for_nobody_to_go(self):
        self.serve(REEL_AUTH="accounts")
        with sqlite3.connect(os.path.join(self.base, "reel.db"), timeout=SECONDS) as database:
            database.executemany("INSERT INTO forgotten (person, due_ms, passes) VALUES (?, 0, 0)",
                                 [(1 << 41 | person,) for person in range(2000)])
        database.close()
        self.mongo.delay = 0.02
        self.until("some to go", lambda: self.mongo.commands.count("delete") > 3)
        self.assertEqual(self.reel.stop()[0], 0)
        self.mongo.delay = 0.0
        with sqlite3.connect(os.path.join(self.base, "reel.db"), timeout=SECONDS) as database:
            left = database.execute("SELECT count(*) FROM forgotten WHERE passes = 0").fetchone()[0]
            database.execute("DELETE FROM forgotten")
        database.close()
        self.assertTrue(1000 < left < 2000, left)

    def write_forgotten(self, change):
        with sqlite3.connect(os.path.join(self.base, "reel.db"), timeout=SECONDS) as database:
            database.execute(f"UPDATE forgotten SET {change}")
        database.close()

    def forgotten(self):
        with sqlite3.connect(os.path.join(self.base, "reel.db"), timeout=SECONDS) as database:
            found = database.execute("SELECT person FROM forgotten").fetchall()
        database.close()
        return found

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
            before = len(self.ids())
            thread.start()
            self.until("some to arrive", lambda n=before + 100 * (life + 1): len(self.ids()) > n)
            self.reel.stop(signal.SIGKILL)
            thread.join()
        self.serve()
        self.arrived(acknowledged)

    # ---- by hand

    def run_reel(self, *words, uri=None, status=0):
        said = subprocess.run([REEL, *words, "--json"], cwd=self.base, stdin=subprocess.DEVNULL, capture_output=True,
                              env={"MONGODB_URI": uri or self.mongo.uri + "/?serverSelectionTimeoutMS=300"},
                              timeout=SECONDS)
        self.assertEqual(said.returncode, status, said.stderr)
        return json.loads(said.stdout) if status == 0 else said.stderr.decode()

    def doctor(self, uri):
        said = subprocess.run([REEL, "doctor", "--database", "reel.db", "--listen", "127.0.0.1:0"], cwd=self.base,
                              env={"MONGODB_URI": uri}, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS)
        self.assertNotIn(b"hunter", said.stdout + said.stderr)
        return next(line for line in said.stdout.decode().splitlines() if " mongodb " in line)

    def test_the_doctor_asks_for_it(self):
        where = self.mongo.uri.removeprefix("mongodb://")
        self.assertEqual(self.doctor(self.mongo.uri), f"ok    mongodb   MongoDB at {where} answers")
        self.assertTrue(self.doctor("mongodb://reel:hunt%er@127.0.0.1").startswith("fail"))
        self.mongo.stop()
        said = self.doctor(f"mongodb://reel:hunter2@{where}/?serverSelectionTimeoutMS=300")
        self.assertTrue(said.startswith("fail"), said)
        self.assertIn(where, said)

    def test_the_past_is_exported(self):
        self.reel = Server(self.base)
        ids = self.send(*[click() for _ in range(5)])
        self.reel.stop()
        self.mongo.stop()
        self.assertIn("127.0.0.1", self.run_reel("export", "mongo", "--database", "reel.db", status=5))
        self.mongo.start()
        done = self.run_reel("export", "mongo", "--database", "reel.db")
        found = set(self.ids())
        self.assertLessEqual(ids, found)
        self.assertEqual((done["events"], done["refused"]), (len(found), 0))
        self.assertGreater(done["films"], 400)
        self.assertEqual(self.run_reel("export", "mongo", "--database", "reel.db")["events"], 0)
        self.assertEqual(len(self.ids()), len(found))

    def test_films_go_there_and_back(self):
        films = self.mongo.client["movies_db"]["movies_enriched"]
        films.insert_many([{"movieId": 1, "title": "old", "kept": True}, {"title": "no film"}])
        written = self.run_reel("enrich", "--to-mongo", "--database", "reel.db")["to_mongo"]
        self.assertEqual(films.count_documents({"movieId": {"$exists": True}}), written)
        one = films.find_one({"movieId": 1})
        self.assertTrue(one["kept"])
        self.assertEqual(set(one) - {"_id", "kept"}, {
            "movieId", "title", "genres", "tmdb_id", "overview", "poster_path", "release_date", "popularity",
            "vote_average", "name", "imdb_id", "year", "runtime", "vote_count", "keywords", "cast", "directors", "tags",
            "tagline", "original_title", "language", "backdrop_path", "trailer_key"})
        self.assertIsInstance(one["genres"], list)
        films.update_one({"movieId": 1}, {"$set": {"overview": "Told by somebody else.", "runtime": "101"}})
        loaded = self.run_reel("load", "--movielens", "sample", "--from-mongo", "--database", "back.db")
        self.assertEqual(loaded["matched"], written)
        exported = os.path.join(self.base, "films.jsonl")
        self.run_reel("export", "enriched", "--database", "back.db", "--output", exported)
        with open(exported, encoding="utf-8") as lines:
            back = {film["movieId"]: film for film in map(json.loads, lines)}
        self.assertEqual((back[1]["overview"], back[1]["runtime"]), ("Told by somebody else.", 101))
        self.run_reel("export", "enriched", "--database", "reel.db", "--output", exported)
        with open(exported, encoding="utf-8") as lines:
            for film in (film for film in map(json.loads, lines) if film["movieId"] != 1):
                for member in ("title", "genres", "keywords", "credits", "release_date", "runtime"):
                    self.assertEqual(back[film["movieId"]].get(member), film.get(member), film["movieId"])

    def test_a_text_that_is_too_long(self):
        self.mongo.client["movies_db"]["movies_enriched"].insert_one({"movieId": 1, "title": "Long", "overview": "x" * 70000})
        said = self.run_reel("load", "--movielens", "sample", "--from-mongo", "--database", "long.db", status=2)
        self.assertIn("film 1", said)
        self.assertIn("65536", said)
        self.assertFalse(os.path.exists(os.path.join(self.base, "long.db")))

    def test_films_that_are_not_there(self):
        self.assertIn("movies_enriched", self.run_reel("load", "--movielens", "sample", "--from-mongo", "--database",
                                                       "none.db", status=3))
        self.assertFalse(os.path.exists(os.path.join(self.base, "none.db")))

    def test_an_address_that_is_none(self):
        said = subprocess.run([REEL, "serve", "--database", "reel.db", "--listen", "127.0.0.1:0"], cwd=self.base,
                              env={"MONGODB_URI": "mongodb://reel:se%cret@127.0.0.1"}, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=SECONDS)
        self.assertEqual(said.returncode, 2, said.stderr)
        self.assertIn(b"MONGODB_URI", said.stderr)
        self.assertNotIn(b"cret", said.stderr)


if __name__ == "__main__":
    unittest.main()
