#!/bin/sh
# Installs what the tests need: Debian packages, a Python environment, node modules. Says what it cannot.
# `setup.sh bench` adds what the benchmark needs, `setup.sh demo` stops at what the demo needs.
set -eu
cd "$(dirname "$0")/.."
what=${1:-tests}
need=
want() { # COMMAND PACKAGE
  command -v "$1" > /dev/null 2>&1 || [ -x "/usr/sbin/$1" ] || need="$need $2"
}
want cmake cmake
want gcc gcc
want g++ g++
if [ "$what" != demo ]; then
  want clang clang
  want python3 python3
  want node nodejs
  want npm npm
  want nginx nginx-light
  want openssl openssl
  want git git
  want apache2 apache2-bin
  want krb5kdc krb5-kdc
  want kadmin.local krb5-admin-server
  want kinit krb5-user
  want ntlm_auth winbind # what Wine's NTLM is made of
  [ -f /usr/lib/apache2/modules/mod_auth_gssapi.so ] || need="$need libapache2-mod-auth-gssapi"
  [ -f /usr/lib/*/gssntlmssp/gssntlmssp.so ] || need="$need gss-ntlmssp"
  want tinyproxy tinyproxy-bin
  want squid squid
  want mcs mono-mcs
  want x86_64-w64-mingw32-gcc gcc-mingw-w64-x86-64
  want x86_64-w64-mingw32-g++ g++-mingw-w64-x86-64
  want i686-w64-mingw32-gcc gcc-mingw-w64-i686
  want i686-w64-mingw32-g++ g++-mingw-w64-i686
  [ -x /usr/lib/wine/wine64 ] || want wine64 wine64
  if [ "$what" = bench ]; then
    want valgrind valgrind
    [ -f /usr/include/boost/beast.hpp ] || need="$need libboost-dev"
  fi
  python3 -c 'import ensurepip, venv' 2> /dev/null || need="$need python3-venv"
fi
if [ -n "$need" ]; then
  sudo=
  [ "$(id -u)" = 0 ] || sudo=$(command -v sudo || echo missing)
  if command -v apt-get > /dev/null && [ "$sudo" != missing ]; then
    echo "installing:$need"
    $sudo apt-get -qq update
    # No package starts a service by being installed: the tests start what they need.
    policy=/usr/sbin/policy-rc.d made=
    if [ ! -e $policy ]; then
      printf '#!/bin/sh\nexit 101\n' | $sudo tee $policy > /dev/null && $sudo chmod +x $policy && made=1
    fi
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive $sudo apt-get -qq install -y --no-install-recommends $need > /dev/null || failed=$?
    [ -z "$made" ] || $sudo rm $policy
    [ -z "${failed:-}" ] || exit "$failed"
  else
    echo "please install these packages (their Debian names):$need" >&2
    exit 1
  fi
fi
command -v cargo > /dev/null || { echo "please install Rust (rustup or your system's packages)" >&2; exit 1; }
[ "$what" != demo ] || exit 0
stamp=build/setup.done
if [ ! -f "$stamp" ] || [ tests/peers/requirements.txt -nt "$stamp" ] || [ tests/peers/package.json -nt "$stamp" ]; then
  [ -x .venv/bin/python3 ] || python3 -m venv .venv
  .venv/bin/python3 -m pip install -q --disable-pip-version-check -r tests/peers/requirements.txt
  mkdir -p build/node
  cp tests/peers/package.json build/node/
  npm install --silent --no-audit --no-fund --prefix build/node > /dev/null
  touch "$stamp"
fi
# Programs that others wrote, for Windows and as sources.
tests/programs/fetch.sh
