#!/usr/bin/env python3
"""Runs every check, logs each to build/logs, counts cases, and closes with 'N passed, N failed'.

    test.py [STEP...]     (all steps by default; `test.py --list` names them)

Steps run side by side as far as STEPS and the machine allow. A step that ends with code 77 could not be run here: it is
reported as `not run`, and as failed where CI is set.
"""
import dataclasses
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
LOGS = ROOT / "build" / "logs"
SO = "target/release/libwinhttp.so"
CC = "gcc -std=gnu11 -O2 -g -fshort-wchar -fno-builtin -Iinclude"


@dataclasses.dataclass
class Step:
    name: str
    command: str
    after: str = ""  # the steps that must have ended, however: a failure does not hide what others find
    lock: str = ""  # of steps with the same one runs one at a time
    load: float = 1  # how many processors it keeps busy; 2 for what compiles much, 0.5 for what waits


# The first that can start does, so what takes long or has much behind it stands first. The locks `debug` and `dll` are
# Cargo's for target/debug and target/dll.
STEPS = [
    Step("fmt", "cargo fmt --check", load=0.5),
    Step("wine32", "scripts/wine32.sh --install || exit 77", load=0.5),
    Step("release", "cargo build --release --locked", load=2),
    Step("dll", "scripts/dll.sh && scripts/check-dll.sh", lock="dll", load=2),
    Step("msvc", "scripts/check-msvc.sh", lock="dll", load=2),
    Step("wine-build", "ctests/run-wine.sh build && ctests/run-wine.sh --arch i686 build", "dll"),
    Step("clippy", "cargo clippy -q --locked --all-targets -- -D warnings", lock="debug", load=2),
    Step("ctest", "cmake -S ctests -B build/ctests && cmake --build build/ctests -j2 && ctest --test-dir build/ctests -V -j2", "release"),
    Step("wine-ours", "ctests/run-wine.sh ours", "wine-build"),
    Step("wine32-ours", "ctests/run-wine.sh --arch i686 ours", "wine-build wine32"),
    Step("wine-own", "JOBS=8 ctests/run-wine.sh own", "wine-build", load=0.5),
    Step("asan", "scripts/sanitizer.sh address -j2", load=2),
    Step("tsan", "scripts/sanitizer.sh thread -j2", load=2),
    Step("autobahn", f"{CC} -o build/autobahn tests/autobahn/client.c {SO} -lpthread -Wl,-rpath,'$ORIGIN/../target/release'"
         " && python3 tests/autobahn/run.py build/autobahn sync async", "release"),
    Step("wine-autobahn", "tests/autobahn/wine.sh", "dll"),
    Step("wine-programs", "python3 tests/programs/run.py wine build/dll/x86_64/winhttp.dll", "dll"),
    Step("wine32-programs", "python3 tests/programs/run.py wine32 build/dll/i686/winhttp.dll", "dll wine32"),
    Step("programs", f"python3 tests/programs/run.py linux {SO}", "release"),
    Step("fuzz", "scripts/fuzz.sh"),
    Step("cargo-test", "cargo test --locked", lock="debug"),
    Step("doc", "RUSTDOCFLAGS='-D warnings' cargo doc -q --locked --no-deps --document-private-items", lock="debug", load=2),
    Step("compat", "cmake -S compat -B build/compat && cmake --build build/compat -j2 && ctest --test-dir build/compat -V"),
    Step("demo", "scripts/demo-build.sh && scripts/demo.sh target/debug/examples/echo_server build/demo/wsecho build/demo/wsecho_async",
         "release", lock="debug"),
    Step("wine-demo", "scripts/wine-demo.sh", "dll", lock="debug"),
]
# What may run at once, in units of `load`.
ROOM = (os.cpu_count() or 1) * 1.5
LIMIT = 1200  # seconds; a step that takes longer is ended
NOT_RUN = 77

# Lines that say how many; each step without any counts as one.
COUNTS = [
    re.compile(r"^test result: \w+\. (\d+) passed; (\d+) failed"),
    re.compile(r"^(?:\d+: )?[\w-]+: (\d+) passed, (\d+) failed"),
]
# A ctest that prints no counts is one case: `3/9 Test #3: name ....   Passed`.
CTEST = re.compile(r"^ *\d+/\d+ Test +#(\d+): \S+ \.*(\*\*\*| +Passed)")


def count(log):
    passed = failed = 0
    counted = set(re.findall(r"(?m)^(\d+): [\w-]+: \d+ passed, \d+ failed", log))
    for line in log.splitlines():
        m = CTEST.match(line)
        if m and m[1] not in counted:
            passed, failed = (passed, failed + 1) if "*" in m[2] else (passed + 1, failed)
        for pattern in COUNTS:
            m = pattern.match(line)
            if m:
                passed, failed = passed + int(m[1]), failed + int(m[2])
    return passed, failed


FAILED = re.compile(r"FAIL |test .* FAILED$|\s*\d+/\d+ Test .*\*\*\*|Traceback |error(\[|:)|thread .* panicked|={5,}.*ERROR|WARNING: ThreadSan|SUMMARY: ")


def failures(log):
    """The lines of a log that say what failed, each with what stands indented below it (after a panic: its message)."""
    found, below = [], 0
    for line in log.splitlines():
        line = re.sub(r"^\d+: ", "", line).rstrip()
        if FAILED.match(line):
            found.append(line)
            below = 40 if line.startswith("Traceback") else 12
        elif below and (line[:1].isspace() or found[-1].startswith("thread ") and below == 12):
            found.append(line)
            below -= 1
        else:
            if below and found[-1][:1].isspace() and re.match(r"\w+(\.\w+)*(Error|Expired|Exception|Exit)?: ", line):
                found.append(line)  # the last line of a traceback
            below = 0
    return found


class Running:
    def __init__(self, step):
        self.step, self.start, self.why = step, time.monotonic(), []
        self.log = LOGS / f"{step.name}.log"
        with open(self.log, "wb") as out:
            self.process = subprocess.Popen(["sh", "-c", step.command], stdout=out, stderr=subprocess.STDOUT,
                                            stdin=subprocess.DEVNULL, start_new_session=True)

    def ended(self):
        """The exit code, or None while it runs."""
        if time.monotonic() - self.start > LIMIT and self.process.poll() is None:
            self.stop()
            return f"not done in {LIMIT} s"
        return self.process.poll()

    def stop(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def report(self, code):
        """Says how it went; the cases that passed and failed."""
        name, seconds = self.step.name, time.monotonic() - self.start
        text = self.log.read_text(encoding="utf-8", errors="replace")
        if code == NOT_RUN:
            return 0, not_run(name, (text.strip().splitlines() or ["?"])[-1])
        passed, failed = count(text)
        if passed + failed == 0:
            passed, failed = (1, 0) if code == 0 else (0, 1)
        elif code and not failed:
            failed = 1
        print(f"{'ok  ' if not failed else 'FAIL'} {name}: {passed} passed, {failed} failed, {seconds:.0f} s", flush=True)
        if failed:
            self.why = failures(text) or [line.rstrip() for line in text.splitlines()[-30:]]
            if isinstance(code, str):
                self.why.append(code)
        return passed, failed


def not_run(name, why):
    """Says so; as many failures as that is."""
    failed = 1 if os.environ.get("CI") else 0
    print(f"{'FAIL' if failed else 'not run'} {name}: {why}", flush=True)
    return failed


def run(waiting):
    total, running, codes, why = [0, 0], [], {}, {}
    names = {step.name for step in waiting}
    try:
        while waiting or running:
            for step in list(waiting):
                needed = [name for name in step.after.split() if name in names]
                if any(codes.get(name) == NOT_RUN for name in needed):
                    waiting.remove(step)
                    codes[step.name] = NOT_RUN
                    total[1] += not_run(step.name, f"needs {step.after}")
                elif all(name in codes for name in needed):
                    busy = sum(one.step.load for one in running)
                    locked = step.lock and any(one.step.lock == step.lock for one in running)
                    if not running or not locked and busy + step.load <= ROOM:
                        waiting.remove(step)
                        running.append(Running(step))
            for one in list(running):
                code = one.ended()
                if code is not None:
                    running.remove(one)
                    passed, failed = one.report(code)
                    codes[one.step.name] = code
                    why[one.step.name] = one.why
                    total[0] += passed
                    total[1] += failed
            time.sleep(0.1)
    finally:
        for one in running:
            one.stop()
    # Last, so that it is found at the end of the output: what failed, step by step.
    for name, lines in why.items():
        if lines:
            print(f"---- {name} (build/logs/{name}.log)\n" + "\n".join("    " + line for line in lines[:60]), flush=True)
    return total


def main():
    os.chdir(ROOT)
    LOGS.mkdir(parents=True, exist_ok=True)
    if sys.argv[1:] == ["--list"]:
        print("\n".join(step.name for step in STEPS))
        return 0
    unknown = set(sys.argv[1:]) - {step.name for step in STEPS}
    if unknown:
        print(f"no such step: {' '.join(sorted(unknown))}; --list names them")
        return 2
    start = time.monotonic()
    passed, failed = run([step for step in STEPS if not sys.argv[1:] or step.name in sys.argv[1:]])
    print(f"all in {time.monotonic() - start:.0f} s")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


sys.exit(main())
