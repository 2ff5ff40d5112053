"""The scripted HTTP proxy of the C tests, part of peer.py.

It leads everywhere on this machine: whatever the host is called, it connects to 127.0.0.1 and the port asked for,
so a name that only a proxy could know works. The first label of the host chooses what it does instead; see
BEHAVIOURS. What it was asked since the last time GET /proxied of the peer answers.
"""
import asyncio
import re
import socket
import ssl
import urllib.parse

log = []
connections = 0
running = set()


class Client:
    """A connection to the proxy."""

    def __init__(self, reader, writer):
        global connections
        connections += 1
        self.number = connections
        self.reader, self.writer = reader, writer

    async def write(self, data):
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self, status, extra=(), body=b"the proxy's own words\n", version="1.1"):
        lines = [f"HTTP/{version} {status} Proxy says", f"Content-Length: {len(body)}", *extra]
        await self.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    async def serve(self):
        while True:
            head = await self.reader.readuntil(b"\r\n\r\n")
            text = head.decode("latin-1")
            log.append(f"#{self.number} {text}")
            method, target, _ = text.split("\r\n")[0].split(" ")
            self.headers = headers = {n.lower(): v.strip() for n, c, v in (l.partition(":") for l in text.split("\r\n")[1:]) if c}
            body = await self.reader.readexactly(int(headers.get("content-length", 0)))
            if method == "CONNECT":
                host, port = target.rsplit(":", 1)
                rest = None
            else:
                url = urllib.parse.urlsplit(target)
                if url.scheme != "http":
                    return await self.answer(400)
                host, port = url.hostname, url.port or 80
                rest = urllib.parse.urlunsplit(("", "", url.path, url.query, ""))
            behaviour = re.match(r"[a-z]+|\d+", host.split(".")[0])
            behave = BEHAVIOURS.get(behaviour.group()) if behaviour and host.endswith(".test") else None
            if behave and not await behave(self, host):
                return
            if behave and self.answered:
                continue
            if method == "CONNECT":
                return await self.tunnel(int(port))
            if not await self.forward(int(port), method, rest, text, body):
                return

    answered = False

    async def tunnel(self, port):
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return await self.answer(502)
        await self.write(b"HTTP/1.1 200 Tunnel\r\nX-Proxy: yes\r\n\r\n")
        await asyncio.gather(pump(self.reader, writer), pump(reader, self.writer))

    async def forward(self, port, method, rest, head, body):
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await self.answer(502)
            return True
        lines = [l for l in head.split("\r\n")[1:-2] if not l.lower().startswith("proxy-")]
        if not any(l.lower().startswith("connection:") for l in lines):
            lines.append("Connection: close")
        writer.write("\r\n".join([f"{method} {rest} HTTP/1.1", *lines]).encode() + b"\r\n\r\n" + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"\r\nContent-Length: (\d+)", answer)
        content = b""
        if length and method != "HEAD":
            content = await reader.readexactly(int(length.group(1)))
        writer.close()
        await self.write(answer[:-2] + b"Via: 1.1 scripted\r\n\r\n" + content)
        return bool(length)


async def pump(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except (ConnectionError, ssl.SSLError):
        pass
    writer.close()


# Each is given the client and the host; True goes on to what was asked for (or, `answered`, to the next request).


async def garbage(c, host):
    await c.write(b"\x15\x03\x01\x00\x02\x02\x50 what is this\r\n\r\n")


async def mute(c, host):
    await c.reader.read()  # until the client goes


async def cut(c, host):
    await c.write(b"HTTP/1.1 200 Tun")


async def hangup(c, host):
    pass


async def reset(c, host):
    sock = c.writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    c.writer.transport.abort()


async def extra(c, host):
    await c.write(b"HTTP/1.1 200 Tunnel\r\n\r\nand more")
    await c.reader.read()


async def endless(c, host):
    await c.write(b"HTTP/1.1 200 Tunnel\r\n")
    for _ in range(4096):
        await c.write(b"X-More: " + b"x" * 1000 + b"\r\n")


async def dribble(c, host):
    for byte in b"HTTP/1.1 102 Wait\r\nX: y\r\n\r\nHTTP/1.1 199 Wait\r\n\r\n":
        await c.write(bytes([byte]))
    return True


async def lengthy(c, host):
    """A tunnel whose head names a length, which means nothing there (RFC 9110 9.3.6)."""
    c.write_plain = c.write

    async def write(data):
        await c.write_plain(data.replace(b"X-Proxy: yes", b"Content-Length: 99\r\nTransfer-Encoding: chunked"))
        c.write = c.write_plain

    c.write = write
    return True


async def switching(c, host):
    await c.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
    await c.reader.read()


async def challenge(c, host):
    """407, and the connection goes on."""
    c.answered = True
    await c.answer(407, ["Proxy-Authenticate: Basic realm=\"test\"", "Set-Cookie: proxy=1"])
    return True


async def login(c, host):
    """407 until tester and secret are there."""
    c.answered = c.headers.get("proxy-authorization") != "Basic dGVzdGVyOnNlY3JldA=="
    if c.answered:
        await c.answer(407, ["Proxy-Authenticate: Basic realm=\"test\""])
    return True


async def shut(c, host):
    """407, and the connection is over."""
    await c.answer(407, ["Proxy-Authenticate: Basic realm=\"test\"", "Connection: close"])


async def old(c, host):
    """An HTTP/1.0 proxy that keeps the connection."""
    c.answered = True
    await c.answer(200, ["Proxy-Connection: Keep-Alive"], version="1.0")
    return True


async def refuse(c, host):
    """refuse503.…: that status."""
    c.answered = True
    await c.answer(int(host[6:9]), ["Location: http://elsewhere.test/", "Set-Cookie: proxy=1"])
    return True


BEHAVIOURS = {
    "challenge": challenge,
    "cut": cut,
    "dribble": dribble,
    "endless": endless,
    "extra": extra,
    "garbage": garbage,
    "hangup": hangup,
    "lengthy": lengthy,
    "login": login,
    "mute": mute,
    "old": old,
    "refuse": refuse,
    "reset": reset,
    "shut": shut,
    "switching": switching,
}


async def serve(reader, writer):
    task = asyncio.current_task()
    running.add(task)  # the loop itself would forget one that waits
    task.add_done_callback(running.discard)
    try:
        await Client(reader, writer).serve()
    except (ConnectionError, ssl.SSLError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
        pass
    writer.close()


async def listen(tls=None):
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    return server, server.sockets[0].getsockname()[1]


async def report(c):
    """Route of the peer: the heads that came since the last time."""
    text = "".join(log)
    log.clear()
    await c.answer(200, text, reason="OK")
    return "again"
