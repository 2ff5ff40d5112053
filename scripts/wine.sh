#!/bin/sh
# Runs a Windows program of the tests under Wine: wine.sh x86_64|i686 PROGRAM [ARGUMENTS]
# In a prefix of the repository's own (build/wineprefix-ARCH, made at the first call; without a PROGRAM that is all), without
# a display, a debugger or downloads. WINEDLLOVERRIDES is the caller's; WINE names another Wine for x86_64. 32-bit programs:
# scripts/wine32.sh.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
arch=$1
shift
export WINEPREFIX="${WINEPREFIX:-$top/build/wineprefix-$arch}" WINEDEBUG="${WINEDEBUG:--all}"
export WINEDLLOVERRIDES="${WINEDLLOVERRIDES:+$WINEDLLOVERRIDES;}winedbg.exe,winemenubuilder.exe=d;mscoree,mshtml="
unset DISPLAY WAYLAND_DISPLAY
case $arch in
  x86_64) wine=${WINE:-$(command -v wine64 || command -v wine || echo /usr/lib/wine/wine64)} ;;
  i686) wine=$top/scripts/wine32.sh ;;
  *) echo "wine.sh: x86_64 or i686, not $arch" >&2; exit 2 ;;
esac
if [ ! -f "$WINEPREFIX/made" ]; then
  # Programs may start at the same time: one makes the prefix, the others wait.
  mkdir -p "$WINEPREFIX"
  (
    flock 9
    # Made is what runs a program.
    [ -f "$WINEPREFIX/made" ] ||
      { "$wine" wineboot -i && "$wine" cmd /c exit 0 && touch "$WINEPREFIX/made"; } > "$WINEPREFIX/log" 2>&1 ||
      { cat "$WINEPREFIX/log" >&2; exit 1; }
  ) 9> "$WINEPREFIX/lock"
fi
[ $# = 0 ] || exec "$wine" "$@"
