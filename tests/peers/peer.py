#!/usr/bin/env python3
"""The scripted server of the C tests: standard library only, one asyncio process; bulk.py's threads for gigabytes.

    peer.py [--certs DIR] [--port-file FILE]

Listens on free ports of 127.0.0.1 (and of ::1: plain6), prints one line of
JSON with the ports, and runs until its standard input ends. What a connection does is chosen by the
path of its request; see ROUTES at the end. A query `id=TOKEN` makes the server write down what it saw;
GET /report/TOKEN answers with it once that connection has ended. `/report/TOKEN?live` answers at once.
"""
import argparse
import asyncio
import base64
import contextlib
import gzip
import hashlib
import json
import os
import socket
import ssl
import struct
import sys
import urllib.parse
import zlib

import auth_routes
import bulk
import duplex_routes
import pac_routes
import scripted_proxy
import silent
import trust

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
CERTS = []  # the folder of certificates, when there is one


class Gone(Exception):
    """The client closed or reset the connection."""


class Report:
    """What the server saw of one connection."""

    def __init__(self):
        self.words = []
        self.done = asyncio.Event()

    def add(self, word):
        self.words.append(word)

    def text(self):
        return " ".join(self.words) + "\n"


reports = {}
gates = {}


def gate(token):
    return gates.setdefault(token, asyncio.Event())


def report_for(token):
    return reports.setdefault(token, Report())


def frame(opcode, payload=b"", fin=True, rsv=0):
    head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
    n = len(payload)
    if n < 126:
        head += bytes([n])
    elif n < 65536:
        head += struct.pack("!BH", 126, n)
    else:
        head += struct.pack("!BQ", 127, n)
    return head + payload


def unmask(payload, key):
    n = len(payload)
    if not n:
        return payload
    mask = (key * (n // 4 + 1))[:n]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(mask, "big")).to_bytes(n, "big")


class Conn:
    count = 0

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer
        Conn.count += 1
        self.number, self.served = Conn.count, 0
        self.report = Report()
        self.closed_by_us = False
        self.sent_close = False

    # requests ----------------------------------------------------------
    async def read_request(self):
        """The request's head as it came, or None at the end of the connection."""
        try:
            head = await self.reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.LimitOverrunError, ssl.SSLError):
            return None
        self.head = head
        self.served += 1
        lines = head.decode("latin-1").split("\r\n")
        self.method, self.target, _ = (lines[0].split(" ") + ["", ""])[:3]
        self.headers = {}
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            if colon:
                self.headers.setdefault(name.strip().lower(), value.strip())
        length = int(self.headers.get("content-length", "0") or 0)
        if length and not self.target.startswith(("/wire", "/duplex/redirect")):
            self.body = await self.reader.readexactly(length)
        url = urllib.parse.urlsplit(self.target)
        self.parts = [urllib.parse.unquote(p) for p in url.path.split("/")[1:]]
        self.query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        if "id" in self.query:
            self.report = report_for(self.query["id"])
        return head

    async def write(self, data):
        try:
            self.writer.write(data)
            await self.writer.drain()
        except (ConnectionError, ssl.SSLError) as e:
            raise Gone from e

    async def answer(self, status, body, extra=(), reason="Whatever", version="HTTP/1.1"):
        if isinstance(body, str):
            body = body.encode()
        lines = [f"{version} {status} {reason}", f"Content-Length: {len(body)}", "Content-Type: text/plain"]
        lines += extra
        await self.write(("\r\n".join(lines) + "\r\n\r\n").encode() + (b"" if self.method == "HEAD" else body))

    # websocket ---------------------------------------------------------
    def accept(self):
        key = self.headers.get("sec-websocket-key", "").encode()
        return base64.b64encode(hashlib.sha1(key + GUID).digest()).decode()

    def handshake(self, drop=(), change=None, extra=()):
        fields = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": self.accept()}
        fields.update(change or {})
        lines = ["HTTP/1.1 101 Switching Protocols"]
        lines += [f"{k}: {v}" for k, v in fields.items() if k not in drop]
        lines += extra
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    async def exactly(self, n):
        try:
            return await self.reader.readexactly(n)
        except asyncio.IncompleteReadError as e:
            self.report.add("EOF")
            raise Gone from e
        except (ConnectionError, ssl.SSLError) as e:
            self.report.add("RESET")
            raise Gone from e

    async def frame(self):
        """The next frame: (opcode, fin, payload, masked)."""
        a, b = await self.exactly(2)
        n = b & 127
        if n == 126:
            n = struct.unpack("!H", await self.exactly(2))[0]
        elif n == 127:
            n = struct.unpack("!Q", await self.exactly(8))[0]
        masked = bool(b & 128)
        key = await self.exactly(4) if masked else b"\0\0\0\0"
        payload = unmask(await self.exactly(n), key)
        opcode = a & 15
        self.report.add(describe(opcode, bool(a & 128), a >> 4 & 7, payload, masked))
        return opcode, bool(a & 128), payload, masked

    async def send(self, opcode, payload=b"", fin=True, rsv=0):
        self.sent_close |= opcode == CLOSE
        await self.write(frame(opcode, payload, fin, rsv))

    async def messages(self, on_close="echo", on_ping=True):
        """Whole messages, control frames handled; ends after the close handshake."""
        kind, parts = None, []
        while True:
            opcode, fin, payload, _ = await self.frame()
            if opcode == PING:
                await self.send(PONG, payload)
            elif opcode == CLOSE:
                if callable(on_close):
                    await on_close(payload)
                elif on_close == "echo" and not self.sent_close:
                    await self.send(CLOSE, payload)
                elif on_close == "ignore":
                    continue
                return
            elif opcode in (0, TEXT, BINARY):
                kind = opcode or kind
                parts.append(payload)
                if fin:
                    yield kind, parts[0] if len(parts) == 1 else b"".join(parts)
                    kind, parts = None, []

    async def until_gone(self):
        """Reads frames, for the report, until the client goes."""
        while True:
            await self.frame()

    async def wait_gone(self):
        """Waits for the end of the stream whatever comes."""
        while True:
            try:
                if not await self.reader.read(65536):
                    self.report.add("EOF")
                    raise Gone
            except (ConnectionError, ssl.SSLError) as e:
                self.report.add("RESET")
                raise Gone from e

    def reset(self):
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()
        raise Gone

    async def serve(self):
        try:
            while await self.read_request() is not None:
                route = ROUTES.get(self.parts[0] if self.parts else "", missing)
                if await route(self) != "again":
                    break
        except (Gone, ConnectionError, ssl.SSLError, asyncio.IncompleteReadError):
            pass
        finally:
            self.report.done.set()
            try:
                self.writer.close()
                await self.writer.wait_closed()
            except (ConnectionError, ssl.SSLError, OSError):
                pass


def describe(opcode, fin, rsv, payload, masked):
    names = {0: "cont", 1: "text", 2: "binary", 8: "close", 9: "ping", 10: "pong"}
    words = [names.get(opcode, f"op{opcode}"), "fin" if fin else "more", str(len(payload))]
    if not masked:
        words.append("UNMASKED")
    if rsv:
        words.append(f"rsv{rsv}")
    if opcode == CLOSE and len(payload) >= 2:
        words.append(str(struct.unpack("!H", payload[:2])[0]))
        if len(payload) > 2:
            words.append(payload[2:].decode("utf-8", "backslashreplace").replace(" ", "_").replace("\0", "\\0"))
    elif 0 < len(payload) <= 24 and opcode != CLOSE:
        words.append(payload.decode("utf-8", "backslashreplace").replace(" ", "_").replace("\0", "\\0"))
    return ":".join(words)


# routes ---------------------------------------------------------------


async def missing(c):
    await c.answer(404, f"no route {c.target}\n", reason="Not Found")
    return "again"


async def report(c):
    """GET /report/TOKEN: what the connection with id=TOKEN did; waits for its end unless `?live`."""
    r = report_for(c.parts[1])
    if "live" not in c.query:
        try:
            await asyncio.wait_for(r.done.wait(), 20)
        except asyncio.TimeoutError:
            r.add("STILL-OPEN")
    await c.answer(200, r.text(), reason="OK")
    return "again"


async def release(c):
    """GET /release/TOKEN opens the gate that a `gate=TOKEN` connection waits at."""
    gate(c.parts[1]).set()
    await c.answer(200, "released\n", reason="OK")
    return "again"


async def status(c):
    """/status/CODE: an ordinary answer with a body, also to an upgrade."""
    code = int(c.parts[1])
    extra = []
    if 300 <= code < 400:
        extra.append("Location: " + c.query.get("to", "/status/200"))
    if code == 401:
        extra.append('WWW-Authenticate: Basic realm="peer"')
    await c.answer(code, f"the body of {code}\n", extra)
    return "again"


async def redirect_ws(c):
    """A redirect to the echo route."""
    await c.answer(302, "moved\n", ["Location: /echo"], "Found")
    return "again"


async def tls_seen(c):
    """What TLS is like here; the connection ends, so that the next one is new."""
    connection = c.writer.get_extra_info("ssl_object")
    await c.answer(200, trust.describe(connection).encode(), ["Connection: close"])


async def revocation_list(c):
    """/list: the authority's list of revoked certificates. /list/TOKEN waits for /release/TOKEN, and /report tells that it
    was asked for."""
    if len(c.parts) > 1:
        r = report_for(c.parts[1])
        r.add("asked")
        r.done.set()
        await gate(c.parts[1]).wait()
    with open(os.path.join(CERTS[0], "crl.der"), "rb") as file:
        await c.answer(200, file.read())


async def request_head(c):
    """Answers with the request's own head; by upgrade, as the first message."""
    if "sec-websocket-key" not in c.headers:
        await c.answer(200, c.head, reason="OK")
        return "again"
    await c.write(c.handshake())
    await c.send(TEXT, c.head)
    async for kind, data in c.messages():
        await c.send(kind, data)


async def echo(c):
    """Echoes messages; ?frag=N cuts the echo in frames of N bytes, ?delay=MS waits before each."""
    await c.write(c.handshake())
    size, delay = int(c.query.get("frag", 0)), int(c.query.get("delay", 0))
    async for kind, data in c.messages():
        if delay:
            await asyncio.sleep(delay / 1000)
        if size:
            pieces = [data[i : i + size] for i in range(0, len(data), size)] or [b""]
            for i, piece in enumerate(pieces):
                await c.send(0 if i else kind, piece, fin=i + 1 == len(pieces))
        else:
            await c.send(kind, data)


async def frames(c):
    """Answers every data frame with its description."""
    await c.write(c.handshake())
    while True:
        opcode, fin, payload, masked = await c.frame()
        if opcode == CLOSE:
            return await c.send(CLOSE, payload)
        await c.send(TEXT, describe(opcode, fin, 0, payload, masked).encode())


async def greeting(c):
    """The first message travels in the packet of the 101; then an echo."""
    await c.write(c.handshake() + frame(TEXT, b"welcome"))
    async for kind, data in c.messages():
        await c.send(kind, data)


async def after_script(c):
    then = c.query.get("then", "echo")
    if then == "drop":
        return
    if then == "reset":
        c.reset()
    if then == "hold":
        await c.until_gone()
    if then == "silent":
        await c.wait_gone()
    async for kind, data in c.messages():
        await c.send(kind, data)


async def raw(c):
    """/raw/HEX: the handshake, then exactly these bytes. ?with101 sends both in one write; ?on=message
    waits for one frame first; ?slow sends byte by byte; ?then=echo|hold|silent|drop|reset."""
    data = bytes.fromhex(c.parts[1])
    if "with101" in c.query:
        await c.write(c.handshake() + data)
    else:
        await c.write(c.handshake())
        if c.query.get("on") == "message":
            await c.frame()
        if "gate" in c.query:
            await gate(c.query["gate"]).wait()
        if "slow" in c.query:
            for i in range(len(data)):
                await c.write(data[i : i + 1])
                await asyncio.sleep(0.002)
        else:
            await c.write(data)
    await after_script(c)


async def send_big(c):
    """/send/KIND/SIZE[/FRAME]: one message of SIZE pattern bytes, in frames of FRAME bytes. ?with101: all in one write."""
    kind = {"text": TEXT, "binary": BINARY}[c.parts[1]]
    size = int(c.parts[2])
    per = int(c.parts[3]) if len(c.parts) > 3 else max(size, 1)
    data = pattern(size)
    pieces = [data[i : i + per] for i in range(0, size, per)] or [b""]
    frames = [frame(0 if i else kind, piece, i + 1 == len(pieces)) for i, piece in enumerate(pieces)]
    if "with101" in c.query:
        await c.write(c.handshake() + b"".join(frames))
    else:
        await c.write(c.handshake())
        for one in frames:
            await c.write(one)
    await after_script(c)


def pattern(size):
    """Printable, so that it is valid as text: byte i is 33 + (i * 7 + i // 251) % 90."""
    block = bytes(33 + (i * 7 + i // 251) % 90 for i in range(min(size, 251 * 90)))
    return (block * (size // max(len(block), 1) + 1))[:size]


async def sink(c):
    """Answers each message with `LENGTH CRC32`."""
    await c.write(c.handshake())
    async for kind, data in c.messages():
        await c.send(TEXT, f"{len(data)} {zlib.crc32(data):08x}".encode())


async def close_now(c):
    """/close/CODE[/REASON]: the server closes first; code 0 is an empty frame. ?on=message waits."""
    code = int(c.parts[1])
    reason = c.parts[2].encode() if len(c.parts) > 2 else b""
    payload = struct.pack("!H", code) + reason if code else b""
    if "with101" in c.query:
        c.sent_close = True
        await c.write(c.handshake() + frame(CLOSE, payload))
    else:
        await c.write(c.handshake())
        if c.query.get("on") == "message":
            await c.frame()
        await c.send(CLOSE, payload)
    await c.until_gone()


async def answer_close(c):
    """/answer-close/CODE[/REASON]: an echo that answers the client's close with this instead."""
    code = int(c.parts[1])
    reason = c.parts[2].encode() if len(c.parts) > 2 else b""
    await c.write(c.handshake())

    async def on_close(_):
        if "gate" in c.query:
            await gate(c.query["gate"]).wait()
        await c.send(CLOSE, struct.pack("!H", code) + reason if code else b"")

    async for kind, data in c.messages(on_close):
        await c.send(kind, data)
    await c.until_gone()


async def noanswer_close(c):
    """Echoes data, never answers a close and keeps the connection."""
    await c.write(c.handshake())
    async for kind, data in c.messages("ignore"):
        await c.send(kind, data)


async def drop_close(c):
    """Drops the connection when the close frame comes; ?reset resets it."""
    await c.write(c.handshake())
    async for kind, data in c.messages("drop"):
        await c.send(kind, data)
    if "reset" in c.query:
        c.reset()


async def noise_close(c):
    """/noise-close/N: on the client's close, N messages first and then the answer."""
    await c.write(c.handshake())

    async def on_close(payload):
        for i in range(int(c.parts[1])):
            await c.send(BINARY, pattern(3000))
            await c.send(PING, b"late")
        await c.send(CLOSE, payload)

    async for kind, data in c.messages(on_close):
        await c.send(kind, data)


async def garbage_close(c):
    """Answers the client's close with an invalid frame."""
    await c.write(c.handshake())

    async def on_close(_):
        await c.write(b"\xf3\x01x")

    async for kind, data in c.messages(on_close):
        await c.send(kind, data)
    await c.until_gone()


async def deaf(c):
    """After the handshake the server does not read until the gate opens; then it counts bytes. ?urgent: it sends urgent data.
    ?sips=N: first it takes 64 KiB N times, one each 200 ms, and it opens the gate itself."""
    await c.write(c.handshake())
    c.writer.transport.pause_reading()
    if "sips" in c.query:
        sock = c.writer.get_extra_info("socket").dup()
        for _ in range(int(c.query["sips"])):
            await asyncio.sleep(0.2)
            with contextlib.suppress(BlockingIOError):
                c.reader.feed_data(sock.recv(64 << 10))
        sock.close()
        gate(c.query["gate"]).set()
    if "gate" in c.query:
        await gate(c.query["gate"]).wait()
        c.writer.transport.resume_reading()
        async for kind, data in c.messages():
            await c.send(TEXT, f"{len(data)} {zlib.crc32(data):08x}".encode())
        return
    await leaves_while_deaf(c, [ESTABLISHED])


ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2 = 1, 4, 5


async def leaves_while_deaf(c, states):
    """A paused transport cannot tell that the client went; the socket itself is in none of these states then."""
    sock = c.writer.get_extra_info("socket")
    urgent = sock.dup() if "urgent" in c.query else None
    for _ in range(1200):
        await asyncio.sleep(0.05)
        info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)
        if info[0] not in states:
            break
        if urgent:
            try:
                urgent.send(b"!", socket.MSG_OOB)
            except OSError:
                break


async def deaf_says(c):
    """/deaf-says/HEX?gate=TOKEN: the server never reads. When the gate opens it says this; without anything to say it
    ends its stream."""
    await c.write(c.handshake())
    c.writer.transport.pause_reading()
    await gate(c.query["gate"]).wait()
    if c.parts[1]:
        await c.write(bytes.fromhex(c.parts[1]))
    else:
        c.writer.write_eof()
    await leaves_while_deaf(c, [ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2])


async def ping_flood(c):
    """/ping-flood/endless: the shortest pings as fast as they go, for as long as the client is there. Nothing is read.

    /ping-flood/MIB?gate=TOKEN: so much of pings, the last one `last`, and a message, while nothing is read; when the
    gate opens it is, up to the pong of the last. Then how many pongs there were for how many pings."""
    if c.parts[1] == "endless":
        await c.write(c.handshake())
        c.writer.transport.pause_reading()
        while True:
            await c.write(frame(PING) * 16384)
    block = frame(PING, bytes(125)) * 512
    blocks = (int(c.parts[1]) << 20) // len(block)
    await c.write(c.handshake())
    c.writer.transport.pause_reading()
    for _ in range(blocks):
        await c.write(block)
    await c.send(PING, b"last")
    await c.send(TEXT, b"all said")
    await gate(c.query["gate"]).wait()
    c.writer.transport.resume_reading()
    pongs, payload = 0, b""
    while payload != b"last":
        opcode, _, payload, _ = await c.frame()
        pongs += opcode == PONG
    await c.send(TEXT, f"{pongs} {blocks * 512 + 1}".encode())
    await c.until_gone()


async def pings(c):
    """/ping/PAYLOAD: a ping; the pong's payload comes back as a text message; then an echo."""
    await c.write(c.handshake())
    await c.send(PING, c.parts[1].encode() if len(c.parts) > 1 else b"")
    opcode, _, payload, _ = await c.frame()
    await c.send(TEXT, f"{describe(opcode, True, 0, payload, True)}".encode())
    async for kind, data in c.messages():
        await c.send(kind, data)


async def first_frame(c):
    """/first-frame: nothing until the client has sent a frame; then which one, as a text message.

    ?chatter: "still here" every few milliseconds until then, but not for ever."""
    await c.write(c.handshake())
    first = asyncio.ensure_future(c.frame())
    for _ in range(4000 if "chatter" in c.query else 0):
        await c.send(TEXT, b"still here")
        if (await asyncio.wait([first], timeout=0.005))[0]:
            break
    else:
        if "chatter" in c.query:
            await c.send(TEXT, b"nothing came")
    opcode, fin, payload, masked = await first
    await c.send(TEXT, describe(opcode, fin, 0, payload, masked).encode())
    async for kind, data in c.messages():
        await c.send(kind, data)


async def ping_fragments(c):
    """A message in three fragments with pings and a pong between them, then what came back."""
    await c.write(c.handshake())
    await c.send(TEXT, b"one ", fin=False)
    await c.send(PING, b"p1")
    await c.send(0, b"two ", fin=False)
    await c.send(PONG, b"nobody asked")
    await c.send(PING, b"p2")
    await c.send(0, b"three")
    got = []
    while len(got) < 2:
        opcode, _, payload, _ = await c.frame()
        got.append(describe(opcode, True, 0, payload, True))
    await c.send(TEXT, " ".join(got).encode())
    async for kind, data in c.messages():
        await c.send(kind, data)


async def ping_storm(c):
    """Pings all the time while echoing."""
    await c.write(c.handshake())

    async def storm():
        n = 0
        while True:
            await c.send(PING, str(n).encode())
            n += 1
            await asyncio.sleep(0.003)

    task = asyncio.ensure_future(storm())
    try:
        async for kind, data in c.messages():
            await c.send(kind, data)
    finally:
        task.cancel()


async def stall(c):
    """Reads the request and never answers."""
    await c.wait_gone()


async def half(c):
    """Half a response head, then nothing."""
    await c.write(b"HTTP/1.1 101 Switching Proto")
    await c.wait_gone()


async def drop(c):
    """Reads the request and closes."""


async def reset(c):
    """Reads the request and resets."""
    c.reset()


async def garbage(c):
    """Something that is not HTTP."""
    await c.write(b"\x16\x03\x01 this is not HTTP at all\r\n\r\n")


async def bad_handshake(c):
    """/handshake/KIND: a 101 with one thing wrong (or only unusual)."""
    kind = c.parts[1]
    drop, change, extra = (), {}, []
    if kind == "wrong-accept":
        change = {"Sec-WebSocket-Accept": base64.b64encode(bytes(20)).decode()}
    elif kind == "no-accept":
        drop = ("Sec-WebSocket-Accept",)
    elif kind == "no-upgrade":
        drop = ("Upgrade",)
    elif kind == "wrong-upgrade":
        change = {"Upgrade": "h2c"}
    elif kind == "no-connection":
        drop = ("Connection",)
    elif kind == "wrong-connection":
        change = {"Connection": "keep-alive"}
    elif kind == "protocol":
        extra = ["Sec-WebSocket-Protocol: unasked"]
    elif kind == "extension":
        extra = ["Sec-WebSocket-Extensions: permessage-deflate"]
    elif kind == "case":
        change = {"Upgrade": "WebSocket", "Connection": "keep-alive, upgrade"}
    elif kind == "chosen-protocol":
        first = c.headers.get("sec-websocket-protocol", "").split(",")[0].strip()
        extra = [f"Sec-WebSocket-Protocol: {first}"]
    elif kind == "length":
        extra = ["Content-Length: 5"]
    elif kind == "chunked":
        extra = ["Transfer-Encoding: chunked"]
    elif kind == "long":
        extra = ["X-Long: " + "z" * 40000]
    elif kind == "early":
        await c.write(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
    await c.write(c.handshake(drop, change, extra))
    async for k, data in c.messages():
        await c.send(k, data)


async def body(c):
    """/body/SIZE: an ordinary response of that many pattern bytes."""
    await c.answer(200, pattern(int(c.parts[1])), reason="OK")
    return "again"


async def keep(c):
    """/keep/KIND: the body is this connection's number, and how many requests it has had; what follows decides
    whether it can have more. ?size=N has a body of so many pattern bytes instead, ?code=N another status."""
    kind = c.parts[1]
    code = int(c.query.get("code", 200))
    text = f"{c.number} {c.served}\n".encode()
    body = pattern(int(c.query["size"])) if "size" in c.query else text
    length = f"Content-Length: {len(body)}\r\n"
    if kind == "ordinary":
        await c.answer(code, body, ["X-Connection: " + text.decode().strip()])
    elif kind == "close":
        await c.answer(code, body, ["Connection: close"])
        await c.wait_gone()
    elif kind == "old":
        extra = "Connection: keep-alive\r\n" if "alive" in c.query else ""
        await c.write(f"HTTP/1.0 200 OK\r\n{extra}{length}\r\n".encode() + body)
    elif kind == "chunked":
        await c.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        trailer = b"" if "bare" in c.query else b"X-Trailer: late\r\n"
        await c.write(b"%x\r\n%b\r\n0\r\n%b\r\n" % (len(body), body, trailer))
    elif kind == "until-close":
        await c.write(b"HTTP/1.1 200 OK\r\n\r\n" + body)
        return None
    elif kind == "surplus":
        await c.write(f"HTTP/1.1 200 OK\r\n{length}\r\n".encode() + body + b"HTTP/1.1 500 Injected\r\n\r\n")
    elif kind == "ends":
        await c.answer(code, body)
        return None
    elif kind == "late":
        # The first request of a token is answered as if it had never come.
        late[c.query["token"]] = count = late.get(c.query["token"], 0) + 1
        await c.answer(408 if count <= int(c.query.get("times", 1)) else 200, body)
    elif kind == "mute":
        await c.answer(code, body)
        await c.read_request()
        return None
    elif kind == "redirect":
        await c.answer(302, body, ["Location: /keep/ordinary"], "Found")
    return "again"


late = {}


async def cookie(c):
    """/cookie/set?c=TEXT (&c=TEXT...): sets these; /cookie/show: what came, a line each; /cookie/hop?c=TEXT: a
    redirect that sets; /cookie/interim?c=TEXT: only a 103 sets."""
    kind = c.parts[1]
    values = urllib.parse.parse_qs(urllib.parse.urlsplit(c.target).query).get("c", [])
    extra = ["Set-Cookie: " + value for value in values]
    lines = [line for line in c.head.decode("latin-1").split("\r\n") if line.lower().startswith("cookie:")]
    if kind == "hop":
        await c.answer(302, "", extra + ["Location: /cookie/show"])
    elif kind == "interim":
        await c.write(("\r\n".join(["HTTP/1.1 103 Early"] + extra) + "\r\n\r\n").encode())
        await c.answer(200, "none\n")
    else:
        await c.answer(200, "\n".join(lines) + "\n", extra)
    return "again"


def coded(kind, data):
    """A body in the form that the route names."""
    if kind == "gzip":
        return gzip.compress(data)
    if kind == "zlib":
        return zlib.compress(data)
    if kind == "bare":
        return zlib.compress(data)[2:-4]
    if kind == "corrupt":
        return gzip.compress(data)[:-40] + bytes(40)
    if kind == "short":
        return gzip.compress(data)[:-9]
    return data


async def compressed(c):
    """/gzip/FORM/SIZE: so many pattern bytes, coded; ?chunked, ?slow byte by byte. The request's Accept-Encoding
    comes back as X-Asked."""
    form, size = c.parts[1], int(c.parts[2])
    name = {"zlib": "deflate", "bare": "deflate", "other": "br"}.get(form, "gzip")
    data = coded(form, pattern(size))
    asked = [line for line in c.head.decode("latin-1").split("\r\n") if line.lower().startswith("accept-encoding:")]
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {name}\r\nX-Asked: {' | '.join(asked)}\r\n"
    head += f"X-Connection: {c.number}\r\n"
    if "chunked" in c.query:
        pieces = [data[i : i + 100] for i in range(0, len(data), 100)]
        data = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
        head += "Transfer-Encoding: chunked\r\n\r\n"
    else:
        head += f"Content-Length: {len(data)}\r\n\r\n"
    await c.write(head.encode())
    if c.method == "HEAD":
        return "again"
    step = 1 if "slow" in c.query else max(len(data), 1)
    for i in range(0, len(data), step):
        await c.write(data[i : i + step])
        await asyncio.sleep(0)
    return "again"


async def wire(c):
    """Answers with the request's head and what follows it: ?bytes=N of it, or ?chunked until the last chunk. With
    ?keep the connection stays; ?old answers as HTTP/1.0."""
    data = b""
    if "chunked" in c.query:
        data = await c.reader.readuntil(b"0\r\n\r\n")
    elif "bytes" in c.query:
        data = await c.reader.readexactly(int(c.query["bytes"]))
    if "keep" not in c.query:
        return await c.answer(200, c.head + data, ["Connection: close"], reason="OK")
    fields = ["Connection: Keep-Alive", f"X-Connection: {c.number}"]
    await c.answer(200, c.head + data, fields, reason="OK", version="HTTP/1.0" if "old" in c.query else "HTTP/1.1")
    return "again"


async def framing(c):
    """Says in headers, so that HEAD shows them too, with what request line and framing the request came."""
    fields = [
        f"X-Request: {c.method} {c.target}",
        "X-Length: " + c.headers.get("content-length", "none"),
        "X-Encoding: " + c.headers.get("transfer-encoding", "none"),
    ]
    await c.answer(200, c.head, fields, reason="OK")
    return "again"


async def raw_answer(c):
    """/answer/HEX: exactly these bytes. ?slow sends byte by byte, ?split=N in two pieces, ?pad=N appends N times x;
    ?rest=HEX follows after ?gate=TOKEN or ?delay=MS. Then the next request is awaited, unless ?then=close|reset."""
    data = bytes.fromhex(c.parts[1]) + b"x" * int(c.query.get("pad", 0))
    if "slow" in c.query:
        pieces = [data[i : i + 1] for i in range(len(data))]
    elif "split" in c.query:
        at = int(c.query["split"])
        pieces = [data[:at], data[at:]]
    else:
        pieces = [data]
    for i, piece in enumerate(pieces):
        if i:
            await asyncio.sleep(0.002)
        await c.write(piece)
    if "gate" in c.query:
        await gate(c.query["gate"]).wait()
    if "delay" in c.query:
        await asyncio.sleep(int(c.query["delay"]) / 1000)
    if "rest" in c.query:
        await c.write(bytes.fromhex(c.query["rest"]))
    then = c.query.get("then")
    if then == "reset":
        await asyncio.sleep(0.05)
        c.reset()
    return None if then == "close" else "again"


async def header_size(c):
    """/header-size/N[?lines]: a head of exactly N bytes, in one long header or in many short ones."""
    size = int(c.parts[1])
    start = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
    end = b"\r\n"
    if "lines" in c.query:
        while size - len(start) - len(end) >= 200:
            start += b"X-Some: " + b"y" * 90 + b"\r\n"
    room = size - len(start) - len(end)
    await c.write(start + b"X-Long: " + b"z" * (room - 10) + b"\r\n" + end + b"ok")
    return "again"


async def header_count(c):
    """/header-count/N: a head of N header lines."""
    await c.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + b"a: b\r\n" * (int(c.parts[1]) - 1) + b"\r\nok")
    return "again"


async def hop(c):
    """/hop/N redirects to /hop/N-1 and so on; /hop/0 is an ordinary answer."""
    n = int(c.parts[1])
    if n:
        await c.answer(302, f"{n} to go\n", [f"Location: /hop/{n - 1}"], "Found")
    else:
        await c.answer(200, "landed\n", reason="OK")
    return "again"


async def drip(c):
    """/drip/N: N letters, one each 50 ms; ?head: that many header lines instead, the head does not end; ?interim: that
    many interim responses instead, and no other."""
    n = int(c.parts[1])
    if "head" in c.query:
        await c.write(b"HTTP/1.1 200 OK\r\n")
    elif "interim" not in c.query:
        await c.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % n)
    for i in range(n):
        await asyncio.sleep(0.05)
        line = b"X-%d: y\r\n" % i if "head" in c.query else b"d"
        await c.write(b"HTTP/1.1 102 Wait\r\n\r\n" if "interim" in c.query else line)
    return "again"


ROUTES = {
    **auth_routes.ROUTES,
    **duplex_routes.ROUTES,
    "drip": drip,
    **pac_routes.ROUTES,
    "gzip": compressed,
    "keep": keep,
    "cookie": cookie,
    "wire": wire,
    "framing": framing,
    "answer": raw_answer,
    "header-size": header_size,
    "header-count": header_count,
    "hop": hop,
    "echo": echo,
    "frames": frames,
    "greeting": greeting,
    "raw": raw,
    "send": send_big,
    "sink": sink,
    "close": close_now,
    "answer-close": answer_close,
    "noanswer-close": noanswer_close,
    "drop-close": drop_close,
    "noise-close": noise_close,
    "garbage-close": garbage_close,
    "deaf": deaf,
    "deaf-says": deaf_says,
    "ping": pings,
    "first-frame": first_frame,
    "ping-fragments": ping_fragments,
    "ping-flood": ping_flood,
    "ping-storm": ping_storm,
    "stall": stall,
    "half": half,
    "drop": drop,
    "reset": reset,
    "garbage": garbage,
    "handshake": bad_handshake,
    "status": status,
    "redirect-ws": redirect_ws,
    "list": revocation_list,
    "tls": tls_seen,
    "head": request_head,
    "body": body,
    "proxied": scripted_proxy.report,
    "report": report,
    "release": release,
}

# start ----------------------------------------------------------------


async def serve(reader, writer):
    sock = writer.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    await Conn(reader, writer).serve()


async def speak_plainly(reader, writer):
    await reader.read(1)
    writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    await reader.read()


async def listen(tls=None, what=serve, host="127.0.0.1"):
    server = await asyncio.start_server(what, host, 0, ssl=tls, limit=1 << 20, backlog=2048)
    return server, server.sockets[0].getsockname()[1]


async def listen_flaky(behind):
    """A way to the port `behind` on which every first connection of two ends when the client has begun to speak."""
    count = 0

    async def pipe(reader, writer):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()

    async def serve(reader, writer):
        nonlocal count
        count += 1
        first = await reader.read(65536)
        if count % 2:
            writer.close()
            return
        there, back = await asyncio.open_connection("127.0.0.1", behind)
        back.write(first)
        await asyncio.gather(pipe(reader, back), pipe(there, writer), return_exceptions=True)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    return server, server.sockets[0].getsockname()[1]


async def main():
    options = argparse.ArgumentParser()
    options.add_argument("--certs")
    args = options.parse_args()
    wanted = {"plain": None, "babble": None}
    others = {"babble": speak_plainly}
    if args.certs:
        CERTS.append(args.certs)
        wanted.update(trust.contexts(args.certs))
    servers, ports = [], {}
    for name, tls in wanted.items():
        server, ports[name] = await listen(tls, others.get(name, serve))
        servers.append(server)
    if args.certs:
        ports["needs"], ports["needs12"] = (trust.needing(args.certs, v) for v in ("-tls1_3", "-tls1_2"))
        for name, path in {"pointed": "list", "held": "list/held-list"}.items():
            server, ports[name] = await listen(trust.pointed(args.certs, ports["plain"], path))
            servers.append(server)
    for name, tls in {"proxy": None, "tlsproxy": wanted.get("tls"), "unknownproxy": wanted.get("unknown")}.items():
        server, ports[name] = await scripted_proxy.listen(tls)
        servers.append(server)
    server, ports["plain6"] = await listen(host="::1")
    servers.append(server)
    if args.certs:
        server, ports["flaky"] = await listen_flaky(ports["tls"])
        servers.append(server)
    # A port that nobody listens on, held so that no one else gets it.
    refused = socket.socket()
    refused.bind(("127.0.0.1", 0))
    ports["refused"] = refused.getsockname()[1]
    ports["bulk"] = bulk.start()
    held = silent.ports(ports)
    for sock in silent.pairs(ports, held):
        servers.append(await asyncio.start_server(serve, sock=sock, limit=1 << 20, backlog=2048))
    print(json.dumps(ports), flush=True)
    assert held
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(None, sys.stdin.read)  # until whoever started us goes
    os._exit(0)


asyncio.run(main())
