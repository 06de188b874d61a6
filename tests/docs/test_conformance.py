#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Shows that conformance.py can fail."""
import pathlib
import tempfile
import unittest

import conformance

LIST = """# a remark
= 3.1.1 client
MQTT-1.5.3-1 | words of one
MQTT-6.0.0-1 | words of two | not applicable: there is
  no such thing

= 3.1.1 server
MQTT-3.1.2-8 | words of three
= 5.0 client
MQTT5-1.5.4-1 | words of four | planned
"""
SUITES = "foreach suite : [\n    'wire',\n    'testing',\n]\n"
ONE = 'TEST_CASE("one", "[wire][v31][MQTT-1.5.3-1]") {}\n'
THREE = 'TEST_CASE("three", "[testing][MQTT-3.1.2-8]") {}\n'


class Conformance(unittest.TestCase):
    def run_on(self, wire=ONE, brokers=THREE, statements=LIST, page=None, update=True, build="'a.cpp'"):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name in ("docs", "tests/wire", "tests/testing"):
                (root / name).mkdir(parents=True)
            (root / "tests/meson.build").write_text(SUITES, encoding="utf-8")
            (root / "tests/wire/meson.build").write_text(f"sources += files({build})\n", encoding="utf-8")
            (root / "tests/testing/meson.build").write_text("sources += files(\n    'b.cpp',\n)\n", encoding="utf-8")
            (root / "tests/wire/a.cpp").write_text(wire, encoding="utf-8")
            (root / "tests/testing/b.cpp").write_text(brokers, encoding="utf-8")
            (root / conformance.SOURCE).write_text(statements, encoding="utf-8")
            if page is not None:
                (root / conformance.PAGE).write_text(page, encoding="utf-8")
            status, sentences = conformance.run(root, update)
            there = (root / conformance.PAGE).exists()
            return status, sentences, (root / conformance.PAGE).read_text(encoding="utf-8") if there else None

    def assert_bad(self, expected, **changes):
        status, sentences, written = self.run_on(**changes)
        self.assertEqual(1, status)
        self.assertEqual(1, len(sentences), sentences)
        self.assertIn(expected, sentences[0])
        self.assertIsNone(written)

    def test_writes_a_page_that_it_accepts(self):
        status, sentences, page = self.run_on()
        self.assertEqual((0, ["4 statements, 2 shown by tests, 1 planned"]), (status, sentences))
        self.assertIn("| MQTT-1.5.3-1 | words of one | wire/a |\n", page)
        self.assertIn("| MQTT-6.0.0-1 | words of two | not applicable: there is no such thing |\n", page)
        self.assertIn("| MQTT-3.1.2-8 | words of three | testing/b |\n", page)
        self.assertIn("| MQTT5-1.5.4-1 | words of four | planned |\n", page)
        self.assertEqual(0, self.run_on(page=page, update=False)[0])

    def test_refuses_a_stale_page(self):
        page = self.run_on()[2]
        for stale in (page.replace("wire/a", "wire/c"), page + "\n", ""):
            status, sentences, left = self.run_on(page=stale, update=False)
            self.assertEqual(1, status)
            self.assertIn("stale", sentences[0])
            self.assertEqual(stale, left)
        self.assertEqual(1, self.run_on(update=False)[0])

    def test_a_planned_statement_may_have_its_test(self):
        status, _, page = self.run_on(wire=ONE + 'TEST_CASE("four", "[MQTT5-1.5.4-1]") {}\n')
        self.assertEqual(0, status)
        self.assertIn("| MQTT5-1.5.4-1 | words of four | wire/a |\n", page)

    def test_refuses_a_statement_without_test(self):
        self.assert_bad("[MQTT-1.5.3-1] words of one: no test", wire='TEST_CASE("one", "[wire]") {}\n')
        self.assert_bad("[MQTT-3.1.2-8] words of three: no test", brokers='TEST_CASE("three") {}\n')

    def test_a_broker_shows_nothing_of_the_client(self):
        self.assert_bad("[MQTT-1.5.3-1]", wire='TEST_CASE("one", "[wire]") {}\n', brokers=ONE + THREE)
        self.assertNotIn("testing/b", self.run_on(brokers=ONE + THREE)[2].split("words of one")[1].split("\n")[0])

    def test_refuses_a_tag_that_is_no_statement(self):
        for tag in ("MQTT-1.5.3-11", "MQTT-1.5.3-1.", "MQTT 1.5.3-1", "mqtt-1.5.3-1", "MQTT5-1.5.3-1", "MQTT6-1.5.3-1",
                    "MQTT-6.0.0-2", "3.1.1", "1.5.3-1", "v3.1.1"):
            self.assert_bad(f"[{tag}] in wire/a is no statement",
                            wire=ONE + f'TEST_CASE("x", "[wire][{tag}]") {{}}\n')

    def test_refuses_a_test_of_what_does_not_apply(self):
        self.assert_bad("said not to apply", wire=ONE + 'TEST_CASE("x", "[MQTT-6.0.0-1]") {}\n')

    def test_a_case_that_does_not_run_shows_nothing(self):
        for off in (f"// {ONE}", f"/* {ONE} */\n", f"#if 0\n{ONE}#endif\n"):
            self.assert_bad("[MQTT-1.5.3-1] words of one: no test", wire='TEST_CASE("x") {}\n' + off)
        status, sentences, _ = self.run_on(build="")
        self.assertEqual(1, status)
        self.assertIn("no test case shows it", sentences[0])

    def test_a_hidden_case_shows_nothing(self):
        for tag in (".", ".slow", "!mayfail", "!shouldfail", "!hide"):
            _, sentences, _ = self.run_on(wire=f'TEST_CASE("one", "[{tag}][MQTT-1.5.3-1]") {{}}\n')
            self.assertIn(f"[{tag}] hides its failures", sentences[0])
            self.assertIn("no test case shows it", sentences[1])

    def test_reads_strings_as_the_compiler_does(self):
        for case in ('TEST_CASE("a, \\"b\\" // c",\n          "[wire]"\n          "[MQTT-1.5.3-1]") {}\n',
                     '  TEST_CASE( "one" , "[MQTT-1.5.3-1]" ) {}\n',
                     'char const* s = "TEST_CASE(";\nTEST_CASE("one", "[MQTT-1.5.3-1]") {}\n',
                     'TEMPLATE_TEST_CASE("one", "[MQTT-1.5.3-1]", int, char) {}\n'):
            self.assertEqual(0, self.run_on(wire=case)[0], case)
        self.assert_bad("whose name is no string", wire="TEST_CASE(name, tags) {}\n")

    def test_refuses_a_list_that_is_none(self):
        self.assert_bad("lists nothing", statements="# only\n")
        self.assert_bad("no group is called", statements="= 3.2\nMQTT-1.5.3-1 | x\n")
        self.assert_bad("`tag | words` in a group", statements="MQTT-1.5.3-1 | x\n")
        self.assert_bad(":2: not `tag | words`", statements="= 3.1.1 client\nMQTT-1.5.3-1\n")
        self.assert_bad("is no tag of a clause", statements="= 3.1.1 client\nMQTT-x | x\n")
        self.assert_bad("listed twice", statements=LIST + "MQTT-1.5.3-1 | again\n")
        self.assert_bad("a note is", statements=LIST.replace("planned", "plannd"))
        self.assert_bad("a note is", statements=LIST.replace("not applicable: there is\n  no such thing",
                                                             "not applicable:"))

    def test_refuses_a_file_without_cases(self):
        self.assert_bad("tests/wire/a.cpp: no test case", wire="int i;\n")


if __name__ == "__main__":
    unittest.main()
