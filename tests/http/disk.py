#!/usr/bin/env python3
"""disk.py REEL - a server whose disk is full, and then has room again. The disk is a small one of its own, which only
root can mount."""
import json
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from server import REEL, SECONDS, Case, Server, click  # noqa: E402

if os.geteuid() != 0 or subprocess.run(["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"],
                                       stderr=subprocess.DEVNULL).returncode != 0:
    print("skipped: no disk of its own can be mounted here", file=sys.stderr)
    sys.exit(77)

START = 'mount -t tmpfs -o size="$2" none disk && cp -r reel.db* disk && cd disk && exec "$1" serve --json ' \
        '--database reel.db --listen 127.0.0.1:0 --admin-listen 127.0.0.1:0'


class Small(Server):
    """A server with its database on a disk of a few megabytes, in a view of the mounts of its own."""
    size = "8m"

    def start(self):
        settings = {k: v for k, v in os.environ.items() if not k.startswith("REEL_")}
        self.process = subprocess.Popen(
            ["unshare", "--mount", "sh", "-c", START, "sh", REEL, self.size], cwd=self.folder, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**settings, "OMP_NUM_THREADS": "1"})
        first = self.process.stdout.readline()
        assert first, self.process.stderr.read().decode()
        self.port, self.admin_port = (int(json.loads(first)[door].rsplit(":", 1)[1])
                                      for door in ("url", "admin"))
        self.disk = f"/proc/{self.process.pid}/root{self.folder}/disk"

    def fill(self):
        """To the last byte: what SQLite freed inside its files may be used up first."""
        with open(f"{self.disk}/filler", "wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(b"\0" * 4096)
            except OSError:
                pass

    def make_room(self):
        os.unlink(f"{self.disk}/filler")


class Disk(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.stop()
        os.mkdir(os.path.join(cls.base, "disk"))
        cls.server = Small(cls.base)

    def send(self, events):
        return self.server.ask("POST", "/api/v1/feedback", {"events": events})

    def test_what_does_not_fit_is_refused_and_the_rest_goes_on(self):
        kept, refused = [click()], []
        self.assertEqual(self.send(kept)[0], 200)
        lists = [self.server.get(f"/api/v1/recommendations?user={person}&limit=5")["items"] for person in (1, 2, 3)]
        self.server.fill()
        answer = (200,)
        while answer[0] == 200 and len(kept) < 20000:  # pages that are free in its files are taken first
            batch = [click() for _ in range(200)]
            answer = self.send(batch)
            (kept if answer[0] == 200 else refused).extend(batch)
        self.assertEqual(answer[0], 503, answer)
        problem = json.loads(answer[2])
        self.assertEqual(problem["code"], "E_STORE")
        self.assertIn("the disk is full; nothing of this was kept; free some space", problem["detail"])
        for person, films in zip((1, 2, 3), lists):
            self.assertEqual(self.server.get(f"/api/v1/recommendations?user={person}&limit=5")["items"], films)
        self.assertEqual(self.server.ask("GET", "/livez")[0], 200)
        self.assertEqual(self.server.ask("POST", "/api/v1/recommendations", {"history": [], "limit": 3})[0], 200)
        models = {model["name"]: model["id"] for model in self.server.get("/api/v1/models")["items"]}

        self.server.make_room()
        self.assertEqual(self.send(refused)[0], 200)  # sent again, as a client does
        kept += refused
        self.assertEqual(sorted(self.server.log()), sorted(event["event_id"] for event in kept))

        # A training that cannot write its model has failed, and what served serves on.
        self.server.fill()
        trained = subprocess.run(
            ["nsenter", "--mount", "--target", str(self.server.process.pid), "sh", "-c",
             f'cd "{self.base}/disk" && exec "$0" train --database reel.db --force --quiet', REEL],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS * 4)
        self.assertEqual(trained.returncode, 5, trained.stderr)
        self.assertRegex(trained.stderr.decode(), "(?i)no space|disk is full")
        self.assertEqual({model["name"]: model["id"] for model in self.server.get("/api/v1/models")["items"]}, models)
        self.server.make_room()
        status, said = self.server.stop()
        self.assertEqual(status, 0, said)


if __name__ == "__main__":
    unittest.main()
