/**
 * What can be wrong with the key of a zone wherever it stands: in a key file (keys/) or in a DNSKEY record (verify/). Each
 * finds it in its own way; what it is called and why it matters is the same.
 */
import { defineRules } from '../text/problem.ts';

/** `key` is `ECDSAP256SHA256 key 12345`, or as much of it as is known. */
interface Key {
  readonly key: string;
}

export const keyRules = defineRules({
  'key/bad-flags': {
    tier: 'error',
    reach: 'offline',
    title: 'a key has flags or a protocol that no zone key has',
    why: 'validators must not use such a key, so its signatures count for nothing',
    fix: 'use a key with flags 256 (zone signing) or 257 (key signing), with 128 added once it is revoked, and protocol 3',
    source: 'RFC 4034 section 2.1',
    message: (facts: Key & { flags: number; protocol: number }) =>
      `${facts.key} has flags ${facts.flags} and protocol ${facts.protocol}, expected flags 256 or 257 and protocol 3`,
  },
  'key/forbidden-algorithm': {
    tier: 'error',
    reach: 'offline',
    title: 'a key of a zone of ours has an algorithm that must not sign',
    why: 'validators treat the zone as unsigned, now or soon, so DANE and everything else that needs DNSSEC stops',
    fix: 'roll to ECDSAP256SHA256',
    source: 'RFC 9904 section 3, RFC 9905',
    message: (facts: Key & { reason: string }) => `${facts.key}: the algorithm ${facts.reason}`,
  },
  'key/point-not-on-curve': {
    tier: 'error',
    reach: 'offline',
    title: 'a public key cannot be a key of its algorithm',
    why: 'no signature by this key can ever verify',
    fix: 'restore the key file from a backup, or publish the key as its file says it',
    source: 'RFC 6605 section 4, RFC 8080 section 3, RFC 3110 section 2',
    message: (facts: Key & { error: string }) => `${facts.key}: ${facts.error}`,
  },
  'key/tag-collision': {
    tier: 'error',
    reach: 'offline',
    title: 'two keys share algorithm and tag, now or once one of them is revoked',
    why: 'neither a signature nor a DS says which of them it means: validators may try the wrong one and give up',
    fix: 'retire one of the keys and make another',
    source: 'RFC 4034 section 5.1.1 and appendix B, RFC 5011 section 2.1',
    message: (facts: Key & { revoked: boolean; other?: string }) =>
      `${facts.other === undefined ? 'two keys' : `this key and ${facts.other}`} are ${facts.key}` +
      (facts.revoked ? ' once one of them is revoked' : ''),
  },
});
