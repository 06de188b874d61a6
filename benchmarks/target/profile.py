#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Where the instructions are on the emulated board: profile.py IMAGE < LOG

LOG is what QEMU writes with -singlestep -d exec,nochain: one line an instruction. What lies between count_go and
count_stop counts; publish, take and idle begin an exchange, report ends it. Prints the mean of 32 per function.
"""
import collections
import re
import subprocess
import sys

REPETITIONS = 32
DRIVER = re.compile(r"hal_|(process_until|publish|take|idle|main)$")


def functions(image: str) -> list[tuple[int, str]]:
    text = subprocess.run(["arm-none-eabi-nm", "-C", image], check=True, capture_output=True, text=True).stdout
    found = (re.match(r"([0-9a-f]+) [tTwW] (.+)", line) for line in text.splitlines())
    return sorted((int(m[1], 16) & ~1, m[2]) for m in found if m and not m[2].startswith("$"))


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    symbols = functions(sys.argv[1])
    starts, name_at = dict(symbols), {}
    counts, counting = collections.Counter(), False
    exchanges = iter(["publish_0", "publish_1", "inbound_1", "idle"])
    for line in sys.stdin:
        match = re.search(r"\[[0-9a-f]+/([0-9a-f]+)/", line)
        if not match:
            continue
        pc = int(match[1], 16)
        if pc not in name_at:
            name_at[pc] = next((name for address, name in reversed(symbols) if address <= pc), "?")
        name = name_at[pc]
        if name in ("count_go", "count_stop"):
            counting = name == "count_go"
        elif starts.get(pc) == "report":
            show(next(exchanges), counts)
            counts.clear()
        elif starts.get(pc) in ("publish", "take", "idle"):
            counts.clear()
        elif counting and not DRIVER.match(name):
            counts[name] += 1


def show(exchange: str, counts: collections.Counter) -> None:
    print(f"{sum(counts.values()) / REPETITIONS:8.1f}  {exchange}")
    for name, count in counts.most_common(25):
        short = re.sub(r"\(anonymous namespace\)::|barelink::v0::|<barelink::v0::features.*?>(?=::)|\(.*", "", name)
        print(f"{count / REPETITIONS:8.1f}    {short}")


main()
