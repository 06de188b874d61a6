# SPDX-License-Identifier: BSL-1.0
"""Packets of MQTT 5.0 from the broker's side, on top of those of mqtt.py."""
import struct
from collections import namedtuple

import mqtt
from mqtt import packet, take_text, text

AUTH = 15

# Identifier: (name, kind); 1, 2, 4: bytes of a number, "v": of variable length, "t": text or data, "p": a pair.
PROPERTIES = {
    0x01: ("payload-format-indicator", 1),
    0x02: ("message-expiry-interval", 4),
    0x03: ("content-type", "t"),
    0x08: ("response-topic", "t"),
    0x09: ("correlation-data", "t"),
    0x0B: ("subscription-identifier", "v"),
    0x11: ("session-expiry-interval", 4),
    0x12: ("assigned-client-identifier", "t"),
    0x13: ("server-keep-alive", 2),
    0x15: ("authentication-method", "t"),
    0x16: ("authentication-data", "t"),
    0x17: ("request-problem-information", 1),
    0x18: ("will-delay-interval", 4),
    0x19: ("request-response-information", 1),
    0x1A: ("response-information", "t"),
    0x1C: ("server-reference", "t"),
    0x1F: ("reason-string", "t"),
    0x21: ("receive-maximum", 2),
    0x22: ("topic-alias-maximum", 2),
    0x23: ("topic-alias", 2),
    0x24: ("maximum-qos", 1),
    0x25: ("retain-available", 1),
    0x26: ("user-property", "p"),
    0x27: ("maximum-packet-size", 4),
    0x28: ("wildcard-subscription-available", 1),
    0x29: ("subscription-identifier-available", 1),
    0x2A: ("shared-subscription-available", 1),
}
BY_NAME = {name: (number, kind) for number, (name, kind) in PROPERTIES.items()}

Connect = namedtuple("Connect", "level flags keep_alive properties client_id will_properties fields")
Publish = namedtuple("Publish", "topic payload qos retain dup id properties")
Subscribe = namedtuple("Subscribe", "id properties filters")


def length(value):
    data = b""
    while True:
        data += bytes([value % 128 | (0x80 if value > 127 else 0)])
        value //= 128
        if value == 0:
            return data


def take_length(body, at):
    value = shift = 0
    while True:
        byte = body[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def properties(items):
    """Of (name, value) pairs; the value of a user property is a pair as well."""
    data = b""
    for name, value in items:
        number, kind = BY_NAME[name]
        data += bytes([number])
        if kind == "t":
            data += text(value)
        elif kind == "p":
            data += text(value[0]) + text(value[1])
        elif kind == "v":
            data += length(value)
        else:
            data += value.to_bytes(kind, "big")
    return length(len(data)) + data


def take_properties(body, at):
    """([(name, value)], where they end). Texts are bytes."""
    size, at = take_length(body, at)
    end, found = at + size, []
    while at < end:
        name, kind = PROPERTIES[body[at]]
        at += 1
        if kind == "t":
            value, at = take_text(body, at)
        elif kind == "p":
            first, at = take_text(body, at)
            second, at = take_text(body, at)
            value = (first, second)
        elif kind == "v":
            value, at = take_length(body, at)
        else:
            value, at = int.from_bytes(body[at : at + kind], "big"), at + kind
        found.append((name, value))
    return found, at


def connack(reason=0, *items, session_present=0):
    return packet(mqtt.CONNACK, 0, bytes([session_present, reason]) + properties(items))


def ack(kind, packet_id, reason=0, *items):
    body = struct.pack(">HB", packet_id, reason) + properties(items)
    return packet(kind, 2 if kind == mqtt.PUBREL else 0, body)


def suback(packet_id, codes, *items, kind=mqtt.SUBACK):
    return packet(kind, 0, struct.pack(">H", packet_id) + properties(items) + bytes(codes))


def unsuback(packet_id, codes, *items):
    return suback(packet_id, codes, *items, kind=mqtt.UNSUBACK)


def disconnect(reason=0, *items):
    return packet(mqtt.DISCONNECT, 0, bytes([reason]) + properties(items))


def auth(reason, *items):
    return packet(AUTH, 0, bytes([reason]) + properties(items))


def publish(topic, payload=b"", *items, qos=0, packet_id=1, retain=0, dup=0):
    body = text(topic) + (struct.pack(">H", packet_id) if qos else b"") + properties(items) + payload
    return packet(mqtt.PUBLISH, dup << 3 | qos << 1 | retain, body)


def read_connect(p):
    """`fields`: what follows the client id and the properties of the will, in the order of the standard."""
    name, at = take_text(p.body, 0)
    assert name == b"MQTT", name
    level, flags, keep_alive = struct.unpack_from(">BBH", p.body, at)
    with_, at = take_properties(p.body, at + 4)
    client_id, at = take_text(p.body, at)
    will, fields = None, []
    if flags & 4:
        will, at = take_properties(p.body, at)
    while at < len(p.body):
        field, at = take_text(p.body, at)
        fields.append(field)
    return Connect(level, flags, keep_alive, with_, client_id, will, fields)


def read_publish(p):
    topic, at = take_text(p.body, 0)
    qos = p.flags >> 1 & 3
    packet_id = struct.unpack_from(">H", p.body, at)[0] if qos else 0
    with_, at = take_properties(p.body, at + (2 if qos else 0))
    return Publish(topic.decode(), p.body[at:], qos, p.flags & 1, p.flags >> 3, packet_id, with_)


def read_subscribe(p):
    """[(filter, options)]; the options of UNSUBSCRIBE are None."""
    with_, at = take_properties(p.body, 2)
    filters = []
    while at < len(p.body):
        name, at = take_text(p.body, at)
        options = None
        if p.type == mqtt.SUBSCRIBE:
            options = p.body[at]
            at += 1
        filters.append((name.decode(), options))
    return Subscribe(mqtt.read_id(p), with_, filters)


def read_reason(p):
    """(reason, properties) of DISCONNECT or AUTH."""
    return (p.body[0] if p.body else 0), (take_properties(p.body, 1)[0] if len(p.body) > 1 else [])


def read_ack(p):
    """(packet id, reason, properties) of PUBACK, PUBREC, PUBREL or PUBCOMP."""
    reason = p.body[2] if len(p.body) > 2 else 0
    return mqtt.read_id(p), reason, (take_properties(p.body, 3)[0] if len(p.body) > 3 else [])
