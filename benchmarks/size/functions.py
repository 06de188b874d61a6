#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Each function's share of the flash of an image: functions.py CPU IMAGE EMPTY

Prints "CPU BYTES NAME" for each function and constant of the program IMAGE that the program EMPTY does not have, the
largest first; without template arguments and parameters, and with what has one name then added up.
"""
import collections
import subprocess
import sys


def symbols(tools: str, path: str) -> dict[str, int]:
    text = subprocess.run([f"{tools}nm", "-S", "-C", path], check=True, capture_output=True, text=True).stdout
    found = collections.Counter()
    for line in text.splitlines():
        address, size, kind, *name = line.split(maxsplit=3)
        if name and kind in "tTwWrRvV":
            found[short(name[0])] += int(size, 16)
    return found


def short(name: str) -> str:
    """barelink::v0::ring<false>::find(unsigned short) -> ring::find"""
    name = name.replace("(anonymous namespace)::", "").replace("barelink::v0::", "")
    depth, kept = 0, ""
    for c in name:
        depth += c in "<({"
        if depth == 0:
            kept += c
        depth -= c in ">)}"
    return kept.split(" const")[0].split(" [")[0].split()[-1]


def main() -> None:
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    cpu, image, empty = sys.argv[1:]
    tools = "riscv64-unknown-elf-" if cpu.startswith("rv") else "arm-none-eabi-"
    there = symbols(tools, empty)
    shares = {name: size - there.get(name, 0) for name, size in symbols(tools, image).items()}
    for name, size in sorted(shares.items(), key=lambda share: (-share[1], share[0])):
        if size > 0:
            print(cpu, size, name)


if __name__ == "__main__":
    main()
