#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Shows that odr.py can fail. usage: test_odr.py COMPILER [ARGUMENT...]"""
import pathlib
import subprocess
import sys
import tempfile
import unittest

COMMAND = []
SCRIPT = str(pathlib.Path(__file__).parent / "odr.py")
UNITS = {
    "a.cpp": '#include "all_headers.hpp"\nint const* from_b();\nint main() { return from_b() == &one ? 0 : 1; }\n',
    "b.cpp": '#include "all_headers.hpp"\nint const* from_b();\nint const* from_b() { return &one; }\n',
}
GOOD = "#pragma once\ninline constexpr int one = 1;\n"


class Odr(unittest.TestCase):
    def outcome(self, header):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in {"one.hpp": header, **UNITS}.items():
                pathlib.Path(folder, name).write_text(text, encoding="utf-8")
            done = subprocess.run(
                [sys.executable, SCRIPT, folder, folder, *COMMAND], capture_output=True, text=True, check=False
            )
            return done.returncode, done.stdout + done.stderr

    def test_accepts_a_good_header(self):
        self.assertEqual((0, "1 headers in two units of one program\n"), self.outcome(GOOD))

    def test_refuses_a_definition_in_both_units(self):
        status, text = self.outcome(GOOD + "int two() { return 2; }\n")
        self.assertNotEqual(0, status)
        self.assertIn("multiple definition", text)

    def test_refuses_a_constant_of_each_unit_its_own(self):
        self.assertNotEqual(0, self.outcome("#pragma once\nconstexpr int one = 1;\n")[0])

    def test_refuses_a_static_constructor(self):
        text = "int ask() noexcept;\ninline int const answer = ask();\n"
        self.assertIn("behind a guard", self.outcome(GOOD + text)[1])

    def test_refuses_a_guarded_static(self):
        once = "[[gnu::used]] inline int once() { static int const i = ask(); return i; }\n"
        self.assertIn("behind a guard", self.outcome(GOOD + "int ask() noexcept;\n" + once)[1])


if __name__ == "__main__":
    COMMAND = sys.argv[1:]
    unittest.main(argv=sys.argv[:1])
