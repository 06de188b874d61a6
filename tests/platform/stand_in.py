#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""A stand-in for five device clouds, on free ports of the loopback interface.

usage: stand_in.py [COMMAND [ARGUMENT...]]

nginx with TLS in front of the HTTPS services, and a door with TLS in front of mosquitto that lets in exactly those
whom the platform would let in. Runs COMMAND and ends with its status; in its arguments {https}, {mqtts}, {mqtt},
{x509}, {aws} and {aws-443} are ports, {ca}, {thing} and {thing-key} are files. Without one it says these and whom it
knows, and stays until the end of its input. Everything is at localhost; devices are sent there, too.
"""
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time

import certificates
from backend import Backend
from gate import Gate
from rules import Accounts, Product

PATIENCE = 30  # seconds; the bound that only a failure reaches
SBIN = os.environ["PATH"] + ":/usr/sbin:/sbin"
HUB = "myhub.azure-devices.net"

NGINX = """daemon off; master_process off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
    scgi_temp_path {folder}; uwsgi_temp_path {folder};
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {folder}/server.crt; ssl_certificate_key {folder}/server.key;
        location / {{
            proxy_pass http://127.0.0.1:{backend};
            proxy_http_version 1.1; proxy_buffering off; proxy_set_header Host $http_host; proxy_pass_header Date;
        }}
    }}
}}
"""


def known():
    """Accounts that every test and example finds."""
    accounts = Accounts()
    accounts.products = {
        "a1AbCdEfGhI": Product("productsecret01"),
        "a1Certified": Product("productsecret02", kind="x509", registers=False),
    }
    accounts.devices = {
        ("a1AbCdEfGhI", "dev01"): "0123456789abcdef0123456789abcdef",
        ("a1AbCdEfGhI", "new01"): None,
        ("a1Certified", "dev01"): "0123456789abcdef0123456789abcdef",
    }
    accounts.certified = {"meter01": ("a1AbCdEfGhI", "meter01")}
    accounts.things = {"thing01"}
    accounts.azure = {(HUB, "dev01"): "ZGV2aWNlLWtleS0wMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1"}
    accounts.enrollments = {("0ne00000001", "dev01"): ("ZGV2aWNlLWtleS0wMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1", HUB)}
    accounts.tencent = {("ABC123DEF4", "dev01"): "dGVuY2VudC1wc2stMDEyMw=="}
    accounts.huawei = {"5e06bfee334dd4f33759f5b3_dev01": "12345678"}
    return accounts


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def listens(process, family, address):
    """Whether the program takes connections before it ends."""
    bound = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < bound:
        with socket.socket(family) as probe:
            if probe.connect_ex(address) == 0:
                return True
        try:
            process.wait(0.01)
        except subprocess.TimeoutExpired:
            pass
    return False


class Platform:
    """Started when made; close() ends everything. `ports` has https, mqtts, mqtt, x509, aws, aws-443."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="stand-in-"))
        self.accounts = known()
        self.broker_host = "a1AbCdEfGhI.iot-as-mqtt.cn-shanghai.aliyuncs.com"
        self._programs, self._nginx, self.gate, self.backend, self.https = [], None, None, None, 0
        try:
            certificates.make(self.folder, {*self.accounts.things, *self.accounts.certified})
            self.accounts.authorizers["gate"] = self.file("authorizer.pub")
            self._start_mosquitto()
            self.gate = Gate(self.accounts, self._contexts(), self.folder / "mosquitto.sock")
            self.backend = Backend(self.accounts, lambda: (self.broker_host, self.gate.ports["mqtts"]))
            self._start_nginx()
        except BaseException:
            self.close()
            raise

    @property
    def ports(self):
        return {"https": self.https, **self.gate.ports}

    def file(self, name):
        return str(self.folder / name)

    def stop_https(self):
        """Nobody listens where the services were."""
        self._nginx.terminate()
        self._nginx.wait(PATIENCE)

    def start_https(self):
        """On the port that it had."""
        self._nginx = self._run_nginx()
        if not listens(self._nginx, socket.AF_INET, ("127.0.0.1", self.https)):
            raise RuntimeError("nginx does not come back: " + self._log())

    def expire_tokens(self):
        """The tokens are good no longer, and whoever is connected with one is thrown out."""
        self.accounts.expire_tokens()
        self.gate.drop()

    def close(self):
        if self.backend:
            self.backend.close()
        if self.gate:
            self.gate.close()
        for process in self._programs:
            process.terminate()
            process.wait(PATIENCE)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _contexts(self):
        contexts = {}
        for name in ("mqtts", "x509", "aws", "aws-443"):
            context = contexts[name] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.file("server.crt"), self.file("server.key"))
            if name != "mqtts":
                # On port 443 a token may take the place of the certificate.
                context.verify_mode = ssl.CERT_OPTIONAL if name == "aws-443" else ssl.CERT_REQUIRED
                context.load_verify_locations(self.file("authority.crt"))
        contexts["aws-443"].set_alpn_protocols(["x-amzn-mqtt-ca", "mqtt"])
        return contexts | {"mqtt": None}

    def _run(self, *command):
        command = (shutil.which(command[0], path=SBIN) or command[0], *command[1:])
        with open(self.folder / "programs.log", "ab") as log:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self._programs.append(process)
        return process

    def _start_mosquitto(self):
        conf, path = self.folder / "mosquitto.conf", self.file("mosquitto.sock")
        # Started by root it would become another user, whom the folder is closed to.
        user = "user root\n" if os.getuid() == 0 else ""
        conf.write_text(f"listener 0 {path}\nallow_anonymous true\npersistence false\n{user}", encoding="utf-8")
        if not listens(self._run("mosquitto", "-c", str(conf)), socket.AF_UNIX, path):
            raise RuntimeError("mosquitto does not start: " + self._log())

    def _run_nginx(self):
        conf = self.folder / "nginx.conf"
        text = NGINX.format(folder=self.folder, port=self.https, backend=self.backend.server_port)
        conf.write_text(text, encoding="utf-8")
        return self._run("nginx", "-p", str(self.folder), "-e", self.file("nginx.log"), "-c", str(conf))

    def _start_nginx(self):
        for _ in range(5):  # another program may take the port between the question and the start
            self.https = free_port()
            self._nginx = self._run_nginx()
            if listens(self._nginx, socket.AF_INET, ("127.0.0.1", self.https)):
                return
        raise RuntimeError("nginx does not start: " + self._log())

    def _log(self):
        return (self.folder / "programs.log").read_text(encoding="utf-8", errors="replace")


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    platform = Platform()
    platform.broker_host = "localhost"
    try:
        words = {name: str(port) for name, port in platform.ports.items()}
        words |= {"ca": platform.file("authority.crt")}
        words |= {"thing": platform.file("thing01.crt"), "thing-key": platform.file("thing01.key")}
        command = sys.argv[1:]
        for name, value in words.items():
            command = [word.replace("{" + name + "}", value) for word in command]
        if command:
            sys.exit(subprocess.run(command, check=False).returncode)
        print(*(f"{name}: {value}" for name, value in words.items()), sep="\n")
        print(*(f"{name}: {value}" for name, value in vars(platform.accounts).items() if value), sep="\n", flush=True)
        sys.stdin.read()
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        platform.close()


if __name__ == "__main__":
    main()
