#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Makes docs/figures.md of what the benchmarks printed: report.py FOLDER OUTPUT

FOLDER holds the output of each script, as report.sh leaves it; what is missing there is "not measured". No figure of
ours is typed by hand; goals and peers come from goals.txt.
"""
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
COMMANDS = {"size": "size/run.sh", "stack": "size/run.sh --stack", "target": "target/run.sh", "sizes": "sizes/run.sh",
            "instructions": "instructions/run.sh", "speed": "speed/run.sh"}
BUFFERS = 2048  # of the programs of the size job
PEERS = ["raw", "raw-bulk", "barelink", "mosquitto", "paho"]


def lines(path: pathlib.Path) -> list[list[str]]:
    """The words of each line but the first, which names the columns."""
    return [line.split() for line in path.read_text().splitlines()[1:] if line.strip()] if path.exists() else []


def number(text: str) -> float | int:
    return float(text) if "." in text else int(text)


def collect(folder: pathlib.Path) -> dict[str, float]:
    """Key -> figure. The last word of a line is the figure, the words before it are the key."""
    found = {}
    for program, cpu, options, *figures in lines(folder / "size.txt"):
        text, data, bss = map(int, figures)
        found[f"size {program} {cpu} {options} flash"] = text + data
        found[f"size {program} {cpu} {options} ram_beyond_buffers"] = data + bss - BUFFERS
    for more, name in (("qos2", "qos2-over-qos1"), ("qos1-reconnect", "reconnect-over-qos1"),
                       ("two-clients", "second-client")):
        for cpu in ("m0plus", "m4"):
            with_it, without = (found.get(f"size {p} {cpu} -Os flash") for p in (more, "qos1"))
            if with_it is not None and without is not None:
                found[f"size {name} {cpu} -Os flash"] = with_it - without
    for program, cpu, _, figure in lines(folder / "stack.txt"):
        key = f"stack {program} {cpu} worst"
        found[key] = max(found.get(key, 0), int(figure))
    for cpu, options, kind, what, figure in lines(folder / "target.txt"):
        found[f"target {cpu} {options} {kind} {what}"] = int(figure)
        # Of the job's functions; of every state in 3.1.1.
        mark = "v5_" if what.startswith("v5_") else ""
        if (kind == "stack" and what.startswith(mark + "job_")) or (kind == "poll" and what.startswith("default_")):
            key = f"target {cpu} {options} {kind} {mark}worst"
            found[key] = max(found.get(key, 0), int(figure))
    for cpu, what, figure in lines(folder / "sizes.txt"):
        found[f"sizes {cpu} {what}"] = int(figure)
    for what, figure, *_ in lines(folder / "instructions.txt"):
        found[f"instructions {what}"] = int(figure)
    for *key, figure in lines(folder / "speed.txt"):
        found[" ".join(key)] = number(figure)
    return found


def verdict(figure: float | None, goal: str) -> str:
    if figure is None:
        return "-"
    if goal == "-":
        return ""
    more_is_better = goal.startswith(">=")
    limit = number(goal.removeprefix(">="))
    if figure >= limit if more_is_better else figure <= limit:
        return "met"
    off = abs(figure - limit)
    share = f" ({off / limit:.0%})" if limit else ""
    return f"not met by {off:g}{share}" if isinstance(off, int) else f"not met by {off:.2f}{share}"


def row(*cells: object) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |\n"


def against_goals(found: dict[str, float]) -> str:
    text = row("figure", "goal", "ours", "", "best peer", "`benchmarks/...`") + row(*["---"] * 6)
    for line in (HERE / "goals.txt").read_text().splitlines():
        if line.startswith("#") or not line.strip():
            continue
        key, title, goal, best, peer = (cell.strip() for cell in line.split("|"))
        key = " ".join(key.split())
        ours = found.get(key)
        shown = "not measured" if ours is None else f"{ours:g}" if isinstance(ours, float) else ours
        text += row(title, goal.replace(">=", "at least "), shown, verdict(ours, goal),
                    "none" if peer == "-" else f"{best} {peer}", f"`{COMMANDS[key.split()[0]]}`")
    return text


def grid(found: dict[str, float], title: str, rows: list[str], columns: list[str], key: str) -> str:
    """A table; empty if nothing of it was measured."""
    body = ""
    for name in rows:
        cells = [found.get(key.format(row=name, column=column)) for column in columns]
        if any(cell is not None for cell in cells):
            body += row(f"`{name}`", *("-" if c is None else f"{c:,}" for c in cells))
    return body and f"\n{title}\n\n" + row("", *columns) + row("---", *["---:"] * len(columns)) + body


def speed(found: dict[str, float]) -> str:
    modes = ["pub0", "pub1", "pub2", "recv0", "recv1"]
    text = ""
    for server, size in (("sink", 64), ("mosquitto", 64), ("sink", 16384)):
        for what in ("instructions", "syscalls", "mallocs", "xraw"):
            names = {"syscalls": "system calls", "mallocs": "heap allocations", "xraw": "rate beside the raw loop"}
            text += grid(found, f"{server}, {size} bytes, a message: {names.get(what, what)}", PEERS, modes,
                         f"speed {server} {size} {{column}} {{row}} {what}")
    return text + grid(found, "round trip beside the raw loop, by size of the payload", PEERS, ["64", "16384"],
                       "speed mosquitto {column} rtt {row} xraw")


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    found = collect(pathlib.Path(sys.argv[1]))
    about = pathlib.Path(sys.argv[1], "about.txt")
    text = "<!-- SPDX-License-Identifier: BSL-1.0 -->\n# Figures\n\n"
    text += "Made by `benchmarks/report.sh`; do not edit. Messages have a topic of 32 and a payload of 64 bytes.\n"
    text += "Best peer: of 15 clients on the target and 9 on the host, measured before with the same method, not in\n"
    text += "the same run. The smallest keep one publish in flight and nothing to send again, so they promise less.\n"
    text += "Rates and round trips carry the noise of the machine; counts do not. [footprint.md](footprint.md) has\n"
    text += "what each feature, limit, call, state and function costs, and why goals are missed.\n"
    text += f"\n{about.read_text().strip()}\n" if about.exists() else ""
    text += "\n## Against the goals\n\n" + against_goals(found)
    text += "\n## Through a socket, beside others in the same run\n" + speed(found)
    exchanges = ["publish_0", "publish_1", "inbound_1", "idle"]
    images = [f"{cpu} {options}" for cpu in ("m0plus", "m4") for options in ("-Os", "-O2")]
    text += "\n## On the target\n" + grid(found, "instructions, emulated, transport not counted", images, exchanges,
                                          "target {row} instructions {column}")
    text += grid(found, "the same in MQTT 5.0", images, [f"v5_{what}" for what in exchanges],
                 "target {row} instructions {column}")
    programs = ["qos0", "qos1", "qos1-reconnect", "qos2", "mqtt5", "two-clients"]
    text += grid(found, "flash on Cortex-M0+, bytes", programs, ["-Os", "-Os-flto", "-O2", "-O2-flto"],
                 "size {row} m0plus {column} flash")
    text += grid(found, "flash on Cortex-M4, bytes", programs, ["-Os", "-Os-flto", "-O2", "-O2-flto"],
                 "size {row} m4 {column} flash")
    text += grid(found, "flash on a RISC-V, RV32IMAC, bytes", programs, ["-Os", "-O2"],
                 "size {row} rv32imac {column} flash")
    cpus = sorted({key.split()[1] for key in found if key.startswith("sizes ")})
    parts = list(dict.fromkeys(key.split()[2] for key in found if key.startswith("sizes ")))
    text += "\n## RAM, bytes\n" + grid(found, "`storage` less its two buffers, and `client`", parts, cpus,
                                       "sizes {column} {row}")
    pathlib.Path(sys.argv[2]).write_text(text)


main()
