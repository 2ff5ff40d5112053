# To be read by other scripts: which Rust builds for a Windows target.
#
# The Windows standard library is rustup's where it is there (`rustup target add x86_64-pc-windows-gnu
# i686-pc-windows-gnu`). Else it is built from source: with Debian's packages rustc-web, cargo-web and rust-web-src, or
# with the toolchain at hand when it has its source (component rust-src).

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
