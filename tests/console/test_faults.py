# SPDX-License-Identifier: BSL-1.0
"""What a broker must not do: each has its cause, the link is closed, and the device comes back."""
import mqtt
import support
from support import Case


class Refused(Case):
    def answer(self, connack, cause, *options, least=500, most=1000):
        listener = self.broker()
        console = self.console(listener.getsockname()[1], *options)
        console.send("connect")
        peer = self.peer(listener)
        peer.read(mqtt.CONNECT)
        peer.send(connack)
        found = console.expect("disconnected", cause=cause)
        self.assertTrue(least <= found["retry_in_ms"] <= most, found)
        self.assertTrue(peer.ended())
        return console, listener

    def test_connack_codes(self):
        for code, cause, heals in (
            (1, "unacceptable_version", False),
            (2, "identifier_rejected", False),
            (3, "server_unavailable", True),
            (4, "bad_credentials", False),
            (5, "not_authorized", False),
        ):
            with self.subTest(code=code):
                # What cannot heal waits the maximum at once.
                wait = {} if heals else {"least": 60_000, "most": 60_000}
                self.answer(mqtt.connack(code), cause, **wait)
                wait = {} if heals else {"least": 7000, "most": 7000}
                console, _ = self.answer(mqtt.connack(code), cause, "--backoff-max", 7, **wait)
                console.send("publish 0 0 a b")
                console.refused("publish", "not_connected")
                console.send("disconnect")
                console.expect("disconnected", cause="requested", retry_in_ms=0)
                self.assertEqual(console.end(), (0, []))
                self.answer(mqtt.connack(code), cause, "--reconnect", 0, least=0, most=0)

    def test_connack_that_is_none(self):
        for wrong, cause in (
            (mqtt.connack(6), "malformed_packet"),
            (mqtt.packet(mqtt.CONNACK, 0, b"\x00"), "malformed_packet"),
            (mqtt.packet(mqtt.CONNACK, 0, b"\x00\x00\x00"), "malformed_packet"),
            (mqtt.packet(mqtt.CONNACK, 1, b"\x00\x00"), "malformed_packet"),
            (mqtt.connack(0, 2), "malformed_packet"),
            (mqtt.connack(0, 1), "session_mismatch"),
            (mqtt.packet(mqtt.PINGRESP), "protocol_error"),
            (mqtt.publish("t", b"early"), "protocol_error"),
            (b"\x00\x00", "malformed_packet"),
        ):
            with self.subTest(wrong=wrong):
                self.answer(wrong, cause)

    def test_the_wait_doubles_up_to_its_maximum(self):
        listener = self.broker()
        console = self.console(listener.getsockname()[1], "--backoff-max", 2)
        console.send("connect")
        for least, most in ((500, 1000), (1000, 2000), (1000, 2000)):
            peer = self.peer(listener)
            peer.read(mqtt.CONNECT)
            peer.send(mqtt.connack(3))
            found = console.expect("disconnected", cause="server_unavailable")
            self.assertTrue(least <= found["retry_in_ms"] <= most, found)


class Broken(Case):
    """After CONNACK."""

    def lost(self, wrong, cause, *before, by_itself=False):
        console, peer = self.online("--reconnect", int(by_itself))
        for line in before:
            console.send(line)
            peer.read()
        peer.send(wrong)
        found = console.expect("disconnected", cause=cause)
        self.assertEqual(found["retry_in_ms"] > 0, by_itself)
        self.assertTrue(peer.ended())
        if not by_itself:
            console.send("connect")
        again = self.peer(self.listener)
        again.accept()
        console.expect("connected")
        again.send(mqtt.publish("t", b"well"))
        console.expect("message", payload="well")

    def check(self, table):
        for wrong, cause in table:
            with self.subTest(wrong=wrong, cause=cause):
                self.lost(wrong, cause)
        # A device comes back without being told to, after about a second: once is enough.
        self.lost(*table[0], by_itself=True)

    def test_bytes_that_are_no_packet(self):
        self.check((
            (b"\x00\x00", "malformed_packet"),
            (b"\xf0\x00", "malformed_packet"),
            (b"\x30\xff\xff\xff\xff\x01", "malformed_packet"),
            (b"\x30\x80\x80\x80\x80", "malformed_packet"),
            (b"\xd0\x80\x00", "malformed_packet"),
            (b"\xd1\x00", "malformed_packet"),
            (b"\xd0\x01\x00", "malformed_packet"),
            (b"GET / HTTP/1.1\r\n\r\n", "malformed_packet"),
        ))

    def test_publishes(self):
        self.check((
            (mqtt.packet(mqtt.PUBLISH, 6, mqtt.text("t") + b"\0\1x"), "malformed_packet"),
            (mqtt.packet(mqtt.PUBLISH, 8, mqtt.text("t") + b"x"), "malformed_packet"),
            (mqtt.publish("t", b"x", 1, 0), "malformed_packet"),
            (mqtt.packet(mqtt.PUBLISH, 0, b"\0"), "malformed_packet"),
            (mqtt.packet(mqtt.PUBLISH, 0, b"\0\5abc"), "malformed_packet"),
            (mqtt.packet(mqtt.PUBLISH, 2, mqtt.text("t") + b"\0"), "malformed_packet"),
            (mqtt.publish(b"\xc0\x80", b"x"), "invalid_utf8"),
            (mqtt.publish(b"a\0b", b"x"), "invalid_utf8"),
            (mqtt.publish("", b"x"), "invalid_topic"),
            (mqtt.publish("a/#", b"x"), "invalid_topic"),
            (mqtt.publish("+", b"x"), "invalid_topic"),
        ))

    def test_packets_that_may_not_come(self):
        self.check((
            (mqtt.connack(), "protocol_error"),
            (mqtt.packet(mqtt.CONNECT), "protocol_error"),
            (mqtt.packet(mqtt.SUBSCRIBE, 2, b"\0\1" + mqtt.text("a") + b"\0"), "protocol_error"),
            (mqtt.packet(mqtt.UNSUBSCRIBE, 2, b"\0\1" + mqtt.text("a")), "protocol_error"),
            (mqtt.packet(mqtt.PINGREQ), "protocol_error"),
            (mqtt.packet(mqtt.DISCONNECT), "protocol_error"),
        ))

    def test_acknowledgements(self):
        self.check((
            (mqtt.ack(mqtt.PUBACK, 0), "malformed_packet"),
            (mqtt.packet(mqtt.PUBACK, 0, b"\0"), "malformed_packet"),
            (mqtt.packet(mqtt.PUBACK, 0, b"\0\1\0"), "malformed_packet"),
            (mqtt.packet(mqtt.PUBACK, 2, b"\0\1"), "malformed_packet"),
            (mqtt.packet(mqtt.PUBREL, 0, b"\0\1"), "malformed_packet"),
            (mqtt.suback(77, 0), "unknown_packet_id"),
            (mqtt.ack(mqtt.UNSUBACK, 77), "unknown_packet_id"),
            (mqtt.packet(mqtt.SUBACK, 0, b"\0\1"), "malformed_packet"),
            (mqtt.packet(mqtt.SUBACK, 0, b"\0\1" + b"\0" * 5000), "packet_too_long"),
        ))

    def test_answers_that_do_not_fit_what_was_asked(self):
        for wrong, cause, line in (
            (mqtt.suback(1, 0, 0), "protocol_error", "subscribe 1 a"),
            (mqtt.suback(1, 3), "malformed_packet", "subscribe 1 a"),
            (mqtt.suback(1, 0x7F), "malformed_packet", "subscribe 1 a"),
            (mqtt.ack(mqtt.UNSUBACK, 1), "unknown_packet_id", "subscribe 1 a"),
            (mqtt.ack(mqtt.PUBREC, 1), "protocol_error", "publish 1 0 a x"),
            (mqtt.ack(mqtt.PUBCOMP, 1), "protocol_error", "publish 2 0 a x"),
            (mqtt.ack(mqtt.PUBACK, 1), "protocol_error", "publish 2 0 a x"),
        ):
            with self.subTest(wrong=wrong, line=line):
                self.lost(wrong, cause, line)

    def test_acknowledgements_of_an_earlier_life_are_no_fault(self):
        console, peer = self.online()
        peer.send(mqtt.ack(mqtt.PUBACK, 77), mqtt.ack(mqtt.PUBCOMP, 78), mqtt.ack(mqtt.PUBREC, 79))
        self.assertEqual(mqtt.read_id(peer.read(mqtt.PUBREL)), 79)
        peer.send(mqtt.ack(mqtt.PUBREL, 80))
        self.assertEqual(mqtt.read_id(peer.read(mqtt.PUBCOMP)), 80)
        peer.send(mqtt.publish("t", b"well"))
        console.expect("message", payload="well")

    def test_a_refused_subscription_fails_alone(self):
        console, peer = self.online()
        console.send("subscribe 1 a")
        peer.send(mqtt.suback(mqtt.read_id(peer.read(mqtt.SUBSCRIBE)), 0x80))
        console.expect("subscribe_failed", filter="a", cause="subscription_refused")
        peer.send(mqtt.publish("t", b"well"))
        console.expect("message", payload="well")

    def test_the_other_side_closes_or_cuts(self):
        console, peer = self.online()
        peer.close()
        console.expect("disconnected", cause="closed_by_peer")
        peer = self.peer(self.listener)
        peer.accept()
        console.expect("connected")
        console.send("publish 0 0 t x")
        peer.read(mqtt.PUBLISH)
        peer.reset()
        # The second time in a row that a broker which had accepted us hangs up at once: somebody has our client id.
        console.expect("replaced")
        console.expect("disconnected", cause="connection_reset")

    def test_reset_by_the_other_side(self):
        console, peer = self.online("--reconnect", 0)
        console.send("publish 0 0 t x")
        peer.read(mqtt.PUBLISH)
        peer.reset()
        console.expect("disconnected", cause="connection_reset", retry_in_ms=0)
        console.send("publish 0 0 t x")
        console.refused("publish", "not_connected")

    def test_a_packet_in_many_pieces(self):
        console, peer = self.online()
        for byte in mqtt.publish("t", b"slow", 1, 3):
            peer.send(bytes([byte]))
        console.expect("message", topic="t", payload="slow", qos=1, packet_id=3)
        self.assertEqual(mqtt.read_id(peer.read(mqtt.PUBACK)), 3)


if __name__ == "__main__":
    support.main()
