# SPDX-License-Identifier: BSL-1.0
"""Answers that do not come. The causes of deadlines end in _timeout."""
import time

import mqtt
import support
from support import Case

SHORT = ("--request-timeout", 200)


class Answers(Case):
    def lost(self, console, cause):
        """The link was cut for this reason and comes back."""
        found = console.expect("disconnected", cause=cause)
        self.assertTrue(500 <= found["retry_in_ms"] <= 1000, found)
        peer = self.peer(self.listener)
        peer.accept()
        console.expect("connected")
        return peer

    def test_connack(self):
        self.listener = self.broker()
        console = self.console(self.listener.getsockname()[1], *SHORT)
        console.send("connect")
        peer = self.peer(self.listener)
        peer.read(mqtt.CONNECT)
        start = time.monotonic()
        console.expect("disconnected", cause="connack_timeout")
        self.assertGreater(time.monotonic() - start, 0.1)
        self.assertTrue(peer.ended())
        self.peer(self.listener).accept()
        console.expect("connected")

    def test_ping(self):
        console, peer = self.online("--keep-alive", 1, *SHORT)
        for _ in range(2):
            start = time.monotonic()
            peer.read(mqtt.PINGREQ)
            self.assertGreater(time.monotonic() - start, 0.5)
            peer.send(mqtt.packet(mqtt.PINGRESP))
        peer.read(mqtt.PINGREQ)
        self.lost(console, "ping_timeout")
        self.assertTrue(peer.ended())

    def test_no_ping_without_keep_alive(self):
        console, peer = self.online("--keep-alive", 0)
        console.send("wait 1500", "publish 0 0 t first")
        self.assertEqual(peer.publish().payload, b"first")

    def test_puback(self):
        console, peer = self.online(*SHORT)
        console.send("publish 1 0 t x")
        first = peer.publish()
        start = time.monotonic()
        peer = self.lost(console, "publish_timeout")
        self.assertGreater(time.monotonic() - start, 0.3)
        # The session is lost: the same message, as a new one.
        again = peer.publish()
        self.assertEqual((again.payload, again.dup, first.dup), (b"x", 0, 0))
        peer.send(mqtt.ack(mqtt.PUBACK, again.id))
        console.expect("delivered", packet_id=first.id)

    def test_pubrec_and_pubcomp(self):
        console, peer = self.online("--clean-session", 0, "--client-id", "c", *SHORT)
        console.send("publish 2 0 t x")
        first = peer.publish()
        console.expect("disconnected", cause="publish_timeout")
        peer = self.peer(self.listener)
        peer.accept(session_present=1)
        console.expect("connected", session_present=True)
        again = peer.publish()
        self.assertEqual((again.id, again.dup), (first.id, 1))
        peer.send(mqtt.ack(mqtt.PUBREC, first.id))
        self.assertEqual(mqtt.read_id(peer.read(mqtt.PUBREL)), first.id)
        console.expect("disconnected", cause="publish_timeout")
        peer = self.peer(self.listener)
        peer.accept(session_present=1)
        console.expect("connected")
        self.assertEqual(mqtt.read_id(peer.read(mqtt.PUBREL)), first.id)
        peer.send(mqtt.ack(mqtt.PUBCOMP, first.id))
        console.expect("delivered", packet_id=first.id)

    def test_suback_and_unsuback(self):
        """They fail alone: the link lives, and an answer that comes after all harms nobody."""
        console, peer = self.online(*SHORT)
        console.send("subscribe 1 a", "unsubscribe b")
        late = peer.read(mqtt.SUBSCRIBE), peer.read(mqtt.UNSUBSCRIBE)
        start = time.monotonic()
        console.expect_all(
            {"event": "subscribe_failed", "filter": "a", "cause": "subscribe_timeout"},
            {"event": "unsubscribe_failed", "filter": "b", "cause": "unsubscribe_timeout"},
        )
        self.assertGreater(time.monotonic() - start, 0.3)
        # Asked for anew, the answer to the first request counts for nobody.
        console.send("subscribe 2 a")
        again = mqtt.read_id(peer.read(mqtt.SUBSCRIBE))
        peer.send(mqtt.suback(mqtt.read_id(late[0]), 1), mqtt.ack(mqtt.UNSUBACK, mqtt.read_id(late[1])))
        peer.send(mqtt.suback(again, 2))
        console.expect("subscribed", filter="a", granted=2)


class Quit(Case):
    def test_a_broker_that_takes_no_bytes_does_not_hold_us_for_ever(self):
        console, peer = self.online()
        console.send("publish-size 0 0 t 200000000")
        start = time.monotonic()
        status, _ = console.end()
        self.assertEqual(status, 0)
        self.assertLess(time.monotonic() - start, 15)
        peer.close()

    def test_while_connecting(self):
        listener = self.broker()
        console = self.console(listener.getsockname()[1])
        console.send("connect", "wait 1")
        peer = self.peer(listener)
        peer.read(mqtt.CONNECT)
        status, events = console.end()
        self.assertEqual(status, 0)
        self.assertEqual(events, [{"event": "disconnected", "cause": "requested", "retry_in_ms": 0}])
        self.assertTrue(peer.ended())


if __name__ == "__main__":
    support.main()
