#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Keeps docs/conformance.md equal to what the tests say, and the tests to what the standards say.

usage: conformance.py [--update] ROOT

ROOT/docs/conformance.txt and, for 5.0, conformance-5.txt list the statements by the tag that a test case carries, e.g.
[MQTT-3.3.1-2] for 3.1.1, [MQTT5-3.3.1-2] for 5.0, [MQTT31-3.2-present] for 3.1, [3.1.2.10] for a part of 3.1.1 without
a numbered statement. An error is: a statement without a test case that runs, a clause tag that is no statement, a
statement that is said not to apply but has a test, and a page that differs from what --update would write.
"""
import argparse
import pathlib
import re
import sys

SOURCE, SOURCE_5, PAGE = "docs/conformance.txt", "docs/conformance-5.txt", "docs/conformance.md"
NOT_APPLICABLE, PLANNED = "not applicable: ", "planned"

# Groups of the list, in the order of the page: key, title, whether a test of the library has to show its statements.
# The suite `testing` tests the brokers of the project, so it shows only what binds a Server.
GROUPS = (
    ("3.1.1 client", "## MQTT 3.1.1\n\n### What binds the client", True),
    ("3.1.1 reaction", "### What binds the Server, and what the client does about a breach", True),
    ("3.1.1 sections", "### Duties without a number, by section", True),
    ("3.1.1 server", "### What binds the Server alone: the decoders, and the brokers in `testing/`", False),
    ("3.1.1 text", "### Other parts of the text, by section", False),
    ("3.1", "## MQTT 3.1: what differs", True),
    ("5.0 client", "## MQTT 5.0\n\n### What binds the client", True),
    ("5.0 reaction", "### What binds the Server, and what the client does about a breach", True),
    ("5.0 sections", "### Duties without a number, by section", True),
    ("5.0 server", "### What binds the Server alone: the decoders, and the brokers in `testing/`", False),
    ("5.0 text", "### Other parts of the text, by section", False),
)
BROKERS = "testing"

HEAD = """<!-- SPDX-License-Identifier: BSL-1.0 -->
<!-- Written by tests/docs/conformance.py --update; change conformance.txt or the tags in the tests instead. -->
# Conformance

Each statement of the standards that concerns a client, in our own words, with the test files that show it: a test case
in them carries the statement as its tag. `build/dev/tests/test-session '[MQTT-4.4.0-1]'` runs those of one suite. A
test checks that no statement is without a test case, that no test case names a statement that is not here, and that
this page is what list and tags make of it.

"""

# A tag that names a clause: a number of the standard, with or without `MQTT` and its version. Whatever looks like one
# has to be in the list, so that a slip of the pen is found.
CLAUSE = re.compile(r"^(?:mqtt.*\d.*|v?\d.*)$", re.IGNORECASE)
TAG = re.compile(r"^(?:MQTT(?:5|31)?-)?\d+(?:\.\d+)*(?:-[a-z0-9-]+)?$")
NOT_A_CLAUSE = re.compile(r"^v\d+$")
SUITES = re.compile(r"foreach suite : \[(.*?)\]", re.DOTALL)
SOURCES = re.compile(r"\bsources \+= files\((.*?)\)", re.DOTALL)
NAMES = re.compile(r"'([^']+)'")
CASE = re.compile(r"^[ \t]*(?:TEST_CASE|TEMPLATE_TEST_CASE|SCENARIO)\(\s*", re.MULTILINE)
STRING = re.compile(r'\s*"((?:[^"\\]|\\.)*)"')
COMMENT = re.compile(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
OFF = re.compile(r"^#if 0$.*?^#(?:else|endif)", re.DOTALL | re.MULTILINE)
HIDDEN = re.compile(r"^(?:\..*|!hide|!mayfail|!shouldfail|!benchmark)$")


class Wrong(Exception):
    """A list or a test that cannot be read."""


class Statement:
    def __init__(self, group, words, note):
        self.group, self.words = group, words
        self.reason = note[len(NOT_APPLICABLE):] if note.startswith(NOT_APPLICABLE) else ""
        self.planned = note == PLANNED
        if note and not self.planned and not self.reason:
            raise Wrong(f"a note is `{PLANNED}` or `{NOT_APPLICABLE}REASON`, not `{note}`")


def read_lists(root):
    """tag -> Statement, in the order of the lists; the one of 5.0 may be missing."""
    joined = []
    for source in (SOURCE, SOURCE_5):
        if source == SOURCE_5 and not (root / source).exists():
            continue
        start = len(joined)
        for number, line in enumerate((root / source).read_text(encoding="utf-8").splitlines(), 1):
            if line.startswith(" ") and len(joined) > start:
                joined[-1] = (joined[-1][0], f"{joined[-1][1]} {line.strip()}")
            elif line and not line.startswith("#"):
                joined.append((f"{source}:{number}: ", line))
    statements, group, known = {}, None, {key for key, _, _ in GROUPS}
    for where, line in joined:
        if line.startswith("= "):
            group = line[2:]
            if group not in known:
                raise Wrong(f"{where}no group is called `{group}`")
            continue
        parts = [part.strip() for part in line.split(" | ")]
        if group is None or len(parts) not in (2, 3) or not all(parts):
            raise Wrong(f"{where}not `tag | words` in a group")
        if not TAG.match(parts[0]):
            raise Wrong(f"{where}`{parts[0]}` is no tag of a clause")
        if parts[0] in statements:
            raise Wrong(f"{where}`{parts[0]}` is listed twice")
        try:
            statements[parts[0]] = Statement(group, parts[1], parts[2] if len(parts) == 3 else "")
        except Wrong as wrong:
            raise Wrong(f"{where}{wrong}") from wrong
    if not statements:
        raise Wrong(f"{SOURCE} lists nothing")
    return statements


def running_files(root):
    """(suite, path) of each file of test cases that meson runs."""
    tests = root / "tests"
    suites = SUITES.search((tests / "meson.build").read_text(encoding="utf-8"))
    if suites is None:
        raise Wrong("tests/meson.build has no list of suites")
    for suite in NAMES.findall(suites[1]):
        for block in SOURCES.findall((tests / suite / "meson.build").read_text(encoding="utf-8")):
            for name in NAMES.findall(block):
                yield suite, tests / suite / name


def strings(text, at):
    """The string literals at `at`, those that lie side by side joined, and up to the second comma or the end."""
    found = []
    while len(found) < 2:
        joined, literal = "", STRING.match(text, at)
        if literal is None:
            break
        while literal is not None:
            joined, at = joined + literal[1], literal.end()
            literal = STRING.match(text, at)
        found.append(joined)
        comma = re.compile(r"\s*,").match(text, at)
        if comma is None:
            break
        at = comma.end()
    return found


def cases(text):
    """(name, tags) of each test case, without those that are commented out."""
    text = COMMENT.sub(lambda match: match[0] if match[0].startswith('"') else " ", text)
    text = OFF.sub("", text)
    for start in CASE.finditer(text):
        found = strings(text, start.end())
        if not found:
            raise Wrong("a test case whose name is no string")
        yield found[0], re.findall(r"\[([^\]]*)\]", found[1]) if len(found) == 2 else []


def read_tests(root):
    """tag -> suites/files, and what is wrong with the tags themselves."""
    shown, bad = {}, []
    for suite, path in running_files(root):
        where = path.relative_to(root).as_posix()
        try:
            found = list(cases(path.read_text(encoding="utf-8")))
        except Wrong as wrong:
            raise Wrong(f"{where}: {wrong}") from wrong
        if not found:
            raise Wrong(f"{where}: no test case")
        for name, tags in found:
            clauses = [tag for tag in tags if CLAUSE.match(tag) and not NOT_A_CLAUSE.match(tag)]
            hidden = [tag for tag in tags if HIDDEN.match(tag)]
            if clauses and hidden:
                bad.append(f"{where}: `{name}` shows nothing, because [{hidden[0]}] hides its failures")
                continue
            for tag in clauses:
                files = shown.setdefault(tag, [])
                entry = f"{suite}/{path.stem}"
                if entry not in files:
                    files.append(entry)
    return shown, bad


def compare(statements, shown):
    """What is wrong, as sentences."""
    needs_library = {key: library for key, _, library in GROUPS}
    for tag, files in shown.items():
        if tag not in statements:
            yield f"[{tag}] in {files[0]} is no statement of {SOURCE}"
        elif statements[tag].reason:
            yield f"[{tag}] is said not to apply, but {files[0]} shows it"
    for tag, statement in statements.items():
        files = shown.get(tag, [])
        if needs_library[statement.group]:
            files = [name for name in files if not name.startswith(BROKERS + "/")]
        if not files and not statement.reason and not statement.planned:
            yield f"[{tag}] {statement.words}: no test case shows it"


def page(statements, shown):
    """The text of docs/conformance.md."""
    text = HEAD
    for key, title, library in GROUPS:
        rows = [(tag, statement) for tag, statement in statements.items() if statement.group == key]
        if not rows:
            continue
        text += f"{title}\n\n| statement | in short | shown by |\n|---|---|---|\n"
        for tag, statement in rows:
            files = shown.get(tag, [])
            if library:
                files = [name for name in files if not name.startswith(BROKERS + "/")]
            proof = ", ".join(files)
            if statement.reason:
                proof = f"not applicable: {statement.reason}"
            elif not proof:
                proof = "planned"
            text += f"| {tag} | {statement.words} | {proof} |\n"
        text += "\n"
    return text.rstrip("\n") + "\n"


def run(root, update):
    """Returns (status, sentences)."""
    try:
        statements = read_lists(root)
        shown, bad = read_tests(root)
    except (OSError, Wrong) as wrong:
        return 1, [str(wrong)]
    bad += compare(statements, shown)
    if bad:
        return 1, bad
    wanted, place = page(statements, shown), root / PAGE
    count = sum(1 for tag, statement in statements.items() if not statement.reason and tag in shown)
    if update:
        place.write_text(wanted, encoding="utf-8")
    elif not place.exists() or place.read_text(encoding="utf-8") != wanted:
        return 1, [f"{PAGE} is stale: run tests/docs/conformance.py --update ."]
    planned = sum(1 for tag, statement in statements.items() if statement.planned and tag not in shown)
    return 0, [f"{len(statements)} statements, {count} shown by tests, {planned} planned"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--update", action="store_true")
    parser.add_argument("root", type=pathlib.Path)
    options = parser.parse_args()
    status, sentences = run(options.root.resolve(), options.update)
    print("\n".join(sentences))
    sys.exit(status)


if __name__ == "__main__":
    main()
