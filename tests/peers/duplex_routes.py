"""The scripted server's routes that answer while the request's body comes, or do not wait for it.

/duplex/echo              each chunk goes back as it comes, as one chunk
/duplex/count             answers when all is there: N bytes in M chunks
/duplex/early?status=S&then=T&length=L   answers at once, whatever comes; L is what it says of the length. Then
    drain reads the body and the next request; fin says that it ends, and reads on; reset breaks off; deaf reads nothing
/duplex/redirect?code=C&to=TARGET        the same with a redirect; then fin
/duplex/basic?early       counts for user and password; others get a 401, with ?early before their body is read
/duplex/break             an answer until the end of the connection, which is a reset, as soon as something is sent
"""
import asyncio
import socket

AUTHORIZED = "Basic dXNlcjpwYXNzd29yZA=="  # user:password


async def chunk(c):
    """The next chunk's data; nothing at the body's end."""
    size = int((await c.reader.readuntil(b"\r\n")).split(b";")[0], 16)
    data = await c.reader.readexactly(size + 2)
    if data[-2:] != b"\r\n":
        raise ConnectionError("no chunk")
    return data[:-2]


async def count(c):
    size = chunks = 0
    while data := await chunk(c):
        size += len(data)
        chunks += 1
    return f"{size} bytes in {chunks} chunks\n"


async def echo(c):
    await c.write(f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Connection: {c.number}\r\n\r\n".encode())
    while data := await chunk(c):
        await c.write(b"%x\r\n%b\r\n" % (len(data), data))
    await c.write(b"0\r\n\r\n")
    return "again"


async def go_on(c, how):
    if how == "drain":
        await count(c)
        return "again"
    if how == "fin":
        c.writer.write_eof()
        await c.wait_gone()
    if how == "reset":
        c.reset()
    if how == "deaf":
        sock = c.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        c.writer.transport.pause_reading()
        # A paused transport cannot tell that the client went; look at the socket itself.
        for _ in range(1200):
            await asyncio.sleep(0.05)
            if sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1) != b"\1":
                break
    return None


async def duplex(c):
    kind = c.parts[1]
    if kind == "echo":
        return await echo(c)
    if kind == "count":
        await c.answer(200, await count(c), [f"X-Connection: {c.number}"], reason="OK")
        return "again"
    if kind == "early":
        length = c.query.get("length", "5")
        head = f"HTTP/1.1 {c.query.get('status', '413')} Early\r\nContent-Length: {length}\r\nX-Connection: {c.number}\r\n\r\n"
        await c.write(head.encode() + b"early")
        return await go_on(c, c.query["then"])
    if kind == "redirect":
        await c.answer(int(c.query["code"]), "elsewhere", ["Location: " + c.query["to"], "Connection: close"], "Elsewhere")
        return await go_on(c, "fin")
    if kind == "basic":
        if c.headers.get("authorization") == AUTHORIZED:
            await c.answer(200, await count(c), reason="OK")
            return "again"
        if "early" not in c.query:
            await count(c)
        extra = ["Connection: close"] if "early" in c.query else []
        await c.answer(401, "who?", ['WWW-Authenticate: Basic realm="duplex"'] + extra, "Unauthorized")
        return await go_on(c, "fin") if extra else "again"
    if kind == "break":
        await c.write(b"HTTP/1.1 200 OK\r\n\r\nsome")
        await c.reader.readexactly(1)
        c.reset()
    return None


ROUTES = {"duplex": duplex}
