# SPDX-License-Identifier: BSL-1.0
"""Builds the images of examples/bare_metal, looks into them, and runs them in QEMU."""
import fcntl
import os
import pathlib
import queue
import re
import shlex
import shutil
import subprocess
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
PATIENCE = 60  # seconds; the bound of every wait

# Name of the cross file: the tools' prefix, QEMU's machine, the images. One for ARMv6-M runs on every later core.
DEVICES = ("core", "device", "device-tls")
CORES = {
    "cortex-m0plus": ("arm-none-eabi-", "mps2-an385", DEVICES),
    "cortex-m3": ("arm-none-eabi-", "mps2-an385", DEVICES),
    "cortex-m4": ("arm-none-eabi-", "mps2-an386", DEVICES),
    "rv32imac": ("riscv64-unknown-elf-", "virt", ("core",)),
}

# What no image may have: a heap, exceptions, type information, guards, start-up code, an end, output by the C library.
HIDDEN = re.compile(
    r"_?(malloc|calloc|realloc|free|cfree|sbrk)(_r)?|_impure_ptr|_Zn[wa]\w*|_Zd[la]\w*"
    r"|__cxa_\w+|__gxx_\w+|_Unwind_\w+|__aeabi_unwind\w*|_ZT[ISV]\w*|_ZGV\w+|_ZSt\w*throw\w*"
    r"|(__aeabi_)?atexit|__dso_handle|_GLOBAL__\w+|abort|_?exit|_?kill|raise|_fini|_init"
    r"|\w*printf\w*|f?puts|putchar|fopen|f?write|_write|f?read|_read|__errno|__s(init|flush)\w*"
)
# Sections that code before or after main(), or exceptions, would fill.
FORBIDDEN = (".init_array", ".fini_array", ".ctors", ".preinit_array", ".ARM.extab", ".ARM.exidx", ".eh_frame", ".got")
DATA_MAX = 64  # bytes of variables that are not zero: wolfSSL's and lwIP's


def hidden(names):
    return sorted(name for name in names if HIDDEN.fullmatch(name))


def run(*command):
    done = subprocess.run(
        [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}"
    return done.stdout


class Images:
    """The images of one core. Those of an earlier run are kept up to date."""

    def __init__(self, folder, core):
        self.core = core
        self.prefix, self.machine, self.names = CORES[core]
        self.folder = pathlib.Path(folder) / core
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        with open(f"{self.folder}.lock", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (self.folder / "build.ninja").exists():
                shutil.rmtree(self.folder, ignore_errors=True)
                options = ["-Dbare_metal=true", "-Dtests=false", "-Dexamples=false", "--buildtype=minsize", "--werror"]
                run("meson", "setup", self.folder, ROOT, "--cross-file", ROOT / "cross" / f"{core}.ini", *options)
            run("ninja", "-C", self.folder, *(self.path(name).relative_to(self.folder) for name in self.names))

    def path(self, name):
        return self.folder / "examples" / "bare_metal" / f"{name}.elf"

    def relink(self, name, new_name, *options):
        """The same image with further options of the linker."""
        command = run("ninja", "-C", self.folder, "-t", "commands", self.path(name).relative_to(self.folder))
        words = shlex.split(command.splitlines()[-1])
        words[words.index("-o") + 1] = str(self.path(new_name))
        done = subprocess.run([*words, *options], cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def symbols(self, name):
        """(kind, symbol) of each; kinds as nm tells them."""
        return [tuple(line.split()[-2:]) for line in run(f"{self.prefix}nm", self.path(name)).splitlines()]

    def sections(self, name):
        """Bytes of each section."""
        lines = run(f"{self.prefix}size", "-A", self.path(name)).splitlines()
        return {part[0]: int(part[1]) for part in map(str.split, lines) if len(part) == 3 and part[1].isdigit()}

    def start(self, name, *qemu, **settings):
        return Device(self, name, qemu, settings)


class Device:
    """A running image. Its lines are taken in the order in which they were printed."""

    def __init__(self, images, name, qemu, settings):
        emulator = "qemu-system-riscv32" if images.machine == "virt" else "qemu-system-arm"
        command = [emulator, "-M", images.machine, "-kernel", images.path(name)]
        command += ["-display", "none", "-monitor", "none", "-serial", "stdio", *qemu]
        if images.machine == "virt":
            command += ["-bios", "none"]
        else:
            words = "".join(f",arg={key}={value}" for key, value in settings.items())
            command += ["-semihosting-config", "enable=on,target=native,arg=device" + words]
            command += ["-nic", "user,model=lan9118,id=net"]
        self.process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self.transcript = []
        self._lines = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for raw in self.process.stdout:
            self._lines.put(raw.decode("utf-8", "replace").rstrip())
        self._lines.put(None)

    def next(self):
        try:
            line = self._lines.get(timeout=PATIENCE)
        except queue.Empty:
            raise AssertionError("no further line\n" + self.story()) from None
        if line is not None:
            self.transcript.append(line)
        return line

    def expect(self, wanted):
        while (line := self.next()) != wanted:
            assert line is not None, f"the output ended before {wanted}\n" + self.story()

    def figure(self, name):
        """The number behind this name, in any line so far."""
        found = [line for line in self.transcript if line.startswith(name + " ")]
        assert found, f"no {name}\n" + self.story()
        return int(found[-1].rsplit(" ", 1)[1])

    def end(self, status=0):
        """Waits for the end, which must have this status."""
        while self.next() is not None:
            pass
        found = self.process.wait(PATIENCE)
        assert found == status, f"status {found}, not {status}\n" + self.story()
        return self

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join(PATIENCE)
        self.process.stdout.close()

    def story(self):
        return os.linesep.join(self.transcript)
