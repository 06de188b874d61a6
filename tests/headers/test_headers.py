#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Shows that headers.py can fail. usage: test_headers.py COMPILER [ARGUMENT...]"""
import pathlib
import sys
import tempfile
import unittest

import headers

COMMAND = []


class Headers(unittest.TestCase):
    def bad(self, text, **more):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "barelink", "base", "case.hpp")
            file.parent.mkdir(parents=True)
            file.write_text(text, encoding="utf-8")
            count, bad = headers.check(folder, COMMAND, **more)
            return count, [name for name, _ in bad]

    def test_accepts_a_good_header(self):
        text = "#pragma once\n#include <cstdint>\nstruct s { std::uint8_t i; };\n"
        self.assertEqual((1, []), self.bad(text))

    def test_refuses_a_header_that_leans_on_another(self):
        self.assertEqual((1, ["barelink/base/case.hpp"]), self.bad("#pragma once\nstruct s { std::uint8_t i; };\n"))

    def test_refuses_a_header_without_guard(self):
        self.assertEqual(1, len(self.bad("struct s {};\n")[1]))

    def test_refuses_a_warning(self):
        text = "#pragma once\ninline unsigned char f(int i) { return i; }\n"
        self.assertEqual(1, len(self.bad(text)[1]))

    def test_refuses_a_function_that_nobody_else_can_use(self):
        self.assertEqual(1, len(self.bad("#pragma once\nstatic int f() { return 1; }\n")[1]))

    def test_refuses_exceptions_and_rtti(self):
        self.assertEqual(1, len(self.bad("#pragma once\ninline void f() { throw 1; }\n")[1]))
        text = "#pragma once\n#include <typeinfo>\ninline char const* f() { return typeid(int).name(); }\n"
        self.assertEqual(1, len(self.bad(text)[1]))

    def test_leaves_out_what_it_is_told_to(self):
        self.assertEqual((0, []), self.bad("struct s {};\n", skipped=["base"]))


if __name__ == "__main__":
    COMMAND = sys.argv[1:]
    unittest.main(argv=sys.argv[:1])
