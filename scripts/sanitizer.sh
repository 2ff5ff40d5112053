#!/bin/sh
# The library and the C tests under a sanitizer: sanitizer.sh address|thread [ctest arguments]
# Works with a stable toolchain: RUSTC_BOOTSTRAP lets it take -Zsanitizer. The standard library stays as it is.
set -eu
cd "$(dirname "$0")/.."
kind=$1
shift
host=$(rustc -vV | sed -n 's/^host: //p')
flags="-Zsanitizer=$kind"
[ "$kind" = thread ] && flags="$flags -Cunsafe-allow-abi-mismatch=sanitizer"
RUSTC_BOOTSTRAP=1 RUSTFLAGS="$flags" cargo build -q --locked --lib --target "$host" --target-dir "build/$kind" \
  --config profile.dev.opt-level=1
case $kind in address) short=asan ;; thread) short=tsan ;; esac
runtime=$(ls "$(rustc --print sysroot)/lib/rustlib/$host/lib/"librustc*_rt.$short.a)
cmake -S ctests -B "build/ctests-$kind" -DSANITIZE="$kind" -DSANITIZER_RUNTIME="$runtime" \
  -DWINHTTP_LIBRARY="$PWD/build/$kind/$host/debug/libwinhttp.so" > /dev/null
cmake --build "build/ctests-$kind" -j2 > "build/ctests-$kind.build" || { cat "build/ctests-$kind.build"; exit 1; }
export ASAN_OPTIONS=detect_leaks=1:exitcode=23
export TSAN_OPTIONS="suppressions=$PWD/scripts/tsan.supp:exitcode=24:second_deadlock_stack=1"
ctest --test-dir "build/ctests-$kind" -V --output-on-failure "$@"
