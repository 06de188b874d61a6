#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Whole flows against the stand-in: a device of each cloud, everything that can go wrong, and how it comes back.

usage: test_flows.py DEVICE [unittest's arguments]

Nothing here sleeps: everything waits for a line of the device, with a bound that only a failure reaches.
"""
import itertools
import sys
import unittest

from device import Device
from rules import vectors
from stand_in import HUB, Platform

DEVICE = None
KEY, NAME, SECRET = "a1AbCdEfGhI", "dev01", "0123456789abcdef0123456789abcdef"
AZURE_KEY = "ZGV2aWNlLWtleS0wMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1"
HUAWEI = {"host": "x.iot-mqtts.cn-north-4.myhuaweicloud.com", "device": "5e06bfee334dd4f33759f5b3_dev01"}


class Flow(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.platform = Platform()
        cls.addClassCleanup(cls.platform.close)

    def setUp(self):
        self.backend, self.gate, self.accounts = self.platform.backend, self.platform.gate, self.platform.accounts

    def tearDown(self):
        self.backend.heal()
        self.accounts.shift = 0

    def device(self, cloud, **words):
        ports = self.platform.ports
        aws = words.pop("at", "mqtts")
        routes = {"443": ports[aws if aws == "aws-443" else "https"], "8883": ports[aws]}
        routes["1883"] = ports["x509" if cloud == "x509" else "mqtts"]
        made = Device(DEVICE, cloud, {"ca": self.platform.file("authority.crt")} | routes | words)
        self.addCleanup(made.close)
        return made


    def set(self, table, who, value):
        """Until the end of the test."""
        self.addCleanup(setattr, self.accounts, table, dict(getattr(self.accounts, table)))
        getattr(self.accounts, table)[who] = value

    def comes_back(self, device, cause, heal):
        """It says why, again and again; and is on line as soon as the cause has gone."""
        for _ in range(2):
            device.until("lost", cause)
        heal()
        device.works()
        self.assertEqual(device.causes(), [cause])
        device.close()


class Aliyun(Flow):
    def aliyun(self, cloud="direct", **words):
        known = {"region": "cn-shanghai", "product": KEY, "device": NAME, "secret": SECRET}
        return self.device(cloud, **known | words)

    def change(self, who, secret):
        self.set("devices", who, secret)


class Direct(Aliyun):
    def test_direct(self):
        device = self.aliyun()
        device.works()
        self.assertEqual(0, device.quit())

    def test_a_wrong_secret(self):
        device = self.aliyun(secret="x")
        self.comes_back(device, "bad_credentials", lambda: self.change((KEY, NAME), "x"))

    def test_an_unknown_device(self):
        device = self.aliyun(device="dev02")
        self.comes_back(device, "not_authorized", lambda: self.change((KEY, "dev02"), SECRET))

    def test_a_keep_alive_that_the_platform_refuses(self):
        self.aliyun(**{"keep-alive": 29}).until("lost", "identifier_rejected")

    def test_the_broker_goes_and_comes(self):
        device = self.aliyun()
        device.works()
        self.gate.shut()
        device.until("lost", "connect_refused")
        self.gate.open()
        device.works()
        self.assertIn(device.causes()[0], ("closed_by_peer", "connection_reset", "tls_cut"))

    def test_a_wrong_clock(self):
        ten_years = 10 * 365 * 86_400
        for shift, cause in ((-ten_years, "tls_not_yet_valid"), (ten_years, "tls_expired")):
            with self.subTest(cause):
                device = self.aliyun(clock=shift)
                self.comes_back(device, cause, lambda: device.send("clock 0"))

    def test_two_devices_of_one_name(self):
        """Each throws the other one out; it is told, and they do not duel for ever at full speed."""
        first = self.aliyun()
        first.until("connected")
        self.aliyun().until("connected")
        first.until("replaced")

    def test_a_certificate(self):
        """The first connection has no name, the next one has."""
        files = {"cert": self.platform.file("meter01.crt"), "key": self.platform.file("meter01.key")}
        device = self.device("x509", **files)
        device.until("learnt")
        self.gate.drop()
        self.assertEqual([f"meter01&{KEY}"], device.until("login"))
        device.works()
        files = {"cert": self.platform.file("thing01.crt"), "key": self.platform.file("thing01.key")}
        self.device("x509", **files).until("lost", "not_authorized")

    def test_another_region_has_another_name(self):
        self.aliyun(region="eu-central-1").until("lost", "tls_wrong_name")


class Https(Aliyun):
    def https(self, **words):
        return self.aliyun("https", **words)

    def test_authentication(self):
        device = self.https()
        device.works()
        self.assertEqual(0, device.quit())

    def test_a_token_that_expires_while_it_is_used(self):
        device = self.https()
        first = device.until("login")
        device.works()
        self.platform.expire_tokens()
        device.until("lost")
        self.assertNotEqual(first, device.until("login"))
        device.works()

    def test_a_token_that_is_refused(self):
        """It expired between the answer and CONNECT; the next attempt brings another one."""
        good = self.accounts.issue_token
        self.accounts.issue_token = lambda *who: ("iot0", "token0")
        self.addCleanup(setattr, self.accounts, "issue_token", good)
        device = self.https()
        self.comes_back(device, "server_unavailable", lambda: setattr(self.accounts, "issue_token", good))

    def test_the_broker_moves(self):
        device = self.https()
        device.works()
        self.gate.move()
        device.works()
        self.assertNotIn("connect_refused", device.causes())

    def test_what_the_service_refuses(self):
        refusals = {
            400: "identity_refused",
            401: "device_secret_refused",
            460: "parameter_refused",
            500: "server_unavailable",
            5001: "device_unknown",
            6200: "authentication_type_refused",
            1: "cloud_failed",
        }
        for code, cause in refusals.items():
            with self.subTest(cause):
                self.backend.spoil(code=code)
                self.comes_back(self.https(), cause, self.backend.heal)

    def test_who_is_refused(self):
        """Without help: the stand-in judges. Somebody corrects the console, and the device comes back."""
        for words, cause in (({"secret": "x"}, "identity_refused"), ({"device": "dev02"}, "device_unknown")):
            with self.subTest(cause):
                who, secret = (KEY, words.get("device", NAME)), words.get("secret", SECRET)
                self.comes_back(self.https(**words), cause, lambda: self.change(who, secret))
        self.https(region="ap-southeast-1").until("lost", "device_unknown")
        self.https(product="a1Certified").until("lost", "authentication_type_refused")

    def test_answers_that_are_none(self):
        for fault, cause in (
            ({"body": b'{"code":200,'}, "malformed_json"),
            ({"body": b"<html>log in first</html>"}, "malformed_json"),
            ({"body": b'{"code":200}'}, "missing_field"),
            ({"body": b"x" * 100_000}, "body_refused"),
            ({"status": 400, "body": b"no"}, "identity_refused"),
            ({"status": 503, "body": b"no"}, "cloud_failed"),
        ):
            with self.subTest(fault):
                self.backend.spoil(**fault)
                self.comes_back(self.https(), cause, self.backend.heal)

    def test_an_answer_that_is_cut_at_every_byte(self):
        """The first one ends before its first byte, each further one a byte later, until one is whole. Several devices
        share the work, because most of it is waiting."""
        self.backend.spoil(cuts=itertools.count())
        lost, names = [], [f"dev{number}" for number in range(10, 16)]
        for name in names:
            self.change((KEY, name), SECRET)
        for device in [self.https(device=name) for name in names]:
            device.until("connected")
            lost += [line[1] for line in device.seen if line[0] == "lost"]
            device.close()
        self.assertEqual({"closed_by_peer"}, set(lost))
        self.assertGreater(len(lost), 150)

    def test_answers_that_are_odd_but_good(self):
        for fault in ({"pieces": 1}, {"pieces": 1000}, {"date": "Thu, 01 Jan 1970 00:00:00 GMT"}):
            with self.subTest(fault):
                self.backend.spoil(**fault)
                device = self.https()
                device.works()
                self.assertEqual([], device.causes())
                device.close()

    def test_silence(self):
        self.backend.spoil(silent=True)
        self.comes_back(self.https(patience=800), "credentials_timeout", self.backend.heal)

    def test_the_service_goes_and_comes(self):
        self.platform.stop_https()
        self.comes_back(self.https(), "connect_refused", self.platform.start_https)

    def test_a_wrong_clock(self):
        device = self.https(clock=10 * 365 * 86_400)
        self.comes_back(device, "tls_expired", lambda: device.send("clock 0"))


class Registration(Aliyun):
    def register(self, how, **words):
        known = {"device": "new01", "secret": "", "product-secret": "productsecret01"}
        return self.aliyun("register-" + how, **known | words)

    def test_by_https_and_by_mqtt(self):
        for how in ("https", "mqtt"):
            with self.subTest(how):
                self.accounts.devices[KEY, "new01"] = None
                device = self.register(how)
                device.until("registered")
                self.assertIsNotNone(self.accounts.devices[KEY, "new01"])
                device.works()

    def test_of_an_unknown_name(self):
        device = self.register("unknown", device="nobody")
        device.until("registered")
        device.works()

    def test_refused_by_https(self):
        for words, cause in (
            ({"product-secret": "x"}, "identity_refused"),
            ({"device": "nobody"}, "device_unknown"),
            ({"product": "a1Certified", "device": "dev01"}, "authentication_type_refused"),
        ):
            with self.subTest(cause):
                self.register("https", **words).until("unregistered", cause)

    def test_refused_by_mqtt(self):
        self.register("mqtt", **{"product-secret": "x"}).until("lost", "bad_credentials")
        self.register("mqtt", device="nobody").until("lost", "not_authorized")
        self.register("unknown", **{"product-secret": "x"}).until("lost", "bad_credentials")


class Azure(Flow):
    def azure(self, cloud="azure", **words):
        return self.device(cloud, **{"hub": HUB, "device": NAME, "secret": AZURE_KEY} | words)

    def test_key(self):
        device = self.azure()
        device.works()
        self.assertEqual(0, device.quit())

    def test_a_wrong_key(self):
        device = self.azure(secret="AAAA")
        self.comes_back(device, "not_authorized", lambda: self.set("azure", (HUB, NAME), "AAAA"))

    def test_it_comes_back_before_its_token_ends(self):
        device = self.azure(life=2)
        device.works()
        device.until("lost", "renewal")
        device.works()

    def test_a_hub_that_is_ahead(self):
        """To the hub the token is over."""
        self.accounts.shift = 7200
        device = self.azure()
        device.until("lost", "not_authorized")
        self.accounts.shift = 0
        device.works()

    def test_provisioning(self):
        device = self.azure("azure-dps", scope="0ne00000001")
        device.until("registered")
        device.works()

    def test_provisioning_refused(self):
        self.azure("azure-dps", scope="0ne00000001", secret="AAAA").until("lost", "not_authorized")
        self.azure("azure-dps", scope="0ne00000002").until("lost", "not_authorized")


class Others(Flow):
    def aws(self, thing="thing01", **words):
        files = {"cert": self.platform.file(thing + ".crt"), "key": self.platform.file(thing + ".key")}
        return self.device("aws", **{"region": "us-east-1", "device": "thing01", "at": "aws"} | files | words)

    def test_aws(self):
        self.aws().works()
        self.aws(at="aws-443", port=443, alpn="x-amzn-mqtt-ca").works()

    def test_aws_with_an_authorizer(self):
        key = self.platform.file("authorizer.key")
        signature = vectors.base64(vectors.openssl("dgst", "-sha256", "-sign", key, data=b"token7"))
        words = {"at": "aws-443", "region": "us-east-1", "device": "any01", "signature": signature, "alpn": "mqtt"}
        self.device("aws-authorizer", token="token7", **words).works()
        device = self.device("aws-authorizer", token="token8", **words)
        self.assertIn(device.until("lost")[0], ("closed_by_peer", "connection_reset", "tls_cut"))

    def test_aws_refuses(self):
        self.aws("stranger").until("lost", "tls_client_refused")
        self.aws(cert="", key="").until("lost", "tls_client_refused")
        hung_up = ("closed_by_peer", "connection_reset", "tls_cut")
        for words in ({"device": "thing02"}, {"at": "aws-443", "port": 443}):
            self.assertIn(self.aws(**words).until("lost")[0], hung_up)
        self.accounts.things.remove("thing01")
        device = self.aws()
        self.assertIn(device.until("lost")[0], hung_up)
        self.accounts.things.add("thing01")
        device.works()

    def test_tencent(self):
        words = {"product": "ABC123DEF4", "device": NAME, "secret": "dGVuY2VudC1wc2stMDEyMw=="}
        self.device("tencent", **words).works()
        early = self.device("tencent", **words | {"clock": -7200})
        self.comes_back(early, "tls_not_yet_valid", lambda: early.send("clock 0"))
        wrong = self.device("tencent", **words | {"secret": "AAAA"})
        self.comes_back(wrong, "bad_credentials", lambda: self.set("tencent", ("ABC123DEF4", NAME), "AAAA"))
        self.doCleanups()
        self.accounts.shift = 7200
        self.device("tencent", **words).until("lost", "not_authorized")

    def test_huawei(self):
        self.device("huawei", secret="12345678", **HUAWEI).works()
        self.device("huawei", secret="x", **HUAWEI).until("lost", "bad_credentials")
        self.accounts.shift = 3 * 3600
        device = self.device("huawei", secret="12345678", **HUAWEI)
        device.until("lost", "not_authorized")
        self.accounts.shift = 0
        device.works()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    DEVICE = sys.argv.pop(1)
    unittest.main(verbosity=2)
