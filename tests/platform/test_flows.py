#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Whole flows against the stand-in: a device of each cloud, everything that can go wrong, and how it comes back.

usage: test_flows.py DEVICE [unittest's arguments]

Nothing here sleeps: everything waits for a line of the device, with a bound that only a failure reaches.
"""
import queue
import subprocess
import sys
import threading
import time
import unittest

from stand_in import HUB, PATIENCE, Platform

DEVICE = None
KEY, NAME, SECRET = "a1AbCdEfGhI", "dev01", "0123456789abcdef0123456789abcdef"
AZURE_KEY = "ZGV2aWNlLWtleS0wMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1"
HUAWEI = {"host": "x.iot-mqtts.cn-north-4.myhuaweicloud.com", "device": "5e06bfee334dd4f33759f5b3_dev01"}


class Device:
    """A running device; its lines are taken in the order in which they were printed."""

    def __init__(self, cloud, words):
        command = [DEVICE, cloud, *(f"{key}={value}" for key, value in words.items())]
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
                raise AssertionError(f"no {wanted} in {self.seen}")
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


class Flow(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.platform = Platform()
        cls.addClassCleanup(cls.platform.close)

    def setUp(self):
        self.backend, self.gate, self.accounts = self.platform.backend, self.platform.gate, self.platform.accounts

    def tearDown(self):
        self.backend.heal()
        self.accounts.shift = 0

    def device(self, cloud, **words):
        ports = self.platform.ports
        aws = words.pop("at", "mqtts")
        routes = {"443": ports["aws-443" if aws == "aws-443" else "https"], "1883": ports["mqtts"], "8883": ports[aws]}
        made = Device(cloud, {"ca": self.platform.file("authority.crt")} | routes | words)
        self.addCleanup(made.close)
        return made


class Aliyun(Flow):
    host = f"{KEY}.iot-as-mqtt.cn-shanghai.aliyuncs.com"

    def direct(self, **words):
        return self.device("aliyun", **{"host": self.host, "product": KEY, "device": NAME, "secret": SECRET} | words)

    def test_direct(self):
        device = self.direct()
        device.works()
        self.assertEqual(0, device.quit())

    def test_direct_with_a_wrong_secret(self):
        device = self.direct(secret="x")
        device.until("lost", "bad_credentials")

    def test_direct_and_unknown(self):
        device = self.direct(device="nobody")
        device.until("lost", "not_authorized")

    def test_the_broker_goes_and_comes(self):
        device = self.direct()
        device.works()
        self.gate.shut()
        device.until("lost", "connect_refused")
        self.gate.open()
        device.works()
        self.assertIn(device.causes()[0], ("closed_by_peer", "connection_reset", "tls_cut"))

    def test_a_wrong_clock(self):
        for shift in (-10 * 365 * 86_400, 10 * 365 * 86_400):
            with self.subTest(shift=shift):
                device = self.direct(clock=shift)
                device.until("lost", "tls_not_yet_valid" if shift < 0 else "tls_expired")
                device.send("clock 0")
                device.works()
                device.close()


class Azure(Flow):
    def azure(self, **words):
        return self.device("azure", **{"host": HUB, "port": 8883, "device": NAME, "secret": AZURE_KEY} | words)

    def test_key(self):
        device = self.azure()
        device.works()
        self.assertEqual(0, device.quit())

    def test_a_wrong_key(self):
        self.azure(secret="AAAA").until("lost", "not_authorized")


class Others(Flow):
    def test_aws(self):
        words = {"host": "x-ats.iot.us-east-1.amazonaws.com", "device": "thing01"}
        thing = {"cert": self.platform.file("thing01.crt"), "key": self.platform.file("thing01.key")}
        self.device("aws", at="aws", port=8883, **words, **thing).works()
        self.device("aws", at="aws-443", port=443, alpn="x-amzn-mqtt-ca", **words, **thing).works()

    def test_tencent(self):
        words = {"host": "ABC123DEF4.iotcloud.tencentdevices.com", "product": "ABC123DEF4", "device": NAME}
        self.device("tencent", secret="dGVuY2VudC1wc2stMDEyMw==", **words).works()

    def test_huawei(self):
        self.device("huawei", port=8883, secret="12345678", **HUAWEI).works()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    DEVICE = sys.argv.pop(1)
    unittest.main(verbosity=2)
