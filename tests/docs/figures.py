#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Keeps the figures in README.md and docs/clouds.md equal to the budgets that the size tests enforce.

usage: figures.py [--update] [--budgets DIR] ROOT

The table between the comments `<!-- figures: begin -->` and `<!-- figures: end -->` is made of budgets.txt and
stack-budgets.txt in ROOT/benchmarks/size, or DIR; on the page of the clouds of budgets.txt in ROOT/benchmarks/profiles.
Without --update a table that differs is an error. As long as none of the files exists, the place must be empty and the
check is skipped (status 77).
"""
import argparse
import collections
import pathlib
import sys

BEGIN, END = "<!-- figures: begin -->\n", "<!-- figures: end -->\n"
SKIPPED = 77
CPUS = {"m0plus": "Cortex-M0+", "m4": "Cortex-M4"}
HEAD = ("program", "CPU", "flash `-Os`", "flash `-Os -flto`", "flash `-O2`", "RAM", "stack")


def rows(path, header):
    """The lines of a budget file as lists of words. Raises ValueError if it is another file."""
    lines = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    if not lines or lines[0] != header.split():
        raise ValueError(f"{path.name} does not start with `{header}`")
    if len(lines) == 1 or any(len(line) != len(lines[0]) for line in lines):
        raise ValueError(f"{path.name} has no lines, or lines with other columns than `{header}`")
    return lines[1:]


def stack_of(path):
    """(program, cpu) -> the deepest of its functions."""
    deepest = {}
    for name, cpu, _, bytes_ in rows(path, "program cpu function stack"):
        deepest[name, cpu] = max(deepest.get((name, cpu), 0), int(bytes_))
    return deepest


def table(budgets):
    """The text between the comments. Raises ValueError if a figure is missing, OSError if a file is."""
    sizes = {
        (name, cpu, options): [int(figure) for figure in figures]
        for name, cpu, options, *figures in rows(budgets / "budgets.txt", "program cpu options text data bss")
    }
    stack = stack_of(budgets / "stack-budgets.txt")
    lines = [HEAD, ("---", "---") + ("---:",) * (len(HEAD) - 2)]
    try:
        for name in dict.fromkeys(key[0] for key in sizes):
            for cpu, title in CPUS.items():
                # Constants that are written once lie in flash and in RAM.
                flash = [sum(sizes[name, cpu, options][:2]) for options in ("-Os", "-Os-flto", "-O2")]
                ram = sum(sizes[name, cpu, "-Os"][1:])
                lines.append((f"`{name}`", title, *map(str, flash), str(ram), str(stack[name, cpu])))
    except KeyError as missing:
        raise ValueError(f"the budgets have no line for {missing.args[0]}") from missing
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def profile_table(budgets):
    """The same for what profiles add."""
    lines = [("profile", "flash", "RAM"), ("---", "---:", "---:")]
    for name, _, _, flash, ram in rows(budgets / "budgets.txt", "profile cpu options flash ram"):
        lines.append((f"`{name}`", flash, ram))
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


Page = collections.namedtuple("Page", "path budgets table")
README = Page("README.md", ("budgets.txt", "stack-budgets.txt"), table)
CLOUDS = Page("docs/clouds.md", ("budgets.txt",), profile_table)


def split(text):
    """What stands before, between and behind the comments."""
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise ValueError("a page must have one table of figures, between the comments `figures: begin` and `end`")
    before, rest = text.split(BEGIN)
    between, behind = rest.split(END)
    return before, between, behind


def run(root, budgets, update, page=README):
    """Returns (status, sentence)."""
    path = root / page.path
    there = [(budgets / name).exists() for name in page.budgets]
    try:
        before, between, behind = split(path.read_text(encoding="utf-8"))
        if not any(there) and not update:
            if between.strip():
                return 1, f"{page.path} prints figures, but there is no file with budgets"
            return SKIPPED, f"there are no budgets yet, and {page.path} prints no figures"
        wanted = page.table(budgets)
    except (OSError, ValueError) as wrong:
        return 1, str(wrong)
    if between == wanted:
        return 0, "the figures are those of the budgets"
    if not update:
        return 1, f"{page.path} prints other figures than the budgets; figures.py --update writes:\n{wanted}"
    path.write_text(before + BEGIN + wanted + END + behind, encoding="utf-8")
    return 0, "the figures are written"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--budgets", type=pathlib.Path)
    parser.add_argument("root", type=pathlib.Path)
    options = parser.parse_args()
    budgets = options.budgets or options.root / "benchmarks" / "size"
    found = [
        run(options.root, budgets, options.update),
        run(options.root, options.root / "benchmarks" / "profiles", options.update, CLOUDS),
    ]
    for _, sentence in found:
        print(sentence)
    sys.exit(max(found, key=lambda one: (one[0] == 1, one[0]))[0])


if __name__ == "__main__":
    main()
