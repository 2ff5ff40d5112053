#!/bin/sh
# Starts the echo server on a free port, runs the demo programs against it, stops it.
set -eu
server=$1
shift
dir=$(mktemp -d)
mkfifo "$dir/hold" "$dir/said"
"$server" < "$dir/hold" > "$dir/said" &
pid=$!
trap 'exec 3>&-; kill $pid 2>/dev/null || true; rm -rf "$dir"' EXIT
exec 3> "$dir/hold" # the server ends with this
read -r url < "$dir/said"
for program in "$@"; do
  echo "== $(basename "$program") $url"
  # shellcheck disable=SC2086
  ${DEMO_WRAP:-} "$program" "$url"
done
