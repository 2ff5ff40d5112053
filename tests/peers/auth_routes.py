"""The scripted server's routes about authentication. Each request with `?id=TOKEN` leaves a line in /auth/log/TOKEN:

    CONNECTION METHOD Authorization|Proxy-Authorization Content-Length BODY-LENGTH

What a header lacks is `-`, blanks in it are `_`.
"""
import base64
import hashlib
import re
import secrets
import urllib.parse

logs = {}
nonces = {}


def word(text):
    return (text or "-").replace(" ", "_")


def note(c):
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(c.target).query, keep_blank_values=True)
    body = getattr(c, "body", b"")
    c.body = b""
    if "id" in query:
        h = c.headers
        both = word(h.get("authorization")) + "|" + word(h.get("proxy-authorization"))
        line = f"{c.number} {c.method} {both} {word(h.get('content-length'))} {len(body)}\n"
        logs[query["id"][0]] = logs.get(query["id"][0], "") + line
    return query, body


async def challenge(c, status, values, size=0, name="WWW-Authenticate", extra=()):
    await c.answer(status, "x" * size, [f"{name}: {v}" for v in values] + list(extra), "No")
    return "again"


async def ask(c, query):
    """ask?status=401&www=CHALLENGE...&proxy=CHALLENGE...&size=N&close: never satisfied."""
    extra = ["Proxy-Authenticate: " + v for v in query.get("proxy", ())]
    extra += ["Connection: close"] if "close" in query else []
    await challenge(c, int(query.get("status", ["401"])[0]), query.get("www", ()), int(query.get("size", ["0"])[0]), extra=extra)
    return None if "close" in query else "again"


async def basic(c, query, body):
    """basic/USER/PASSWORD"""
    expected = "Basic " + base64.b64encode(f"{c.parts[2]}:{c.parts[3]}".encode()).decode()
    if c.headers.get("authorization") != expected:
        return await challenge(c, 401, ['Basic realm="peer"'], int(query.get("size", ["5"])[0]))
    await c.answer(200, b"welcome " + body, reason="OK")
    return "again"


def fields(value):
    return {k.lower(): q or v for k, q, v in re.findall(r'(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^,\s]+))', value)}


async def digest(c, query, body):
    """digest/USER/PASSWORD?algorithm=A&qop=Q&uses=N&same&forever: a nonce is good for N uses and then stale; `same`
    gives one nonce for the id; `forever` finds every nonce stale."""
    user, password = c.parts[2], c.parts[3]
    algorithm, qop = query.get("algorithm", ["MD5"])[0], query.get("qop", ["auth"])[0]
    name = algorithm.lower().removesuffix("-sess").replace("sha-512-256", "sha512_256").replace("sha-256", "sha256")

    def h(text):
        return hashlib.new(name, text.encode("latin-1")).hexdigest()

    stale, given = "", c.headers.get("authorization", "")
    if given.startswith("Digest "):
        f = fields(given[7:])
        first = h(f"{user}:peer:{password}")
        if algorithm.lower().endswith("-sess"):
            first = h(f"{first}:{f.get('nonce')}:{f.get('cnonce')}")
        second = h(f"{c.method}:{f.get('uri')}")
        middle = f"{f.get('nc')}:{f.get('cnonce')}:auth:" if qop else ""
        right = f.get("response") == h(f"{first}:{f.get('nonce')}:{middle}{second}")
        right &= f.get("username") == user and f.get("realm") == "peer" and f.get("uri") == c.target
        right &= f.get("opaque") == "a, b" and f.get("nonce") in nonces
        if right:
            used = nonces[f["nonce"]] = nonces[f["nonce"]] + 1
            if qop and int(f.get("nc", "0"), 16) != used:
                await c.answer(400, f"nc is {f.get('nc')}, not {used}", reason="Bad Count")
                return "again"
            if used <= int(query.get("uses", ["1000"])[0]) and "forever" not in query:
                await c.answer(200, f"welcome nc={f.get('nc', '-')} ".encode() + body, reason="OK")
                return "again"
            stale = ", stale=true"
    nonce = "same-" + query["id"][0] if "same" in query else secrets.token_hex(12)
    nonces.setdefault(nonce, 0)
    parts = [f'Digest realm="peer", nonce="{nonce}", opaque="a, b"']
    parts += [f'qop="{qop}"'] if qop else []
    parts += [f"algorithm={algorithm}"] if algorithm != "MD5" else []
    return await challenge(c, 401, [", ".join(parts) + stale], 5)


async def log(c):
    await c.answer(200, logs.get(c.parts[2], ""), reason="OK")
    return "again"


async def websocket(c, query):
    """ws/USER/PASSWORD: an echo for who may come in."""
    expected = "Basic " + base64.b64encode(f"{c.parts[2]}:{c.parts[3]}".encode()).decode()
    if c.headers.get("authorization") != expected:
        return await challenge(c, 401, ['Basic realm="peer"'], 5)
    await c.write(c.handshake())
    async for kind, data in c.messages():
        await c.send(kind, data)


async def auth(c):
    what = c.parts[1]
    if what == "log":
        return await log(c)
    query, body = note(c)
    if what == "ask":
        return await ask(c, query)
    if what == "ws":
        return await websocket(c, query)
    if what == "open":
        await c.answer(200, b"welcome " + body, reason="OK")
        return "again"
    if what == "go":
        await c.answer(302, "", ["Location: " + query["to"][0]], "Found")
        return "again"
    return await {"basic": basic, "digest": digest}[what](c, query, body)


ROUTES = {"auth": auth}
