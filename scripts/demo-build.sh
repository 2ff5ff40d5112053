#!/bin/sh
# Builds the library, the demo programs and the echo server.
set -eu
cd "$(dirname "$0")/.."
cargo build -q --locked --release
cargo build -q --locked --example echo_server
mkdir -p build/demo
cmake -S examples -B build/demo > /dev/null
cmake --build build/demo -j2 > build/demo.log || { cat build/demo.log; exit 1; }
