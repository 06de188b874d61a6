# SPDX-License-Identifier: BSL-1.0
"""The console against mosquitto: every command and event of an undisturbed life."""
import support
from support import Case


class Mosquitto(Case):
    def setUp(self):
        self.broker = self.mosquitto()

    def start(self, *options):
        console = self.console(self.broker.port, *options)
        console.connect(session_present=False)
        return console

    def test_all_pairs_of_qos(self):
        listeners = [self.start("--client-id", f"listener-{qos}") for qos in range(3)]
        for qos, listener in enumerate(listeners):
            listener.subscribe(qos, "pairs/+")
        speaker = self.start("--client-id", "speaker")
        delivered = 0
        for sent in range(3):
            speaker.send(f"publish {sent} 0 pairs/{sent} from {sent}")
            delivered += sent > 0
            if sent > 0:
                speaker.expect("delivered")
            for granted, listener in enumerate(listeners):
                text = f"from {sent}"
                found = listener.expect("message", topic=f"pairs/{sent}", qos=min(sent, granted), payload=text)
                self.assertEqual((found["retain"], found["dup"], found["size"]), (False, False, len(text)))
                self.assertEqual("packet_id" in found, found["qos"] > 0)
        speaker.send("stats")
        stats = speaker.expect("stats", online=True, connects=1, messages_out=3, messages_in=0)
        self.assertEqual(stats["delivered"], delivered)
        for console in (speaker, *listeners):
            status, events = console.end()
            self.assertEqual(status, 0)
            self.assertEqual(events, [{"event": "disconnected", "cause": "requested", "retry_in_ms": 0}])

    def test_every_payload_arrives_as_it_is(self):
        console = self.start()
        console.subscribe(1, "#")
        for line, payload in {
            "publish 1 0 t": "",
            "publish 1 0 t ": "",
            "publish 1 0 t  two spaces  ": " two spaces  ",
            'publish 1 0 t {"a":"\\n"}': '{"a":"\\n"}',
            "publish 1 0 t \u00e4\u20ac\U0001f600": "\u00e4\u20ac\U0001f600",
            "publish 1 0 t \x01\x1f\x7f\t": "\x01\x1f\x7f\t",
            "publish-hex 1 0 t": "",
            "publish-hex 1 0 t 68C3a4": "h\u00e4",
            "publish-hex 1 0 t 0d0a5c22": '\r\n\\"',
            "publish-size 1 0 t 0": "",
            "publish-size 1 0 t 30": "abcdefghijklmnopqrstuvwxyzabcd",
        }.items():
            console.send(line)
            found = console.expect("message", "delivered", topic="t", payload=payload)
            self.assertEqual(found["size"], len(payload.encode()))
        for digits in ("00", "ff", "c3", "eda080", "610062", "f4908080"):
            console.send(f"publish-hex 1 0 t {digits}")
            found = console.expect("message", "delivered", payload_hex=digits)
            self.assertEqual(found["size"], len(digits) // 2)
            self.assertNotIn("payload", found)

    def test_retained(self):
        console = self.start()
        console.send("publish 1 1 kept one", "publish 2 1 kept two", "wait-for delivered 9000")
        console.expect("delivered")
        console.expect("delivered")
        console.subscribe(2, "kept")
        console.expect("message", topic="kept", payload="two", retain=True, qos=2)
        console.send("publish 1 1 kept")
        console.expect("message", "delivered", payload="", retain=False)
        console.send("subscribe 2 kept")
        console.expect("subscribed", "delivered")
        console.send("publish 0 0 kept end")
        console.expect("message", "delivered", payload="end", retain=False)

    def test_larger_than_the_receive_buffer(self):
        console = self.start("--chunks", 0)
        console.subscribe(2, "big")
        for qos, size in ((0, 5000), (1, 70_000), (2, 1_000_000)):
            console.send(f"publish-size {qos} 0 big {size}")
            console.expect("dropped", "delivered", topic="big", size=size, cause="message_too_long")
            console.send("publish 2 0 big small")
            console.expect("message", "delivered", payload="small")

    def test_in_chunks(self):
        console = self.start("--chunks", 1)
        console.subscribe(2, "big")
        for qos, size in ((0, 5000), (1, 70_000), (2, 300_000)):
            console.send(f"publish-size {qos} 0 big {size}")
            offset = 0
            while True:
                event = console.next()
                if event["event"] == "delivered":
                    continue
                self.assertEqual((event["topic"], event["size"], event["qos"]), ("big", size, qos))
                if event["event"] == "message":
                    break
                self.assertEqual((event["event"], event["offset"]), ("chunk", offset))
                wanted = "".join(chr(97 + n % 26) for n in range(offset, offset + len(event["payload"])))
                self.assertEqual(event["payload"], wanted)
                offset += len(wanted)
            self.assertEqual(offset, size)
            self.assertNotIn("payload", event)
            self.assertNotIn("payload_hex", event)
        console.send("publish 2 0 big small")
        console.expect("message", "delivered", payload="small")

    def test_unsubscribe(self):
        console = self.start()
        console.subscribe(0, "a")
        console.subscribe(0, "b")
        console.send("unsubscribe a")
        console.expect("unsubscribed", filter="a")
        console.send("unsubscribe never/was")
        console.expect("unsubscribed", filter="never/was")
        console.send("publish 0 0 a x", "publish 0 0 b y")
        console.expect("message", topic="b", payload="y")

    def test_filters_come_and_go(self):
        """More than the table of the console holds, one after the other; each text has to stay its own."""
        console = self.start()
        for n in range(30):
            name = f"filter/{n}/" + "x" * n
            console.subscribe(1, name)
            console.send(f"publish 0 0 {name} {n}")
            console.expect("message", topic=name, payload=str(n))
            console.subscribe(2, name)
            console.send(f"unsubscribe {name}")
            console.expect("unsubscribed", filter=name)
        names = {f"last/{n}" for n in range(8)}
        for name in sorted(names):
            console.subscribe(1, name)
        console.send("disconnect")
        console.expect("disconnected")
        console.connect()
        self.assertEqual({console.expect("subscribed")["filter"] for _ in names}, names)

    def test_will(self):
        will = "--will-topic will --will-payload gone --will-qos 1 --will-retain 0".split()
        watcher = self.start("--client-id", "watcher")
        watcher.subscribe(1, "will")
        self.assertEqual(self.start("--client-id", "polite", *will).end()[0], 0)
        self.start("--client-id", "rude", *will).kill()
        watcher.expect("message", topic="will", payload="gone", qos=1)
        watcher.send("publish 0 0 will end")
        watcher.expect("message", payload="end")

    def test_acknowledged_by_hand(self):
        options = ("--client-id", "slow", "--clean-session", 0)
        console = self.start(*options)
        console.subscribe(2, "work")
        console.send("ack manual", "publish 1 0 work one", "publish 1 0 work two", "publish 2 0 work three")
        one = console.expect("message", "delivered", payload="one", qos=1)
        console.expect("message", "delivered", payload="two", qos=1)
        three = console.expect("message", "delivered", payload="three", qos=2)
        console.send(f"ack {one['packet_id']}", f"ack {one['packet_id']}")
        console.expect("error", "delivered", command="ack", cause="nothing_to_acknowledge")
        console.send("disconnect")
        console.expect("disconnected", "delivered", cause="requested")
        console.connect(session_present=True)
        # QoS 1 comes again; QoS 2 was handed over and does not, but is still ours to acknowledge.
        two = console.expect("message", payload="two", qos=1, dup=True)
        console.send("publish 1 0 work four")
        console.expect("message", "delivered", payload="four")
        console.send(f"ack {two['packet_id']}", f"ack {three['packet_id']}", "ack auto", "publish 2 0 work five")
        console.expect("message", "delivered", payload="five")

    def test_protocol_3_1(self):
        console = self.start("--protocol", "3.1", "--client-id", "old")
        console.subscribe(2, "t")
        console.send("publish 2 0 t hello")
        console.expect("message", "delivered", payload="hello", qos=2)

    def test_declared_before_connect_and_again_after_it(self):
        console = self.console(self.broker.port)
        console.send("subscribe 1 t", "publish 1 0 elsewhere waits", "publish 0 0 t refused")
        console.refused("publish", "not_connected")
        console.connect()
        console.expect_all({"event": "delivered"}, {"event": "subscribed", "filter": "t", "granted": 1})
        console.send("disconnect")
        console.expect("disconnected")
        console.connect()
        console.expect("subscribed", filter="t", granted=1)
        console.send("publish 0 0 t again")
        console.expect("message", payload="again")

    def test_wait_for(self):
        console = self.start()
        console.subscribe(1, "t")
        # Printed by the connect and subscribe above, and not waited for yet.
        console.send("wait-for subscribed 0", "wait-for connected 0", "wait-for connected 1", "publish 1 0 t x")
        console.refused("wait-for", "wait_timeout")
        console.expect("message", "delivered")
        console.send("wait-for message 9000", "wait-for delivered 9000")
        console.send("publish-size 0 0 t 9", "wait-for message 9000")
        console.expect("message", "delivered", size=9)
        console.send("wait 1", "wait-for message 1")
        console.expect("error", "delivered", command="wait-for", cause="wait_timeout")

    def test_a_script_of_one_piece(self):
        console = self.console(self.broker.port)
        console.raw(
            b"connect\r\nwait-for connected 9000\r\nsubscribe 2 s\r\nwait-for subscribed 9000\r\n"
            b"publish 2 0 s hello\r\nwait-for message 9000\r\nwait-for delivered 9000\r\n"
            b"unsubscribe s\r\nwait-for unsubscribed 9000\r\ndisconnect\r\nwait-for disconnected 9000\r\nquit\r\n"
        )
        status, events = console.end()
        self.assertEqual(status, 0)
        names = [event["event"] for event in events]
        self.assertEqual(sorted(names[2:4]), ["delivered", "message"])
        self.assertEqual(names[:2] + names[4:], ["connected", "subscribed", "unsubscribed", "disconnected"])


if __name__ == "__main__":
    support.main()
