# SPDX-License-Identifier: BSL-1.0
"""Enhanced authentication of 5.0: the console proves itself with SCRAM-SHA-256 to a broker that the test plays."""
import base64
import hashlib
import hmac

import mqtt
import mqtt5
import support
from support import Case

OPTIONS = "--protocol 5.0 --username user --auth-method SCRAM-SHA-256 --auth-secret pencil --reconnect 0".split()
METHOD = ("authentication-method", "SCRAM-SHA-256")


def mac(key, text):
    return hmac.new(key, text, "sha256").digest()


class Scram:
    """The server's side of RFC 5802."""

    def __init__(self, password=b"pencil"):
        self.salt = b"0123456789abcdef"
        self.salted = hashlib.pbkdf2_hmac("sha256", password, self.salt, 4096)

    def challenge(self, first):
        assert first.startswith(b"n,,n=user,r="), first
        self.bare = first[3:]
        self.nonce = first.split(b"r=")[1] + b"theirs"
        self.first = b"r=%s,s=%s,i=4096" % (self.nonce, base64.b64encode(self.salt))
        return self.first

    def judge(self, final):
        """Our proof if theirs is right, else None."""
        bare, proof = final.rsplit(b",p=", 1)
        assert bare == b"c=biws,r=" + self.nonce, final
        said = b",".join((self.bare, self.first, bare))
        client = mac(self.salted, b"Client Key")
        wanted = bytes(a ^ b for a, b in zip(client, mac(hashlib.sha256(client).digest(), said)))
        if base64.b64decode(proof) != wanted:
            return None
        return b"v=" + base64.b64encode(mac(mac(self.salted, b"Server Key"), said))


class Auth(Case):
    def begin(self, *more):
        listener = self.broker()
        console = self.console(listener.getsockname()[1], *OPTIONS, *more)
        console.send("connect")
        peer = self.peer(listener)
        found = mqtt5.read_connect(peer.read(mqtt.CONNECT))
        with_ = dict(found.properties)
        self.assertEqual((with_["authentication-method"], found.fields), (b"SCRAM-SHA-256", [b"user"]))
        return console, peer, with_["authentication-data"]

    def converse(self, peer, scram, first):
        peer.send(mqtt5.auth(0x18, METHOD, ("authentication-data", scram.challenge(first))))
        reason, with_ = mqtt5.read_reason(peer.read(mqtt5.AUTH))
        self.assertEqual((reason, with_[0]), (0x18, ("authentication-method", b"SCRAM-SHA-256")))
        return scram.judge(dict(with_)["authentication-data"])

    def test_both_sides_know_the_password(self):
        console, peer, first = self.begin("--client-id", "c")
        proof = self.converse(peer, Scram(), first)
        self.assertIsNotNone(proof)
        peer.send(mqtt5.connack(0, METHOD, ("authentication-data", proof)))
        console.expect("connected", reason=0)
        console.send("authenticate")
        reason, with_ = mqtt5.read_reason(peer.read(mqtt5.AUTH))
        self.assertEqual(reason, 0x19)
        again = dict(with_)["authentication-data"]
        self.assertNotEqual(again, first)
        proof = self.converse(peer, Scram(), again)
        self.assertIsNotNone(proof)
        peer.send(mqtt5.auth(0, METHOD, ("authentication-data", proof)))
        console.expect("authenticated", reason=0)
        console.send("publish 0 0 t goes on")
        self.assertEqual(mqtt5.read_publish(peer.read(mqtt.PUBLISH)).payload, b"goes on")

    def test_another_password(self):
        console, peer, first = self.begin("--client-id", "c")
        self.assertIsNone(self.converse(peer, Scram(b"other"), first))
        peer.send(mqtt5.connack(0x87, ("reason-string", "no")))
        console.expect("disconnected", cause="not_authorized", reason=0x87, reason_string="no")

    def test_a_broker_that_does_not_know_it(self):
        for verdict in (b"v=" + base64.b64encode(bytes(32)), b"e=invalid-proof", None):
            with self.subTest(verdict=verdict):
                console, peer, first = self.begin("--client-id", "c")
                self.converse(peer, Scram(), first)
                data = [("authentication-data", verdict)] if verdict else []
                peer.send(mqtt5.connack(0, METHOD, *data))
                found = console.expect("disconnected")
                self.assertIn(found["cause"], ("auth_failed", "protocol_error"))

    def test_a_broker_that_takes_us_without_a_proof(self):
        console, peer, _ = self.begin("--client-id", "c")
        peer.send(mqtt5.connack(0, METHOD))
        console.expect("disconnected", cause="auth_failed")

    def test_a_broker_that_does_not_have_the_method(self):
        console, peer, _ = self.begin()
        peer.send(mqtt5.connack(0x8C))
        console.expect("disconnected", cause="auth_method_refused", reason=0x8C)

    def test_words_that_do_not_go_together(self):
        for words, wrong in {
            "--auth-method PLAIN --auth-secret s --username u": "wants SCRAM-SHA-256",
            "--auth-method SCRAM-SHA-256 --auth-secret s": "needs --username",
            "--auth-method SCRAM-SHA-256 --username u": "needs --auth-secret",
            "--auth-secret s --username u": "is missing",
        }.items():
            with self.subTest(words=words):
                console = self.console(1, "--protocol", "5.0", *words.split())
                self.assertEqual(console.wait(), (2, []))
                self.assertIn(wrong, console.process.stderr.read().decode())

    def test_without_it_there_is_nothing_to_renew(self):
        console, _ = self.online()
        console.send("authenticate")
        console.refused("authenticate", "not_connected")


if __name__ == "__main__":
    support.main()
