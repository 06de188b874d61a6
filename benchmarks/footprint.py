#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Makes docs/footprint.md of the budgets that the size tests enforce: footprint.py [--update] ROOT

Without --update a page that differs is an error, as is a budget without a place on the page. Words without figures come
from footprint.txt: its parts are named in brackets, `{key}` stands for a figure.
"""
import pathlib
import re
import sys
import textwrap

CPUS = {"m0plus": "Cortex-M0+", "m4": "Cortex-M4", "rv32imac": "RV32IMAC"}
PROGRAMS = {"qos0": "QoS 0 both ways", "qos1": "+ QoS 1, 8 publishes kept and sent again",
            "qos1-reconnect": "+ reconnect, credentials", "qos2": "`qos1` + QoS 2 both ways",
            "mqtt5": "`qos1` in 5.0", "two-clients": "`qos1` with a second client of other sizes"}
FEATURES = {  # in the order of the page
    "reconnect": "`limits::reconnect`: backoff, jitter, subscribing again", "credentials": "a credentials policy",
    "entropy": "an entropy policy (without `reconnect` nobody draws)", "store": "a store policy",
    "mailbox": "a mailbox policy, one of 128 bytes, and `post()`", "chunks": "`limits::chunks`",
    "manual-ack": "`limits::manual_ack` and `acknowledge()`", "sources": "`limits::sources`, one",
    "statistics": "`limits::statistics`", "unsubscribe": "`unsubscribe()`", "will": "a will",
    "deadlines": "`next_deadline()`: sleeping until something is due", "router": "a router with two rows",
    "v3-1": "3.1 beside 3.1.1",
    "v3-1-1": "3.1.1 beside 5.0", "properties": "properties of a publish", "subscribe-options": "options of SUBSCRIBE",
    "aliases-in": "`limits::aliases_in`, four of 64 bytes", "aliases-out": "`limits::aliases_out`, four of 64 bytes",
    "auth": "an authenticator", "assigned-id": "`limits::assigned_id_bytes`, 32",
    "server-reference": "`limits::server_reference_bytes`, 32", "requests": "`pending_requests<4>`"}
UNITS = ["rx_bytes", "tx_bytes", "inflight", "answers", "inbound", "subscriptions", "sources", "aliases_in",
         "aliases_out", "alias_bytes", "assigned_id_bytes", "server_reference_bytes"]
FREE = ["subscribe_requests", "topic_bytes"]
BUFFERS = 2048


def table(path: pathlib.Path) -> list[list[str]]:
    lines = [line.split() for line in path.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line and line[0] not in ("#", "program", "cpu")]


def row(*cells: object) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |\n"


def head(*cells: str, left: int = 1) -> str:
    return row(*cells) + row(*["---"] * left, *["---:"] * (len(cells) - left))


class Page:
    def __init__(self, here: pathlib.Path):
        self.here = here
        self.sizes = {(p, c, o): list(map(int, f)) for p, c, o, *f in table(here / "size" / "budgets.txt")}
        self.tls = {(p, c): list(map(int, f)) for p, c, _, *f in table(here / "size" / "tls-budgets.txt")}
        self.features = {(p, c): list(map(int, f)) for p, c, _, *f in table(here / "size" / "features-budgets.txt")}
        self.stacks = {(p, c, f): int(n) for p, c, f, n in table(here / "size" / "stack-budgets.txt")}
        self.units = {(c, what): int(n) for c, what, n in table(here / "sizes" / "budgets.txt")}
        self.target = {(c, o, kind, what): int(n) for name in ("budgets.txt", "states-budgets.txt")
                       for c, o, kind, what, n in table(here / "target" / name)}
        self.shares = {c: [(int(n), name) for cpu, n, name in table(here / "size" / "functions.txt") if cpu == c]
                       for c in ("m0plus", "m4")}
        texts = re.split(r"^\[(\w+)\]\n", (here / "footprint.txt").read_text(encoding="utf-8"), flags=re.M)
        self.texts = dict(zip(texts[1::2], texts[2::2]))
        self.check()

    def check(self) -> None:
        """A budget without a place on this page, or a place without a budget, is an error."""
        programs = {p for p, *_ in self.sizes}
        features = {p.split("-", 1)[1] for p, _ in self.features if p.startswith("with")}
        wrong = (programs ^ PROGRAMS.keys()) | (features ^ FEATURES.keys())
        for cpu, functions in self.shares.items():
            text = self.sizes["qos1", cpu, "-Os"][0]
            if not 0 <= text - sum(n for n, _ in functions) <= text // 50:
                wrong.add(f"functions.txt, which is not of the qos1 of {cpu}")
        if wrong:
            raise ValueError(f"no place on the page, or no budget: {', '.join(sorted(wrong))}")

    # --- figures

    def flash(self, program: str, cpu: str, options: str = "-Os") -> int:
        return sum(self.sizes[program, cpu, options][:2])

    def ram(self, program: str, cpu: str) -> int:
        return sum(self.sizes[program, cpu, "-Os"][1:]) - (BUFFERS if program != "two-clients" else BUFFERS + 768)

    def stack(self, program: str, cpu: str) -> int:
        return max(n for (p, c, _), n in self.stacks.items() if (p, c) == (program, cpu))

    def measured_stack(self, cpu: str, mark: str = "job_") -> int:
        return max(n for (c, o, kind, what), n in self.target.items()
                   if (c, o, kind) == (cpu, "-Os", "stack") and what.startswith(mark))

    def worst_poll(self, cpu: str, what: str) -> int:
        return max(n for (c, _, kind, name), n in self.target.items()
                   if (c, kind) == (cpu, "poll") and name.startswith(what))

    def value(self, key: str) -> str:
        """`{flash qos1 m0plus}` and the like in footprint.txt; `a - b` is a difference."""
        if " - " in key:
            a, b = key.split(" - ")
            return str(int(self.value(a)) - int(self.value(b)))
        kind, *rest = key.split()
        if kind == "target":
            return str(self.target[rest[0], "-Os", rest[1], rest[2]])
        if kind == "text":
            return str(self.sizes[rest[0], rest[1], "-Os"][0])
        if kind == "data":
            return str(self.sizes[rest[0], rest[1], "-Os"][1])
        if kind == "share":
            return str(sum(n for n, name in self.shares[rest[0]] if re.fullmatch(rest[1], name)))
        if kind == "unit":
            return str(self.units[rest[0], rest[1]])
        if kind == "peer":
            return next(cells[int(rest[1])] for cells in self.peer_lines() if cells[0] == rest[0])
        figures = {"flash": self.flash, "ram": self.ram, "stack": self.stack, "poll": self.worst_poll}
        return str(figures[kind](*rest))

    def text(self, name: str) -> str:
        made = re.sub(r"\{([^}]+)\}", lambda match: self.value(match[1]), self.texts[name].strip())
        return self.wrap(made) + "\n"

    @staticmethod
    def wrap(text: str) -> str:
        """Paragraphs and list entries anew, because figures have other lengths than their keys."""
        def fill(item: str) -> str:
            return textwrap.fill(" ".join(item.split()), 120, subsequent_indent="  " if item.startswith("- ") else "",
                                 break_long_words=False, break_on_hyphens=False)
        return "\n\n".join("\n".join(map(fill, re.split(r"\n(?=- )", block))) for block in text.split("\n\n"))

    # --- tables

    def programs(self) -> str:
        text = head("program", "", "core", "flash", "RAM", "stack", left=3)
        for program, about in PROGRAMS.items():
            for cpu, title in CPUS.items():
                text += row(f"`{program}`", about, title, self.flash(program, cpu), self.ram(program, cpu),
                            self.stack(program, cpu))
        return text

    def secure(self) -> str:
        text = head("", "core", "flash", "RAM", left=2)
        for cpu in ("m0plus", "m4"):
            whole, ours, theirs = (self.tls[p, cpu] for p in ("tls", "tls/barelink", "tls/wolfssl"))
            owners = (("`tls`, whole", whole), ("wolfSSL", theirs), ("barelink and the job", ours))
            for name, (code, data, bss) in owners:
                text += row(name, CPUS[cpu], code + data, data + bss)
            adaptor = sum(ours[:2]) - sum(self.sizes["qos1", cpu, "-Os"][:2])
            text += row("of this the adaptor", CPUS[cpu], adaptor, "")
        return text

    def with_and_without(self) -> str:
        text = head("", "in", "flash M0+", "flash M4", "RAM", "stack M0+", left=2)
        for feature, about in FEATURES.items():
            five = ("with5-" + feature, "m0plus") in self.features
            name, base = ("with5-" if five else "with-") + feature, "mqtt5" if five else "qos1"
            cells = []
            for cpu in ("m0plus", "m4"):
                more, less = self.features[name, cpu], self.features[base, cpu]
                cells.append((sum(more[:2]) - sum(less[:2]), sum(more[1:3]) - sum(less[1:3]), more[3] - less[3]))
            text += row(about, "5.0" if five else "3.1.1", *(f"{cell:+d}" for cell in
                        (cells[0][0], cells[1][0], cells[0][1], cells[0][2])))
        for program, about in (("qos2", "QoS 2 both ways, table of 8"), ("mqtt5", "5.0 instead of 3.1.1")):
            text += row(about, "", *(f"{figure:+d}" for figure in (
                self.flash(program, "m0plus") - self.flash("qos1", "m0plus"),
                self.flash(program, "m4") - self.flash("qos1", "m4"),
                self.ram(program, "m0plus") - self.ram("qos1", "m0plus"),
                self.stack(program, "m0plus") - self.stack("qos1", "m0plus"))))
        return text

    def limits(self) -> str:
        text = head("one more of `limits::`", "3.1.1", "5.0")
        for unit in UNITS:
            old, new = (self.units.get(("m0plus", f"{mark}one_of_{unit}")) for mark in ("", "v5_"))
            only_5 = old is None
            text += row(f"`{unit}`", "" if only_5 else old, old if new is None else new)
        return text + "".join(row(f"`{unit}`", 0, 0) for unit in FREE)

    def peer_lines(self) -> list[list[str]]:
        text = (self.here / "peers.txt").read_text(encoding="utf-8")
        return [[cell.strip() for cell in line.split("|")] for line in text.splitlines() if not line.startswith("#")]

    def peers(self) -> str:
        text = head("client", "flash M0+", "with LTO", "flash M4", "with LTO", "RAM", "stack", "bound", "publish",
                    "inbound")
        for program, mark in (("qos1", ""), ("mqtt5", "v5_")):
            ours = [*(self.flash(program, cpu, options) for cpu in ("m0plus", "m4") for options in ("-Os", "-Os-flto")),
                    self.ram(program, "m0plus"), self.measured_stack("m0plus", mark + "job_"),
                    self.stack(program, "m0plus")]
            ours += [self.target["m0plus", "-Os", "instructions", mark + what] for what in ("publish_1", "inbound_1")]
            text += row(f"**barelink** `{program}`", *ours)
            for name, *figures in self.peer_lines():
                if name.startswith("v5 ") == (mark != ""):
                    cells = [theirs if theirs == "-" or own >= int(theirs) else f"**{theirs}**"
                             for own, theirs in zip(ours, figures)]
                    text += row(f"{name.removeprefix('v5 ')} ({figures[-1]})", *cells)
        return text

    def functions(self) -> str:
        text = head("", "M0+", "M4")
        by_cpu = {cpu: {name: n for n, name in functions} for cpu, functions in self.shares.items()}
        names = sorted({*by_cpu["m0plus"], *by_cpu["m4"]},
                       key=lambda name: (-max(shares.get(name, 0) for shares in by_cpu.values()), name))
        for name in names:
            text += row(f"`{name}`", *(by_cpu[cpu].get(name, "") for cpu in ("m0plus", "m4")))
        rest = [self.sizes["qos1", cpu, "-Os"][0] - sum(by_cpu[cpu].values()) for cpu in ("m0plus", "m4")]
        data = [self.sizes["qos1", cpu, "-Os"][1] for cpu in ("m0plus", "m4")]
        return text + row("literals, padding", *rest) + row("first values of the client (`.data`)", *data)

    def states(self) -> str:
        columns = [(mark, cpu) for mark in ("default_", "mqtt5_") for cpu in ("m0plus", "m4")]
        text = head("", *(f"{'5.0' if mark == 'mqtt5_' else '3.1.1'} {CPUS[cpu].removeprefix('Cortex-')}"
                          for mark, cpu in columns))
        names = dict.fromkeys(what.split("_", 1)[1] for _, _, kind, what in self.target if kind == "poll")
        for name in names:
            text += row(name.replace("_", " "), *(
                f"{self.target[cpu, '-Os', 'poll', mark + name]:,} / {self.target[cpu, '-Os', 'event', mark + name]:,}"
                for mark, cpu in columns))
        text += row("**worst poll**", *(f"{self.worst_poll(cpu, mark):,}" for mark, cpu in columns))
        for what, title in (("instructions", "an idle hour, instructions"), ("wakeups", "an idle hour, wake-ups")):
            text += row(title, *(f"{self.target[cpu, '-Os', 'hour', mark + what]:,}" for mark, cpu in columns))
        return text

    def calls(self) -> str:
        columns = [(program, cpu) for program in ("calls-default", "calls-mqtt5") for cpu in ("m0plus", "m4")]
        text = head("", *(f"{'5.0' if program == 'calls-mqtt5' else '3.1.1'} {CPUS[cpu].removeprefix('Cortex-')}"
                          for program, cpu in columns))
        names = dict.fromkeys(what.split("_", 1)[1] for _, _, kind, what in self.target
                              if kind == "stack" and "_call_" in what)
        for name in names:
            text += row(f"`{name.removeprefix('call_')}()`", *(
                f"{self.stacks[program, cpu, name]} / {self.target[cpu, '-Os', 'stack', program[6:] + '_' + name]}"
                for program, cpu in columns))
        return text

    def make(self) -> str:
        page = "<!-- SPDX-License-Identifier: BSL-1.0 -->\n# Footprint\n\n" + self.text("intro")
        for title, name, made in (
                ("Programs", "programs", self.programs), ("What a feature costs", "features", self.with_and_without),
                ("With TLS", "tls", self.secure), ("What a limit costs", "limits", self.limits),
                ("The smallest", "smallest", None), ("A second client", "second", None),
                ("The stack of each call", "calls", self.calls), ("The work of a poll", "states", self.states),
                ("Beside others", "peers", self.peers), ("Where the bytes are", "functions", self.functions),
                ("Goals that are not met", "missed", None)):
            page += f"\n## {title}\n\n" + self.text(name) + ("\n" + made() if made else "")
        return page


def main() -> None:
    arguments = sys.argv[1:]
    update = arguments[:1] == ["--update"]
    if len(arguments) != 1 + update:
        sys.exit(__doc__)
    root = pathlib.Path(arguments[-1])
    page = root / "docs" / "footprint.md"
    try:
        wanted = Page(root / "benchmarks").make()
    except (KeyError, ValueError, OSError) as wrong:
        sys.exit(f"footprint: {wrong!r}")
    if update:
        page.write_text(wanted, encoding="utf-8")
    elif not page.exists() or page.read_text(encoding="utf-8") != wanted:
        sys.exit("docs/footprint.md prints other figures than the budgets; footprint.py --update writes it anew")


if __name__ == "__main__":
    main()
