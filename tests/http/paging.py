#!/usr/bin/env python3
"""paging.py REEL - pages while rows come and go: whatever stayed is on exactly one of them. Over SQLite, and over the
PostgreSQL server that REEL_TEST_POSTGRES names."""
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import uuid

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from server import REEL, SECONDS, Server, click, load_sample  # noqa: E402

SEED = int(os.environ.get("REEL_SEED", random.randrange(1 << 30)))
ROUNDS = 4
# Every route that comes in pages, and what one of them is asked for.
PAGED = {
    "/api/v1/movies": "q=the", "/api/v1/charts/{chart}": "filter=year%20%3E%201960", "/api/v1/people": "q=1",
    "/api/v1/people/{id}/ratings": "kind=rating", "/api/v1/feedback": "type=click", "/api/v1/versions": "",
    "/api/v1/jobs": "", "/api/v1/keys": "", "/api/v1/accounts": "q=p",
    "/api/v1/analytics/films": "by=clicked", "/api/v1/experiments": "",
}


class Known(Server):
    """A server that is asked by an operator's key."""

    def ask(self, method, target, body=None, headers=None):
        mine = {"X-API-Key": self.key, **({"Content-Type": "application/json"} if body is not None else {})}
        return super().ask(method, target, body, {**mine, **(headers or {})})


def follow(server, target, between=lambda: None):
    """Items of all pages, by the header Link alone."""
    items = []
    while target:
        status, headers, body = server.ask("GET", target)
        assert status == 200, (target, status, body)
        page = json.loads(body)
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
        load_sample(cls.base, cls.database)
        said = subprocess.run([REEL, "key", "add", "operator", "--scope", "read,feedback:write,items:write,admin",
                               "--database", cls.database, "--json"], cwd=cls.base, check=True,
                              stdin=subprocess.DEVNULL, capture_output=True).stdout
        server = type("Paged", (Known,), {"database": cls.database, "key": json.loads(said)["key"]})
        cls.server = server(cls.base)
        for name in ("pippa", "pepper", "apple", "poppy"):
            cls.sign_up(name)

    @classmethod
    def tearDownClass(cls):
        cls.server.stop(signal.SIGKILL)
        shutil.rmtree(cls.base, ignore_errors=True)

    @classmethod
    def sign_up(cls, name):
        status, _, body = Server.ask(cls.server, "POST", "/api/v1/accounts", {"name": name, "password": "long enough, sir"})
        assert status == 200, body

    def setUp(self):
        self.chance = random.Random(f"{SEED} {self.id()}")
        print(f"REEL_SEED={SEED}", file=sys.stderr)
        self.films = [film["movie"] for film in self.server.get("/api/v1/movies?limit=200")["items"]]

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

    def test_keys_and_accounts_that_stay_are_on_one_page(self):
        def key(name):
            status, _, body = self.server.ask("POST", "/api/v1/keys", {"name": name, "scopes": ["read"]})
            self.assertEqual(status, 201, body)

        for n in range(5):
            key(f"before {n}")
        before = [item["id"] for item in self.server.get("/api/v1/keys?limit=200")["items"]]
        seen = [item["id"] for item in follow(self.server, "/api/v1/keys?limit=2", lambda: key("meanwhile"))]
        self.assertEqual([one for one in seen if one in before], before)
        self.assertEqual(len(set(seen)), len(seen))
        names = lambda items: {item["account"]: item["name"] for item in items}
        before = names(self.server.get("/api/v1/accounts?q=p&limit=200")["items"])
        self.assertEqual(len(before), 4)
        gone = list(before)[1]

        def between():
            self.server.ask("DELETE", f"/api/v1/accounts/{gone}")

        seen = [item["account"] for item in follow(self.server, "/api/v1/accounts?q=p&limit=2", between)]
        self.assertEqual(seen, list(before))
        self.sign_up("puppy")

    def test_films_that_stay_are_on_one_page(self):
        """The last film of a page goes, and so does one before; others come."""
        targets = ["movies?", "movies?q=the&", "charts/popular?", "charts/top?filter=year%20%3E%201960&", "charts/new?"]
        whole = {t: [item["movie"] for item in self.server.get(f"/api/v1/{t}limit=200")["items"]] for t in targets}
        gone, begun = set(), {}
        for target in targets:
            page = self.server.get(f"/api/v1/{target}limit=3")
            begun[target] = [item["movie"] for item in page["items"]], page["next_cursor"]
        gone = {begun["movies?"][0][-1], begun["movies?q=the&"][0][-1], begun["charts/new?"][0][0]}
        for film in gone:
            self.assertEqual(self.server.ask("DELETE", f"/api/v1/movies/{film}")[0], 204)
        for film, year in ((990001, 2099), (990002, 1961)):
            status, _, body = self.server.ask("PUT", f"/api/v1/movies/{film}", {"title": f"The {film}", "year": year})
            self.assertEqual(status, 201, body)
        deadline = time.monotonic() + SECONDS
        while ({self.server.ask("GET", f"/api/v1/movies/{film}")[0] for film in gone} != {404}
               or self.server.ask("GET", "/api/v1/movies/990002")[0] != 200):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)
        for target in targets:
            seen, cursor = begun[target]
            seen = seen + [item["movie"] for item in
                           follow(self.server, f"/api/v1/{target}limit=40&cursor={cursor}")]
            self.assertEqual(len(set(seen)), len(seen), target)
            self.assertLessEqual(set(whole[target]) - gone, set(seen), target)

    def test_every_list_knows_its_cursors(self):
        for n in range(3):
            self.server.post("/api/v1/feedback", {"events": [click(item=self.films[n])]})
            self.assertEqual(self.server.ask("POST", "/api/v1/jobs", {"kind": "train", "model": "popular"})[0], 202)
            self.server.ask("POST", "/api/v1/keys", {"name": f"key {n}", "scopes": ["read"]})
            self.server.ask("POST", "/api/v1/experiments", {
                "name": f"e{n}", "scenario": f"s{n}",
                "arms": [{"name": "a", "model": "popular"}, {"name": "b", "model": "content"}]})
        for film in self.films[:3]:
            self.rate(film, 4)
        paths = self.server.get("/api/v1/openapi.json")["paths"]
        paged = {path for path, methods in paths.items() if "get" in methods and
                 any(one.get("$ref", "").endswith("/cursor") for one in methods["get"].get("parameters", []))}
        self.assertEqual(paged, set(PAGED))
        cursors = {}
        for path, query in PAGED.items():
            at = path.format(chart="popular", id=7) + "?" + query
            page = self.server.get(at + "&limit=1")
            cursors[at] = page["next_cursor"]
            self.assertIsNotNone(cursors[at], at)
            again = self.server.get(at + "&limit=1&cursor=" + cursors[at])
            self.assertNotEqual(again["items"], page["items"], at)
        for at, cursor in cursors.items():
            place = self.chance.randrange(len(cursor))
            other = self.chance.choice([c for c in "0123456789abcdef~_" if c != cursor[place]])
            wrong = [cursor[:place] + other + cursor[place + 1:], cursor[:-1], cursor + "0"]
            wrong += [one for question, one in cursors.items() if question != at]
            for one in wrong:
                status, headers, body = self.server.ask("GET", f"{at}&cursor={one}")
                self.assertEqual((status, headers["Content-Type"]), (400, "application/problem+json"), (at, one, body))
                self.assertEqual(json.loads(body)["errors"][0]["parameter"], "cursor")

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
