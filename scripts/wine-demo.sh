#!/bin/sh
# The demo programs, built with mingw-w64 from the same source against its own winhttp.h and import library, run under
# Wine with our DLL beside them; prints which winhttp.dll was loaded. Needs scripts/dll.sh to have run.
set -eu
cd "$(dirname "$0")/.."
out=build/wine-demo
mkdir -p $out
cp build/dll/x86_64/*.dll $out/
for name in wsecho wsecho_async; do
  x86_64-w64-mingw32-gcc -std=gnu11 -O2 -Wall -Wextra -Wno-cast-function-type -D_WIN32_WINNT=0x0a00 -static -o $out/$name.exe examples/$name.c -lwinhttp
done
cargo build -q --locked --example echo_server
status=0
WINEDEBUG=-all,+loaddll WINEDLLOVERRIDES="winhttp=n" DEMO_WRAP="scripts/wine.sh x86_64" scripts/demo.sh "${CARGO_TARGET_DIR:-target}/debug/examples/echo_server" \
  $out/wsecho.exe $out/wsecho_async.exe 2> $out/log || status=$?
loaded=$(grep -i 'Loaded .*winhttp\.dll' $out/log | sed 's/.*Loaded //' | sort | uniq -c || true)
echo "winhttp.dll loaded: $loaded"
grep -v ':trace:loaddll:' $out/log >&2 || true
case $loaded in
  *builtin*|"") echo "FAIL: not ours" >&2; exit 1 ;;
esac
exit $status
