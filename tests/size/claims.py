#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Compiles a file and looks for what barelink says it does without.

usage: claims.py INCLUDE_DIR SOURCE COMPILER [ARGUMENT...]

At -Os and at -O2, without exceptions and RTTI, the object may need no allocator, no exception and no type information,
may guard no static, run no code before main() and bring no variable of its own. What it may need is a list: whatever
is not on it is refused.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

FLAGS = "-std=c++20 -fno-exceptions -fno-rtti -Wall -Wextra -Werror".split()

# What an object may need from elsewhere.
COMPILER = r"mem(cpy|move|set|cmp|chr)|bcmp|strlen|__aeabi_\w+|__gnu_thumb1_case_\w+|_GLOBAL_OFFSET_TABLE_"
OUTSIDE = r"device_\w+"
POSIX = (
    r"socket|connect|send|recv|shutdown|close|poll|ppoll|[gs]etsockopt|getsockname|getpeername|"
    r"inet_pton|if_nametoindex|"
    r"in6addr_loopback|fcntl(64)?|clock_gettime|getrandom|syscall|"
    r"open(at)?(64)?|read|write|pread(64)?|pwrite(64)?|fsync|fdatasync|f?truncate(64)?|"
    r"fstat(at)?(64)?|stat(64)?|lseek(64)?|"
    r"rename(at)?|unlink(at)?|mkdir(at)?|flock|__errno_location|getpid|snprintf"
)
WOLFSSL = r"wolf(SSL|TLS|TLSv1_[23])_\w+|wc_\w+"
# The variables that the file itself places.
OWN_VARIABLES = re.compile(r"whole_\w+$")

# What a file may need beside, by its name.
MORE = {"whole_posix": "|" + POSIX, "whole_tls": "|" + WOLFSSL}

# Names that say what is wrong; for the message only, the lists above decide.
REASONS = (
    (r"^(malloc|calloc|realloc|free|aligned_alloc|_Zn[wa]\w*|_Zd[la]\w*)$", "an allocator"),
    (r"^(__cxa_(throw|begin_catch|end_catch|rethrow|allocate_exception|call_unexpected)\w*"
    r"|_Unwind_\w+|__gxx_personality\w*)$",
     "exceptions"),
    (r"^(_ZT[ISV]\w*|__dynamic_cast)$", "type information or a virtual table"),
    (r"^(_ZGV\w+|__cxa_guard_\w+)$", "a guarded static"),
    (r"^(_GLOBAL__(sub_)?I\w*|__cxx_global_var_init\w*|__cxa_atexit|__aeabi_atexit)$", "code that runs before main()"),
)  # fmt: skip
START_UP_SECTIONS = re.compile(r"^\.(init_array|ctors|preinit_array|gcc_except_table)")


def reason_for(name):
    for pattern, reason in REASONS:
        if re.search(pattern, name):
            return reason
    return None


def judge(symbols, variables, sections, more=""):
    """Yields a sentence for each name that breaks a claim. `symbols`: (type letter of nm, name)."""
    allowed = re.compile(f"({COMPILER}|{OUTSIDE}{more})$")
    for letter, name in symbols:
        reason = reason_for(name)
        if reason:
            yield f"{name}: {reason}"
        elif letter == "U" and not allowed.match(name):
            yield f"{name}: needed from elsewhere, and not on the list"
    for name in variables:
        if not OWN_VARIABLES.search(plain(name)):
            yield f"{name}: a variable that the headers bring"
    for section in sections:
        if START_UP_SECTIONS.match(section):
            yield f"{section}: a section for code that runs before main(), or for exceptions"


def plain(name):
    """The last part of a mangled name: _ZN12_GLOBAL__N_112whole_memoryE -> whole_memory."""
    found = re.findall(r"whole_[a-z]+", name)
    return found[-1] if found else name


def symbols_of(tools, object_file):
    for line in run(f"{tools}nm", object_file).splitlines():
        parts = line.split()
        if len(parts) >= 2:
            yield parts[-2], parts[-1]


def variables_of(tools, object_file):
    """Objects in memory that can be written. What only the loader writes (.data.rel.ro) is constant afterwards."""
    for line in run(f"{tools}objdump", "-t", object_file).splitlines():
        found = re.search(r"\sO\s+(\S+)\s+\S+\s+(\S+)$", line)
        if found and re.match(r"(\.(bss|data|tbss|tdata)\b(?!\.rel\.ro)|\*COM\*)", found[1]):
            yield found[2]


def sections_of(tools, object_file):
    return re.findall(r"^\s*\d+\s+(\.\S+)", run(f"{tools}objdump", "-h", object_file), re.MULTILINE)


def run(*command):
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}\nstatus {done.returncode}")
    return done.stdout


def findings(include, source, command, optimization, defines=()):
    """Compiles and judges. Returns the sentences."""
    with tempfile.TemporaryDirectory() as folder:
        target = str(pathlib.Path(folder) / "object.o")
        run(*command, *FLAGS, optimization, *defines, "-I", str(include), "-c", str(source), "-o", target)
        tools = re.sub(r"(g|clang)\+\+(-[\d.]+)?$", "", command[0]) if "-none-" in command[0] else ""
        symbols = list(symbols_of(tools, target))
        if not any(letter == "T" and name.startswith("whole_") for letter, name in symbols):
            return [f"{source.name}: nothing of it was compiled"]
        variables = list(variables_of(tools, target))
        return list(judge(symbols, variables, sections_of(tools, target), MORE.get(source.stem, "")))


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    include, source, command = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3:]
    found = [f"{o}: {text}" for o in ("-Os", "-O2") for text in findings(include, source, command, o)]
    if found:
        sys.exit(f"{source.name}, {' '.join(command)}:\n" + "\n".join(found))
    print(f"{source.name}: nothing hidden")


if __name__ == "__main__":
    main()
