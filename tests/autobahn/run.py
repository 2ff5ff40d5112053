#!/usr/bin/env python3
"""Runs the Autobahn suite (cases 1 to 10) against the C client and compares with expected.json.

    run.py CLIENT [--bless] [--wrap COMMAND] [sync] [async]      (both modes by default)
    run.py --reference        the same by Python websockets, to know the suite's own oddities

Every case must be OK or INFORMATIONAL, no expected case may be missing, and none may get worse than the
committed result.
"""
import argparse
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
EXPECTED = HERE / "expected.json"
GOOD = ("OK", "INFORMATIONAL")
INCLUDE = [f"{n}.*" for n in (1, 2, 3, 4, 5, 6, 7, 9, 10)]  # the suite has no group 8


def start_server(directory):
    command = [str(ROOT / ".venv" / "bin" / "kosoku"), "-m", "fuzzingserver", "-o", directory, "127.0.0.1:0"]
    for glob in INCLUDE:
        command += ["-i", glob]
    env = dict(os.environ, PYTHONUNBUFFERED="1")
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env)
    said = []
    for line in server.stdout:
        said.append(line.decode("utf-8", "replace"))
        if "listening on" in said[-1]:
            return server, int(said[-1].rsplit(":", 1)[1])
    raise SystemExit("the fuzzing server did not start: " + "".join(said))


def reference(port, agent):
    sys.path.insert(0, str(next((ROOT / ".venv" / "lib").glob("python3*")) / "site-packages"))
    from websockets.exceptions import ConnectionClosed
    from websockets.sync.client import connect

    def dial(path):
        return connect(f"ws://127.0.0.1:{port}{path}", max_size=None, compression=None)

    with dial("/getCaseCount") as ws:
        cases = int(ws.recv())
    for case in range(1, cases + 1):
        try:
            with dial(f"/runCase?case={case}&agent={agent}") as ws:
                while True:
                    ws.send(ws.recv())
        except ConnectionClosed:
            pass
    with dial(f"/updateReports?agent={agent}"):
        pass


def results(directory, agent):
    path = next(pathlib.Path(directory).rglob("index.json"))
    report = json.loads(path.read_text(encoding="utf-8"))
    report = report.get(agent) or next(iter(report.values()))
    return {case: [r["behavior"], r["behaviorClose"]] for case, r in report.items()}


def order(case):
    return [int(n) for n in case.split(".")]


def main():
    options = argparse.ArgumentParser()
    options.add_argument("client", nargs="?")
    options.add_argument("modes", nargs="*", default=[])
    options.add_argument("--bless", action="store_true")
    options.add_argument("--reference", action="store_true")
    options.add_argument("--wrap", default="")
    args = options.parse_args()
    expected = json.loads(EXPECTED.read_text(encoding="utf-8")) if EXPECTED.exists() else {}
    passed = failed = 0
    for mode in ["reference"] if args.reference else args.modes or ["sync", "async"]:
        with tempfile.TemporaryDirectory() as directory:
            server, port = start_server(directory)
            try:
                if args.reference:
                    reference(port, mode)
                else:
                    command = shlex.split(args.wrap) + [args.client, mode, str(port), mode]
                    if subprocess.run(command, timeout=600).returncode:
                        print(f"FAIL autobahn {mode}: the client failed")
                        failed += 1
                server.wait(60)  # updateReports makes it write the reports and end
                found = results(directory, mode)
            finally:
                server.kill()
                server.wait()
        for case in sorted(set(expected) | set(found), key=order):
            got = found.get(case, ["MISSING", "MISSING"])
            good = all(g in GOOD for g in got)
            # An informational result stays acceptable, but a case that was OK must stay OK.
            worse = case in expected and any(w == "OK" and g != "OK" for g, w in zip(got, expected[case]))
            if good and not worse:
                passed += 1
            else:
                failed += 1
                print(f"FAIL autobahn {mode} {case}: {got[0]}, close {got[1]}; expected {expected.get(case)}")
        if args.bless and mode in ("reference", "sync"):
            lines = [f'  "{case}": {json.dumps(found[case])}' for case in sorted(found, key=order)]
            EXPECTED.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    print(f"autobahn: {passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


sys.exit(main())
