/** What TLSA records may say, and whether they fit the certificates that the description names. */
import { defineRules } from '../text/problem.ts';
import { type PinFault, pinFaultHint, pinFaultText } from './pin-fault.ts';

export const rules = defineRules({
  'dane/field-range': {
    tier: 'error',
    reach: 'offline',
    title: 'a field of a TLSA record is out of range',
    why: 'Senders treat the record as unusable; if all records are, mail goes out over unauthenticated TLS.',
    fix: 'Write usage 0 to 3, selector 0 or 1, matching type 0 to 2, and the data in hexadecimal with the length of the digest.',
    source: 'RFC 6698 section 2.1',
    message: (facts: { field: string; found: string; expected: string }) =>
      `${facts.field} ${facts.found}: expected ${facts.expected}`,
  },
  'dane/wrong-input-digest': {
    tier: 'error',
    reach: 'offline',
    title: 'a TLSA record is the digest of the wrong thing',
    why: 'No server presents anything with this digest, so senders that use DANE refuse to deliver.',
    fix: 'Let danezone make the record from the certificate, or print it with `danezone tlsa FILE`.',
    source: 'RFC 6698 section 2.1, RFC 7671 section 5',
    supersedes: ['dane/nothing-matches', 'dane/algorithm-uncovered', 'dane/parameter-set-uncovered'],
    message: (facts: { record: string; input: string; wanted: string }) =>
      `${facts.record} is the digest of ${facts.input}, not of ${facts.wanted}`,
  },
  'dane/duplicate': {
    tier: 'error',
    reach: 'offline',
    title: 'the same TLSA record is asked for twice',
    why: 'One of the two was meant to be another record, for another key or digest, and that one is missing.',
    fix: 'Remove the second one, or write what was meant.',
    source: 'RFC 7671 section 4.1',
    message: (facts: { record: string }) => `${facts.record} is here twice`,
  },
  'dane/pkix-usage-smtp': {
    tier: 'error',
    reach: 'offline',
    title: 'certificate usage PKIX-TA or PKIX-EE for SMTP on port 25',
    why: 'Mail servers treat these records as unusable, so they deliver over unauthenticated TLS.',
    fix: 'Use DANE-EE SPKI SHA2-256 (3 1 1), or DANE-TA for the issuer.',
    source: 'RFC 7672 section 3.1.3',
    message: (facts: { usage: string; host: string }) =>
      `${facts.usage} is not usable for SMTP on ${facts.host}: mail servers expect DANE-EE or DANE-TA`,
  },
  'dane/full-data': {
    tier: 'warning',
    reach: 'offline',
    title: 'matching type Full',
    why: 'The record holds the whole certificate or key: answers get large, are cut off over UDP, and some resolvers give up.',
    fix: 'Use SHA2-256.',
    source: 'RFC 7671 section 10.1',
    message: (facts: { record: string }) => `${facts.record} publishes all octets: expected a digest, SHA2-256`,
  },
  'dane/full-data-smtp': {
    tier: 'error',
    reach: 'offline',
    title: 'a whole certificate in a TLSA record for SMTP',
    why: 'The answer does not fit into a UDP datagram; where TCP is blocked the look-up fails and mail waits.',
    fix: 'Use SHA2-256.',
    source: 'RFC 7671 section 10.1',
    supersedes: ['dane/full-data'],
    message: (facts: { record: string; host: string }) =>
      `${facts.record} publishes a whole certificate for SMTP on ${facts.host}: expected a digest, SHA2-256`,
  },
  'dane/too-many-records': {
    tier: 'warning',
    reach: 'offline',
    title: 'a TLSA RRset is large',
    why: 'A signed answer of more than 1232 octets is fragmented or asked for again over TCP, which not every network allows.',
    fix: 'Publish records of the current and the next key only, with one digest each.',
    source: 'RFC 7671 section 10.1, RFC 9715',
    message: (facts: { owner: string; count: number; octets: number }) =>
      `${facts.owner} has ${facts.count} TLSA records, a signed answer of about ${facts.octets} octets: expected at most ${maxRecords} records and ${maxAnswer} octets`,
  },
  'dane/ta-not-in-chain': {
    tier: 'error',
    reach: 'offline',
    title: 'the DANE-TA certificate is not an issuer in the chain that the server presents',
    why: 'Senders look for the trust anchor in the presented chain only, find nothing, and refuse to deliver.',
    fix: 'Append the issuer to the chain file that the server presents, pin an issuer that is there, or use DANE-EE.',
    source: 'RFC 7671 section 5.2.2',
    supersedes: ['dane/nothing-matches', 'dane/algorithm-uncovered', 'dane/parameter-set-uncovered'],
    message: (facts: { certificate: string; reason: string }) =>
      `no trust anchor for ${facts.certificate}: ${facts.reason}`,
  },
  'dane/ta-name-mismatch': {
    tier: 'error',
    reach: 'offline',
    title: 'with DANE-TA the certificate must name the host',
    why: 'Below a trust anchor senders check names: a certificate without the host name is refused.',
    fix: 'Have a certificate issued with the host name as a DNS name, or use DANE-EE, which ignores names.',
    source: 'RFC 7671 section 10.2',
    message: (facts: { certificate: string; host: string; names: readonly string[] }) =>
      `the certificate ${facts.certificate} does not name ${facts.host}: it names ${facts.names.join(', ') || 'nothing'}`,
  },
  'dane/nothing-matches': {
    tier: 'error',
    reach: 'offline',
    title: 'no TLSA record matches the chain that the server presents now',
    why: 'Senders that use DANE refuse to deliver.',
    fix: 'Add DANE-EE SPKI SHA2-256 to the records of the host.',
    source: 'RFC 7671 section 8',
    supersedes: ['dane/parameter-set-uncovered'],
    message: (facts: { owner: string; certificate: string }) =>
      `no record at ${facts.owner} matches the certificate ${facts.certificate}`,
  },
  'dane/algorithm-uncovered': {
    tier: 'error',
    reach: 'offline',
    title: 'the certificate of one key algorithm has no TLSA record',
    why: 'The client decides which algorithm is used; those that choose this one refuse the certificate.',
    fix: 'Add a record for this certificate too.',
    source: 'RFC 7671 section 8',
    supersedes: ['dane/parameter-set-uncovered'],
    message: (facts: { owner: string; certificate: string; algorithm: string; covered: string }) =>
      `no record at ${facts.owner} matches the certificate ${facts.certificate} (${facts.algorithm}), only that of ${facts.covered}`,
  },
  'dane/parameter-set-uncovered': {
    tier: 'error',
    reach: 'offline',
    title: 'a combination of usage, selector and matching type has no record for the current chain',
    why: 'Senders may look at one combination only, such as the strongest digest, and then find nothing that matches.',
    fix: 'Add the record of the current certificate for this combination, or remove the others of it.',
    source: 'RFC 7671 sections 8 and 9',
    message: (facts: { owner: string; parameters: string; certificate: string }) =>
      `no ${facts.parameters} record at ${facts.owner} matches the certificate ${facts.certificate}`,
  },
  'dane/next-is-current': {
    tier: 'error',
    reach: 'offline',
    title: 'the next key is the current key',
    why: 'A roll that rolls nothing: when the key is replaced, its record will be missing.',
    fix: 'Make a new key and put its request, certificate or public key there, or remove `next`.',
    source: 'RFC 7671 section 8.1',
    message: (facts: { certificate: string }) => `the next key of ${facts.certificate} is its current key`,
  },
  'dane/next-without-certificate': {
    tier: 'warning',
    reach: 'offline',
    title: 'a record of the whole next certificate is asked for, and there is only its key',
    why: 'The record of the next certificate is missing when the certificate is deployed.',
    fix: 'Name the certificate itself as `next` before it is deployed, or use selector SPKI.',
    source: 'RFC 7671 section 8.1',
    message: (facts: { certificate: string; parameters: string }) =>
      `no ${facts.parameters} record can be made for the next key of ${facts.certificate}: its certificate is not there yet`,
  },
  'dane/unknown-certificate': {
    tier: 'error',
    reach: 'offline',
    title: 'a service names a certificate that is not there',
    why: 'Without its record, senders that use DANE refuse the certificate.',
    fix: 'Declare the certificate, and make its file readable.',
    message: (facts: { certificate: string; host: string; service: string }) =>
      `no record for ${facts.service} on ${facts.host} can be made: there is no readable certificate ${facts.certificate}`,
  },
  'dane/unknown-issuers': {
    tier: 'error',
    reach: 'offline',
    title: 'an issuer catalogue that danezone does not have',
    why: 'The records of the issuers cannot be made.',
    fix: 'Name a known catalogue, declare one under `issuers:`, or pin the issuer in the chain file with DANE-TA.',
    message: (facts: { catalogue: string; known: readonly string[] }) =>
      `there is no issuer catalogue ${facts.catalogue}: expected ${facts.known.join(' or ')}`,
  },
  'dane/public-issuer-pin': {
    tier: 'warning',
    reach: 'offline',
    title: 'a trust-anchor record that a change of issuer will break',
    why: 'The authority issues from several certificates and changes between them without notice: the next renewal may match nothing.',
    fix: 'Pin all of them with `issuers:` and the name of a catalogue, or use DANE-EE SPKI SHA2-256.',
    source: 'RFC 7671 section 5.2',
    message: (facts: PinFault) => pinFaultText(facts),
    hint: (facts: PinFault) => pinFaultHint(facts),
  },
  'dane/tls-weak': {
    tier: 'warning',
    reach: 'offline',
    title: 'a certificate that many mail servers refuse for its key or signature',
    why: 'TLS libraries refuse short RSA keys, SHA-1 signatures and unusual curves before DANE is looked at.',
    fix: 'Use ECDSA P-256 or RSA 2048, signed with SHA-256.',
    source: 'RFC 9325 section 4.5',
    message: (facts: { certificate: string; found: string; expected: string }) =>
      `the certificate ${facts.certificate} has ${facts.found}: expected ${facts.expected}`,
  },
});

/** RFC 7671 gives no number; more than a few keys with two digests each is a mistake. */
export const maxRecords = 12;
/** Octets of a UDP answer that pass nearly every network (DNS Flag Day 2020; RFC 9715 appendix A). */
export const maxAnswer = 1232;
