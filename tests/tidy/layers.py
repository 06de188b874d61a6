#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Checks the text of the tree. usage: layers.py ROOT

This file has the rules about #include; text_rules.py those about any text; functions.py those about functions.
A rule is a generator of findings (path, line, sentence); it gets the tree and never prints.
"""
import re
import sys

import functions
import text_rules
from tree import Tree

# Which folder may include which. A pair with a slash is one header. Arrows point down.
CORE = ("base", "wire", "topic", "session", "link", "client")
ARROWS = {
    "base": (),
    "wire": ("base",),
    "topic": ("base", "wire/types"),
    "session": ("base", "wire", "topic"),
    "link": ("base", "wire/types"),
    "client": ("base", "wire", "topic", "session", "link"),
    "port": ("base", "link"),
    "tls": ("base", "link"),
    "text": ("base",),
    "crypto": ("base", "text", "link/authenticator"),
    "http": ("base", "text", "link"),
    "cloud": ("base", "text", "topic", "wire/types", "crypto/engine", "link/credentials"),
    "profile": (*CORE, "text", "crypto", "http", "cloud"),
    "testing": (*CORE, "text", "crypto", "http", "cloud"),
    "barelink.hpp": CORE,
}
# Their subfolders are rooms of their own: a port never includes another one, a cloud never another.
SPLIT = ("port", "cloud")

CHAIN_MAX = 8  # includes, each a link from one file to the next

# Headers of a platform or a library, by the one folder that may include them.
PLATFORM = {
    "port/posix": re.compile(
        r"(sys|net|netinet|arpa|linux)/.+\.h$"
        r"|(ares|dirent|errno|fcntl|ifaddrs|limits|netdb|poll|pthread|sched|signal|stdio|stdlib|string|time|unistd)\.h$"
        r"|ares_.+\.h$"
    ),
    "port/lwip": re.compile(r"(lwip|netif|arch)/.+\.h$"),
    "tls": re.compile(r"(wolfssl|cyassl)/.+\.h$"),
    "crypto": re.compile(r"wolfssl/(options|wolfcrypt/.+)\.h$"),
    "text": re.compile(r"jsmn\.h$"),
}

STD = set(
    """
    algorithm any array atomic barrier bit bitset cassert ccomplex cctype cerrno cfenv cfloat charconv chrono cinttypes
    climits clocale cmath compare complex concepts condition_variable coroutine csetjmp csignal cstdarg cstddef cstdint
    cstdio cstdlib cstring ctime cuchar cwchar cwctype deque exception execution filesystem format forward_list fstream
    functional future initializer_list iomanip ios iosfwd iostream istream iterator latch limits list locale map memory
    memory_resource mutex new numbers numeric optional ostream queue random ranges ratio regex scoped_allocator
    semaphore set shared_mutex source_location span sstream stack stdexcept stop_token streambuf string string_view
    syncstream system_error thread tuple type_traits typeindex typeinfo unordered_map unordered_set utility valarray
    variant vector version
    """.split()
)
# They allocate, lock, throw, construct statics, or cost seconds of compile time.
BANNED = set(
    """
    algorithm any chrono condition_variable deque exception filesystem format forward_list fstream functional future
    iomanip ios iosfwd iostream istream iterator list locale map memory memory_resource mutex ostream queue random
    ranges regex set shared_mutex sstream stack stdexcept stop_token streambuf string syncstream system_error thread
    typeindex typeinfo unordered_map unordered_set valarray vector
    """.split()
)
# Hosted folders: what they need of the standard library is their own affair.
HOSTED = ("port/posix", "testing")

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def includes(tree, path):
    """(line, bracket, name) of each #include."""
    for number, line in enumerate(tree.lines(path), 1):
        found = INCLUDE.match(line)
        if found:
            yield number, found[1], found[2]


def headers(tree):
    return [path for path in tree.files if path.startswith("include/") and path.endswith(".hpp")]


def room(name):
    """The folder that a header belongs to: `base`, `port/posix`, or `barelink.hpp` itself. Takes barelink/..."""
    parts = name.split("/")[1:]
    if len(parts) > 2 and parts[0] in SPLIT:
        return "/".join(parts[:2])
    return parts[0]


def arrows(tree):
    """An include that points up, sideways into another room, or nowhere."""
    for path in headers(tree):
        name = path.removeprefix("include/")
        here = room(name)
        allowed = ARROWS.get(here.split("/")[0])
        if allowed is None:
            yield path, 1, f"the folder {here} is in no layer"
            continue
        for line, bracket, target in includes(tree, path):
            if bracket == '"':
                yield path, line, f'"{target}": include by full path, <barelink/...>'
            if bracket == '"' or not target.startswith("barelink/"):
                continue
            there = room(target)
            if f"include/{target}" not in tree.files:
                yield path, line, f"<{target}> does not exist"
            elif there == here or there == here.split("/")[0]:
                continue  # a room may use what its own folder shares
            elif not {there, there.split("/")[0], target.removeprefix("barelink/").removesuffix(".hpp")} & {*allowed}:
                yield path, line, f"{here} may not include {there} (<{target}>)"


def needed(tree, path):
    """The headers that must be read before this one: those included ahead of its code. What is included behind it are
    the bodies of what it declares, in a file of their own."""
    code = next((number for number, line in enumerate(tree.lines(path), 1) if line.startswith("namespace ")), None)
    for line, _, target in includes(tree, path):
        if f"include/{target}" in tree.files and (code is None or line < code):
            yield f"include/{target}"


def chains(tree):
    """A header that is small but cannot be read alone; and a circle."""
    graph = {path: list(needed(tree, path)) for path in headers(tree)}
    longest = {}
    circles = []

    def walk(path, above):
        """The longest chain of files from this one down, itself included."""
        if path in above:
            circles.append([*above[above.index(path) :], path])
            return []
        if path not in longest:
            tails = [walk(target, [*above, path]) for target in graph[path]]
            longest[path] = [path, *max(tails, key=len, default=[])]
        return longest[path]

    def words(chain):
        return " > ".join(part.removeprefix("include/barelink/") for part in chain)

    for path in graph:
        chain = walk(path, [])
        if len(chain) - 1 > CHAIN_MAX:
            yield path, 1, f"chain of {len(chain) - 1} includes, at most {CHAIN_MAX}: {words(chain)}"
    for circle in circles:
        yield circle[0], 1, f"includes go round in a circle: {words(circle)}"


def foreign_headers(tree):
    """A banned standard header, or a platform header outside its folder."""
    for path in headers(tree):
        here = room(path.removeprefix("include/"))
        for line, bracket, target in includes(tree, path):
            if bracket == '"' or target.startswith("barelink/"):
                continue
            if target in STD:
                if target in BANNED and here not in HOSTED:
                    yield path, line, f"<{target}> is banned in {here}"
                continue
            owners = [folder for folder, pattern in PLATFORM.items() if pattern.match(target)]
            if not owners:
                yield path, line, f"<{target}> belongs to no folder"
            elif here not in owners:
                yield path, line, f"<{target}> belongs to {owners[0]}, not to {here}"


RULES = (arrows, chains, foreign_headers, *text_rules.RULES, *functions.RULES)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    tree = Tree(sys.argv[1])
    if not headers(tree):
        sys.exit(f"no headers below {sys.argv[1]}/include")
    count = 0
    for rule in RULES:
        for path, line, sentence in rule(tree):
            print(f"{path}:{line}: [{rule.__name__}] {sentence}")
            count += 1
    print(f"{len(tree.files)} files, {len(RULES)} rules, {count} findings")
    sys.exit(1 if count else 0)


if __name__ == "__main__":
    main()
