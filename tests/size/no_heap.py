#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Runs no-heap twice: as it is, and asking the heap for a byte. usage: no_heap.py PROGRAM"""
import signal
import subprocess
import sys
import tempfile


def run(*command):
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=90,
        check=False,
    )  # fmt: skip


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        device = run(sys.argv[1], folder)
        guilty = run(sys.argv[1], folder, "guilty")
    if device.returncode != 0:
        sys.exit(f"status {device.returncode}\n{device.stdout}")
    if guilty.returncode != -signal.SIGABRT or "the heap was asked by malloc" not in guilty.stdout:
        sys.exit(f"a program that asks the heap lives: status {guilty.returncode}\n{guilty.stdout}")
    print(device.stdout, end="")


if __name__ == "__main__":
    main()
