/** Rules about the proof that a name or a type does not exist (RFC 4034 section 4, RFC 5155, RFC 9276). */
import { defineRules } from '../text/problem.ts';

/** `name` is a name of the zone; `owner` owns the NSEC or NSEC3 record. */
interface Link {
  readonly owner: string;
  /** NSEC or NSEC3. */
  readonly type: string;
  readonly expected: string;
  readonly found: string;
}

interface Missing {
  readonly name: string;
  /** What has no denial record: `www.example.org.`, with its hash under NSEC3. */
  readonly type: string;
}

const gap =
  'a validating resolver can be told that a name does not exist which does, or finds no proof and answers SERVFAIL';
const signAgain = 'sign the zone again';

export const denialRules = defineRules({
  'denial/chain-broken': {
    tier: 'error',
    reach: 'offline',
    title: 'the NSEC or NSEC3 chain has a gap',
    why: gap,
    fix: signAgain,
    source: 'RFC 4035 section 2.3, RFC 5155 section 7.1',
    message: (facts: { what: string }) => facts.what,
  },
  'denial/apex-wrap': {
    tier: 'error',
    reach: 'offline',
    title: 'the last record of the chain does not point back to the first',
    why: 'names behind the last one cannot be denied: queries for them end in SERVFAIL',
    fix: signAgain,
    source: 'RFC 4034 section 4.1.1, RFC 5155 section 7.1',
    message: (facts: Link) =>
      `the ${facts.type} of ${facts.owner} is the last of the chain and must point to ${facts.expected}, found ${facts.found}`,
  },
  'denial/bitmap': {
    tier: 'error',
    reach: 'offline',
    title: 'a type bitmap does not list the types that stand at its name',
    why: 'a missing type can be denied by anybody, an extra type makes a true "no data" answer bogus',
    fix: signAgain,
    source: 'RFC 4035 section 2.3, RFC 5155 section 7.1',
    message: (facts: { owner: string; type: string; name: string; missing: string; extra: string }) =>
      `the ${facts.type} of ${facts.name}${facts.owner === facts.name ? '' : ` (${facts.owner})`} ` +
      [
        facts.missing && `does not list ${facts.missing}`,
        facts.extra && `lists ${facts.extra}, which does not stand there`,
      ]
        .filter((part) => part !== '')
        .join(' and '),
  },
  'denial/empty-non-terminal': {
    tier: 'error',
    reach: 'offline',
    title: 'an empty non-terminal has no NSEC3 record',
    why: 'the name is answered with NXDOMAIN, and resolvers then stop asking below it: TLSA records under _tcp disappear',
    fix: signAgain,
    source: 'RFC 5155 section 7.1, RFC 8020',
    message: (facts: Missing) =>
      `${facts.name} has no records but names below it, and no ${facts.type} record stands for it`,
  },
  'denial/wildcard': {
    tier: 'error',
    reach: 'offline',
    title: 'a wildcard has no NSEC or NSEC3 record',
    why: 'the wildcard can be denied, and answers without data cannot be proved',
    fix: signAgain,
    source: 'RFC 4035 section 2.3, RFC 5155 section 7.2.5',
    message: (facts: Missing) => `no ${facts.type} record stands for the wildcard ${facts.name}`,
  },
  'denial/opt-out-signed-delegation': {
    tier: 'error',
    reach: 'offline',
    title: 'a signed delegation is left out under opt-out',
    why: 'whoever is on the path can strip its DS: the child becomes unsigned without anybody noticing',
    fix: 'sign the zone again: opt-out may leave out only delegations without DS',
    source: 'RFC 5155 section 7.1',
    message: (facts: Missing) =>
      `${facts.name} has a DS RRset, but only an opt-out span covers it and no ${facts.type} record`,
  },
  'denial/nsec3-params-differ': {
    tier: 'error',
    reach: 'offline',
    title: 'an NSEC3 record has other parameters than its chain',
    why: 'the record belongs to no chain, so its name and its gap cannot be proved',
    fix: signAgain,
    source: 'RFC 5155 section 7.3',
    message: (facts: { owner: string; expected: string; found: string }) =>
      `the NSEC3 of ${facts.owner} has ${facts.found}, expected ${facts.expected}`,
  },
  'denial/nsec3-owner': {
    tier: 'error',
    reach: 'offline',
    title: 'the owner of an NSEC3 record is not a hash directly under the apex',
    why: 'validators ignore the record',
    fix: signAgain,
    source: 'RFC 5155 section 3',
    message: (facts: { owner: string; expected: string }) => `NSEC3 at ${facts.owner}: ${facts.expected}`,
  },
  'denial/nsec3param': {
    tier: 'error',
    reach: 'offline',
    title: 'NSEC3PARAM does not describe the NSEC3 chain',
    why: 'name servers find their NSEC3 records with these parameters: without them they cannot answer for absent names',
    fix: 'sign the zone again; NSEC3PARAM stands at the apex, with flags 0',
    source: 'RFC 5155 sections 4 and 7.3',
    message: (facts: { what: string }) => facts.what,
  },
  'denial/nsec3-algorithm': {
    tier: 'error',
    reach: 'offline',
    title: 'NSEC3 in a zone whose algorithm was defined without it',
    why: 'validators that know only NSEC cannot check the answers; algorithms 6 and 7 were made so that they do not try',
    fix: 'use NSEC, or algorithm 8 or above',
    source: 'RFC 5155 section 2',
    message: (facts: { algorithm: string }) => `the zone has NSEC3 records and a key of ${facts.algorithm}`,
  },
  'denial/next-canonical': {
    tier: 'error',
    reach: 'offline',
    title: 'the next name of an NSEC was folded to lower case when it was signed',
    why: 'the case of this one name is kept in the canonical form: current validators find the signature bogus',
    fix: 'sign the zone again with a current signer, or write the names of the zone in lower case',
    source: 'RFC 6840 section 5.1',
    message: (facts: { owner: string; next: string; key: string }) =>
      `the signature by ${facts.key} over the NSEC of ${facts.owner} verifies only with the next name ${facts.next} in lower case`,
  },
  'denial/extraneous': {
    tier: 'error',
    reach: 'offline',
    title: 'a denial record stands where none may',
    why: 'it claims a name that does not exist, or two kinds of proof contradict each other',
    fix: 'remove the record and sign the zone again',
    source: 'RFC 4035 section 2.3, RFC 5155 section 7.1',
    message: (facts: { what: string }) => facts.what,
  },
  'denial/ttl': {
    tier: 'error',
    reach: 'offline',
    title: 'an NSEC or NSEC3 record has another TTL than the chain',
    why: 'resolvers deny names from their cache for longer than the zone says, or ask more often',
    fix: signAgain,
    source: 'RFC 9077 section 3',
    message: (facts: { owner: string; type: string; expected: number; found: number }) =>
      `the ${facts.type} of ${facts.owner} has the TTL ${facts.found}, expected ${facts.expected}`,
  },
  'zone/negative-ttl': {
    tier: 'error',
    reach: 'offline',
    title: 'the TTL of NSEC or NSEC3 is not the lower one of SOA TTL and SOA MINIMUM',
    why: 'resolvers deny names from their cache for longer than the zone says, or ask more often',
    fix: 'sign the zone again with a signer that follows RFC 9077',
    source: 'RFC 9077 section 3',
    message: (facts: { type: string; expected: number; found: number; soaTtl: number; minimum: number }) =>
      `the ${facts.type} records have the TTL ${facts.found}, expected ${facts.expected}, the lower one of ` +
      `SOA TTL ${facts.soaTtl} and SOA MINIMUM ${facts.minimum}`,
  },
  'denial/nsec3-iterations': {
    tier: 'warning',
    reach: 'offline',
    title: 'NSEC3 has additional iterations',
    why: 'they cost every server and resolver work and protect nothing; some validators treat such answers as unsigned or refuse them',
    fix: 'set the iterations to 0',
    source: 'RFC 9276 section 3.1',
    message: (facts: { iterations: number }) => `NSEC3 has ${facts.iterations} additional iterations, expected 0`,
  },
  'denial/own-nsec3-iterations': {
    tier: 'error',
    reach: 'offline',
    title: 'NSEC3 has additional iterations in a zone that we sign',
    why: 'they cost every server and resolver work and protect nothing; some validators treat such answers as unsigned or refuse them',
    fix: 'set the iterations to 0, or ask for them by name',
    source: 'RFC 9276 section 3.1',
    message: (facts: { iterations: number; expected: number }) =>
      `NSEC3 has ${facts.iterations} additional iterations, expected ${facts.expected}`,
  },
  'denial/not-as-asked': {
    tier: 'error',
    reach: 'offline',
    title: 'the zone has another kind of denial than its policy asks for',
    why: 'the signer did not do what was asked',
    fix: 'sign the zone again',
    message: (facts: { expected: string; found: string }) =>
      `the zone has ${facts.found}, its policy asks for ${facts.expected}`,
  },
  'denial/nsec3-salt': {
    tier: 'warning',
    reach: 'offline',
    title: 'NSEC3 has a salt',
    why: 'the name of the zone already makes its hashes its own; a salt only costs octets in every denial',
    fix: 'use an empty salt (-)',
    source: 'RFC 9276 section 3.1',
    message: (facts: { salt: string }) => `NSEC3 has the salt ${facts.salt}, expected none`,
  },
});
