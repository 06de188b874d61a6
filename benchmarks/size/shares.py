#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Whose the bytes of an image are: shares.py MAP PATTERN=NAME...

MAP is what the linker wrote with -Map. Prints "NAME text data bss" for each name: the sum over the input sections that
were linked from the files whose path contains the pattern; the first one that fits counts, "" fits all.
"""
import pathlib
import re
import sys

KINDS = (("text", r"\.(text|s?rodata|init|fini|ARM\.ex|eh_frame)"), ("data", r"\.s?data"),
         ("bss", r"\.s?bss|COMMON"))
INPUT = re.compile(r" (\.[\w.$-]+|COMMON)\s+0x[0-9a-f]+\s+0x([0-9a-f]+)\s+(\S+)\n")


def shares(text: str, groups: list[tuple[str, str]]) -> dict[str, dict[str, int]]:
    found = {name: {kind: 0 for kind, _ in KINDS} for _, name in groups}
    # What was thrown away is listed in front of the memory map.
    for section, size, path in INPUT.findall(text[text.index("Linker script and memory map"):]):
        kind = next((kind for kind, pattern in KINDS if re.match(pattern, section)), None)
        name = next((name for pattern, name in groups if pattern in path), None)
        if kind and name:
            found[name][kind] += int(size, 16)
    return found


def main() -> None:
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    groups = [tuple(argument.split("=", 1)) for argument in sys.argv[2:]]
    for name, figures in shares(pathlib.Path(sys.argv[1]).read_text(), groups).items():
        print(name, *figures.values())


if __name__ == "__main__":
    main()
