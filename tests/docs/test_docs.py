#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Shows that snippets.py and figures.py can fail. usage: test_docs.py COMPILER [ARGUMENT...]"""
import pathlib
import sys
import tempfile
import unittest

import figures
import snippets

COMMAND = []
PROGRAM = "```cpp\nint main() {}\n```\n"
SIZES = "program cpu options text data bss\n" + "".join(
    f"qos0 {cpu} {options} {text} 1 20\n"
    for cpu in ("m0plus", "m4")
    for options, text in (("-Os", 100), ("-Os-flto", 90), ("-O2", 120), ("-O2-flto", 110))
)
STACKS = "program cpu function stack\n" + "".join(
    f"qos0 {cpu} {function} {stack}\n"
    for cpu in ("m0plus", "m4")
    for function, stack in (("job_connect", 9), ("job_process", 72), ("job_ping", 0))
)


class Snippets(unittest.TestCase):
    def bad(self, readme, **frames):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name in ("docs", "include", "tests/docs"):
                (root / name).mkdir(parents=True)
            (root / "README.md").write_text(readme, encoding="utf-8")
            for name, text in frames.items():
                (root / "tests" / "docs" / f"{name}.cpp.in").write_text(text, encoding="utf-8")
            return snippets.check(root, COMMAND)

    def assert_bad(self, expected, readme, **frames):
        _, bad = self.bad(readme, **frames)
        self.assertEqual(1, len(bad), bad)
        self.assertIn(expected, bad[0])

    def test_accepts_a_program_and_a_fragment(self):
        text = PROGRAM + "\n<!-- snippet: f -->\n```cpp\nint f() { return 0; }\n```\n"
        self.assertEqual((2, []), self.bad(text, f="// one\n@snippet@\nint main() { return f(); }\n"))

    def test_leaves_other_languages_alone(self):
        self.assertEqual((1, []), self.bad(PROGRAM + "```sh\nint main( {\n```\n"))

    def test_refuses_a_page_without_program(self):
        self.assert_bad("no whole program", "Words.\n")

    def test_refuses_a_program_that_does_not_compile(self):
        self.assert_bad("README.md:2: does not build", "```cpp\nint main() { return x; }\n```\n")

    def test_refuses_a_program_that_does_not_link(self):
        self.assert_bad("does not build", "```cpp\nvoid f();\nint main() { f(); }\n```\n")

    def test_refuses_a_warning(self):
        self.assert_bad("does not build", "```cpp\nint main(int n, char**) { char c = n; return c; }\n```\n")

    def test_refuses_an_exception(self):
        self.assert_bad("does not build", "```cpp\nint main() { throw 1; }\n```\n")

    def test_refuses_a_fragment_without_mark(self):
        self.assert_bad("README.md:5: has no main()", PROGRAM + "```cpp\nint i = 0;\n```\n")

    def test_refuses_an_unknown_frame(self):
        self.assert_bad("no frame tests/docs/f.cpp.in", PROGRAM + "<!-- snippet: f -->\n```cpp\n;\n```\n")

    def test_refuses_a_frame_without_a_place(self):
        self.assert_bad("one line @snippet@", PROGRAM + "<!-- snippet: f -->\n```cpp\n;\n```\n", f="int main() {}\n")

    def test_refuses_a_frame_that_nobody_uses(self):
        self.assert_bad("no snippet uses it", PROGRAM, f="@snippet@\n")

    def test_refuses_a_mark_without_snippet(self):
        self.assert_bad("none follows", PROGRAM + "<!-- snippet: f -->\nWords.\n")

    def test_refuses_another_name_of_the_language(self):
        _, bad = self.bad("```c++\nint main() {}\n```\n")
        self.assertIn("write ```cpp", bad[0])

    def test_refuses_a_block_without_end(self):
        _, bad = self.bad(PROGRAM + "```cpp\nint main() {}\n")
        self.assertIn("has no end", bad[0])

    def test_refuses_a_fragment_that_fails_when_it_runs(self):
        text = PROGRAM + "<!-- snippet: f -->\n```cpp\nint f() { return 3; }\n```\n"
        self.assert_bad("README.md:6: ends with status 3", text, f="@snippet@\nint main() { return f(); }\n")

    def test_names_the_line_of_the_page(self):
        text = PROGRAM + "<!-- snippet: f -->\n```cpp\nint i = 0;\nint k = wrong;\n```\n"
        self.assert_bad("README.md:7:", text, f="// one\n\n@snippet@\nint main() {}\n")


class Figures(unittest.TestCase):
    def run_on(self, between, sizes=SIZES, stacks=STACKS, update=False):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            readme = root / "README.md"
            readme.write_text(f"a\n{figures.BEGIN}{between}{figures.END}b\n", encoding="utf-8")
            for name, text in (("budgets.txt", sizes), ("stack-budgets.txt", stacks)):
                if text is not None:
                    (root / name).write_text(text, encoding="utf-8")
            status, sentence = figures.run(root, root, update)
            return status, sentence, readme.read_text(encoding="utf-8")

    def test_update_writes_what_the_check_accepts(self):
        status, _, text = self.run_on("", update=True)
        self.assertEqual(0, status)
        self.assertIn("| `qos0` | Cortex-M0+ | 101 | 91 | 121 | 21 | 72 |\n", text)
        self.assertTrue(text.startswith("a\n") and text.endswith("b\n"))
        _, between, _ = figures.split(text)
        self.assertEqual(0, self.run_on(between)[0])

    def test_refuses_another_figure(self):
        _, between, _ = figures.split(self.run_on("", update=True)[2])
        for wrong in ("", between.replace("| 101 |", "| 100 |"), between.replace("| 72 |", "| 71 |")):
            status, sentence, _ = self.run_on(wrong)
            self.assertEqual(1, status)
            self.assertIn("other figures", sentence)

    def test_without_budgets_no_figures(self):
        self.assertEqual(figures.SKIPPED, self.run_on("", None, None)[0])
        self.assertEqual(1, self.run_on("| 1 |\n", None, None)[0])
        self.assertEqual(1, self.run_on("", None)[0])
        self.assertEqual(1, self.run_on("", stacks=None)[0])

    def test_refuses_files_that_lack_a_line(self):
        self.assertIn("no line for", self.run_on("", SIZES.replace("-Os-flto", "-O3"))[1])
        self.assertIn("does not start", self.run_on("", "")[1])
        self.assertIn("other columns", self.run_on("", SIZES + "qos0 m4\n")[1])

    def test_another_page_has_another_table(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "docs").mkdir()
            (root / "docs" / "clouds.md").write_text(figures.BEGIN + figures.END, encoding="utf-8")
            (root / "budgets.txt").write_text("profile cpu options flash ram\nx m0plus -Os 7 8\n", encoding="utf-8")
            self.assertEqual(1, figures.run(root, root, False, figures.CLOUDS)[0])
            self.assertEqual(0, figures.run(root, root, True, figures.CLOUDS)[0])
            self.assertIn("| `x` | 7 | 8 |\n", (root / "docs" / "clouds.md").read_text(encoding="utf-8"))

    def test_refuses_a_page_without_the_place(self):
        with self.assertRaises(ValueError):
            figures.split("a\n")


if __name__ == "__main__":
    COMMAND = sys.argv[1:]
    unittest.main(argv=sys.argv[:1])
