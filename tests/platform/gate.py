# SPDX-License-Identifier: BSL-1.0
"""The door of the broker: ends TLS, judges each CONNECT by the rules of the platform that is meant, and gives what was
accepted to mosquitto, which listens on a socket that nobody else reaches. Registration it answers itself."""
import asyncio
import asyncio.sslproto
import collections
import json
import secrets
import struct
import threading

import rules
from backend import secret_of

import mqtt  # what tests play brokers with

PATIENCE = 15  # seconds for a CONNECT, and for what a registration may take

Connect = collections.namedtuple("Connect", "client_id keep_alive user password")


def read_connect(packet):
    """The fields of 3.1.1; None if it is something else."""
    if packet.type != mqtt.CONNECT:
        return None
    try:
        c = mqtt.read_connect(packet)
        fields = [field.decode() for field in c.fields]
        del fields[: 2 if c.flags & 0x04 else 0]  # the will
        user = fields.pop(0) if c.flags & 0x80 else ""
        password = fields.pop(0) if c.flags & 0x40 else ""
        return Connect(c.client_id.decode(), c.keep_alive, user, password) if c.level in (3, 4) else None
    except (struct.error, UnicodeDecodeError, IndexError):
        return None


async def read_packet(reader):
    """(packet, its bytes)."""
    raw = await reader.readexactly(1)
    length = shift = 0
    while True:
        raw += await reader.readexactly(1)
        length |= (raw[-1] & 127) << shift
        shift += 7
        if raw[-1] < 128:
            break
        if shift > 21:
            raise ValueError("length")
    body = await reader.readexactly(length)
    return mqtt.Packet(raw[0] >> 4, raw[0] & 15, body), raw + body


def tell_why(self, error, ends=asyncio.sslproto.SSLProtocol._on_handshake_complete):
    """A handshake that fails ends with an alert, as any server's does; asyncio by itself keeps it back."""
    if error is not None:
        self._process_outgoing()
    ends(self, error)


asyncio.sslproto.SSLProtocol._on_handshake_complete = tell_why


class Gate:
    """`contexts`: name of a port: its TLS context, or None for TCP. `broker`: the path of mosquitto's socket."""

    def __init__(self, accounts, contexts, broker):
        self.accounts, self.contexts, self.broker = accounts, contexts, broker
        self.seen = []  # (port, client id, code) of each CONNECT
        self.ports, self._servers, self._sessions = {}, {}, {}
        for context in filter(None, contexts.values()):
            context.sni_callback = lambda connection, name, _: setattr(connection, "asked", name or "")
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        for name in contexts:
            self.open(name)

    # What a test does to it, from its own thread.

    def open(self, name="mqtts"):
        """Listens; where it listened before, or on a free port."""
        self._do(self._open(name, self.ports.get(name, 0)))

    def shut(self, name="mqtts"):
        """Hangs up and listens no longer."""
        self._do(self._shut(name))

    def move(self, name="mqtts"):
        """Listens on another port, and on the old one no longer."""
        old = self._servers[name]
        self._do(self._open(name, 0))  # first, so that it cannot be the old one
        self._loop.call_soon_threadsafe(old.close)
        self.drop()

    def drop(self, *who):
        """Hangs up on a device, or on all."""
        self._do(self._drop(who))

    def close(self):
        for name in list(self._servers):
            self.shut(name)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()

    def _do(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    # In the thread of the loop.

    async def _open(self, name, port):
        server = await asyncio.start_server(
            lambda reader, writer: self._serve(name, reader, writer), "127.0.0.1", port, ssl=self.contexts[name]
        )
        self._servers[name] = server
        self.ports[name] = server.sockets[0].getsockname()[1]

    async def _shut(self, name):
        self._servers.pop(name).close()
        await self._drop(())

    async def _drop(self, who):
        tasks = [task for task, owner in self._sessions.items() if not who or owner == who]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, port, reader, writer):
        task = asyncio.current_task()
        self._sessions[task] = None
        try:
            await self._answer(port, reader, writer)
        except (asyncio.CancelledError, asyncio.TimeoutError, EOFError, OSError, ValueError):
            pass  # the end of a connection, whoever wanted it
        finally:
            del self._sessions[task]
            writer.close()

    async def _answer(self, port, reader, writer):
        packet, raw = await asyncio.wait_for(read_packet(reader), PATIENCE)
        if (connect := read_connect(packet)) is None:
            return
        verdict = rules.judge(self.accounts, connect, channel_of(port, writer))
        self.seen.append((port, connect.client_id, verdict.code))
        if verdict.code is None:
            return
        if verdict.code != rules.ACCEPTED:
            writer.write(mqtt.connack(verdict.code))
            await writer.drain()
            return
        if verdict.service:
            writer.write(mqtt.connack())
            await asyncio.wait_for(SERVICES[verdict.service](self.accounts, verdict, reader, writer), PATIENCE)
            return
        await self._drop(verdict.who)  # the platform knows a device by its names, whatever its client id
        self._sessions[asyncio.current_task()] = verdict.who
        left = verdict.until - self.accounts.now() if verdict.until else None
        await asyncio.wait_for(self._relay(raw, verdict.push, reader, writer), left)

    async def _relay(self, connect, push, reader, writer):
        from_broker, to_broker = await asyncio.open_unix_connection(self.broker)
        to_broker.write(connect)
        if push:
            writer.write((await read_packet(from_broker))[1] + mqtt.publish(push[0], push[1].encode()))
        pumps = [asyncio.create_task(pump(*way)) for way in ((reader, to_broker), (from_broker, writer))]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            await writer.drain()
        finally:
            for task in pumps:
                task.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            to_broker.close()


async def pump(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()


def channel_of(port, writer):
    secured = writer.get_extra_info("ssl_object")
    if secured is None:
        return rules.Channel(tls=False, port=port)
    names = dict(pair[0] for pair in (secured.getpeercert() or {}).get("subject", ()))
    return rules.Channel(
        server_name=getattr(secured, "asked", ""),
        alpn=secured.selected_alpn_protocol() or "",
        certificate=names.get("commonName", ""),
        port=port,
    )


async def register(accounts, verdict, reader, writer):
    """A name that stands in the console becomes a secret. The answer comes unasked, at QoS 0."""
    key, name = verdict.who
    answer = {"productKey": key, "deviceName": name, "deviceSecret": secret_of(accounts, key, name)}
    writer.write(mqtt.publish("/ext/register", json.dumps(answer).encode()))
    await leave(reader)


async def register_unknown(accounts, verdict, reader, writer):
    """A name that does not becomes a client id and a token."""
    key, name = verdict.who
    client_id, token = accounts.device_tokens[key, name] = secrets.token_hex(8), secrets.token_hex(24)
    answer = {"productKey": key, "deviceName": name, "clientId": client_id, "deviceToken": token}
    writer.write(mqtt.publish("/ext/regnwl", json.dumps(answer).encode()))
    await leave(reader)


async def leave(reader):
    while (await read_packet(reader))[0].type != mqtt.DISCONNECT:
        pass


async def provision(accounts, verdict, reader, writer):
    """Azure's service: the first answer is that the device has to wait, the next one names its hub."""
    _, hub = accounts.enrollments[verdict.who]
    name = verdict.who[1]
    while (packet := (await read_packet(reader))[0]).type != mqtt.DISCONNECT:
        if packet.type == mqtt.SUBSCRIBE:
            writer.write(mqtt.suback(mqtt.read_id(packet), *(min(qos, 1) for _, qos in mqtt.read_filters(packet))))
        elif packet.type == mqtt.PINGREQ:
            writer.write(mqtt.packet(mqtt.PINGRESP))
        elif packet.type == mqtt.PUBLISH:
            asked = mqtt.read_publish(packet)
            if asked.qos == 1:
                writer.write(mqtt.ack(mqtt.PUBACK, asked.id))
            request = asked.topic.partition("$rid=")[2].partition("&")[0]
            if asked.topic.startswith("$dps/registrations/PUT/iotdps-register/"):
                good = json.loads(asked.payload) == {"registrationId": name}
                answer = {"operationId": "4.op", "status": "assigning"} if good else {"errorCode": 400_000}
                topic = f"$dps/registrations/res/{202 if good else 400}/?$rid={request}&retry-after=1"
            else:
                state = {"registrationId": name, "assignedHub": hub, "deviceId": name, "status": "assigned"}
                answer = {"operationId": "4.op", "status": "assigned", "registrationState": state}
                topic = f"$dps/registrations/res/200/?$rid={request}"
            writer.write(mqtt.publish(topic, json.dumps(answer).encode()))


SERVICES = {"register": register, "regnwl": register_unknown, "provisioning": provision}
