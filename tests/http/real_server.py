#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The HTTP client against Python's server, over TCP. usage: real_server.py PROGRAM"""
import http.server
import random
import socket
import subprocess
import sys
import threading
import unittest

PROGRAM = None
PATIENCE = 60  # seconds; the bound that only a failure reaches
CONTENT = random.Random(7).randbytes(200_000)


def fnv(octets):
    total = 14695981039346656037
    for octet in octets:
        total = (total ^ octet) * 1099511628211 % 2**64
    return f"{total:016x}"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, *fields, body=b""):
        self.send_response(status)
        for name, value in fields:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_GET(self):
        getattr(self, "at_" + self.path.strip("/").partition("?")[0], self.at_nothing)()

    do_HEAD = do_GET

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posted.append((self.path, body))
        if self.path == "/again":
            self.answer(307, ("Location", "/echo"), ("Content-Length", "0"))
        else:
            self.answer(200, ("Content-Length", str(len(body))), body=body[::-1])

    do_PUT = do_POST

    def at_nothing(self):
        self.answer(404, ("Content-Length", "4"), body=b"none")

    def at_counted(self):
        self.answer(200, ("Content-Length", str(len(CONTENT))), body=CONTENT)

    def at_chunked(self):
        dice = random.Random(3)
        self.answer(200, ("Transfer-Encoding", "chunked"))
        at = 0
        while at < len(CONTENT):
            size = min(dice.choice((1, 15, 700, 9000)), len(CONTENT) - at)
            self.wfile.write(b"%x\r\n" % size + CONTENT[at : at + size] + b"\r\n")
            at += size
        self.wfile.write(b"0\r\n\r\n")

    def at_until_close(self):
        self.answer(200, ("Connection", "close"), body=CONTENT)
        self.close_connection = True

    def at_ranged(self):
        first, _, last = self.headers["Range"].removeprefix("bytes=").partition("-")
        first, last = int(first), int(last) if last else len(CONTENT) - 1
        part = CONTENT[first : last + 1]
        span = f"bytes {first}-{first + len(part) - 1}/{len(CONTENT)}"
        self.answer(206, ("Content-Range", span), ("Content-Length", str(len(part))), body=part)

    def at_moved(self):
        self.answer(302, ("Location", f"http://127.0.0.1:{self.server.server_port}/chunked"), ("Content-Length", "0"))

    def at_round(self):
        self.answer(302, ("Location", "/round"), ("Content-Length", "0"))

    def at_cut(self):
        self.answer(200, ("Content-Length", str(len(CONTENT))), body=CONTENT[:1000])
        self.close_connection = True

    def at_silent(self):
        self.server.enough.wait(PATIENCE)
        self.close_connection = True


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.posted = []
        self.enough = threading.Event()


class Real(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()

    @classmethod
    def tearDownClass(cls):
        cls.server.enough.set()
        cls.server.shutdown()
        cls.server.server_close()

    def get(self, path, *more, method="GET", port=None):
        command = [PROGRAM, str(port or self.server.server_port), method, path, *more]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=PATIENCE, check=True)
        return done.stdout.split()

    def expects(self, path, *more, status=200, first=0, body=CONTENT, method="GET"):
        expected = ["ok", str(status), str(first), str(len(body)), fnv(body)]
        self.assertEqual(expected, self.get(path, *more, method=method))

    def test_every_framing(self):
        for path in ("/counted", "/chunked", "/until_close"):
            with self.subTest(path):
                self.expects(path)

    def test_no_body_for_head(self):
        self.expects("/counted", method="HEAD", body=b"")

    def test_ranges(self):
        for first, last in ((0, 0), (5, 1004), (199_999, 199_999), (100_000, "")):
            with self.subTest(f"{first}-{last}"):
                body = CONTENT[first : (last + 1 if last != "" else None)]
                self.expects("/ranged", f"{first}-{last}", status=206, first=first, body=body)

    def test_a_server_without_ranges(self):
        self.expects("/counted", "5-1004")

    def test_redirects(self):
        self.expects("/moved")
        self.assertEqual(["too_many_redirects", "302"], self.get("/round")[:2])

    def test_bodies(self):
        self.server.posted.clear()
        self.expects("/echo", "", "abc", method="POST", body=b"cba")
        self.expects("/echo", "", "", method="POST", body=b"")
        self.expects("/again", "", "xyz", method="POST", body=b"zyx")
        self.expects("/echo", "", "put", method="PUT", body=b"tup")
        paths = [("/echo", b"abc"), ("/echo", b""), ("/again", b"xyz"), ("/echo", b"xyz"), ("/echo", b"put")]
        self.assertEqual(paths, self.server.posted)

    def test_refusals(self):
        self.expects("/nothing", status=404, body=b"none")

    def test_a_server_that_hangs_up(self):
        self.assertEqual(["closed_by_peer", "200", "0", "1000", fnv(CONTENT[:1000])], self.get("/cut"))

    def test_a_server_that_says_nothing(self):
        self.assertEqual("response_timeout", self.get("/silent")[0])

    def test_nobody_there(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            self.assertEqual("connect_refused", self.get("/", port=taken.getsockname()[1])[0])


if __name__ == "__main__":
    PROGRAM = sys.argv[1]
    unittest.main(argv=sys.argv[:1])
