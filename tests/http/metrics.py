#!/usr/bin/env python3
"""metrics.py REEL - what a server that was asked everything once tells Prometheus: the whole text held against
the rules of its format and of its names, and the names against docs/operation.md."""
import http.client
import json
import os
import re
import subprocess
import sys
import time
import unittest
import uuid

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from server import JSON, REEL, SECONDS, Case, start_job  # noqa: E402

OPERATION = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "operation.md")
NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
SERIES = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)\Z")
LABEL = re.compile(r'([a-z][a-z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|\Z)')
UNITS = ("_seconds", "_bytes", "_ratio", "_total", "_info")
# What is counted in whole things, of which there is no unit.
THINGS = {"reel_users", "reel_items", "reel_ratings", "reel_feedback", "reel_training_new_ratings", "reel_unlearning_people",
          "reel_outbox_events",
          "reel_outbox_up", "process_open_fds", "process_max_fds"}
MOST_SERIES = 4000


def read_labels(text):
    labels, at = {}, 0
    while at < len(text):
        found = LABEL.match(text, at)
        assert found and found[1] not in labels, text
        labels[found[1]] = found[2]
        at = found.end()
    return labels


def read_text(text):
    """Families by name: type, help, and series as {(name, labels): value} in their order."""
    families, current = {}, None
    assert text.endswith("\n")
    for line in text[:-1].split("\n"):
        if line.startswith("# HELP "):
            name, said = line[7:].split(" ", 1)
            assert name not in families, f"{name} comes twice"
            current = families[name] = {"help": said, "type": None, "series": {}}
        elif line.startswith("# TYPE "):
            assert line[7:].split(" ")[0] == name and current["type"] is None, line
            current["type"] = line[7:].split(" ")[1]
        else:
            found = SERIES.match(line)
            assert found, line
            key = (found[1], tuple(sorted(read_labels(found[2] or "").items())))
            assert key not in current["series"], f"{line} comes twice"
            assert found[1] == name or current["type"] == "histogram" and \
                found[1] in (name + "_bucket", name + "_sum", name + "_count"), line
            current["series"][key] = float(found[3])
    return families


class Metrics(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.key = subprocess.run(
            [REEL, "key", "add", "all", *(f"--scope={s}" for s in ("read", "feedback:write", "items:write", "admin")),
             "--database", "reel.db", "--quiet"], cwd=cls.base, capture_output=True, timeout=SECONDS, check=True,
            text=True).stdout.strip()
        cls.ask_everything()

    @classmethod
    def ask(cls, method, target, body=None, **headers):
        status, _, text = cls.server.ask(method, target, body,
                                         {**JSON, "Authorization": "Bearer " + cls.key, **headers})
        return status, text

    @classmethod
    def sure(cls, method, target, body, status):
        answer = cls.ask(method, target, body)
        assert answer[0] == status, answer

    @classmethod
    def ask_everything(cls):
        """Each operation of the description, on film and person 2 (one of them takes the film away), and then some that
        count, on others."""
        paths = json.loads(cls.ask("GET", "/api/v1/openapi.json")[1])["paths"]
        for path, methods in paths.items():
            for method in methods:
                if method in ("get", "post", "put", "patch", "delete") and not path.endswith("/events"):
                    target = re.sub(r"\{(id|movie|person)\}", "2", path)
                    cls.ask(method.upper(), re.sub(r"\{[a-z_]+\}", "AAAA", target),
                            None if method in ("get", "delete") else {})
        for target in ("/recommendations/collaborative/7", "/recommendations/content/1", "/movies", "/nowhere",
                       "/api/v1/recommendations?user=7&limit=3", "/api/v1/people/7/similar",
                       "/api/v1/movies?q=%22%0A%5C", "/api/v1/recommendations?user=7&scenario=a%22%0Ab%5C"):
            cls.ask("GET", target)
        for body in ({"history": []}, {"history": [{"movie": 1, "rating": 4}], "limit": 4},
                     {"household": {"members": [{"user": 7}, {"history": []}]}},
                     {"user": 7, "model": {"ease": 1, "content": 1}}):
            cls.sure("POST", "/api/v1/recommendations", body, 200)
        event = {"event_id": str(uuid.uuid4()), "type": "click", "user": 7, "item": 1}
        for _ in range(2):
            cls.sure("POST", "/api/v1/feedback", {"events": [event, {
                "event_id": str(uuid.uuid4()), "type": "impression", "user": 7, "movies": [{"movie": 1, "rank": 1}]}]}, 200)
        films = json.loads(cls.ask("GET", "/api/v1/movies?limit=4")[1])["items"]
        films = [film for film in films if film["movie"] != 1][:3]
        shown = [{"movie": film["movie"], "rank": n + 1} for n, film in enumerate(films)]
        cls.sure("POST", "/api/v1/feedback", {"events": [
            *({"event_id": str(uuid.uuid4()), "type": "impression", "user": 7, "list_id": name, "method": "of two lists",
               "movies": shown} for name in ("one", "two")),
            {"event_id": str(uuid.uuid4()), "type": "click", "user": 7, "list_id": "two", "item": shown[1]["movie"]}]}, 200)
        cls.sure("PUT", "/api/v1/people/7/ratings/1", {"rating": 4}, 200)
        cls.wait_for_job(start_job(cls.base, "--model", "popular"))

    @classmethod
    def wait_for_job(cls, job):
        until = time.monotonic() + SECONDS
        while json.loads(cls.ask("GET", f"/api/v1/jobs/{job}")[1])["finished_at"] is None:
            assert time.monotonic() < until
            time.sleep(0.01)

    def scrape(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.admin_port, timeout=SECONDS)
        connection.request("GET", "/metrics")
        answer = connection.getresponse()
        self.assertEqual(answer.getheader("Content-Type"), "text/plain; version=0.0.4; charset=utf-8")
        text = answer.read().decode()
        connection.close()
        return read_text(text)

    def test_the_text_keeps_the_rules(self):
        families = self.scrape()
        for name, family in families.items():
            self.assertRegex(name, NAME)
            self.assertTrue(name.startswith(("reel_", "process_")), name)
            self.assertIn(family["type"], ("counter", "gauge", "histogram"))
            self.assertRegex(family["help"], r"^[A-Z1-9].*\.$")
            self.assertEqual(name.endswith("_total"), family["type"] == "counter", name)
            self.assertTrue(name.endswith(UNITS) or name in THINGS, name)
            for (_, labels), value in family["series"].items():
                self.assertTrue(value >= 0, name)
                self.assertTrue(all(re.match(NAME, key) for key, _ in labels))
            if family["type"] == "histogram":
                self.check_histogram(name, family["series"])

    def check_histogram(self, name, series):
        by_labels = {}
        for (part, labels), value in series.items():
            rest = tuple(pair for pair in labels if pair[0] != "le")
            one = by_labels.setdefault(rest, {"buckets": []})
            if part.endswith("_bucket"):
                one["buckets"].append((dict(labels)["le"], value))
            else:
                one[part[len(name):]] = value
        for labels, one in by_labels.items():
            bounds = [float(le) for le, _ in one["buckets"]]
            counts = [count for _, count in one["buckets"]]
            self.assertEqual(bounds, sorted(set(bounds)), labels)
            self.assertEqual(counts, sorted(counts), labels)
            self.assertEqual(one["buckets"][-1], ("+Inf", one["_count"]))
            self.assertGreater(one["_count"], 0)
            finite = max(bounds[:-1])
            self.assertLessEqual(one["_sum"], finite * one["_count"] if counts[-2] == counts[-1] else float("inf"))

    def test_the_last_days_are_told(self):
        key = ("reel_positive_feedback_ratio", (("recommender", "of two lists"), ("window", "7d")))
        until = time.monotonic() + SECONDS
        while key not in (families := self.scrape()).get(key[0], {"series": {}})["series"]:
            self.assertLess(time.monotonic(), until, families.keys())
            time.sleep(0.05)
        self.assertAlmostEqual(families[key[0]]["series"][key], 1 / 6, places=6)
        self.assertEqual(sum(families["reel_feedback"]["series"].values()), 6)
        covered = families["reel_catalog_coverage_ratio"]["series"]
        films = sum(families["reel_items"]["series"].values()) * \
            covered[("reel_catalog_coverage_ratio", (("window", "7d"),))]
        self.assertAlmostEqual(films, 4, places=3)  # those three and film 1

    def test_labels_are_of_tables_and_few(self):
        families = self.scrape()
        self.assertLess(sum(len(f["series"]) for f in families.values()), MOST_SERIES)
        known = {"type": {"impression", "click", "rating", "not_interested", "trailer", "watchlist", "dwell"},
                 "reason": {"no_history", "flat"}, "basis": {"trained", "fold_in", "fallback", "household"},
                 "op": {"facts", "dataset", "load", "given_read", "given_write", "events_read", "events_write",
                        "read", "write"},
                 "state": {"done", "failed", "cancelled"}, "method": {"", "GET", "POST", "PUT", "PATCH", "DELETE"}}
        for name, family in families.items():
            for _, labels in family["series"]:
                for label, value in labels:
                    self.assertIn(value, known.get(label, {value}), name)
                    self.assertNotIn("AAAA", value)
        routes = {dict(labels)["route"] for _, labels in families["reel_http_requests_total"]["series"]}
        self.assertLessEqual({r for r in routes if re.search(r"\d", r.replace("/api/v1", ""))}, {"/posters/w342/{id}"})

    def test_everything_that_happened_was_counted(self):
        until = time.monotonic() + SECONDS  # what was trained serves soon after the job has ended
        while len((families := self.scrape())["reel_model_trained_timestamp_seconds"]["series"]) < 7:
            self.assertLess(time.monotonic(), until)
            time.sleep(0.05)

        def value(name, part="", **labels):
            key = (name + part, tuple(sorted(labels.items())))
            return families[name]["series"].get(key, 0)

        self.assertGreater(len(families["reel_http_requests_total"]["series"]), 70)
        self.assertEqual(value("reel_feedback_events_total", type="click"), 2)
        self.assertEqual(value("reel_feedback_events_total", type="impression"), 4)
        self.assertEqual(value("reel_feedback_events_total", type="rating"), 0)
        self.assertEqual(value("reel_feedback_duplicates_total"), 1)
        self.assertEqual(value("reel_fallbacks_total", recommender="hybrid", reason="no_history"), 2)
        self.assertEqual(value("reel_recommendations_served_total", recommender="blend"), 10)
        self.assertEqual(value("reel_recommend_duration_seconds", "_count", recommender="user-knn", basis="trained"), 1)
        for op in ("facts", "load", "given_write", "events_read", "events_write", "read", "write"):
            self.assertGreater(value("reel_db_query_duration_seconds", "_count", op=op), 0, op)
        self.assertEqual(value("reel_model_train_duration_seconds", "_count", model="popular"), 1)
        self.assertEqual(value("reel_jobs_total", state="done"), 1)
        models = {dict(labels)["model"] for _, labels in families["reel_model_info"]["series"]}
        self.assertEqual(len(models), 7)
        for key, trained in families["reel_model_trained_timestamp_seconds"]["series"].items():
            self.assertIn(("reel_model_info", key[1]), families["reel_model_info"]["series"])
            self.assertLess(abs(trained - time.time()), 600)
        self.assertEqual(len(families["reel_model_trained_timestamp_seconds"]["series"]), 7)

    def test_every_name_is_documented(self):
        with open(OPERATION, encoding="utf-8") as document:
            told = set(re.findall(r"`((?:reel|process)_[a-z_]+)`", document.read()))
        self.assertEqual(set(self.scrape()) - told, set())


if __name__ == "__main__":
    unittest.main()
