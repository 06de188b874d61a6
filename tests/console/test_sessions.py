# SPDX-License-Identifier: BSL-1.0
"""What survives the end of a connection: a broker played by the test."""
import mqtt
import support
from support import Case

KEPT = ("--clean-session", 0, "--client-id", "kept")


class Connect(Case):
    def taken(self, *options):
        listener = self.broker()
        console = self.console(listener.getsockname()[1], *options)
        console.send("connect")
        return mqtt.read_connect(self.peer(listener).read(mqtt.CONNECT))

    def test_what_the_options_say(self):
        found = self.taken()
        self.assertEqual((found.protocol, found.level, found.flags), (b"MQTT", 4, 0x02))
        self.assertEqual((found.keep_alive, found.client_id, found.fields), (60, b"", []))
        found = self.taken("--client-id", "c", "--username", "u", "--password", "p", "--keep-alive", 7)
        self.assertEqual((found.flags, found.keep_alive, found.client_id), (0xC2, 7, b"c"))
        self.assertEqual(found.fields, [b"u", b"p"])
        found = self.taken("--username", "", "--password", "")
        self.assertEqual((found.flags, found.fields), (0xC2, [b"", b""]))
        found = self.taken(*KEPT, "--will-topic", "w", "--will-payload", "x y", "--will-qos", 2, "--will-retain", 1)
        self.assertEqual((found.flags, found.fields), (0x34, [b"w", b"x y"]))
        found = self.taken("--protocol", "3.1", "--client-id", "old", "--will-topic", "w")
        self.assertEqual((found.protocol, found.level, found.flags), (b"MQIsdp", 3, 0x06))
        self.assertEqual((found.client_id, found.fields), (b"old", [b"w", b""]))


class Sender(Case):
    def again(self, console, peer, session_present):
        """Cuts the connection and takes the next one."""
        peer.reset()
        # A broker that hangs up again and again is taken for one whom another device with our client id talks to.
        console.expect("disconnected", "replaced", retry_in_ms=0)
        console.send("connect")
        peer = self.peer(self.listener)
        peer.accept(session_present)
        console.expect("connected", session_present=bool(session_present))
        return peer

    def start(self, *lines, session_present=0):
        console, peer = self.online("--reconnect", 0, *KEPT, session_present=session_present)
        console.send(*lines)
        return console, peer

    def test_session_kept_sends_again_with_dup_and_in_order(self):
        console, peer = self.start("publish 1 0 t one", "publish 2 0 t two", "publish 1 1 t three")
        first = [peer.publish() for _ in range(3)]
        peer = self.again(console, peer, 1)
        again = [peer.publish() for _ in range(3)]
        self.assertEqual([p._replace(dup=0) for p in again], first)
        self.assertEqual(([p.dup for p in first], [p.dup for p in again]), ([0] * 3, [1] * 3))
        peer.send(mqtt.ack(mqtt.PUBACK, again[0].id), mqtt.ack(mqtt.PUBREC, again[1].id))
        console.expect("delivered", packet_id=again[0].id)
        self.assertEqual(mqtt.read_id(peer.read(mqtt.PUBREL)), again[1].id)
        peer = self.again(console, peer, 1)
        rest = {peer.read().type, peer.read().type}
        self.assertEqual(rest, {mqtt.PUBREL, mqtt.PUBLISH})
        peer.send(mqtt.ack(mqtt.PUBCOMP, again[1].id), mqtt.ack(mqtt.PUBACK, again[2].id))
        console.expect("delivered", packet_id=again[1].id)
        console.expect("delivered", packet_id=again[2].id)

    def test_session_lost_sends_again_as_new_and_says_what_is_uncertain(self):
        console, peer = self.start("publish 2 0 t one", "publish 1 0 t two", "publish 2 0 t three")
        first = [peer.publish() for _ in range(3)]
        peer.send(mqtt.ack(mqtt.PUBREC, first[0].id))
        self.assertEqual(mqtt.read_id(peer.read(mqtt.PUBREL)), first[0].id)
        peer = self.again(console, peer, 0)
        console.expect("uncertain", packet_id=first[0].id)
        again = [peer.publish() for _ in range(2)]
        self.assertEqual([p.payload for p in again], [b"two", b"three"])
        self.assertEqual([p.dup for p in again], [0, 0])
        peer.send(mqtt.ack(mqtt.PUBACK, again[0].id), mqtt.ack(mqtt.PUBREC, again[1].id))
        console.expect("delivered", packet_id=again[0].id)
        peer.read(mqtt.PUBREL)
        peer.send(mqtt.ack(mqtt.PUBCOMP, again[1].id))
        console.expect("delivered", packet_id=again[1].id)

    def test_a_source_is_read_again(self):
        console, peer = self.start("publish-size 1 0 t 100000")
        first = peer.publish()
        peer = self.again(console, peer, 1)
        self.assertEqual(peer.publish(), first._replace(dup=1))

    def test_a_source_that_was_cut_in_the_middle(self):
        console, peer = self.start("publish-size 2 0 t 50000000")
        peer.socket.recv(1000)
        peer = self.again(console, peer, 1)
        found = peer.publish()
        self.assertEqual((len(found.payload), found.payload[:28]), (50_000_000, b"abcdefghijklmnopqrstuvwxyzab"))
        peer.send(mqtt.ack(mqtt.PUBREC, found.id))
        peer.read(mqtt.PUBREL)
        peer.send(mqtt.ack(mqtt.PUBCOMP, found.id))
        console.expect("delivered", packet_id=found.id)

    def test_subscriptions_are_asked_for_only_if_the_broker_has_forgotten(self):
        console, peer = self.start("subscribe 2 a", "subscribe 1 b")
        for granted in (2, 1):
            peer.send(mqtt.suback(mqtt.read_id(peer.read(mqtt.SUBSCRIBE)), granted))
            console.expect("subscribed", granted=granted)
        peer = self.again(console, peer, 1)
        console.send("publish 0 0 t marker")
        self.assertEqual(peer.publish().payload, b"marker")
        peer = self.again(console, peer, 0)
        asked = {}
        while len(asked) < 2:  # in one packet or in two
            packet = peer.read(mqtt.SUBSCRIBE)
            filters = mqtt.read_filters(packet)
            asked.update(filters)
            peer.send(mqtt.suback(mqtt.read_id(packet), *(1 if name == "a" else 0x80 for name, _ in filters)))
        self.assertEqual(asked, {"a": 2, "b": 1})
        console.expect_all(
            {"event": "subscribed", "filter": "a", "granted": 1},
            {"event": "subscribe_failed", "filter": "b", "cause": "subscription_refused"},
        )
        peer = self.again(console, peer, 0)
        self.assertEqual(mqtt.read_filters(peer.read(mqtt.SUBSCRIBE)), [("a", 2)])

    def test_what_is_queued_is_written_before_disconnect(self):
        lines = ("publish 0 0 t one", "publish 1 0 t two", "publish-size 2 0 t 9000")
        for last in ("disconnect", "quit", None):
            console, peer = self.start(*lines, *([last] if last else []))
            if last is None:
                console.process.stdin.close()
            found = [peer.publish() for _ in range(3)]
            self.assertEqual([len(p.payload) for p in found], [3, 3, 9000])
            peer.read(mqtt.DISCONNECT)
            self.assertTrue(peer.ended())
            console.expect("disconnected", cause="requested", retry_in_ms=0)
            if last == "disconnect":
                console.send("disconnect")
                console.refused("disconnect", "not_connected")
                console.send("quit")
            self.assertEqual(console.wait(), (0, []))

    def test_a_second_disconnect_does_not_cut_the_first(self):
        console, peer = self.start("publish-size 0 0 t 50000000", "disconnect", "disconnect", "publish 0 0 t x")
        console.refused("disconnect", "not_connected")
        console.refused("publish", "not_connected")
        self.assertEqual(len(peer.publish().payload), 50_000_000)
        peer.read(mqtt.DISCONNECT)
        console.expect("disconnected", cause="requested")


class Receiver(Case):
    def test_qos_2_comes_once(self):
        console, peer = self.online("--reconnect", 0, *KEPT)
        for dup in range(2):
            peer.send(mqtt.publish("t", b"once", 2, 9, dup=dup))
            self.assertEqual(mqtt.read_id(peer.read(mqtt.PUBREC)), 9)
        console.expect("message", payload="once", packet_id=9, dup=False)
        peer.reset()
        console.expect("disconnected")
        console.send("connect")
        peer = self.peer(self.listener)
        peer.accept(1)
        console.expect("connected", session_present=True)
        peer.send(mqtt.publish("t", b"once", 2, 9, dup=1), mqtt.ack(mqtt.PUBREL, 9), mqtt.publish("t", b"new", 2, 9))
        self.assertEqual(mqtt.read_id(peer.read(mqtt.PUBREC)), 9)
        self.assertEqual(mqtt.read_id(peer.read(mqtt.PUBCOMP)), 9)
        console.expect("message", payload="new", packet_id=9)

    def test_a_new_session_knows_no_old_message(self):
        console, peer = self.online("--reconnect", 0)
        peer.send(mqtt.publish("t", b"x", 2, 9))
        console.expect("message", payload="x")
        peer.reset()
        console.expect("disconnected")
        console.send("connect")
        peer = self.peer(self.listener)
        peer.accept()
        console.expect("connected")
        peer.send(mqtt.publish("t", b"y", 2, 9))
        console.expect("message", payload="y")

    def test_manual_acknowledgements_keep_the_order(self):
        console, peer = self.online()
        console.send("ack manual", "publish 0 0 t marker")
        peer.publish()
        for n, qos in ((1, 1), (2, 2), (3, 1)):
            peer.send(mqtt.publish("t", b"x", qos, n))
            console.expect("message", packet_id=n)
        console.send("ack 3", "ack 2", "publish 0 0 t nothing-before-1")
        self.assertEqual(peer.publish().payload, b"nothing-before-1")
        console.send("ack 1")
        self.assertEqual([(p.type, mqtt.read_id(p)) for p in (peer.read(), peer.read(), peer.read())],
                         [(mqtt.PUBACK, 1), (mqtt.PUBREC, 2), (mqtt.PUBACK, 3)])


if __name__ == "__main__":
    support.main()
