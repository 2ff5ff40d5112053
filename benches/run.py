#!/usr/bin/env python3
"""Measures the library through its C functions beside bare sockets and its peers, and writes docs/PERFORMANCE.md.

run.py [--short] [--rounds N] [--only ROW]... [--skip wine,callgrind,facts] | --counts [--update-counts]

Every figure comes from a process of its own, against a server in another process, both on one core unless the row says
otherwise. A round runs the limit (bare sockets, the same bytes on the wire) and every other program, each odd round in
the opposite order; what is shown is the median of the rounds' ratios to the limit of the same round. Nothing asserts a
time: no time is stable enough on a shared machine. Instructions are counted by callgrind and held against
benches/instructions.json; they need no quiet machine, but change with the compiler and the C library.
"""
import argparse
import json
import math
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
BUILD = TOP / "build/bench"
SPEED = TOP / "target/speed/release/speed"
LIBRARY = TOP / "target/release/libwinhttp.so"
COUNTS = TOP / "benches/instructions.json"
OURS = ("sync", "async")
NAMES = {
    "raw": "bare sockets", "epoll": "bare epoll loop", "sync": "**ours, synchronous**", "async": "**ours, asynchronous**",
    "tungstenite": "tungstenite", "fastwebsockets": "fastwebsockets", "tokiotungstenite": "tokio-tungstenite",
    "beast": "Boost.Beast", "curl": "libcurl", "hyper": "hyper, one connection", "hyperpool": "hyper-util, pool",
    "wine": "Wine's winhttp.dll", "ours": "**our winhttp.dll**",
}
FIELDS = ("p50", "cpu", "switches", "each_second", "rate", "worst", "resident")


@dataclass
class Goal:
    """A figure with the line to reach and the one to aim at."""
    figure: str
    reach: float
    aim: float
    ratio: bool = True

    @property
    def more_is_better(self):
        return self.figure in ("rate", "each_second")

    def verdict(self, value):
        within = (lambda line: value >= line) if self.more_is_better else (lambda line: value <= line)
        return "aim" if within(self.aim) else "reach" if within(self.reach) else "**short**"


@dataclass
class Row:
    name: str
    title: str
    job: str
    size: int
    connections: int
    operations: int
    limit: str
    others: tuple
    goals: list = field(default_factory=list)
    tls: bool = False
    shown: tuple = ("cpu", "p50")
    free: bool = False
    rounds: int = 0

    def scaled(self, who, short):
        """How many operations; fewer for what takes twenty times as long as the others, since libcurl masks byte by byte."""
        part = 8 if (who, self.job) == ("curl", "send") else 1
        if short:
            part *= 2 if self.job == "sleepers" else 5
        return max(self.operations // part, 1)


RUST = ("sync", "async", "tungstenite", "fastwebsockets", "tokiotungstenite")
WS = (*RUST, "beast", "curl")
K64, M1 = 64 << 10, 1 << 20


def bulk(name, title, job, size, goals, tls=False, others=WS):
    return Row(name, title, job, size, 1, ((256 if tls else 512) << 20) // size, "raw", others, goals, tls, ("cpu", "rate"))


ROWS = [
    Row("echo-sync", "Echo, 64 bytes, one outstanding; synchronous", "echo", 64, 1, 30_000, "raw",
        ("sync", "tungstenite", "beast", "curl"), [Goal("cpu", 1.20, 1.10), Goal("p50", 1.15, 1.07)]),
    Row("echo-async", "The same, asynchronous", "echo", 64, 1, 30_000, "epoll",
        ("async", "fastwebsockets", "tokiotungstenite"),
        [Goal("cpu", 1.25, 1.12), Goal("p50", 1.15, 1.07), Goal("switches", 1.05, 1.02)], shown=("cpu", "p50", "switches")),
    Row("echo-async-100", "100 connections", "echo", 64, 100, 50_000, "epoll", ("async",), [Goal("cpu", 1.35, 1.2)], shown=("cpu",)),
    Row("echo-async-1000", "1,000 connections", "echo", 64, 1000, 50_000, "epoll", ("async",), [Goal("cpu", 1.5, 1.3)], shown=("cpu",)),
    Row("echo-async-9000", "9,000 connections", "echo", 64, 9000, 50_000, "epoll", ("async",), shown=("cpu",), rounds=3),
    Row("echo-free", "One connection, clients on any core", "echo", 64, 1, 20_000, "raw", ("sync", "async", "tungstenite"),
        free=True),
    Row("receive-small", "Receive 32-byte messages, many a segment", "receive", 32, 1, 3_000_000, "raw", WS,
        [Goal("cpu", 70, 40, ratio=False)], shown=("cpu", "each_second")),
    # Not libcurl: it reads ahead without limit, so what is measured is how it copies what came before.
    bulk("receive-64k", "Receive 64 KiB messages", "receive", K64, [Goal("rate", 0.85, 0.95), Goal("cpu", 1.3, 1.1)], others=WS[:-1]),
    bulk("receive-1m", "Receive 1 MiB messages", "receive", M1, [Goal("rate", 0.85, 0.95), Goal("cpu", 1.3, 1.1)], others=WS[:-1]),
    bulk("send-64k", "Send 64 KiB messages", "send", K64, [Goal("rate", 0.88, 0.93), Goal("cpu", 1.2, 1.12)]),
    bulk("send-1m", "Send 1 MiB messages", "send", M1, [Goal("rate", 0.85, 0.92), Goal("cpu", 1.9, 1.4)]),
    Row("wss-echo", "TLS 1.3: echo, 64 bytes", "echo", 64, 1, 30_000, "raw", RUST,
        [Goal("cpu", 1.25, 1.12), Goal("p50", 1.17, 1.08)], tls=True),
    bulk("wss-receive", "TLS 1.3: receive 64 KiB messages", "receive", K64, [Goal("rate", 0.87, 0.95)], True, RUST),
    bulk("wss-send", "TLS 1.3: send 64 KiB messages", "send", K64, [Goal("rate", 0.90, 0.95)], True, RUST),
    Row("get", "HTTP GET of 100 bytes, connection kept", "get", 100, 1, 20_000, "raw",
        ("sync", "async", "hyper", "hyperpool", "curl"), [Goal("cpu", 2.6, 1.7), Goal("p50", 2.0, 1.5)]),
    Row("download", "HTTP download of 1 GiB, read in pieces of 64 KiB", "download", K64, 1, 16384, "raw",
        ("sync", "async", "hyper", "curl"), [Goal("rate", 0.90, 1.05)], shown=("cpu", "rate")),
    Row("sleepers", "8 callbacks asleep for 200 ms: longest echo of 16 others, ms", "sleepers", 64, 24, 1500, "epoll",
        ("async",), [Goal("worst", 40, 15, ratio=False)], shown=("worst",), free=True),
    Row("idle", "Resident memory of an idle connection, of 9,000, KB", "idle", 64, 9000, 0, "raw",
        ("sync", "async", "fastwebsockets"), [Goal("resident", 6, 2, ratio=False)], shown=("resident",), rounds=1),
    Row("idle-1000", "The same, of 1,000", "idle", 64, 1000, 0, "raw", ("sync", "async"), shown=("resident",), rounds=1),
    Row("idle-100", "The same, of 100", "idle", 64, 100, 0, "raw", ("sync", "async"), shown=("resident",), rounds=1),
    Row("idle-tls", "Resident memory of an idle connection with TLS, of 9,000, KB", "idle", 64, 9000, 0, "raw", ("sync", "async", "fastwebsockets"),
        [Goal("resident", 28, 18, ratio=False)], tls=True, shown=("resident",), rounds=1),
]
# Wine's own against ours: (title, job, size, operations, figure)
WINE = [
    ("WebSocket echo, 64 bytes", "echo", 64, 10_000, "p50"),
    ("HTTP GET of 100 bytes", "get", 100, 3_000, "each_second"),
    ("receive 64 KiB messages", "receive", K64, 4_000, "rate"),
    ("send 64 KiB messages", "send", K64, 2_000, "rate"),
    ("HTTP download, pieces of 64 KiB", "download", K64, 4_000, "rate"),
]
# Instructions an operation: (name, who, job, size, operations)
COUNTED = [
    ("synchronous echo, 64 bytes", "sync", "echo", 64, 2_000),
    ("asynchronous echo, 64 bytes", "async", "echo", 64, 2_000),
    ("synchronous receive, 32 bytes", "sync", "receive", 32, 100_000),
    ("asynchronous receive, 32 bytes", "async", "receive", 32, 100_000),
    ("synchronous GET, 100 bytes", "sync", "get", 100, 500),
    ("asynchronous GET, 100 bytes", "async", "get", 100, 500),
    ("handle opened and closed", "sync", "handles", 64, 2_000),
]


def build():
    BUILD.mkdir(parents=True, exist_ok=True)
    run = lambda *command, **more: subprocess.run(command, check=True, cwd=TOP, **more)
    run("cargo", "build", "-q", "--release", "--locked")
    run("cargo", "build", "-q", "--release", "--locked", "--manifest-path", "benches/speed/Cargo.toml",
        "--target-dir", "target/speed")
    run("scripts/certs.sh", str(BUILD / "certs"))
    others = TOP / "benches/others"
    for name, command in {
        "beast": ["g++", "-O2", "-std=c++17", str(others / "beast.cpp"), "-pthread"],
        "wine.exe": ["x86_64-w64-mingw32-gcc", "-O2", str(others / "wine.c"), "-lwinhttp"],
    }.items():
        out = BUILD / name
        source = max(path.stat().st_mtime for path in others.iterdir())
        if not out.exists() or out.stat().st_mtime < source:
            run(*command, "-o", str(out))


class Bench:
    def __init__(self, options):
        self.options = options
        self.environment = dict(os.environ, SPEED_LIBRARY=str(LIBRARY), SSL_CERT_FILE=str(BUILD / "certs/ca.pem"))
        self.environment.pop("SSL_CERT_DIR", None)
        self.server = subprocess.Popen([SPEED, "server", BUILD / "certs"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ports = self.server.stdout.readline().split()

    def end(self):
        self.server.stdin.close()
        self.server.wait()

    def command(self, who, job, size, connections, operations, tls=False):
        program = [BUILD / who] if who == "beast" else [SPEED, "client"]
        task = [self.ports[tls], who, job, size, connections, operations] + (["tls"] if tls else [])
        return [str(part) for part in program + task]

    def client(self, command, free=False, **more):
        if not free:
            command = ["taskset", "-c", "0", *command]
        done = subprocess.run(command, capture_output=True, text=True, env=dict(self.environment, **more), timeout=300)
        if done.returncode:
            sys.exit(f"{' '.join(command)}: {done.returncode}\n{done.stderr}")
        return dict(zip(FIELDS, map(float, done.stdout.split())))

    def measure(self, row):
        """The samples of every program, one a round."""
        rounds = row.rounds or self.options.rounds
        samples = {who: [] for who in (row.limit, *row.others)}
        connections = row.connections
        if self.options.short and row.job == "idle":
            connections = 1000
        for number in range(rounds):
            order = list(samples) if number % 2 == 0 else list(samples)[::-1]
            for who in order:
                # The limit of the row with sleepers is the same without them.
                count = connections - 8 if row.job == "sleepers" and who == row.limit else connections
                command = self.command(who, row.job, row.size, count, row.scaled(who, self.options.short), row.tls)
                samples[who].append(self.client(command, row.free))
        return samples

    def counted(self, name, who, job, size, operations):
        """Instructions an operation: of two runs, the longer one less the shorter one."""
        totals = []
        for times in (1, 3):
            out = BUILD / "callgrind.out"
            command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}",
                       *self.command(who, job, size, 1, operations * times)]
            self.client(command)
            totals.append(next(int(line.split()[1]) for line in out.read_text().splitlines() if line.startswith("totals:")))
        # A tenth as many operations go before, unmeasured, but counted here; handles have none.
        share = 1.0 if job == "handles" else 1.1
        return (totals[1] - totals[0]) / (2 * operations * share)


def ratios(samples, who, limit, figure):
    return [own[figure] / base[figure] for own, base in zip(samples[who], samples[limit])]


def median(samples, who, figure):
    return statistics.median(sample[figure] for sample in samples[who])


def shown(value):
    if math.isnan(value):
        return "–"
    if value >= 10_000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def spread(values):
    if len(values) < 3:
        return ""
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return f" ({shown(low)}–{shown(high)})"


HEADINGS = {
    "cpu": ("CPU an operation, us", 1e3), "p50": ("p50, us", 1e3), "rate": ("MB/s", 1.0), "each_second": ("a second", 1.0),
    "switches": ("context switches", 1.0), "worst": ("longest, ms", 1.0), "resident": ("KB", 1.0),
}


def goal_lines(row, samples):
    for goal in row.goals:
        for who in OURS:
            if who not in samples:
                continue
            aim = 30 if (row.name, who) == ("receive-small", "sync") else goal.aim
            judged = Goal(goal.figure, goal.reach, aim, goal.ratio)
            values = ratios(samples, who, row.limit, goal.figure) if goal.ratio else [s[goal.figure] for s in samples[who]]
            value = statistics.median(values)
            name = {"cpu": "CPU", "p50": "p50", "rate": "rate", "switches": "context switches", "worst": "longest, ms",
                    "resident": "KB"}[goal.figure] + ("" if goal.ratio or goal.figure != "cpu" else ", ns")
            worst = f", worst {shown(max(values))}" if goal.figure == "worst" else ""
            mode = {"sync": "synchronous", "async": "asynchronous"}[who]
            yield (f"| {row.title} | {mode} | {name} | {shown(value)}{spread(values)}{worst} | {goal.reach} | {aim} | "
                   f"{judged.verdict(value)} |")


def table(row, samples):
    heads, lines = [], []
    headings = dict(HEADINGS, cpu=("CPU an operation, ns", 1.0)) if row.name == "receive-small" else HEADINGS
    for figure in row.shown:
        heads.append(headings[figure][0])
        if row.shown not in (("worst",), ("resident",)):
            heads.append("ratio (quartiles)")
    lines.append(f"| {row.title} | " + " | ".join(heads) + " |")
    lines.append("|---|" + "---|" * len(heads))
    order = sorted(samples, key=lambda who: (who != row.limit, median(samples, who, row.shown[0])))
    for who in order:
        cells = []
        for figure in row.shown:
            cells.append(shown(median(samples, who, figure) / headings[figure][1]))
            if len(heads) > len(row.shown):
                values = ratios(samples, who, row.limit, figure)
                cells.append("1" if who == row.limit else f"{shown(statistics.median(values))}{spread(values)}")
        lines.append(f"| {NAMES[who]} | " + " | ".join(cells) + " |")
    return lines


def bars(file, title, groups, note):
    """Horizontal bars: groups of (heading, [(label, value, ours)]), one scale."""
    top = max(value for _, rows in groups for _, value, _ in rows)
    height = 46 + sum(26 + 20 * len(rows) for _, rows in groups)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="760" height="{height}" font-family="sans-serif" font-size="12">',
           '<rect width="100%" height="100%" fill="#fff"/>', f'<text x="10" y="20" font-size="14" font-weight="bold">{title}</text>',
           f'<text x="10" y="36" fill="#666">{note}</text>']
    y = 46
    for heading, rows in groups:
        out.append(f'<text x="10" y="{y + 16}" font-weight="bold">{heading}</text>')
        y += 26
        for label, value, ours in rows:
            width = max(1, 440 * value / top)
            out.append(f'<text x="200" y="{y + 11}" text-anchor="end">{label}</text>')
            out.append(f'<rect x="208" y="{y}" width="{width:.0f}" height="14" fill="{"#c2410c" if ours else "#94a3b8"}"/>')
            out.append(f'<text x="{214 + width:.0f}" y="{y + 11}">{shown(value)}</text>')
            y += 20
    out.append("</svg>")
    file.write_text("\n".join(out) + "\n")


def curve(file, title, points, note):
    """One line through (x, y), x logarithmic."""
    top = max(y for _, y in points) * 1.2
    last = math.log10(points[-1][0]) or 1
    place = [(60 + 640 * math.log10(x) / last, 240 - 190 * y / top, x, y) for x, y in points]
    out = ['<svg xmlns="http://www.w3.org/2000/svg" width="760" height="280" font-family="sans-serif" font-size="12">',
           '<rect width="100%" height="100%" fill="#fff"/>', f'<text x="10" y="20" font-size="14" font-weight="bold">{title}</text>',
           f'<text x="10" y="36" fill="#666">{note}</text>', '<line x1="60" y1="240" x2="720" y2="240" stroke="#666"/>',
           f'<polyline fill="none" stroke="#c2410c" stroke-width="2" points="{" ".join(f"{x:.0f},{y:.0f}" for x, y, _, _ in place)}"/>']
    for x, y, connections, value in place:
        out.append(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="3" fill="#c2410c"/><text x="{x:.0f}" y="{y - 8:.0f}" text-anchor="middle">{shown(value)}</text>')
        out.append(f'<text x="{x:.0f}" y="256" text-anchor="middle">{connections:,}</text>')
    out.append("</svg>")
    file.write_text("\n".join(out) + "\n")


def plots(results, folder):
    folder.mkdir(exist_ok=True)
    clean = lambda who: NAMES[who].strip("*")

    def group(name, figure):
        row, samples = results[name]
        pairs = [(clean(who), statistics.median(ratios(samples, who, row.limit, figure)), who in OURS) for who in row.others]
        return row.title, sorted(pairs, key=lambda pair: pair[1], reverse=figure == "rate")
    if all(name in results for name in ("echo-sync", "echo-async", "wss-echo", "get")):
        bars(folder / "cpu.svg", "Processor time an operation", [group(name, "cpu") for name in ("echo-sync", "echo-async", "wss-echo", "get")],
             "ratio to bare sockets in the same round; less is better")
    bulk_rows = [name for name in ("receive-64k", "receive-1m", "send-64k", "send-1m", "download") if name in results]
    if bulk_rows:
        bars(folder / "rate.svg", "Rate of bulk data", [group(name, "rate") for name in bulk_rows],
             "ratio to bare sockets in the same round; more is better")
    growth = [(connections, results[name]) for connections, name in
              ((1, "echo-async"), (100, "echo-async-100"), (1000, "echo-async-1000"), (9000, "echo-async-9000")) if name in results]
    if len(growth) > 2:
        points = [(c, statistics.median(ratios(samples, "async", row.limit, "cpu"))) for c, (row, samples) in growth]
        curve(folder / "growth.svg", "Asynchronous echo by connections", points, "processor time, ratio to a bare epoll loop on one thread")


def handles(bench):
    lines = ["| threads that open and close request handles | a second |", "|---|---|"]
    for threads in (1, 2, 4, 8):
        operations = 40_000 if bench.options.short else 200_000
        values = [bench.client(bench.command("sync", "handles", 64, threads, operations), free=True)["each_second"] for _ in range(3)]
        lines.append(f"| {threads} | {shown(statistics.median(values))} |")
    return lines


def small_facts(bench):
    start = [bench.client(bench.command("sync", "start", 100, 1, 1)) for _ in range(7)]
    threads = bench.client(bench.command("async", "threads", 64, 40, 1), free=True)
    stripped = BUILD / "stripped.so"
    subprocess.run(["strip", "-o", stripped, LIBRARY], check=True)
    lines = ["| | |", "|---|---|",
             f"| loading the library | {statistics.median(s['p50'] for s in start) / 1e6:.2f} ms |",
             f"| until the first answer is there (loading, session, connection, GET) | {statistics.median(s['worst'] for s in start):.2f} ms |",
             f"| threads while 40 callbacks sleep, the program's one included | {threads['worst']:.0f} |",
             f"| threads seven seconds later | {threads['resident']:.0f} |",
             f"| libwinhttp.so, stripped | {stripped.stat().st_size / 1e6:.2f} MB |"]
    dll = TOP / "build/dll/x86_64/winhttp.dll"
    if dll.exists():
        lines.append(f"| winhttp.dll, 64 bit | {dll.stat().st_size / 1e6:.2f} MB |")
    return lines


def wine(bench):
    dll = TOP / "build/dll/x86_64/winhttp.dll"
    if not dll.exists():
        return [f"Not measured: there is no {dll.relative_to(TOP)}; `make dll` builds it."]
    for name in ("wine", "ours"):
        (BUILD / name).mkdir(exist_ok=True)
        shutil.copy(BUILD / "wine.exe", BUILD / name / "wine.exe")
    for file in dll.parent.glob("*.dll"):  # older Wines need a second one beside it
        shutil.copy(file, BUILD / "ours" / file.name)
    lines = ["| | Wine's own | ours | ours is better by |", "|---|---|---|---|"]
    for title, job, size, operations, figure in WINE:
        if bench.options.short:
            operations //= 4
        samples = {"wine": [], "ours": []}
        for number in range(min(bench.options.rounds, 5)):
            for who in (("wine", "ours") if number % 2 == 0 else ("ours", "wine")):
                command = [str(TOP / "scripts/wine.sh"), "x86_64", str(BUILD / who / "wine.exe"), bench.ports[0], who, job,
                           str(size), "1", str(operations)]
                samples[who].append(bench.client(command, WINEDLLOVERRIDES="winhttp=" + ("b" if who == "wine" else "n")))
        factors = ratios(samples, "wine", "ours", figure) if figure == "p50" else ratios(samples, "ours", "wine", figure)
        heading, unit = HEADINGS[figure]
        lines.append(f"| {title}, {heading} | {shown(median(samples, 'wine', figure) / unit)} | "
                     f"{shown(median(samples, 'ours', figure) / unit)} | {shown(statistics.median(factors))}{spread(factors)} |")
    return lines


def instructions(bench, update):
    """The table, and whether all are as recorded."""
    known = json.loads(COUNTS.read_text()) if COUNTS.exists() else {}
    counts, same, lines = {}, True, ["| | instructions | recorded |", "|---|---|---|"]
    for name, who, job, size, operations in COUNTED:
        counts[name] = round(bench.counted(name, who, job, size, operations))
        before = known.get(name)
        lines.append(f"| {name} | {counts[name]:,} | {f'{before:,}' if before else '–'} |")
        if not before or abs(counts[name] - before) > 0.03 * before:
            same = False
            print(f"instructions changed: {name}: {before} recorded, {counts[name]} now", file=sys.stderr)
    if update:
        COUNTS.write_text(json.dumps(counts, indent=2) + "\n")
    return lines, same or update


def machine():
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "?")
    return f"{model}, {os.cpu_count()} cores, Linux {platform.release().split('-')[0]}, load {os.getloadavg()[0]:.1f} at the start"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="a fifth of the work, three rounds: under two minutes; prints only")
    parser.add_argument("--rounds", type=int, default=0)
    parser.add_argument("--only", action="append", default=[], metavar="ROW", help="only rows whose name contains this; prints only")
    parser.add_argument("--skip", default="", help="wine, callgrind, facts")
    parser.add_argument("--counts", action="store_true", help="only count instructions; fails when they have changed by 3 %%")
    parser.add_argument("--update-counts", action="store_true", help="write benches/instructions.json")
    options = parser.parse_args()
    options.rounds = options.rounds or (3 if options.short else 7)
    began, host = time.time(), machine()
    build()
    bench = Bench(options)
    if options.counts:
        lines, same = instructions(bench, options.update_counts)
        bench.end()
        print("\n".join(lines))
        sys.exit(not same)
    goals = ["| what | session | figure | measured | reach | aim | |", "|---|---|---|---|---|---|---|"]
    results, tables, rest = {}, [], []
    for row in ROWS:
        if options.only and not any(part in row.name for part in options.only):
            continue
        samples = bench.measure(row)
        results[row.name] = row, samples
        goals += goal_lines(row, samples)
        tables += table(row, samples) + [""]
        print("\n".join([*table(row, samples), *goal_lines(row, samples), ""]), flush=True)
    parts = [] if options.only else [
        ("facts", "## Handles by threads", lambda: handles(bench)),
        ("facts", "## Start, threads, size", lambda: small_facts(bench)),
        ("wine", "## Under Wine, the same program", lambda: wine(bench)),
        ("callgrind", "## Instructions an operation", lambda: instructions(bench, options.update_counts)[0]),
    ]
    for name, heading, make in parts:
        if name not in options.skip.split(",") and not (options.short and name == "callgrind"):
            rest += [heading, "", *make(), ""]
            print("\n".join(rest[rest.index(heading):]), flush=True)
    bench.end()
    print(f"{time.time() - began:.0f} s", file=sys.stderr)
    if options.short or options.only:
        return
    plots(results, TOP / "docs/performance")
    text = ["# Performance", "", "Generated by `make bench`; do not edit.", "", *INTRODUCTION.format(host=host, rounds=options.rounds).splitlines(), "",
            "![Processor time](performance/cpu.svg)", "", "![Bulk rate](performance/rate.svg)", "", "## Goals", "", *goals, "",
            "## Every program", "", *tables, "![Growth](performance/growth.svg)", "", *rest]
    (TOP / "docs/PERFORMANCE.md").write_text("\n".join(text).rstrip() + "\n")


INTRODUCTION = """\
The library is measured as an application has it: `libwinhttp.so` is loaded and called through its C functions. The limit
is the same bytes over bare sockets, without a library. Server and client are pinned to one core, so that the wall clock is
the sum of both and no wake-up crosses cores; rows that say so let the client run anywhere. Each program runs in every
round ({rounds}), every other round in the opposite order; ratios are to the limit of the same round, their median is
shown, quartiles in brackets. Processor time is the client's, user and system. Of a write over loopback the kernel books
now more, now less on the sender, so of sending the rate is the surer figure ([why](decisions/0022-synchronous-reads.md)). Where
another library is faster, [decision 24](decisions/0024-where-others-are-faster.md) says why.

Machine: {host}."""

if __name__ == "__main__":
    main()
