#!/usr/bin/env python3
"""Runs ctests/servers.c against nginx, Apache httpd with git http-backend, and httpbin: real.py PROGRAM [ARGUMENTS].
CTEST_WRAP is a command to run it under."""
import os
import shlex
import subprocess
import sys

import servers

NGINX = """
root {dir}/www;
gzip_types text/plain; gzip_min_length 100; gzip_proxied any;
large_client_header_buffers 2 4k;
server {{
  listen 127.0.0.1:{NGINX};
  location /connection {{ return 200 "$connection $connection_requests"; }}
  location /lines.txt {{ gzip on; }}
  location /limited {{ client_max_body_size 1k; proxy_pass http://127.0.0.1:{NGINX}/swallow; }}
  location /upload {{ client_max_body_size 100m; proxy_pass http://127.0.0.1:{NGINX}/swallow; }}
  location /swallow {{ client_max_body_size 100m; return 204; }}
  location /slow/ {{ alias {dir}/www/; limit_rate 400k; }}
  location /hang-up {{ return 444; }}
}}
server {{ listen 127.0.0.1:{NGINX_FEW}; keepalive_requests 3; }}
ssl_certificate {certs}/server.pem; ssl_certificate_key {certs}/server.key;
server {{
  listen 127.0.0.1:{NGINX_TLS12} ssl; ssl_protocols TLSv1.2;
  location /upload {{ client_max_body_size 100m; proxy_pass http://127.0.0.1:{NGINX}/swallow; }}
}}
server {{
  listen 127.0.0.1:{NGINX_TLS13} ssl; ssl_protocols TLSv1.3;
  location /upload {{ client_max_body_size 100m; proxy_pass http://127.0.0.1:{NGINX}/swallow; }}
}}
"""


def main(arguments):
    wrap = shlex.split(os.environ.get("CTEST_WRAP", ""))
    name = os.path.splitext(os.path.basename(arguments[0]))[0]
    with servers.Servers() as start:
        www = start.folder("nginx/www")
        servers.write(www, "hello.txt", b"hello\n")
        servers.write(www, "lines.txt", b"".join(b"line %d\n" % n for n in range(20000)))
        servers.repository(start, "small", "hello.txt", b"hello\n")
        ports = start.nginx(NGINX)
        ports["APACHE"], ports["APACHE_TLS"] = start.apache()
        ports["HTTPBIN"] = start.httpbin()
        env = dict(os.environ, SSL_CERT_FILE=os.path.join(servers.CERTS, "ca.pem"), TEST_CERTS=servers.CERTS)
        env.pop("SSL_CERT_DIR", None)
        env.update({"PEER_" + key: str(port) for key, port in ports.items()})
        return servers.report(name, [*wrap, *arguments], env)


if __name__ == "__main__":
    passed, failed = main(sys.argv[1:])
    print(f"servers: {passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
