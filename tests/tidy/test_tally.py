#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Shows that tools/tally.py counts truthfully."""
import json
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
import tally  # noqa: E402


class Tally(unittest.TestCase):
    def count(self, results, status):
        with tempfile.TemporaryDirectory() as folder:
            log = pathlib.Path(folder, "testlog.json")
            if results is not None:
                lines = [json.dumps({"name": f"t{number}", "result": word}) for number, word in enumerate(results)]
                log.write_text("\n".join(lines), encoding="utf-8")
            return tuple(value if isinstance(value, int) else len(value) for value in tally.tally(log, status))

    def test_each_kind(self):
        self.assertEqual((2, 0, 1), self.count(["OK", "EXPECTEDFAIL", "SKIP"], 0))
        for word in ("FAIL", "TIMEOUT", "ERROR", "INTERRUPT", "UNEXPECTEDPASS", "a new word"):
            self.assertEqual((1, 1, 0), self.count(["OK", word], 1))

    def test_no_log_is_a_failure(self):
        self.assertEqual((0, 1, 0), self.count(None, 0))

    def test_no_test_is_a_failure(self):
        self.assertEqual((0, 1, 0), self.count([], 0))

    def test_a_bad_status_is_a_failure(self):
        self.assertEqual((1, 1, 0), self.count(["OK"], 1))


if __name__ == "__main__":
    unittest.main()
