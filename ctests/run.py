#!/usr/bin/env python3
"""Runs one C test program against the scripted server and counts its cases.

    run.py [--wrap "COMMAND ARGS"] [--known FILE]... [--tries N] [--timeout S] [--only CASE[,CASE...]] PROGRAM

A case that crashes or hangs is a failure by itself; the program is started again for the rest. With --known, a list
of `program/case  reason` lines, a listed case must fail, unless its reason begins with `sometimes`; an unlisted failure,
a listed success and a row without its case are failures of the run. Listed cases run after the others, in processes
of their own, and with little patience. With --tries, for a DLL that is not ours and does not always do the same, a case
that surprises is run again: only what surprises each time is a failure of the run. With BLESS=1 the rows of this
program are brought up to date instead: new ones say what the first failing check saw.
"""
import argparse
import fcntl
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
# One of a hundred ends of 32-bit Wine 8 is a SIGSEGV of Wine's Unix side, with any DLL, after all that the program had to
# say. A crash in Windows code is another number. With and without a shell between:
WINES_OWN_ENDS = (139, -signal.SIGSEGV)


def start_peer(certs, env):
    peer = os.path.join(ROOT, "tests", "peers", "peer.py")
    p = subprocess.Popen([sys.executable, peer, "--certs", certs], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    ports = json.loads(p.stdout.readline())
    for name, port in ports.items():
        env["PEER_" + name.upper()] = str(port)
    return p


def start_servers(name, env):
    """Servers by others that only this program needs, if there are any."""
    script = os.path.join(ROOT, "tests", "peers", name + "_servers.py")
    if not os.path.exists(script):
        return None
    p = subprocess.Popen([sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env)
    started = json.loads(p.stdout.readline() or b"{}")
    for port_name, port in started.get("ports", {}).items():
        env["PEER_" + port_name.upper()] = str(port)
    env.update(started.get("env", {}))
    return p


def read_known(paths, program):
    """The rows about this program: case and reason. Those of a later file count more."""
    known = {}
    for path in paths:
        for line in open(path, encoding="utf-8"):
            line = line.split("#")[0].split(None, 1)
            if line and line[0].startswith(program + "/"):
                known[line[0].split("/", 1)[1]] = line[1].strip() if len(line) > 1 else ""
    return known


class Program:
    def __init__(self, command, env, errors, timeout):
        self.command, self.env, self.errors, self.timeout = command, env, errors, timeout
        self.saw = {}  # what failed cases said
        self.own_ends = WINES_OWN_ENDS if errors else ()
        self.false_starts = 0

    def cases(self):
        listing = subprocess.run(self.command + ["--list"], env=self.env, stdout=subprocess.PIPE, stderr=self.errors, timeout=self.timeout)
        if listing.returncode != 0:
            print(f"--list: exit code {listing.returncode}", flush=True)
        if listing.returncode not in (0, *self.own_ends):
            return []
        return listing.stdout.decode("utf-8", "replace").split()

    def run(self, todo, *how):
        """Runs these cases, in as many processes as it takes; which passed and which failed."""
        passed, failed = [], []
        while todo:
            p = subprocess.Popen(self.command + [*how, "--only", ",".join(todo)], env=self.env, stdout=subprocess.PIPE, stderr=self.errors)
            try:
                raw, ended = p.communicate(timeout=self.timeout)[0], p.returncode
            except subprocess.TimeoutExpired:
                p.kill()
                raw, ended = p.communicate()[0], "timeout"
            out = raw.decode("utf-8", "replace").replace("\r\n", "\n")
            # What is to fail is not to look like a failure of the run.
            shown = re.sub(r"(?m)^FAIL ", "fails ", out) if "--brief" in how else out
            sys.stdout.write(shown if shown.endswith("\n") or not shown else shown + "\n")
            if not out and ended in self.own_ends and self.false_starts < 2:
                # Nor does it always begin.
                self.false_starts += 1
                continue
            done, before = 0, len(failed)
            for line in out.splitlines():
                word, _, case = line.partition(" ")
                if case and line.startswith("     "):
                    self.saw.setdefault(failed[-1] if failed else "", []).append(line.strip())
                if word in ("ok", "FAIL") and case in todo:
                    done = max(done, todo.index(case) + 1)
                    (passed if word == "ok" else failed).append(case)
            if done == len(todo) and ended in (1 if len(failed) > before else 0, *self.own_ends):
                break
            if done and (ended == 3 or todo[done - 1] in failed[before:] and ended not in (0, 1)):
                # The watchdog ended it, or the case that had failed already: it has said so.
                todo = todo[done:]
            elif done < len(todo):
                why = signal.Signals(-ended).name if isinstance(ended, int) and ended < 0 else f"exit {ended}"
                print(f"{'fails' if '--brief' in how else 'FAIL'} {todo[done]}\n     ended the program: {why}", flush=True)
                failed.append(todo[done])
                self.saw[todo[done]] = ["crashes"]
                todo = todo[done + 1 :]
            else:
                # All cases reported, yet the program failed: a sanitizer's verdict at the end, say.
                print(f"FAIL {todo[-1]}\n     exit code {ended} after the last case", flush=True)
                failed.append("the end")
                break
        return passed, failed


def bless(path, name, program, cases, known, failed, stale):
    """Writes the rows of this program anew: without those that passed, and with those that failed."""
    with open(path, "r+", encoding="utf-8") as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        lines = f.readlines()
        rows = {case: line for line in lines for case in known if line.split(None, 1)[:1] == [f"{name}/{case}"]}
        place = next((i for i, line in enumerate(lines) if line in rows.values()), len(lines))
        after = [line for line in lines[place:] if line not in rows.values()]
        new = []
        for case in cases:
            if case in failed or case in known and case not in stale:
                new.append(rows.get(case) or f"{name + '/' + case:<62} {reason(program.saw.get(case, []))}\n")
        f.seek(0)
        f.writelines(lines[:place] + new + after)
        f.truncate()
    print(f"{name}: {len(new)} rows")
    return 0


def reason(said):
    """What the first failing check saw, in a line."""
    first = ""
    for line in said:
        first += (" " if first else "") + re.sub(r"^\w+\.[ch]:\d+: |^watchdog:0: ", "", line)
        if not first.endswith((" is", ", not")):
            break
    first = re.sub(r":\d{5}\b", ":PORT", first).replace("#", "(hash)")
    return first if len(first) <= 110 else first[:107] + "..."


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--wrap", default=os.environ.get("CTEST_WRAP", ""))
    options.add_argument("--known", action="append", default=[])
    options.add_argument("--tries", type=int, default=1)
    options.add_argument("--timeout", type=int, default=240)
    options.add_argument("--only")
    options.add_argument("program")
    args = options.parse_args()

    certs = os.environ.get("TEST_CERTS") or os.path.join(ROOT, "build", "certs")
    subprocess.run([os.path.join(ROOT, "scripts", "certs.sh"), certs], check=True)
    env = dict(os.environ, SSL_CERT_FILE=os.path.join(certs, "ca.pem"), TEST_CERTS=certs)
    env.pop("SSL_CERT_DIR", None)
    # The proxies of whoever runs this are none of the tests' affair.
    settings = tempfile.TemporaryDirectory()
    env.update(XDG_CONFIG_HOME=settings.name, XDG_CONFIG_DIRS=os.path.join(settings.name, "machine"))
    for variable in [variable for variable in env if variable.lower().endswith("_proxy")]:
        del env[variable]
    name = os.path.splitext(os.path.basename(args.program))[0]
    known = read_known(args.known, name)
    # What Wine's debugger says of a crash would only hide our lines.
    errors = subprocess.DEVNULL if "wine" in args.wrap else None

    running = [start_peer(certs, env)]
    try:
        running.append(start_servers(name, env))
        program = Program(shlex.split(args.wrap) + [args.program], env, errors, args.timeout)
        # Wine may end before the program has begun.
        cases = next((cases for cases in (program.cases() for _ in range(3 if errors else 1)) if cases), [])
        bad = [] if cases else ["--list"]
        if bad:
            print("FAIL --list", flush=True)
        stale = [case for case in known if case not in cases]
        if args.only:
            cases, stale = args.only.split(","), []
        passed, failed = program.run([case for case in cases if case not in known])
        must_fail = [case for case in cases if case in known and not known[case].startswith("sometimes")]
        more, expected = program.run(must_fail, "--brief")
        expected = [case for case in expected if case in known]
        for _ in range(1, args.tries):
            if failed or more:
                print("once more, for it surprises:", *failed, *more, flush=True)
            for case in failed:
                program.saw.pop(case, None)
            again, failed = program.run([case for case in failed if case in cases])
            passed += again
            more, again = program.run(more, "--brief")
            expected += again
        bad += failed
        stale += more
        if args.known and os.environ.get("BLESS") and "--list" not in bad:
            return bless(args.known[0], name, program, cases, known, failed, stale)
        by_chance = [case for case in cases if case in known and case not in must_fail]
        more, failed = program.run(by_chance)
        passed += more
        expected += failed
    finally:
        for p in reversed([p for p in running if p]):
            p.stdin.close()
            try:
                p.wait(5)
            except subprocess.TimeoutExpired:
                p.kill()
    lists = " and ".join(map(os.path.basename, args.known))
    for case in stale:
        print(f"FAIL {case}\n     is listed in {lists} as failing, but " + ("passed" if case in cases else "there is no such case"))
    bad += stale
    note = f" ({len(expected)} failures were expected)" if expected else ""
    print(f"{name}: {len(passed)} passed, {len(bad)} failed{note}", flush=True)
    return 1 if bad else 0


sys.exit(main())
