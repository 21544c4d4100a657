#!/bin/sh
# Makes the signed zones beside this file again: sh make.sh (in an empty copy of this folder).
set -eu
start=20260101000000
end=20360101000000
startEpoch=1767225600
here=$(pwd)

key() { echo "$here"/keys/Kzone.test.+$1; }

# The zone with the CDS and CDNSKEY of one key, for signers that take them as data.
with_cds() {
  cat base.zone
  dnssec-dsfromkey -C -2 "$1.key"
  sed -n 's/ DNSKEY / CDNSKEY /p' "$1.key"
}

bind() { # name, options, keys…
  out=$1; options=$2; shift 2
  with_cds "$1" > work.zone; for k in "$@"; do cat "$k.key"; done >> work.zone
  dnssec-signzone -q -o zone.test -O full -s $start -e $end -f "$out" $options work.zone "$@"
  rm -f work.zone dsset-zone.test.
}

ldns() {
  out=$1; input=$2; options=$3; shift 3
  cp "$input" work.zone
  ldns-signzone -o zone.test -i $start -e $end -f "$out" $options work.zone "$@"
  rm -f work.zone
}

knot() { # name, policy lines, keys…
  out=$1; policy=$2; shift 2
  rm -rf kasp; mkdir -p kasp/zones
  cp base.zone kasp/zones/zone.test.zone
  cat > kasp/knot.conf <<CONF
server:
    rundir: "$here/kasp"
database:
    storage: "$here/kasp"
    kasp-db: "$here/kasp/keys"
policy:
  - id: p
    manual: on
    rrsig-lifetime: 3652d
    rrsig-refresh: 1d
    rrsig-pre-refresh: 1h
    reproducible-signing: on
    dnskey-ttl: 3600
    cds-cdnskey-publish: always
    $policy
template:
  - id: default
    storage: "$here/kasp/zones"
    zonefile-sync: 0
    journal-content: none
    serial-policy: increment
zone:
  - domain: zone.test
    dnssec-signing: on
    dnssec-policy: p
    $zonemd
CONF
  for k in "$@"; do
    id=$(keymgr -c kasp/knot.conf zone.test import-bind "$k.key" | grep -oE '^[0-9a-f]{40}')
    keymgr -c kasp/knot.conf zone.test set "$id" $duty created=$startEpoch publish=$startEpoch ready=$startEpoch active=$startEpoch > /dev/null
  done
  kzonesign -c kasp/knot.conf -t $startEpoch -o kasp/out zone.test
  cp kasp/out/zone.test.zone "$out"
  rm -rf kasp
}

zonemd="" duty=""
rsaKsk=$(key 008+00979) rsaZsk=$(key 008+28473)
ecKsk=$(key 013+17325) ecZsk=$(key 013+32290)
edKsk=$(key 015+60132)

# KSK and ZSK, NSEC, ECDSA P-256
bind bind-nsec.zone "-x" "$ecKsk" "$ecZsk"
with_cds "$ecKsk" > csk.zone
ldns ldns-nsec.zone csk.zone "" "$ecKsk" "$ecZsk"
knot knot-nsec.zone "nsec3: off" "$ecKsk" "$ecZsk"
# KSK and ZSK, NSEC3 without salt or iterations, RSA
bind bind-nsec3.zone "-x -3 -" "$rsaKsk" "$rsaZsk"
with_cds "$rsaKsk" > csk.zone
ldns ldns-nsec3.zone csk.zone "-n -t 0" "$rsaKsk" "$rsaZsk"
knot knot-nsec3.zone "nsec3: on
    nsec3-iterations: 0
    nsec3-salt-length: 0" "$rsaKsk" "$rsaZsk"
# One key for both, NSEC3 with opt-out, ECDSA P-256
bind bind-optout.zone "-z -3 - -A" "$ecKsk"
with_cds "$ecKsk" > csk.zone
ldns ldns-optout.zone csk.zone "-n -t 0 -p" "$ecKsk"
duty="ksk=yes zsk=yes"
knot knot-optout.zone "nsec3: on
    nsec3-opt-out: on
    nsec3-iterations: 0
    nsec3-salt-length: 0
    single-type-signing: on" "$ecKsk"
# One key for each of two algorithms, NSEC, ECDSA P-256 and Ed25519
bind bind-two.zone "-z" "$ecKsk" "$edKsk"
ldns ldns-two.zone csk.zone "-U" "$ecKsk" "$edKsk"
knot knot-two.zone "nsec3: off
    single-type-signing: on" "$ecKsk" "$edKsk"
# One key, NSEC, Ed25519, ZONEMD (BIND makes none)
with_cds "$edKsk" > csk.zone
ldns ldns-zonemd.zone csk.zone "-z 1:1" "$edKsk"
zonemd="zonemd-generate: zonemd-sha384"
knot knot-zonemd.zone "nsec3: off
    single-type-signing: on" "$edKsk"
rm -f csk.zone
for k in "$rsaKsk" "$ecKsk" "$edKsk"; do dnssec-dsfromkey -2 "$k.key"; done > ds

# The smallest zones that can have each fault: what stands in front of the parenthesis, signed with one key (Ed25519) by BIND
small() { # name, options, records
  { printf '$ORIGIN zone.test.\n$TTL 3600\n@ SOA ns.example.net. hostmaster 1 1800 900 604800 3600\n@ NS ns.example.net.\n'
    printf "$3"; cat "$edKsk.key"; } > work.zone
  dnssec-signzone -q -z -o zone.test -O full -s $start -e $end -f "small-$1.zone" $2 work.zone "$edKsk"
  rm -f work.zone dsset-zone.test.
}
www='www A 192.0.2.1\n'
small nsec "" "$www"
small nsec3 "-3 -" "$www"
small iterations "-3 - -H 5" "$www"
small salt "-3 a1b2" "$www"
small cut "" "sub NS ns.sub\nns.sub A 192.0.2.53\n"
small wildcard "" "*.www A 192.0.2.1\n"
small tlsa "-3 -" "_25._tcp.www TLSA 3 1 1 0d6fce3b2c5d1e9f7a8b4c6d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b\n"
small optout "-3 - -A" "sub NS ns.example.net.\nsub DS 60485 13 2 0d6fce3b2c5d1e9f7a8b4c6d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b\n"
small cds "" "$(dnssec-dsfromkey -C -2 "$edKsk.key")\n$(sed -n 's/ DNSKEY / CDNSKEY /p' "$edKsk.key")\n"
printf '$ORIGIN zone.test.\n$TTL 3600\n@ SOA ns.example.net. hostmaster 1 1800 900 604800 3600\n@ NS ns.example.net.\n'"$www" > work0.zone
ldns small-zonemd.zone work0.zone "-z 1:1" "$edKsk"
rm -f work0.zone
