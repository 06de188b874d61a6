# SPDX-License-Identifier: BSL-1.0
"""Each limit reached on purpose: its own cause, and the link lives on."""
import mqtt
import support
from support import Case


class Outbound(Case):
    def alive(self, console, peer):
        """The link still carries a message both ways; answers everything that comes before the marker."""
        console.send("publish 0 0 still/alive yes")
        while True:
            found = peer.read()
            if found.type == mqtt.PUBLISH and mqtt.read_publish(found).topic == "still/alive":
                break
        peer.send(mqtt.publish("alive", b"too"))
        console.expect("message", "delivered", topic="alive", payload="too")

    def test_inflight_full(self):
        console, peer = self.online()
        for n in range(8):
            console.send(f"publish {1 + n % 2} 0 t {n}")
        ids = [peer.publish().id for _ in range(8)]
        self.assertEqual(len(set(ids)), 8)
        for line in ("publish 1 0 t x", "publish-hex 2 0 t 00", "publish-size 1 0 t 9000"):
            console.send(line)
            console.refused(line.split()[0], "inflight_full")
        peer.send(mqtt.ack(mqtt.PUBACK, ids[2]))
        console.expect("delivered", packet_id=ids[2])
        console.send("publish 1 0 t eight")
        self.assertEqual(peer.publish().payload, b"eight")
        self.alive(console, peer)

    def test_subscribe_requests_full(self):
        console, peer = self.online()
        console.send("subscribe 1 a", "subscribe 1 b", "unsubscribe c", "subscribe 1 d", "subscribe 1 e")
        console.refused("subscribe", "subscribe_requests_full")
        console.send("unsubscribe e")
        console.refused("unsubscribe", "subscribe_requests_full")
        asked = [peer.read() for _ in range(4)]
        peer.send(mqtt.suback(mqtt.read_id(asked[1]), 0))
        console.expect("subscribed", filter="b", granted=0)
        console.send("subscribe 2 e")
        self.assertEqual(mqtt.read_filters(peer.read(mqtt.SUBSCRIBE)), [("e", 2)])
        self.alive(console, peer)

    def test_subscriptions_full(self):
        console, peer = self.online()
        for n in range(8):
            console.send(f"subscribe 1 filter/{n}")
            peer.send(mqtt.suback(mqtt.read_id(peer.read(mqtt.SUBSCRIBE)), 1))
            console.expect("subscribed", filter=f"filter/{n}")
        console.send("subscribe 1 ninth")
        console.refused("subscribe", "subscriptions_full")
        console.send("subscribe 2 filter/3")  # a known one can be asked for again
        peer.send(mqtt.suback(mqtt.read_id(peer.read(mqtt.SUBSCRIBE)), 2))
        console.expect("subscribed", filter="filter/3", granted=2)
        console.send("unsubscribe filter/0")
        peer.send(mqtt.ack(mqtt.UNSUBACK, mqtt.read_id(peer.read(mqtt.UNSUBSCRIBE))))
        console.expect("unsubscribed", filter="filter/0")
        console.send("subscribe 1 ninth")
        self.assertEqual(mqtt.read_filters(peer.read(mqtt.SUBSCRIBE)), [("ninth", 1)])
        self.alive(console, peer)

    def test_subscriptions_full_off_line(self):
        console = self.console()
        console.send(*(f"subscribe 1 filter/{n}" for n in range(9)))
        console.refused("subscribe", "subscriptions_full")
        self.assertEqual(console.end(), (0, []))

    def test_ring_full(self):
        """Off line what is published waits in the ring; all of it leaves when there is a connection."""
        listener = self.broker()
        console = self.console(listener.getsockname()[1])
        text = "x" * 1000
        console.send(*(f"publish {1 + n % 2} 0 t {n}{text}" for n in range(5)))
        console.refused("publish", "ring_full")
        console.send("connect")
        peer = self.peer(listener)
        peer.accept()
        console.expect("connected")
        found = [peer.publish() for _ in range(4)]
        self.assertEqual([p.payload.decode() for p in found], [f"{n}{text}" for n in range(4)])
        self.assertEqual([p.dup for p in found], [0] * 4)
        peer.send(mqtt.ack(mqtt.PUBACK, found[0].id))
        console.expect("delivered", packet_id=found[0].id)
        console.send(f"publish 1 0 t 5{text}")
        self.assertEqual(peer.publish().payload.decode(), f"5{text}")
        self.alive(console, peer)

    def test_publish_too_long(self):
        console, peer = self.online()
        for size in (4096, 5000, 70_000):
            for qos in range(3):
                console.send(f"publish {qos} 0 t {'x' * size}")
                console.refused("publish", "publish_too_long")
        console.send("publish-hex 0 0 t " + "00" * 4096)
        console.refused("publish-hex", "publish_too_long")
        longest = 4096 - 3 - 2 - 1  # fixed header, topic
        console.send("publish 0 0 t " + "x" * (longest + 1))
        console.refused("publish", "publish_too_long")
        console.send("publish 0 0 t " + "x" * longest)
        self.assertEqual(len(peer.publish().payload), longest)
        self.alive(console, peer)

    def test_topic_too_long(self):
        console, peer = self.online()
        for line in ("publish 0 0 {}", "publish-hex 1 0 {} 00", "publish-size 2 0 {} 9", "subscribe 1 {}"):
            for size in (2049, 5000, 65_536, 100_000):
                console.send(line.format("t" * size))
                console.refused(line.split()[0], "topic_too_long")
        console.send(f"publish 0 0 {'t' * 2048}")
        self.assertEqual(peer.publish().topic, "t" * 2048)
        self.alive(console, peer)

    def test_an_unsubscribe_that_can_never_fit(self):
        console, peer = self.online()
        console.send(f"unsubscribe {'t' * 5000}")
        self.assertIn(console.expect("error", command="unsubscribe")["cause"], ("request_too_long", "topic_too_long"))
        self.alive(console, peer)

    def test_sources_full(self):
        """A broker that reads nothing: eight payloads are being pulled, no ninth can be."""
        console, peer = self.online()
        console.send("publish-size 0 0 t 50000000", *(f"publish-size 1 0 t {n}000000" for n in range(1, 9)))
        console.refused("publish-size", "sources_full")
        self.assertEqual(len(peer.publish().payload), 50_000_000)
        for n in range(1, 8):
            self.assertEqual(len(peer.publish().payload), n * 1_000_000)
        self.alive(console, peer)


class Inbound(Case):
    def test_message_too_long(self):
        console, peer = self.online("--chunks", 0)
        for qos in range(3):
            peer.send(mqtt.publish("t", bytes(range(256)) * 40, qos, 9), mqtt.publish("u", b"next"))
            console.expect("dropped", topic="t", size=10_240, cause="message_too_long")
            console.expect("message", topic="u", payload="next")
            if qos:
                self.assertEqual(mqtt.read_id(peer.read(mqtt.PUBACK if qos == 1 else mqtt.PUBREC)), 9)
        peer.send(mqtt.ack(mqtt.PUBREL, 9))
        self.assertEqual(mqtt.read_id(peer.read(mqtt.PUBCOMP)), 9)

    def test_the_largest_that_fits(self):
        console, peer = self.online()
        size = 4096 - 3 - 2 - 1
        peer.send(mqtt.publish("t", b"x" * size), mqtt.publish("t", b"x" * (size + 1)))
        console.expect("message", size=size, payload="x" * size)
        console.expect("dropped", size=size + 1, cause="message_too_long")

    def test_topic_too_long(self):
        for chunks in (0, 1):
            console, peer = self.online("--chunks", chunks)
            for qos in range(3):
                peer.send(mqtt.publish("t" * 5000, b"x" * 5000, qos, 7), mqtt.publish("u", b"next"))
                lost = console.expect("dropped", size=5000, cause="topic_too_long")
                self.assertGreater(len(lost["topic"]), 1000)
                self.assertEqual(set(lost["topic"]), {"t"})
                console.expect("message", topic="u")
                if qos:
                    self.assertEqual(mqtt.read_id(peer.read(mqtt.PUBACK if qos == 1 else mqtt.PUBREC)), 7)

    def test_a_topic_of_almost_the_whole_buffer(self):
        console, peer = self.online()
        peer.send(mqtt.publish("t" * 4000, b"x", 1, 3))
        console.expect("message", topic="t" * 4000, payload="x", qos=1, packet_id=3)
        self.assertEqual(mqtt.read_id(peer.read(mqtt.PUBACK)), 3)

    def test_chunks_keep_bytes_that_are_no_text(self):
        console, peer = self.online("--chunks", 1)
        payload = bytes(n * 7 % 256 for n in range(20_000))
        peer.send(mqtt.publish("t", payload, 2, 5))
        found = b""
        while True:
            event = console.next()
            if event["event"] == "message":
                break
            self.assertEqual((event["event"], event["offset"], event["size"]), ("chunk", len(found), 20_000))
            found += bytes.fromhex(event["payload_hex"]) if "payload_hex" in event else event["payload"].encode()
        self.assertEqual(found, payload)
        self.assertEqual((event["size"], event["packet_id"]), (20_000, 5))
        self.assertEqual(mqtt.read_id(peer.read(mqtt.PUBREC)), 5)

    def test_inbound_full(self):
        """More QoS 2 messages at once than we can remember: the broker breaks a promise, the link goes."""
        console, peer = self.online()
        for n in range(1, 257):
            peer.send(mqtt.publish("t", b"x", 2, n))
        for n in range(1, 256):
            console.expect("message", packet_id=n)
        console.expect("disconnected", cause="inbound_full")

    def test_inbound_full_of_what_the_user_holds(self):
        """Then it is the user who keeps us from reading: the link waits for him."""
        console, peer = self.online()
        console.send("ack manual", "publish 0 0 sync x")
        peer.publish()
        for n in range(1, 264):
            peer.send(mqtt.publish("t", b"x", 2 - n % 2, n))
        for n in range(1, 256):
            console.expect("message", packet_id=n)
        # The last one first: acknowledgements leave in the order of the messages.
        console.send(*(f"ack {n}" for n in range(255, 0, -1)))
        for n in range(1, 256):
            self.assertEqual(mqtt.read_id(peer.read(mqtt.PUBACK if n % 2 == 1 else mqtt.PUBREC)), n)
        for n in range(256, 264):
            console.expect("message", packet_id=n)
            console.send(f"ack {n}")
            self.assertEqual(mqtt.read_id(peer.read(mqtt.PUBACK if n % 2 == 1 else mqtt.PUBREC)), n)


if __name__ == "__main__":
    support.main()
