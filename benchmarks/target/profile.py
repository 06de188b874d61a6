#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Where the instructions are on the emulated board: profile.py IMAGE < LOG

LOG is what QEMU writes with -singlestep -d exec,nochain: one line an instruction. What lies between count_go and
count_stop counts; a call of report ends an exchange. Prints the mean of 32 per function.
"""
import collections
import re
import subprocess
import sys

REPETITIONS = 32
NOT_COUNTED = re.compile(r"count_|hal_|outside_|process_until|publish$|take$|idle$|main$|instructions$")


def functions(image: str) -> list[tuple[int, str]]:
    text = subprocess.run(["arm-none-eabi-nm", "-C", image], check=True, capture_output=True, text=True).stdout
    found = (re.match(r"([0-9a-f]+) [tTwW] (.+)", line) for line in text.splitlines())
    return sorted((int(m[1], 16) & ~1, m[2]) for m in found if m and not m[2].startswith("$"))


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    symbols = functions(sys.argv[1])
    starts, name_at = dict(symbols), {}
    address, current = [a for a, _ in symbols], 0
    counts, on, leaving = collections.Counter(), False, False
    exchanges = iter(["publish_0", "publish_1", "inbound_1", "idle"])
    for line in sys.stdin:
        match = re.search(r"\[[0-9a-f]+/([0-9a-f]+)/", line)
        if not match:
            continue
        pc = int(match[1], 16)
        if pc not in name_at:
            below = [a for a in address if a <= pc]
            name_at[pc] = starts[below[-1]] if below else "?"
        name = name_at[pc]
        if name == "report":
            if current != pc and starts.get(pc) == "report":
                show(next(exchanges, None), counts)
                counts.clear()
        elif not NOT_COUNTED.match(name.split("(")[0]):
            counts[name] += 1
        current = pc


def show(exchange: str | None, counts: collections.Counter) -> None:
    if exchange is None:
        return
    print(f"{sum(counts.values()) / REPETITIONS:8.1f}  {exchange}")
    for name, count in counts.most_common(25):
        print(f"{count / REPETITIONS:8.1f}    {name[:110]}")


main()
