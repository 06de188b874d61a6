#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Compiles each header alone, and a second time behind itself.

usage: headers.py [--skip FOLDER]... INCLUDE_DIR COMPILER [ARGUMENT...]

The list is what the tree has, so no header is forgotten. FOLDER (such as port/posix), or one header, is left out for
compilers whose platform does not have what it needs.
"""
import argparse
import concurrent.futures
import os
import pathlib
import subprocess
import sys

FLAGS = (
    "-std=c++20 -fno-exceptions -fno-rtti -S "
    "-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Werror"
).split()


def headers_below(include, skipped=()):
    """Names as a user writes them: barelink/base/errc.hpp."""
    names = sorted(path.relative_to(include).as_posix() for path in pathlib.Path(include).rglob("*.hpp"))
    return [name for name in names if not any(f"{name}/".startswith(f"barelink/{folder}/") for folder in skipped)]


def complaint(include, name, command):
    """What the compiler says; empty if it says nothing."""
    line = f"#include <{name}>\n"
    run = subprocess.run(
        [*command, *FLAGS, "-I", str(include), "-x", "c++", "-o", os.devnull, "-"],
        input=line + line,
        env={**os.environ, "LC_ALL": "C"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if run.returncode != 0 or run.stdout:
        return run.stdout or f"the compiler ended with status {run.returncode}"
    return ""


def check(include, command, skipped=()):
    """Returns how many headers there are, and a list of (name, complaint)."""
    names = headers_below(include, skipped)
    with concurrent.futures.ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        said = pool.map(lambda name: complaint(include, name, command), names)
        return len(names), [(name, text) for name, text in zip(names, said) if text]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--skip", action="append", default=[])
    parser.add_argument("include")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    count, bad = check(options.include, options.command, options.skip)
    for name, text in bad:
        print(f"<{name}>\n{text}")
    print(f"{count} headers, {len(bad)} bad")
    sys.exit(1 if bad or count == 0 else 0)


if __name__ == "__main__":
    main()
