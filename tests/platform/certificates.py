# SPDX-License-Identifier: BSL-1.0
"""An authority that nobody else knows, and what it signs. Everything is thrown away with its folder."""
import subprocess

# Every name that a device of the tests may dial; a star stands for one label.
NAMES = (
    "localhost",
    "x509.itls.cn-shanghai.aliyuncs.com",
    "iot-auth.cn-shanghai.aliyuncs.com",
    "iot-auth.ap-southeast-1.aliyuncs.com",
    "*.iot-as-mqtt.cn-shanghai.aliyuncs.com",
    "*.iot-as-mqtt.ap-southeast-1.aliyuncs.com",
    "*.mqtt.iothub.aliyuncs.com",
    "*.iot.us-east-1.amazonaws.com",
    "*.azure-devices.net",
    "global.azure-devices-provisioning.net",
    "*.iotcloud.tencentdevices.com",
    "*.iot-mqtts.cn-north-4.myhuaweicloud.com",
)


def openssl(folder, *arguments):
    done = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"openssl {' '.join(arguments)}: {done.stderr}")


def key(folder, name):
    openssl(folder, "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{name}.key")


def authority(folder, name):
    key(folder, name)
    subject = ("-subj", f"/CN={name}", "-addext", "keyUsage=critical,keyCertSign")
    openssl(folder, "req", "-x509", "-new", "-key", f"{name}.key", "-days", "2", *subject, "-out", f"{name}.crt")


def certificate(folder, name, usage, issuer="authority", names=()):
    key(folder, name)
    lines = ["basicConstraints=CA:FALSE", f"extendedKeyUsage={usage}"]
    lines += ["subjectAltName=IP:127.0.0.1," + ",".join("DNS:" + one for one in names)] if names else []
    (folder / f"{name}.ext").write_text("\n".join(lines) + "\n", encoding="utf-8")
    openssl(folder, "req", "-new", "-key", f"{name}.key", "-subj", f"/CN={name}", "-out", f"{name}.csr")
    by = ("-CA", f"{issuer}.crt", "-CAkey", f"{issuer}.key", "-CAcreateserial", "-extfile", f"{name}.ext")
    openssl(folder, "x509", "-req", "-in", f"{name}.csr", *by, "-days", "2", "-out", f"{name}.crt")


def make(folder, devices):
    """authority.crt, server.crt, a certificate for each device, and stranger.crt of another authority; authorizer.key
    and authorizer.pub, which sign tokens."""
    authority(folder, "authority")
    authority(folder, "elsewhere")
    certificate(folder, "server", "serverAuth", names=NAMES)
    for name in devices:
        certificate(folder, name, "clientAuth")
    certificate(folder, "stranger", "clientAuth", issuer="elsewhere")
    openssl(folder, "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "authorizer.key")
    openssl(folder, "pkey", "-in", "authorizer.key", "-pubout", "-out", "authorizer.pub")
