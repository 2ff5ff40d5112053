#!/bin/sh
# 32-bit Wine from a Debian of its own in build/i386, for machines where wine32:i386 cannot be installed beside the
# rest; needs root. As a command for run-wine.sh:
#   WINE=$PWD/scripts/wine32.sh WINEPREFIX=$PWD/build/wineprefix32 ctests/run-wine.sh --arch i686 --dll build/dll/i686/winhttp.dll
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
root=$top/build/i386
if [ ! -x "$root/usr/bin/wine" ]; then
  command -v debootstrap > /dev/null || { apt-get -qq update && apt-get -qq install -y --no-install-recommends debootstrap; } >&2
  debootstrap --arch=i386 --variant=minbase --include=wine,wine32 bookworm "$root" http://deb.debian.org/debian >&2
fi
if [ ! -e "$root$top/Cargo.toml" ]; then
  mkdir -p "$root$top"
  mount --bind "$top" "$root$top"
fi
[ -e "$root/proc/self" ] || mount -t proc proc "$root/proc"
grep -qs localhost "$root/etc/hosts" || cp /etc/hosts "$root/etc/hosts"
exec chroot "$root" wine "$@"
