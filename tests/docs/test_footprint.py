#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Shows that benchmarks/footprint.py can fail."""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "benchmarks" / "footprint.py"


class Footprint(unittest.TestCase):
    def run_on(self, change=lambda root: None, update=True):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "docs").mkdir()
            shutil.copytree(ROOT / "benchmarks", root / "benchmarks")
            command = [sys.executable, str(SCRIPT)]
            if update:
                subprocess.run([*command, "--update", folder], check=True)
            change(root)
            done = subprocess.run([*command, folder], capture_output=True, text=True, check=False)
            return done.returncode, done.stderr

    @staticmethod
    def edit(name, pattern, text):
        def change(root):
            path = root / name
            before = path.read_text()
            assert pattern in before, pattern
            path.write_text(before.replace(pattern, text, 1))
        return change

    def assert_bad(self, sentence, change, update=True):
        status, said = self.run_on(change, update)
        self.assertEqual(1, status)
        self.assertIn(sentence, said)

    def test_update_writes_what_the_check_accepts(self):
        self.assertEqual((0, ""), self.run_on())

    def test_refuses_a_page_that_is_not_there(self):
        self.assert_bad("other figures", lambda root: None, update=False)

    def test_refuses_another_figure(self):
        self.assert_bad("other figures", self.edit("docs/footprint.md", "| `rx_bytes` | 1 |", "| `rx_bytes` | 2 |"))
        self.assert_bad("other figures", self.edit("benchmarks/target/states-budgets.txt", "event default_idle ",
                                                   "event default_idle 1"))

    def test_refuses_a_program_or_feature_without_a_place(self):
        size = "benchmarks/size/"
        self.assert_bad("no place", self.edit(size + "budgets.txt", "qos0 m4 -Os ", "qos9 m4 -Os 1 1 1\nqos0 m4 -Os "))
        self.assert_bad("no place", self.edit(size + "features-budgets.txt", "with-chunks", "with-bells"))

    def test_refuses_functions_of_another_program(self):
        self.assert_bad("functions.txt", self.edit("benchmarks/size/functions.txt", "m0plus ", "m0plus 1"))

    def test_refuses_words_with_a_figure_that_nobody_measured(self):
        self.assert_bad("qos7", self.edit("benchmarks/footprint.txt", "flash qos0 m0plus", "flash qos7 m0plus"))


if __name__ == "__main__":
    unittest.main()
