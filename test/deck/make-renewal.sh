#!/usr/bin/env bash
# Makes the request and the two certificates of renewal-with-the-same-key: one request, handed to the authority twice, as an
# operator does who keeps the key. The key is that of test/vectors/certs/made/leaf.pem; that of the authority is made here
# and thrown away. Serial numbers of the authority and signatures are new at every run. Made with OpenSSL 3.0.19 on 2026-11-22.
set -euo pipefail
cd "$(dirname "$0")"
key=../vectors/certs/made/test-only-leaf.key.pem
to=renewal-with-the-same-key
certs=$to/zones/certs
authority=$(mktemp -d)
trap 'rm -rf "$authority"' EXIT

openssl req -new -key "$key" -subj /CN=mx1.example.test -addext subjectAltName=DNS:mx1.example.test -out "$certs/mx1.csr"

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -subj '/O=Test Only/CN=Test Renewals' -days 36500 \
  -keyout "$authority/key.pem" -out "$authority/ca.pem" 2>/dev/null
touch "$authority/index"
cat >"$authority/config" <<CONFIG
[ca]
default_ca = renewals
[renewals]
database = $authority/index
new_certs_dir = $authority
certificate = $authority/ca.pem
private_key = $authority/key.pem
rand_serial = yes
default_md = sha256
unique_subject = no
copy_extensions = copy
policy = any
x509_extensions = leaf
[any]
commonName = supplied
[leaf]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = serverAuth
CONFIG

issue() { # first day, file
  openssl ca -batch -notext -config "$authority/config" -in "$certs/mx1.csr" -startdate "$1" -enddate 21200101000000Z -out "$2" 2>/dev/null
}
issue 20200101000000Z "$to/before.pem"
issue 20260101000000Z "$certs/mx1.pem"
