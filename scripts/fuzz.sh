#!/bin/sh
# Feeds each parser with what libFuzzer makes of the seeds in fuzz/corpus: fuzz.sh [--seconds N] [TARGET...]
# Without --seconds it is a smoke run, the same on every machine. With it each target gets so many seconds, with inputs
# that differ each time; what they find that is new is kept in build/fuzz/corpus. An input that breaks a target is left in
# build/fuzz/broken; `FUZZ_TARGET=NAME build/fuzz/fuzz FILE` runs it again.
# Works with a stable toolchain: the passes that guide the fuzzer are in it.
set -eu
cd "$(dirname "$0")/.."
seconds=
if [ "${1:-}" = --seconds ]; then
  seconds=$2
  shift 2
fi
host=$(rustc -vV | sed -n 's/^host: //p')
flags="--cfg fuzzing -Awarnings -Cpasses=sancov-module" # warnings are clippy's affair
for argument in level=4 inline-8bit-counters pc-table trace-compares; do
  flags="$flags -Cllvm-args=-sanitizer-coverage-$argument"
done
RUSTFLAGS="$flags" cargo build -q --locked -p winhttp-fuzz --target "$host" --target-dir build/fuzz/target \
  --config profile.dev.opt-level=2 --config 'profile.dev.debug="line-tables-only"'
cp "build/fuzz/target/$host/debug/fuzz" build/fuzz/fuzz
mkdir -p build/fuzz/broken
export seconds
[ $# -gt 0 ] || set -- $(ls fuzz/corpus)
# shellcheck disable=SC2016
printf '%s\n' "$@" | xargs -P "$(nproc)" -n 1 sh -c '
  if [ -n "$seconds" ]; then
    found=build/fuzz/corpus/$1
    set -- "$1" -max_total_time="$seconds"
  else
    found=build/fuzz/smoke/$1
    rm -rf "$found"
    set -- "$1" -runs=20000 -seed=1
  fi
  mkdir -p "$found"
  log=build/fuzz/$1.log
  if FUZZ_TARGET=$1 build/fuzz/fuzz "$2" ${3:+"$3"} -max_len=2048 -timeout=60 -rss_limit_mb=1024 \
      -artifact_prefix="build/fuzz/broken/$1-" "$found" "fuzz/corpus/$1" > "$log" 2>&1; then
    echo "ok $1: $(grep "^Done" "$log")"
  else
    grep -v "^#" "$log" | tail -30
    echo "FAIL $1"
  fi' sh > build/fuzz/result
cat build/fuzz/result
failed=$(grep -c "^FAIL" build/fuzz/result || :)
echo "fuzz: $(grep -c "^ok" build/fuzz/result || :) passed, $failed failed"
[ "$failed" = 0 ]
