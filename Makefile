# Thin: every line calls cargo or a script.
.PHONY: setup demo test bless check ctest autobahn asan tsan wine

setup:
	@scripts/setup.sh

demo:
	@scripts/demo-build.sh
	@scripts/demo.sh target/debug/examples/echo_server build/demo/wsecho build/demo/wsecho_async

test: setup
	@scripts/test.py

check: test

# Rewrites what is generated and committed; look at the difference before committing it.
bless:
	@BLESS=1 cargo test -q --locked --tests

ctest: setup
	@scripts/test.py release ctest

autobahn: setup
	@scripts/test.py release autobahn

asan: setup
	@scripts/test.py asan

tsan: setup
	@scripts/test.py tsan

wine: setup
	@ctests/run-wine.sh
