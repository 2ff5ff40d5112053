#!/bin/sh
# Builds the tests with mingw-w64 and runs them under Wine: run-wine.sh [--dll FILE] [NAME...]
# Without --dll Wine's own winhttp answers, and expected/wine.txt lists what it does differently.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
out=$root/build/wine
export WINEPREFIX="${WINEPREFIX:-$root/build/wineprefix}" WINEDEBUG="${WINEDEBUG:--all}"
unset DISPLAY
export WINEDLLOVERRIDES="winedbg.exe=d"
known="--known $here/expected/wine.txt"
mkdir -p "$out"
if [ "${1:-}" = --dll ]; then
  out=$root/build/wine-ours
  mkdir -p "$out"
  cp "$2" "$out/winhttp.dll"
  export WINEDLLOVERRIDES="winhttp=n;winedbg.exe=d"
  known=
  shift 2
fi
wine=$(command -v wine64 || command -v wine || echo /usr/lib/wine/wine64)
[ -d "$WINEPREFIX" ] || "$wine" wineboot -i > /dev/null 2>&1
# leak and unload count by /proc and dlopen: Linux alone, not run here.
names=${*:-$(grep -v -e leak -e unload "$here/programs.txt")}
failed=0
for name in $names; do
  [ -f "$here/$name.c" ] || continue
  ${WINCC:-x86_64-w64-mingw32-gcc} -std=gnu11 -O1 -g -Wall -Wextra -Wno-unused-function -Wno-cast-function-type -D_WIN32_WINNT=0x0a00 \
    -static -o "$out/$name.exe" "$here/$name.c" -lwinhttp || { failed=$((failed + 1)); continue; }
  python3 "$here/run.py" --wrap "$wine" $known "$out/$name.exe" || failed=$((failed + 1))
done
[ $failed = 0 ] || { echo "$failed programs failed"; exit 1; }
