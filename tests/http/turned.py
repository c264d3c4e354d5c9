#!/usr/bin/env python3
"""turned.py REEL - a version that people take up less than the one before is taken back, over real sockets: by lists that
were given and events about them, by nobody's word alone, by one of two servers, and not while the database is away."""
import datetime
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import uuid

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from operating import Told  # noqa: E402
from server import JSON, REEL, SECONDS, load_sample, reel  # noqa: E402

PEOPLE, AT_ONCE, LOOKS = 120, 400, 3
SETTINGS = {"REEL_ROLLBACK_EVERY": "1", "REEL_VISITORS_PER_ADDRESS": "0", "OMP_NUM_THREADS": "1",
            "REEL_SECRET": "the same for all of them, and long enough"}
POSTGRES, CONTROL = os.environ.get("REEL_TEST_POSTGRES"), os.environ.get("REEL_TEST_POSTGRES_CTL")


def ago(hours):
    then = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=hours)
    return then.strftime("%Y-%m-%dT%H:%M:%SZ")


class Turned(unittest.TestCase):
    """What is asked of either store."""

    def make(self, database):
        self.base = tempfile.mkdtemp(prefix="reel-turned-")
        self.addCleanup(shutil.rmtree, self.base, ignore_errors=True)
        self.database = database
        load_sample(self.base, database)
        reel("train", "--database", database, folder=self.base)
        self.key = {**JSON, "X-API-Key": subprocess.run(
            [REEL, "key", "add", "one", "--scope", "read,feedback:write,admin", "--database", database, "--quiet"],
            cwd=self.base, capture_output=True, timeout=SECONDS, check=True, text=True).stdout.strip()}

    def serve(self):
        server = type("Turning", (Told,), {"database": self.database, "said": f"said-{uuid.uuid4().hex[:6]}"})(
            self.base, **SETTINGS)
        self.addCleanup(lambda: server.process.poll() is None and server.stop(signal.SIGKILL))
        self.films = [film["movie"] for film in server.get("/api/v1/movies?limit=3")["items"]]
        return server

    def until(self, what, check, seconds=3 * SECONDS):
        end = time.monotonic() + seconds
        while not check():
            self.assertLess(time.monotonic(), end, what)
            time.sleep(0.05)

    def versions(self, server):
        status, _, body = server.ask("GET", "/api/v1/versions?model=ease", None, self.key)
        self.assertEqual(status, 200, body)
        return {version["id"]: version for version in json.loads(body)["items"]}

    def serving(self, server):
        return next((name for name, version in self.versions(server).items() if version["serving"]), None)

    def taken_back(self, server):
        door = http.client.HTTPConnection("127.0.0.1", server.admin_port, timeout=SECONDS)
        door.request("GET", "/metrics")
        lines = door.getresponse().read().decode().splitlines()
        door.close()
        return float(next(line.split()[1] for line in lines if line.startswith("reel_versions_taken_back_total ")))

    def publish(self, server):
        """Another version, trained as a job and put in service; its id."""
        before = self.serving(server)
        status, _, body = server.ask("POST", "/api/v1/jobs", {"kind": "train", "model": "ease", "accept": True,
                                                             "params": {"lambda": 300}}, self.key)
        self.assertEqual(status, 202, body)
        self.until("the other version", lambda: self.serving(server) not in (None, before))
        return self.serving(server)

    def list_for(self, server, visitor):
        return server.post("/api/v1/recommendations", {"visitor": visitor, "model": "ease", "limit": 5,
                                                       "history": [{"movie": movie, "rating": 5} for movie in self.films]})

    def show(self, server, hours, share):
        """Lists of the version in service for as many visitors, of whom this share clicks."""
        events = []
        for number in range(PEOPLE):
            visitor = f"v-{uuid.uuid4().hex[:12]}"
            shown = self.list_for(server, visitor)
            about = {"visitor": visitor, "method": "ease", "model_id": shown["model"]["id"], "list_id": shown["id"],
                     "time": ago(hours)}
            events.append({"event_id": str(uuid.uuid4()), "type": "impression",
                           "movies": [{"movie": item["movie"], "rank": item["rank"]} for item in shown["items"]], **about})
            if number < share * PEOPLE:
                events.append({"event_id": str(uuid.uuid4()), "type": "click", "movie": shown["items"][0]["movie"], **about})
        self.tell(server, events)

    def tell(self, server, events):
        for at in range(0, len(events), AT_ONCE):
            server.post("/api/v1/feedback", {"events": events[at:at + AT_ONCE]})

    def invent(self, server, version, hours, clicks):
        """The same of lists that nobody was given."""
        events = []
        for _ in range(PEOPLE):
            about = {"visitor": f"x-{uuid.uuid4().hex[:12]}", "method": "ease", "model_id": version,
                     "list_id": f"r_{uuid.uuid4().hex}", "time": ago(hours)}
            events.append({"event_id": str(uuid.uuid4()), "type": "impression", "movies": [{"movie": 1, "rank": 1}], **about})
            if clicks:
                events.append({"event_id": str(uuid.uuid4()), "type": "click", "movie": 1, **about})
        self.tell(server, events)

    def assert_taken_back(self, servers, older, newer):
        for server in servers:
            self.until("the older version", lambda s=server: self.serving(s) == older)
            version = self.versions(server)[newer]
            self.assertEqual((version["state"], version["cause"]), ("ready", "taken_back"))
            self.assertRegex(version["reason"], r"^taken back: people took up a film of \d+\.\d % of its lists")
        self.until("its count", lambda: sum(self.taken_back(server) for server in servers) == 1)
        said = [server.text() for server in servers]
        self.assertEqual(sum(text.count(f"{newer} taken back: ") for text in said), 1, said)
        self.assertEqual(sum(text.count(f"; {older} serves") for text in said), 1, said)


class OnOneFile(Turned):
    def test_what_people_turn_from_goes_back(self):
        self.make("reel.db")
        server = self.serve()
        older = self.serving(server)
        self.show(server, 2, 0.9)
        newer = self.publish(server)
        self.invent(server, older, 2, True)
        self.invent(server, newer, 1, False)  # who was given no list has no say
        time.sleep(LOOKS)
        self.assertEqual(self.serving(server), newer)
        self.show(server, 1, 0.1)
        self.assert_taken_back([server], older, newer)
        status, _, body = server.ask("POST", f"/api/v1/models/{newer}/activate", {}, self.key)
        self.assertEqual(status, 200, body)
        time.sleep(LOOKS)  # once, and not against whoever wants it all the same
        self.assertEqual(self.serving(server), newer)
        self.assertEqual(self.taken_back(server), 1)

    def test_what_pleases_stays(self):
        self.make("reel.db")
        server = self.serve()
        self.show(server, 2, 0.6)
        newer = self.publish(server)
        self.show(server, 1, 0.6)
        time.sleep(LOOKS)
        self.assertEqual(self.serving(server), newer)
        self.assertEqual(self.taken_back(server), 0)


@unittest.skipUnless(POSTGRES, "REEL_TEST_POSTGRES names no server")
class OnPostgres(Turned):
    def test_one_of_two_servers_does_it(self):
        self.make(POSTGRES + "turned_" + uuid.uuid4().hex[:12])
        both = [self.serve(), self.serve()]
        older = self.serving(both[0])
        self.show(both[0], 2, 0.9)
        newer = self.publish(both[1])
        self.until("it at both", lambda: self.serving(both[0]) == newer)
        self.show(both[0], 1, 0.1)
        self.assert_taken_back(both, older, newer)

    @unittest.skipUnless(CONTROL, "REEL_TEST_POSTGRES_CTL names no program")
    def test_while_the_database_is_away_nothing_changes(self):
        self.make(POSTGRES + "turned_" + uuid.uuid4().hex[:12])
        server = self.serve()
        older = self.serving(server)
        self.show(server, 2, 0.9)
        newer = self.publish(server)
        self.show(server, 1, 0.9)
        subprocess.run([CONTROL, "stop"], check=True, stdout=subprocess.DEVNULL)
        time.sleep(LOOKS)
        self.assertEqual(self.list_for(server, "v-away")["model"]["id"], newer)
        subprocess.run([CONTROL, "start"], check=True, stdout=subprocess.DEVNULL)
        self.until("the database", lambda: server.ask("GET", "/readyz")[0] == 200)
        self.assertEqual((self.serving(server), self.taken_back(server)), (newer, 0))
        for _ in range(3):
            self.show(server, 1, 0)
        self.assert_taken_back([server], older, newer)


if __name__ == "__main__":
    unittest.main()
