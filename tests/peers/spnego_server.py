#!/usr/bin/env python3
"""An HTTP server that asks for NTLM and has pyspnego judge the answers: spnego_server.py PORT [CERTIFICATE KEY]

With a certificate it speaks TLS, and takes only answers that are bound to it (RFC 5929). A connection is one user's once it has authenticated. /rude sends garbage for its second message, /close closes the
connection after it, /deaf hears nothing before it has asked.
"""
import base64
import hashlib
import http.server
import socketserver
import ssl
import sys

import spnego
import spnego.channel_bindings


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    context = user = None
    asked = False

    def say(self, status, body, *headers):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/deaf" and not self.asked:
            self.asked = True
            return self.say(401, b"who is it", ("WWW-Authenticate", "NTLM"))
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        if scheme.upper() == "NTLM":
            token = base64.b64decode(token)
            if token[8:9] == b"\1":
                self.context, self.user = spnego.server(protocol="ntlm", options=spnego.NegotiateOptions.use_ntlm, channel_bindings=BINDINGS), None
            try:
                answer = self.context.step(token)
            except (spnego.exceptions.SpnegoError, ValueError, AttributeError) as e:
                print("refused:", type(e).__name__, file=sys.stderr)
                self.context = None
                return self.say(401, b"refused", ("WWW-Authenticate", "NTLM"))
            if not self.context.complete:
                value = base64.b64encode(b"\xff" * 50 if self.path == "/rude" else answer).decode()
                extra = [("Connection", "close")] if self.path == "/close" else []
                self.say(401, b"go on", ("WWW-Authenticate", "NTLM " + value), *extra)
                self.close_connection |= self.path == "/close"
                return None
            self.user = self.context.client_principal
        if self.user:
            return self.say(200, b"welcome " + body, ("X-User", self.user))
        return self.say(401, b"who is it", ("WWW-Authenticate", "NTLM"))

    do_POST = do_PUT = do_GET

    def log_message(self, *args):
        pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True


BINDINGS = None
server = Server(("127.0.0.1", int(sys.argv[1])), Handler)
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*sys.argv[2:4])
    with open(sys.argv[2], encoding="ascii") as f:
        pem = f.read().partition("-----END CERTIFICATE-----")
    der = ssl.PEM_cert_to_DER_cert(pem[0] + pem[1])
    BINDINGS = spnego.channel_bindings.GssChannelBindings(application_data=b"tls-server-end-point:" + hashlib.sha256(der).digest())
    server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
