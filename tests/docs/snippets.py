#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Builds every piece of C++ that the documentation prints.

usage: snippets.py ROOT COMPILER [ARGUMENT...]

Reads ROOT/README.md and ROOT/docs/*.md. A block that starts with ```cpp is a whole program: it is compiled and linked
as printed. A fragment says in a comment, in the line before it, what goes around it:

    <!-- snippet: store -->

names ROOT/tests/docs/store.cpp.in: there the fragment takes the place of the line @snippet@, and the program that
results is compiled, linked and run; it has to end with 0. A frame that no fragment uses is an error.
"""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

FLAGS = (
    "-std=c++20 -fno-exceptions -fno-rtti "
    "-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Werror"
).split()
FENCE = re.compile(r"^\s*```\s*(\S*)\s*$")
MARK = re.compile(r"^\s*<!-- snippet: (\S+) -->\s*$")
HOLE = re.compile(r"^\s*@snippet@\s*$", re.MULTILINE)
OTHER_NAMES = {"c++", "cc", "cxx", "hpp", "h++"}
SECONDS = 60


class Snippet:
    def __init__(self, page, line, frame, text):
        self.page, self.line, self.frame, self.text = page, line, frame, text

    def __str__(self):
        return f"{self.page}:{self.line}"


def snippets_of(page, text):
    """Yields the blocks of a page. Raises ValueError for one that would escape the test."""
    language, start, body, before = None, 0, [], ""
    for number, line in enumerate(text.splitlines(), 1):
        fence = FENCE.match(line)
        if language is None and fence:
            language, start, body = fence[1].lower(), number, []
            mark = MARK.match(before)
            if language in OTHER_NAMES:
                raise ValueError(f"{page}:{number}: write ```cpp, not ```{fence[1]}: else nobody compiles it")
            if mark and language != "cpp":
                raise ValueError(f"{page}:{number}: is marked as a snippet, but is not ```cpp")
        elif language is not None and fence and not fence[1]:
            if language == "cpp":
                yield Snippet(page, start + 1, mark[1] if mark else None, "\n".join(body) + "\n")
            language = None
        elif language is not None:
            body.append(line)
        elif MARK.match(before) and line.strip():
            raise ValueError(f"{page}:{number}: the line before marks a snippet, but none follows")
        before = line
    if language is not None:
        raise ValueError(f"{page}:{start}: this block has no end")


def pages(root):
    return [path for path in (root / "README.md", *sorted((root / "docs").glob("*.md"))) if path.exists()]


def program(root, snippet):
    """The text to compile. Raises ValueError if there is none."""
    if snippet.frame is None:
        if not re.search(r"\bint main\(", snippet.text):
            raise ValueError("has no main() and no comment <!-- snippet: NAME --> in the line before")
        return snippet.text
    frame = root / "tests" / "docs" / f"{snippet.frame}.cpp.in"
    if not frame.exists():
        raise ValueError(f"there is no frame tests/docs/{frame.name}")
    text = frame.read_text(encoding="utf-8")
    if len(HOLE.findall(text)) != 1:
        raise ValueError(f"tests/docs/{frame.name} must have one line @snippet@")
    before, after = HOLE.split(text)
    # The compiler's messages name the lines of the page and of the frame.
    behind = before.count("\n") + 2
    return f'{before}#line {snippet.line} "{snippet.page}"\n{snippet.text}#line {behind} "{frame.name}"{after}'


def said(command, **more):
    """Status and output of a command."""
    done = subprocess.run(
        command,
        env={**os.environ, "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        timeout=SECONDS,
        **more,
    )
    return done.returncode, done.stdout


def complaint(root, snippet, command):
    """What is wrong with a snippet; empty if nothing is."""
    try:
        text = program(root, snippet)
    except ValueError as wrong:
        return str(wrong)
    with tempfile.TemporaryDirectory() as folder:
        source, binary = pathlib.Path(folder, "snippet.cpp"), pathlib.Path(folder, "snippet")
        source.write_text(text, encoding="utf-8")
        status, output = said([*command, *FLAGS, f"-I{root / 'include'}", str(source), "-o", str(binary)])
        if status != 0 or output:
            return f"does not build:\n{output}"
        if snippet.frame is not None:
            try:
                status, output = said([str(binary)])
            except subprocess.TimeoutExpired:
                return f"does not end within {SECONDS} s"
            if status != 0:
                return f"ends with status {status}\n{output}"
    return ""


def check(root, command):
    """Returns the number of snippets and a list of complaints."""
    snippets, bad = [], []
    for path in pages(root):
        try:
            snippets += snippets_of(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))
        except ValueError as wrong:
            bad.append(str(wrong))
    used = {snippet.frame for snippet in snippets}
    for frame in sorted((root / "tests" / "docs").glob("*.cpp.in")):
        if frame.name.removesuffix(".cpp.in") not in used:
            bad.append(f"tests/docs/{frame.name}: no snippet uses it")
    if not any(snippet.page == "README.md" and snippet.frame is None for snippet in snippets):
        bad.append("README.md: has no whole program")
    with concurrent.futures.ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        found = pool.map(lambda snippet: complaint(root, snippet, command), snippets)
        bad += [f"{snippet}: {text}" for snippet, text in zip(snippets, found) if text]
    return len(snippets), bad


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    count, bad = check(pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:])
    for text in bad:
        print(text)
    print(f"{count} snippets, {len(bad)} complaints")
    sys.exit(1 if bad or count == 0 else 0)


if __name__ == "__main__":
    main()
