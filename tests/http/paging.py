#!/usr/bin/env python3
"""paging.py REEL - pages while rows come and go: whatever stayed is on exactly one of them. Over SQLite, and over the
PostgreSQL server that REEL_TEST_POSTGRES names."""
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import unittest
import uuid

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from server import Server, click, reel  # noqa: E402

SEED = int(os.environ.get("REEL_SEED", random.randrange(1 << 30)))
ROUNDS = 4


def follow(server, target, between=lambda: None):
    """Items of all pages, by the header Link alone."""
    items = []
    while target:
        status, headers, _ = server.ask("GET", target)
        assert status == 200, (target, status)
        page = server.get(target)
        link = re.fullmatch(r'<([^>]*)>; rel="next"', headers["Link"] or "")
        assert (link is None) == (page["next_cursor"] is None), (headers["Link"], page["next_cursor"])
        items += page["items"]
        target = link and link[1]
        between()
    return items


class Paging:
    database = "reel.db"

    @classmethod
    def setUpClass(cls):
        cls.base = tempfile.mkdtemp(prefix="reel-paging-")
        reel("sample", "--people", "40", "--output", "sample", folder=cls.base)
        reel("load", "--movielens", "sample", "--tmdb", "sample/films.jsonl", "--simulated",
             "--database", cls.database, folder=cls.base)
        server = type("Paged", (Server,), {"database": cls.database})
        cls.server = server(cls.base)
        cls.films = [film["movie"] for film in cls.server.get("/api/v1/movies?limit=200")["items"]]

    @classmethod
    def tearDownClass(cls):
        cls.server.stop(signal.SIGKILL)
        shutil.rmtree(cls.base, ignore_errors=True)

    def setUp(self):
        self.chance = random.Random(f"{SEED} {self.id()}")
        print(f"REEL_SEED={SEED}", file=sys.stderr)

    def rate(self, film, rating):
        status, _, body = self.server.ask("PUT", f"/api/v1/people/7/ratings/{film}", {"rating": rating})
        self.assertEqual(status, 200, body)

    def rated(self):
        return {item["movie"]: item["your_rating"]
                for item in self.server.get("/api/v1/people/7/ratings?limit=200")["items"]}

    def test_ratings_that_stay_are_on_one_page(self):
        for limit in range(2, 2 + ROUNDS):
            before, changed = self.rated(), set()

            def between():
                for _ in range(2):
                    film = self.chance.choice(self.films)
                    changed.add(film)
                    if self.chance.random() < 0.5:
                        self.rate(film, self.chance.randint(1, 5))
                    else:
                        self.server.ask("DELETE", f"/api/v1/people/7/ratings/{film}")

            seen = [item["movie"] for item in follow(self.server, f"/api/v1/people/7/ratings?limit={limit}", between)]
            for film in before.keys() - changed:
                self.assertEqual(seen.count(film), 1, film)

    def test_events_that_were_there_are_on_one_page(self):
        send = lambda: self.server.post("/api/v1/feedback", {"events": [click(event_id=str(uuid.uuid4()))]})
        for _ in range(12):
            send()
        before = self.server.log()
        seen = [item["event_id"] for item in follow(self.server, "/api/v1/feedback?limit=3", send)]
        self.assertEqual([event for event in seen if event in before], before)
        self.assertEqual(len(set(seen)), len(seen))

    def test_the_others_are_the_same_by_any_limit(self):
        for path in ("people?", "people?q=1&", "versions?", "movies?q=the%20%26%20a&", "movies?q=love&",
                     "charts/popular?filter=genre%3ADrama%20and%20year%20%3E%201990&"):
            whole = self.server.get(f"/api/v1/{path}limit=200")["items"][:30]
            limit = self.chance.randint(3, 9)
            parts = []
            target = f"/api/v1/{path}limit={limit}"
            parts = follow(self.server, target) if len(whole) < 30 else self.first(target, 30)
            self.assertEqual(parts[:30], whole, path)

    def first(self, target, count):
        items = []
        while len(items) < count:
            _, headers, _ = self.server.ask("GET", target)
            items += self.server.get(target)["items"]
            target = re.fullmatch(r'<([^>]*)>; rel="next"', headers["Link"])[1]
        return items


class OverSqlite(Paging, unittest.TestCase):
    pass


@unittest.skipUnless(os.environ.get("REEL_TEST_POSTGRES"), "REEL_TEST_POSTGRES names no server")
class OverPostgres(Paging, unittest.TestCase):
    database = os.environ.get("REEL_TEST_POSTGRES", "") + "paging_" + uuid.uuid4().hex[:12]


if __name__ == "__main__":
    unittest.main()
