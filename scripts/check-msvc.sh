#!/bin/sh
# Type-checks the DLL for the MSVC targets. Nothing is linked, so Microsoft's tools are not needed: where a build script
# wants a C compiler or an archiver, it gets one that leaves empty files.
set -eu
cd "$(dirname "$0")/.."
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$PWD/target}/dll"
. scripts/windows-toolchain.sh
tools=$PWD/build/msvc
mkdir -p "$tools"
cat > "$tools/none" << 'EOF'
#!/bin/sh
# Makes the files that it is told to write.
while [ $# -gt 0 ]; do
  case $1 in
    [-/]Fo?* | [-/]out:?* | [-/]OUT:?*) name=${1#?Fo} && name=${name#?out:} && : > "${name#?OUT:}" ;;
    -o) shift && : > "$1" ;;
  esac
  shift
done
EOF
chmod +x "$tools/none"
for name in cl.exe lib.exe; do ln -sf none "$tools/$name"; done
passed=0 failed=0
for arch in x86_64 i686; do
  target=$arch-pc-windows-msvc
  choose "$target"
  # rquickjs has no declarations for this one, and makes them with libclang from Microsoft's headers.
  without=
  [ $arch = x86_64 ] || without=--no-default-features
  suffix=$(echo "$target" | tr - _)
  # shellcheck disable=SC2086
  if env "CC_$suffix=$tools/cl.exe" "AR_$suffix=$tools/lib.exe" RUSTC="$rustc" ${build_std:+RUSTC_BOOTSTRAP=1} \
    "$cargo" check --lib --locked $without $build_std --target "$target"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAIL $target"
  fi
done
echo "msvc: $passed passed, $failed failed"
[ $failed = 0 ]
