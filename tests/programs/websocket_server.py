"""A server on the package websockets for the programs here: websocket_server.py CERTIFICATES; prints its ports: plain, TLS,
TLS with a certificate that nobody trusts.

/echo answers with what came, /told with the request's header X-Mine and its cookies, /burst with a thousand short messages,
/close closes with 4001, /drop drops the connection, /ping pings and says when the pong came, /silent reads and never answers,
/refused is none.
"""
import asyncio
import http
import os
import ssl
import sys

from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed


async def handle(connection):
    try:
        await talk(connection)
    except ConnectionClosed:
        pass


async def talk(connection):
    path = connection.request.path
    async for message in connection:
        if path == "/echo":
            await connection.send(message)
        elif path == "/told":
            headers = connection.request.headers
            await connection.send(f"{headers.get('X-Mine')} {headers.get('Cookie')}")
        elif path == "/burst":
            for n in range(1000):
                await connection.send(str(n))
        elif path == "/close":
            await connection.close(4001, "enough")
        elif path == "/drop":
            connection.transport.abort()
        elif path == "/ping":
            await (await connection.ping(b"are you there"))
            await connection.send("yes")


def refuse(connection, request):
    if request.path == "/refused":
        return connection.respond(http.HTTPStatus.FORBIDDEN, "not here\n")


def listen(terms=None):
    return serve(handle, "127.0.0.1", 0, ssl=terms, max_size=1 << 28, process_request=refuse, close_timeout=1,
                 select_subprotocol=lambda _, offered: "second" if "second" in offered else None)


def tls(name):
    terms = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    terms.load_cert_chain(os.path.join(sys.argv[1], name + ".pem"), os.path.join(sys.argv[1], name + ".key"))
    return terms


async def main():
    async with listen() as plain, listen(tls("server")) as secret, listen(tls("selfsigned")) as strange:
        print(*(server.sockets[0].getsockname()[1] for server in (plain, secret, strange)), flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
