# SPDX-License-Identifier: BSL-1.0
"""The console without a network: options, lines, words, and every call that is refused for its own sake."""
import subprocess

import support
from support import Case


class Options(Case):
    def run_console(self, *arguments, text=b""):
        return subprocess.run(
            [support.EXE, *arguments], input=text, capture_output=True, timeout=support.PATIENCE, check=False
        )

    def test_wrong_ones_end_with_2_and_a_sentence(self):
        wrong = [
            ["--nonsense", "1"],
            ["-p", "1883"],
            ["connect"],
            [""],
            ["--host"],
            ["--host", ""],
            ["--port", "0"],
            ["--port", "65536"],
            ["--port", "x"],
            ["--port", ""],
            ["--port", "-1"],
            ["--port", "1883x"],
            ["--keep-alive", "65536"],
            ["--clean-session", "2"],
            ["--clean-session", "true"],
            ["--protocol", "5.1"],
            ["--protocol", "4"],
            ["--will-topic", ""],
            ["--will-topic", "a", "--will-qos", "3"],
            ["--will-topic", "a", "--will-retain", "yes"],
            ["--will-payload", "x"],
            ["--request-timeout", "0"],
            ["--request-timeout", "99999999999999999999"],
            ["--reconnect", "maybe"],
            ["--backoff-max", "0"],
            ["--chunks", "2"],
            ["--port", "1883", "--chunks"],
        ]
        for arguments in wrong:
            with self.subTest(arguments=arguments):
                done = self.run_console(*arguments, text=b"quit\n")
                self.assertEqual(done.returncode, 2)
                self.assertEqual(done.stdout, b"")
                self.assertRegex(done.stderr.decode(), r"^barelink-console: .+\n$")

    def test_right_ones_are_taken(self):
        every = (
            "--host localhost --port 65535 --client-id c --username u --password p --keep-alive 0 --clean-session 0 "
            "--protocol 3.1 --will-topic w --will-payload p --will-qos 2 --will-retain 1 --request-timeout 1 "
            "--reconnect 0 --backoff-max 86400 --chunks 1"
        )
        done = self.run_console(*every.split())
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"", b""))

    def test_help(self):
        done = self.run_console("--help")
        self.assertEqual(done.returncode, 0)
        for word in (b"--backoff-max", b"publish-size", b"wait-for"):
            self.assertIn(word, done.stdout)


class Lines(Case):
    def answers(self, text):
        console = self.console()
        console.raw(text)
        status, events = console.end()
        self.assertEqual(status, 0)
        return [(e["event"], e.get("command"), e.get("cause")) for e in events]

    def test_end_of_input_is_quit(self):
        self.assertEqual(self.answers(b""), [])
        self.assertEqual(self.answers(b"quit\n"), [])

    def test_nothing_is_done_after_quit(self):
        self.assertEqual(self.answers(b"quit\nnonsense\n"), [])

    def test_lf_crlf_blank_lines_and_no_end_of_line(self):
        lost = ("error", "disconnect", "not_connected")
        self.assertEqual(self.answers(b"disconnect\ndisconnect\r\n\n\r\n  \t\ndisconnect"), [lost] * 3)
        self.assertEqual(self.answers(b"disconnect\r"), [lost])

    def test_words_may_have_more_than_one_space_between_them(self):
        self.assertEqual(self.answers(b"  publish\t0  0   a   b\n"), [("error", "publish", "not_connected")])

    def test_what_is_no_command(self):
        self.assertEqual(self.answers(b"hello world\nCONNECT\n{\n"), [
            ("error", "hello", "unknown_command"),
            ("error", "CONNECT", "unknown_command"),
            ("error", "{", "unknown_command"),
        ])

    def test_any_bytes_give_valid_json(self):
        every = bytes(b for b in range(256) if b not in b"\n\r\t ")
        found = self.answers(b"\xff\xfe\x00\x01\"\\\n" + every + b"\n\xc3\xa4\xed\xa0\x80\n" + b"\x7f\x1b[0m\n")
        self.assertEqual([f[2] for f in found], ["unknown_command"] * 4)
        self.assertEqual(found[0][1], '\ufffd\ufffd\x00\x01"\\')
        self.assertEqual(found[2][1], "\u00e4\ufffd\ufffd\ufffd")

    def test_an_overlong_line_is_one_error_and_the_next_one_is_heard(self):
        for size in (256 * 1024, 256 * 1024 + 1, 700_000):
            with self.subTest(size=size):
                line = b"publish 0 0 a ".ljust(size, b"x")
                self.assertEqual(self.answers(line + b"\ndisconnect\n"), [
                    ("error", "publish", "line_too_long"),
                    ("error", "disconnect", "not_connected"),
                ])
        self.assertEqual(self.answers(b"x" * 300_000), [("error", "x" * 64, "line_too_long")])
        longest = b"publish 0 0 a ".ljust(256 * 1024 - 1, b"x")
        self.assertEqual(self.answers(longest + b"\n"), [("error", "publish", "not_connected")])


class Refusals(Case):
    def test_words_that_are_missing_wrong_or_too_many(self):
        for line, cause in {
            "connect now": "bad_arguments",
            "disconnect now": "bad_arguments",
            "stats all": "bad_arguments",
            "quit now": "bad_arguments",
            "subscribe": "bad_arguments",
            "subscribe 1": "bad_arguments",
            "subscribe a": "bad_arguments",
            "subscribe 1 a b": "bad_arguments",
            "subscribe 3 a": "bad_qos",
            "subscribe x a": "bad_qos",
            "subscribe -1 a": "bad_qos",
            "subscribe 1 a/#/b": "bad_filter",
            "subscribe 1 a+": "bad_filter",
            "subscribe 1 \x00": "bad_filter",
            b"subscribe 1 \xff": "bad_filter",
            "unsubscribe": "bad_arguments",
            "unsubscribe a b": "bad_arguments",
            "unsubscribe #/a": "bad_filter",
            "publish": "bad_arguments",
            "publish 0": "bad_arguments",
            "publish 0 0": "bad_arguments",
            "publish 3 0 a": "bad_qos",
            "publish 0 2 a": "bad_retain",
            "publish 0 0 a/#": "bad_topic",
            "publish 1 0 a/+/b x": "bad_topic",
            b"publish 1 0 \xed\xa0\x80 x": "bad_topic",
            "publish 0 0 a": "not_connected",
            "publish-hex 0 0": "bad_arguments",
            "publish-hex 0 0 a 0": "bad_hex",
            "publish-hex 0 0 a 0g": "bad_hex",
            "publish-hex 0 0 a 00 00": "bad_arguments",
            "publish-hex 0 0 a 00": "not_connected",
            "publish-size 0 0 a": "bad_arguments",
            "publish-size 0 0 a x": "bad_size",
            "publish-size 0 0 a -1": "bad_size",
            "publish-size 0 0 a 99999999999": "bad_size",
            "publish-size 0 0 a 1 2": "bad_arguments",
            "publish-size 1 0 a 268435456": "publish_too_long",
            "publish-size 0 0 a 5": "not_connected",
            "ack": "bad_arguments",
            "ack auto now": "bad_arguments",
            "ack none": "bad_packet_id",
            "ack 0": "bad_packet_id",
            "ack 65536": "bad_packet_id",
            "ack 1": "nothing_to_acknowledge",
            "wait": "bad_arguments",
            "wait x": "bad_time",
            "wait 1 2": "bad_arguments",
            "wait-for message": "bad_arguments",
            "wait-for nothing 1": "unknown_event",
            "wait-for message x": "bad_time",
            "wait-for message 1": "wait_timeout",
            "disconnect": "not_connected",
        }.items():
            with self.subTest(line=line):
                console = self.console()
                console.send(line)
                word = line.split()[0]
                console.refused(word if isinstance(word, str) else word.decode(), cause)
                self.assertEqual(console.end(), (0, []))

    def test_connect_says_what_is_wrong_before_anything_is_sent(self):
        for options, cause in {
            "--protocol 3.1": "bad_client_id",
            "--protocol 3.1 --client-id 123456789012345678901234": "bad_client_id",
            "--clean-session 0": "bad_client_id",
            "--will-topic a/#": "bad_will",
            "--password p": "password_without_user_name",
            "--client-id " + "x" * 5000: "connect_too_long",
        }.items():
            with self.subTest(options=options[:60]):
                console = self.console(1, *options.split())
                console.send("connect")
                console.refused("connect", cause)
                self.assertEqual(console.end(), (0, []))

    def test_where_nobody_listens_or_what_is_no_name(self):
        port = support.free_port()
        console = self.console(port, "--backoff-max", 1)
        console.send("connect", "connect")
        refused = [console.next(), console.next()]
        self.assertIn({"event": "error", "command": "connect", "cause": "already_connected"}, refused)
        lost = [e for e in refused if e["event"] == "disconnected"]
        self.assertEqual(lost[0]["cause"], "connect_refused")
        self.assertTrue(1 <= lost[0]["retry_in_ms"] <= 1000)
        again = console.expect("disconnected", cause="connect_refused")
        self.assertTrue(1 <= again["retry_in_ms"] <= 1000)
        self.assertEqual(console.end()[0], 0)
        console = self.console(port, "--reconnect", 0, host="a..b")
        console.send("connect")
        console.expect("disconnected", cause="resolve_failed", retry_in_ms=0)
        console.send("connect")
        console.expect("disconnected", cause="resolve_failed", retry_in_ms=0)
        self.assertEqual(console.end(), (0, []))


if __name__ == "__main__":
    support.main()
