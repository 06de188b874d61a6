# SPDX-License-Identifier: BSL-1.0
"""The console in 5.0, with a broker that the test plays: what it writes, and what it says of what comes."""
import mqtt
import mqtt5
import support
from support import Case

V5 = ("--protocol", "5.0")
ONCE = (*V5, "--reconnect", 0)


class Scripted(Case):
    def dial(self, *options):
        """(console, peer, what CONNECT says)"""
        self.listener = self.broker()
        console = self.console(self.listener.getsockname()[1], *options)
        console.send("connect")
        peer = self.peer(self.listener)
        return console, peer, mqtt5.read_connect(peer.read(mqtt.CONNECT))

    def start(self, *items, options=ONCE):
        """(console, peer): on line, with these properties of CONNACK."""
        named = [("assigned-client-identifier", "given")]
        if "--client-id" in options:
            named = []
        console, peer, _ = self.dial(*options)
        peer.send(mqtt5.connack(0, *named, *items))
        console.expect("connected", reason=0)
        return console, peer


class Options(Case):
    def run_wrong(self, *words):
        console = self.console(1, *words)
        self.assertEqual(console.wait(), (2, []))
        return console.process.stderr.read().decode()

    def test_options_of_5_0_need_it(self):
        for word in ("--session-expiry 1", "--receive-maximum 1", "--topic-alias-maximum 1", "--maximum-packet-size 99",
                     "--user-property a=b", "--will-property will-delay-interval=1", "--auth-method M"):  # fmt: skip
            with self.subTest(word=word):
                flag, value = word.split(" ")
                for version in ((), ("--protocol", "3.1.1"), ("--protocol", "3.1")):
                    said = self.run_wrong("--will-topic", "w", flag, value, *version)
                    self.assertIn(f"{flag} needs --protocol 5.0", said)

    def test_values_that_are_none(self):
        for word in ("--session-expiry 4294967296", "--session-expiry x", "--receive-maximum 0",
                     "--receive-maximum 65536", "--topic-alias-maximum 256", "--maximum-packet-size 0",
                     "--maximum-packet-size 4294967296", "--user-property a", "--will-property will-delay-interval",
                     "--will-property nonsense=1", "--will-property will-delay-interval=x", "--auth-method ",
                     "--auth-secret s", "--will-property will-delay-interval=1"):  # fmt: skip
            with self.subTest(word=word):
                flag, value = word.split(" ")
                self.assertIn("--", self.run_wrong(*V5, flag, value))


class Connect(Scripted):
    def test_nothing_is_announced_that_is_not_given(self):
        _, _, found = self.dial(*ONCE)
        self.assertEqual((found.level, found.flags, found.properties, found.client_id), (5, 0x02, [], b""))

    def test_what_is_given_is_announced_also_if_it_is_the_default(self):
        words = "--session-expiry {} --receive-maximum {} --topic-alias-maximum {} --maximum-packet-size {}"
        for values in ((60, 8, 16, 4096), (0, 65535, 0, 4294967295), (4294967295, 1, 255, 100)):
            with self.subTest(values=values):
                _, _, found = self.dial(*ONCE, *words.format(*values).split())
                names = "session-expiry-interval receive-maximum topic-alias-maximum maximum-packet-size".split()
                self.assertEqual(dict(found.properties), dict(zip(names, values)))
                self.assertEqual(len(found.properties), 4)

    def test_user_properties_and_will(self):
        _, _, found = self.dial(
            *ONCE, "--user-property", "a=1", "--user-property", "a=2", "--user-property", "=b=c d", "--will-topic", "w",
            "--will-payload", "gone", "--will-qos", 1, "--will-property", "will-delay-interval=5", "--will-property",
            "content-type=text/plain", "--will-property", "user-property=k=v", "--username", "u",
        )  # fmt: skip
        pairs = [(b"a", b"1"), (b"a", b"2"), (b"", b"b=c d")]
        self.assertEqual(found.properties, [("user-property", pair) for pair in pairs])
        self.assertEqual(
            found.will_properties,
            [("will-delay-interval", 5), ("content-type", b"text/plain"), ("user-property", (b"k", b"v"))],
        )
        self.assertEqual((found.flags, found.fields), (0x8E, [b"w", b"gone", b"u"]))

    def test_a_property_that_has_no_place_in_a_will(self):
        console = self.console(1, *V5, "--will-topic", "w", "--will-property", "topic-alias=1")
        console.send("connect")
        console.refused("connect", "bad_property")

    def test_what_connack_says(self):
        console, peer, _ = self.dial(*ONCE, "--session-expiry", 9, "--clean-session", 0, "--client-id", "c")
        peer.send(
            mqtt5.connack(
                0, ("reason-string", "hello"), ("server-keep-alive", 30), ("session-expiry-interval", 5),
                ("user-property", ("k", "1")), ("maximum-qos", 1), ("user-property", ("k", 'q"')), session_present=1,
            )  # fmt: skip
        )
        found = console.expect("connected", session_present=True, reason=0, reason_string="hello")
        self.assertEqual(list(found), ["event", "session_present", "reason", "reason_string", "properties"])
        self.assertEqual(
            found["properties"],
            {"server-keep-alive": 30, "session-expiry-interval": 5, "maximum-qos": 1,
             "user-property": [["k", "1"], ["k", 'q"']]},
        )  # fmt: skip
        console.send("publish 2 0 t x")
        console.refused("publish", "qos_unavailable")

    def test_refusals(self):
        for reason, cause, patient in (
            (0x84, "unacceptable_version", False), (0x85, "identifier_rejected", False),
            (0x86, "bad_credentials", False), (0x87, "not_authorized", False), (0x88, "server_unavailable", True),
            (0x8A, "banned", False), (0x9D, "server_moved", None),
        ):  # fmt: skip
            with self.subTest(reason=reason):
                console, peer, _ = self.dial(*V5)
                peer.send(mqtt5.connack(reason, ("reason-string", "no"), ("server-reference", "b:1883")))
                found = console.expect("disconnected", cause=cause, reason=reason, reason_string="no")
                self.assertEqual(found["properties"], {"server-reference": "b:1883"})
                if patient is not None:
                    self.assertEqual(found["retry_in_ms"] <= 1000, patient)
                self.assertTrue(peer.ended())

    def test_a_broker_that_does_not_speak_5_0(self):
        """It refuses in two bytes of its own version, or just hangs up."""
        for code in (1, 0x84):
            console, peer, _ = self.dial(*V5)
            peer.send(mqtt.connack(code))
            found = console.expect("disconnected", cause="unacceptable_version", retry_in_ms=60_000)
            self.assertNotIn("reason", found)
            self.assertTrue(peer.ended())
        console, peer, _ = self.dial(*V5)
        peer.close()
        found = console.expect("disconnected", cause="closed_before_connack")
        self.assertNotIn("reason", found)


class Commands(Scripted):
    def test_properties_of_publish(self):
        console, peer = self.start()
        words = (
            "--property payload-format-indicator=1 --property message-expiry-interval=4294967295 "
            "--property content-type=text/plain --property response-topic=answer/1 --property correlation-data=x=\xfc "
            "--property user-property=a=1 --property user-property=a=b=c"
        )
        sent = [
            ("payload-format-indicator", 1), ("message-expiry-interval", 4294967295), ("content-type", b"text/plain"),
            ("response-topic", b"answer/1"), ("correlation-data", "x=\xfc".encode()), ("user-property", (b"a", b"1")),
            ("user-property", (b"a", b"b=c")),
        ]  # fmt: skip
        for command, tail, payload in (
            ("publish", " two  words", b"two  words"), ("publish-hex", " 00ff", b"\x00\xff"),
            ("publish-size", " 3", b"abc"), ("publish-size", " 9000", None),
        ):  # fmt: skip
            console.send(f"{command} {words} 0 1 t{tail}")
            found = mqtt5.read_publish(peer.read(mqtt.PUBLISH))
            self.assertEqual((found.topic, found.retain, found.properties), ("t", 1, sent))
            self.assertEqual(found.payload if payload else len(found.payload), payload or 9000)
        console.send("publish 0 0 t --property a=b")
        self.assertEqual(mqtt5.read_publish(peer.read()).payload, b"--property a=b")

    def test_words_that_are_refused(self):
        console, peer = self.start()
        many = "--property user-property=a=b " * 65
        for line, cause in {
            "publish --property 0 0 t x": "bad_property",
            "publish --property nonsense=1 0 0 t x": "bad_property",
            "publish --property Content-Type=1 0 0 t x": "bad_property",
            "publish --property user-property=a 0 0 t x": "bad_property",
            "publish --property content-type=a --property content-type=b 0 0 t x": "bad_property",
            "publish --property payload-format-indicator=2 0 0 t x": "bad_property",
            "publish --property message-expiry-interval=4294967296 0 0 t x": "bad_property",
            "publish --property response-topic=a/# 0 0 t x": "bad_property",
            "publish --property receive-maximum=1 0 0 t x": "bad_property",
            "publish --property subscription-identifier=1 0 0 t x": "bad_property",
            "publish --property topic-alias=1 0 0 t x": "bad_topic_alias",
            "publish --properties a=b 0 0 t x": "unknown_option",
            "publish --no-local 1 0 0 t x": "unknown_option",
            f"publish {many}0 0 t x": "too_many_properties",
            "publish-hex --property x=1 0 0 t 00": "bad_property",
            "publish-size --property x=1 0 0 t 1": "bad_property",
            "subscribe --property content-type=a 1 t": "bad_property",
            "subscribe --property subscription-identifier=0 1 t": "bad_property",
            "subscribe --property subscription-identifier=268435456 1 t": "bad_option",
            "subscribe --property subscription-identifier=1 --property subscription-identifier=2 1 t": "bad_property",
            "subscribe --no-local 2 1 t": "bad_option",
            "subscribe --retain-handling 3 1 t": "bad_option",
            "subscribe --retain-as-published": "bad_option",
            "subscribe --no-local 1 1 $share/g/t": "bad_option",
            "subscribe 1 $share/g": "bad_filter",
            "subscribe --anything 1 1 t": "unknown_option",
            "disconnect 256": "bad_arguments",
            "disconnect 142": "bad_reason",
            "disconnect --property session-expiry-interval=1": "bad_property",
        }.items():
            with self.subTest(line=line[:70]):
                console.send(line)
                console.refused(line.split()[0], cause)
        console.send("disconnect")
        peer.read(mqtt.DISCONNECT)
        console.expect("disconnected", cause="requested")

    def test_words_of_5_0_in_3_1_1(self):
        console, peer = self.online()
        for line in ("publish --property content-type=a 0 0 t x", "subscribe --no-local 1 1 t"):
            console.send(line)
            console.refused(line.split()[0], "needs_protocol_5")
        for line, cause in {
            "publish --x 0 t": "bad_qos",
            "subscribe --x t": "bad_qos",
            "disconnect 4": "bad_arguments",
        }.items():
            console.send(line)
            console.refused(line.split()[0], cause)
        peer.send(mqtt.publish("t", b"x"))
        self.assertEqual(
            console.expect("message"),
            {"event": "message", "topic": "t", "qos": 0, "retain": False, "dup": False, "size": 1, "payload": "x"},
        )

    def test_subscribe(self):
        console, peer = self.start()
        console.send(
            "subscribe --property user-property=k=v --no-local 1 --retain-handling 2 --property "
            "subscription-identifier=268435455 --retain-as-published 1 2 a/#"
        )
        found = mqtt5.read_subscribe(peer.read(mqtt.SUBSCRIBE))
        self.assertEqual(found.filters, [("a/#", 0x2E)])
        self.assertEqual(found.properties, [("subscription-identifier", 268435455), ("user-property", (b"k", b"v"))])
        peer.send(mqtt5.suback(found.id, [1], ("reason-string", "less"), ("user-property", ("x", "y"))))
        event = console.expect("subscribed", filter="a/#", granted=1, reason=1, reason_string="less")
        self.assertEqual(event["properties"], {"user-property": [["x", "y"]]})
        console.send("subscribe 0 b")
        found = mqtt5.read_subscribe(peer.read(mqtt.SUBSCRIBE))
        self.assertEqual((found.filters, found.properties), ([("b", 0)], []))
        peer.send(mqtt5.suback(found.id, [0x87]))
        console.expect("subscribe_failed", filter="b", reason=0x87)
        console.send("unsubscribe a/#")
        found = mqtt5.read_subscribe(peer.read(mqtt.UNSUBSCRIBE))
        self.assertEqual(found.filters, [("a/#", None)])
        peer.send(mqtt5.unsuback(found.id, [0x11], ("reason-string", "never was")))
        console.expect("unsubscribed", filter="a/#", reason=0x11, reason_string="never was")

    def test_properties_of_filters_are_kept(self):
        """More commands than the table holds; what the broker has forgotten is asked for again as it was said last."""
        console, peer = self.start(options=(*V5, "--client-id", "c", "--backoff-max", 1))

        def ask(name, mark, granted=0):
            words = f"--property user-property=k={mark} --property subscription-identifier={mark}"
            console.send(f"subscribe {words} 1 {name}")
            found = mqtt5.read_subscribe(peer.read(mqtt.SUBSCRIBE))
            peer.send(mqtt5.suback(found.id, [granted]))
            console.expect("subscribe_failed" if granted > 2 else "subscribed", filter=name)

        for mark in range(1, 40):
            ask("same", mark)
            ask("refused", mark, 0x80)
        for n in range(7):
            ask(f"more/{n}", 100 + n)
        console.send("subscribe --property user-property=k=v 1 ninth", "subscribe --property user-property=a=b 4 same")
        console.refused("subscribe", "subscriptions_full")
        console.refused("subscribe", "bad_qos")
        peer.close()
        console.expect("disconnected")
        peer = self.peer(self.listener)
        peer.read(mqtt.CONNECT)
        peer.send(mqtt5.connack(0))
        console.expect("connected")
        again = {}
        for _ in range(8):
            found = mqtt5.read_subscribe(peer.read(mqtt.SUBSCRIBE))
            again[found.filters[0][0]] = dict(found.properties)
            peer.send(mqtt5.suback(found.id, [0]))
        marks = {"same": 39, **{f"more/{n}": 100 + n for n in range(7)}}
        self.assertEqual(
            again,
            {k: {"subscription-identifier": m, "user-property": (b"k", b"%d" % m)} for k, m in marks.items()},
        )

    def test_disconnect_with_a_reason(self):
        console, peer = self.start(options=(*ONCE, "--session-expiry", 5))
        console.send("disconnect --property session-expiry-interval=7 --property user-property=a=b 4")
        self.assertEqual(
            mqtt5.read_reason(peer.read(mqtt.DISCONNECT)),
            (4, [("session-expiry-interval", 7), ("user-property", (b"a", b"b"))]),
        )
        found = console.expect("disconnected", cause="requested", retry_in_ms=0)
        self.assertNotIn("reason", found)


class Events(Scripted):
    def test_message(self):
        console, peer = self.start()
        peer.send(
            mqtt5.publish(
                "t", b"x", ("payload-format-indicator", 1), ("message-expiry-interval", 9), ("content-type", "json"),
                ("subscription-identifier", 7), ("response-topic", "r"), ("correlation-data", b"\x00\xff"),
                ("user-property", ("a", "1")), qos=1, packet_id=5,
            )  # fmt: skip
        )
        self.assertEqual(
            console.expect("message"),
            {"event": "message", "topic": "t", "qos": 1, "retain": False, "dup": False, "size": 1, "packet_id": 5,
             "payload": "x", "properties": {
                 "payload-format-indicator": 1, "message-expiry-interval": 9, "content-type": "json",
                 "response-topic": "r", "correlation-data-hex": "00ff", "subscription-identifier": 7,
                 "user-property": [["a", "1"]]}},
        )  # fmt: skip
        self.assertEqual(mqtt5.read_ack(peer.read(mqtt.PUBACK))[:2], (5, 0))
        peer.send(mqtt5.publish("t", b"", *[("subscription-identifier", n) for n in (1, 128, 268435455)]))
        self.assertEqual(console.expect("message")["properties"], {"subscription-identifier": [1, 128, 268435455]})
        peer.send(mqtt5.publish("t", b"", ("correlation-data", "text")))
        self.assertEqual(console.expect("message")["properties"], {"correlation-data": "text"})
        peer.send(mqtt5.publish("t"))
        self.assertEqual(console.expect("message")["properties"], {})

    def test_too_large_is_drained_and_in_chunks_has_its_properties(self):
        console, peer = self.start()
        peer.send(mqtt5.publish("t", b"y" * 9000, ("content-type", "big"), qos=1), mqtt5.publish("t", b"small"))
        console.expect("dropped", topic="t", size=9000, cause="message_too_long")
        console.expect("message", payload="small")
        self.assertEqual(mqtt5.read_ack(peer.read(mqtt.PUBACK))[0], 1)
        console, peer = self.start(options=(*ONCE, "--chunks", 1))
        peer.send(mqtt5.publish("t", b"y" * 9000, ("content-type", "big"), qos=1), mqtt5.publish("t", b"small"))
        size = 0
        while size < 9000:
            found = console.expect("chunk", offset=size, size=9000, properties={"content-type": "big"})
            size += len(found["payload"])
        console.expect("message", topic="t", size=9000)
        console.expect("message", payload="small")

    def test_outcomes_of_publishes(self):
        console, peer = self.start()
        console.send(*[f"publish {qos} 0 t {n}" for n, qos in enumerate((1, 1, 1, 2, 2))])
        ids = [mqtt5.read_publish(peer.read(mqtt.PUBLISH)).id for _ in range(5)]
        peer.send(mqtt.ack(mqtt.PUBACK, ids[0]), mqtt5.ack(mqtt.PUBACK, ids[1], 0x10, ("reason-string", "nobody")))
        console.expect("delivered", packet_id=ids[0], reason=0, properties={})
        console.expect("delivered", packet_id=ids[1], reason=0x10, reason_string="nobody")
        peer.send(mqtt5.ack(mqtt.PUBACK, ids[2], 0x97, ("user-property", ("left", "0"))))
        found = console.expect("rejected", packet_id=ids[2], cause="publish_refused", reason=0x97)
        self.assertEqual(found["properties"], {"user-property": [["left", "0"]]})
        peer.send(mqtt5.ack(mqtt.PUBREC, ids[3], 0x87), mqtt5.ack(mqtt.PUBREC, ids[4]))
        console.expect("rejected", packet_id=ids[3], cause="publish_refused", reason=0x87)
        self.assertEqual(mqtt5.read_ack(peer.read(mqtt.PUBREL))[0], ids[4])
        peer.send(mqtt5.ack(mqtt.PUBCOMP, ids[4]))
        console.expect("delivered", packet_id=ids[4], reason=0)

    def test_receive_maximum_and_packet_size_of_the_broker(self):
        console, peer = self.start(("receive-maximum", 1), ("maximum-packet-size", 60), ("retain-available", 0))
        console.send("publish 1 0 t one", "publish 2 0 t two", "publish-size 0 0 t 100", "publish 0 1 t x")
        first = mqtt5.read_publish(peer.read(mqtt.PUBLISH))
        self.assertEqual(first.payload, b"one")
        console.refused("publish-size", "packet_too_long_for_server")
        console.refused("publish", "retain_unavailable")
        peer.send(mqtt.ack(mqtt.PUBACK, first.id))
        second = mqtt5.read_publish(peer.read(mqtt.PUBLISH))
        self.assertEqual((second.payload, second.qos), (b"two", 2))

    def test_aliases_of_the_broker(self):
        console, peer = self.start(options=(*ONCE, "--topic-alias-maximum", 3))
        long = "l" * 2048
        peer.send(
            mqtt5.publish("one", b"a", ("topic-alias", 1)), mqtt5.publish(long, b"b", ("topic-alias", 3)),
            mqtt5.publish("", b"c", ("topic-alias", 3)), mqtt5.publish("", b"d", ("topic-alias", 1), qos=1),
            mqtt5.publish("two", b"e", ("topic-alias", 1)), mqtt5.publish("", b"f", ("topic-alias", 1)),
        )  # fmt: skip
        for topic, payload in (("one", "a"), (long, "b"), (long, "c"), ("one", "d"), ("two", "e"), ("two", "f")):
            console.expect("message", topic=topic, payload=payload)
        peer.read(mqtt.PUBACK)
        peer.send(mqtt5.publish("x", b"", ("topic-alias", 4)))
        self.assertEqual(mqtt5.read_reason(peer.read(mqtt.DISCONNECT))[0], 0x94)
        console.expect("disconnected", cause="topic_alias_invalid")

    def test_an_alias_lasts_as_long_as_its_connection(self):
        console, peer = self.start(options=(*V5, "--topic-alias-maximum", 3, "--backoff-max", 1))
        peer.send(mqtt5.publish("one", b"a", ("topic-alias", 1)), mqtt5.publish("", b"b", ("topic-alias", 2)))
        console.expect("message", topic="one")
        self.assertEqual(mqtt5.read_reason(peer.read(mqtt.DISCONNECT))[0], 0x82)
        console.expect("disconnected", cause="protocol_error")
        peer = self.peer(self.listener)
        peer.read(mqtt.CONNECT)
        peer.send(mqtt5.connack(0, ("assigned-client-identifier", "given")))
        console.expect("connected")
        peer.send(mqtt5.publish("", b"c", ("topic-alias", 1)))
        console.expect("disconnected", cause="protocol_error")

    def test_the_broker_leaves(self):
        for reason, cause in (
            (0x00, "server_disconnected"), (0x81, "server_objected"), (0x8B, "server_shutting_down"),
            (0x8D, "keep_alive_expired"), (0x97, "quota_exceeded"), (0x98, "administrative_action"),
            (0x9C, "use_another_server"),
        ):  # fmt: skip
            with self.subTest(reason=reason):
                console, peer = self.start()
                peer.send(mqtt5.disconnect(reason, ("reason-string", "bye"), ("user-property", ("a", "b"))))
                found = console.expect("disconnected", cause=cause, reason=reason, reason_string="bye")
                self.assertEqual(found["properties"], {"user-property": [["a", "b"]]})
                self.assertTrue(peer.ended())

    def test_taken_over(self):
        console, peer = self.start(options=V5)
        peer.send(mqtt5.disconnect(0x8E, ("reason-string", "other")))
        console.expect("replaced")
        found = console.expect("disconnected", cause="replaced", reason=0x8E, reason_string="other")
        self.assertGreater(found["retry_in_ms"], 1000)

    def test_faults_of_the_broker_are_told_to_it(self):
        for wrong, reason, cause in (
            (mqtt5.publish("t", b"", ("receive-maximum", 1)), 0x81, "malformed_packet"),
            (mqtt5.publish("t", b"", ("content-type", "a"), ("content-type", "b")), 0x82, "protocol_error"),
            (mqtt5.publish("t/#"), 0x90, "invalid_topic"),
            (mqtt5.connack(0), 0x82, "protocol_error"),
            (mqtt5.suback(77, [0]), 0x82, "unknown_packet_id"),
            (mqtt.packet(mqtt5.AUTH, 0, b""), 0x82, "protocol_error"),
        ):
            with self.subTest(wrong=wrong):
                console, peer = self.start()
                peer.send(wrong)
                self.assertEqual(mqtt5.read_reason(peer.read(mqtt.DISCONNECT))[0], reason)
                console.expect("disconnected", cause=cause)
                self.assertTrue(peer.ended())


if __name__ == "__main__":
    support.main()
