#!/usr/bin/env python3
"""Runs one C test program against the scripted server and counts its cases.

    run.py [--wrap "COMMAND ARGS"] [--known FILE] [--timeout S] PROGRAM [ARGS]

A case that crashes or hangs is a failure by itself; the program is started again behind it. With --known, a list
of `program/case  reason` lines, a listed case may fail and must then be listed; an unlisted failure or a
listed success is a failure of the run. A listed case whose reason begins with `hangs` or `crashes` is not run,
unless --all says so.
"""
import argparse
import json
import os
import shlex
import signal
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)


def start_peer(certs, env):
    peer = os.path.join(ROOT, "tests", "peers", "peer.py")
    p = subprocess.Popen([sys.executable, peer, "--certs", certs], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    ports = json.loads(p.stdout.readline())
    for name, port in ports.items():
        env["PEER_" + name.upper()] = str(port)
    return p


def read_known(path, program):
    known = {}
    for line in open(path, encoding="utf-8") if path else ():
        line = line.split("#")[0].split(None, 1)
        if line and line[0].startswith(program + "/"):
            known[line[0].split("/", 1)[1]] = line[1].strip() if len(line) > 1 else ""
    return known


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--wrap", default=os.environ.get("CTEST_WRAP", ""))
    options.add_argument("--known")
    options.add_argument("--timeout", type=int, default=240)
    options.add_argument("--only")
    options.add_argument("--all", action="store_true")
    options.add_argument("program")
    args = options.parse_args()

    certs = os.environ.get("TEST_CERTS") or os.path.join(ROOT, "build", "certs")
    subprocess.run([os.path.join(ROOT, "scripts", "certs.sh"), certs], check=True)
    env = dict(os.environ, SSL_CERT_FILE=os.path.join(certs, "ca.pem"), TEST_CERTS=certs)
    env.pop("SSL_CERT_DIR", None)
    command = shlex.split(args.wrap) + [args.program]
    program = os.path.splitext(os.path.basename(args.program))[0]
    known = read_known(args.known, program)
    fatal = [] if args.all else [name for name, why in known.items() if why.startswith(("hangs", "crashes"))]
    env["H_SKIP"] = f",{','.join(fatal)},"

    peer = start_peer(certs, env)
    # What Wine's debugger says of a crash would only hide our lines.
    errors = subprocess.DEVNULL if "wine" in args.wrap else None
    passed, failed, surprises = 0, [], []
    try:
        listing = subprocess.run(command + ["--list"], env=env, stdout=subprocess.PIPE, stderr=errors, timeout=120)
        names = listing.stdout.decode("utf-8", "replace").split()
        if args.only:
            names = [args.only]
        if listing.returncode or not names:
            print(f"FAIL {program}: --list gave {listing.returncode}", flush=True)
            return 1
        todo = [name for name in names if name not in fatal]
        while todo:
            how = ["--only", args.only] if args.only else ["--from", todo[0]]
            p = subprocess.Popen(command + how, env=env, stdout=subprocess.PIPE, stderr=errors)
            try:
                raw, ended = p.communicate(timeout=args.timeout)[0], p.returncode
            except subprocess.TimeoutExpired:
                p.kill()
                raw, ended = p.communicate()[0], "timeout"
            out = raw.decode("utf-8", "replace").replace("\r\n", "\n")
            sys.stdout.write(out)
            done, before = 0, len(failed)
            for line in out.splitlines():
                word, _, rest = line.partition(" ")
                if word in ("ok", "FAIL") and rest in todo:
                    done = max(done, todo.index(rest) + 1)
                    if word == "ok":
                        passed += 1
                        if rest in known and not known[rest].startswith("sometimes"):
                            surprises.append(rest + " is listed as failing but passed")
                    else:
                        failed.append(rest)
            if done == len(todo) and ended == (1 if len(failed) > before else 0):
                break
            if ended == 3:  # the watchdog; the case has said so
                todo = todo[done:]
            elif done < len(todo):
                why = signal.Signals(-ended).name if isinstance(ended, int) and ended < 0 else f"exit {ended}"
                print(f"FAIL {todo[done]}\n     ended the program: {why}", flush=True)
                failed.append(todo[done])
                todo = todo[done + 1 :]
            else:
                # All cases reported, yet the program failed: a sanitizer's verdict at the end, say.
                print(f"FAIL {program}\n     exit code {ended} after its last case", flush=True)
                failed.append("exit")
                break
    finally:
        peer.stdin.close()
        try:
            peer.wait(5)
        except subprocess.TimeoutExpired:
            peer.kill()
    bad = [name for name in failed if name not in known]
    expected = len(failed) - len(bad)
    for line in surprises:
        print("SURPRISE " + line)
    more = f" ({expected} failures were expected)" if expected else ""
    more += f" ({len(fatal)} cases not run)" if fatal else ""
    print(f"{program}: {passed} passed, {len(bad)} failed{more}", flush=True)
    return 1 if bad or surprises else 0


sys.exit(main())
