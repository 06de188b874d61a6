# SPDX-License-Identifier: BSL-1.0
"""The console over TLS, against mosquitto. The certificates are made here, and thrown away."""
import os
import shutil
import ssl
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

    def secured(self, *settings, certificate="good"):
        files = [self.file(f"{certificate}.{ending}") for ending in ("crt", "key")]
        return self.mosquitto(f"certfile {files[0]}", f"keyfile {files[1]}", *settings)

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

    def test_a_certificate_out_of_date(self):
        for certificate, cause in (("expired", "tls_expired"), ("early", "tls_not_yet_valid")):
            console = self.start(self.secured(certificate=certificate), *self.trusting())
            console.expect("disconnected", cause=cause)

    def test_a_wrong_certificate_waits_the_longest_backoff(self):
        console = self.console(self.secured().port, "--tls", "--ca-file", self.file("other.crt"))
        console.send("connect")
        console.expect("disconnected", cause="tls_unknown_authority", retry_in_ms=60000)

    def test_no_tls_there(self):
        console = self.start(self.mosquitto(), *self.trusting())
        console.expect("disconnected", cause="tls_plain_peer")

    def test_who_is_trusted_says_that_tls_is_meant(self):
        console = self.console(self.secured().port, *self.trusting())
        console.connect()
        console.end()

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

    def test_the_name_and_the_protocols_that_are_sent(self):
        names = []
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(self.file("good.crt"), self.file("good.key"))
        server.set_alpn_protocols(["h2", "x-amzn-mqtt-ca"])
        server.sni_callback = lambda connection, name, context: names.append(name)
        listener = self.broker()
        console = self.console(
            listener.getsockname()[1], "--tls", *self.trusting("--alpn", "mqtt,x-amzn-mqtt-ca"), "--reconnect", 0
        )
        console.send("connect")
        secured = server.wrap_socket(listener.accept()[0], server_side=True)
        peer = support.Peer(secured)
        self.addCleanup(peer.close)
        self.assertEqual((names, secured.selected_alpn_protocol()), (["broker.test"], "x-amzn-mqtt-ca"))
        peer.accept()
        console.expect("connected")

    def test_settings_that_cannot_work_name_the_culprit(self):
        broker = self.secured()
        own = ("--cert-file", self.file("client.crt"))
        for cause, options in (
            ("tls_bad_trust", ["--ca-file", self.file("good.key")]),
            ("tls_bad_key", self.trusting(*own)),
            ("tls_bad_key", self.trusting("--key-file", self.file("client.key"))),
            ("tls_bad_key", self.trusting(*own, "--key-file", self.file("rsa.key"))),
            ("tls_bad_key", self.trusting(*own, "--key-file", self.file("trusted.crt"))),
            ("tls_bad_key", self.trusting("--psk-identity", "device")),
            ("tls_bad_key", self.trusting("--psk-identity", "device", "--psk-hex", "00ff")),
            ("tls_bad_key", ["--psk-hex", "00ff"]),
            ("tls_bad_name", ["--ca-file", self.file("trusted.crt"), "--server-name", "*.test"]),
            ("tls_wrong_name", ["--ca-file", self.file("trusted.crt"), "--server-name", "127.0.0.2"]),
            ("bad_option", self.trusting("--alpn", ",")),
        ):
            with self.subTest(cause, options=options):
                self.start(broker, *options).expect("disconnected", cause=cause)

    def test_the_tour(self):
        broker = self.secured()
        tour = os.path.join(os.path.dirname(support.EXE), "mqtt-example")
        command = [tour, "--host", "localhost", "--port", str(broker.port), "--tls"]
        done = subprocess.run([*command, *self.trusting()], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("Secured by TLSv1.3", done.stdout)
        self.assertIn("Good bye.", done.stdout)
        wrong = ["--ca-file", self.file("other.crt"), "--server-name", "broker.test"]
        done = subprocess.run([*command, *wrong], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("(tls_unknown_authority)", done.stderr)
        self.assertIn("wolfSSL's error -188", done.stderr)

    def test_options_that_cannot_be_taken(self):
        for options in (
            ["--ca-file", self.file("missing")],
            ["--ca-file"],
            ["--psk-hex", "123"],
            ["--psk-hex", "0g"],
            ["--tls-version", "1.1"],
            ["--server-name", ""],
            ["--alpn", ""],
            ["--psk-identity", ""],
            ["--cert-file", self.folder],
            ["--key-file", os.devnull],
        ):
            done = subprocess.run([support.EXE, "--tls", *options], capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, done.stdout), (2, ""), options)
            self.assertIn(options[0], done.stderr)


if __name__ == "__main__":
    support.main()
