/** Rules about a whole unsigned zone, decided when its parts stand together. */
import { defineRules } from '../text/problem.ts';

interface Owner {
  readonly owner: string;
}
interface OwnerType extends Owner {
  readonly type: string;
}
interface Target extends OwnerType {
  readonly target: string;
}

export const rules = defineRules({
  'zone/apex': {
    tier: 'error',
    reach: 'offline',
    title: 'the apex lacks its SOA or NS records, or an SOA stands elsewhere',
    why: 'name servers refuse to load the zone',
    fix: 'declare nameservers for the domain; an included file has exactly one SOA record, at the apex',
    source: 'RFC 1035 section 5.2',
    message: (facts: Owner & { what: string }) => `${facts.owner} ${facts.what}`,
  },
  'zone/cname-and-other-data': {
    tier: 'error',
    reach: 'offline',
    title: 'a CNAME stands beside other records',
    why: 'the name has two meanings; name servers refuse the zone or answer at random',
    fix: 'remove the CNAME, or move the other records to its target',
    source: 'RFC 1034 section 3.6.2, RFC 2181 section 10.1',
    message: (facts: Owner & { others: string }) => `${facts.owner} has a CNAME and also ${facts.others}`,
  },
  'zone/several-cnames': {
    tier: 'error',
    reach: 'offline',
    title: 'a name has more than one CNAME or DNAME',
    why: 'an alias has one target; name servers refuse the zone',
    fix: 'keep one',
    source: 'RFC 2181 section 10.1, RFC 6672 section 2.4',
    message: (facts: OwnerType & { count: number }) => `${facts.owner} has ${facts.count} ${facts.type} records`,
  },
  'zone/dname-children': {
    tier: 'error',
    reach: 'offline',
    title: 'there are names below a DNAME',
    why: 'the DNAME redirects every name below it, so these records can never be seen',
    fix: 'remove the records below the DNAME, or the DNAME',
    source: 'RFC 6672 section 2.3',
    message: (facts: Owner & { below: string }) => `${facts.below} stands below the DNAME at ${facts.owner}`,
  },
  'zone/alias-target': {
    tier: 'error',
    reach: 'offline',
    title: 'the target of an NS, MX or SRV record is a CNAME',
    why: 'many servers do not follow it: mail is refused or the zone fails to resolve',
    fix: 'name the host that the CNAME points to',
    source: 'RFC 2181 section 10.3',
    message: (facts: Target) =>
      `the ${facts.type} record of ${facts.owner} points to ${facts.target}, which is a CNAME`,
  },
  'zone/missing-glue': {
    tier: 'error',
    reach: 'offline',
    title: 'a name server inside the zone has no address',
    why: 'resolvers cannot reach the server that they need to learn its address',
    fix: 'declare the host with its addresses under hosts:, or add A and AAAA records',
    source: 'RFC 1034 section 4.2.1',
    message: (facts: Target) => `the name server ${facts.target} of ${facts.owner} has no address in the zone`,
  },
  'zone/dangling-target': {
    tier: 'warning',
    reach: 'offline',
    title: 'a record points to a name that this zone should hold but does not',
    why: 'the service behind the record cannot be reached',
    fix: 'correct the name, or declare it',
    message: (facts: Target) =>
      `the ${facts.type} record of ${facts.owner} points to ${facts.target}, which does not exist`,
  },
  'zone/occluded-data': {
    tier: 'warning',
    reach: 'offline',
    title: 'records stand below a delegation and are no glue',
    why: 'the child zone answers for these names; the records here are never seen',
    fix: 'move the records to the child zone',
    source: 'RFC 2136 section 7.18',
    message: (facts: OwnerType & { cut: string }) =>
      `the ${facts.type} record of ${facts.owner} stands below the delegation of ${facts.cut}`,
  },
  'zone/data-at-cut': {
    tier: 'warning',
    reach: 'offline',
    title: 'records other than NS, DS and glue stand at a delegation',
    why: 'the child zone answers for this name; the records here are never seen',
    fix: 'move the records to the apex of the child zone',
    source: 'RFC 1034 section 4.2.1',
    message: (facts: OwnerType) => `the ${facts.type} record stands at the delegation of ${facts.owner}`,
  },
  'zone/single-ns': {
    tier: 'warning',
    reach: 'offline',
    title: 'the zone has fewer than two name servers',
    why: 'one failure takes the domain and its mail down',
    fix: 'add a second name server, in another network',
    source: 'RFC 1034 section 4.1',
    message: (facts: Owner) => `${facts.owner} has one name server`,
  },
  'zone/null-mx-not-alone': {
    tier: 'error',
    reach: 'offline',
    title: 'a null MX stands beside another MX, or beside TLSA records for mail',
    why: 'the domain says at once that it takes mail and that it takes none; senders disagree',
    fix: 'remove the null MX, or every other MX and the TLSA records at _25._tcp',
    source: 'RFC 7505 section 3',
    message: (facts: Owner & { beside: string }) => `${facts.owner} has a null MX ("0 .") and ${facts.beside}`,
  },
  'zone/mx-is-address': {
    tier: 'error',
    reach: 'offline',
    title: 'the target of an MX is no host name: an IP address, or a name that lacks its final dot',
    why: 'an MX names a host; senders look the text up as a name, find nothing, and mail is lost',
    fix: 'write the name of a host that has the address; in a master file an absolute name ends with a dot',
    source: 'RFC 1035 section 3.3.9, RFC 5321 section 5.1',
    message: (facts: Target & { why: string }) =>
      `the MX of ${facts.owner} points to ${facts.target}, which ${facts.why}`,
  },
  'zone/ds-not-at-cut': {
    tier: 'error',
    reach: 'offline',
    title: 'a DS record stands where there is no delegation',
    why: 'validators and name servers refuse it',
    fix: 'add the NS records of the child zone, or remove the DS',
    source: 'RFC 4035 section 2.4',
    message: (facts: Owner) => `${facts.owner} has a DS record but no NS records`,
  },
  'zone/ds-at-apex': {
    tier: 'error',
    reach: 'offline',
    title: "a DS record stands at the zone's own apex",
    why: 'the DS belongs to the parent zone; here it is never looked up',
    fix: 'remove it; `danezone ds` prints the DS for the registrar',
    source: 'RFC 4035 section 2.4',
    message: (facts: Owner) => `${facts.owner} has a DS record for itself`,
  },
  'zone/dnssec-records-in-source': {
    tier: 'error',
    reach: 'offline',
    title: 'the unsigned source holds records that signing makes',
    why: 'old signatures and denial records beside new ones make the zone bogus',
    fix: 'include the unsigned zone file, or remove these records; the signer makes them',
    source: 'RFC 4035 section 2',
    message: (facts: OwnerType) => `${facts.owner} has a ${facts.type} record in the source`,
  },
  'zone/ttl-too-long': {
    tier: 'error',
    reach: 'offline',
    title: 'a TTL is so long that caches may hold expired signatures',
    why: 'a validating resolver then answers SERVFAIL for the name',
    fix: 'shorten the TTL, or lengthen signatures.refresh in the policy',
    source: 'RFC 6781 section 4.4.1',
    supersedes: ['zone/soa-timers'],
    message: (facts: OwnerType & { ttl: number; limit: number }) =>
      `the ${facts.type} records of ${facts.owner} have TTL ${facts.ttl}, more than ${facts.limit} (refresh − run interval − propagation)`,
  },
  'zone/tlsa-ttl-long': {
    tier: 'warning',
    reach: 'offline',
    title: 'a TLSA record has a long TTL',
    why: 'a wrong or changed record stays in caches for that long',
    fix: 'set a TTL of at most one hour',
    source: 'RFC 7671 section 13',
    message: (facts: Owner & { ttl: number }) => `the TLSA records of ${facts.owner} have TTL ${facts.ttl}, over 3600`,
  },
  'zone/soa-timers': {
    tier: 'warning',
    reach: 'offline',
    title: 'the SOA timers do not fit the signing policy',
    why: 'a secondary that lost contact serves signatures that have expired, or misses a change longer than the plan expects',
    fix: 'shorten the timer, or lengthen signatures.refresh or zone-propagation-delay in the policy',
    source: 'RFC 6781 section 4.4.1',
    message: (facts: Owner & { what: string }) => `${facts.owner}: ${facts.what}`,
  },
  'compose/record': {
    tier: 'error',
    reach: 'offline',
    title: "a record's data does not fit its type",
    why: 'the record cannot be published',
    fix: 'correct the field that is named',
    message: (facts: OwnerType & { error: string }) => `${facts.type} of ${facts.owner}: ${facts.error}`,
  },
  'compose/from-child': {
    tier: 'error',
    reach: 'offline',
    title: 'the DS of a child is asked for, and no signed zone of that name is declared',
    why: 'the delegation would stay insecure',
    fix: 'declare the child under domains:, or write its DS records here',
    message: (facts: Owner) => `DS: from-child, but ${facts.owner} is no signed domain of this repository`,
  },
});
