#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Shows that each rule of layers.py can fail, on tiny trees."""
import pathlib
import tempfile
import unittest

import layers
from tree import Tree

SPDX = "SPDX-License-Identifier: BSL-1.0"
CPP = f"// {SPDX}\n"
HEADER = f"{CPP}#pragma once\n"
TESTED = set()


def header(*includes):
    return HEADER + "".join(f"#include {name}\n" for name in includes)


def config(number="102", patch="2"):
    lines = {"VERSION_MAJOR": 0, "VERSION_MINOR": 1, "VERSION_PATCH": patch, "VERSION": number}
    return HEADER + "".join(f"#define BARELINK_{name} {value}\n" for name, value in lines.items())


# A tree without findings; each test spoils one file of it.
CLEAN = {
    "meson.build": f"# {SPDX}\nproject(\n    'barelink',\n    version: '0.1.2',\n)\n",
    "tests/base/meson.build": f"# {SPDX}\nsources += files(\n    'errc.cpp',\n)\n",
    "tests/base/errc.cpp": CPP,
    "run.sh": f"#!/bin/sh\n# {SPDX}\n",
    "include/barelink/barelink.hpp": header("<barelink/base/config.hpp>", "<barelink/client/client.hpp>"),
    "include/barelink/base/config.hpp": config(),
    "include/barelink/wire/types.hpp": header("<cstdint>", "<barelink/base/config.hpp>"),
    "include/barelink/wire/ack.hpp": header("<barelink/wire/types.hpp>"),
    "include/barelink/topic/match.hpp": header("<barelink/wire/types.hpp>"),
    "include/barelink/client/client.hpp": header("<barelink/topic/match.hpp>", "<barelink/wire/ack.hpp>"),
    "include/barelink/port/posix/tcp.hpp": header("<string>", "<poll.h>", "<sys/socket.h>", "<ares.h>"),
    "include/barelink/port/lwip/tcp.hpp": header("<lwip/tcp.h>"),
    "include/barelink/tls/wolfssl.hpp": header("<wolfssl/ssl.h>"),
    "include/barelink/testing/broker.hpp": header("<vector>", "<barelink/client/client.hpp>"),
}


class Rules(unittest.TestCase):
    def findings(self, changes):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in {**CLEAN, **changes}.items():
                file = pathlib.Path(folder, name)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
            tree = Tree(folder)
            return [(rule.__name__, path, text) for rule in layers.RULES for path, _, text in rule(tree)]

    def refuses(self, rule, path, text, sentence=""):
        """Exactly one finding: of this rule, in this file."""
        found = self.findings({path: text})
        self.assertEqual([(rule, path)], [finding[:2] for finding in found], found)
        self.assertIn(sentence, found[0][2])
        TESTED.add(rule)

    def accepts(self, path, text):
        self.assertEqual([], self.findings({path: text}))

    def test_a_clean_tree_has_no_findings(self):
        self.assertEqual([], self.findings({}))

    def test_arrows(self):
        up = {
            "base/a.hpp": "wire/types.hpp",
            "wire/a.hpp": "topic/match.hpp",
            "topic/a.hpp": "wire/ack.hpp",
            "session/a.hpp": "client/client.hpp",
            "link/a.hpp": "wire/ack.hpp",
            "client/a.hpp": "testing/broker.hpp",
            "port/posix/a.hpp": "client/client.hpp",
            "port/lwip/a.hpp": "port/posix/tcp.hpp",
            "tls/a.hpp": "wire/types.hpp",
            "text/a.hpp": "wire/types.hpp",
            "crypto/a.hpp": "wire/types.hpp",
            "http/a.hpp": "wire/types.hpp",
            "cloud/aws/a.hpp": "client/client.hpp",
            "profile/a.hpp": "testing/broker.hpp",
            "profile/aliyun/a.hpp": "port/posix/tcp.hpp",
            "testing/a.hpp": "port/posix/tcp.hpp",
            "barelink.hpp": "testing/broker.hpp",
        }
        for place, target in up.items():
            with self.subTest(place):
                self.refuses("arrows", f"include/barelink/{place}", header(f"<barelink/{target}>"), "may not include")
        self.assertEqual(set(layers.ARROWS), {place.split("/")[0] for place in up})

    def test_arrows_between_clouds(self):
        found = self.findings(
            {
                "include/barelink/cloud/aws/a.hpp": header("<barelink/cloud/profile.hpp>"),
                "include/barelink/cloud/azure/a.hpp": header("<barelink/cloud/aws/a.hpp>"),
                "include/barelink/cloud/profile.hpp": header(),
            }
        )
        self.assertEqual(["include/barelink/cloud/azure/a.hpp"], [path for _, path, _ in found])

    def test_arrows_to_nowhere(self):
        place = "include/barelink/base/a.hpp"
        self.refuses("arrows", place, header("<barelink/base/none.hpp>"), "does not exist")
        self.refuses("arrows", place, header('"config.hpp"'), "full path")
        self.refuses("arrows", "include/barelink/attic/a.hpp", header(), "in no layer")

    def test_chains(self):
        def chain(count):
            names = [f"include/barelink/base/h{index}.hpp" for index in range(count)]
            targets = [f"<barelink/base/h{index}.hpp>" for index in range(1, count)]
            return {name: header(target) for name, target in zip(names, targets)} | {names[-1]: header()}

        self.assertEqual([], self.findings(chain(layers.CHAIN_MAX + 1)))
        found = self.findings(chain(layers.CHAIN_MAX + 2))
        self.assertEqual([("chains", "include/barelink/base/h0.hpp")], [finding[:2] for finding in found])
        TESTED.add("chains")

    def test_circles(self):
        one, two = "include/barelink/base/h.hpp", "include/barelink/base/i.hpp"
        deep = header("<barelink/base/config.hpp>", "<barelink/base/i.hpp>")
        found = self.findings({one: deep, two: header("<barelink/base/h.hpp>")})
        self.assertEqual([("chains", one)], [finding[:2] for finding in found])
        self.assertIn("circle", found[0][2])
        # Bodies in a file of their own, included behind the declarations.
        bodies = f"{HEADER}namespace barelink::inline v0 {{\n}}\n#include <barelink/base/i.hpp>\n"
        self.assertEqual([], self.findings({one: bodies, two: header("<barelink/base/h.hpp>")}))

    def test_banned_standard_headers(self):
        for name in "chrono functional memory algorithm string vector iostream".split():
            self.refuses("foreign_headers", "include/barelink/session/a.hpp", header(f"<{name}>"), "is banned")
            self.accepts("include/barelink/testing/a.hpp", header(f"<{name}>"))

    def test_platform_headers_outside_their_folder(self):
        homes = {"unistd.h": "port/posix", "ares.h": "port/posix", "lwip/tcp.h": "port/lwip", "wolfssl/ssl.h": "tls"}
        for name, home in homes.items():
            for place in {"base", "client", "testing", "port/posix", "port/lwip", "tls"} - {home}:
                path = f"include/barelink/{place}/a.hpp"
                self.refuses("foreign_headers", path, header(f"<{name}>"), f"belongs to {home}")
            self.accepts(f"include/barelink/{home}/a.hpp", header(f"<{name}>"))
        self.refuses("foreign_headers", "include/barelink/base/a.hpp", header("<boost/any.hpp>"), "to no folder")

    def test_length(self):
        self.accepts("run.py", f"# {SPDX}\n" + "\n" * 399)
        self.refuses("length", "run.py", f"# {SPDX}\n" + "\n" * 400, "401 lines")

    def test_median(self):
        names = [name for name in CLEAN if name.startswith("include/")]
        most = names[: len(names) // 2 + 1]
        found = self.findings({name: CLEAN[name] + "\n" * 121 for name in most})
        self.assertEqual([("median", "include")], [finding[:2] for finding in found])
        TESTED.add("median")

    def test_columns(self):
        wide = f"{CPP}// {'é' * 117}"
        self.accepts("tests/base/errc.cpp", f"{wide}\n")
        self.refuses("columns", "tests/base/errc.cpp", f"{wide}x\n", "121 columns")

    def test_licence(self):
        for name in ("run.sh", "include/barelink/base/a.hpp", "tests/base/errc.cpp", "tests/base/meson.build"):
            text = CLEAN.get(name, HEADER).replace("SPDX", "Licence")
            self.refuses("licence", name, text)
        self.refuses("licence", "a.cmake", f"\n# {SPDX}\n")
        self.accepts("LICENSE", "words\n")

    def test_pragma_once(self):
        self.refuses("pragma_once", "include/barelink/base/a.hpp", CPP)

    def test_leftovers(self):
        for word in ("TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"):
            self.refuses("leftovers", "README.md", f"<!-- {SPDX} -->\n{word}: more\n", word)
        self.accepts("README.md", f"<!-- {SPDX} -->\nmethods, {'X' * 4}, hacker\n")

    def test_machine_paths(self):
        for path in ("/" + "work/main", "/" + "root/.profile", "/" + "tmp/socket", "/" + "home/me"):
            self.refuses("machine_paths", "run.sh", f"#!/bin/sh\n# {SPDX}\ncat {path}\n", path)
        self.accepts("run.sh", f"#!/bin/sh\n# {SPDX}\ncat \"$here/tmp/socket\" plant/work/speed /usr/bin/env\n")

    def test_unlisted(self):
        self.refuses("unlisted", "tests/base/new.cpp", CPP)
        self.refuses("unlisted", "examples/new.cpp", CPP)

    def test_version(self):
        place = "include/barelink/base/config.hpp"
        self.refuses("version", "meson.build", CLEAN["meson.build"].replace("0.1.2", "0.1.3"), "says 0.1.2")
        self.refuses("version", place, config(number="103"), "is not 0.1.2")
        self.refuses("version", place, config().replace("VERSION_MINOR", "MINOR"), "no macro")

    def test_function_length(self):
        def function(count):
            return f"{CPP}int f() {{\n" + "    g();\n" * (count - 2) + "}\n"

        self.accepts("tests/base/errc.cpp", function(60))
        self.refuses("function_length", "tests/base/errc.cpp", function(61), "f has 61 lines")
        self.accepts("tests/base/errc.cpp", function(61).replace("int f()", 'TEST_CASE("long")'))

    def test_local_statics(self):
        text = HEADER + "inline int f() {\n    static int i = 0;\n    return ++i;\n}\n"
        self.refuses("local_statics", "include/barelink/base/a.hpp", text, "f has a static")
        self.accepts("include/barelink/base/a.hpp", text.replace("static int", "static constexpr int"))

    @classmethod
    def tearDownClass(cls):
        untested = {rule.__name__ for rule in layers.RULES} - TESTED
        if untested:
            raise AssertionError(f"rules that no test has seen fail: {sorted(untested)}")


if __name__ == "__main__":
    unittest.main()
