#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Cost of one message through a socket, client by client, in one run and with the same tools.

Instructions (valgrind), system calls (the kernel's tracepoint through perf where that works, else strace) and heap
allocations (count_malloc.so) are the difference of two runs with different counts, so start-up and connect cancel.
Rates are the median of three rounds, every client in turn. Private memory per client is what /proc/self/smaps_rollup
gains. Round trips are the median of three rounds, each of which gives its own median. Clients are the programs
peer_NAME of the build folder; x columns are ratios to the program --base.
"""
import argparse
import os
import pathlib
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time

MODES = ["pub0", "pub1", "pub2", "recv0", "recv1"]
ORDER = ["raw", "raw-bulk", "barelink", "mosquitto", "paho"]
SECONDS = 0.4  # about as long as a run for a rate takes at least
CPUS = sorted(os.sched_getaffinity(0))
# Valgrind counts "rep movsb" as one instruction a byte, so glibc is told to do without.
NO_REP = {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-ERMS,-FSRM"}


def pin(cpu: int):
    return lambda: os.sched_setaffinity(0, {cpu})


class Server:
    """The sink or mosquitto, on a loopback port of its own and on the last processor."""

    def __init__(self, kind: str, build: pathlib.Path, scratch: str):
        self.kind = kind
        if kind == "sink":
            command = [build / "sink"]
        else:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self.port = probe.getsockname()[1]
            config = pathlib.Path(scratch, "mosquitto.conf")
            config.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\n"
                              "max_queued_messages 0\nlog_type none\npersistence false\n")
            command = [mosquitto_program(), "-c", config]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=pin(CPUS[-1]))
        if kind == "sink":
            self.port = int(self.process.stdout.readline().split()[1])
        self.wait()

    def wait(self):
        for _ in range(500):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.01)
        sys.exit(f"measure: {self.kind} does not listen")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def mosquitto_program() -> str:
    for folder in os.environ["PATH"].split(":") + ["/usr/sbin", "/usr/local/sbin"]:
        if os.access(f"{folder}/mosquitto", os.X_OK):
            return f"{folder}/mosquitto"
    sys.exit("measure: no mosquitto here")


class Bench:
    def __init__(self, build: pathlib.Path, size: int, scratch: str, figures: pathlib.Path | None):
        self.build, self.size, self.out, self.figures = build, size, pathlib.Path(scratch, "out"), figures
        self.syscall_tool = self.choose_syscall_tool()

    def note(self, *words: object) -> None:
        """A line for report.py."""
        if self.figures:
            with self.figures.open("a") as file:
                print("speed", *words, file=file)

    def choose_syscall_tool(self) -> str:
        try:
            self.perf(["true"], {})
            return "perf"
        except (OSError, subprocess.CalledProcessError, ValueError):
            return "strace"

    def peers(self) -> list[str]:
        found = {path.name[5:] for path in self.build.glob("peer_*") if os.access(path, os.X_OK)}
        if "raw" in found:
            found.add("raw-bulk")
        return [name for name in ORDER if name in found] + sorted(found - set(ORDER))

    def command(self, peer: str, server: Server, mode: str, count: int, size: int | None = None) -> list[str]:
        name, _, extra = peer.partition("-")
        arguments = ["127.0.0.1", str(server.port), mode, str(count), str(size or self.size)]
        return [str(self.build / f"peer_{name}"), *arguments, *([extra] if extra else [])]

    def run(self, command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess:
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=300,
                              env=os.environ | environment, preexec_fn=pin(CPUS[0]))

    def instructions(self, command: list[str]) -> int:
        valgrind = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
        text = self.run(valgrind + command, NO_REP).stderr
        return int(re.search(r"I\s+refs:\s+([\d,]+)", text)[1].replace(",", ""))

    def perf(self, command: list[str], environment: dict[str, str]) -> int:
        self.run(["perf", "stat", "-x,", "-e", "raw_syscalls:sys_enter", "-o", str(self.out), *command], environment)
        return int(re.search(r"^(\d+),", self.out.read_text(), re.M)[1])

    def syscalls(self, command: list[str]) -> int:
        if self.syscall_tool == "perf":
            return self.perf(command, {})
        self.run(["strace", "-c", "-f", "-o", str(self.out), *command], {})
        return int(re.search(r"^100\.00\s+\S+\s+\S+\s+(\d+).*total", self.out.read_text(), re.M)[1])

    def mallocs(self, command: list[str]) -> int:
        self.out.unlink(missing_ok=True)
        self.run(command, {"LD_PRELOAD": str(self.build / "count_malloc.so"), "COUNT_MALLOC": str(self.out)})
        return int(re.search(r"mallocs (\d+)", self.out.read_text())[1])

    def per_message(self, what: str, peer: str, server: Server, mode: str) -> float:
        low, high = (1000, 3000) if what == "instructions" else (2000, 10000)
        few, many = (getattr(self, what)(self.command(peer, server, mode, count)) for count in (low, high))
        return (many - few) / (high - low)

    def rate(self, peer: str, server: Server, mode: str) -> tuple[float, float]:
        count = {"pub0": 100_000, "recv0": 200_000}.get(mode, 20_000)
        if self.size > 1024:
            count //= 10
        values = self.timed(peer, server, mode, count)
        # A fast client needs more messages for a time that says something.
        if values["seconds"] < SECONDS / 2:
            count = int(count * SECONDS / values["seconds"])
            values = self.timed(peer, server, mode, count)
        return count / values["seconds"], values["cpu_seconds"] * 1e6 / count

    def timed(self, peer: str, server: Server, mode: str, count: int) -> dict[str, float]:
        text = self.run(self.command(peer, server, mode, count), {}).stdout
        words = dict(word.split("=") for word in text.split())
        return {name: float(words[name]) for name in ("seconds", "cpu_seconds")}

    def rates(self, peers: list[str], server: Server, mode: str) -> dict[str, tuple[float, float]]:
        rounds = [{peer: self.rate(peer, server, mode) for peer in peers} for _ in range(3)]
        return {peer: tuple(statistics.median(r[peer][i] for r in rounds) for i in (0, 1)) for peer in peers}

    def fleet(self, peer: str, server: Server, clients: int, size: int) -> tuple[float, float]:
        """Private bytes and heap allocations per client."""
        text = self.run(self.command(peer, server, "fleet", clients, size), {}).stdout
        few, many = (self.mallocs(self.command(peer, server, "fleet", n, size)) for n in (100, 200))
        return float(re.search(r"bytes_per_client=(\S+)", text)[1]), (many - few) / 100

    def round_trip(self, peer: str, server: Server) -> float:
        # Paho has no TCP_NODELAY: each of its round trips takes 44 ms.
        text = self.run(self.command(peer, server, "rtt", 50 if peer == "paho" else 2000), {}).stdout
        return float(re.search(r"p50_us=(\S+)", text)[1])


def show(value: float | None, digits: int = 0) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def ratio(value: float | None, base: float | None) -> str:
    return "-" if value is None or not base else f"{value / base:.2f}"


def table(bench: Bench, server: Server, modes: list[str], what: list[str], peers: list[str], base: str) -> None:
    print(f"\n{server.kind}, {bench.size} bytes; x: beside {base}; system calls by {bench.syscall_tool}")
    columns = ["instr", "x", "syscalls", "x", "mallocs", "msg/s", "x raw", "cpu us"]
    print(f"{'mode':6}{'program':10}" + "".join(f"{c:>10}" for c in columns), flush=True)
    for mode in modes:
        able = [p for p in peers if not (mode.startswith("recv") and p == "raw-bulk")]
        costs = {w: {p: bench.per_message(w, p, server, mode) for p in able} for w in what if w != "rate"}
        rates = bench.rates(able, server, mode) if "rate" in what else {}
        for peer in able:
            instructions, calls = (costs.get(w, {}) for w in ("instructions", "syscalls"))
            speed, cpu = rates.get(peer, (None, None))
            row = [show(instructions.get(peer)), ratio(instructions.get(peer), instructions.get(base)),
                   show(calls.get(peer), 3), ratio(calls.get(peer), calls.get(base)),
                   show(costs.get("mallocs", {}).get(peer), 2), show(speed),
                   ratio(speed, rates.get("raw", (None,))[0]), show(cpu, 2)]
            print(f"{mode:6}{peer:10}" + "".join(f"{cell:>10}" for cell in row), flush=True)
            for name, cell in zip(("instructions", "x", "syscalls", "x", "mallocs", "rate", "xraw", "cpu"), row):
                if name != "x" and cell != "-":
                    bench.note(server.kind, bench.size, mode, peer, name, cell)


def fleet_table(bench: Bench, server: Server, clients: int, peers: list[str]) -> None:
    print(f"\n{server.kind}, {clients} idle clients in one process; barelink with two buffers of the size given")
    print(f"{'program':16}{'bytes per client':>18}{'mallocs per client':>20}", flush=True)
    for peer, size in (("barelink", 512), ("barelink", 1024), ("mosquitto", 0)):
        if peer in peers:
            ram, mallocs = bench.fleet(peer, server, clients, size)
            name = f"{peer}-{size}" if size else peer
            print(f"{name:16}{ram:18.0f}{mallocs:20.2f}", flush=True)
            bench.note("fleet", name, "ram", round(ram))
            bench.note("fleet", name, "mallocs", mallocs)


def round_trip_table(bench: Bench, server: Server, peers: list[str]) -> None:
    print(f"\n{server.kind}, publish to receive on one connection, QoS 1, {bench.size} bytes")
    print(f"{'program':16}{'p50 us':>10}{'x raw':>10}", flush=True)
    peers = [peer for peer in peers if peer != "raw-bulk"]
    rounds = [{peer: bench.round_trip(peer, server) for peer in peers} for _ in range(3)]
    p50 = {peer: statistics.median(r[peer] for r in rounds) for peer in peers}
    for peer in peers:
        print(f"{peer:16}{p50[peer]:10.1f}{ratio(p50[peer], p50.get('raw')):>10}", flush=True)
        bench.note(server.kind, bench.size, "rtt", peer, "xraw", ratio(p50[peer], p50.get("raw")))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path, help="folder with sink, count_malloc.so and the peers")
    parser.add_argument("--servers", default="sink,mosquitto")
    parser.add_argument("--modes", default=",".join(MODES))
    parser.add_argument("--what", default="instructions,syscalls,mallocs,rate")
    parser.add_argument("--peers", help="default: all that are there")
    parser.add_argument("--base", help="default: barelink if it is there, else mosquitto")
    parser.add_argument("--size", type=int, default=64, help="payload, bytes")
    parser.add_argument("--fleet", type=int, metavar="CLIENTS", help="only memory per idle client")
    parser.add_argument("--rtt", action="store_true", help="only round trips, which need mosquitto")
    parser.add_argument("--figures", type=pathlib.Path, help="file to append the figures to, for report.py")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        bench = Bench(options.build.resolve(), options.size, scratch, options.figures)
        peers = options.peers.split(",") if options.peers else bench.peers()
        base = options.base or ("barelink" if "barelink" in peers else "mosquitto")
        for kind in options.servers.split(","):
            with Server(kind, bench.build, scratch) as server:
                if options.fleet:
                    fleet_table(bench, server, options.fleet, peers)
                    continue
                if options.rtt:
                    round_trip_table(bench, server, peers)
                    continue
                # mosquitto sends nothing back by itself, so receiving is measured from the sink.
                modes = [m for m in options.modes.split(",") if kind == "sink" or m.startswith("pub")]
                table(bench, server, modes, options.what.split(","), peers, base)


try:
    main()
except subprocess.CalledProcessError as error:
    sys.exit(f"measure: {' '.join(map(str, error.cmd))} failed with {error.returncode}: {error.stderr[-500:]}")
except subprocess.TimeoutExpired as error:
    sys.exit(f"measure: {' '.join(map(str, error.cmd))} did not end in {error.timeout} s")
