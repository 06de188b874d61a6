#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Writes test vectors that know nothing of barelink: openssl computes, Python only joins texts.

usage: vectors.py OUTPUT [--openssl PROGRAM]

The inputs come from a fixed seed, so that a failure can be seen again; the rules are those that each platform prints.
"""
import argparse
import calendar
import random
import string
import subprocess
import time
import urllib.parse

COUNT = 24  # of each kind
OPENSSL = "openssl"
METHODS = ("md5", "sha1", "sha256")
WORD = string.ascii_letters + string.digits
PRINTABLE = "".join(chr(c) for c in range(0x21, 0x7F))


def openssl(*arguments, data):
    return subprocess.run([OPENSSL, *arguments], input=data, stdout=subprocess.PIPE, check=True).stdout


def mac(method, key, text):
    key = key.encode() if isinstance(key, str) else key
    # An empty key can't be written in hexadecimal; the vectors have none.
    given = ("-mac", "HMAC", "-macopt", f"hexkey:{key.hex()}", "-binary")
    return openssl("dgst", f"-{method}", *given, data=text.encode())


def sha256(text):
    return openssl("dgst", "-sha256", "-binary", data=text.encode()).hex()


def base64(octets):
    return openssl("base64", "-A", data=octets).decode().strip()


def seconds(stamp):
    """Since 1970, of YYYYMMDDTHHMMSSZ."""
    return calendar.timegm(time.strptime(stamp, "%Y%m%dT%H%M%SZ"))


def quoted(text):
    return urllib.parse.quote(text, safe="")


class Dice(random.Random):
    def word(self, low, high, alphabet=WORD):
        return "".join(self.choice(alphabet) for _ in range(self.randint(low, high)))


def literal(value):
    """A C++ initialiser. None is a text that is absent."""
    if value is None:
        return "std::string_view{}"
    if isinstance(value, int):
        return str(value)
    if value in METHODS:
        return f"barelink::digest::{value}"
    body = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("??", '?""?')
    return f'std::string_view{{"{body}", {len(value)}}}'


def aliyun_sign(method, secret, fields):
    content = "".join(name + value for name, value in sorted(fields.items()) if value is not None)
    return mac(method, secret, content).hex()


def aliyun_direct(dice):
    key, name, secret = dice.word(1, 20), dice.word(1, 32, WORD + "-_@.:"), dice.word(1, 64, PRINTABLE)
    client = dice.choice((None, "", dice.word(1, 64, WORD + ".&=,:")))
    stamp = dice.choice((None, "2524608000000", dice.word(1, 13, string.digits)))
    method, mode = dice.choice(METHODS), dice.choice((2, 3))
    extensions = dice.choice(("", "_ss=1", "_ss=1,ext=3,_v=x-1.0"))
    plain = f"{key}.{name}" if client is None else client
    fields = {"clientId": plain, "deviceName": name, "productKey": key, "timestamp": stamp}
    parts = [f"securemode={mode}", f"signmethod=hmac{method}"]
    parts += [f"timestamp={stamp}"] if stamp is not None else []
    parts += [extensions] if extensions else []
    login = f"{plain}|{','.join(parts)}|", f"{name}&{key}", aliyun_sign(method, secret, fields)
    return key, name, secret, client, stamp, method, mode, extensions, *login


def aliyun_auth(dice):
    key, name, secret = dice.word(1, 20), dice.word(1, 32, WORD + "-_@.:"), dice.word(1, 64, PRINTABLE)
    client, method = dice.word(1, 64, WORD + ".&=,:%+"), dice.choice(METHODS)
    stamp = dice.choice((None, dice.word(1, 13, string.digits)))
    fields = {"clientId": client, "deviceName": name, "productKey": key, "timestamp": stamp}
    body = {"productKey": key, "deviceName": name, "clientId": client}
    if stamp is not None:
        body["timestamp"] = stamp
    body |= {"signmethod": f"hmac{method}", "version": "default", "resources": "mqtt"}
    body["sign"] = aliyun_sign(method, secret, fields)
    text = urllib.parse.urlencode(body, quote_via=urllib.parse.quote, safe="")
    return key, name, secret, client, stamp, method, text


def aliyun_register(dice):
    key, name, secret = dice.word(1, 20), dice.word(1, 32, WORD + "-_@.:"), dice.word(1, 64, PRINTABLE)
    noise, method = dice.word(1, 64), dice.choice(METHODS)
    sign = aliyun_sign(method, secret, {"deviceName": name, "productKey": key, "random": noise})
    body = {"productKey": key, "deviceName": name, "random": noise, "signMethod": f"hmac{method}", "sign": sign}
    instance = dice.choice(("", "iot-" + dice.word(4, 10, string.ascii_lowercase)))
    known = dice.randint(0, 1)
    parts = ["securemode=2", f"authType={'register' if known else 'regnwl'}", f"random={noise}"]
    parts += [f"signmethod=hmac{method}"]
    parts += [f"instanceId={instance}"] if instance else []
    text = urllib.parse.urlencode(body, quote_via=urllib.parse.quote, safe="")
    return key, name, secret, noise, method, instance, known, text, f"{name}.{key}|{','.join(parts)}|", sign


def aws_websocket(dice):
    access, secret = dice.word(16, 20, string.ascii_uppercase + string.digits), dice.word(40, 40, WORD + "+/")
    region = dice.choice(("us-east-1", "eu-central-1", "ap-southeast-2"))
    host = f"{dice.word(8, 14, string.ascii_lowercase + string.digits)}-ats.iot.{region}.amazonaws.com"
    day = f"20{dice.randint(10, 99)}{dice.randint(1, 12):02}{dice.randint(1, 28):02}"
    stamp = f"{day}T{dice.randint(0, 23):02}{dice.randint(0, 59):02}{dice.randint(0, 59):02}Z"
    session = dice.choice(("", dice.word(20, 60, WORD + "+/=")))
    scope = f"{day}/{region}/iotdevicegateway/aws4_request"
    query = "&".join(
        f"{quoted(name)}={quoted(value)}"
        for name, value in sorted(
            {
                "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
                "X-Amz-Credential": f"{access}/{scope}",
                "X-Amz-Date": stamp,
                "X-Amz-SignedHeaders": "host",
            }.items()
        )
    )
    request = "\n".join(("GET", "/mqtt", query, f"host:{host}", "", "host", sha256("")))
    key = f"AWS4{secret}".encode()
    for part in (day, region, "iotdevicegateway", "aws4_request"):
        key = mac("sha256", key, part)
    signature = mac("sha256", key, "\n".join(("AWS4-HMAC-SHA256", stamp, scope, sha256(request)))).hex()
    path = f"/mqtt?{query}&X-Amz-Signature={signature}"
    path += f"&X-Amz-Security-Token={quoted(session)}" if session else ""
    return access, secret, session, host, region, seconds(stamp), path


def azure_hub(dice):
    hub = f"{dice.word(3, 20, string.ascii_lowercase + string.digits + '-')}.azure-devices.net"
    device, module = dice.word(1, 40, WORD + "-:._"), dice.choice(("", dice.word(1, 20)))
    key, expiry = dice.randbytes(dice.choice((16, 32, 48, 64))), dice.randint(1_600_000_000, 4_000_000_000)
    policy = dice.choice(("", "device", dice.word(1, 10)))
    resource = quoted(f"{hub}/devices/{device}" + (f"/modules/{module}" if module else ""))
    signature = quoted(base64(mac("sha256", key, f"{resource}\n{expiry}")))
    token = f"SharedAccessSignature sr={resource}&sig={signature}&se={expiry}" + (f"&skn={policy}" if policy else "")
    name = f"{device}/{module}" if module else device
    return hub, device, module, base64(key), expiry, policy, name, f"{hub}/{name}/?api-version=2021-04-12", token


def azure_provisioning(dice):
    scope, name = "0ne" + dice.word(8, 8, WORD), dice.word(1, 60, WORD + "-._")
    key, expiry = dice.randbytes(dice.choice((32, 64))), dice.randint(1_600_000_000, 4_000_000_000)
    resource = quoted(f"{scope}/registrations/{name}")
    signature = quoted(base64(mac("sha256", key, f"{resource}\n{expiry}")))
    token = f"SharedAccessSignature sr={resource}&sig={signature}&se={expiry}&skn=registration"
    return scope, name, base64(key), expiry, f"{scope}/registrations/{name}/api-version=2019-03-31", token


def tencent_hub(dice):
    product, device = dice.word(10, 10), dice.word(1, 48, WORD + "-_:")
    key, method = dice.randbytes(dice.choice((15, 16, 24))), dice.choice(("sha1", "sha256"))
    nonce, expiry = dice.word(5, 5), dice.randint(1_600_000_000, 4_000_000_000)
    user = f"{product}{device};12010126;{nonce};{expiry}"
    password = f"{mac(method, key, user).hex()};hmac{method}"
    return product, device, base64(key), method, nonce, expiry, product + device, user, password


def huawei_iotda(dice):
    device, secret = dice.word(1, 60, WORD + "-_"), dice.word(8, 32, PRINTABLE)
    hour = f"20{dice.randint(10, 99)}{dice.randint(1, 12):02}{dice.randint(1, 28):02}{dice.randint(0, 23):02}"
    checked = dice.randint(0, 1)
    now = seconds(f"{hour[:8]}T{hour[8:]}0000Z") + dice.randint(0, 3599)
    return device, secret, now, checked, f"{device}_0_{checked}_{hour}", device, mac("sha256", hour, secret).hex()


KINDS = {
    aliyun_direct: "product_key device_name secret client_id timestamp method:digest mode:int extensions "
    "expected_client_id expected_user expected_password",
    aliyun_auth: "product_key device_name secret client_id timestamp method:digest expected_body",
    aliyun_register: "product_key device_name secret random method:digest instance known:int "
    "expected_body expected_client_id expected_password",
    aws_websocket: "access_key secret_key session_token host region now:time expected_path",
    azure_hub: "hub device module key expiry:time policy expected_client_id expected_user expected_password",
    azure_provisioning: "scope registration_id key expiry:time expected_user expected_password",
    tencent_hub: "product device key method:digest nonce expiry:time "
    "expected_client_id expected_user expected_password",
    huawei_iotda: "device secret now:time checked:int expected_client_id expected_user expected_password",
}
TYPES = {"": "std::string_view", "digest": "barelink::digest", "int": "int", "time": "std::uint64_t"}


def header():
    dice = Dice(20260101)
    yield "// Made by tests/cloud/vectors.py with openssl.\n#pragma once\n#include <cstdint>\n#include <string_view>\n"
    yield "#include <barelink/crypto/engine.hpp>\nnamespace vectors {\n"
    for kind, fields in KINDS.items():
        members = [field.partition(":") for field in fields.split()]
        yield f"struct {kind.__name__} {{\n"
        yield "".join(f"    {TYPES[what]} {name};\n" for name, _, what in members) + "};\n"
        yield f"inline constexpr {kind.__name__} {kind.__name__}_all[] = {{\n"
        for _ in range(COUNT):
            yield "    {" + ", ".join(map(literal, kind(dice))) + "},\n"
        yield "};\n"
    yield "}  // namespace vectors\n"


def main():
    global OPENSSL
    parser = argparse.ArgumentParser()
    parser.add_argument("output")
    parser.add_argument("--openssl", default=OPENSSL)
    options = parser.parse_args()
    OPENSSL = options.openssl
    text = "".join(header())
    with open(options.output, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main()
