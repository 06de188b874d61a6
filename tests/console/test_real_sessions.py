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
        # Each pushes the other out, but waits longer each time, and says what it suspects.
        ends, replaced = [], 0
        while len(ends) < 4:
            event = first.next()
            self.assertIn(event["event"], ("disconnected", "connected", "replaced"))
            replaced += event["event"] == "replaced"
            if event["event"] == "disconnected":
                self.assertIn(event["cause"], ("closed_by_peer", "connection_reset"))
                ends.append(event["retry_in_ms"])
        self.assertEqual(replaced, 3)
        for number, wait in enumerate(ends):
            self.assertTrue(500 << number <= wait <= 1000 << number, ends)

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
            awaited = {"delivered": 2, "message": 2} if round_ else {"delivered": 2, "subscribed": 1}
            while any(len(seen[name]) < count for name, count in awaited.items()):
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
