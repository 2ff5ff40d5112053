#!/bin/sh
# The Autobahn client as a Windows program, under Wine with our DLL.
set -eu
cd "$(dirname "$0")/../.."
out=build/wine-ours/x86_64
[ -f "$out/winhttp.dll" ] || { echo "run ctests/run-wine.sh --dll first" >&2; exit 1; }
x86_64-w64-mingw32-gcc -std=gnu11 -O2 -D_WIN32_WINNT=0x0a00 -Wno-cast-function-type -static -o $out/autobahn.exe \
  tests/autobahn/client.c -lwinhttp
export WINEPREFIX="${WINEPREFIX:-$PWD/build/wineprefix}" WINEDEBUG=-all WINEDLLOVERRIDES="winhttp=n;winedbg.exe=d"
unset DISPLAY
wine=${WINE:-$(command -v wine64 || command -v wine || echo /usr/lib/wine/wine64)}
exec python3 tests/autobahn/run.py --wrap "$wine" $out/autobahn.exe sync async
