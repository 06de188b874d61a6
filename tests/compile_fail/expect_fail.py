#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Shows that a program is refused, and why.

usage: expect_fail.py FILE COMPILER [ARGUMENT...]

FILE must not compile. Every `// EXPECT: regex` in it must match what the compiler says, every
`// EXPECT-FIRST: regex` the first line that is an error. Match our own sentences only, never the compiler's words.

A file that asks for the macro CORRECTED is compiled once more with it, and then must pass: that proves that the
mistake under test is the only one.
"""
import os
import re
import subprocess
import sys

MARK = re.compile(r"^\s*//\s*(EXPECT|EXPECT-FIRST):\s*(\S.*?)\s*$", re.MULTILINE)
ERROR = re.compile(r"\berror: ")


def compile_file(command, file, *more):
    run = subprocess.run(
        [*command, "-fsyntax-only", *more, file],
        env={**os.environ, "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    return run.returncode, run.stdout


def complaints(file, command):
    """Yields what is wrong with the refusal; nothing if it is as expected."""
    with open(file, encoding="utf-8") as stream:
        text = stream.read()
    marks = MARK.findall(text)
    if not marks:
        yield "has no EXPECT line, so it could fail for any reason"
    status, output = compile_file(command, file)
    if status == 0:
        yield "compiles"
        return
    errors = [line for line in output.splitlines() if ERROR.search(line)]
    first = errors[0] if errors else ""
    for kind, pattern in marks:
        if not re.search(pattern, first if kind == "EXPECT-FIRST" else output):
            where = "the first error is not" if kind == "EXPECT-FIRST" else "no line matches"
            yield f"{where}: {pattern}\n{output}"
    if re.search(r"\bCORRECTED\b", text):
        status, output = compile_file(command, file, "-DCORRECTED")
        if status != 0:
            yield f"fails although CORRECTED is defined:\n{output}"


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    file, command = sys.argv[1], sys.argv[2:]
    found = list(complaints(file, command))
    for complaint in found:
        print(f"{file}: {complaint}")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
