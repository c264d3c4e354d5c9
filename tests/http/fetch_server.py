#!/usr/bin/env python3
"""A file server that misbehaves on purpose, for the tests of `reel fetch` and of downloads.

The first part of the path names how: /break/ml-1m.zip is broken off in the middle once, /flaky/...
answers 500 and 503 first, and so on (see SCENARIOS). The archives are made here and hold a few
bytes. /log/NAME answers what was asked of scenario NAME, one request a line. Prints its port.
"""
import hashlib
import http.server
import io
import stat
import sys
import threading
import time
import warnings
import zipfile

lock = threading.Lock()
seen = {}  # scenario -> requests, as lines
RATINGS = b"".join(b"%d::%d::%d::978300760\n" % (1 + i // 50, 1 + i * 7 % 500, 1 + i % 5) for i in range(6000))


def archive(entries, prefix="ml-1m/"):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as z:
        for name, data, mode in entries:
            info = zipfile.ZipInfo(prefix + name, (2003, 2, 1, 0, 0, 0))
            info.create_system = 3
            info.external_attr = mode << 16
            z.writestr(info, data)
    return out.getvalue()


FILE = stat.S_IFREG | 0o644
GOOD = archive([("", b"", stat.S_IFDIR | 0o755), ("ratings.dat", RATINGS, FILE), ("README", b"terms\n", FILE)])
SECOND = archive([("ratings.dat", RATINGS[::-1], FILE), ("README", b"second\n", FILE)])
FLAT = archive([("u.data", b"1\t2\t3\t4\n", FILE), ("sub/u.item", b"x\n", FILE)], prefix="")
BOMB = io.BytesIO()
with zipfile.ZipFile(BOMB, "w", zipfile.ZIP_DEFLATED) as bomb:
    bomb.writestr("ml-1m/ratings.dat", b"\0" * (4 << 20))
warnings.simplefilter("ignore")  # an archive below holds a name twice
CONTENT = {
    "flat": FLAT,
    "bomb": BOMB.getvalue(),
    "climb": archive([("../../climbed", b"x", FILE)]),
    "absolute": archive([("/tmp/reel-absolute", b"x", FILE)], prefix=""),
    "link": archive([("ratings.dat", b"/etc/passwd", stat.S_IFLNK | 0o777)]),
    "twice": archive([("a", b"x", FILE), ("a", b"y", FILE)]),
    "damaged": GOOD.replace(b"1::1::1::978300760", b"1::1::5::978300760"),
    "nozip": b"this is no archive",
}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, body=b"", headers=(), length=True):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if length:
            self.send_header("Content-Length", str(len(body)))
        else:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        self.wfile.write(body)

    def cut(self, body, headers, keep):
        """Promise the whole body, send a piece of it, hang up."""
        self.send_response(200)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:keep])
        self.close_connection = True

    def drip(self, body, headers):
        self.send_response(200)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            for i in range(40):
                self.wfile.write(body[i : i + 1])
                self.wfile.flush()
                time.sleep(0.25)
        except OSError:
            pass
        self.close_connection = True

    def ranged(self, body, headers, etag, shift=0):
        """What a good server does with Range and If-Range."""
        asked = self.headers.get("Range", "")
        if not asked.startswith("bytes=") or self.headers.get("If-Range", etag) != etag:
            return self.answer(200, body, headers)
        start = int(asked[6:].split("-")[0])
        if start >= len(body):
            return self.answer(416, b"", [("Content-Range", f"bytes */{len(body)}")])
        start -= shift
        about = ("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        return self.answer(206, body[start:], [*headers, about])

    def do_GET(self):
        scenario, _, name = self.path.strip("/").partition("/")
        if scenario == "log":
            with lock:
                return self.answer(200, ("\n".join(seen.get(name, [])) + "\n").encode())
        body = CONTENT.get(scenario, GOOD)
        if name.endswith(".md5"):
            return self.checksum(scenario, name[:-4], body)
        with lock:
            turn = len(seen.setdefault(scenario, []))
            seen[scenario].append(f"{self.headers.get('Range', '-')} {self.headers.get('If-Range', '-')}")
        self.serve(scenario, name, body, turn)

    def checksum(self, scenario, name, body):
        if scenario == "nosum":
            return self.answer(404, b"not here")
        if scenario == "pagesum":
            return self.answer(200, b"<html>sign in first</html>")
        if scenario == "changed":
            body = SECOND
        digest = hashlib.md5(body).hexdigest()
        if scenario == "badsum":
            digest = "0123456789abcdef" * 2
        text = f"{digest}  {name}\n" if scenario == "plainsum" else f"MD5 ({name}) = {digest}\n"
        return self.answer(200, text.encode())

    def serve(self, scenario, name, body, turn):
        half = len(body) // 2
        etag = '"v1"'
        headers = [("ETag", etag), ("Last-Modified", "Sat, 01 Feb 2003 00:00:00 GMT")]
        if scenario == "break" and turn == 0:
            return self.cut(body, headers, half)
        if scenario == "norange":
            return self.cut(body, headers, half) if turn == 0 else self.answer(200, body, headers)
        if scenario == "changed":
            if turn == 0:
                return self.cut(body, headers, half)
            return self.ranged(SECOND, [("ETag", '"v2"')], '"v2"')
        if scenario == "weak":
            weak = [("ETag", 'W/"v1"')]
            return self.cut(body, weak, half) if turn == 0 else self.answer(200, body, weak)
        if scenario == "dated":
            dated = headers[1:]
            return self.cut(body, dated, half) if turn == 0 else self.ranged(body, dated, dated[0][1])
        if scenario == "shifted":
            if turn == 0:
                return self.cut(body, headers, half)
            return self.ranged(body, headers, etag, shift=10)
        if scenario == "flaky" and turn < 2:
            return self.answer((500, 503)[turn], b"later " * 100)
        if scenario == "dead":
            return self.answer(503, b"never")
        if scenario == "denied":
            return self.answer(403, b"no")
        if scenario == "missing":
            return self.answer(404, b"no")
        if scenario == "broken":
            return self.cut(body, headers, 1000)
        if scenario == "slow" and turn == 0:
            return self.drip(body, headers)
        if scenario == "endless":
            return self.answer(200, body, headers, length=False)
        if scenario == "moved":
            return self.answer(302, b"", [("Location", "/ok/" + name)])
        if scenario == "circle":
            return self.answer(302, b"", [("Location", "/circle/" + name)])
        if scenario == "file":
            return self.answer(302, b"", [("Location", "file:///etc/passwd")])
        return self.ranged(body, headers, etag)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # clients hang up on purpose here


server = Server(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
# The test holds our standard input; when it is gone, so are we.
threading.Thread(target=lambda: (sys.stdin.read(), server.shutdown()), daemon=True).start()
server.serve_forever()
