#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The stand-in itself: it lets in the published vectors and nobody else, and is as ill as a test wants it to be.

Nothing of barelink is run here.
"""
import hashlib
import hmac
import http.client
import json
import socket
import ssl
import struct
import subprocess
import sys
import unittest
import urllib.parse

import rules
import stand_in
from stand_in import HUB, PATIENCE, Platform

import mqtt

KEY, NAME, SECRET = "a1AbCdEfGhI", "dev01", "0123456789abcdef0123456789abcdef"
ALIYUN = f"{KEY}.iot-as-mqtt.cn-shanghai.aliyuncs.com"
# Vectors C, K, L and M.
DIRECT = f"{KEY}.{NAME}|securemode=2,signmethod=hmacsha256,timestamp=2524608000000|"
DIRECT_PASSWORD = "3bf1c2729df392d9368ef6ae8c39d2df167616af38adc551e309acd08b22db64"
AZURE_USER = f"{HUB}/dev01/?api-version=2021-04-12"
AZURE_TOKEN = (
    "SharedAccessSignature sr=myhub.azure-devices.net%2Fdevices%2Fdev01"
    "&sig=g96wU%2BQrKVuIhuEhP5AqzUT7VQmX%2BNl916LfviWXaLU%3D&se=1893456000"
)
TENCENT = "ABC123DEF4dev01;12010126;E4F3Q;1893456000"
TENCENT_PASSWORD = "4af08f6ae20d35e242e8cb7df6e50889b02556309ceac3b1911d912256d6d6f7;hmacsha256"
HUAWEI = "5e06bfee334dd4f33759f5b3_dev01"
HUAWEI_PASSWORD = "c75150e6cb841417396819e4d2ee4358a416344a03a083e3a8567074ddec820a"
HUAWEI_HOST = "x.iot-mqtts.cn-north-4.myhuaweicloud.com"
AWS_HOST = "x-ats.iot.us-east-1.amazonaws.com"


def sign(secret, text):
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


class CommandLine(unittest.TestCase):
    def run_it(self, *command):
        words = [sys.executable, stand_in.__file__, *command]
        return subprocess.run(words, input="", capture_output=True, text=True, timeout=PATIENCE, check=False)

    def test_a_command(self):
        """It finds ports and files, and its status is the one of the stand-in."""
        dial = "openssl s_client -connect localhost:$1 -CAfile $2 -verify_return_error </dev/null && exit 7"
        done = self.run_it("sh", "-c", dial, "sh", "{mqtts}", "{ca}")
        self.assertEqual(7, done.returncode, done.stderr)

    def test_no_command(self):
        done = self.run_it()
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        self.assertRegex(done.stdout, r"(?m)^https: \d+\n(.|\n)*^mqtts: \d+\n(.|\n)*^products: .*a1AbCdEfGhI")


class StandIn(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.platform = Platform()
        cls.addClassCleanup(cls.platform.close)

    def tearDown(self):
        self.platform.backend.heal()
        self.platform.accounts.shift = 0

    def trust(self, alpn="", thing=""):
        context = ssl.create_default_context(cafile=self.platform.file("authority.crt"))
        if alpn:
            context.set_alpn_protocols([alpn])
        if thing:
            context.load_cert_chain(self.platform.file(thing + ".crt"), self.platform.file(thing + ".key"))
        return context

    def post(self, path, region="cn-shanghai", **form):
        """(status, body) of the HTTPS service."""
        host = f"iot-auth.{region}.aliyuncs.com"
        web = http.client.HTTPSConnection("127.0.0.1", self.platform.ports["https"], timeout=PATIENCE)
        self.addCleanup(web.close)
        tcp = socket.create_connection((web.host, web.port), PATIENCE)
        web.sock = self.trust().wrap_socket(tcp, server_hostname=host)
        kind = {"Host": host, "Content-Type": "application/x-www-form-urlencoded"}
        web.request("POST", path, urllib.parse.urlencode(form), kind)
        answer = web.getresponse()
        self.head = dict(answer.getheaders())
        return answer.status, answer.read()

    def authenticate(self, sign_with=SECRET, region="cn-shanghai", **change):
        form = {"productKey": KEY, "deviceName": NAME, "clientId": "c1", "timestamp": "1"} | change
        text = "".join(name + value for name, value in sorted(form.items()))
        more = {"signmethod": "hmacsha256", "version": "default", "resources": "mqtt"}
        status, body = self.post("/auth/devicename", region, **form, **more, sign=sign(sign_with, text))
        self.assertEqual(200, status)
        return json.loads(body)

    def dial(self, host, client_id, user=None, password=None, port="mqtts", keep_alive=60, **secured):
        """(code of CONNACK, socket); None if it hangs up without."""
        connection = socket.create_connection(("127.0.0.1", self.platform.ports[port]), PATIENCE)
        self.addCleanup(connection.close)
        if port != "mqtt":
            connection = self.trust(**secured).wrap_socket(connection, server_hostname=host)
            self.addCleanup(connection.close)
        fields = [client_id] + [text for text in (user, password) if text is not None]
        flags = 2 | (0x80 if user is not None else 0) | (0x40 if password is not None else 0)
        body = mqtt.text("MQTT") + struct.pack(">BBH", 4, flags, keep_alive) + b"".join(map(mqtt.text, fields))
        connection.sendall(mqtt.packet(mqtt.CONNECT, 0, body))
        try:
            answer = connection.recv(4)
        except (ConnectionResetError, ssl.SSLError):
            answer = b""
        return (answer[3] if answer else None), connection

    def code(self, *words, **more):
        return self.dial(*words, **more)[0]

    def next(self, connection):
        """A packet; None at the end."""
        kind, length = (connection.recv(1) + b"\0")[0], connection.recv(1)
        if not length:
            return None
        size = length[0] & 127
        if length[0] > 127:
            size += connection.recv(1)[0] << 7
        body = b""
        while len(body) < size:
            body += connection.recv(size - len(body))
        return mqtt.Packet(kind >> 4, kind & 15, body)

    def test_direct(self):
        user = f"{NAME}&{KEY}"
        self.assertEqual(0, self.code(ALIYUN, DIRECT, user, DIRECT_PASSWORD))
        self.assertEqual(0, self.code(ALIYUN, DIRECT, user, DIRECT_PASSWORD.upper()))
        plain = DIRECT.replace("securemode=2", "securemode=3")
        self.assertEqual(0, self.code(ALIYUN, plain, user, DIRECT_PASSWORD, port="mqtt"))
        self.assertEqual(2, self.code(ALIYUN, plain, user, DIRECT_PASSWORD))
        self.assertEqual(2, self.code(ALIYUN, DIRECT, user, DIRECT_PASSWORD, keep_alive=29))
        self.assertEqual(2, self.code(ALIYUN, DIRECT[:-1], user, DIRECT_PASSWORD))
        self.assertEqual(4, self.code(ALIYUN, DIRECT, user, DIRECT_PASSWORD[:-1] + "5"))
        self.assertEqual(4, self.code(ALIYUN, DIRECT, user, ""))
        self.assertEqual(4, self.code(ALIYUN, "x" + DIRECT, user, DIRECT_PASSWORD))
        self.assertEqual(5, self.code(ALIYUN, DIRECT, f"dev02&{KEY}", DIRECT_PASSWORD))

    def test_a_broker_stands_behind(self):
        _, connection = self.dial(ALIYUN, DIRECT, f"{NAME}&{KEY}", DIRECT_PASSWORD)
        connection.sendall(mqtt.packet(mqtt.SUBSCRIBE, 2, b"\0\7" + mqtt.text("/a/b") + b"\1"))
        self.assertEqual(mqtt.SUBACK, self.next(connection).type)
        connection.sendall(mqtt.publish("/a/b", b"x" * 1000, 1, 9))
        kinds = [self.next(connection) for _ in range(2)]
        self.assertEqual({mqtt.PUBACK, mqtt.PUBLISH}, {packet.type for packet in kinds})

    def test_a_device_connects_twice(self):
        _, first = self.dial(ALIYUN, DIRECT, f"{NAME}&{KEY}", DIRECT_PASSWORD)
        code, _ = self.dial(ALIYUN, DIRECT, f"{NAME}&{KEY}", DIRECT_PASSWORD)
        self.assertEqual((0, b""), (code, first.recv(1)))

    def test_authentication(self):
        answer = self.authenticate()
        self.assertEqual(200, answer["code"])
        data = answer["data"]
        self.assertEqual({"host": ALIYUN, "port": self.platform.ports["mqtts"]}, data["resources"]["mqtt"])
        login = ("c1|securemode=-1,signmethod=hmacsha256|", data["iotId"], data["iotToken"])
        code, connection = self.dial(ALIYUN, *login)
        self.assertEqual(0, code)
        self.assertEqual(3, self.code(ALIYUN, login[0], data["iotId"], "x"))
        self.platform.expire_tokens()
        self.assertEqual(b"", connection.recv(1))
        self.assertEqual(3, self.code(ALIYUN, *login))

    def test_authentication_refused(self):
        self.assertEqual(400, self.authenticate("secret")["code"])
        self.assertEqual(5001, self.authenticate(deviceName="dev02")["code"])
        self.assertEqual(5001, self.authenticate(region="ap-southeast-1")["code"])
        self.assertEqual(6200, self.authenticate(productKey="a1Certified")["code"])
        self.assertEqual(460, self.authenticate(clientId="x" * 65)["code"])
        self.assertEqual(460, json.loads(self.post("/auth/other")[1])["code"])

    def test_registration_by_https(self):
        def asked(secret, name="new01", key=KEY):
            text = f"deviceName{name}productKey{key}random1"
            form = {"productKey": key, "deviceName": name, "random": "1", "signMethod": "hmacsha256"}
            return json.loads(self.post("/auth/register/device", **form, sign=sign(secret, text))[1])

        self.assertEqual(400, asked("x")["code"])
        self.assertEqual(5001, asked("productsecret01", "nobody")["code"])
        self.assertEqual(6200, asked("productsecret02", "dev01", "a1Certified")["code"])
        given = asked("productsecret01")
        self.assertEqual((200, "new01"), (given["code"], given["data"]["deviceName"]))
        password = sign(given["data"]["deviceSecret"], f"clientIdcdeviceNamenew01productKey{KEY}")
        self.assertEqual(0, self.code(ALIYUN, "c|securemode=2,signmethod=hmacsha256|", f"new01&{KEY}", password))

    def test_registration_by_mqtt(self):
        def asked(kind, name, secret="productsecret01"):
            client_id = f"x|securemode=2,authType={kind},random=1,signmethod=hmacsha256|"
            password = sign(secret, f"deviceName{name}productKey{KEY}random1")
            return self.dial(ALIYUN, client_id, f"{name}&{KEY}", password, keep_alive=0)

        self.assertEqual(4, asked("register", "new01", "x")[0])
        self.assertEqual(5, asked("register", "nobody")[0])
        code, connection = asked("register", "new01")
        answer = mqtt.read_publish(self.next(connection))
        self.assertEqual((0, "/ext/register"), (code, answer.topic))
        self.assertEqual(["productKey", "deviceName", "deviceSecret"], list(json.loads(answer.payload)))
        code, connection = asked("regnwl", "nobody")
        answer = mqtt.read_publish(self.next(connection))
        self.assertEqual((0, "/ext/regnwl"), (code, answer.topic))
        given = json.loads(answer.payload)
        client_id = given["clientId"] + "|securemode=-2,authType=connwl|"
        self.assertEqual(0, self.code(ALIYUN, client_id, f"nobody&{KEY}", given["deviceToken"]))
        self.assertEqual(4, self.code(ALIYUN, client_id, f"nobody&{KEY}", "x"))

    def test_faults_of_the_service(self):
        backend, good = self.platform.backend, self.authenticate()
        backend.spoil(code=5001)
        self.assertEqual(5001, self.authenticate()["code"])
        backend.spoil(status=400, body=b"no")
        self.assertEqual((400, b"no"), self.post("/auth/devicename"))
        backend.spoil(pieces=7)
        self.assertEqual((good["code"], "chunked"), (self.authenticate()["code"], self.head["Transfer-Encoding"]))
        backend.spoil(date="Thu, 01 Jan 1970 00:00:00 GMT")
        self.assertEqual((200, "Thu, 01 Jan 1970 00:00:00 GMT"), (self.authenticate()["code"], self.head["Date"]))
        backend.spoil(cut=10)
        self.assertRaises(http.client.IncompleteRead, self.authenticate)
        backend.spoil(body=b"x" * 100_000)
        self.assertEqual(100_000, len(self.post("/auth/devicename")[1]))
        backend.heal()
        self.assertEqual(200, self.authenticate()["code"])

    def test_down_and_elsewhere(self):
        gate, login = self.platform.gate, (ALIYUN, DIRECT, f"{NAME}&{KEY}", DIRECT_PASSWORD)
        _, connection = self.dial(*login)
        gate.shut()
        self.assertEqual(b"", connection.recv(1))
        self.assertRaises(ConnectionRefusedError, self.dial, *login)
        port = gate.ports["mqtts"]
        gate.open()
        self.assertEqual((0, port), (self.code(*login), gate.ports["mqtts"]))
        gate.move()
        self.assertEqual(0, self.code(*login))
        self.assertEqual(gate.ports["mqtts"], self.authenticate()["data"]["resources"]["mqtt"]["port"])

    def test_aws(self):
        self.assertEqual(0, self.code(AWS_HOST, "thing01", port="aws", thing="thing01"))
        alpn = {"port": "aws-443", "thing": "thing01"}
        self.assertEqual(0, self.code(AWS_HOST, "thing01", alpn="x-amzn-mqtt-ca", **alpn))
        self.assertIsNone(self.code(AWS_HOST, "thing01", **alpn))
        self.assertIsNone(self.code(AWS_HOST, "thing02", port="aws", thing="thing01"))
        self.assertIsNone(self.code(AWS_HOST, "thing01", port="aws", thing="stranger"))
        self.assertIsNone(self.code(AWS_HOST, "thing01", port="aws"))

    def test_azure(self):
        login = (HUB, "dev01", AZURE_USER)
        self.assertEqual(0, self.code(*login, AZURE_TOKEN))
        self.assertEqual(5, self.code(*login, AZURE_TOKEN.replace("g96w", "h96w")))
        self.assertEqual(5, self.code(*login, AZURE_TOKEN.replace("se=18", "se=19")))
        self.assertEqual(5, self.code(HUB, "dev01", "dev01", AZURE_TOKEN))
        self.assertEqual(5, self.code("other.azure-devices.net", "dev01", AZURE_USER, AZURE_TOKEN))
        self.platform.accounts.shift = 1893456000 - rules.time.time() + 1
        self.assertEqual(5, self.code(*login, AZURE_TOKEN))
        self.platform.accounts.shift -= 2  # the token has a second left
        code, connection = self.dial(*login, AZURE_TOKEN)
        self.assertEqual((0, b""), (code, connection.recv(1)))

    def test_tencent(self):
        host = "ABC123DEF4.iotcloud.tencentdevices.com"
        for port in ("mqtt", "mqtts"):
            self.assertEqual(0, self.code(host, "ABC123DEF4dev01", TENCENT, TENCENT_PASSWORD, port=port))
        self.assertEqual(4, self.code(host, "ABC123DEF4dev01", TENCENT, "0" + TENCENT_PASSWORD))
        self.assertEqual(4, self.code(host, "ABC123DEF4dev02", TENCENT, TENCENT_PASSWORD))
        self.platform.accounts.shift = 1893456000 - rules.time.time() + 1
        self.assertEqual(5, self.code(host, "ABC123DEF4dev01", TENCENT, TENCENT_PASSWORD))

    def test_huawei(self):
        unchecked, checked = (f"{HUAWEI}_0_{mode}_2025041401" for mode in (0, 1))
        self.assertEqual(0, self.code(HUAWEI_HOST, unchecked, HUAWEI, HUAWEI_PASSWORD))
        self.assertEqual(4, self.code(HUAWEI_HOST, unchecked, HUAWEI, HUAWEI_PASSWORD[:-1] + "0"))
        self.assertEqual(5, self.code(HUAWEI_HOST, checked, HUAWEI, HUAWEI_PASSWORD))
        self.platform.accounts.shift = 1744592400 - rules.time.time() + 1800  # 2025-04-14 01:30
        self.assertEqual(0, self.code(HUAWEI_HOST, checked, HUAWEI, HUAWEI_PASSWORD))

    def test_provisioning(self):
        resource = urllib.parse.quote("0ne00000001/registrations/dev01", safe="")
        key = b"device-key-0123456789abcdef012345"
        made = hmac.digest(key, f"{resource}\n1893456000".encode(), "sha256")
        token = f"SharedAccessSignature sr={resource}&sig={urllib.parse.quote(rules.vectors.base64(made), safe='')}"
        user = "0ne00000001/registrations/dev01/api-version=2019-03-31"
        self.assertEqual(5, self.code(rules.DPS_HOST, "dev01", user, token + "&se=1893456001&skn=registration"))
        code, connection = self.dial(rules.DPS_HOST, "dev01", user, token + "&se=1893456000&skn=registration")
        self.assertEqual(0, code)
        asked = mqtt.publish("$dps/registrations/PUT/iotdps-register/?$rid=1", b'{"registrationId":"dev01"}')
        connection.sendall(asked)
        self.assertIn("res/202/?$rid=1", mqtt.read_publish(self.next(connection)).topic)
        asked = mqtt.publish("$dps/registrations/GET/iotdps-get-operationstatus/?$rid=2&operationId=4.op")
        connection.sendall(asked)
        answer = json.loads(mqtt.read_publish(self.next(connection)).payload)
        self.assertEqual(HUB, answer["registrationState"]["assignedHub"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
