/** What can be wrong with a certificate or key file. */
import { defineRules } from '../text/problem.ts';
import { readableTime } from '../text/time.ts';

export const rules = defineRules({
  'cert/unreadable': {
    tier: 'error',
    reach: 'offline',
    title: 'a certificate or key file cannot be read',
    why: 'No TLSA record can be made of a file that is missing, empty, cut off or damaged, and a digest of what is left would match nothing.',
    fix: 'Fetch or copy the file again, whole.',
    source: 'RFC 7468 section 2',
    message: (facts: { reason: string }) => facts.reason,
  },
  'cert/not-a-certificate': {
    tier: 'error',
    reach: 'offline',
    title: 'a file is something else than the certificate or key that is needed',
    why: 'A digest of anything but a certificate or its public key matches no server.',
    fix: 'Name the PEM file with the certificate chain that the server presents.',
    source: 'RFC 6698 section 2.1',
    message: (facts: { expected: string; found: string }) => `expected ${facts.expected}, found ${facts.found}`,
  },
  'cert/trailing-data': {
    tier: 'error',
    reach: 'offline',
    title: 'octets follow the end of a certificate or key',
    why: 'Programs disagree on whether the octets belong to the certificate, so its digest would depend on the program.',
    fix: 'Write the certificate out again with openssl, and let the server use the new file too.',
    source: 'RFC 5280 section 4.1',
    message: (facts: { what: string; message: string }) => `${facts.what} ${facts.message}`,
  },
  'cert/not-der': {
    tier: 'error',
    reach: 'offline',
    title: 'a certificate or key is encoded in BER and not in DER',
    why: 'Some programs send and hash the octets as they are and others their DER form: a record would match only some of them.',
    fix: 'Write the certificate out again with openssl, and let the server use the new file too.',
    source: 'RFC 5280 section 4.1, X.690 section 10',
    message: (facts: { what: string; message: string }) => `${facts.what} is not DER: it ${facts.message}`,
  },
  'cert/several-leaves': {
    tier: 'error',
    reach: 'offline',
    title: 'a chain file holds more than one server certificate',
    why: 'It is not clear which of them the server presents, and a record for the wrong one stops mail.',
    fix: 'Put each server certificate with its issuers into a file of its own and name both files.',
    source: 'RFC 8446 section 4.4.2',
    message: (facts: { names: readonly string[] }) =>
      `${facts.names.length} certificates in this file issued none of the others: ${facts.names.join(', ')}`,
  },
  'cert/key-mismatch': {
    tier: 'error',
    reach: 'offline',
    title: 'a private key or a signature does not belong to the public key beside it',
    why: 'A server cannot use the certificate with this key, so it will present another one than the record says.',
    fix: 'Put the key and the certificate that belong together into the file.',
    message: (facts: { reason: string }) => facts.reason,
  },
  'cert/private-key-in-repo': {
    tier: 'error',
    reach: 'offline',
    title: 'an unencrypted private key lies in the repository',
    why: 'Everybody who can read the repository, now or in its history, can act as the server.',
    fix: 'Take the key out of the file and out of the history, and replace it: it has been seen. For the next key a request or a public key is enough.',
    message: (facts: { what: string }) => `${facts.what} holds an unencrypted private key`,
  },
  'cert/chain-order': {
    tier: 'warning',
    reach: 'offline',
    title: 'a chain file is not a server certificate followed by its issuers, each once',
    why: 'A server presents the file as it is. Clients may fail on a wrong order, and an issuer that is missing cannot match a DANE-TA record.',
    fix: 'Order the file: the server certificate, then the certificate that issued it, and so on.',
    source: 'RFC 8446 section 4.4.2, RFC 7671 section 5.2.2',
    message: (facts: { reason: string }) => facts.reason,
  },
  'cert/expired-ta': {
    tier: 'warning',
    reach: 'offline',
    title: 'a certificate whose dates count is outside them',
    why: 'With DANE-TA, PKIX-TA and PKIX-EE the dates of every certificate of the chain are checked: the handshake fails.',
    fix: 'Renew the certificate, or use DANE-EE, which ignores dates.',
    source: 'RFC 7671 sections 5.1 and 5.2',
    message: (facts: { name: string; notBefore: number; notAfter: number; now: number }) => datesText(facts),
  },
  'cert/expired-ee': {
    tier: 'information',
    reach: 'offline',
    title: 'a certificate is outside its dates, and DANE-EE ignores them',
    why: 'Senders that use DANE accept it; mail user agents and browsers do not.',
    fix: 'Renew the certificate, with the same key if you can: then the record stays as it is.',
    source: 'RFC 7671 section 5.1',
    message: (facts: { name: string; notBefore: number; notAfter: number; now: number }) => datesText(facts),
  },
  'cert/expires-before-next-run': {
    tier: 'warning',
    reach: 'offline',
    title: 'a certificate whose dates count expires before the next run',
    why: 'The handshake fails from that moment on.',
    fix: 'Renew the certificate now.',
    source: 'RFC 7671 section 5.2',
    message: (facts: { name: string; notAfter: number; nextRun: number }) =>
      `${facts.name} expires ${readableTime(facts.notAfter)}, before the next run at ${readableTime(facts.nextRun)}`,
  },
  'cert/expires-inside-wait': {
    tier: 'warning',
    reach: 'offline',
    title: 'a certificate expires before the next key may be deployed',
    why: 'A new key may be used only when its record is in every cache. A next certificate that is over by then never serves; where the current one is over by then, mail programs refuse the host meanwhile, and DANE-TA, PKIX-TA and PKIX-EE fail.',
    fix: 'Get a certificate that lives longer than the wait, or one for the current key (renewal with the same key), which waits for nothing.',
    source: 'RFC 7671 section 8.1',
    message: (facts: { name: string; of: 'next' | 'current'; notAfter: number; earliest: number }) =>
      `the ${facts.of} certificate ${facts.name} expires ${readableTime(facts.notAfter)}, before the record of the next key has been visible long enough (${readableTime(facts.earliest)} at the earliest)`,
  },
});

function datesText(facts: { name: string; notBefore: number; notAfter: number; now: number }): string {
  return facts.now < facts.notBefore
    ? `${facts.name} is not valid before ${readableTime(facts.notBefore)}`
    : `${facts.name} expired ${readableTime(facts.notAfter)}`;
}
