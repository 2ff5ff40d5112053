#!/bin/sh
# 32-bit Wine from a Debian of its own in build/i386, for machines where wine32:i386 cannot be installed beside the
# rest; needs root. As a command for run-wine.sh:
#   WINE=$PWD/scripts/wine32.sh WINEPREFIX=$PWD/build/wineprefix32 ctests/run-wine.sh --arch i686 --dll build/dll/i686/winhttp.dll
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
root=$top/build/i386
if [ ! -x "$root/usr/bin/wine" ]; then
  command -v debootstrap > /dev/null || { apt-get -qq update && apt-get -qq install -y --no-install-recommends debootstrap; } >&2
  debootstrap --arch=i386 --variant=minbase --include=wine,wine32 bookworm "$root" >&2
fi
mkdir -p "$root$top"
grep -qs localhost "$root/etc/hosts" || cp /etc/hosts "$root/etc/hosts"
# In a mount namespace of its own: nothing stays mounted, so that removing build/ removes build/ alone.
exec unshare -m sh -eu -c '
  root=$1 top=$2
  shift 2
  mount --bind "$top" "$root$top"
  mount -t proc proc "$root/proc"
  exec chroot "$root" wine "$@"
' wine32 "$root" "$top" "$@"
