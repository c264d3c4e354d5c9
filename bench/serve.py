#!/usr/bin/env python3
"""A server under load: MovieLens 1M, `reel serve` with trained models, wrk as the client, both on the same two cores.

Prints one JSON object a line. Usage: serve.py REEL DATA [--seconds N] [--soak SECONDS] [--only STEP] [--strict] [--database FILE]
DATA holds ml-1m/ and tmdb/. --only: one of ready, film, ease, ials, hybrid, paced, history, search, largest, soak, idle. --strict:
memory that grows in the soak is an error, as a refused or failed request always is. --database: one that is trained already.
The rate of single films is compared with nginx, which serves a file as large in turns with us.
"""
import argparse
import contextlib
import http.client
import json
import os
import pathlib
import random
import resource
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

CORES, THREADS, CONNECTIONS, IDLE, ROUNDS, SOAK_MB, SWAP_S, PAUSE_MS = 2, 2, 32, 10_000, 3, 24, 2, 4
# SOAK_MB: swaps leave the allocator room for one engine more, however many there were (16 MB after 9 and after 24).
# PAUSE_MS: 32 connections that rest so long send some 6,000 requests a second, as long as answers take about a millisecond.
SCRIPT = pathlib.Path(__file__).with_suffix(".lua")
NGINX = """daemon off; worker_processes 2; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ worker_connections 1024; }}
http {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; default_type application/json;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u;
  scgi_temp_path {folder}/s; server {{ listen 127.0.0.1:{port} backlog=1024; root {folder}/www; }} }}
"""


def report(bench, unit, values, goal=None):
    line = {"bench": f"serve: {bench}", "unit": unit, "median": float(f"{statistics.median(values):.4g}"),
            "min": float(f"{min(values):.4g}"), "runs": len(values)}
    print(json.dumps(line | ({"goal": goal} if goal else {})), flush=True)


class Server:
    """reel serve, ready; what it costs in processor time and memory."""

    def __init__(self, reel, database):
        started = time.perf_counter()
        self.process = subprocess.Popen([reel, "serve", "--database", database, "--listen", "127.0.0.1:0"],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        if "http://" not in line:
            sys.exit(f"the server did not start: {line!r}")
        self.host = line.split("http://")[1].strip()
        self.ready = time.perf_counter() - started

    def get(self, path):
        connection = http.client.HTTPConnection(self.host)
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            sys.exit(f"{path}: {answer.status} {body[:200]!r}")
        return body

    def cpu(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self):
        """MB of its own, without the model files that are mapped."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("RssAnon"):
                return int(line.split()[1]) / 1024
        return 0

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


def get(path):
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"


def post(path, body):
    text = json.dumps(body)
    return f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n{text}"


def load(host, requests, seconds, folder, allow_refused=False, pause=0):
    """What wrk found. An answer that is an error, or none at all, ends everything. pause: ms between an answer and the
    next request of its connection, in the mean."""
    path = pathlib.Path(folder) / "requests"
    path.write_text("".join(f"{one}\n%%\n" for one in requests))
    answer = subprocess.run(["wrk", "-t", str(THREADS), "-c", str(CONNECTIONS), "-d", f"{seconds}s", "-s", SCRIPT,
                             f"http://{host}", "--", path, str(THREADS), str(pause)], capture_output=True, text=True)
    lines = [line for line in answer.stdout.splitlines() if line.startswith("{")]
    if not lines:
        sys.exit(f"wrk: {answer.stdout[-500:]} {answer.stderr[-500:]}")
    found = json.loads(lines[0])
    if found["failed"] or (found["refused"] and not allow_refused):
        sys.exit(f"{requests[0].splitlines()[0]}: {found}")
    return found


class Bench:
    def __init__(self, server, folder, options, database):
        self.reel, self.database = options.reel, database
        self.server, self.folder, self.seconds, self.strict = server, folder, options.seconds, options.strict
        self.random = random.Random(1)
        self.people = list(range(1, 6041))
        self.random.shuffle(self.people)
        movies = json.loads(server.get("/api/v1/movies?limit=200"))["items"]
        self.movies = [movie["movie"] for movie in movies]
        self.titles = [movie["title"] for movie in movies]

    def lists(self, model):
        return [get(f"/api/v1/recommendations?user={user}&limit=10&model={model}") for user in self.people]

    def histories(self):
        return [post("/api/v1/recommendations", {"limit": 10, "history": [
            {"movie": movie, "rating": self.random.randint(1, 5)} for movie in self.random.sample(self.movies, 20)]})
            for _ in range(2000)]

    def searches(self):
        return [get("/api/v1/movies?limit=8&q=" + "".join(c if c.isalnum() else "%20" for c in title[:end] if c.isascii()))
                for title in self.titles for end in range(1, min(len(title), 12) + 1)]

    def rate(self, name, requests, goal=None, slowest=None, pause=0):
        rates, cpu, p99 = [], [], []
        load(self.server.host, requests, 1, self.folder)
        for _ in range(ROUNDS):
            before = self.server.cpu()
            found = load(self.server.host, requests, self.seconds, self.folder, pause=pause)
            cpu.append((self.server.cpu() - before) / found["requests"] * 1e6)
            rates.append(found["requests"] / found["seconds"])
            p99.append(found["p99"] / 1000)
        report(name, "1/s", rates, goal)
        report(f"{name}, slowest hundredth", "ms", p99, slowest)
        report(f"{name}, the server's processor time", "us", cpu)

    def films(self):
        """Single films and nginx in turns, so that both meet the same machine."""
        name = "one film"
        requests = [get(f"/api/v1/movies/{movie}") for movie in self.movies]
        size = int(statistics.median(len(self.server.get(f"/api/v1/movies/{movie}")) for movie in self.movies))
        ours, theirs, cpu = [], [], []
        with nginx(self.folder, size) as peer:
            for host, what in ((self.server.host, requests), (peer, [get("/film.json")])):
                load(host, what, 1, self.folder)
            for _ in range(ROUNDS):
                before = self.server.cpu()
                found = load(self.server.host, requests, self.seconds, self.folder)
                cpu.append((self.server.cpu() - before) / found["requests"] * 1e6)
                ours.append(found["requests"] / found["seconds"])
                found = load(peer, [get("/film.json")], self.seconds, self.folder)
                theirs.append(found["requests"] / found["seconds"])
        report(name, "1/s", ours)
        report(f"{name}, the server's processor time", "us", cpu)
        report(f"nginx, a file of {size} bytes", "1/s", theirs)
        report(f"{name} over nginx", "x", [a / b for a, b in zip(ours, theirs)], ">= 0.6")

    def idle(self):
        """Connections that were used once and stay open."""
        host, port = self.server.host.rsplit(":", 1)
        request = get("/livez").encode()
        before = self.server.memory()
        connections = []
        for _ in range(IDLE):
            connections.append(socket.create_connection((host, int(port))))
            connections[-1].sendall(request)
            if not connections[-1].recv(4096).startswith(b"HTTP/1.1 200"):
                sys.exit(f"connection {len(connections)} was refused")
        for connection in random.sample(connections, 100):
            connection.sendall(request)
            assert connection.recv(4096).startswith(b"HTTP/1.1 200")
        report(f"{IDLE} idle connections, the server's memory", "MB", [self.server.memory()], "< 200")
        report(f"{IDLE} idle connections, what they take of it", "MB", [self.server.memory() - before])
        for connection in connections:
            connection.close()

    def largest(self):
        """What the limits of a request let through that is most work: a megabyte of ratings, twelve people, a hundred
        films with all their reasons, and every rule."""
        films, cursor = [], ""
        while len(films) < 3300 and cursor is not None:
            page = json.loads(self.server.get(f"/api/v1/movies?limit=200&cursor={cursor}"))
            films, cursor = films + [item["movie"] for item in page["items"]], page["next_cursor"]
        people = [{"history": [{"movie": movie, "rating": self.random.randint(1, 5)} for movie in films[:3300]]}
                  for _ in range(12)]
        body = json.dumps({"household": {"members": people}, "limit": 100, "reasons": 16, "diversity": 1, "novelty": 1,
                           "calibrate": 1, "filter": " or ".join(["year >= 1900"] * 60)}, separators=(",", ":"))
        took = []
        for _ in range(10):
            connection = http.client.HTTPConnection(self.server.host)
            started = time.perf_counter()
            connection.request("POST", "/api/v1/recommendations", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            said = answer.read()
            took.append((time.perf_counter() - started) * 1000)
            connection.close()
            if answer.status != 200:
                sys.exit(f"the largest request: {answer.status} {said[:200]!r}")
        report("the largest request", "ms", took)

    @contextlib.contextmanager
    def swaps(self):
        """Two versions of a model take turns in service; how often is in the list that this gives."""
        def call(*words):
            return subprocess.run([self.reel, *words, "--database", self.database, "--json"], check=True,
                                  capture_output=True).stdout

        def swap():
            while not over.wait(SWAP_S):
                call("models", "activate", versions[len(done) % 2])
                done.append(time.monotonic())

        call("train", "--model", "popular", "--param", "damping=7", "--accept")
        versions = [version["id"] for version in json.loads(call("models", "list", "popular"))["items"]][:2]
        if len(versions) < 2:
            sys.exit("there are not two versions to swap")
        over, done = threading.Event(), []
        thread = threading.Thread(target=swap)
        thread.start()
        try:
            yield done
        finally:
            over.set()
            thread.join()

    def memory_at_rest(self, requests):
        """Once every thread has let go of the models before the last swap."""
        time.sleep(SWAP_S + 1)
        load(self.server.host, requests, 1, self.folder)
        return self.server.memory()

    def soak(self, seconds):
        """Everything mixed, while models are swapped. The first tenth warms up; from there on memory must stay."""
        requests = self.lists("hybrid") + self.lists("ease") + self.histories() + self.searches()
        requests += [get(f"/api/v1/movies/{movie}") for movie in self.movies * 10]
        requests += [get(f"/api/v1/movies/{movie}/similar") for movie in self.movies]
        self.random.shuffle(requests)
        with self.swaps():
            load(self.server.host, requests, max(3 * SWAP_S, seconds // 10), self.folder)
        before = self.memory_at_rest(requests)
        with self.swaps() as swapped:
            found = load(self.server.host, requests, seconds, self.folder)
        report(f"soak of {seconds} s, swaps of a model", "", [len(swapped)])
        report(f"soak of {seconds} s, requests without an error", "1/s", [found["requests"] / found["seconds"]])
        added = self.memory_at_rest(requests) - before
        report(f"soak of {seconds} s, memory that was added", "MB", [added], f"< {SOAK_MB}")
        if self.strict and added >= SOAK_MB:
            sys.exit(f"memory grew by {added:.1f} MB in {seconds} s")


@contextlib.contextmanager
def nginx(folder, size):
    www = pathlib.Path(folder) / "www"
    www.mkdir()
    (www / "film.json").write_bytes(b"x" * size)
    os.chmod(folder, 0o755)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = pathlib.Path(folder) / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, port=port))
    process = subprocess.Popen(["/usr/sbin/nginx", "-c", config, "-p", folder], stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port)).close()
                break
            time.sleep(0.05)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def prepare(reel, data, folder):
    database = f"{folder}/bench.db"
    subprocess.run([reel, "load", "--movielens", data / "ml-1m", "--tmdb", data / "tmdb/movies.jsonl", "--links",
                    data / "tmdb/links.csv", "--database", database, "--quiet"], check=True)
    subprocess.run([reel, "train", "--database", database, "--quiet"], check=True, stdout=subprocess.DEVNULL)
    return database


def start(reel, database):
    """The last of several servers, and how long each took until it was ready."""
    ready = []
    for _ in range(5):
        server = Server(reel, database)
        ready.append(server.ready * 1000)
        server.stop()
    return Server(reel, database), ready


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("reel")
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--soak", type=int, default=20)
    parser.add_argument("--only")
    parser.add_argument("--strict", action="store_true")
    parser.add_argument("--database")
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    with tempfile.TemporaryDirectory() as folder:
        database = options.database or prepare(options.reel, options.data, folder)
        server, ready = start(options.reel, database)
        try:
            bench = Bench(server, folder, options, database)
            steps = {
                "ready": lambda: report("start to ready, models prepared", "ms", ready, "< 100"),
                "film": bench.films,
                "ease": lambda: bench.rate("ease, 10 films with reasons", bench.lists("ease"), ">= 15,000"),
                "ials": lambda: bench.rate("ials, 10 films with reasons", bench.lists("ials"), ">= 15,000"),
                "hybrid": lambda: bench.rate("hybrid, 10 films with reasons", bench.lists("hybrid"), ">= 6,000", "< 5"),
                "paced": lambda: bench.rate("hybrid, 32 people who pause", bench.lists("hybrid"), ">= 6,000", "< 5", PAUSE_MS),
                "history": lambda: bench.rate("hybrid, a history of 20 ratings", bench.histories(), ">= 4,000"),
                "search": lambda: bench.rate("search as you type", bench.searches()),
                "largest": bench.largest,
                "soak": lambda: bench.soak(options.soak),
                "idle": bench.idle,
            }
            for name, step in steps.items():
                if options.only is None or options.only == name:
                    step()
        finally:
            code = server.stop()
        if code != 0:
            sys.exit(f"the server ended with {code}")


if __name__ == "__main__":
    main()
