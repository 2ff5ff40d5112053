"""TLS servers for the tests of trust: one for each certificate of scripts/certs.sh, and some that ask for one."""
import ctypes
import os
import signal
import ssl
import subprocess
import threading

V12, V13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
# Ports are named after the certificate.
CERTIFICATES = (
    "unknown expired wrongname notyet wrongusage rotten weak sha1 cnonly selfsigned selfca below alone revoked v1 v1self"
).split()
NAMES = {}  # what a client asked for by name, by the id of its connection


def context(certs, name, low=None, high=None, ask=None, levels=False):
    ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if levels:
        ctx.set_ciphers("DEFAULT@SECLEVEL=0")
        ctx.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE  # nor in signatures
    ctx.load_cert_chain(os.path.join(certs, name + ".pem"), os.path.join(certs, name + ".key"))
    if low:
        ctx.minimum_version = low
    if high:
        ctx.maximum_version = high
    if ask is not None:
        ctx.verify_mode = ask
        ctx.load_verify_locations(os.path.join(certs, "ca.pem"))
    ctx.sni_callback = lambda connection, name, _: NAMES.__setitem__(id(connection), name)
    return ctx


def contexts(certs):
    wanted = {
        "tls": context(certs, "server"),
        "tls12": context(certs, "server", V12, V12),
        "tls13": context(certs, "server", V13, V13),
        "weak12": context(certs, "weak", V12, V12, levels=True),
        "asks": context(certs, "server", V13, V13, ask=ssl.CERT_OPTIONAL),
        "asks12": context(certs, "server", V12, V12, ask=ssl.CERT_OPTIONAL),
    }
    for name in CERTIFICATES:
        wanted[name] = context(certs, name, levels=True)
    return wanted


def needing(certs, version):
    """One that lets nobody in without a certificate, names its authority and says why not; its port."""
    return openssl_server(certs, version, "server", "-CAfile", os.path.join(certs, "ca.pem"), "-Verify", "3", "-verify_return_error")


def openssl_server(certs, version, name, *more):
    """OpenSSL's own server with one of the certificates; its port."""
    at = lambda name: os.path.join(certs, name)
    server = subprocess.Popen(
        ["openssl", "s_server", "-accept", "127.0.0.1:0", "-www", version, "-cert", at(name + ".pem"), "-key",
         at(name + ".key"), *more],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        preexec_fn=lambda: ctypes.CDLL(None).prctl(1, signal.SIGKILL),  # it goes when this process goes
        env=dict(os.environ, OPENSSL_CONF="/dev/null"),
    )
    for line in server.stdout:
        if line.startswith("ACCEPT"):
            threading.Thread(target=server.stdout.read, daemon=True).start()
            return int(line.rsplit(":", 1)[1])
    raise RuntimeError("openssl s_server did not start")


def pointed(certs, port, path):
    """One whose revocation list is at `port` and this path; made when that is known."""
    folder = os.path.join(certs, f"pointed.{os.getpid()}")
    os.makedirs(folder, exist_ok=True)
    run = lambda *words: subprocess.run(
        ["openssl", *words], check=True, capture_output=True, env=dict(os.environ, OPENSSL_CONF="/dev/null")
    )
    at = lambda name: os.path.join(folder, name)
    with open(at("ext"), "w", encoding="ascii") as file:
        file.write(
            "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n"
            f"crlDistributionPoints=URI:http://127.0.0.1:{port}/{path}\n"
        )
    ca = ["-CA", os.path.join(certs, "ca.pem"), "-CAkey", os.path.join(certs, "ca.key")]
    config = os.path.join(certs, "req.cnf")
    run("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", at("pointed.key"),
        "-out", at("csr"), "-subj", "/CN=pointed", "-config", config)
    run("x509", "-req", "-in", at("csr"), *ca, "-set_serial", str(10**6 + os.getpid()), "-out", at("pointed.pem"),
        "-extfile", at("ext"), "-days", "10")
    ctx = context(folder, "pointed")
    for name in os.listdir(folder):
        os.remove(at(name))
    os.rmdir(folder)
    return ctx


def describe(connection):
    """A connection as the server sees it."""
    subject = dict(pair for part in (connection.getpeercert() or {}).get("subject", ()) for pair in part)
    return (
        f"{connection.version()} {connection.cipher()[0]} resumed={int(bool(connection.session_reused))}"
        f" sni={NAMES.get(id(connection))} client={subject.get('commonName', '')}"
    )
