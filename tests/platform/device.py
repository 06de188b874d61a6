# SPDX-License-Identifier: BSL-1.0
"""Drives the program of device.cpp. Nothing here sleeps: everything waits for a line of the device, with a bound that
only a failure reaches."""
import queue
import subprocess
import threading
import time

from stand_in import PATIENCE


class Device:
    """A running device; its lines are taken in the order in which they were printed."""

    def __init__(self, program, cloud, words):
        command = [program, cloud, *(f"{key}={value}" for key, value in words.items())]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.lines, self.seen = queue.Queue(), []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.split())
        self.lines.put(None)

    def send(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def until(self, *wanted):
        """The rest of the first line that begins with these words."""
        bound = time.monotonic() + PATIENCE
        while True:
            try:
                line = self.lines.get(timeout=max(0, bound - time.monotonic()))
            except queue.Empty:
                line = None
            self.seen.append(line)
            if line is None:
                raise AssertionError(f"no {wanted}; at last {self.seen[-8:]}")
            if tuple(line[: len(wanted)]) == wanted:
                return line[len(wanted) :]

    def causes(self):
        """Of each attempt that failed so far, without repeats in a row."""
        found = [line[1] for line in self.seen if line and line[0] == "lost"]
        return [cause for at, cause in enumerate(found) if at == 0 or found[at - 1] != cause]

    def works(self):
        """On line, and a message goes all the way round."""
        self.until("connected")
        self.send("publish")
        self.until("message")

    def quit(self):
        self.send("quit")
        self.until("lost", "requested")
        return self.process.wait(PATIENCE)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.reader.join(PATIENCE)
        self.process.stdin.close()
        self.process.stdout.close()
