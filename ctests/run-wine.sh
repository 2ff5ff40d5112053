#!/bin/sh
# Builds the tests with mingw-w64 and runs them under Wine: run-wine.sh [--dll FILE] [--arch i686] [NAME...]
# Without --dll Wine's own winhttp answers, and expected/wine.txt lists what it does differently. With it our DLL lies
# beside the programs, expected/wine-ours.txt lists what Wine makes impossible, and `module` proves that it is the one that is loaded.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
dll=
arch=x86_64
while :; do
  case ${1:-} in
    --dll) dll=$2; shift 2 ;;
    --arch) arch=$2; shift 2 ;;
    *) break ;;
  esac
done
export WINEPREFIX="${WINEPREFIX:-$root/build/wineprefix}" WINEDEBUG="${WINEDEBUG:--all}"
unset DISPLAY
cc=${WINCC:-$arch-w64-mingw32-gcc}
if [ -n "$dll" ]; then
  out=$root/build/wine-ours/$arch
  mkdir -p "$out"
  cp "$dll" "$out/winhttp.dll"
  # Wine before 8.10 lacks bcryptprimitives, which Rust's standard library imports.
  "$arch-w64-mingw32-gcc" -Os -s -shared -Wl,--kill-at -Wl,--enable-stdcall-fixup -o "$out/bcryptprimitives.dll" \
    "$here/shim/bcryptprimitives.c" "$here/shim/bcryptprimitives.def" -ladvapi32
  export WINEDLLOVERRIDES="winhttp=n;winedbg.exe=d" WINHTTP_WANTED=ours
  known="--known $here/expected/wine-ours.txt"
else
  out=$root/build/wine/$arch
  mkdir -p "$out"
  export WINEDLLOVERRIDES="winedbg.exe=d" WINHTTP_WANTED=system
  known="--known $here/expected/wine.txt"
fi
wine=${WINE:-$(command -v wine64 || command -v wine || echo /usr/lib/wine/wine64)}
[ -d "$WINEPREFIX" ] || $wine wineboot -i > /dev/null 2>&1
names=${*:-module $(cat "$here/programs.txt") trust}
failed=0
for name in $names; do
  [ "$name" != leak ] || continue # has no cases here
  import=-lwinhttp
  [ "$name" != unload ] || import= # it loads the library itself
  # shellcheck disable=SC2086
  $cc -std=gnu11 -O1 -g -Wall -Wextra -Wno-unused-function -Wno-cast-function-type -D_WIN32_WINNT=0x0a00 \
    -static -o "$out/$name.exe" "$here/$name.c" $import -lversion -lcrypt32 || { failed=$((failed + 1)); continue; }
  python3 "$here/run.py" --wrap "$wine" $known "$out/$name.exe" || failed=$((failed + 1))
done
[ $failed = 0 ] || { echo "$failed programs failed"; exit 1; }
