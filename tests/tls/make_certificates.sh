#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Makes the authorities, servers and clients of the tests. usage: make_certificates.sh EMPTY_DIRECTORY
# Nothing of it is kept: each run of the tests makes its own.
set -eu
cd "$1"

mkdir issued
cat >openssl.cnf <<'END'
[ca]
default_ca = authority
[authority]
database = index
serial = serial
new_certs_dir = issued
default_md = sha256
policy = anything
unique_subject = no
[anything]
commonName = supplied
[req]
distinguished_name = subject
[subject]
END

ec_key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1"; }

# certificate NAME CN EXTENSION...: signed by $issuer (by itself if there is none), valid from $from to $to, for the key
# NAME.key.
certificate() {
    local name=$1 subject=$2
    shift 2
    if [ $# -gt 0 ]; then printf '%s\n' "$@"; else printf '%s\n' 'basicConstraints=CA:FALSE'; fi >"$name.ext"
    openssl req -new -config openssl.cnf -key "$name.key" -subj "/CN=$subject" -out "$name.csr"
    rm -f index index.attr
    : >index
    openssl rand -hex 8 >serial
    local by=(-selfsign -keyfile "$name.key")
    if [ -n "$issuer" ]; then by=(-cert "$issuer.crt" -keyfile "$issuer.key"); fi
    openssl ca -batch -config openssl.cnf "${by[@]}" -in "$name.csr" -extfile "$name.ext" \
        -startdate "$from" -enddate "$to" -md "$digest" -notext -out "$name.crt" -rand_serial 2>openssl.log ||
        { cat openssl.log >&2; return 1; }
}

# server NAME SAN: one of 'DNS:...', 'IP:...' and so on; its own key on the curve P-256.
server() {
    ec_key "$1.key"
    certificate "$1" "${3:-$1}" 'basicConstraints=CA:FALSE' 'extendedKeyUsage=serverAuth' ${2:+"subjectAltName=$2"}
}

from=20240101000000Z
to=20991231235959Z
digest=sha256
issuer=
for name in trusted other; do
    ec_key "$name.key"
    certificate "$name" "$name" 'basicConstraints=critical,CA:TRUE' 'keyUsage=critical,keyCertSign,cRLSign'
done
issuer=trusted

good='DNS:broker.test,DNS:*.wild.test,IP:127.0.0.1,IP:2001:db8::1'
server good "$good"
cp good.key pinned.key
openssl genrsa -out rsa.key 2048 2>/dev/null
certificate rsa broker.test 'basicConstraints=CA:FALSE' 'extendedKeyUsage=serverAuth' "subjectAltName=$good"

# Names that somebody else might read as broker.test or 127.0.0.1.
server wrong DNS:other.test
server common-name '' broker.test
server uri URI:broker.test
server email email:broker.test@broker.test
server bare-star 'DNS:*'
server short-star 'DNS:*.test'
server part-star 'DNS:b*.wild.test'
server leading-dot 'DNS:.broker.test'
server trailing-dot 'DNS:broker.test.'
server address-as-name 'DNS:127.0.0.1'
server wrong-address IP:127.0.0.2

# chain NAME ISSUER: a server's certificate by that issuer, which comes with it.
chain() {
    issuer=$2
    server "$1" DNS:broker.test
    cat "$2.crt" >>"$1.crt"
    issuer=trusted
}
# middle NAME EXTENSION...: an authority between the two, for the key NAME.key if it is there.
middle() {
    [ -f "$1.key" ] || ec_key "$1.key"
    certificate "$1" "$1" 'basicConstraints=critical,CA:TRUE' 'keyUsage=critical,keyCertSign' "${@:2}"
}
middle middle
chain chained middle
middle narrow 'nameConstraints=critical,permitted;DNS:other.test'
chain out-of-bounds narrow
digest=sha1
middle old
digest=sha256
chain old-chain old
openssl genrsa -out small.key 1024 2>/dev/null
middle small
chain small-chain small
chain by-server good

# Good certificates, but for one thing.
strange='1.2.3.4=critical,ASN1:NULL'
flawed() {
    openssl genrsa -out "$1weak-key.key" 1024 2>/dev/null
    certificate "$1weak-key" broker.test 'basicConstraints=CA:FALSE' subjectAltName=DNS:broker.test
    ec_key "$1strange.key"
    certificate "$1strange" broker.test 'basicConstraints=CA:FALSE' subjectAltName=DNS:broker.test "$strange"
    ec_key "$1client-as-server.key"
    certificate "$1client-as-server" broker.test 'basicConstraints=CA:FALSE' 'extendedKeyUsage=clientAuth' \
        subjectAltName=DNS:broker.test
    digest=sha1
    server "$1weak-digest" DNS:broker.test
    digest=sha256
    issuer=other
    server "$1foreign" DNS:broker.test
    issuer=trusted
}
flawed ''

# Ours.
for name in client stranger; do
    ec_key "$name.key"
    if [ "$name" = stranger ]; then issuer=other; fi
    certificate "$name" device 'basicConstraints=CA:FALSE' 'extendedKeyUsage=clientAuth'
done
issuer=trusted

# Out of date. The clock of the tests stands in 2026.
from=20200101000000Z to=20210101000000Z
server expired DNS:broker.test
from=20400101000000Z to=20410101000000Z
server early DNS:broker.test
server early-wrong DNS:other.test
flawed early-

for name in trusted other client; do openssl x509 -in "$name.crt" -outform der -out "$name.crt.der"; done
openssl pkey -in client.key -outform der -out client.key.der
for name in good rsa; do
    openssl x509 -in "$name.crt" -noout -pubkey | openssl pkey -pubin -outform der |
        openssl dgst -sha256 -binary >"$name.pin"
done
chmod a+r ./*.key
rm -rf ./*.csr ./*.ext index* serial* openssl.log issued
