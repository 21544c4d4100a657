/** Rules about the keys that a zone publishes, CDS and ZONEMD. */
import { dsRules } from '../dnssec/ds-rules.ts';
import { keyRules as dnssecKeyRules } from '../dnssec/key-rules.ts';
import { defineRules } from '../text/problem.ts';

/** `key` is `ECDSAP256SHA256 key 12345`. */
interface Key {
  readonly key: string;
}

const published = defineRules({
  'key/not-at-apex': {
    tier: 'error',
    reach: 'offline',
    title: 'DNSKEY, CDS or CDNSKEY does not stand at the apex',
    why: 'nobody looks for it there',
    fix: 'move the record to the name of the zone, or remove it',
    source: 'RFC 4035 section 2.1, RFC 7344 section 4.1',
    message: (facts: { owner: string; type: string; zone: string }) =>
      `${facts.type} stands at ${facts.owner}, expected at ${facts.zone}`,
  },
  'key/rsa-size-legacy': {
    tier: 'warning',
    reach: 'offline',
    title: 'an RSA key has fewer than 2048 bits',
    why: 'keys of this size can be broken with enough effort; some systems refuse them',
    fix: 'roll to ECDSAP256SHA256, or to RSA with 2048 bits',
    source: 'RFC 8624 section 3.1',
    message: (facts: Key & { size: number }) => `${facts.key} has ${facts.size} bits, expected 2048 at least`,
  },
  'key/too-many': {
    tier: 'warning',
    reach: 'offline',
    title: 'more than two keys share algorithm and tag',
    why: 'a validator must try each of them and gives up after a few',
    fix: 'remove the keys that are not needed',
    source: 'RFC 4034 appendix B',
    message: (facts: Key & { count: number }) => `${facts.count} DNSKEY records are ${facts.key}`,
  },
  'key/unknown-algorithm': {
    tier: 'warning',
    reach: 'offline',
    title: 'signatures of an algorithm cannot be checked here',
    why: 'whether they are right remains open',
    fix: 'check these signatures with a program that knows the algorithm',
    source: 'RFC 4035 section 5.2',
    message: (facts: Key) => `the signatures of ${facts.key} were not checked: the algorithm is not known here`,
  },
  'key/no-known-algorithm': {
    tier: 'error',
    reach: 'offline',
    title: 'no key has an algorithm that can be checked',
    why: 'validators treat the zone as unsigned',
    fix: 'sign with ECDSAP256SHA256',
    source: 'RFC 4035 section 5.2',
    message: (facts: { algorithms: string }) =>
      `the zone has only keys of ${facts.algorithms}: nothing could be checked`,
  },

  'cds/differs': {
    tier: 'error',
    reach: 'offline',
    title: 'CDS, CDNSKEY and DNSKEY do not say the same',
    why: 'a parent that follows them refuses, or breaks the chain',
    fix: 'derive CDS and CDNSKEY from the same keys of the DNSKEY RRset',
    source: 'RFC 7344 section 4.1',
    message: (facts: { what: string }) => facts.what,
  },
  'cds/delete-mixed': {
    tier: 'error',
    reach: 'offline',
    title: 'the request to delete the DS is mixed with other content',
    why: 'a parent must ignore it, or takes the zone out of DNSSEC against the other records',
    fix: 'publish CDS 0 0 0 00 and CDNSKEY 0 3 0 AA== alone, or not at all',
    source: 'RFC 8078 section 4',
    message: (facts: { what: string }) => facts.what,
  },

  'zonemd/digest': {
    tier: 'error',
    reach: 'offline',
    title: 'the digest over the zone is not the one in ZONEMD',
    why: 'the zone is not complete or was changed: servers that check it refuse it',
    fix: 'sign the zone again; change nothing afterwards',
    source: 'RFC 8976 section 4',
    message: (facts: { expected: string; found: string }) =>
      `the zone has the digest ${facts.expected}, ZONEMD says ${facts.found}`,
  },
  'zonemd/serial': {
    tier: 'error',
    reach: 'offline',
    title: 'the serial in ZONEMD is not that of the SOA',
    why: 'the digest belongs to another version of the zone: servers that check it refuse it',
    fix: 'sign the zone again',
    source: 'RFC 8976 section 4',
    message: (facts: { expected: number; found: number }) =>
      `ZONEMD is for serial ${facts.found}, the SOA has ${facts.expected}`,
  },
  'zonemd/unknown': {
    tier: 'information',
    reach: 'offline',
    title: 'a ZONEMD record has a scheme or hash that is not known',
    why: 'this digest was not checked',
    fix: 'add a record with scheme 1 and hash 1 (SHA-384)',
    source: 'RFC 8976 section 4',
    message: (facts: { scheme: number; hash: number }) =>
      `ZONEMD with scheme ${facts.scheme} and hash ${facts.hash} was not checked`,
  },
  'zone/one-soa': {
    tier: 'error',
    reach: 'offline',
    title: 'the zone does not have exactly one SOA record',
    why: 'no server loads it',
    fix: 'leave one SOA record, at the name of the zone',
    source: 'RFC 1035 section 5.2',
    message: (facts: { zone: string; count: number }) => `${facts.zone} has ${facts.count} SOA records, expected one`,
  },
  'zone/serial-not-increased': {
    tier: 'error',
    reach: 'offline',
    title: 'the content changed, and the serial did not move forward',
    why: 'secondaries ask for the serial only: they keep the old content, and its signatures run out there',
    fix: 'sign again with a serial ahead of the last one; where no serial is, go forward by 2147483647, wait until every secondary has it, then go on to the one that is wanted',
    source: 'RFC 1982 section 3.2, RFC 1996 section 4.7',
    message: (facts: { serial: number; previous: number; difference?: string }) =>
      `${serialWords(facts)}, and the content is another one` +
      (facts.difference === undefined ? '' : ` (the first difference is ${facts.difference})`),
  },
});

/** Those of any key of a zone, of the DS set above it, and of what is published. */
export const keyRules = { ...dnssecKeyRules, ...dsRules, ...published };

function serialWords({ serial, previous }: { serial: number; previous: number }): string {
  if (serial === previous) return `the serial is still ${serial}`;
  return serial === (previous ^ 0x80000000) >>> 0
    ? `the serial went from ${previous} to ${serial}, which is neither ahead nor behind`
    : `the serial went back from ${previous} to ${serial}`;
}
