#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Builds two units that include every header into one program, runs it, and looks for start-up code in it.

usage: odr.py [--library ARGUMENT]... [--skip FOLDER]... INCLUDE_DIR SOURCE_DIR COMPILER [ARGUMENT...]

The list of headers is what the tree has; FOLDER (such as tls) is left out where what it needs is not there. Static
constructors and guarded statics are refused, because a header that brings one runs code before main() in every program
that includes it.
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

FLAGS = "-std=c++20 -fno-exceptions -fno-rtti -Wall -Wextra -Werror".split()
START_UP = re.compile(r"\b(_GLOBAL__sub_I\w*|_GLOBAL__I\w*|__cxx_global_var_init\w*|__cxa_guard_acquire|_ZGV\w+)")


def run(*command):
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}\nstatus {done.returncode}")
    return done.stdout


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--library", action="append", default=[])
    parser.add_argument("--skip", action="append", default=[])
    parser.add_argument("include", type=pathlib.Path)
    parser.add_argument("sources", type=pathlib.Path)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()

    names = sorted(path.relative_to(options.include).as_posix() for path in options.include.rglob("*.hpp"))
    names = [name for name in names if not any(name.startswith(f"barelink/{folder}/") for folder in options.skip)]
    if not names:
        sys.exit("no headers found")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "all_headers.hpp").write_text(
            "#pragma once\n" + "".join(f"#include <{name}>\n" for name in names), encoding="utf-8"
        )
        objects = []
        paths = ["-I", str(options.include), "-I", str(folder)]
        for unit in ("a.cpp", "b.cpp"):
            objects.append(str(folder / f"{unit}.o"))
            source = str(options.sources / unit)
            run(*options.command, *FLAGS, *paths, "-c", source, "-o", objects[-1])
            found = START_UP.findall(run("nm", objects[-1]))
            if found:
                sys.exit(f"{source}: code that runs before main() or behind a guard: {sorted(set(found))}")
        program = str(folder / "both")
        run(*options.command, *objects, *options.library, "-o", program)
        run(program)
    print(f"{len(names)} headers in two units of one program")


if __name__ == "__main__":
    main()
