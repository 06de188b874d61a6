#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""claims.py finds each broken claim, and finds nothing in an innocent file.

usage: test_claims.py INCLUDE_DIR COMPILER..."""
import pathlib
import sys
import unittest

import claims

HERE = pathlib.Path(__file__).resolve().parent
INCLUDE = None
COMMAND = None
EXPECTED = {
    1: "malloc: an allocator",
    2: "_Znw",
    3: "_ZdlPv",
    4: "before main()",
    5: "a guarded static",
    6: "type information or a virtual table",
    7: "__throw_out_of_range",
    8: "a variable that the headers bring",
    9: "puts: needed from elsewhere",
    10: "nothing of it was compiled",
}


class Claims(unittest.TestCase):
    def findings(self, guilt):
        return claims.findings(INCLUDE, HERE / "guilty.cpp", COMMAND, "-O2", (f"-DGUILT={guilt}",))

    def test_innocent(self):
        self.assertEqual(self.findings(0), [])

    def test_guilty(self):
        for guilt, sentence in EXPECTED.items():
            with self.subTest(guilt=guilt):
                self.assertTrue(any(sentence in found for found in self.findings(guilt)), self.findings(guilt))


if __name__ == "__main__":
    INCLUDE, COMMAND = pathlib.Path(sys.argv[1]), sys.argv[2:]
    unittest.main(argv=sys.argv[:1])
