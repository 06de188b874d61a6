# SPDX-License-Identifier: BSL-1.0
"""The console in 5.0 against mosquitto: all that both have."""
import signal

import support
from support import Case


class Mosquitto(Case):
    real = None

    def start(self, *options, **fields):
        self.real = self.real or self.mosquitto()
        console = self.console(self.real.port, "--protocol", "5.0", *options)
        console.connect(**fields)
        return console

    def outcome(self, console, event, **fields):
        """The next event of this name, whatever comes before it."""
        return console.expect(event, "message", "delivered", "subscribed", **fields)

    def test_all_pairs_of_qos(self):
        listeners = [self.start("--client-id", f"listener-{qos}") for qos in range(3)]
        for qos, listener in enumerate(listeners):
            listener.subscribe(qos, "pairs/+")
        speaker = self.start("--client-id", "speaker")
        for sent in range(3):
            speaker.send(f"publish --property user-property=from={sent} {sent} 0 pairs/{sent} x")
            if sent > 0:
                speaker.expect("delivered", reason=0)
            for granted, listener in enumerate(listeners):
                found = listener.expect("message", topic=f"pairs/{sent}", qos=min(sent, granted), payload="x")
                self.assertEqual(found["properties"], {"user-property": [["from", str(sent)]]})
        speaker.send("publish 1 0 nobody/listens x")
        speaker.expect("delivered", reason=0x10)
        for console in (speaker, *listeners):
            status, events = console.end()
            self.assertEqual((status, [e["cause"] for e in events]), (0, ["requested"]))

    def test_every_property_of_a_message_arrives(self):
        console = self.start()
        console.subscribe(2, "t")
        names = {
            "payload-format-indicator": 1, "content-type": "text/plain", "response-topic": "answer/1",
            "correlation-data": "x=y", "message-expiry-interval": 4294967,
        }  # fmt: skip
        words = "".join(f"--property {k}={v} " for k, v in names.items())
        words += "--property user-property=a=1 --property user-property=a=2"
        for command, tail, payload in (
            ("publish", "a b", "a b"),
            ("publish-hex", "00ff", None),
            ("publish-size", "5", "abcde"),
        ):
            for qos in range(3):
                console.send(f"{command} {words} {qos} 0 t {tail}")
                found = self.outcome(console, "message")
                self.assertEqual((found.get("payload"), found["qos"]), (payload, qos))
                self.assertEqual(found["properties"], {**names, "user-property": [["a", "1"], ["a", "2"]]})

    def test_subscription_identifiers(self):
        console = self.start()
        console.send("subscribe --property subscription-identifier=7 1 a/#")
        console.expect("subscribed", reason=1)
        console.send("subscribe --property subscription-identifier=268435455 1 b")
        console.expect("subscribed")
        console.send("publish 0 0 a/b x", "publish 0 0 b y")
        self.assertEqual(console.expect("message", payload="x")["properties"], {"subscription-identifier": 7})
        self.assertEqual(console.expect("message", payload="y")["properties"], {"subscription-identifier": 268435455})

    def test_options_of_a_subscription(self):
        console = self.start()
        console.send("publish 1 1 kept old", "subscribe --no-local 1 1 own", "subscribe --retain-as-published 1 1 kept")
        self.outcome(console, "message", payload="old", retain=True)
        console.send("publish 1 0 own mine", "publish 1 1 kept new")
        self.outcome(console, "message", payload="new", retain=True)
        # It is no new one, so what is kept does not come; mosquitto leaves its other options as they were.
        console.send("subscribe --retain-handling 1 1 kept", "publish 0 1 kept live")
        self.outcome(console, "message", payload="live")
        console.send("unsubscribe kept")
        console.expect("unsubscribed", "delivered", reason=0)
        console.send("subscribe --retain-handling 2 1 kept", "publish 0 0 kept end")
        self.outcome(console, "message", payload="end", retain=False)
        console.send("unsubscribe never/was")
        console.expect("unsubscribed", "delivered", reason=0x11)

    def test_a_shared_subscription(self):
        members = [self.start("--client-id", f"member-{n}") for n in range(2)]
        for n, member in enumerate(members):
            member.subscribe(1, "$share/group/work")
            member.subscribe(1, f"end/{n}")
        console = self.start()
        console.send(*[f"publish 1 0 work {n}" for n in range(8)], "publish 1 0 end/0 end", "publish 1 0 end/1 end")
        seen = []
        for member in members:
            got = []
            while (event := member.expect("message"))["payload"] != "end":
                got.append(event["payload"])
            self.assertTrue(got)
            seen += got
        self.assertEqual(sorted(seen), [str(n) for n in range(8)])

    def test_the_session_lasts_as_long_as_it_is_asked_to(self):
        for expiry, present in ((("--session-expiry", 100), True), ((), False)):
            options = ("--client-id", "sleeper", "--clean-session", 0, *expiry)
            console = self.start(*options, session_present=False)
            console.subscribe(1, "away")
            self.assertEqual(console.end()[0], 0)
            sender = self.start()
            sender.send("publish 1 0 away x")
            sender.expect("delivered", reason=0 if present else 0x10)
            console = self.start(*options, session_present=present)
            if present:
                console.expect("message", payload="x")
                console.send("disconnect --property session-expiry-interval=0")
                console.expect("disconnected", cause="requested")

    def test_limits_of_the_broker(self):
        self.real = self.mosquitto(
            "max_qos 1", "retain_available false", "max_packet_size 200", "max_keepalive 40", "max_inflight_messages 3",
            "max_topic_alias 5",
        )  # fmt: skip
        console = self.console(self.real.port, "--protocol", "5.0", "--keep-alive", 0)
        console.send("connect")
        found = console.expect("connected", reason=0)["properties"]
        name = found.pop("assigned-client-identifier")
        self.assertTrue(name)
        self.assertEqual(
            found,
            {"maximum-qos": 1, "retain-available": 0, "maximum-packet-size": 200, "server-keep-alive": 40,
             "receive-maximum": 3, "topic-alias-maximum": 5},
        )  # fmt: skip
        for line, cause in {
            "publish 2 0 t x": "qos_unavailable",
            "publish 0 1 t x": "retain_unavailable",
            "publish-size 0 0 t 300": "packet_too_long_for_server",
        }.items():
            console.send(line)
            console.refused(line.split()[0], cause)
        console.send("subscribe 2 t")
        console.expect("subscribed", granted=1, reason=1)
        console.send(*[f"publish 1 0 t {n}" for n in range(8)])
        seen = [console.next() for _ in range(16)]
        self.assertEqual([e["payload"] for e in seen if e["event"] == "message"], [str(n) for n in range(8)])

    def test_our_own_limits(self):
        console = self.start("--receive-maximum", 1)
        console.subscribe(2, "t")
        console.send(*[f"publish 2 0 t {n}" for n in range(6)])
        for n in range(6):
            console.expect("message", "delivered", payload=str(n))
        # What is too large stays with the broker; without a maximum it comes and is told.
        for options, told in ((("--maximum-packet-size", 1000), ["end"]), ((), [5000, "end"])):
            console = self.start(*options)
            console.subscribe(0, "big")
            console.send("publish-size 0 0 big 5000", "publish 0 0 big end")
            self.assertEqual([e.get("payload", e["size"]) for e in (console.next() for _ in told)], told)

    def test_request_and_response(self):
        server, client = self.start("--client-id", "server"), self.start("--client-id", "client")
        server.subscribe(1, "ask")
        client.subscribe(1, "answer/client")
        client.send("publish --property response-topic=answer/client --property correlation-data=17 1 0 ask what")
        asked = server.expect("message", payload="what")["properties"]
        data, topic = asked["correlation-data"], asked["response-topic"]
        server.send(f"publish --property correlation-data={data} 1 0 {topic} that")
        client.expect("delivered")
        self.assertEqual(client.expect("message", payload="that")["properties"], {"correlation-data": "17"})

    def test_will_with_properties(self):
        watcher = self.start()
        watcher.subscribe(1, "will")
        words = "--client-id rude --will-topic will --will-payload gone --will-qos 1".split()
        more = "--will-property user-property=a=b --will-property content-type=text/plain".split()
        self.start(*words, *more).kill()
        found = watcher.expect("message", topic="will", payload="gone")
        self.assertEqual(found["properties"], {"content-type": "text/plain", "user-property": [["a", "b"]]})
        self.start(*words, "--will-payload", "left").send("disconnect 4")
        watcher.expect("message", topic="will", payload="left")
        # The delay is longer than this test.
        delayed = (*words, "--session-expiry", 60, "--will-property", "will-delay-interval=60")
        self.start(*delayed).kill()
        watcher.send("publish 0 0 will end")
        watcher.expect("message", topic="will", payload="end")

    def test_taken_over(self):
        """mosquitto 2.0 says nothing to the one who has to go."""
        first = self.start("--client-id", "same", "--reconnect", 0)
        second = self.start("--client-id", "same")
        event = first.next()
        if event["event"] == "replaced":
            event = first.next()
        self.assertEqual(event["event"], "disconnected")
        self.assertIn(event["cause"], ("replaced", "closed_by_peer", "connection_reset"))
        second.subscribe(1, "t")

    def test_killed_and_started_again(self):
        options = ("--client-id", "kept", "--clean-session", 0, "--session-expiry", 1000, "--backoff-max", 1)
        console = self.start(*options)
        console.send("subscribe --property subscription-identifier=9 2 t")
        console.expect("subscribed")
        self.real.stop(signal.SIGKILL)
        console.expect("disconnected")
        console.send(*[f"publish --property user-property=n={n} {1 + n % 2} 0 t {n}" for n in range(6)])
        self.real.start()
        console.expect("connected", "disconnected")
        got, told = set(), 0
        while len(got) < 6 or told < 6:
            event = console.next()
            if event["event"] == "message":
                got.add(event["payload"])
                self.assertEqual(event["properties"]["user-property"], [["n", event["payload"]]])
                self.assertEqual(event["properties"]["subscription-identifier"], 9)
            told += event["event"] == "delivered"


if __name__ == "__main__":
    support.main()
