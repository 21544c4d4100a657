/** Rules about changes in time: of certificates and of DNSSEC keys. */
import { defineRules } from '../text/problem.ts';
import { readableTime } from '../text/time.ts';

interface OfCertificate {
  readonly certificate: string;
  readonly owner: string;
}

interface Waiting extends OfCertificate {
  /** Unix seconds. */
  readonly earliest: number;
  /** The clock runs; else the date holds if the records are published now. */
  readonly isSeen: boolean;
  /** The formula with its numbers. */
  readonly wait: string;
}

const from = ({ earliest, isSeen }: Pick<Waiting, 'earliest' | 'isSeen'>, what = 'they are') =>
  isSeen ? readableTime(earliest) : `${readableTime(earliest)} if ${what} published now`;

export const rules = defineRules({
  'rollover/deployed-too-early': {
    tier: 'error',
    reach: 'offline',
    title: 'a staged certificate has a new key before its TLSA records are in every cache',
    why: 'senders that hold the earlier TLSA RRset meet a certificate that it does not match, and defer the mail',
    fix: 'keep the earlier certificate under chain: and put the new one under next: until that date; danezone ready says when. The build publishes the records of both meanwhile',
    source: 'RFC 7671 section 8.1',
    message: (facts: Waiting) =>
      `${facts.certificate} may not be deployed before ${from(facts)}: caches may hold ${facts.owner} without its record (${facts.wait})`,
  },
  'rollover/early-change-in-service': {
    tier: 'warning',
    reach: 'offline',
    title: 'a certificate with a new key is in service before its TLSA records are in every cache',
    why: 'senders that hold the earlier TLSA RRset defer their mail until it leaves their cache; it arrives then',
    fix: 'build and publish now: the records of the old and the new key stand together; if that is too late for you, let the server show the old certificate until the date',
    source: 'RFC 7671 section 8.1',
    message: (facts: Waiting) =>
      `${facts.certificate} is in service, and caches may hold ${facts.owner} without it until ${from(facts)} (${facts.wait})`,
  },
  'rollover/withdrawn-too-early': {
    tier: 'error',
    reach: 'offline',
    title: 'a TLSA record is dropped while the certificate that it matches is the one in service',
    why: 'as soon as the record is gone, senders find nothing that matches the certificate, and defer the mail',
    fix: 'keep the record until the new certificate is served on every address, then say so: danezone confirm cert-served HOST. The build keeps it meanwhile',
    source: 'RFC 7671 section 8.1',
    message: (facts: { owner: string; record: string; seen: number }) =>
      `${facts.owner} would lose ${facts.record}, which matches the certificate last seen in service, ${readableTime(facts.seen)}`,
  },
  'rollover/no-next-key': {
    tier: 'warning',
    reach: 'offline',
    title: 'a certificate is due for renewal and the record of its next key is not published',
    why: 'the renewed certificate has a new key, which has to wait until its record is in every cache; a key that is lost or compromised meanwhile means an outage',
    fix: 'make the next key ahead (danezone roll cert HOST) and name it under next:, or renew with the same key and say renewal: {reuse-key: true}',
    source: 'RFC 7671 section 8.1',
    message: (facts: { certificate: string; renewal: number; notAfter: number }) =>
      `${facts.certificate} ends ${readableTime(facts.notAfter)} and is due for renewal since ${readableTime(facts.renewal)}, and no next key is named`,
  },
  'rollover/next-not-published': {
    tier: 'information',
    reach: 'offline',
    title: 'the record of a next key is not yet in every cache',
    why: 'a certificate with that key may not be deployed before',
    fix: 'deploy it from that date; danezone ready says when',
    source: 'RFC 7671 section 8.1',
    message: (facts: Waiting) =>
      `the next key of ${facts.certificate} may be deployed from ${from(facts)} (${facts.wait})`,
  },
  'rollover/many-changes': {
    tier: 'warning',
    reach: 'offline',
    title: 'TLSA parameters and keys change at once',
    why: 'what goes wrong then has two possible causes, and going back has two halves',
    fix: 'change the parameters in one build and the key in another, with the waits of each between them',
    source: 'RFC 7671 section 8.4',
    message: (facts: { owner: string }) =>
      `${facts.owner} changes its usage, selector or matching type together with a key`,
  },
  'rollover/renewal-inside-roll': {
    tier: 'warning',
    reach: 'offline',
    title: 'an automatic renewal may come while a next key waits for its record',
    why: 'a client that makes its own key at each renewal puts a third key in service, for which there is no record',
    fix: 'let the client renew with the prepared key or with the same key (renewal: {reuse-key: true}), or stop its timer until the date',
    supersedes: ['rollover/next-not-published'],
    message: (facts: { certificate: string; renewal: number; earliest: number }) =>
      `${facts.certificate} is due for renewal from ${readableTime(facts.renewal)}, before its next key may be deployed, ${readableTime(facts.earliest)}`,
  },
  'rollover/overlapping-rolls': {
    tier: 'warning',
    reach: 'offline',
    title: 'two rolls of keys are in flight in one zone',
    why: 'each is safe by itself, and the proof judges both together; answers grow, and if something goes wrong there are two to look at',
    fix: 'let one roll end before the next is asked for; lifetimes that fall together can be set apart in the policy',
    source: 'RFC 6781 section 4.1',
    message: (facts: { zone: string; rolls: readonly string[] }) =>
      `${facts.zone} rolls ${facts.rolls.join(' and ')} at the same time`,
  },
  'rollover/first-tlsa-unserved': {
    tier: 'error',
    reach: 'offline',
    title: 'TLSA records of a new kind, for a certificate that nobody has seen in service',
    why: 'the zone is secure, so that senders believe a record at once; if the server shows another certificate, their mail is deferred',
    fix: 'deploy the certificate on every address first, then say so: danezone confirm cert-served HOST. The build leaves these records out until then',
    source: 'RFC 7671 section 8.4',
    message: (facts: { owner: string; records: number; certificates: readonly string[] }) =>
      `${facts.owner} gets ${facts.records === 1 ? 'a TLSA record' : `${facts.records} TLSA records`} of a new kind, and ${facts.certificates.join(' and ')} ${facts.certificates.length === 1 ? 'is' : 'are'} not known to be served`,
  },
  'rollover/old-certificate-returns': {
    tier: 'error',
    reach: 'offline',
    title: 'a staged certificate comes back after its TLSA records have left',
    why: 'senders find only the records of the certificate that took its place, and defer the mail',
    fix: 'name it under next: and wait as for a new key; danezone ready says when. The build publishes the records of both meanwhile',
    source: 'RFC 7671 section 8.1',
    supersedes: ['rollover/deployed-too-early'],
    message: (facts: OfCertificate & { left: number }) =>
      `${facts.certificate} is to be deployed again, and its records left ${facts.owner} ${readableTime(facts.left)}`,
  },
  'rollover/outlasts-host': {
    tier: 'information',
    reach: 'offline',
    title: 'TLSA records stay for a while after their host, service or address is gone',
    why: 'caches may lead senders there until the TTLs of its MX and address records have run out, and what is met there is judged by these records',
    fix: 'publish the zone that has lost the MX or address records and confirm it (danezone confirm published); leave the server as it is until the date; the build drops the records then',
    message: (facts: { owner: string; host: string } & Pick<Waiting, 'earliest' | 'isSeen' | 'wait'>) =>
      `${facts.owner} keeps records for ${facts.host} until ${from(facts, 'this is')} (${facts.wait})`,
  },
  'rollover/lifetime-too-short': {
    tier: 'error',
    reach: 'offline',
    title: 'a key lives shorter than its own roll takes',
    why: 'each key would be replaced before it has taken over: rolls pile up, no roll ever ends, and every RRset carries the signatures of several keys',
    fix: 'give the keys a longer lifetime, or shorten the TTLs and delays that a roll waits for',
    source: 'RFC 7583 section 3',
    message: (f: { role: string; lifetime: string; takes: string }) =>
      `the ${f.role} lives ${f.lifetime}, and its roll takes ${f.takes} if everybody acts at once`,
  },
  'rollover/no-room-for-standby': {
    tier: 'warning',
    reach: 'offline',
    title: 'a policy wants a stand-by key and the parent has no room for its DS',
    why: 'the DS of a stand-by key stands at the parent beside that of the key in use; no stand-by key is made for this zone',
    fix: 'take keys: {standby: …} out of the policy of this zone; or, if the parent takes more DS, say so under max-ds; or ask for one digest type',
    source: 'RFC 7583 section 4',
    message: (f: { parent: string; ds: number; digests: number }) =>
      `the parent ${f.parent} takes ${f.ds} DS, expected at least ${2 * f.digests}: ${f.digests} for each of two keys`,
  },
  'rollover/no-room-for-double-ds': {
    tier: 'warning',
    reach: 'offline',
    title: 'a policy rolls KSKs by double-ds and the parent cannot have two DS',
    why: 'the DS of the new KSK has to stand beside that of the old one before the new key is published; KSKs of this zone are rolled by double-ksk instead',
    fix: 'take ksk-roll: double-ds out of the policy of this zone; or, if the parent does take two, say so: max-ds and replace: add-remove',
    source: 'RFC 7583 section 3.3.2',
    message: (f: { parent: string; found: string }) =>
      `the parent ${f.parent} ${f.found}, and double-ds needs two DS there`,
  },
});
