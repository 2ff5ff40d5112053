#!/usr/bin/env python3
"""Starts the server that ctests/duplex.c needs beside the scripted one, and runs until its standard input ends."""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
CERTS = os.environ["TEST_CERTS"]

node = subprocess.Popen(["node", os.path.join(HERE, "http_echo.mjs"), CERTS], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
plain, tls = node.stdout.readline().split()
print(json.dumps({"ports": {"node": int(plain), "node_tls": int(tls)}}), flush=True)
sys.stdin.read()
node.stdin.close()
node.wait()
