#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The examples of the clouds against the stand-in: they do what they say, and say what is wrong.

usage: test_examples.py PROGRAM...
"""
import os
import subprocess
import sys
import unittest

from stand_in import HUB, PATIENCE, Platform

PROGRAMS = {}
AZURE_KEY = "ZGV2aWNlLWtleS0wMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1"


class Examples(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.platform = Platform()
        cls.platform.broker_host = "localhost"
        cls.addClassCleanup(cls.platform.close)

    def run_one(self, name, *arguments, port="mqtts", secured=True):
        command = [PROGRAMS[name], *arguments, "--host", "localhost", "--port", str(self.platform.ports[port])]
        command += ["--ca-file", self.platform.file("authority.crt")] if secured else []
        return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)

    def delivers(self, name, *arguments, **more):
        done = self.run_one(name, *arguments, **more)
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        self.assertIn("delivered to ", done.stdout)

    def fails(self, cause, name, *arguments, **more):
        done = self.run_one(name, *arguments, **more)
        self.assertEqual(1, done.returncode)
        self.assertIn(cause, done.stderr)

    def aliyun(self, auth, secret="0123456789abcdef0123456789abcdef"):
        who = ("--product-key", "a1AbCdEfGhI", "--device-name", "dev01", "--device-secret", secret, "--auth", auth)
        service = ("--auth-host", "localhost", "--auth-port", str(self.platform.ports["https"]))
        return *who, *service, "--region", "cn-shanghai"

    def test_aliyun(self):
        for auth, cause in (("direct", "bad_credentials"), ("https", "identity_refused")):
            with self.subTest(auth):
                done = self.run_one("mqtt-example", *self.aliyun(auth))
                self.assertEqual((0, ""), (done.returncode, done.stderr))
                self.assertIn("Received on /a1AbCdEfGhI/dev01/data", done.stdout)
                self.fails(cause, "mqtt-example", *self.aliyun(auth, "x"))

    def thing(self, name):
        return "--cert-file", self.platform.file(name + ".crt"), "--key-file", self.platform.file(name + ".key")

    def test_aws(self):
        place = ("x", "us-east-1", "thing01")
        self.delivers("aws", *place, *self.thing("thing01"), port="aws")
        self.delivers("aws", *place, *self.thing("thing01"), "--alpn", "x-amzn-mqtt-ca", port="aws-443")
        self.fails("tls_client_refused", "aws", *place, *self.thing("stranger"), port="aws")

    def test_azure(self):
        named = ("--server-name", HUB)
        self.delivers("azure", HUB, "dev01", AZURE_KEY, *named)
        self.fails("not_authorized", "azure", HUB, "dev01", "AAAA", *named)
        self.fails("bad_device_secret", "azure", HUB, "dev01", "no base64", *named)

    def test_tencent(self):
        self.delivers("tencent", "ABC123DEF4", "dev01", "dGVuY2VudC1wc2stMDEyMw==", port="mqtt", secured=False)
        self.fails("bad_credentials", "tencent", "ABC123DEF4", "dev01", "AAAA", port="mqtt", secured=False)

    def test_huawei(self):
        self.delivers("huawei", "5e06bfee334dd4f33759f5b3_dev01", "12345678")
        self.fails("bad_credentials", "huawei", "5e06bfee334dd4f33759f5b3_dev01", "x")

    def test_words_that_are_missing(self):
        for name in ("aws", "azure", "huawei", "tencent"):
            command = [PROGRAMS[name], "one"]
            done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
            self.assertEqual(2, done.returncode)
            self.assertIn(f"usage: {name} ", done.stderr)


if __name__ == "__main__":
    while len(sys.argv) > 1 and os.path.exists(sys.argv[1]):
        path = os.path.abspath(sys.argv.pop(1))
        PROGRAMS[os.path.basename(path)] = path
    if not PROGRAMS:
        sys.exit(__doc__)
    unittest.main(verbosity=2)
