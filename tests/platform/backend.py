# SPDX-License-Identifier: BSL-1.0
"""The HTTPS services of Alibaba Cloud IoT, behind nginx: authentication and registration of devices.

A test may set `fault`: every answer is spoilt by it until it is taken back.
"""
import http.server
import json
import secrets
import threading
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass

import rules

PATIENCE = 60  # seconds that silence lasts at most
MESSAGES = {200: "success", 400: "authentication failed", 460: "request parameter error", 5001: "meta device not found"}


@dataclass
class Fault:
    code: int = 0  # instead of a good answer
    status: int = 200  # of HTTP
    body: bytes = None  # instead of JSON
    cut: int = None  # hangs up after so many bytes of the body
    cuts: Iterator[int] = None  # the same, another number for each answer
    pieces: int = 0  # sends the body in chunks of so many bytes
    date: str = ""  # says this instead of the time
    silent: bool = False  # says nothing until the fault is taken back


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def date_time_string(self, timestamp=None):
        fault = self.server.fault
        return fault.date if fault and fault.date else super().date_time_string(timestamp)

    def do_POST(self):
        text = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode("utf-8", "replace")
        form = dict(urllib.parse.parse_qsl(text, keep_blank_values=True))
        services = {"/auth/devicename": authenticate, "/auth/register/device": register}
        self.server.asked.append((self.path, form))
        fault = self.server.fault or Fault()
        if fault.silent:
            fault.over.wait(PATIENCE)
            self.close_connection = True
            return
        if fault.code:
            code, data = fault.code, None
        elif self.path in services and self.headers.get("Content-Type") == "application/x-www-form-urlencoded":
            code, data = services[self.path](self.server, form, self.region())
        else:
            code, data = 460, None
        answer = {"code": code, "message": MESSAGES.get(code, "refused")}
        answer |= {"data": data} if data else {}
        self.answer(fault, json.dumps(answer).encode() if fault.body is None else fault.body)

    def region(self):
        """Of the host that was asked for; empty for a host that no region has, as on a machine without these names."""
        host = self.headers.get("Host", "").partition(":")[0]
        here = host.startswith("iot-auth.") and host.endswith(".aliyuncs.com")
        return host.removeprefix("iot-auth.").removesuffix(".aliyuncs.com") if here else ""

    def answer(self, fault, body):
        self.send_response(fault.status)
        self.send_header("Content-Type", "application/json")
        if fault.pieces:
            self.send_header("Transfer-Encoding", "chunked")
            parts = [body[at : at + fault.pieces] for at in range(0, len(body), fault.pieces)]
            body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
        else:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        cut = next(fault.cuts) if fault.cuts else fault.cut
        if cut is not None and cut < len(body):
            body = body[:cut]
            self.close_connection = True
        self.wfile.write(body)


def authenticate(server, form, region):
    """(code, data)."""
    accounts = server.accounts
    key, name, sign = (form.get(field, "") for field in ("productKey", "deviceName", "sign"))
    method = rules.METHODS.get(form.get("signmethod", "hmacmd5"))
    if not key or not name or not sign or method is None or len(form.get("clientId", "")) > 64:
        return 460, None
    product, secret = accounts.products.get(key), accounts.devices.get((key, name))
    if product is None or secret is None or region not in ("", product.region):
        return 5001, None
    if product.kind != "secret":
        return 6200, None
    unsigned = ("version", "sign", "resources", "signmethod")
    wanted = {field: value for field, value in form.items() if field not in unsigned}
    if not rules.same(rules.signed(method, secret, **wanted), sign.lower()):
        return 400, None
    iot_id, token = accounts.issue_token(key, name)
    host, port = server.broker()
    return 200, {"iotId": iot_id, "iotToken": token, "resources": {"mqtt": {"host": host, "port": port}}}


def register(server, form, region):
    accounts = server.accounts
    key, name, sign, random = (form.get(field, "") for field in ("productKey", "deviceName", "sign", "random"))
    method = rules.METHODS.get(form.get("signMethod", "hmacmd5"))
    if not key or not name or not sign or not random or method is None:
        return 460, None
    product = accounts.products.get(key)
    if product is None or region not in ("", product.region) or (key, name) not in accounts.devices:
        return 5001, None
    if not product.registers:
        return 6200, None
    if not rules.same(rules.signed(method, product.secret, deviceName=name, productKey=key, random=random), sign):
        return 400, None
    return 200, {"productKey": key, "deviceName": name, "deviceSecret": secret_of(accounts, key, name)}


def secret_of(accounts, key, name):
    """A device that registers again gets the secret that it had."""
    if accounts.devices.get((key, name)) is None:
        accounts.devices[key, name] = secrets.token_hex(16)
    return accounts.devices[key, name]


class Backend(http.server.ThreadingHTTPServer):
    """`broker` returns host and port of the broker that a device is sent to."""

    daemon_threads = True

    def __init__(self, accounts, broker):
        super().__init__(("127.0.0.1", 0), Handler)
        self.accounts, self.broker, self.fault, self.asked = accounts, broker, None, []
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def spoil(self, **what):
        """Until heal()."""
        self.heal()
        self.fault = Fault(**what)
        self.fault.over = threading.Event()

    def heal(self):
        if self.fault:
            self.fault.over.set()
        self.fault = None

    def close(self):
        self.heal()
        self.shutdown()
        self.server_close()
