#!/usr/bin/env python3
"""tmdb_server.py - answers like TMDb's API, and misbehaves on purpose.

    tmdb_server.py PORT_FILE LOG

Films 101 to 199 exist; their number of failures is told by FIRST (once, then well) and ALWAYS. What is
asked goes to LOG, one line a request, without the key; a wrong key is refused.
"""
import http.server
import json
import os
import re
import sys
import threading
import time
import urllib.parse

KEY = "0123456789abcdef0123456789abcdef"
FIRST = {101: "busy", 102: "error", 103: "drop", 104: "cut"}
ALWAYS = {105: "truncated", 106: "types", 107: "huge", 108: "missing"}
SEARCH = {
    "Film 34": [("Film 34", 134, "1990")],
    "Film 35": [("Other", 136, "1950"), ("Film 35", 135, "1991")],
    "Film 36": [("Film 36", 140, "1998")],
    "Film 37": [("Film 37", 137, "1990"), ("Film 37", 138, "1990")],
}
lock = threading.Lock()
seen = set()


def film(number):
    return {"id": number, "imdb_id": None, "title": f"Film {number - 100}", "release_date": "1990-05-01",
            "overview": f"What happens in film {number - 100}.", "tagline": "", "runtime": 90,
            "original_language": "en", "popularity": 1.5, "vote_average": 6.5, "vote_count": 10,
            "poster_path": f"/p{number}.jpg", "backdrop_path": f"/b{number}.jpg",
            "genres": [{"id": 1, "name": "Drama"}], "keywords": {"keywords": [{"name": "rain"}]},
            "credits": {"cast": [{"name": "Ann Actor"}], "crew": [{"name": "Dan Director", "job": "Director"}]},
            "videos": {"results": [{"site": "YouTube", "type": "Trailer", "key": "abcdefghijk"}]},
            "images": {"posters": []}}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def reply(self, status, body, headers=(), length=None):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def misbehave(self, how, number):
        body = json.dumps(film(number)).encode()
        if how == "busy":
            self.reply(429, b"{}", [("Retry-After", "1")])
        elif how == "error":
            self.reply(500, b"oops")
        elif how == "drop":
            self.close_connection = True
        elif how == "cut":
            self.reply(200, body[:50], length=len(body))
            self.close_connection = True
        elif how == "truncated":
            self.reply(200, body[:50])
        elif how == "types":
            self.reply(200, json.dumps(dict(film(number), overview=[1])).encode())
        elif how == "huge":
            self.reply(200, b'{"id":1,"overview":"' + b"x" * (6 << 20) + b'"}')
        else:
            self.reply(404, b'{"status_code":34}')

    def movie(self, number):
        with lock:
            first = number not in seen
            seen.add(number)
        how = ALWAYS.get(number) or (FIRST.get(number) if first else None)
        time.sleep(0.02)
        if how:
            self.misbehave(how, number)
        else:
            self.reply(200, json.dumps(film(number)).encode())

    def poster(self, number):
        if number == 110:
            return self.reply(404, b"gone")
        if number == 111:
            return self.reply(200, b"<html>Welcome to our hotel</html>")
        return self.reply(200, b"\xff\xd8\xff" + str(number).encode())

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        allowed = query.pop("api_key", "") == KEY or self.headers.get("Authorization", "").startswith("Bearer ey")
        with lock, open(sys.argv[2], "a", encoding="utf-8") as log:
            log.write(url.path + "".join(" " + query[k] for k in ("query", "year") if k in query) + "\n")
        poster = re.fullmatch(r"/t/p/w\d+/p(\d+)\.jpg", url.path)
        if poster:
            return self.poster(int(poster[1]))
        match = re.fullmatch(r"/3/(movie|find)/(?:tt0*)?(\d+)", url.path)
        if not allowed:
            self.reply(401, b'{"status_code":7}')
        elif match and match[1] == "movie":
            self.movie(int(match[2]))
        elif match:
            self.reply(200, json.dumps({"movie_results": [{"id": int(match[2])}] if int(match[2]) < 190 else []}).encode())
        else:
            found = [{"id": i, "title": t, "release_date": y + "-01-01"} for t, i, y in SEARCH.get(query.get("query"), [])
                     if query.get("year", y) == y]
            self.reply(200, json.dumps({"results": found}).encode())

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # a client that was killed


server = Server(("127.0.0.1", 0), Handler)
with open(sys.argv[1] + ".new", "w", encoding="utf-8") as out:
    out.write(str(server.server_port))
os.rename(sys.argv[1] + ".new", sys.argv[1])
server.serve_forever()
