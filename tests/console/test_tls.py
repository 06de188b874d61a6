# SPDX-License-Identifier: BSL-1.0
"""The console over TLS, against mosquitto. The certificates are made here, and thrown away."""
import os
import shutil
import subprocess
import tempfile
import unittest

import support
from support import Case

MAKER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tls", "make_certificates.sh")


class Tls(Case):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="console-tls-")
        os.chmod(cls.folder, 0o755)
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        subprocess.run(["bash", MAKER, cls.folder], check=True, capture_output=True)

    def file(self, name):
        return os.path.join(self.folder, name)

    def secured(self, *settings):
        return self.mosquitto(f"certfile {self.file('good.crt')}", f"keyfile {self.file('good.key')}", *settings)

    def start(self, broker, *options):
        console = self.console(broker.port, "--tls", *options, "--reconnect", 0)
        console.send("connect")
        return console

    def trusting(self, *options):
        return "--ca-file", self.file("trusted.crt"), "--server-name", "broker.test", *options

    def test_a_message_there_and_back(self):
        broker = self.secured()
        for version in ("any", "1.2", "1.3"):
            console = self.start(broker, *self.trusting("--tls-version", version))
            console.expect("connected")
            console.send("subscribe 1 a/#")
            console.expect("subscribed")
            console.send("publish-size 1 0 a/b 3000")
            self.assertEqual(console.expect("message", "delivered")["size"], 3000)
            console.send("disconnect")
            console.expect("disconnected", "delivered", cause="requested")
            console.send("connect")  # with the session from before
            console.expect("connected")
            console.end()

    def test_an_authority_that_is_not_trusted(self):
        console = self.start(self.secured(), "--ca-file", self.file("other.crt"))
        console.expect("disconnected", cause="tls_unknown_authority")

    def test_a_wrong_name(self):
        console = self.start(self.secured(), "--ca-file", self.file("trusted.crt"), "--server-name", "other.test")
        console.expect("disconnected", cause="tls_wrong_name")

    def test_no_tls_there(self):
        console = self.start(self.mosquitto(), *self.trusting())
        console.expect("disconnected", cause="tls_plain_peer")

    def test_no_authority(self):
        console = self.start(self.secured())
        console.expect("disconnected", cause="tls_bad_trust")

    def test_a_certificate_of_ours(self):
        broker = self.secured(f"cafile {self.file('trusted.crt')}", "require_certificate true")
        own = ("--cert-file", self.file("client.crt"), "--key-file", self.file("client.key"))
        for version in ("1.2", "1.3"):
            console = self.start(broker, *self.trusting("--tls-version", version, *own))
            console.expect("connected")
            console.end()
            console = self.start(broker, *self.trusting("--tls-version", version))
            console.expect("disconnected", cause="tls_client_refused")

    def test_a_shared_key(self):
        with open(self.file("psk"), "w", encoding="ascii") as psk:
            psk.write("device:00ff10\n")
        broker = self.mosquitto("psk_hint barelink", f"psk_file {self.file('psk')}")
        for version in ("1.2", "1.3", "any"):
            options = ("--tls-version", version, "--psk-identity", "device", "--psk-hex")
            console = self.start(broker, *options, "00FF10")
            console.expect("connected")
            console.end()
            console = self.start(broker, *options, "00FF11")
            console.expect("disconnected", cause="tls_client_refused")

    def test_options_that_cannot_be_taken(self):
        for options in (
            ["--ca-file", self.file("missing")],
            ["--ca-file"],
            ["--psk-hex", "123"],
            ["--psk-hex", "0g"],
            ["--tls-version", "1.1"],
            ["--server-name", ""],
        ):
            done = subprocess.run([support.EXE, "--tls", *options], capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, done.stdout), (2, ""), options)
            self.assertIn(options[0], done.stderr)


if __name__ == "__main__":
    support.main()
