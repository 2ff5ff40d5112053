#!/usr/bin/env python3
"""Runs every check in turn, logs each to build/logs, counts cases, and closes with 'N passed, N failed'.

    test.py [STEP...]     (all steps by default; `test.py --list` names them)
"""
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
LOGS = ROOT / "build" / "logs"
SO = "target/release/libwinhttp.so"
CC = "gcc -std=gnu11 -O2 -g -fshort-wchar -fno-builtin -Iinclude"

STEPS = [
    ("fmt", "cargo fmt --check"),
    ("clippy", "cargo clippy -q --locked --all-targets -- -D warnings"),
    ("doc", "RUSTDOCFLAGS='-D warnings' cargo doc -q --locked --no-deps --document-private-items"),
    ("cargo-test", "cargo test --locked"),
    ("release", "cargo build --release --locked"),
    ("ctest", "cmake -S ctests -B build/ctests && cmake --build build/ctests -j2 && ctest --test-dir build/ctests -V -j2"),
    ("compat", "cmake -S compat -B build/compat && cmake --build build/compat -j2 && ctest --test-dir build/compat -V"),
    ("demo", "scripts/demo-build.sh && scripts/demo.sh target/debug/examples/echo_server build/demo/wsecho build/demo/wsecho_async"),
    ("autobahn", f"{CC} -o build/autobahn tests/autobahn/client.c {SO} -lpthread -Wl,-rpath,'$ORIGIN/../target/release'"
                 " && python3 tests/autobahn/run.py build/autobahn sync async"),
    ("dll", "scripts/dll.sh && scripts/check-dll.sh"),
    ("wine-demo", "scripts/wine-demo.sh"),
    ("wine-ours", "ctests/run-wine.sh --dll build/dll/x86_64/winhttp.dll"),
    ("wine-autobahn", "tests/autobahn/wine.sh"),
    ("wine-programs", "python3 tests/programs/run.py wine build/dll/x86_64/winhttp.dll crash-report dotnet"),
    ("asan", "scripts/sanitizer.sh address -j2"),
    ("tsan", "scripts/sanitizer.sh thread -j2"),
]
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


def main():
    os.chdir(ROOT)
    LOGS.mkdir(parents=True, exist_ok=True)
    if sys.argv[1:] == ["--list"]:
        print("\n".join(name for name, _ in STEPS))
        return 0
    chosen = sys.argv[1:] or [name for name, _ in STEPS]
    total = [0, 0]
    for name, command in STEPS:
        if name not in chosen:
            continue
        start = time.monotonic()
        log = LOGS / f"{name}.log"
        with open(log, "wb") as out:
            code = subprocess.run(["sh", "-c", command], stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL).returncode
        text = log.read_text(encoding="utf-8", errors="replace")
        passed, failed = count(text)
        if passed + failed == 0:
            passed, failed = (1, 0) if code == 0 else (0, 1)
        elif code and not failed:
            failed = 1
        total[0] += passed
        total[1] += failed
        print(f"{'ok  ' if not failed else 'FAIL'} {name}: {passed} passed, {failed} failed, {time.monotonic() - start:.0f} s", flush=True)
        if failed:
            shown = [line for line in text.splitlines() if not re.match(r"^(\d+: )?(ok |test .* ok$)", line)]
            print("\n".join("    " + line for line in shown[-60:]), flush=True)
    print(f"{total[0]} passed, {total[1]} failed")
    return 1 if total[1] or not total[0] else 0


sys.exit(main())
