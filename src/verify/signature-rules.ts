/** Rules about signatures: what must be signed, by which keys, and for how long (RFC 4034 section 3, RFC 4035 section 2.2). */
import { defineRules } from '../text/problem.ts';
import { readableTime } from '../text/time.ts';

/** The RRset that a signature covers, or should. */
export interface Covered {
  readonly owner: string;
  /** Mnemonic. */
  readonly type: string;
}

/** One signature; `key` is `ECDSAP256SHA256 key 12345`. */
export interface Signature extends Covered {
  readonly key: string;
}

const bogus = 'a validating resolver answers SERVFAIL: to its users the name is gone';
const signAgain = 'sign the zone again';
const of = (facts: Signature) => `the signature of ${facts.owner} ${facts.type} by ${facts.key}`;

export const signatureRules = defineRules({
  'sign/unsigned': {
    tier: 'error',
    reach: 'offline',
    title: 'the zone is not signed',
    why: 'nothing in it can be validated, and DANE records in it are ignored',
    fix: 'sign the zone, or verify the file that the signer wrote',
    source: 'RFC 4035 section 2.1',
    message: (facts: { zone: string }) => `no DNSKEY record stands at ${facts.zone}: the zone is not signed`,
  },
  'sign/missing-signature': {
    tier: 'error',
    reach: 'offline',
    title: 'an RRset is not signed by every algorithm of the DNSKEY RRset',
    why: bogus,
    fix: signAgain,
    source: 'RFC 4035 section 2.2',
    message: (facts: Covered & { expected: string; found: string }) =>
      `${facts.owner} ${facts.type} needs ${facts.expected}, found ${facts.found}`,
  },
  'sign/bad-signature': {
    tier: 'error',
    reach: 'offline',
    title: 'a signature does not verify',
    why: bogus,
    fix: 'sign the zone again; if only this record is concerned, it was changed after signing',
    source: 'RFC 4035 section 5.3.3',
    message: (facts: Signature) => `${of(facts)} does not verify: the records, the signature or the key differ`,
  },
  'sign/unknown-key': {
    tier: 'error',
    reach: 'offline',
    title: 'a signature is by a key that cannot verify it',
    why: 'no resolver can check the signature; where it is the only one, the RRset is bogus',
    fix: 'publish the key in the DNSKEY RRset before it signs, and remove its signatures before the key',
    source: 'RFC 4035 section 5.3.1',
    message: (facts: Signature & { reason: string }) => `${of(facts)} cannot be checked: ${facts.reason}`,
  },
  'sign/labels': {
    tier: 'error',
    reach: 'offline',
    title: 'the label count of a signature is wrong',
    why: bogus,
    fix: signAgain,
    source: 'RFC 4034 section 3.1.3',
    message: (facts: Signature & { expected: number; found: number }) =>
      `${of(facts)} counts ${facts.found} labels, expected ${facts.expected}`,
  },
  'sign/signer-name': {
    tier: 'error',
    reach: 'offline',
    title: 'a signature names another zone as signer',
    why: bogus,
    fix: signAgain,
    source: 'RFC 4034 section 3.1.7',
    message: (facts: Signature & { expected: string; found: string }) =>
      `${of(facts)} names ${facts.found} as signer, expected the zone ${facts.expected}`,
  },
  'sign/original-ttl': {
    tier: 'error',
    reach: 'offline',
    title: "the original TTL of a signature is not the RRset's TTL",
    why: 'the RRset is not the one that was signed; with a TTL above the original one resolvers cut it down',
    fix: signAgain,
    source: 'RFC 4034 section 3.1.4',
    message: (facts: Signature & { expected: number; found: number }) =>
      `${of(facts)} was made for the TTL ${facts.found}, the RRset has ${facts.expected}`,
  },
  'sign/ttl': {
    tier: 'error',
    reach: 'offline',
    title: "the TTL of an RRSIG record is not the RRset's TTL",
    why: 'caches drop the signature before the records, or the records before the signature',
    fix: signAgain,
    source: 'RFC 4034 section 3',
    message: (facts: Covered & { expected: number; found: number }) =>
      `the RRSIG record of ${facts.owner} ${facts.type} has the TTL ${facts.found}, expected ${facts.expected} as the RRset has`,
  },
  'sign/mixed-ttl': {
    tier: 'error',
    reach: 'offline',
    title: 'the records of a signed RRset have different TTLs',
    why: 'the RRset was signed with one TTL, and servers choose by themselves which one they send: above the signed one it is cut down, below it the RRset leaves caches at different times',
    fix: signAgain,
    source: 'RFC 2181 section 5.2, RFC 4034 section 3',
    message: (facts: Covered) => `${facts.owner} ${facts.type} is signed, and its records have different TTLs`,
  },
  'sign/window': {
    tier: 'error',
    reach: 'offline',
    title: 'a signature is not valid at the time of verification',
    why: bogus,
    fix: 'sign the zone again; check the clock of the signer if the inception lies in the future',
    source: 'RFC 4034 section 3.1.5',
    message: (facts: Signature & { inception: number; expiration: number; at: number; fault: WindowFault }) =>
      `${of(facts)} ${windowFault[facts.fault](facts)}; verified at ${readableTime(facts.at)}`,
  },
  'sign/below-cut': {
    tier: 'error',
    reach: 'offline',
    title: 'something is signed that the zone has no authority over',
    why: 'glue, the NS records of a delegation and what lies below a DNAME belong to others; validators refuse such signatures',
    fix: 'remove the signature; only DS and NSEC are signed at a delegation, nothing below it',
    source: 'RFC 4035 section 2.2',
    message: (facts: Covered & { place: string }) => `${facts.owner} ${facts.type} is signed, but ${facts.place}`,
  },
  'sign/orphan': {
    tier: 'error',
    reach: 'offline',
    title: 'a signature covers an RRset that is not there',
    why: 'the records were removed after signing, or the signature was left over: whoever replays them is believed',
    fix: signAgain,
    source: 'RFC 4035 section 2.2',
    message: (facts: Covered) => `${facts.owner} has a signature for ${facts.type}, but no ${facts.type} record`,
  },
  'sign/cds-not-signed-by-ksk': {
    tier: 'error',
    reach: 'offline',
    title: 'CDS or CDNSKEY is not signed by a key that the parent trusts',
    why: 'the parent ignores the records, so that a key roll stalls',
    fix: 'sign CDS and CDNSKEY with the key that signs the DNSKEY RRset and has a DS at the parent',
    source: 'RFC 7344 section 4.1',
    message: (facts: Covered & { expected: string }) =>
      `${facts.owner} ${facts.type} is not signed by ${facts.expected}`,
  },
  'sign/refresh-missed': {
    tier: 'warning',
    reach: 'offline',
    title: 'a signature should have been renewed already',
    why: 'the signer has not run when it should; at the expiration the RRset becomes bogus',
    fix: 'run the signer now and find out why it did not run',
    source: 'RFC 6781 section 4.4.2',
    message: (facts: Signature & { expiration: number; refresh: number }) =>
      `${of(facts)} expires at ${readableTime(facts.expiration)}, less than ${facts.refresh} seconds away`,
  },
  'sign/too-many': {
    tier: 'warning',
    reach: 'offline',
    title: 'an RRset has more than two signatures',
    why: 'answers grow, and validators limit how many signatures they try',
    fix: 'finish one key roll before the next begins',
    source: 'RFC 6781 section 4.1',
    message: (facts: Covered & { count: number }) => `${facts.owner} ${facts.type} has ${facts.count} signatures`,
  },
  'sign/same-instant-expiry': {
    tier: 'information',
    reach: 'offline',
    title: 'most signatures expire in the same second',
    why: 'the whole zone must be signed again at once, and one missed run takes down everything',
    fix: 'let the signer spread the expirations (jitter)',
    source: 'RFC 6781 section 4.4.2',
    message: (facts: { count: number; total: number; expiration: number }) =>
      `${facts.count} of ${facts.total} signatures expire at ${readableTime(facts.expiration)}`,
  },
  'sign/ahead-of-dnskey': {
    tier: 'information',
    reach: 'offline',
    title: 'signatures of an algorithm that has no DNSKEY yet, or no longer',
    why: 'this is how an algorithm is introduced and withdrawn; it must not stay',
    fix: 'continue the algorithm roll',
    source: 'RFC 6781 section 4.1.4',
    message: (facts: { algorithm: string; count: number }) =>
      `${facts.count} RRsets are also signed with ${facts.algorithm}, which has no key in the DNSKEY RRset`,
  },
});

export type WindowFault = 'early' | 'late' | 'reversed';

const windowFault: Record<WindowFault, (facts: { inception: number; expiration: number }) => string> = {
  early: ({ inception }) => `is valid only from ${readableTime(inception)} on`,
  late: ({ expiration }) => `expired at ${readableTime(expiration)}`,
  reversed: ({ inception, expiration }) =>
    `expires at ${readableTime(expiration)}, before its inception at ${readableTime(inception)}`,
};
