#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Keeps the figures in README.md equal to the budgets that the size tests enforce.

usage: figures.py [--update] [--budgets DIR] ROOT

The table between the comments `<!-- figures: begin -->` and `<!-- figures: end -->` is made of budgets.txt and
stack-budgets.txt in ROOT/benchmarks/size, or DIR. Without --update a table that differs is an error. As long as neither
file exists, the place must be empty and the check is skipped (status 77).
"""
import argparse
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


def split(text):
    """What stands before, between and behind the comments."""
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise ValueError("README.md must have one table of figures, between the comments `figures: begin` and `end`")
    before, rest = text.split(BEGIN)
    between, behind = rest.split(END)
    return before, between, behind


def run(root, budgets, update):
    """Returns (status, sentence)."""
    readme = root / "README.md"
    there = [(budgets / name).exists() for name in ("budgets.txt", "stack-budgets.txt")]
    try:
        before, between, behind = split(readme.read_text(encoding="utf-8"))
        if not any(there) and not update:
            if between.strip():
                return 1, "README.md prints figures, but there is no file with budgets"
            return SKIPPED, "there are no budgets yet, and README.md prints no figures"
        wanted = table(budgets)
    except (OSError, ValueError) as wrong:
        return 1, str(wrong)
    if between == wanted:
        return 0, "the figures are those of the budgets"
    if not update:
        return 1, f"README.md prints other figures than the budgets; figures.py --update writes:\n{wanted}"
    readme.write_text(before + BEGIN + wanted + END + behind, encoding="utf-8")
    return 0, "the figures are written"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--budgets", type=pathlib.Path)
    parser.add_argument("root", type=pathlib.Path)
    options = parser.parse_args()
    budgets = options.budgets or options.root / "benchmarks" / "size"
    status, sentence = run(options.root, budgets, options.update)
    print(sentence)
    sys.exit(status)


if __name__ == "__main__":
    main()
