#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Shows that expect_fail.py can fail. usage: test_expect_fail.py COMPILER [ARGUMENT...]"""
import os
import sys
import tempfile
import unittest

import expect_fail

COMMAND = []
REFUSED = 'static_assert(sizeof(int) == 0, "ours: an int has no bytes");\n'


class Runner(unittest.TestCase):
    def complaints(self, text):
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "case.cpp")
            with open(file, "w", encoding="utf-8") as stream:
                stream.write(text)
            return list(expect_fail.complaints(file, COMMAND))

    def test_accepts_the_expected_refusal(self):
        self.assertEqual([], self.complaints(REFUSED + "// EXPECT-FIRST: ours: an int\n// EXPECT: has no bytes\n"))

    def test_refuses_a_program_that_compiles(self):
        self.assertEqual(["compiles"], self.complaints("int main() {}\n// EXPECT: ours\n"))

    def test_refuses_another_reason(self):
        self.assertRegex(self.complaints("#include <no_such.hpp>\n// EXPECT: ours: an int\n")[0], "no line matches")

    def test_refuses_if_one_of_two_is_missing(self):
        self.assertEqual(1, len(self.complaints(REFUSED + "// EXPECT: ours: an int\n// EXPECT: theirs\n")))

    def test_refuses_a_sentence_that_comes_second(self):
        text = "int i = unknown;\n" + REFUSED + "// EXPECT: ours\n// EXPECT-FIRST: ours\n"
        self.assertRegex(self.complaints(text)[0], "the first error is not: ours")

    def test_refuses_a_file_without_expectation(self):
        self.assertRegex(self.complaints(REFUSED)[0], "no EXPECT line")

    def test_refuses_a_second_mistake(self):
        text = "#ifndef CORRECTED\n" + REFUSED + "#endif\nint i = unknown;\n// EXPECT: ours\n"
        self.assertRegex(self.complaints(text)[0], "although CORRECTED")

    def test_accepts_a_corrected_program(self):
        self.assertEqual([], self.complaints("#ifndef CORRECTED\n" + REFUSED + "#endif\n// EXPECT: ours\n"))


if __name__ == "__main__":
    COMMAND = sys.argv[1:]
    unittest.main(argv=sys.argv[:1])
