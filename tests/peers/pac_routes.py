"""The scripted server's routes that give proxy scripts.

    /pac/hex/SCRIPT[/NAME]     the script, in hexadecimal
    /pac/count/TOKEN           a script that says how often this has been fetched: PROXY count-N:80
    /pac/agent                 a script that says the request's User-Agent, blanks as _
    /pac/size/N                a script of N bytes
    /pac/latin1                a script with a byte that is no UTF-8, of an odd type
    /pac/login                 401, whatever comes
    /pac/redirect              to a script elsewhere
    /pac/trickle               a script that comes byte by byte and never ends
    /wpad.dat                  a script that names the host it was asked of: PROXY HOST:3128
"""
import asyncio

counts = {}

DIRECT = "function FindProxyForURL(url, host) { return 'DIRECT'; }"


def returning(text):
    return f"function FindProxyForURL(url, host) {{ return '{text}'; }}"


async def pac(c):
    kind, rest = c.parts[1], c.parts[2:]
    kind_of = ["Content-Type: application/x-ns-proxy-autoconfig"]
    if kind == "hex":
        await c.answer(200, bytes.fromhex(rest[0]), kind_of, "OK")
    elif kind == "count":
        counts[rest[0]] = counts.get(rest[0], 0) + 1
        await c.answer(200, returning(f"PROXY count-{counts[rest[0]]}:80"), kind_of, "OK")
    elif kind == "agent":
        await c.answer(200, returning("PROXY " + c.headers.get("user-agent", "").replace("/", "-")), kind_of, "OK")
    elif kind == "size":
        script = returning("PROXY whole:80")
        await c.answer(200, script + "\n" * (int(rest[0]) - len(script)), kind_of, "OK")
    elif kind == "latin1":
        script = "// \xe9\r\nfunction FindProxyForURL(url, host) { return 'PROXY caf' + '\xe9'.length + ':80'; }\r\n"
        await c.answer(200, script.encode("latin-1"), ["X: application/octet-stream"], "OK")
    elif kind == "login":
        await c.answer(401, "who?\n", ['WWW-Authenticate: Basic realm="scripts"'], "Unauthorized")
    elif kind == "redirect":
        await c.answer(302, "", ["Location: /pac/count/" + rest[0]], "Found")
    elif kind == "trickle":
        await c.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            await c.write(b" ")
            await asyncio.sleep(0.05)
    else:
        await c.answer(404, "no such script\n", reason="Not Found")
    return "again"


async def wpad(c):
    host = c.headers.get("host", "").split(":")[0]
    await c.answer(200, returning(f"PROXY {host}:3128"), ["Content-Type: application/x-ns-proxy-autoconfig"], "OK")
    return "again"


ROUTES = {"pac": pac, "wpad.dat": wpad}
