# SPDX-License-Identifier: BSL-1.0
"""What five platforms accept: the rules that they print, judged with openssl, never with barelink.

Where a platform does not say which CONNACK it gives, a line with "our choice" says what the stand-in does.
"""
import json
import pathlib
import re
import secrets
import subprocess
import sys
import tempfile
import time
import urllib.parse
from dataclasses import dataclass, field

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path += [str(TESTS / "cloud"), str(TESTS / "console")]
import vectors  # noqa: E402  (openssl's signatures)

ACCEPTED, BAD_ID, UNAVAILABLE, BAD_LOGIN, NOT_AUTHORISED = 0, 2, 3, 4, 5  # CONNACK
METHODS = {"hmacmd5": "md5", "hmacsha1": "sha1", "hmacsha256": "sha256"}
DPS_HOST = "global.azure-devices-provisioning.net"
X509_HOST = "x509.itls.cn-shanghai.aliyuncs.com"


@dataclass
class Product:
    """Of Alibaba Cloud IoT."""

    secret: str
    region: str = "cn-shanghai"
    kind: str = "secret"  # or "x509": made for another kind of authentication
    registers: bool = True  # dynamic registration is switched on


@dataclass
class Accounts:
    """Who exists, and what was given out. `shift` sets the platform's clock, in seconds beside that of the machine."""

    products: dict = field(default_factory=dict)  # ProductKey: Product
    devices: dict = field(default_factory=dict)  # (ProductKey, DeviceName): DeviceSecret; None until it registers
    tokens: dict = field(default_factory=dict)  # iotId: (iotToken, ProductKey, DeviceName)
    device_tokens: dict = field(default_factory=dict)  # (ProductKey, DeviceName): (client id, token)
    azure: dict = field(default_factory=dict)  # (hub, device): key in base64
    enrollments: dict = field(default_factory=dict)  # (scope, registration id): (key in base64, hub)
    tencent: dict = field(default_factory=dict)  # (product, device): key in base64
    certified: dict = field(default_factory=dict)  # name in a certificate: (ProductKey, DeviceName)
    huawei: dict = field(default_factory=dict)  # device: secret
    things: set = field(default_factory=set)  # of AWS: names in certificates
    authorizers: dict = field(default_factory=dict)  # of AWS: name: file with the public key that signs tokens
    shift: float = 0

    def now(self):
        return time.time() + self.shift

    def issue_token(self, key, name):
        iot_id, token = secrets.token_hex(16), secrets.token_hex(16)
        self.tokens[iot_id] = token, key, name
        return iot_id, token

    def expire_tokens(self):
        self.tokens.clear()


@dataclass
class Channel:
    """How a CONNECT came."""

    tls: bool = True
    server_name: str = ""
    alpn: str = ""
    certificate: str = ""  # the common name in one that the authority signed
    port: str = "mqtts"


@dataclass
class Verdict:
    code: int  # of CONNACK; None: hang up without
    who: tuple = ()  # of each device only one connection lives
    until: float = 0  # when the platform hangs up, seconds since 1970; 0: never
    service: str = ""  # "register", "regnwl", "provisioning": no broker, the stand-in answers itself
    push: tuple = ()  # topic and payload of a message that follows CONNACK


def signed(method, secret, **fields):
    """Alibaba's: names and values, sorted by name, with nothing between."""
    return vectors.aliyun_sign(method, secret, fields)


def same(left, right):
    return secrets.compare_digest(left.encode(), right.encode())


def aliyun(accounts, c, channel):
    plain, bar, rest = c.client_id.partition("|")
    name, _, key = c.user.partition("&")
    if not bar or not rest.endswith("|") or len(plain) > 64:
        return Verdict(BAD_ID)
    fields = dict(part.partition("=")[::2] for part in rest[:-1].split(","))
    kind, mode = fields.get("authType", ""), fields.get("securemode", "")
    if mode not in (("2", "-1", "-2") if channel.tls else ("3", "0")):
        return Verdict(BAD_ID)
    if kind in ("register", "regnwl"):
        return aliyun_registration(accounts, c, key, name, fields, kind)
    if not 30 <= c.keep_alive <= 1200:
        return Verdict(BAD_ID)
    if kind == "connwl":
        good = mode == "-2" and accounts.device_tokens.get((key, name)) == (plain, c.password)
        return Verdict(ACCEPTED if good else BAD_LOGIN, (key, name))
    if mode in ("-1", "0"):
        token, *who = accounts.tokens.get(c.user, ("",))
        return Verdict(ACCEPTED, tuple(who)) if token and same(token, c.password) else Verdict(UNAVAILABLE)
    if (secret := accounts.devices.get((key, name))) is None:
        return Verdict(NOT_AUTHORISED)  # our choice
    wanted = {"clientId": plain, "deviceName": name, "productKey": key, "timestamp": fields.get("timestamp")}
    method = METHODS.get(fields.get("signmethod", "hmacmd5"))
    if method is None:
        return Verdict(BAD_ID)
    good = same(signed(method, secret, **wanted), c.password.lower())
    return Verdict(ACCEPTED if good else BAD_LOGIN, (key, name))


def aliyun_registration(accounts, c, key, name, fields, kind):
    product, method = accounts.products.get(key), METHODS.get(fields.get("signmethod"))
    if method is None or not fields.get("random"):
        return Verdict(BAD_ID)
    if product is None or not product.registers or (kind == "register" and (key, name) not in accounts.devices):
        return Verdict(NOT_AUTHORISED)  # our choice
    good = same(signed(method, product.secret, deviceName=name, productKey=key, random=fields["random"]), c.password)
    return Verdict(ACCEPTED if good else BAD_LOGIN, (key, name), service=kind)


def aliyun_certificate(accounts, c, channel):
    """A device that does not say its names is told them."""
    who = accounts.certified.get(channel.certificate)
    if who is None or c.password:
        return Verdict(NOT_AUTHORISED)  # our choice
    plain, bar, rest = c.client_id.partition("|")
    if not plain or not bar or "securemode=2" not in rest.split(",") or not 30 <= c.keep_alive <= 1200:
        return Verdict(BAD_ID)
    if c.user == "&":
        names = {"productKey": who[0], "deviceName": who[1]}
        return Verdict(ACCEPTED, who, push=("/ext/auth/identity/response", json.dumps(names)))
    return Verdict(ACCEPTED if c.user == f"{who[1]}&{who[0]}" else BAD_LOGIN, who)


def authorized(accounts, user):
    """A token in the user name, signed with the key of an authorizer."""
    fields = dict(urllib.parse.parse_qsl(user.partition("?")[2]))
    key = accounts.authorizers.get(fields.get("x-amz-customauthorizer-name"))
    with tempfile.NamedTemporaryFile() as signature:
        try:
            text = fields["x-amz-customauthorizer-signature"].encode()
            signature.write(vectors.openssl("base64", "-A", "-d", data=text))
            signature.flush()
            command = [vectors.OPENSSL, "dgst", "-sha256", "-verify", key, "-signature", signature.name]
            subprocess.run(command, input=fields["token"].encode(), capture_output=True, check=True)
        except (KeyError, TypeError, subprocess.CalledProcessError):
            return False
    return True


def aws(accounts, c, channel):
    """The policy of these things lets each connect under the name in its certificate."""
    if not channel.server_name or not 30 <= c.keep_alive <= 1200:
        return Verdict(None)
    if channel.port == "aws-443" and channel.alpn == "mqtt":
        return Verdict(ACCEPTED if authorized(accounts, c.user) else None, (c.client_id,))
    if channel.port == "aws-443" and channel.alpn != "x-amzn-mqtt-ca":
        return Verdict(None)
    good = channel.certificate in accounts.things and c.client_id == channel.certificate
    return Verdict(ACCEPTED if good else None, (c.client_id,))


def shared_access(key, resource, token, now):
    """Azure's token: its expiry, or 0 if it is not good."""
    scheme, _, query = token.partition(" ")
    fields = dict(part.partition("=")[::2] for part in query.split("&"))
    if scheme != "SharedAccessSignature" or not fields.get("se", "").isdecimal() or int(fields["se"]) <= now:
        return 0
    if urllib.parse.unquote(fields.get("sr", "")) != resource:
        return 0
    decoded = vectors.openssl("base64", "-A", "-d", data=key.encode())
    wanted = vectors.base64(vectors.mac("sha256", decoded, f"{fields['sr']}\n{fields['se']}"))
    return int(fields["se"]) if same(wanted, urllib.parse.unquote(fields.get("sig", ""))) else 0


def azure(accounts, c, channel):
    hub, key = channel.server_name, accounts.azure.get((channel.server_name, c.client_id))
    if key is None or c.user.partition("&")[0] != f"{hub}/{c.client_id}/?api-version=2021-04-12":
        return Verdict(NOT_AUTHORISED)
    expiry = shared_access(key, f"{hub}/devices/{c.client_id}", c.password, accounts.now())
    return Verdict(ACCEPTED if expiry else NOT_AUTHORISED, (hub, c.client_id), until=expiry)


def provisioning(accounts, c, _):
    scope, _, rest = c.user.partition("/registrations/")
    key, _ = accounts.enrollments.get((scope, c.client_id), (None, None))
    if key is None or rest != f"{c.client_id}/api-version=2019-03-31":
        return Verdict(NOT_AUTHORISED)
    good = shared_access(key, f"{scope}/registrations/{c.client_id}", c.password, accounts.now())
    return Verdict(ACCEPTED if good else NOT_AUTHORISED, (scope, c.client_id), service="provisioning")


def tencent(accounts, c, _):
    found = re.fullmatch(r"([^;]+);12010126;([^;]+);(\d+)", c.user)
    who = next((who for who in accounts.tencent if found and "".join(who) == c.client_id == found[1]), None)
    digits, _, method = c.password.partition(";")
    if who is None or METHODS.get(method) not in ("sha1", "sha256") or c.keep_alive > 900:
        return Verdict(BAD_LOGIN)
    decoded = vectors.openssl("base64", "-A", "-d", data=accounts.tencent[who].encode())
    if not same(vectors.mac(METHODS[method], decoded, c.user).hex(), digits.lower()):
        return Verdict(BAD_LOGIN)
    expiry = int(found[3])
    return Verdict(ACCEPTED if expiry > accounts.now() else NOT_AUTHORISED, who)  # our choice


def huawei(accounts, c, _):
    found = re.fullmatch(r"(.+)_0_([01])_(\d{10})", c.client_id)
    secret = accounts.huawei.get(c.user)
    if not found or found[1] != c.user or not 30 <= c.keep_alive <= 1200:
        return Verdict(BAD_ID)
    if secret is None or not same(vectors.mac("sha256", found[3], secret).hex(), c.password):
        return Verdict(BAD_LOGIN)
    said = vectors.seconds(f"{found[3][:8]}T{found[3][8:]}0000Z")
    late = found[2] == "1" and not -3600 <= accounts.now() - said < 7200
    return Verdict(NOT_AUTHORISED if late else ACCEPTED, (c.user,))  # our choice


def judge(accounts, c, channel):
    """Which platform is meant stands in the name that TLS asks for; without, in what CONNECT looks like."""
    name = channel.server_name
    if channel.port.startswith("aws") or name.endswith(".amazonaws.com"):
        return aws(accounts, c, channel)
    if name == X509_HOST:
        return aliyun_certificate(accounts, c, channel)
    if name == DPS_HOST:
        return provisioning(accounts, c, channel)
    if name.endswith(".azure-devices.net"):
        return azure(accounts, c, channel)
    if ";12010126;" in c.user:
        return tencent(accounts, c, channel)
    if "|" in c.client_id or "&" in c.user:
        return aliyun(accounts, c, channel)
    return huawei(accounts, c, channel)
