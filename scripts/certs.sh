#!/bin/sh
# Makes the private CA and the server certificates of the TLS tests: certs.sh DIR
set -eu
dir=$1
mkdir -p "$dir"
cd "$dir"
# Test programs start at the same time: one makes them, the others wait.
exec 9> lock
flock 9
[ -f done ] && exit 0
export OPENSSL_CONF=/dev/null
authority() { # NAME
  openssl req -x509 -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.pem" -days 3650 -subj "/CN=winhttp test $1" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign -config req.cnf
}
server() { # NAME AUTHORITY SUBJECT-ALTERNATIVE-NAMES [extra arguments of `openssl x509`]
  name=$1 ca=$2 san=$3
  shift 3
  openssl req -newkey rsa:2048 -nodes -keyout "$name.key" -out "$name.csr" -subj "/CN=$name" -config req.cnf
  printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n' "$san" > "$name.ext"
  openssl x509 -req -in "$name.csr" -CA "$ca.pem" -CAkey "$ca.key" -CAcreateserial -out "$name.pem" \
    -extfile "$name.ext" "$@"
}
printf '[req]\ndistinguished_name=dn\n[dn]\n' > req.cnf
{
  authority ca
  authority stranger
  server server ca DNS:localhost,IP:127.0.0.1,IP:::1 -days 3650
  server unknown stranger DNS:localhost,IP:127.0.0.1 -days 3650
  server wrongname ca DNS:elsewhere.test -days 3650
  # -days takes no negative number everywhere; `openssl ca` would, but a clock in the past is simpler to read.
  openssl req -newkey rsa:2048 -nodes -keyout expired.key -out expired.csr -subj /CN=expired -config req.cnf
  printf '[ca]\ndefault_ca=d\n[d]\ndatabase=db\nserial=sn\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\nx509_extensions=x\n[p]\ncommonName=supplied\n[x]\nsubjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n' > ca.cnf
  : > db
  echo 77 > sn
  openssl ca -batch -config ca.cnf -cert ca.pem -keyfile ca.key -in expired.csr -out expired.pem \
    -startdate 20200101000000Z -enddate 20200201000000Z
} > log 2>&1 || { cat log >&2; exit 1; }
touch done
