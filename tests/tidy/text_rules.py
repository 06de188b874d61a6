# SPDX-License-Identifier: BSL-1.0
"""Rules about any text: length, width, licence, leftovers, lists that are complete. See layers.py."""
import os
import re
import statistics

LINES_MAX = 400
MEDIAN_MAX = 120
COLUMNS_MAX = 120
LICENCE = "SPDX-License-Identifier: BSL-1.0"

# Files that cannot hold a comment, and the licence itself.
WITHOUT_COMMENTS = re.compile(r"(^|/)(LICENSE|functions\.txt|((stack|tls|features)-)?budgets\.txt)$"
                              r"|\.(json|bin|lock|pem|png|svg|corpus)$")
PROSE = re.compile(r"\.md$|(^|/)LICENSE$|\.(json|svg)$")
BINARY = re.compile(r"\.(bin|png|corpus)$")

# Written in two halves, so that this file does not find itself.
LEFTOVER = re.compile(r"\b(" + "|".join(("TO" "DO", "FIX" "ME", "X" "XX", "HA" "CK")) + r")\b")
MACHINE = re.compile(
    r"(?<![\w./+$}*#-])/(?:work|root|home|tmp|Users)/[\w.-]+"
    r"|\b(?:deb\.debian|registry\.npmjs|pypi)\.org\b"
)


def texts(tree):
    return [path for path in tree.files if not BINARY.search(path)]


def sources(tree):
    return [path for path in texts(tree) if not PROSE.search(path)]


def length(tree):
    """Of what a user reads; a test may be as long as its list of cases."""
    for path in sources(tree):
        count = len(tree.lines(path))
        if count > LINES_MAX and not path.startswith("tests/"):
            yield path, count, f"{count} lines, at most {LINES_MAX}"


def median(tree):
    counts = [
        len(tree.lines(path)) for path in tree.files if path.startswith("include/") and path.endswith(".hpp")
    ]
    middle = statistics.median(counts) if counts else 0
    if middle > MEDIAN_MAX:
        yield "include", 1, f"the median header has {middle:g} lines, at most {MEDIAN_MAX}"


def columns(tree):
    for path in sources(tree):
        for number, line in enumerate(tree.lines(path), 1):
            if len(line) > COLUMNS_MAX:
                yield path, number, f"{len(line)} columns, at most {COLUMNS_MAX}"


def licence(tree):
    """In the first line, or in the second after a `#!`."""
    for path in texts(tree):
        if WITHOUT_COMMENTS.search(path):
            continue
        lines = tree.lines(path)
        place = 1 if lines and lines[0].startswith("#!") else 0
        if len(lines) <= place or LICENCE not in lines[place]:
            yield path, place + 1, f"no `{LICENCE}` in this line"


def pragma_once(tree):
    for path in tree.files:
        if path.endswith(".hpp") and "#pragma once" not in tree.lines(path):
            yield path, 1, "no `#pragma once`"


def leftovers(tree):
    for path in texts(tree):
        for number, line in enumerate(tree.lines(path), 1):
            found = LEFTOVER.search(line)
            if found:
                yield path, number, f"leftover {found[1]}"


def machine_paths(tree):
    for path in texts(tree):
        for number, line in enumerate(tree.lines(path), 1):
            found = MACHINE.search(line)
            if found:
                yield path, number, f"{found[0]} exists on one machine only"


def is_listed(tree, path):
    """True if a meson.build above names the file, or a script beside it that compiles by itself."""
    folder = beside = os.path.dirname(path)
    while folder:
        build = f"{folder}/meson.build"
        if build in tree.files and f"'{os.path.relpath(path, folder)}'" in tree.text(build):
            return True
        folder = os.path.dirname(folder)
    scripts = [other for other in tree.files if os.path.dirname(other) == beside and other.endswith((".py", ".sh"))]
    return any(f'"{os.path.basename(path)}"' in tree.text(script) for script in scripts)


def unlisted(tree):
    """A source file that nobody builds. Sources are listed by name, so one can be forgotten."""
    for path in tree.files:
        if path.startswith(("tests/", "examples/")) and path.endswith(".cpp") and not is_listed(tree, path):
            yield path, 1, "is in no list of a meson.build, so nobody compiles it"


def version(tree):
    """One version, written in two places that cannot read each other."""
    config = "include/barelink/base/config.hpp"
    if "meson.build" not in tree.files or config not in tree.files:
        return
    project = re.search(r"^\s*version: '([^']+)'", tree.text("meson.build"), re.MULTILINE)
    macros = dict(re.findall(r"^#define BARELINK_(VERSION\w*) (\d+)$", tree.text(config), re.MULTILINE))
    try:
        parts = [int(macros[f"VERSION_{part}"]) for part in ("MAJOR", "MINOR", "PATCH")]
        number = int(macros["VERSION"])
    except KeyError as missing:
        yield config, 1, f"no macro BARELINK_{missing.args[0]}"
        return
    text = ".".join(map(str, parts))
    if project is None or project[1] != text:
        yield "meson.build", 1, f"version {project[1] if project else 'unknown'}, but config.hpp says {text}"
    if number != parts[0] * 10000 + parts[1] * 100 + parts[2]:
        yield config, 1, f"BARELINK_VERSION {number} is not {text}"


RULES = (
    length,
    median,
    columns,
    licence,
    pragma_once,
    leftovers,
    machine_paths,
    unlisted,
    version,
)
