# SPDX-License-Identifier: BSL-1.0
"""Packets of MQTT 3.1 and 3.1.1 from the broker's side: just enough to play a broker that behaves badly."""
import struct
from collections import namedtuple

CONNECT, CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP = range(1, 8)
SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK, PINGREQ, PINGRESP, DISCONNECT = range(8, 15)

Packet = namedtuple("Packet", "type flags body")
Publish = namedtuple("Publish", "topic payload qos retain dup id")
Connect = namedtuple("Connect", "protocol level flags keep_alive client_id fields")


def text(value):
    value = value.encode() if isinstance(value, str) else value
    return struct.pack(">H", len(value)) + value


def packet(kind, flags=0, body=b""):
    length, size = len(body), b""
    while True:
        size += bytes([length % 128 | (0x80 if length > 127 else 0)])
        length //= 128
        if length == 0:
            return bytes([kind << 4 | flags]) + size + body


def connack(code=0, session_present=0):
    return packet(CONNACK, 0, bytes([session_present, code]))


def ack(kind, packet_id):
    return packet(kind, 2 if kind == PUBREL else 0, struct.pack(">H", packet_id))


def suback(packet_id, *codes):
    return packet(SUBACK, 0, struct.pack(">H", packet_id) + bytes(codes))


def publish(topic, payload=b"", qos=0, packet_id=1, retain=0, dup=0):
    body = text(topic) + (struct.pack(">H", packet_id) if qos else b"") + payload
    return packet(PUBLISH, dup << 3 | qos << 1 | retain, body)


def take_text(body, at):
    size = struct.unpack_from(">H", body, at)[0]
    return body[at + 2 : at + 2 + size], at + 2 + size


def read_publish(p):
    topic, at = take_text(p.body, 0)
    qos = p.flags >> 1 & 3
    packet_id = struct.unpack_from(">H", p.body, at)[0] if qos else 0
    return Publish(topic.decode(), p.body[at + (2 if qos else 0) :], qos, p.flags & 1, p.flags >> 3, packet_id)


def read_connect(p):
    """`fields`: what follows the client id, in the order of the standard."""
    name, at = take_text(p.body, 0)
    level, flags, keep_alive = struct.unpack_from(">BBH", p.body, at)
    client_id, at = take_text(p.body, at + 4)
    fields = []
    while at < len(p.body):
        field, at = take_text(p.body, at)
        fields.append(field)
    return Connect(name, level, flags, keep_alive, client_id, fields)


def read_id(p):
    return struct.unpack_from(">H", p.body)[0]


def read_filters(p):
    """Of SUBSCRIBE: [(filter, qos)]; of UNSUBSCRIBE: [(filter, None)]."""
    at, filters = 2, []
    while at < len(p.body):
        name, at = take_text(p.body, at)
        level = None
        if p.type == SUBSCRIBE:
            level = p.body[at]
            at += 1
        filters.append((name.decode(), level))
    return filters
