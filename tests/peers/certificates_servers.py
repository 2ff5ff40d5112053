#!/usr/bin/env python3
"""Servers that staple an OCSP response to their certificate, for ctests/certificates.c: OpenSSL's own, one for each response.
Prints their ports as JSON, ends with its standard input.
"""
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

import trust

CERTS = os.environ["TEST_CERTS"]
DAY = 86400
SHA256_RSA, SHA256_EC = "06092a864886f70d01010b0500", "06082a8648ce3d040302"
SHA1, BASIC = "06052b0e03021a0500", "06092b0601050507300101"


def openssl(*words, given=None):
    env = dict(os.environ, OPENSSL_CONF="/dev/null")
    return subprocess.run(["openssl", *words], check=True, input=given, stdout=subprocess.PIPE, env=env).stdout


def path(name):
    return os.path.join(CERTS, name)


def tlv(tag, *parts):
    body = b"".join(parts)
    size = len(body)
    length = bytes([size]) if size < 128 else bytes([0x80 | (size.bit_length() + 7) // 8]) + size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag]) + length + body


def elements(der):
    """Each element in these bytes: all of it, and what is in it."""
    found = []
    while der:
        size, start = der[1], 2
        if size & 0x80:
            start = 2 + (size & 0x7F)
            size = int.from_bytes(der[2:start], "big")
        found.append((der[: start + size], der[start : start + size]))
        der = der[start + size :]
    return found


class Certificate:
    def __init__(self, name):
        self.name = name
        self.der = openssl("x509", "-in", path(name + ".pem"), "-outform", "DER")
        fields = elements(elements(elements(self.der)[0][1])[0][1])
        self.serial, self.subject = fields[1][0], fields[5][0]
        self.key = elements(fields[6][1])[1][1][1:]


def when(days):
    return tlv(0x18, time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + days * DAY)).encode())


def response(about, status="good", issuer="ca", signer=None, since=-1, until=1, changed=False, more=b""):
    """What `signer` (the issuer itself, unless another is named) says of a certificate."""
    issuer, by = Certificate(issuer), Certificate(signer or issuer)
    sha1 = lambda bytes: tlv(4, hashlib.sha1(bytes).digest())
    identity = tlv(0x30, tlv(0x30, bytes.fromhex(SHA1)), sha1(issuer.subject), sha1(issuer.key), Certificate(about).serial)
    said = {"good": tlv(0x80), "revoked": tlv(0xA1, when(-2)), "unknown": tlv(0x82)}[status]
    answer = tlv(0x30, identity, said, when(since), tlv(0xA0, when(until)) if until is not None else b"", more)
    message = tlv(0x30, tlv(0xA2, sha1(by.key)), when(since), tlv(0x30, answer))
    signature = openssl("dgst", "-sha256", "-sign", path(by.name + ".key"), given=message)
    if changed:
        message = message.replace(tlv(0x82), tlv(0x80))
    algorithm = SHA256_RSA if issuer.name == by.name == "ca" else SHA256_EC
    basic = tlv(0x30, message, tlv(0x30, bytes.fromhex(algorithm)), tlv(3, b"\0", signature),
                tlv(0xA0, tlv(0x30, by.der)) if signer else b"")
    return tlv(0x30, tlv(0x0A, b"\0"), tlv(0xA0, tlv(0x30, bytes.fromhex(BASIC), tlv(4, basic))))


# An extension that nobody knows and that must be understood.
CRITICAL = tlv(0xA1, tlv(0x30, tlv(0x30, bytes.fromhex("06032a0304"), b"\x01\x01\xff", tlv(4, b"x"))))
# By name: whose certificate, protocol, response.
SERVERS = {
    "stapled_good": ("server", "-tls1_3", lambda: response("server")),
    "stapled_good12": ("server", "-tls1_2", lambda: response("server")),
    "stapled_revoked": ("server", "-tls1_3", lambda: response("server", "revoked")),
    "stapled_revoked12": ("server", "-tls1_2", lambda: response("server", "revoked")),
    "stapled_appointed": ("server", "-tls1_3", lambda: response("server", signer="responder")),
    "stapled_below": ("below", "-tls1_3", lambda: response("below", issuer="sub")),
    "stapled_unknown": ("server", "-tls1_3", lambda: response("server", "unknown")),
    "stapled_old": ("server", "-tls1_3", lambda: response("server", since=-3, until=-1)),
    "stapled_endless": ("server", "-tls1_3", lambda: response("server", since=-2, until=None)),
    "stapled_early": ("server", "-tls1_3", lambda: response("server", since=1, until=2)),
    "stapled_other": ("server", "-tls1_3", lambda: response("cnonly")),
    "stapled_changed": ("server", "-tls1_3", lambda: response("server", "unknown", changed=True)),
    "stapled_usurped": ("server", "-tls1_3", lambda: response("server", signer="wrongusage")),
    "stapled_critical": ("server", "-tls1_3", lambda: response("server", more=CRITICAL)),
    "stapled_nonsense": ("server", "-tls1_3", lambda: b"\x30\x03\x0a\x01\x06"),
}


def main():
    folder = tempfile.mkdtemp(prefix="winhttp-staples-")
    try:
        ports = {}
        for name, (certificate, version, make) in SERVERS.items():
            file = os.path.join(folder, name)
            with open(file, "wb") as out:
                out.write(make())
            chain = ["-cert_chain", path("sub.pem")] if certificate == "below" else []
            ports[name] = trust.openssl_server(CERTS, version, certificate, "-status_file", file, *chain)
        print(json.dumps({"ports": ports}), flush=True)
        sys.stdin.read()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
