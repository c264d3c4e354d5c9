#!/usr/bin/env python3
"""enrich.py REEL - metadata fetched by a job beside the server, from a server that answers like TMDb's API."""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from server import REEL, SECONDS, Server, reel  # noqa: E402

FILMS = range(11, 17)


class Enriching(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.base = tempfile.mkdtemp(prefix="reel-enrich-")
        for name, lines in (
                ("movies.csv", ["movieId,title,genres"] + [f"{n},Film {n} (1990),Drama" for n in FILMS]),
                ("links.csv", ["movieId,imdbId,tmdbId"] + [f"{n},,{100 + n}" for n in FILMS]),
                ("ratings.csv", ["userId,movieId,rating,timestamp"] +
                 [f"{who},{n},{(who + n) % 5 + 1},{n}" for who in (1, 2, 3) for n in FILMS])):
            with open(os.path.join(cls.base, name), "w", encoding="utf-8") as out:
                out.write("\n".join(lines) + "\n")
        reel("load", "--movielens", ".", "--database", "reel.db", folder=cls.base)
        cls.tmdb = subprocess.Popen([sys.executable, os.path.join(HERE, "../cli/tmdb_server.py"), "port", "log"],
                                    cwd=cls.base)
        cls.wait(lambda: os.path.exists(os.path.join(cls.base, "port")))
        with open(os.path.join(cls.base, "port"), encoding="utf-8") as port:
            cls.url = f"http://127.0.0.1:{port.read().strip()}/3"
        cls.key = {"Content-Type": "application/json", "X-API-Key": subprocess.run(
            [REEL, "key", "add", "one", "--scope", "read,admin", "--database", "reel.db", "--quiet"], cwd=cls.base,
            capture_output=True, timeout=SECONDS, check=True, text=True).stdout.strip()}

    @classmethod
    def tearDownClass(cls):
        cls.tmdb.kill()
        cls.tmdb.wait()
        shutil.rmtree(cls.base, ignore_errors=True)

    @staticmethod
    def wait(true):
        deadline = time.monotonic() + SECONDS
        while not true():
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def serve(self, **settings):
        server = type("Enriched", (Server,), {"settings": settings})(self.base)
        self.addCleanup(server.stop, signal.SIGKILL)
        return server

    def run_job(self, server, params):
        status, _, body = server.ask("POST", "/api/v1/jobs", {"kind": "enrich", "params": params}, self.key)
        self.assertEqual(status, 202, body)
        path = f"/api/v1/jobs/{json.loads(body)['id']}"
        self.wait(lambda: server.get(path)["finished_at"] is not None)
        return server.get(path)

    def test_films_get_their_metadata_while_the_server_answers(self):
        server = self.serve(REEL_TMDB_URL=self.url, TMDB_API_KEY="0123456789abcdef0123456789abcdef")
        self.assertIsNone(server.get("/api/v1/movies/11")["overview"])
        job = self.run_job(server, {"rate": 1000})
        self.assertEqual((job["state"], job["error"], job["progress"]), ("done", None, 1), job)
        self.assertEqual((job["result"]["films"], job["result"]["added"]), (len(FILMS), len(FILMS)), job)
        self.wait(lambda: server.get("/api/v1/movies/11")["overview"] is not None)
        self.assertEqual(server.get("/api/v1/movies/16")["overview"], "What happens in film 16.")
        again = self.run_job(server, {})
        self.assertEqual((again["result"]["added"], again["result"]["kept"]), (0, len(FILMS)))

    def test_without_a_key_it_says_what_to_do(self):
        job = self.run_job(self.serve(REEL_TMDB_URL=self.url), {})
        self.assertEqual((job["state"], job["error"]["code"]), ("failed", "E_INVALID"), job)
        self.assertIn("TMDB_API_KEY is not set", job["error"]["detail"])


if __name__ == "__main__":
    unittest.main()
