#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""What TLS takes on a Cortex-M, emulated: run.py [--all | --update | --prices]

Builds Debian's wolfSSL with examples/firmware/user_settings.h, lets a device in QEMU connect to mosquitto, in full and
with the session from before, and prints one line "cpu version key handshake what figure" each. A figure that is above
its budget is a failure.
  --all      measures a Cortex-M0+ and messages of 40 kB, too: a minute more
  --update   does the same and writes the budgets
  --prices   prints what each choice of user_settings.h costs: bytes of flash and static RAM, and of the pool and the
             stack, and instructions, for a handshake of TLS 1.3 with a key on P-256
"""
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.append(str(ROOT / "tests" / "console"))
import support  # noqa: E402  pylint: disable=wrong-import-position

BUDGETS = HERE / "budgets.txt"
SETTINGS = ROOT / "examples" / "firmware" / "user_settings.h"
SOURCES = """src: internal keys ssl tls tls13 wolfio
wolfcrypt/src: aes asn chacha chacha20_poly1305 coding ecc error hash hmac kdf logging memory poly1305 random rsa
wolfcrypt/src: sha256 sha512 sp_c32 sp_cortexm sp_int wc_encrypt wc_port wolfmath"""
PACKAGES = """gcc-arm-none-eabi libnewlib-arm-none-eabi libstdc++-arm-none-eabi-dev qemu-system-arm mosquitto openssl
dpkg-dev"""


def run(*command, **more):
    words = [str(word) for word in command]
    done = subprocess.run(words, capture_output=True, text=True, check=False, **more)
    if done.returncode != 0:
        sys.exit(f"{' '.join(words)[:400]}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


class Image:
    """One build of wolfSSL and of the device."""

    def __init__(self, wolfssl, folder, cpu, settings, authority):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        (self.folder / "user_settings.h").write_text(settings, encoding="utf-8")
        (self.folder / "authority.inc").write_text(",".join(map(str, authority)), encoding="utf-8")
        common = [f"-mcpu=cortex-{cpu}", "-mthumb", "-Os", "-ffunction-sections", "-fdata-sections", "-DNDEBUG"]
        common += ["-fno-unwind-tables", "-fno-asynchronous-unwind-tables", "-DWOLFSSL_USER_SETTINGS"]
        common += [f"-I{self.folder}", f"-isystem{wolfssl}"]
        jobs = []
        for place, *names in (line.replace(":", "").split() for line in SOURCES.splitlines()):
            jobs += [("gcc", *common, "-std=gnu11", "-w", "-c", wolfssl / place / f"{name}.c") for name in names]
        jobs.append(("gcc", *common, "-std=gnu11", "-c", ROOT / "benchmarks" / "target" / "board.c"))
        jobs.append(("g++", *common, "-std=c++20", "-fno-exceptions", "-fno-rtti", "-fno-threadsafe-statics", "-Wall",
                     "-Wextra", f"-I{ROOT / 'include'}", "-c", HERE / "device.cpp"))
        objects = []
        running = []
        for compiler, *words, file in jobs:
            objects.append(self.folder / f"{file.stem}.o")
            command = [f"arm-none-eabi-{compiler}", *map(str, words), str(file), "-o", str(objects[-1])]
            running.append(subprocess.Popen(command))
            if len(running) == 2:
                self._finish(running.pop(0))
        for process in running:
            self._finish(process)
        self.elf = self.folder / "image.elf"
        run("arm-none-eabi-gcc", *common, "-nostartfiles", "-T", ROOT / "benchmarks" / "target" / "image.ld",
            "-Wl,--gc-sections", "-Wl,--defsym=code_size=1M", "-Wl,--defsym=data_size=1M", "--specs=nano.specs",
            "--specs=nosys.specs", "-Wl,--no-warnings", *objects, "-o", self.elf)

    @staticmethod
    def _finish(process):
        if process.wait() != 0:
            sys.exit("a source cannot be compiled")

    def size(self):
        text, data, bss = map(int, run("arm-none-eabi-size", self.elf).splitlines()[1].split()[:3])
        return text + data, data + bss

    def boot(self, port, *words):
        """What it says: a list of (what, figure)."""
        command = ["qemu-system-arm", "-M", "mps2-an386", "-kernel", str(self.elf)]
        command += ["-display", "none", "-monitor", "none"]
        for line in range(2):
            command += ["-chardev", f"socket,id=line{line},host=127.0.0.1,port={port},nodelay=on"]
            command += ["-serial", f"chardev:line{line}"]
        arguments = "".join(f",arg={word}" for word in ("device", *words))
        command += ["-icount", "shift=0", "-semihosting-config", f"enable=on,target=native{arguments}"]
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False
        )
        if done.returncode != 0:
            sys.exit(f"the device has failed ({' '.join(words)}):\n{done.stdout}{done.stderr}")
        return re.findall(r"^(\w+) (\d+)$", done.stdout + done.stderr, re.MULTILINE)


def listeners(folder):
    """(key, broker) for each way to be reached."""
    psk = folder / "psk"
    psk.write_text("device-1:30313233343536373839616263646566\n", encoding="ascii")
    made = [("psk", support.Mosquitto("psk_hint barelink", f"psk_file {psk}"))]
    for key, name in (("p256", "good"), ("rsa2048", "rsa")):
        files = [f"{option} {folder / name}.{ending}" for option, ending in (("certfile", "crt"), ("keyfile", "key"))]
        made.append((key, support.Mosquitto(*files)))
    return made


def measure(wolfssl, folder, everything):
    authority = (folder / "trusted.crt.der").read_bytes()
    lines = []
    brokers = listeners(folder)
    try:
        for cpu in ("m3", "m0plus") if everything else ("m3",):
            image = Image(wolfssl, folder / cpu, cpu, SETTINGS.read_text(encoding="utf-8"), authority)
            for key, broker in brokers:
                for version in ("1.3", "1.2"):
                    handshake = ""
                    for what, figure in image.boot(broker.port, version, key):
                        if what in ("full", "resumed"):
                            handshake = what if key != "psk" or what == "full" else ""
                        elif handshake:
                            lines.append(f"{cpu} {version} {key} {handshake} {what} {figure}")
                    if everything and cpu == "m3" and key == "p256":
                        for size in ("2048", "16384"):
                            found = dict(image.boot(broker.port, version, key, "message", size))
                            lines.append(f"{cpu} {version} {key} {size} message {found['message']}")
    finally:
        for _, broker in brokers:
            broker.close()
    return lines


# What is changed: words that are taken out, then words that are put in.
SESSIONS = "HAVE_SESSION_TICKET HAVE_EXT_CACHE SMALL_SESSION_CACHE NO_CLIENT_CACHE NO_SESSION_CACHE_REF"
CHOICES = {
    "TLS 1.3 alone": ("", "WOLFSSL_NO_TLS12"),
    "TLS 1.2 alone": ("WOLFSSL_TLS13 HAVE_HKDF WC_RSA_PSS", ""),
    "without sessions": (SESSIONS, "NO_SESSION_CACHE"),
    "without PSK": ("WOLFSSL_STATIC_PSK", "NO_PSK"),
    "without RSA": ("WC_RSA_PSS WC_RSA_BLINDING WOLFSSL_HAVE_SP_RSA", "NO_RSA"),
    "without SHA-384 and SHA-512": ("WOLFSSL_SHA384 WOLFSSL_SHA512 USE_SLOW_SHA512", ""),
    "with ChaCha20-Poly1305": ("", "HAVE_CHACHA HAVE_POLY1305"),
    "without ALPN": ("HAVE_ALPN", ""),
    "without maximum fragment length": ("HAVE_MAX_FRAGMENT", ""),
    "without extended master secret": ("HAVE_EXTENDED_MASTER", ""),
    "with encrypt-then-MAC": ("", "HAVE_ENCRYPT_THEN_MAC"),
    "without PEM": ("WOLFSSL_PEM_TO_DER", "WOLFSSL_NO_PEM"),
    "with error strings": ("NO_ERROR_STRINGS", ""),
    "with AES-192": ("NO_AES_192", ""),
    "with large AES tables": ("WOLFSSL_AES_SMALL_TABLES", ""),
    "with GCM tables of 4 bits": ("GCM_SMALL", "GCM_TABLE_4BIT"),
    "with SHA-256 unrolled": ("USE_SLOW_SHA256", ""),
    "with SHA-512 unrolled": ("USE_SLOW_SHA512", ""),
    "with a small stack": ("", "WOLFSSL_SMALL_STACK"),
    "with numbers unrolled": ("WOLFSSL_SP_SMALL", ""),
    "with the assembler": ("", "WOLFSSL_SP_ASM WOLFSSL_SP_ARM_CORTEX_M_ASM"),
    "without blinding and resistance to timing": ("ECC_TIMING_RESISTANT TFM_TIMING_RESISTANT WC_RSA_BLINDING",
                                                  "WC_NO_HARDEN"),
}


def prices(wolfssl, folder):
    """Prints a line for the settings as they are, and one for each choice: the differences."""
    authority = (folder / "trusted.crt.der").read_bytes()
    settings = SETTINGS.read_text(encoding="utf-8")
    broker = dict(listeners(folder))["p256"]
    print(f"{'':42}{'flash':>8}{'RAM':>7}{'pool':>7}{'stack':>7}{'instructions':>14}")
    base = None
    for number, (choice, (out, into)) in enumerate({"as it is": ("", ""), **CHOICES}.items()):
        text = settings
        for word in out.split():
            text, count = re.subn(rf"^#define {word}\b.*$", "", text, flags=re.MULTILINE)
            if count != 1:
                sys.exit(f"{SETTINGS} does not define {word} once")
        text += "".join(f"#define {word}\n" for word in into.split())
        image = Image(wolfssl, folder / f"choice{number}", "m3", text, authority)
        version = "1.2" if "WOLFSSL_TLS13" in out else "1.3"
        found = {what: int(figure) for what, figure in image.boot(broker.port, version, "p256", "once")}
        figures = [*image.size(), found["pool"], found["stack"], found["instructions"]]
        if base is None:
            base = figures
            shown = [f"{figure}" for figure in figures]
        else:
            shown = [f"{figure - old:+}" for figure, old in zip(figures, base)]
        print("{:42}{:>8}{:>7}{:>7}{:>7}{:>14}".format(choice, *shown), flush=True)
    broker.close()


def main():
    mode = sys.argv[1] if len(sys.argv) == 2 else ""
    if len(sys.argv) > 2 or mode not in ("", "--all", "--update", "--prices"):
        sys.exit(__doc__)
    run("bash", "-c", f". {ROOT}/tools/packages.sh && need_packages {' '.join(PACKAGES.split())}")
    wolfssl = pathlib.Path(run(ROOT / "tools" / "debian_sources.sh", "wolfssl").split()[-1])
    with tempfile.TemporaryDirectory(prefix="tls-target-") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        run("bash", ROOT / "tests" / "tls" / "make_certificates.sh", folder)
        if mode == "--prices":
            return prices(wolfssl, folder)
        text = "\n".join(measure(wolfssl, folder, mode != "")) + "\n"
        print("cpu version key handshake what figure\n" + text, end="")
        if mode == "--update":
            return BUDGETS.write_text("# SPDX-License-Identifier: BSL-1.0\n" + text, encoding="utf-8") and None
        figures = folder / "figures"
        figures.write_text(text, encoding="utf-8")
        check = ["awk", "-v", "slack=1.03", "-f", ROOT / "benchmarks" / "check.awk", BUDGETS, figures]
        return subprocess.run(check, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
