#!/bin/sh
# Fetches the programs and sources of this folder into build/programs: pinned versions, hashes checked by pip and cargo.
set -eu
cd "$(dirname "$0")/../.."
out=build/programs
here=tests/programs
stamp=$out/fetched
[ ! -f $stamp ] || [ $here/wheels.txt -nt $stamp ] || [ $here/source/Cargo.lock -nt $stamp ] || [ $here/fetch.sh -nt $stamp ] || exit 0
mkdir -p $out/wheels
.venv/bin/python3 -m pip download -q --disable-pip-version-check --no-deps --only-binary=:all: --platform win_amd64 \
  --python-version 3.11 --require-hashes -d $out/wheels -r $here/wheels.txt
for wheel in $out/wheels/*.whl; do
  name=$(basename "$wheel" | cut -d- -f1)
  rm -rf "${out:?}/$name"
  .venv/bin/python3 -m zipfile -e "$wheel" "$out/$name"
done
cargo vendor -q --locked --manifest-path $here/source/Cargo.toml $out/vendor > /dev/null
touch $stamp
