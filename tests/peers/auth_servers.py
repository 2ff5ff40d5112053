#!/usr/bin/env python3
"""Starts servers and proxies by others that ask for credentials, for ctests/auth.c: Apache (Basic, Digest, NTLM and
Kerberos by mod_auth_gssapi, as a server and as a proxy), nginx (Basic), pyspnego (NTLM), and a Kerberos KDC.

    auth_servers.py    with PEER_PLAIN and PEER_TLS in the environment: the scripted server, which stands behind them all

Prints one line of JSON, {"ports": ..., "env": ...}, and runs until its standard input ends. The user is `user` with the
password `pwd`, and `other` with `pwd2`.
"""
import base64
import hashlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
REALM = "TEST.EXAMPLE"
USERS = {"user": "pwd", "other": "pwd2"}
MODULES = "mpm_event authn_core authn_file authz_core authz_user auth_basic auth_digest auth_gssapi headers proxy proxy_http proxy_connect"

APACHE = """
ServerRoot {dir}
ServerName localhost
PidFile {dir}/apache.pid
ErrorLog {dir}/log
User nobody
Group nogroup
{load}
Mutex posixsem
StartServers 1
# A tunnel takes one, and clients keep theirs.
ThreadLimit 512
ThreadsPerChild 512
MaxRequestWorkers 512
KeepAlive On
MaxKeepAliveRequests 0
KeepAliveTimeout 60
ProxyPreserveHost On
Header always set X-User "expr=%{{REMOTE_USER}}"
Listen 127.0.0.1:{apache}
<VirtualHost 127.0.0.1:{apache}>
{locations}
</VirtualHost>
{proxies}
"""
KINDS = {
    "basic": """AuthType Basic
  AuthName test
  AuthUserFile {dir}/basic""",
    "digest": """AuthType Digest
  AuthName test
  AuthUserFile {dir}/digest""",
    "ntlm": """AuthType GSSAPI
  AuthName test
  GssapiAllowedMech ntlmssp
  GssapiConnectionBound On""",
    "kerberos": """AuthType GSSAPI
  AuthName test
  GssapiAllowedMech krb5
  GssapiCredStore keytab:{dir}/keytab""",
}
NGINX = """
daemon off; worker_processes 1; pid {dir}/nginx.pid; error_log stderr error;
events {{ worker_connections 64; }}
http {{
  access_log off; client_body_temp_path {dir}; proxy_temp_path {dir}; fastcgi_temp_path {dir};
  uwsgi_temp_path {dir}; scgi_temp_path {dir};
  server {{
    listen 127.0.0.1:{nginx};
    location / {{
      auth_basic test; auth_basic_user_file {dir}/basic;
      proxy_pass http://127.0.0.1:{peer}/auth/open;
    }}
  }}
}}
"""
KRB5 = """
[libdefaults]
  default_realm = {realm}
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
  udp_preference_limit = 1
[realms]
  {realm} = {{
    kdc = 127.0.0.1:{kdc}
  }}
"""
KDC = """
[kdcdefaults]
  kdc_listen = 127.0.0.1:{kdc}
  kdc_tcp_listen = 127.0.0.1:{kdc}
[realms]
  {realm} = {{
    database_name = {dir}/principal
    key_stash_file = {dir}/stash
    acl_file = {dir}/acl
    supported_enctypes = aes256-cts-hmac-sha1-96:normal
  }}
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def find(command):
    found = shutil.which(command) or shutil.which(command, path="/usr/sbin:/sbin")
    if not found:
        raise SystemExit(f"{command} is missing; scripts/setup.sh installs it")
    return found


class Servers:
    def __init__(self, directory):
        self.dir = pathlib.Path(directory)
        self.env = dict(os.environ, KRB5_CONFIG=f"{directory}/krb5.conf", KRB5_KDC_PROFILE=f"{directory}/kdc.conf")
        self.running = []

    def write(self, name, text):
        (self.dir / name).write_text(text, encoding="utf-8")

    def call(self, *command, given=""):
        done = subprocess.run([find(command[0]), *command[1:]], env=self.env, input=given.encode(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            raise SystemExit(f"{command[0]}: {done.stdout.decode('utf-8', 'replace')}")

    def start(self, *command, port, env=()):
        # What they have to say is shown when one of them does not start.
        with open(self.dir / "log", "ab") as log:
            p = subprocess.Popen(command, env=dict(self.env, **dict(env)), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.running.append(p)
        end = time.monotonic() + 30
        while time.monotonic() < end and p.poll() is None:
            with socket.socket() as s:
                s.settimeout(0.2)
                if s.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.02)
        raise SystemExit(f"{command[0]} did not start: {(self.dir / 'log').read_text(errors='replace')}")

    def kerberos(self):
        kdc = free_port()
        self.write("krb5.conf", KRB5.format(realm=REALM, kdc=kdc))
        self.write("kdc.conf", KDC.format(realm=REALM, kdc=kdc, dir=self.dir))
        self.call("kdb5_util", "create", "-s", "-P", "master", "-r", REALM)
        lines = [f"addprinc -pw {password} {user}" for user, password in USERS.items()]
        for host in ("localhost", "127.0.0.1"):
            lines += [f"addprinc -randkey HTTP/{host}", f"ktadd -k {self.dir}/keytab HTTP/{host}"]
        self.call("kadmin.local", "-r", REALM, given="\n".join(lines) + "\n")
        (self.dir / "keytab").chmod(0o644)
        self.start(find("krb5kdc"), "-n", "-P", f"{self.dir}/kdc.pid", port=kdc)
        self.env["KRB5CCNAME"] = f"FILE:{self.dir}/tickets"
        self.call("kinit", "user", given=USERS["user"] + "\n")

    def passwords(self):
        digest = [f"{u}:test:" + hashlib.md5(f"{u}:test:{p}".encode()).hexdigest() for u, p in USERS.items()]
        basic = [f"{u}:{{SHA}}" + base64.b64encode(hashlib.sha1(p.encode()).digest()).decode() for u, p in USERS.items()]
        self.write("digest", "\n".join(digest) + "\n")
        self.write("basic", "\n".join(basic) + "\n")
        self.write("ntlm", "".join(f"DOMAIN:{u}:{p}\n" for u, p in USERS.items()))

    def apache(self, peer, tls):
        ports = {"apache": free_port()}
        modules = "/usr/lib/apache2/modules"
        load = "\n".join(f"LoadModule {m}_module {modules}/mod_{m}.so" for m in MODULES.split())
        locations, proxies = [], []
        for kind, config in KINDS.items():
            config = config.format(dir=self.dir)
            locations.append(f"<Location /{kind}>\n  {config}\n  Require valid-user\n  ProxyPass http://127.0.0.1:{peer}/auth/open\n</Location>")
            ports["proxy_" + kind] = port = free_port()
            proxies.append(
                f"Listen 127.0.0.1:{port}\n<VirtualHost 127.0.0.1:{port}>\nProxyRequests On\nProxyVia On\n"
                f"AllowCONNECT {peer} {tls} {ports['apache']}\n<Proxy *>\n  {config}\n  Require valid-user\n</Proxy>\n</VirtualHost>"
            )
        text = APACHE.format(dir=self.dir, load=load, locations="\n".join(locations), proxies="\n".join(proxies), **ports)
        self.write("apache.conf", text)
        self.start(find("apache2"), "-X", "-f", f"{self.dir}/apache.conf", port=ports["apache"], env={"NTLM_USER_FILE": f"{self.dir}/ntlm"})
        return ports

    def nginx(self, peer):
        port = free_port()
        self.write("nginx.conf", NGINX.format(dir=self.dir, nginx=port, peer=peer))
        self.start(find("nginx"), "-c", f"{self.dir}/nginx.conf", "-p", str(self.dir), "-e", "stderr", port=port)
        return {"nginx": port}

    def spnego(self):
        python, ports, certs = str(ROOT / ".venv" / "bin" / "python3"), {}, os.environ["TEST_CERTS"]
        for name, tls in (("spnego", []), ("spnego_tls", [f"{certs}/server.pem", f"{certs}/server.key"])):
            ports[name] = port = free_port()
            self.start(python, str(HERE / "spnego_server.py"), str(port), *tls, port=port, env={"NTLM_USER_FILE": f"{self.dir}/ntlm"})
        return ports

    def stop(self):
        for p in reversed(self.running):
            p.terminate()
        for p in self.running:
            p.wait()


def main():
    peer, tls = os.environ["PEER_PLAIN"], os.environ["PEER_TLS"]
    directory = tempfile.mkdtemp(prefix="winhttp-auth-")
    os.chmod(directory, 0o755)
    servers = Servers(directory)
    try:
        servers.passwords()
        servers.kerberos()
        ports = {**servers.apache(peer, tls), **servers.nginx(peer), **servers.spnego()}
        env = {name: servers.env[name] for name in ("KRB5_CONFIG", "KRB5CCNAME")}
        print(json.dumps({"ports": ports, "env": env}), flush=True)
        sys.stdin.read()
    finally:
        servers.stop()
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
