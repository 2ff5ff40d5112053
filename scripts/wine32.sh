#!/bin/sh
# 32-bit Wine: the system's where it is installed (wine32:i386), else that of a small Debian of its own in build/i386,
# which `wine32.sh --install` makes; that and every start need root. See scripts/wine.sh, which is what to call.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
root=$top/build/i386
system=/usr/lib/wine/wine
if [ "${1:-}" = --install ]; then
  if [ -x $system ] || [ -f "$root/made" ]; then
    exit 0
  fi
  [ "$(id -u)" = 0 ] || { echo "no 32-bit Wine: neither wine32:i386 nor root to make $root" >&2; exit 1; }
  unshare -m true || { echo "no 32-bit Wine: no mount namespaces" >&2; exit 1; }
  command -v debootstrap > /dev/null || { apt-get -qq update && apt-get -qq install -y --no-install-recommends debootstrap; } >&2
  rm -rf "$root"
  debootstrap --arch=i386 --variant=minbase --include=wine,wine32 bookworm "$root" >&2 || exit 1
  cp /etc/hosts "$root/etc/hosts"
  rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/usr/share/doc "$root"/usr/share/man "$root"/usr/share/locale
  touch "$root/made"
  exit 0
fi
if [ -x $system ]; then
  exec $system "$@"
fi
[ -f "$root/made" ] || { echo "no 32-bit Wine here; scripts/wine32.sh --install gets it" >&2; exit 127; }
mkdir -p "$root$top"
# In a mount namespace of its own: nothing stays mounted, so that removing build/ removes build/ alone.
exec unshare -m sh -eu -c '
  root=$1 top=$2 here=$3
  shift 3
  mount --bind "$top" "$root$top"
  mount -t proc proc "$root/proc"
  exec chroot "$root" sh -c "cd \"\$1\" && shift && exec wine \"\$@\"" wine32 "$here" "$@"
' wine32 "$root" "$top" "$PWD" "$@"
