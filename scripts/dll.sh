#!/bin/sh
# Builds winhttp.dll for Windows with mingw-w64: dll.sh [x86_64|i686]... (both by default) into build/dll/ARCH.
#
# The Windows standard library is rustup's where it is there (`rustup target add x86_64-pc-windows-gnu
# i686-pc-windows-gnu`). Else it is built from source: with Debian's packages rustc-web, cargo-web and rust-web-src, or
# with the toolchain at hand when it has its source (component rust-src).
set -eu
cd "$(dirname "$0")/.."
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$PWD/target}/dll"
# Smaller, quicker to build, and no paths of this machine inside.
export CARGO_PROFILE_RELEASE_STRIP=symbols CARGO_PROFILE_RELEASE_DEBUG=0
cargo_home=${CARGO_HOME:-$HOME/.cargo}

apt() {
  sudo=
  [ "$(id -u)" = 0 ] || sudo=sudo
  $sudo apt-get -qq update && DEBIAN_FRONTEND=noninteractive $sudo apt-get -qq install -y --no-install-recommends "$@" > /dev/null
}

# Where a toolchain keeps the source of its standard library.
source_of() {
  echo "$("$1" --print sysroot)/lib/rustlib/src/rust/library"
}

# Which rustc and cargo build for this target: sets rustc, cargo, and build_std when the library is not there.
choose() {
  rustc=$(command -v rustc || true) cargo=$(command -v cargo || true) build_std=
  if [ -n "$rustc" ] && ls "$("$rustc" --print target-libdir --target "$1")"/libstd-*.rlib > /dev/null 2>&1; then
    return
  fi
  build_std="-Zbuild-std=std,panic_unwind"
  if [ -n "$rustc" ] && [ -d "$(source_of "$rustc")/std" ]; then
    return
  fi
  if ! [ -x /usr/bin/rustc ] || ! [ -x /usr/bin/cargo ] || ! [ -d "$(source_of /usr/bin/rustc)/std" ]; then
    echo "dll.sh: installing rustc-web cargo-web rust-web-src for the Windows standard library" >&2
    apt rustc-web cargo-web rust-web-src
  fi
  rustc=/usr/bin/rustc cargo=/usr/bin/cargo
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
  variable=CARGO_TARGET_$(echo "$target" | tr 'a-z-' 'A-Z_')_RUSTFLAGS
  # shellcheck disable=SC2086
  env "$variable=$flags" RUSTC="$rustc" ${build_std:+RUSTC_BOOTSTRAP=1} \
    "$cargo" build --release --locked --lib $build_std --target "$target"
  mkdir -p "build/dll/$arch"
  cp "$CARGO_TARGET_DIR/$target/release/winhttp.dll" "build/dll/$arch/"
  # For Wine before 8.10: Rust's standard library imports it, and there it is missing.
  "$arch-w64-mingw32-gcc" -Os -s -shared -Wl,--kill-at -Wl,--enable-stdcall-fixup -o "build/dll/$arch/bcryptprimitives.dll" \
    ctests/shim/bcryptprimitives.c ctests/shim/bcryptprimitives.def -ladvapi32
done
ls -l build/dll/*/winhttp.dll
