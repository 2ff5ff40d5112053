#!/bin/sh
# The Autobahn client as a Windows program, under Wine with our DLL.
set -eu
cd "$(dirname "$0")/../.."
out=build/wine-autobahn
mkdir -p $out
cp build/dll/x86_64/*.dll $out/
x86_64-w64-mingw32-gcc -std=gnu11 -O2 -D_WIN32_WINNT=0x0a00 -Wno-cast-function-type -static -o $out/autobahn.exe \
  tests/autobahn/client.c -lwinhttp
export WINEDLLOVERRIDES="winhttp=n"
exec python3 tests/autobahn/run.py --wrap "scripts/wine.sh x86_64" $out/autobahn.exe sync async
