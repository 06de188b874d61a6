#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The static bound of the stack of each entry function: stack.py PROGRAM CPU IMAGE [FUNCTION]

With FUNCTION the functions on its deepest way, each with its frame.

Entries are the functions whose names begin with call_ or, if there are none, with job_.

IMAGE is the path without suffix of what build.sh leaves: IMAGE.elf, and IMAGE.job.o with its IMAGE.job.ci. Frames of
the program come from the compiler (-fcallgraph-info=su), those of libc and libgcc from their push and sub instructions;
the call graph comes from the linked image. A tail call does not add. The transport (hal_ functions) counts as 0. An
indirect call may reach every function whose address the program takes, unless indirect.txt beside this file narrows it:
lines "CALLER CALLEE", two regular expressions over symbol names. Recursion and unbounded frames are errors.
"""
import pathlib
import re
import subprocess
import sys

# What a call looks like, a jump that may leave the function, a call through a pointer and a jump through one.
ARM = (r"blx?", r"b[a-z]{0,2}(?:\.[nw])?|cbn?z", r"blx\s+(r\d+|ip|sl|fp)", r"bx\s+(r\d+|ip)")
RISCV = (r"jal", r"j|b[a-z]+", r"jalr\s+(?:ra,)?([ast]\d+)$", r"jr\s+([ast]\d+)$")


def tool(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def objdump(*arguments: str) -> str:
    """Of the toolchain that made the file, which is the last argument."""
    machine = pathlib.Path(arguments[-1]).read_bytes()[18]
    return tool("riscv64-unknown-elf-objdump" if machine == 243 else "arm-none-eabi-objdump", *arguments)


def fail(sentence: str):
    sys.exit(f"stack: {sentence}")


def compiler_frames(path: str) -> dict[str, int]:
    frames = {}
    for title, label in re.findall(r'node: \{ title: "([^"]+)" label: "([^"]*)"', pathlib.Path(path).read_text()):
        size = re.search(r"(\d+) bytes \(([^)]*)\)", label)
        if not size:
            continue
        if size[2] != "static":
            fail(f"the frame of {title} is not static")
        frames[title.split(":")[-1]] = int(size[1])
    return frames


def pointer_callers(path: str) -> set[str]:
    """The functions of the program that call through a pointer; another jump to a register is a switch."""
    return {caller.split(":")[-1] for caller in re.findall(
        r'edge: \{ sourcename: "([^"]+)" targetname: "__indirect_call"', pathlib.Path(path).read_text())}


def registers(text: str) -> int:
    count = 0
    for item in text.split(","):
        ends = item.strip().split("-")
        count += int(ends[-1][1:]) - int(ends[0][1:]) + 1 if len(ends) == 2 else 1
    return count


def frame_of(lines: list[str]) -> int:
    """What a function of libc or libgcc pushes; all its branches together, so it errs upwards."""
    total = 0
    for line in lines:
        if match := re.match(r"(v?)(?:push|stmdb\s+sp!,)\s*\{(.*?)\}", line):
            total += registers(match[2]) * (8 if match[1] else 4)
        elif match := re.match(r"sub(?:w|\.w)?\s+sp,\s*(?:sp,\s*)?#(\d+)", line):
            total += int(match[1])
        elif match := re.match(r"addi\s+sp,sp,-(\d+)", line):
            total += int(match[1])
        elif match := re.match(r"str[a-z.]*\s.*\[sp, #-(\d+)\]!", line):
            total += int(match[1])
        elif re.match(r"(add|sub)\S*\s+sp,.*r\d", line):
            fail(f"a frame outside the program is not a constant: {line}")
    return total


def disassemble(elf: str) -> dict[str, list[str]]:
    functions, current = {}, None
    for line in objdump("-d", "--no-show-raw-insn", elf).splitlines():
        if match := re.match(r"[0-9a-f]+ <(.+)>:$", line):
            current = functions.setdefault(match[1], [])
        elif current is not None and (match := re.match(r"\s+[0-9a-f]+:\s+(.*)", line)):
            current.append(match[1])
    return functions


def taken_addresses(job_object: str) -> set[str]:
    """Functions whose address is in data or code, that is, those an indirect call can reach."""
    taken = set()
    for line in objdump("-r", job_object).splitlines():
        match = re.match(r"[0-9a-f]+ R_((?:ARM|RISCV)_\S+)\s+(\S+)", line)
        if match and not re.search(r"THM_(CALL|JUMP|PC)|PREL31|NONE|CALL|BRANCH|JUMP|RELAX", match[1]):
            taken.add(re.sub(r"^\.text\.(unlikely\.|startup\.|hot\.)?|\+0x.*$", "", match[2]))
    return taken


class Graph:
    def __init__(self, image: str, cpu: str):
        self.frames = compiler_frames(f"{image}.job.ci")
        self.pointer_callers = pointer_callers(f"{image}.job.ci")
        self.code = disassemble(f"{image}.elf")
        self.taken = taken_addresses(f"{image}.job.o") & self.code.keys() & self.frames.keys()
        narrowing = pathlib.Path(__file__).with_name("indirect.txt")
        lines = narrowing.read_text().splitlines() if narrowing.exists() else []
        self.narrow = [line.split() for line in lines if line and not line.startswith("#")]
        self.language = RISCV if cpu.startswith("rv") else ARM
        self.known: dict[str, int] = {}

    def indirect(self, caller: str) -> list[str]:
        if caller not in self.frames:
            fail(f"{caller} is outside the program and calls through a pointer")
        narrowed = [callee for pattern, callee in self.narrow if re.fullmatch(pattern, caller)]
        found = [t for t in self.taken if not narrowed or any(re.fullmatch(n, t) for n in narrowed)]
        if not found:
            fail(f"{caller} calls through a pointer and no function is known that it could reach")
        return found

    def calls(self, name: str) -> list[tuple[str, bool]]:
        """Pairs of callee and whether the caller's frame is still there."""
        found = []
        lines = self.code[name]
        call, jump, indirect_call, indirect_jump = self.language
        for number, line in enumerate(lines):
            if match := re.match(rf"({call}|{jump})\s+.*<([^+>]+)(\+0x[0-9a-f]+)?>", line):
                if match[2] != name and not match[3]:
                    found.append((match[2], bool(re.fullmatch(call, match[1])) or match[2].endswith(".cold")))
            elif re.match(indirect_call, line):
                found += [(callee, True) for callee in self.indirect(name)]
            elif (match := re.match(indirect_jump, line)) and name in self.pointer_callers:
                # Thumb-1 returns so from a function that keeps arguments on the stack.
                if any(re.match(rf"pop\s+\{{{match[1]}\}}", before) for before in lines[max(0, number - 2):number]):
                    continue
                found += [(callee, False) for callee in self.indirect(name)]
        return found

    def depth(self, name: str, chain: tuple[str, ...] = ()) -> int:
        if name.startswith("hal_"):
            return 0
        if name in chain:
            fail("recursion: " + " -> ".join(chain[chain.index(name):] + (name,)))
        if name not in self.known:
            if name not in self.code:
                fail(f"there is no code for {name}, called by {chain[-1] if chain else 'the job'}")
            frame = self.frames.get(name)
            frame = frame_of(self.code[name]) if frame is None else frame
            deepest = frame
            for callee, kept in self.calls(name):
                deepest = max(deepest, self.depth(callee, chain + (name,)) + (frame if kept else 0))
            self.known[name] = deepest
        return self.known[name]


    def chain(self, name: str) -> list[str]:
        """The functions on the deepest way, each with its frame."""
        frame = self.frames.get(name, frame_of(self.code.get(name, [])))
        steps = self.calls(name) if name in self.code and not name.startswith("hal_") else []
        deeper = [(self.depth(callee) + (frame if kept else 0), callee) for callee, kept in steps]
        worst = max(deeper, default=(0, ""))
        return [f"{frame:6d} {name}"] + (self.chain(worst[1]) if worst[0] >= self.depth(name) > frame else [])


def main() -> None:
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    program, cpu, image = sys.argv[1:4]
    graph = Graph(image, cpu)
    if len(sys.argv) == 5:
        print(*graph.chain(sys.argv[4]), sep="\n")
        return
    calls, jobs = ([name for name in graph.code if name.startswith(prefix)] for prefix in ("call_", "job_"))
    for function in calls or jobs:
        print(program, cpu, function, graph.depth(function))


main()
