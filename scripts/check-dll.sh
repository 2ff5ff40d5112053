#!/bin/sh
# Holds the built DLLs (scripts/dll.sh) to dll/exports.txt and to mingw-w64's import library: names, ordinals, word
# sizes; what the loader is told of them; and their imports to dll/imports.txt. BLESS=1 writes the list of imports anew.
set -eu
cd "$(dirname "$0")/.."
failed=0
passed=0
check() { # WHAT FILE FILE
  if diff -u "$2" "$3" > build/dll/diff; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAIL $1"
    sed 's/^/     /' build/dll/diff
  fi
}
: > build/dll/imports
for arch in x86_64 i686; do
  dll=build/dll/$arch/winhttp.dll
  tables=build/dll/$arch/tables
  "$arch-w64-mingw32-objdump" -p "$dll" > "$tables"

  # objdump counts from 0, ordinals from the base.
  base=$(sed -n 's/^Ordinal Base[[:space:]]*//p' "$tables" | head -1)
  sed -n '/^\[Ordinal\/Name Pointer\] Table/,/^$/s/^[[:space:]]*\[ *\([0-9]*\)\] \(\(+base\[ *\([0-9]*\)\] *\)\{0,1\}\)\([0-9a-f]* \)\{0,1\}\([A-Za-z0-9]*\)$/\1 \6/p' "$tables" |
    awk -v base="$base" '{ print $1 + base, $2 }' | sort -n > build/dll/$arch/exports
  if [ $arch = x86_64 ]; then wide=64; else wide=none; fi
  awk -v wide=$wide '!/^#/ && (NF == 2 || $3 == wide) { print $1, $2 }' dll/exports.txt | sort -n > build/dll/$arch/wanted
  check "$arch: exports and ordinals are the listed ones" build/dll/$arch/wanted build/dll/$arch/exports

  # At any address, and with what it takes to be moved there; data is not run; version and messages are there.
  {
    echo DYNAMIC_BASE
    [ $arch = i686 ] || echo HIGH_ENTROPY_VA
    echo NX_COMPAT
    echo "large address aware"
    echo "Base Relocation Directory"
    echo "Resource Directory"
  } > build/dll/$arch/loader.wanted
  {
    sed -n '/^DllCharacteristics/,/^Size/{s/^\t*\(DYNAMIC_BASE\|HIGH_ENTROPY_VA\|NX_COMPAT\)$/\1/p}' "$tables" | sort
    sed -n 's/^\t\(large address aware\|relocations stripped\)$/\1/p' "$tables"
    sed -n 's/^Entry [0-9a-f] [0-9a-f]* 0*[1-9a-f][0-9a-f]* \(Base Relocation Directory\|Resource Directory\).*/\1/p' "$tables" | sort
    "$arch-w64-mingw32-objdump" -h "$dll" | awk '/CODE/ && !/READONLY/ { print "code that can be written to" }'
  } > build/dll/$arch/loader
  check "$arch: the loader may put it anywhere" build/dll/$arch/loader.wanted build/dll/$arch/loader

  library=/usr/$arch-w64-mingw32/lib/libwinhttp.a
  if [ ! -f "$library" ]; then
    failed=$((failed + 1))
    echo "FAIL $arch: there is no $library to compare with"
  else
    "$arch-w64-mingw32-nm" "$library" 2> /dev/null | awk '$2 == "T" { print $3 }' | sed 's/@.*//; '"$([ $arch = i686 ] && echo 's/^_//')" | sort > build/dll/$arch/library
    awk '{ print $2 }' build/dll/$arch/exports | sort > build/dll/$arch/names
    comm -23 build/dll/$arch/library build/dll/$arch/names > build/dll/$arch/missing
    check "$arch: every name of $library is exported" /dev/null build/dll/$arch/missing
  fi

  awk -v arch=$arch '
    /DLL Name:/ { dll = tolower($3); next }
    /vma:.*Hint/ { next }
    /^$/ { next }
    /^\t[0-9a-f]+\t? *[0-9]+ +[A-Za-z_]/ || /^\t[0-9a-f]+ +[0-9]+ +[A-Za-z_]/ { if (dll != "") print arch, dll, $NF }
    /Export Tables|Export Address/ { dll = "" }' "$tables" | sort -u >> build/dll/imports
done
sed 's/^[a-z0-9_]* //' build/dll/imports | sort -u > build/dll/imports.all
if [ -n "${BLESS:-}" ]; then
  { sed -n '/^#/p' dll/imports.txt 2> /dev/null || true; cat build/dll/imports.all; } > build/dll/imports.new
  cp build/dll/imports.new dll/imports.txt
fi
grep -v '^#' dll/imports.txt > build/dll/imports.wanted
check "imports are the listed ones" build/dll/imports.wanted build/dll/imports.all

for arch in x86_64 i686; do
  size=$(stat -c %s build/dll/$arch/winhttp.dll)
  echo "$arch: $size bytes"
  if [ "$size" -gt 4194304 ]; then failed=$((failed + 1)); echo "FAIL $arch: larger than 4 MiB"; else passed=$((passed + 1)); fi
done
echo "dll: $passed passed, $failed failed"
[ $failed = 0 ]
