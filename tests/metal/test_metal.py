# SPDX-License-Identifier: BSL-1.0
"""The images of examples/bare_metal: what is in them, and what they do against a real broker.

usage: test_metal.py BUILD_FOLDER [unittest's arguments]

The device is emulated, the broker is mosquitto on the host's loopback; the certificates are made here, and thrown away.
"""
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import unittest

import image
from image import CORES, Images

sys.path.insert(0, str(image.ROOT / "tests" / "console"))
import mqtt  # noqa: E402
import support  # noqa: E402

BUILD = None
LARGE = 200_000  # bytes of one message, through a window of 512


def images(core):
    return Images(BUILD, core)


class Metal(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.m3 = images("cortex-m3")
        cls.folder = tempfile.mkdtemp(prefix="metal-")
        os.chmod(cls.folder, 0o755)
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        maker = image.ROOT / "tests" / "tls" / "make_certificates.sh"
        subprocess.run(["bash", maker, cls.folder], check=True, capture_output=True)

    @classmethod
    def file(cls, name):
        return os.path.join(cls.folder, name)

    # What is started ends with the class.

    @classmethod
    def broker(cls, certificate=None, *settings):
        """With this certificate over TLS; settings behind it may open further listeners."""
        secure = [f"certfile {cls.file(f'{certificate}.crt')}", f"keyfile {cls.file(f'{certificate}.key')}"]
        made = support.Mosquitto(*(secure if certificate else []), *settings)
        cls.addClassCleanup(made.close)
        return made

    @classmethod
    def device(cls, *qemu, on=None, name="device-tls", **settings):
        made = (on or cls.m3).start(name, *qemu, **settings)
        cls.addClassCleanup(made.kill)
        return made

    @classmethod
    def secure(cls, **more):
        return {"authority": cls.file("trusted.crt"), "server": "broker.test", **more}


class Conversations(Metal):
    """Connects, subscribes, publishes at each QoS, takes it back, leaves; the status says whether it all went well."""

    def test_tcp(self):
        self.device(name="device", port=self.broker().port).end(0)

    def test_tls_1_2_and_1_3_with_ec_and_rsa(self):
        for certificate in ("good", "rsa"):
            broker = self.broker(certificate)
            running = [self.device(port=broker.port, id=f"v{v}", **self.secure(tls=v)) for v in (12, 13)]
            for device in running:
                device.end(0)
                self.assertLessEqual(device.figure("TLS pool"), 20 * 1024)
                self.assertLess(device.figure("stack"), 8 * 1024)

    def test_ipv6(self):
        try:
            socket.create_server(("::1", 0), family=socket.AF_INET6).close()
        except OSError:
            self.skipTest("this machine has no ::1")
        port = support.free_port()
        self.broker(None, f"listener {port} ::1")
        self.device(name="device", host="fec0::2", port=port).end(0)

    def test_a_name_is_looked_up(self):
        with NameServer({"broker.test": "10.0.2.2"}) as names:
            port = self.broker().port
            self.device(name="device", host="broker.test", dns=names.port, port=port).end(0)
            device = self.device(name="device", host="nobody.test", dns=names.port, port=port)
            device.expect("disconnected: resolve_failed")
            device.end(3)

    def test_other_cores(self):
        for core in ("cortex-m0plus", "cortex-m4"):
            made = images(core)
            plain, secure = self.broker(), self.broker("good")
            running = [
                self.device(on=made, port=plain.port),
                self.device(on=made, port=secure.port, **self.secure(tls=13)),
                self.device(on=made, port=secure.port, id="other", **self.secure(tls=12)),
            ]
            for device in running:
                device.end(0)

    def test_a_large_message_through_a_small_window(self):
        for certificate in (None, "good"):
            plain = support.free_port()
            broker = self.broker(certificate, f"listener {plain} 127.0.0.1")
            more = self.secure() if certificate else {}
            device = self.device(port=broker.port, large=LARGE, **more)
            # Nothing wakes it now but the network's interrupt, or its own patience, and that is at its end then.
            device.expect("asleep")
            publish(plain, "metal/large", bytes(i % 251 for i in range(LARGE)))
            device.end(0)


class Disturbances(Metal):
    """Cases that mostly wait are started first, and looked at later."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lossy, cls.silent = [], {}
        for name, certificate, more in ("TCP", None, {}), ("TLS", "good", cls.secure()):
            cls.lossy.append(cls.device(port=cls.broker(certificate).port, loss=20, within_ms=50_000, **more))
            broker = cls.broker(certificate, "log_type all")
            wish = {"alive_s": 3, "idle_ms": 10_000, "within_ms": 50_000, **more}
            cls.silent[name] = broker, cls.device("-icount", "shift=0", port=broker.port, **wish)

    def test_the_brokers_restart(self):
        for certificate in (None, "good"):
            broker = self.broker(certificate)
            more = self.secure() if certificate else {}
            device = self.device(port=broker.port, rounds=2, within_ms=30_000, **more)
            device.expect("round done")
            broker.stop()
            self.assertIn(device.next(), ("disconnected: closed_by_peer", "disconnected: tls_cut"))
            broker.start()
            device.end(0)

    def test_one_frame_in_five_is_lost(self):
        for device in self.lossy:
            device.end(0)
            self.assertGreater(device.figure("frames lost"), 2)

    def test_silence_costs_a_ping_and_nothing_else(self):
        """The broker would hang up on a device without pings; a device that polls would wake a thousand times."""
        for name, instructions in {"TCP": 40_000, "TLS": 400_000}.items():
            broker, device = self.silent[name]
            device.end(0)
            pings = pathlib.Path(broker.log).read_text(encoding="utf-8").count("Received PINGREQ")
            self.assertGreaterEqual(pings, 3)
            # The device wakes for the ping, for its answer in one or two packets, and for lwIP's late acknowledgement.
            wake_ups, spent = device.figure("wake-ups"), device.figure("cycles") * 40
            print(f"\n{name}: {wake_ups / pings:.1f} wake-ups and {spent // pings} instructions a ping", end=" ")
            self.assertGreaterEqual(wake_ups, pings)
            self.assertLessEqual(wake_ups, 6 * pings + 4)
            self.assertLessEqual(spent, instructions * pings)

    def test_certificates_that_are_wrong(self):
        for server, cause in {
            "foreign": "tls_unknown_authority",
            "expired": "tls_expired",
            "early": "tls_not_yet_valid",
            "wrong": "tls_wrong_name",
            None: "tls_plain_peer",
        }.items():
            device = self.device(port=self.broker(server).port, **self.secure())
            self.assertEqual(device.next(), f"disconnected: {cause}")
            device.end(3)

    def test_nobody_listens(self):
        device = self.device(name="device", port=support.free_port())
        device.expect("disconnected: connect_refused")
        device.end(3)

    def test_first_sequence_numbers_cannot_be_foretold(self):
        seen = []
        for run in range(3):
            dump = self.file(f"dump{run}")
            self.device("-object", f"filter-dump,id=d,netdev=net,file={dump}", port=self.broker().port).end(0)
            seen += first_numbers(dump)
        self.assertEqual(len(seen), 3)
        self.assertEqual(len(set(seen)), 3)
        self.assertGreater(max(seen) - min(seen), 1 << 16)


class Core(Metal):
    """The engine alone, in virtual time."""

    def test_it_runs_on_every_core(self):
        for core in ("cortex-m0plus", "cortex-m4", "rv32imac"):
            with self.subTest(core=core):
                self.compare(images(core), 0 if core == "rv32imac" else 10)

    def compare(self, made, shift):
        device = self.device("-icount", f"shift={shift}", on=made, name="core").end(0)
        lines = [line.rsplit(" ", 1) for line in device.transcript if line[-1].isdigit()]
        found = {name: int(figure) for name, figure in lines}
        budgets = {}
        for line in pathlib.Path(__file__).with_name("budgets.txt").read_text(encoding="utf-8").splitlines():
            core, *words = line.split()
            if core == made.core:
                budgets[" ".join(words[:-1])] = int(words[-1])
        print("\n" + "\n".join(f"{made.core} {name} {figure}" for name, figure in found.items()), end=" ")
        self.assertEqual(set(found), set(budgets))
        for name, figure in found.items():
            self.assertLessEqual(figure, budgets[name], name)


class Script(Metal):
    def test_the_example_runs(self):
        environment = {**os.environ, "BARE_METAL_BUILD": BUILD}
        for words in ["plain"], ["tls=13"]:
            script = image.ROOT / "examples" / "bare_metal" / "run.sh"
            command = ["bash", script, *words]
            ended = subprocess.run(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                text=True, check=False,
            )  # fmt: skip
            self.assertEqual(ended.returncode, 0, ended.stdout)
            self.assertIn("all done", ended.stdout)


class Contents(Metal):
    def test_nothing_is_hidden_in_an_image(self):
        count = 0
        for core in CORES:
            made = images(core)
            for name in made.names:
                count += 1
                with self.subTest(core=core, image=name):
                    self.look_into(made, name)
        self.assertEqual(count, 10)

    def look_into(self, made, name):
        symbols = made.symbols(name)
        sections = made.sections(name)
        self.assertEqual(image.hidden(symbol for _, symbol in symbols), [])
        self.assertEqual([kind for kind in image.FORBIDDEN if sections.get(kind)], [])
        self.assertLessEqual(sections.get(".data", 0), image.DATA_MAX)
        variables = [symbol for kind, symbol in symbols if kind in "dD"]
        self.assertEqual([symbol for symbol in variables if "barelink" in symbol or "GLOBAL__N" in symbol], [])
        # What was looked at is an image of ours, with its state where it belongs.
        self.assertIn(("b", "_ZN12_GLOBAL__N_16memoryE"), symbols)
        if name != "core":
            self.assertTrue([symbol for kind, symbol in symbols if kind == "b" and "the_device" in symbol])
        if name == "device-tls":
            self.assertLessEqual(sections[".text"] + sections[".data"], 256 * 1024)
            self.assertLessEqual(sections[".stack"] + sections[".data"] + sections[".bss"], 64 * 1024)

    def test_a_stack_that_is_too_small_ends_in_a_fault(self):
        for size in 256, 600:  # used up before and while the network starts
            self.m3.relink("device", "small", f"-Wl,--defsym=stack_size={size}")
            device = self.device(name="small")
            device.expect("a fault")
            device.end(99)

    def test_the_search_finds_what_is_hidden(self):
        guilty = """malloc _free_r _Znwj _ZdlPvj __cxa_guard_acquire __cxa_atexit __aeabi_atexit _Unwind_Resume printf
            snprintf puts exit _ZTI3job _ZGVZ4mainE1x _ZSt24__throw_out_of_range_fmtPKcz __gxx_personality_v0 _sbrk
            _GLOBAL__sub_I_main __aeabi_unwind_cpp_pr0 abort""".split()
        self.assertEqual(image.hidden(guilty), sorted(guilty))
        self.assertEqual(image.hidden(["mem_malloc", "memp_free", "board_exit", "wolfSSL_write", "main", "start"]), [])


# --- the other side


class NameServer:
    """Answers questions for addresses of IPv4, on a loopback port."""

    def __init__(self, addresses):
        self.addresses = addresses
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.socket.sendto(b"", ("127.0.0.1", self.port))
        self.thread.join()
        self.socket.close()

    def _serve(self):
        while True:
            question, peer = self.socket.recvfrom(512)
            if not question:
                return
            labels, at = [], 12
            while question[at]:
                labels.append(question[at + 1 : at + 1 + question[at]].decode())
                at += 1 + question[at]
            kind = struct.unpack_from(">H", question, at + 1)[0]
            address = self.addresses.get(".".join(labels)) if kind == 1 else None
            answer = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + socket.inet_aton(address) if address else b""
            flags = b"\x81\x80" if address else b"\x81\x83"
            head = question[:2] + flags + struct.pack(">HHHH", 1, 1 if address else 0, 0, 0)
            self.socket.sendto(head + question[12 : at + 5] + answer, peer)


def publish(port, topic, payload):
    with socket.create_connection(("127.0.0.1", port), timeout=support.PATIENCE) as link:
        peer = support.Peer(link)
        hello = mqtt.text("MQTT") + bytes([4, 2]) + struct.pack(">H", 60) + mqtt.text("driver")
        peer.send(mqtt.packet(mqtt.CONNECT, 0, hello))
        peer.read(mqtt.CONNACK)
        peer.send(mqtt.publish(topic, payload, qos=1))
        peer.read(mqtt.PUBACK)
        peer.send(mqtt.packet(mqtt.DISCONNECT))


def first_numbers(dump):
    """Of each connection that the device opened: the sequence number of its SYN, from a capture in pcap's format."""
    data = pathlib.Path(dump).read_bytes()
    at, found = 24, {}
    while at < len(data):
        size = struct.unpack_from("<I", data, at + 8)[0]
        frame = data[at + 16 : at + 16 + size]
        at += 16 + size
        if frame[12:14] == b"\x08\x00" and frame[23] == 6 and frame[47] & 0x12 == 2:
            found[frame[34:36]] = struct.unpack_from(">I", frame, 38)[0]
    return list(found.values())


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    BUILD = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
