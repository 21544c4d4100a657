/** Rules about DANE that need more than one record, or more than one zone, to be decided. */
import { defineRules } from '../text/problem.ts';

interface Owner {
  readonly owner: string;
}
interface MailHost {
  readonly host: string;
  /** `example.org. and 3 other domains`. */
  readonly domains: string;
}

const unauthenticated = 'Senders find no DANE there and deliver over TLS that is not authenticated, or none at all.';

export const rules = defineRules({
  'dane/wrong-owner': {
    tier: 'error',
    reach: 'offline',
    title: 'TLSA records stand where nobody looks for them',
    why: unauthenticated,
    fix: 'Put the records at _port._protocol.host, where the host is the name that clients connect to: for mail the target of the MX.',
    source: 'RFC 6698 section 3, RFC 7672 section 2.2.3',
    supersedes: ['dane/undeclared-service'],
    message: (facts: Owner & { why: string }) => `the TLSA records of ${facts.owner} are never asked for: ${facts.why}`,
  },
  'dane/undeclared-service': {
    tier: 'warning',
    reach: 'offline',
    title: 'TLSA records of a service that is not declared, or a declared service without them',
    why: 'No certificate is known for these records, so nothing here can tell whether they match; they are forgotten when the certificate changes.',
    fix: 'Declare the host under hosts: with the service and its certificates, or remove the records.',
    source: 'RFC 7671 section 8',
    message: (facts: { host: string; what: string }) => `${facts.host} ${facts.what}`,
  },
  'dane/unsigned-zone': {
    tier: 'error',
    reach: 'offline',
    title: 'TLSA records that no validator can trust: their zone, or that of their host, is not signed',
    why: `Without signatures TLSA records count for nothing. ${unauthenticated}`,
    fix: 'Sign the zone (a policy with signing), or declare the host with tlsa: [].',
    source: 'RFC 7672 sections 2.1 and 2.2.2',
    message: (facts: Owner & { sets: number; why: string }) =>
      facts.sets === 1
        ? `the TLSA records of ${facts.owner} cannot be trusted: ${facts.why}`
        : `${facts.sets} TLSA RRsets, such as that of ${facts.owner}, cannot be trusted: ${facts.why}`,
  },
  'dane/host-in-unsigned-zone': {
    tier: 'information',
    reach: 'offline',
    title: 'a mail host stands in a zone that is not signed',
    why: 'DANE is not possible for it: its address and its TLSA records could not be trusted.',
    fix: 'Sign the zone of the mail host, or give the domain a mail host in a signed zone.',
    source: 'RFC 7672 section 2.1',
    message: (facts: MailHost & { zone: string }) =>
      `${facts.host}, a mail host of ${facts.domains}, stands in ${facts.zone}, which is not signed: DANE is not possible there`,
  },
  'dane/foreign-mx': {
    tier: 'information',
    reach: 'offline',
    title: 'a mail host belongs to somebody else',
    why: 'Whether it has TLSA records, and whether they match, is the business of its operator; nothing here can tell.',
    fix: 'Ask the operator for DANE, or look with `danezone probe`.',
    source: 'RFC 7671 section 6',
    message: (facts: MailHost) =>
      `${facts.host}, a mail host of ${facts.domains}, is in no zone of this repository: its TLSA records are its operator's`,
  },
  'dane/insecure-mx-domain': {
    tier: 'information',
    reach: 'offline',
    title: 'mail domains that are not signed use a mail host with TLSA records',
    why: 'The MX record could be forged, so senders authenticate the host only if they accept insecure MX, and never call it verified.',
    fix: 'Sign the mail domain.',
    source: 'RFC 7672 section 2.2.1',
    message: (facts: MailHost) =>
      `${facts.host} has TLSA records, and ${facts.domains} with this MX ${facts.domains.includes(' and ') ? 'are' : 'is'} not signed`,
  },
  'dane/uncovered-mx': {
    tier: 'warning',
    reach: 'offline',
    title: 'a mail host without TLSA records beside one that has them',
    why: 'Senders go to the unprotected host when the other does not answer, and an attacker can see to that.',
    fix: 'Declare the service smtp of the host with its certificate.',
    source: 'RFC 7672 section 2.2.1',
    message: (facts: MailHost & { covered: string }) =>
      `${facts.host} has no TLSA records, and ${facts.covered}, beside it in the MX of ${facts.domains}, has`,
  },
  'dane/no-tlsrpt': {
    tier: 'information',
    reach: 'offline',
    title: 'a domain with DANE asks for no reports about it',
    why: 'Senders that fail to deliver because of DANE tell nobody.',
    fix: 'Add a TXT record at _smtp._tls: v=TLSRPTv1; rua=mailto:…',
    source: 'RFC 8460 section 3',
    message: (facts: { domains: string }) => `${facts.domains} with DANE, but no TLSRPT record at _smtp._tls`,
  },
  'dane/shared-key': {
    tier: 'warning',
    reach: 'offline',
    title: 'all mail hosts of a domain have one key',
    why: 'One stolen or lost key concerns every host at once, and no host is left while it is replaced.',
    fix: 'Give each mail host a key of its own.',
    source: 'RFC 7671 section 8',
    message: (facts: { hosts: readonly string[]; domains: string }) =>
      `${facts.hosts.join(', ')}, all mail hosts of ${facts.domains}, have the same key`,
  },
  'dane/wildcard-shadowed': {
    tier: 'error',
    reach: 'offline',
    title: 'a wildcard that does not answer where it is meant to, or answers where it is not',
    why: 'A wildcard answers only for names that do not exist. Mail for the name is lost, or its TLSA records are not found.',
    fix: 'Write the record at the name itself.',
    source: 'RFC 4592 sections 2.2 and 3.3',
    message: (facts: { wildcard: string; type: string; why: string }) =>
      `the ${facts.type} record of ${facts.wildcard} ${facts.why}`,
  },
  'dane/alias-chain': {
    tier: 'error',
    reach: 'offline',
    title: 'an alias of TLSA records leads nowhere',
    why: `${unauthenticated} An alias in a circle is an error for the sender, and mail waits.`,
    fix: 'Let the CNAME lead to a name with TLSA records in a signed zone, or put the records here.',
    source: 'RFC 7671 section 7',
    message: (facts: Owner & { target: string; why: string }) =>
      `the alias at ${facts.owner} leads to ${facts.target}, ${facts.why}`,
  },
  'dane/all-unusable': {
    tier: 'error',
    reach: 'offline',
    title: 'no TLSA record of a service can be used',
    why: 'Senders demand TLS and authenticate nobody: whoever can stand between reads the mail.',
    fix: 'Add a record that can be used: DANE-EE SPKI SHA2-256 (3 1 1).',
    source: 'RFC 7671 section 4.1, RFC 7672 section 2.2',
    supersedes: ['dane/field-range', 'dane/pkix-usage-smtp'],
    message: (facts: Owner & { reasons: readonly string[] }) =>
      `no TLSA record of ${facts.owner} can be used: ${facts.reasons.join('; ')}`,
  },
  'dane/digest-agility': {
    tier: 'error',
    reach: 'offline',
    title: 'the records of one digest do not cover the same keys as those of another',
    why: 'Senders look at the strongest digest only: a key that it does not cover is refused, whatever the other records say.',
    fix: 'Publish every key with the same digests, or with SHA2-256 only.',
    source: 'RFC 7671 section 9',
    message: (facts: Owner & { what: string }) => `${facts.owner}: ${facts.what}`,
  },
  'dane/ee-cert-auto-renew': {
    tier: 'warning',
    reach: 'offline',
    title: 'a record pins a whole certificate that is renewed by a program',
    why: 'Every renewal makes another certificate, even with the same key, and from then on senders refuse to deliver.',
    fix: 'Use DANE-EE SPKI SHA2-256 (3 1 1) and let the renewal keep the key.',
    source: 'RFC 7671 section 5.1',
    message: (facts: Owner & { certificate: string; why: string }) =>
      `a 3 0 x record at ${facts.owner} pins the certificate ${facts.certificate}, which ${facts.why}`,
  },
  'dane/ee-name-or-date': {
    tier: 'information',
    reach: 'offline',
    title: 'a certificate does not name its host, and DANE-EE does not ask',
    why: 'Senders that use DANE accept it; mail programs and senders without DANE do not.',
    fix: 'Nothing for DANE; for the others a certificate with the name of the host.',
    source: 'RFC 7671 section 5.1',
    message: (facts: { certificate: string; host: string; names: readonly string[] }) =>
      `the certificate ${facts.certificate} does not name ${facts.host} (it names ${facts.names.join(', ') || 'nothing'}): with DANE-EE that does not matter`,
  },
});
