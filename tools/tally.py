#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Counts the tests of a meson run. usage: tally.py BUILD_DIR STATUS

Reads meson's own log of the run that ended with STATUS, names what failed, and prints three numbers on its last line:
passed failed skipped. A run without a log, without a test, or that failed although no test did, is one failure.
"""
import json
import pathlib
import sys

PASSED = {"OK", "EXPECTEDFAIL"}
SKIPPED = {"SKIP"}


def tally(log, status):
    """Returns (passed, names of what failed, names of what was skipped)."""
    passed, failed, skipped = 0, [], []
    try:
        records = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        return 0, [f"no log of the tests: {error}"], []
    for record in records:
        if record["result"] in PASSED:
            passed += 1
        elif record["result"] in SKIPPED:
            skipped.append(record["name"])
        else:
            failed.append(f"{record['name']} ({record['result']})")
    if not records:
        failed.append("no test was run")
    if status != 0 and not failed:
        failed.append(f"meson ended with status {status}, though no test failed")
    return passed, failed, skipped


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    build = pathlib.Path(sys.argv[1])
    passed, failed, skipped = tally(build / "meson-logs" / "testlog.json", int(sys.argv[2]))
    for name in failed:
        print(f"FAILED  {build.name}: {name}")
    for name in skipped:
        print(f"skipped {build.name}: {name}")
    print(passed, len(failed), len(skipped))


if __name__ == "__main__":
    main()
