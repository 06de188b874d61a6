# SPDX-License-Identifier: BSL-1.0
"""The other examples: each does what it says, against mosquitto, and complains in a sentence where there is none.

usage: test_examples.py PROGRAM...
"""
import os
import signal
import subprocess
import sys
import unittest

import support
from support import Case

PROGRAMS = {}


class Examples(Case):
    def run_one(self, name, *arguments):
        command = [PROGRAMS[name], *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, timeout=support.PATIENCE, check=False)

    def test_hello(self):
        done = self.run_one("hello", "127.0.0.1", self.mosquitto().port)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "barelink/hello: hello\n", ""))

    def test_one_device_in_three_ways(self):
        broker = self.mosquitto()
        for name in ("device_polling", "device_epoll", "device_thread"):
            with self.subTest(name):
                done = self.run_one(name, "127.0.0.1", broker.port)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                lines = done.stdout.splitlines()
                self.assertEqual(lines[0], "on line")
                self.assertIn("speed set to 1500", lines)
                self.assertEqual(lines[-1], "delivered 6 of 6")
                self.assertEqual(len(lines), 8)

    def test_the_tour(self):
        done = self.run_one("mqtt-example", "--host", "localhost", "--port", self.mosquitto().port)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for words in ("Connected.", "Subscribed to ", "Sent to ", "Received on ", "Unsubscribed from ", "Good bye."):
            self.assertIn(words, done.stdout)

    def test_the_loop_ends_in_order(self):
        broker = self.mosquitto()
        for how in (signal.SIGINT, signal.SIGTERM):
            command = [PROGRAMS["mqtt-example"], "--port", str(broker.port), "loop"]
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
                seen = []
                for line in process.stdout:
                    seen.append(line)
                    if line.startswith("Received on ") and line.endswith("hello number 2\n"):
                        process.send_signal(how)
                self.assertEqual(process.wait(support.PATIENCE), 0)
                self.assertEqual(seen[-1], "Disconnected. Good bye.\n")

    def test_nobody_listens(self):
        port = support.free_port()
        for name in PROGRAMS:
            with self.subTest(name):
                arguments = ["--port", port] if name == "mqtt-example" else ["127.0.0.1", port]
                done = self.run_one(name, *arguments)
                self.assertEqual(done.returncode, 1)
                self.assertIn("connect_refused", done.stderr)

    def test_wrong_options_of_the_tour(self):
        for arguments in (["--port"], ["--port", "0"], ["--port", "x"], ["once"], ["--host"]):
            done = self.run_one("mqtt-example", *arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn("usage:", done.stderr)


if __name__ == "__main__":
    while len(sys.argv) > 1 and os.path.exists(sys.argv[1]):
        path = os.path.abspath(sys.argv.pop(1))
        PROGRAMS[os.path.basename(path)] = path
    if not PROGRAMS:
        sys.exit(__doc__)
    unittest.main(verbosity=2)
