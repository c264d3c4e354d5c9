#!/usr/bin/env python3
"""From files to served recommendations: cold (nothing prepared) and prepared, and the server's memory.

Prints one JSON object a line. Usage: cold.py REEL DATA, where DATA holds ml-1m/ and tmdb/.
"""
import http.client
import json
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile
import time

reel, data = sys.argv[1], pathlib.Path(sys.argv[2])
REQUEST = "/api/v1/recommendations?user=42&limit=10&model=hybrid"


class Server:
    def __init__(self, database):
        self.started = time.perf_counter()
        self.process = subprocess.Popen([reel, "serve", "--database", database, "--listen", "127.0.0.1:0"],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        if "http://" not in line:
            sys.exit(f"the server did not start: {line!r}")
        self.host = line.split("http://")[1].strip()
        self.ready = time.perf_counter() - self.started

    def get(self, path):
        connection = http.client.HTTPConnection(self.host)
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            sys.exit(f"{path}: {answer.status} {body[:200]!r}")
        return json.loads(body)

    def memory(self):
        fields = {}
        for line in open(f"/proc/{self.process.pid}/status"):
            name, _, rest = line.partition(":")
            if name in ("RssAnon", "RssFile", "RssShmem"):
                fields[name] = int(rest.split()[0]) / 1024
        return fields

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)


def report(name, unit, values, goal, **facts):
    print(json.dumps({"bench": name, "unit": unit, "min": round(min(values), 4), "median": round(statistics.median(values), 4),
                      "runs": len(values), "goal": goal, **facts}), flush=True)


cold, prepared, memory = [], [], {}
for run in range(7):
    with tempfile.TemporaryDirectory() as folder:
        database = f"{folder}/bench.db"
        begin = time.perf_counter()
        subprocess.run([reel, "load", "--movielens", data / "ml-1m", "--tmdb", data / "tmdb/movies.jsonl", "--database", database,
                        "--quiet"], check=True, stdout=subprocess.DEVNULL)
        server = Server(database)
        assert len(server.get(REQUEST)["items"]) == 10
        cold.append(time.perf_counter() - begin)
        server.stop()
        server = Server(database)
        prepared.append(server.ready * 1000)
        for user in range(1, 200):
            server.get(f"/api/v1/recommendations?user={user}&limit=10")
        memory = server.memory()
        server.stop()
report("cold: .dat and TMDb files to a served list", "s", cold, "< 2.5")
report("prepared: server ready", "ms", prepared, "< 100")
report("server memory (anonymous)", "MB", [memory["RssAnon"]], "< 150", mapped_files_mb=round(memory["RssFile"], 1))
