#!/usr/bin/env python3
"""drain.py REEL EVENTS [LEAST] - how fast a queue of events goes to MongoDB: fails when fewer than LEAST (10000) go in
a second, from the start of the server on. The other side counts the documents and looks into none, as the stand-in of
the tests takes more time for one than the server for ten; --stand-in asks that one all the same, and judges nothing."""
import os
import sqlite3
import struct
import sys
import time
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "support")]
STAND_IN = "--stand-in" in sys.argv
WORDS = [word for word in sys.argv[2:] if word != "--stand-in"]
EVENTS, LEAST = int(WORDS[0]), int(WORDS[1]) if len(WORDS) > 1 else 10000
sys.argv = sys.argv[:2]
import bson  # noqa: E402
import mongo_server  # noqa: E402
from server import Case, Server  # noqa: E402

MOVIES = "[" + ",".join(f"[{rank},{rank}]" for rank in range(1, 11)) + "]"
WAIT_S = 1800


class Counter(mongo_server.MongoServer):
    """Takes every document, and counts it."""

    documents = 0

    def do_insert(self, command):
        self.documents += command["counted"]
        return {"n": command["counted"]}


def parse_counting(body):
    """As mongo_server.parse_message, with a sequence as the number of its documents."""
    at, command, count = 4, None, 0
    while at < len(body):
        end = at + 1 + struct.unpack_from("<i", body, at + 1)[0]
        if body[at] == 0:
            command = bson.decode(body[at + 1:end], mongo_server.ORDERED)
        else:
            place = body.index(b"\0", at + 5) + 1
            while place < end:
                place += struct.unpack_from("<i", body, place)[0]
                count += 1
        at = end
    return dict(command, counted=count), False


def fill(path):
    now = int(time.time() * 1000)
    with sqlite3.connect(path) as database:
        database.executemany(
            "INSERT INTO events (event_id, type, userId, visitor, method, model_id, list_id, movies, time_ms, received_ms,"
            " queued) VALUES (?, 'impression', 7, 'v_x', 'hybrid', 'hybrid-1', 'r_1', ?, ?, ?, 1)",
            ((str(uuid.uuid4()), MOVIES, now, now) for _ in range(EVENTS)))
    database.close()


def waiting(path):
    with sqlite3.connect(path, timeout=60) as database:
        count = database.execute("SELECT count(*) FROM events WHERE queued = 1 AND delivered_at IS NULL").fetchone()[0]
    database.close()
    return count


def processor_s(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def drain(base):
    path = os.path.join(base, "reel.db")
    fill(path)
    before = waiting(path)
    if not STAND_IN:
        mongo_server.parse_message = parse_counting
    mongo = (mongo_server.MongoServer() if STAND_IN else Counter()).start()
    Server.settings = {"MONGODB_URI": mongo.uri}
    begun = time.monotonic()
    reel = Server(base)
    try:
        while waiting(path) > 0:
            if time.monotonic() - begun > WAIT_S or reel.process.poll() is not None:
                sys.exit(f"{waiting(path)} of {before} events still wait")
            time.sleep(0.2)
        took, busy = time.monotonic() - begun, processor_s(reel.process.pid)
    finally:
        reel.stop()
        mongo.stop()
    arrived = len(mongo.ids("recommender_logs", "user_feedback")) if STAND_IN else mongo.documents
    print(f"{before} events in {took:.1f} s: {before / took:.0f}/s; {busy:.1f} s of processor in the server")
    if arrived < before:
        sys.exit(f"only {arrived} arrived")
    if before / took < LEAST and not STAND_IN:
        sys.exit(f"fewer than {LEAST}/s")


Case.setUpClass()
try:
    Case.server.stop()
    drain(Case.base)
finally:
    Case.tearDownClass()
