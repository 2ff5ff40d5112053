#!/usr/bin/env python3
"""Runs the interop program against Python websockets, node ws, and nginx with TLS in front of one of them."""
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
CERTS = os.path.join(ROOT, "build", "certs")

NGINX = """
daemon off; worker_processes 1; pid {dir}/pid; error_log stderr error;
events {{ worker_connections 64; }}
http {{
  access_log off; client_body_temp_path {dir}; proxy_temp_path {dir}; fastcgi_temp_path {dir};
  uwsgi_temp_path {dir}; scgi_temp_path {dir};
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {certs}/server.pem; ssl_certificate_key {certs}/server.key; ssl_protocols {protocols};
    location / {{
      proxy_pass http://127.0.0.1:{upstream}; proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";
    }}
  }}
}}
"""


def start(command):
    p = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    return p, int(p.stdout.readline())


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_listening(port, process):
    for _ in range(500):
        with socket.socket() as s:
            s.settimeout(0.02)
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            break
        time.sleep(0.01)
    raise SystemExit("the server did not start")


def run(name, program, kind, port):
    env = dict(os.environ, SSL_CERT_FILE=os.path.join(CERTS, "ca.pem"), INTEROP_PORT=kind)
    env["PEER_" + kind.upper()] = str(port)
    out = subprocess.run([program], env=env, stdout=subprocess.PIPE, timeout=100)
    lines = out.stdout.decode("utf-8", "replace").splitlines()
    for line in lines:
        print(line if line.startswith(" ") else f"{line} [{name}]")
    passed = sum(line.startswith("ok ") for line in lines)
    failed = max(sum(line.startswith("FAIL ") for line in lines), int(out.returncode != 0), int(not passed))
    totals[0] += passed
    totals[1] += failed


totals = [0, 0]


def main(program):
    subprocess.run([os.path.join(ROOT, "scripts", "certs.sh"), CERTS], check=True)
    python = os.path.join(ROOT, ".venv", "bin", "python3")
    modules = os.path.join(ROOT, "build", "node", "node_modules")
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    servers = []
    directory = tempfile.mkdtemp()
    try:
        p, websockets = start([python, os.path.join(HERE, "websockets_echo.py")])
        servers.append(p)
        run("websockets", program, "plain", websockets)
        p, ws = start(["node", os.path.join(HERE, "ws_echo.mjs"), modules])
        servers.append(p)
        run("ws", program, "plain", ws)
        for protocols, upstream in (("TLSv1.2", ws), ("TLSv1.3", websockets)):
            port = free_port()
            conf = os.path.join(directory, "nginx.conf")
            with open(conf, "w", encoding="utf-8") as f:
                f.write(NGINX.format(dir=directory, port=port, certs=CERTS, protocols=protocols, upstream=upstream))
            p = subprocess.Popen([nginx, "-c", conf, "-p", directory, "-e", "stderr"], stdin=subprocess.PIPE)
            servers.append(p)
            wait_listening(port, p)
            run("nginx " + protocols, program, "tls", port)
            p.terminate()
            p.wait()
    finally:
        for p in servers:
            p.stdin.close()
            p.terminate()
            p.wait()
        shutil.rmtree(directory, ignore_errors=True)
    print(f"interop: {totals[0]} passed, {totals[1]} failed")
    return 1 if totals[1] else 0


sys.exit(main(sys.argv[1]))
