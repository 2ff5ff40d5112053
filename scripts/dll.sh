#!/bin/sh
# Builds winhttp.dll for Windows with mingw-w64: dll.sh [x86_64|i686]... (both by default) into build/dll/ARCH.
set -eu
cd "$(dirname "$0")/.."
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$PWD/target}/dll"
# Smaller, quicker to build, and no paths of this machine inside.
export CARGO_PROFILE_RELEASE_STRIP=symbols CARGO_PROFILE_RELEASE_DEBUG=0
cargo_home=${CARGO_HOME:-$HOME/.cargo}

. scripts/windows-toolchain.sh

# The folder with ld.lld: Rust's own, or else Debian's.
lld() {
  for found in "$(rustc --print sysroot 2> /dev/null)"/lib/rustlib/*/bin/gcc-ld/ld.lld /usr/bin/ld.lld; do
    if [ -x "$found" ]; then
      dirname "$found"
      return
    fi
  done
  apt lld
  echo /usr/bin
}

for arch in ${*:-x86_64 i686}; do
  target=$arch-pc-windows-gnu
  command -v "$arch-w64-mingw32-gcc" > /dev/null || { echo "dll.sh: no $arch-w64-mingw32-gcc" >&2; exit 1; }
  choose "$target"
  flags="--remap-path-prefix=$PWD=. --remap-path-prefix=$cargo_home/registry/src=registry"
  if [ -n "$build_std" ]; then
    library=$(source_of "$rustc")
    flags="$flags --remap-path-prefix=$library=std"
    if [ "$arch" = i686 ]; then
      # The two objects that rustup ships beside the 32-bit library: they register the unwind tables.
      start=$CARGO_TARGET_DIR/rtstartup
      mkdir -p "$start"
      for object in rsbegin rsend; do
        RUSTC_BOOTSTRAP=1 "$rustc" --target "$target" --emit obj -C opt-level=2 -o "$start/$object.o" "$library/rtstartup/$object.rs"
      done
      flags="$flags -L native=$start"
    fi
  fi
  # binutils keeps every 64-bit function that has unwind information, used or not: a megabyte of them. lld does not.
  link=
  [ "$arch" = i686 ] || link="-Clink-arg=-B$(lld) -Clink-arg=-fuse-ld=lld"
  variable=CARGO_TARGET_$(echo "$target" | tr 'a-z-' 'A-Z_')_RUSTFLAGS
  # shellcheck disable=SC2086
  env "$variable=$flags" RUSTC="$rustc" ${build_std:+RUSTC_BOOTSTRAP=1} \
    "$cargo" rustc --release --locked --lib --crate-type cdylib $build_std --target "$target" -- $link
  mkdir -p "build/dll/$arch"
  cp "$CARGO_TARGET_DIR/$target/release/winhttp.dll" "build/dll/$arch/"
  # For Wine before 8.10: Rust's standard library imports it, and there it is missing.
  "$arch-w64-mingw32-gcc" -Os -s -shared -Wl,--kill-at -Wl,--enable-stdcall-fixup -o "build/dll/$arch/bcryptprimitives.dll" \
    ctests/shim/bcryptprimitives.c ctests/shim/bcryptprimitives.def -ladvapi32
done
ls -l build/dll/*/winhttp.dll
