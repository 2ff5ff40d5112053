# Thin: every line calls cargo or a script.
.PHONY: setup demo test bless check ctest autobahn asan tsan bench bench-short dll wine-demo wine-ours wine-own

setup:
	@scripts/setup.sh

demo:
	@scripts/setup.sh demo
	@scripts/demo-build.sh
	@scripts/demo.sh target/debug/examples/echo_server build/demo/wsecho build/demo/wsecho_async

test: setup
	@scripts/test.py

check: test

# Rewrites what is generated and committed; look at the difference before committing it.
bless:
	@BLESS=1 cargo test -q --locked --tests --no-fail-fast

ctest: setup
	@scripts/test.py release ctest

autobahn: setup
	@scripts/test.py release autobahn

asan: setup
	@scripts/test.py asan

tsan: setup
	@scripts/test.py tsan

# All rows, and docs/PERFORMANCE.md anew: about ten minutes. The short form only prints, within two.
bench:
	@scripts/setup.sh bench
	@benches/run.py

bench-short:
	@scripts/setup.sh bench
	@benches/run.py --short

# winhttp.dll for 64 and 32 bit, and what is held against lists: names, ordinals, imports, size.
dll: setup
	@scripts/dll.sh
	@scripts/check-dll.sh

# The demo program, built with mingw-w64, under Wine with our DLL.
wine-demo: setup
	@scripts/test.py dll
	@scripts/wine-demo.sh

# The C tests under Wine: with our DLL, 64 and 32 bit, and with Wine's own.
wine-ours: setup
	@scripts/test.py dll wine-build wine-ours wine32 wine32-ours

wine-own: setup
	@scripts/test.py dll wine-build wine-own
