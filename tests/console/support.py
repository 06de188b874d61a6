# SPDX-License-Identifier: BSL-1.0
"""Drives barelink-console against mosquitto, or against a broker that a test plays itself.

Nothing here sleeps: everything waits for an event, with a bound that only a failure reaches.
"""
import json
import os
import queue
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import mqtt

PATIENCE = 30  # seconds; the bound of every wait
EXE = None


class Console:
    """A running barelink-console. Events are taken in the order in which they were printed."""

    def __init__(self, port=1883, *options, host="127.0.0.1"):
        arguments = [EXE, "--host", host, "--port", str(port), *map(str, options)]
        self.process = subprocess.Popen(
            arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        self.transcript = []
        self.patience = PATIENCE
        self._lines = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for raw in self.process.stdout:
            self._lines.put(raw)
        self._lines.put(None)

    def send(self, *lines):
        """All lines with one write."""
        data = b"".join((line.encode() if isinstance(line, str) else line) + b"\n" for line in lines)
        self.transcript += [f"> {line!r}" for line in lines]
        self.raw(data)

    def raw(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def next(self):
        """The next event, or None at the end of the output. Every line has to be strict JSON in UTF-8."""
        try:
            raw = self._lines.get(timeout=self.patience)
        except queue.Empty:
            raise AssertionError("no further line\n" + self.story()) from None
        if raw is None:
            return None
        self.transcript.append(raw.decode("utf-8", "replace").rstrip()[:300])
        event = json.loads(raw.decode("utf-8"))
        assert raw.endswith(b"\n") and list(event)[0] == "event", raw
        return event

    def expect(self, name, *skip, **fields):
        """The next event has this name and these fields; those whose names are in `skip` may come before it."""
        while True:
            event = self.next()
            assert event is not None, f"the output ended before {name}\n" + self.story()
            if event["event"] == name and all(event.get(key) == value for key, value in fields.items()):
                return event
            if event["event"] not in skip:
                raise AssertionError(f"not {name} {fields} but {event}\n" + self.story())

    def expect_all(self, *events):
        """The next events are these, in any order; fields that are not named may have any value."""
        left = list(events)
        while left:
            found = self.next()
            known = [event for event in left if found is not None and event.items() <= found.items()]
            assert known, f"{found} is none of {left}\n" + self.story()
            left.remove(known[0])

    def refused(self, command, cause):
        """The command that was sent last is refused with this cause."""
        return self.expect("error", command=command, cause=cause)

    def connect(self, **fields):
        self.send("connect")
        return self.expect("connected", **fields)

    def subscribe(self, qos, name):
        self.send(f"subscribe {qos} {name}")
        return self.expect("subscribed", filter=name, granted=qos)

    def end(self):
        """End of input. Returns the exit status and the events that were left."""
        self.process.stdin.close()
        return self.wait()

    def wait(self):
        status = self.process.wait(PATIENCE)
        left = []
        while (event := self.next()) is not None:
            left.append(event)
        self._reader.join(PATIENCE)
        return status, left

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join(PATIENCE)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            try:
                stream.close()
            except OSError:
                pass  # bytes for a process that has gone

    def story(self):
        return "\n".join(self.transcript)


class Peer:
    """One connection of a console, seen from a broker that the test plays."""

    def __init__(self, connection):
        self.socket = connection
        self.socket.settimeout(PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _bytes(self, count):
        data = b""
        while len(data) < count:
            piece = self.socket.recv(count - len(data))
            if not piece:
                raise EOFError("the console hung up")
            data += piece
        return data

    def read(self, kind=None):
        """The next packet, of this kind."""
        first = self._bytes(1)[0]
        length, shift = 0, 0
        while True:
            byte = self._bytes(1)[0]
            length |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        found = mqtt.Packet(first >> 4, first & 15, self._bytes(length))
        assert kind in (None, found.type), f"packet {kind} expected, got {found}"
        return found

    def publish(self):
        return mqtt.read_publish(self.read(mqtt.PUBLISH))

    def send(self, *packets):
        self.socket.sendall(b"".join(packets))

    def accept(self, session_present=0):
        """Takes CONNECT, gives CONNACK."""
        found = mqtt.read_connect(self.read(mqtt.CONNECT))
        self.send(mqtt.connack(0, session_present))
        return found

    def ended(self):
        """Nothing but the end of the stream is left."""
        try:
            return self.socket.recv(1) == b""
        except ConnectionResetError:
            return True

    def close(self):
        self.socket.close()

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


class Mosquitto:
    """A real broker on a free loopback port. It keeps its port and its sessions over stop() and start()."""

    def __init__(self, *settings):
        self.folder = tempfile.mkdtemp(prefix="console-test-")
        self.process = None
        self.log = os.path.join(self.folder, "log")
        for _ in range(10):  # another program may take the port between the question and the start
            self.port = free_port()
            with open(os.path.join(self.folder, "conf"), "w", encoding="utf-8") as conf:
                conf.write(f"listener {self.port} 127.0.0.1\nallow_anonymous true\n")
                conf.write(f"persistence true\npersistence_location {self.folder}/\nautosave_interval 1\n")
                conf.write(f"log_dest file {self.log}\n")
                # Started by root it would become another user, whom this folder is closed to.
                conf.write("user root\n" if os.getuid() == 0 else "")
                conf.write("".join(line + "\n" for line in settings))
            if self.start():
                return
        raise AssertionError("mosquitto does not start")

    def start(self):
        program = shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin:/sbin")
        self.process = subprocess.Popen(
            [program, "-c", os.path.join(self.folder, "conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        bound = time.monotonic() + PATIENCE
        while self.process.poll() is None and time.monotonic() < bound:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return True
            try:
                self.process.wait(0.02)
            except subprocess.TimeoutExpired:
                pass
        return False

    def stop(self, how=signal.SIGTERM):
        """SIGTERM saves the sessions, SIGKILL loses what was not saved."""
        self.process.send_signal(how)
        self.process.wait(PATIENCE)

    def close(self):
        if self.process.poll() is None:
            self.stop()
        shutil.rmtree(self.folder)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Case(unittest.TestCase):
    """Ends whatever a test has started."""

    maxDiff = None

    def console(self, *arguments, **more):
        made = Console(*arguments, **more)
        self.addCleanup(made.kill)
        return made

    def mosquitto(self, *settings):
        made = Mosquitto(*settings)
        self.addCleanup(made.close)
        return made

    def broker(self):
        """A listening socket; self.peer() takes the connections."""
        listener = socket.create_server(("127.0.0.1", 0))
        listener.settimeout(PATIENCE)
        self.addCleanup(listener.close)
        return listener

    def peer(self, listener):
        made = Peer(listener.accept()[0])
        self.addCleanup(made.close)
        return made

    def online(self, *options, session_present=0):
        """(console, peer): on line with a broker that the test plays. The listener is self.listener."""
        self.listener = self.broker()
        console = self.console(self.listener.getsockname()[1], *options)
        console.send("connect")
        peer = self.peer(self.listener)
        peer.accept(session_present)
        console.expect("connected")
        return console, peer


def main():
    """usage: test_NAME.py CONSOLE [unittest's arguments]"""
    global EXE
    if len(sys.argv) < 2:
        sys.exit(main.__doc__)
    EXE = os.path.abspath(sys.argv.pop(1))
    unittest.main(module="__main__", verbosity=2)
