#!/usr/bin/env python3
"""nginx that asks for client certificates, for ctests/clientcerts.c: prints its ports as JSON, ends with its standard input.

Port names: `nginx_needs` lets nobody in without one, `nginx_asks` takes any answer; `12` or `13` is the protocol; `_anew`
resumes no session. No connection is kept.
"""
import json
import sys

import servers

HEAD = """
ssl_certificate {certs}/server.pem; ssl_certificate_key {certs}/server.key;
ssl_client_certificate {certs}/ca.pem; ssl_verify_depth 2;
keepalive_timeout 0;
"""
SERVER = """
server {{{{
  listen 127.0.0.1:{{nginx_{name}}} ssl; ssl_protocols TLSv1.{minor}; ssl_verify_client {verify}; {resume}
  location / {{{{ return 200 "$ssl_protocol resumed=$ssl_session_reused client=$ssl_client_s_dn"; }}}}
}}}}
"""
VERIFY = {"needs": "on", "asks": "optional"}
RESUME = {"": "ssl_session_cache shared:{name}:1m; ssl_session_tickets on;", "_anew": "ssl_session_cache off; ssl_session_tickets off;"}


def main():
    text = HEAD
    for how, verify in VERIFY.items():
        for minor in "23":
            for suffix, resume in RESUME.items():
                name = f"{how}1{minor}{suffix}"
                text += SERVER.format(name=name, minor=minor, verify=verify, resume=resume.format(name=name))
    with servers.Servers() as start:
        print(json.dumps({"ports": start.nginx(text)}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
