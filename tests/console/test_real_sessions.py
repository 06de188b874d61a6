# SPDX-License-Identifier: BSL-1.0
"""What survives the end of a connection: mosquitto, which is taken over, killed and started again."""
import signal

import support
from support import Case


class Mosquitto(Case):
    def setUp(self):
        self.broker = self.mosquitto()

    def start(self, *options):
        console = self.console(self.broker.port, *options)
        console.connect()
        return console

    def test_a_session_collects_while_nobody_listens(self):
        kept = ("--client-id", "kept", "--clean-session", 0)
        console = self.start(*kept)
        for qos in range(3):
            console.subscribe(qos, f"t/{qos}")
        self.assertEqual(console.end()[0], 0)
        speaker = self.start()
        for n in range(9):
            speaker.send(f"publish 2 0 t/{n % 3} {n}")
            speaker.expect("delivered")
        console = self.console(self.broker.port, *kept)
        console.connect(session_present=True)
        found = [console.expect("message") for _ in range(6)]
        self.assertEqual({e["payload"] for e in found}, set("124578"))
        for qos in (1, 2):  # in order for each topic
            row = [e["payload"] for e in found if e["topic"] == f"t/{qos}"]
            self.assertEqual(row, sorted(row))
        self.assertEqual(console.end()[0], 0)
        clean = self.console(self.broker.port, "--client-id", "kept")
        clean.connect(session_present=False)

    def test_two_devices_with_one_client_id_do_not_duel(self):
        first = self.start("--client-id", "twin")
        second = self.start("--client-id", "twin")
        ends = {first: [], second: []}
        # Whoever is pushed out twice gives in; until then both try a few times.
        console, other = first, second
        while True:
            event = console.next()
            if event["event"] == "replaced":
                console.expect("disconnected", cause="replaced", retry_in_ms=60_000)
                break
            self.assertIn(event["event"], ("disconnected", "connected"))
            if event["event"] == "disconnected":
                self.assertIn(event["cause"], ("closed_by_peer", "connection_reset"))
                ends[console].append(event)
                self.assertLess(len(ends[console]), 3)
            else:
                console, other = other, console
        # The other one stays.
        other.send("wait 3000", "stats")
        while (event := other.next())["event"] != "stats":
            pass
        self.assertTrue(event["online"])
        other.send("disconnect")
        other.expect("disconnected", cause="requested")

    def test_killed_and_started_again(self):
        console = self.start("--client-id", "brave", "--clean-session", 0, "--backoff-max", 1)
        console.subscribe(2, "t")
        for round_ in range(2):
            self.broker.stop(signal.SIGKILL if round_ == 0 else signal.SIGTERM)
            console.expect("disconnected", "replaced")
            console.send("publish 0 0 t lost", "publish 1 0 t one", "publish 2 0 t two")
            console.expect("error", "disconnected", "replaced", command="publish", cause="not_connected")
            self.assertTrue(self.broker.start())
            console.expect("connected", "disconnected", "replaced")
            # Killed, the broker has forgotten the subscription; ended in order, it has not.
            seen = {"message": [], "delivered": [], "subscribed": []}
            while len(seen["delivered"]) < 2 or (round_ and len(seen["message"]) < 2) or not (round_ or seen["subscribed"]):
                event = console.next()
                seen[event["event"]].append(event.get("payload"))
            if round_ == 1:
                self.assertEqual((seen["message"], seen["subscribed"]), (["one", "two"], []))
            console.send("publish 0 0 t end")
            console.expect("message", "message", payload="end")
        status, events = console.end()
        self.assertEqual((status, [e["event"] for e in events]), (0, ["disconnected"]))


if __name__ == "__main__":
    support.main()
