#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Which lines of source take the instructions: lines.py CALLGRIND_OUT COUNT

Instructions per repetition, summed by function of the source (inlined or not), then the dearest lines. The file has to
be written with --compress-pos=no --compress-strings=no.
"""
import collections
import pathlib
import re
import sys



def costs(path: str) -> dict[tuple[str, int], int]:
    found, file, inclusive = collections.Counter(), "", False
    for line in pathlib.Path(path).read_text().splitlines():
        if match := re.match(r"f[lie]=(.*)", line):
            file = match[1]
        elif line.startswith("calls="):
            inclusive = True
        elif match := re.match(r"(\d+) (\d+)$", line):
            if not inclusive:
                found[file, int(match[1])] += int(match[2])
            inclusive = False
    return found


def enclosing(lines: list[str], number: int) -> str:
    """The name in the last line above that looks like the head of a function."""
    for line in reversed(lines[:number]):
        if re.match(r" {0,4}\S", line) and (match := re.search(r"(\w+)\(.*\{", line)) and not re.match(
                r" *(if|for|while|switch|return|else|do|auto|\})\b", line):
            return match[1]
    return "?"


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    count = int(sys.argv[2])
    by_line = {key: cost / count for key, cost in costs(sys.argv[1]).items() if cost >= count / 2}
    texts = {}
    for file, _ in by_line:
        path = pathlib.Path(file)
        texts[file] = path.read_text(errors="replace").splitlines() if path.is_file() else []
    by_function = collections.Counter()
    for (file, line), cost in by_line.items():
        by_function[pathlib.Path(file).name, enclosing(texts[file], line)] += cost
    print(f"{sum(by_line.values()):7.1f}  all")
    for (file, name), cost in by_function.most_common(40):
        print(f"{cost:7.1f}  {file}: {name}")
    print()
    for (file, line), cost in sorted(by_line.items(), key=lambda item: -item[1])[:80]:
        text = texts[file][line - 1].strip() if line <= len(texts[file]) else ""
        print(f"{cost:7.1f}  {pathlib.Path(file).name}:{line}: {text[:90]}")


main()
