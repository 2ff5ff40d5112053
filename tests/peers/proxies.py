#!/usr/bin/env python3
"""Runs the program `proxied` through proxies by others: tinyproxy, Apache and squid, with and without passwords, and over
TLS.

    proxies.py PROGRAM
"""
import hashlib
import json
import os
import pwd
import shutil
import subprocess
import sys

from servers import CERTS, HERE, Servers, free_port

TINYPROXY = """
Port {port}
Listen 127.0.0.1
Timeout 20
MaxClients 50
LogLevel Error
LogFile "{dir}/log"
PidFile "{dir}/pid"
{more}
"""

SQUID = """
http_port 127.0.0.1:{port}
pid_filename {dir}/pid
access_log none
cache_log {dir}/log
cache deny all
cache_mem 0 MB
pinger_enable off
shutdown_lifetime 0 seconds
max_filedescriptors 1024
visible_hostname localhost
coredump_dir {dir}
{user}
{login}
http_access allow {who}
http_access deny all
"""

# Squid's own programs look up names and passwords.
SQUID_LOGIN = """
auth_param {kind} program {program} {users}
auth_param {kind} realm proxy
auth_param {kind} children 1
acl known proxy_auth REQUIRED
"""

APACHE = """
Listen 127.0.0.1:{port}
<VirtualHost 127.0.0.1:{port}>
  ProxyRequests On
  AllowCONNECT 1-65535
  {more}
</VirtualHost>
"""

LOGIN = """
  <Proxy "*">
    AuthType {kind}
    AuthName "proxy"
    Auth{kind}Provider file
    AuthUserFile {users}
    Require valid-user
  </Proxy>
"""

TLS = """
  SSLEngine on
  SSLCertificateFile {certs}/server.pem
  SSLCertificateKeyFile {certs}/server.key
"""


def tinyproxy(servers, name, more=""):
    port, folder = free_port(), servers.folder(name)
    conf = os.path.join(folder, "conf")
    with open(conf, "w", encoding="ascii") as f:
        f.write(TINYPROXY.format(port=port, dir=folder, more=more))
    servers.start([shutil.which("tinyproxy") or "/usr/sbin/tinyproxy", "-d", "-c", conf], port, stdout=subprocess.DEVNULL)
    return f"localhost:{port}"


def squid(servers, name, kind=""):
    port, folder = free_port(), servers.folder(name)
    users, conf = os.path.join(folder, "users"), os.path.join(folder, "conf")
    realm_hash = hashlib.md5(b"tester:proxy:secret").hexdigest()
    programs = {
        "basic": ("basic_ncsa_auth", "tester:$1$salt$ez2vlPGdaLYkJam5pWs/Y1"),
        "digest": ("digest_file_auth -c", f"tester:proxy:{realm_hash}"),
    }
    login = ""
    if kind:
        program, line = programs[kind]
        with open(users, "w", encoding="ascii") as f:
            f.write(line + "\n")
        login = SQUID_LOGIN.format(kind=kind, program="/usr/lib/squid/" + program, users=users)
    user = ""
    if os.getuid() == 0:
        # It gives up being root before it opens its files.
        account = pwd.getpwnam("proxy")
        for path in [folder] + [os.path.join(folder, file) for file in os.listdir(folder)]:
            os.chown(path, account.pw_uid, account.pw_gid)
        user = "cache_effective_user proxy"
    with open(conf, "w", encoding="ascii") as f:
        f.write(SQUID.format(port=port, dir=folder, user=user, login=login, who="known" if kind else "all"))
    # The name keeps its shared memory apart from that of others.
    command = [shutil.which("squid") or "/usr/sbin/squid", "-N", "-f", conf, "-n", f"w{port}"]
    servers.start(command, port, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return f"localhost:{port}"


def apache(servers, also="", modules=()):
    """Apache as a proxy, in four ways; as a server, with `also` in its configuration, it has the port `server`."""
    folder = servers.folder("apache")
    digest = os.path.join(folder, "digest")
    with open(digest, "w", encoding="ascii") as f:
        f.write("tester:proxy:" + hashlib.md5(b"tester:proxy:secret").hexdigest() + "\n")
    basic = LOGIN.format(kind="Basic", users=os.path.join(folder, "users"))
    ports = {name: free_port() for name in ("open", "basic", "digest", "tls")}
    more = {"open": "", "basic": basic, "digest": LOGIN.format(kind="Digest", users=digest), "tls": TLS.format(certs=CERTS) + basic}
    hosts = [APACHE.format(port=port, more=more[name]) for name, port in ports.items()]
    server, _ = servers.apache("".join(hosts) + also, ["proxy", "proxy_http", "proxy_connect", "auth_digest", *modules])
    return {**ports, "server": server}


def main():
    program = sys.argv[1]
    env = dict(os.environ, SSL_CERT_FILE=os.path.join(CERTS, "ca.pem"))
    failed = 0
    with Servers() as servers:
        peer = subprocess.Popen([sys.executable, os.path.join(HERE, "peer.py"), "--certs", CERTS], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            for name, port in json.loads(peer.stdout.readline()).items():
                env["PEER_" + name.upper()] = str(port)
            ports = apache(servers)
            proxies = {
                "tinyproxy": tinyproxy(servers, "tinyproxy"),
                "tinyproxy, Basic": tinyproxy(servers, "tinyproxy-login", "BasicAuth tester secret"),
                "squid": squid(servers, "squid"),
                "squid, Basic": squid(servers, "squid-basic", "basic"),
                "squid, Digest": squid(servers, "squid-digest", "digest"),
                "Apache": f"http://localhost:{ports['open']}",
                "Apache, Basic": f"localhost:{ports['basic']}",
                "Apache, Digest": f"localhost:{ports['digest']}",
                "Apache over TLS, Basic": f"https://localhost:{ports['tls']}",
            }
            for name, proxy in proxies.items():
                more = {"PROXY": proxy, **({"PROXY_LOGIN": "1"} if "," in name else {})}
                out = subprocess.run([program], env={**env, **more}, stdout=subprocess.PIPE, timeout=100)
                lines = out.stdout.decode("utf-8", "replace").splitlines()
                bad = out.returncode != 0 or not any(line.startswith("ok ") for line in lines)
                print(f"{'FAIL' if bad else 'ok'} {name}")
                if bad:
                    print("\n".join("     " + line for line in lines if not line.startswith("ok ")), f"exit {out.returncode}")
                failed += bad
        finally:
            peer.stdin.close()
            peer.wait(5)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
