#!/bin/sh
# Builds the C tests with mingw-w64 and runs them under Wine: run-wine.sh [--arch i686] [--dll FILE] [ours|own|build] [NAME...]
#   ours    our DLL lies beside the programs; expected/wine-ours.txt lists what Wine makes impossible. The program `module`
#           proves that ours is the one that is loaded. The default.
#   own     Wine's built-in DLL answers; expected/wine.txt lists every case in which it does something else.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
arch=x86_64 dll=
while :; do
  case ${1:-} in
    --arch) arch=$2; shift 2 ;;
    --dll) dll=$2; shift 2 ;;
    *) break ;;
  esac
done
dll=${dll:-$root/build/dll/$arch/winhttp.dll}
which=ours
case ${1:-} in
  ours | own | build) which=$1; shift ;;
esac
[ -f "$dll" ] || { echo "no $dll: scripts/dll.sh builds it" >&2; exit 1; }
out=$root/build/ctests-wine-$arch
cmake -S "$here" -B "$out" -DCMAKE_SYSTEM_NAME=Windows -DCMAKE_C_COMPILER="$arch-w64-mingw32-gcc" \
  -DWINHTTP_LIBRARY="$(realpath "$dll")" -DWINE="$root/scripts/wine.sh $arch" > "$out.cmake" || { cat "$out.cmake"; exit 1; }
sed -n 's/^-- \(not run\)/\1/p' "$out.cmake"
# A program that cannot be built fails by itself and does not hide the others.
broken=0
cmake --build "$out" -j2 -- -k > "$out.build" 2>&1 || { broken=1; cat "$out.build"; }
[ "$which" != build ] || exit $broken
# The prefix is made first: no test's time is spent on that.
if [ "$which" = own ]; then
  export WINEPREFIX="$root/build/wineprefix-own"
  "$root/scripts/wine.sh" "$arch"
  # Wine's own DLL is to trust the authority of the tests too.
  "$root/scripts/certs.sh" "$root/build/certs"
  "$root/scripts/wine-trust.py" "$root/build/certs/ca.pem" > "$WINEPREFIX/root.reg"
  "$root/scripts/wine.sh" "$arch" regedit /S "Z:$WINEPREFIX/root.reg"
else
  "$root/scripts/wine.sh" "$arch"
fi
names=$(echo "$*" | tr ' ' '|')
exec ctest --test-dir "$out" -V -j "${JOBS:-4}" -R "^$which\\.(${names:-.*})\$"
