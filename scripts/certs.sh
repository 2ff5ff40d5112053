#!/bin/sh
# Makes the private authorities and the certificates of the TLS tests: certs.sh DIR
set -eu
dir=$1
mkdir -p "$dir"
cd "$dir"
# Test programs start at the same time: one makes them, the others wait.
exec 9> lock
flock 9
[ -f done.6 ] && exit 0
export OPENSSL_CONF=/dev/null
here=DNS:localhost,IP:127.0.0.1
authority() { # NAME
  openssl req -x509 -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.pem" -days 3650 -subj "/CN=winhttp test $1" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign -config req.cnf
}
request() { # NAME [SUBJECT [KEY]]
  # shellcheck disable=SC2086
  openssl req -newkey ${3:-rsa:2048} -nodes -keyout "$1.key" -out "$1.csr" -subj "${2:-/CN=$1}" -config req.cnf
}
ec='ec -pkeyopt ec_paramgen_curve:P-256'
sign() { # NAME AUTHORITY EXTENSIONS [arguments of `openssl x509`]
  name=$1 ca=$2
  printf '%b' "$3" > "$name.ext"
  shift 3
  openssl x509 -req -in "$name.csr" -CA "$ca.pem" -CAkey "$ca.key" -CAcreateserial -out "$name.pem" \
    -extfile "$name.ext" "$@"
}
# Those with dates of their own, and those that will be revoked, are entered in an authority's books.
enter() { # NAME AUTHORITY EXTENSIONS START END
  printf '[ca]\ndefault_ca=d\n[d]\ndatabase=%s.db\nserial=%s.serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\nunique_subject=no\ndefault_crl_days=3650\ncrlnumber=%s.number\ncrl_extensions=e\n[e]\nauthorityKeyIdentifier=keyid\n[p]\ncommonName=supplied\n[x]\n%b' \
    "$2" "$2" "$2" "$3" > "$1.cnf"
  [ -f "$2.db" ] || { : > "$2.db"; echo 77 > "$2.serial"; echo 10 > "$2.number"; }
  openssl ca -batch -config "$1.cnf" -extensions x -cert "$2.pem" -keyfile "$2.key" -in "$1.csr" -out "$1.pem" \
    -startdate "$4" -enddate "$5"
}
server="extendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n"
trap '[ -f done.6 ] || cat log >&2' EXIT
rm -f ./*.db* ./*.serial* ./*.number*
printf '[req]\ndistinguished_name=dn\n[dn]\n' > req.cnf
{
  authority ca
  authority stranger
  request server
  sign server ca "subjectAltName=$here,IP:::1\n$server" -days 3650
  request unknown /CN=unknown
  sign unknown stranger "subjectAltName=$here\n$server" -days 3650
  request wrongname
  sign wrongname ca "subjectAltName=DNS:elsewhere.test\n$server" -days 3650
  request expired
  enter expired ca "subjectAltName=$here\nextendedKeyUsage=serverAuth\n" 20200101000000Z 20200201000000Z
  request notyet /CN=notyet "$ec"
  enter notyet ca "subjectAltName=$here\nextendedKeyUsage=serverAuth\n" 20980101000000Z 20990101000000Z
  request wrongusage /CN=wrongusage "$ec"
  sign wrongusage ca "subjectAltName=$here\nextendedKeyUsage=clientAuth\n" -days 3650
  request rotten /CN=rotten "$ec"
  enter rotten stranger "subjectAltName=DNS:elsewhere.test\nextendedKeyUsage=clientAuth\n" 20200101000000Z 20200201000000Z
  request weak /CN=weak rsa:1024
  sign weak ca "subjectAltName=$here\n$server" -days 3650
  request sha1 /CN=sha1
  sign sha1 ca "subjectAltName=$here\n$server" -days 3650 -sha1
  request cnonly /CN=localhost "$ec"
  sign cnonly ca "$server" -days 3650
  # Two that vouch for themselves: an ordinary one, and one that says it is an authority.
  # shellcheck disable=SC2086
  openssl req -x509 -newkey $ec -nodes -keyout selfsigned.key -out selfsigned.pem -days 3650 -subj /CN=selfsigned \
    -addext "subjectAltName=$here" -addext basicConstraints=CA:FALSE -config req.cnf
  # shellcheck disable=SC2086
  openssl req -x509 -newkey $ec -nodes -keyout selfca.key -out selfca.pem -days 3650 -subj /CN=selfca \
    -addext "subjectAltName=$here" -addext basicConstraints=critical,CA:TRUE -config req.cnf
  # Of version 1, as devices have them; newer OpenSSL makes them only when asked to.
  first() { # NAME [AUTHORITY]
    openssl req -x509 -x509v1 -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.pem" -days 3650 -subj /CN=localhost \
      -config req.cnf ${2:+-CA "$2.pem" -CAkey "$2.key"} && return
    request "$1" /CN=localhost
    if [ -n "${2:-}" ]; then set -- "$1" -CA "$2.pem" -CAkey "$2.key" -CAcreateserial; else set -- "$1" -signkey "$1.key"; fi
    name=$1
    shift
    openssl x509 -req -in "$name.csr" -out "$name.pem" -days 3650 "$@"
  }
  first v1 ca
  first v1self
  # Through an authority between; its certificate goes along, or does not.
  request sub "/CN=winhttp test sub" "$ec"
  sign sub ca 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n' -days 3650
  request below "/C=DE/O=Tests und mehr/CN=below" "$ec"
  sign below sub "subjectAltName=$here\n$server" -days 3650
  cp below.pem alone.pem
  cp below.key alone.key
  cat sub.pem >> below.pem
  # Revocation: one that is revoked, one that is not, and the lists of both authorities.
  request revoked /CN=revoked "$ec"
  enter revoked ca "subjectAltName=$here\nextendedKeyUsage=serverAuth\n" 20200101000000Z 20990101000000Z
  openssl ca -config revoked.cnf -cert ca.pem -keyfile ca.key -revoke revoked.pem
  openssl ca -config revoked.cnf -cert ca.pem -keyfile ca.key -gencrl -out crl.pem
  openssl crl -in crl.pem -outform DER -out crl.der
  # Whom an authority lets speak about its certificates.
  request responder /CN=responder "$ec"
  sign responder ca 'extendedKeyUsage=OCSPSigning\n' -days 3650
  # Clients': one for each server that asks, with its key in the same file, as the library reads them.
  mkdir -p clients
  request client "/O=Tests/CN=client one"
  sign client ca 'extendedKeyUsage=clientAuth\n' -days 3650
  cat client.pem client.key > clients/client.pem
  openssl pkcs12 -export -in client.pem -inkey client.key -out client.p12 -passout pass:secret
  openssl pkcs12 -export -legacy -in client.pem -inkey client.key -out client-old.p12 -passout pass:secret ||
    openssl pkcs12 -export -in client.pem -inkey client.key -out client-old.p12 -passout pass:secret
  request clientec "/O=Tests/CN=client two" "$ec"
  sign clientec sub 'extendedKeyUsage=clientAuth\n' -days 3650
  cat clientec.pem sub.pem clientec.key > clients/clientec.pem
  request strangeclient "/CN=client unknown" "$ec"
  sign strangeclient stranger 'extendedKeyUsage=clientAuth\n' -days 3650
  cat strangeclient.pem strangeclient.key > clients/strange.pem
  cp client.pem clients/without-key.pem
} > log 2>&1
touch done.6
