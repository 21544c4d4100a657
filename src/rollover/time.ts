/**
 * The waits of ROLLOVER section 2 as a table (RFC 7583 section 3). A clock starts when servers were seen with a change, never when
 * it was built, and every TTL is the largest that was ever published and may still be cached.
 */
import { Type, type TypeCode } from '../dns/type.ts';
import { dsSeen, olderTtl, seenSince } from '../journal/clocks.ts';
import { versionsOf } from '../journal/held.ts';
import type { Journal, KeyRecord, RRsetVersion, Timeline } from '../journal/journal.ts';
import { digestsWanted, hasWholeDs, isDsOf } from './ds-records.ts';
import type { KeyRecordName, Term, Wait } from './move.ts';
import type { RolloverPolicy } from './policy.ts';
import type { Switches } from './switches.ts';

export type TermName =
  | 'dnskey-ttl'
  | 'max-zone-ttl'
  | 'tlsa-ttl'
  | 'zone-propagation-delay'
  | 'publish-safety'
  | 'retire-safety'
  | 'parent-ds-ttl'
  | 'parent-propagation-delay';

/** What waits are counted from. */
export interface Clocks extends Switches {
  readonly journal: Journal;
  readonly policy: RolloverPolicy;
}

/** A wait, and its end in Unix seconds; undefined: its clock does not run yet. */
export interface Due {
  readonly wait: Wait;
  readonly earliest?: number;
}

/** How long until a record that entered R or U has arrived in every cache (`omnipresent`), or left them all (`hidden`). */
export function dueOf(
  key: KeyRecord,
  record: KeyRecordName,
  to: 'omnipresent' | 'hidden',
  keys: readonly KeyRecord[],
  clocks: Clocks,
): Due {
  if (record === 'ds') return dsDue(key, to, keys, clocks);
  const present = to === 'omnipresent';
  const { journal, policy } = clocks;
  const what = `${present ? '' : 'no '}${labels[record]} of ${key.id}`;
  if (record === 'zrrsig') {
    const has = ({ signed }: Pick<TimedVersion, 'signed'>) => (signed?.signers.includes(key.id) ?? false) === present;
    const from = publishedSince(journal.content, has, clocks);
    const histories: readonly (readonly TimedVersion[])[] = [
      ...journal.rrsets.filter(({ type }) => !apexTypes.has(type)).map(({ versions }) => versions),
      journal.content.map((version) => ({ ...version, ttl: Math.max(version.largestTtl, version.negativeTtl) })),
    ];
    // Before a history that was signed from its beginning there were unsigned answers, of which nothing is known but that.
    const firstTtl = (versions: readonly TimedVersion[]) =>
      present && versions.every(has) ? (versions.at(0)?.ttl ?? 0) : 0;
    const ttls = histories.map((versions) =>
      from === undefined ? 0 : Math.max(firstTtl(versions), olderTtl(versions, has, policy.publication, from)),
    );
    const terms: NamedTerm[] = [
      ['max-zone-ttl', Math.max(policy.ttls.max, ...ttls)],
      ['zone-propagation-delay', policy.zonePropagationDelay],
      ['retire-safety', replaces(key) ? policy.retireSafety : 0],
    ];
    return due({ kind: 'published', built: key[record].since, what }, from, terms, clocks);
  }
  const has = ({ records, signed }: RRsetVersion) =>
    (record === 'dnskey' ? records.includes(key.rdata) : (signed?.signers.includes(key.id) ?? false)) === present;
  const versions = versionsOf(journal, journal.zone, Type.DNSKEY);
  const from = publishedSince(versions, has, clocks);
  const older = from === undefined ? 0 : olderTtl(versions, has, policy.publication, from);
  const terms: NamedTerm[] = [
    ['dnskey-ttl', Math.max(policy.ttls.dnskey, older)],
    ['zone-propagation-delay', policy.zonePropagationDelay],
    ['publish-safety', present ? policy.publishSafety : 0],
  ];
  return due({ kind: 'published', built: key[record].since, what }, from, terms, clocks);
}

type TimedVersion = Timeline & Pick<RRsetVersion, 'ttl' | 'signed'>;

const labels = { dnskey: 'DNSKEY', krrsig: 'DNSKEY signature', zrrsig: 'zone signatures' } as const;

/** Signed by the keys that sign keys, or not awaited for the zone's signatures. */
const apexTypes: ReadonlySet<TypeCode> = new Set([Type.DNSKEY, Type.CDS, Type.CDNSKEY]);

/**
 * The parent's DS: seen or gone at every parent server, then the largest TTL of the sets that were seen there. Every digest type
 * that was asked for has to be there; none may be left when it goes.
 */
function dsDue(key: KeyRecord, to: 'omnipresent' | 'hidden', keys: readonly KeyRecord[], clocks: Clocks): Due {
  const { journal, policy, off } = clocks;
  const types = digestsWanted(journal, keys, policy);
  const has = (records: readonly string[]) =>
    to === 'omnipresent'
      ? hasWholeDs(records, journal.zone, key, types, policy)
      : !records.some((record) => isDsOf(record, journal.zone, key));
  const seen = off.has('ds-seen') ? { at: key.ds.since, ttl: 0 } : dsSeen(journal, has);
  // A look from before the DS was withdrawn, or wanted back, does not show that it is gone or stayed: what was asked for may have been done since.
  const evidence = journal.evidence.filter(({ at }) => at >= key.ds.since);
  const at = off.has('ds-seen') ? key.ds.since : dsSeen({ evidence }, has)?.at;
  const what = { kind: to === 'omnipresent' ? 'ds-seen' : 'ds-gone', keys: [key.id] } as const;
  const terms: NamedTerm[] = [
    ['parent-ds-ttl', Math.max(policy.parent.ttl, seen?.ttl ?? 0)],
    ['parent-propagation-delay', policy.parent.propagationDelay],
    ['retire-safety', replaces(key) ? policy.retireSafety : 0],
  ];
  if (at === undefined || policy.parent.interface !== 'cds') return due(what, at, terms, clocks);
  const asks = asksSince(has, clocks);
  // It was seen, and the parent may yet undo it: what has to be seen is the CDS.
  if (asks === undefined) {
    const label = `CDS ${to === 'omnipresent' ? 'with' : 'without'} the DS of ${key.id}`;
    return due({ kind: 'published', built: key.ds.since, what: label }, undefined, terms, clocks);
  }
  return due(what, Math.max(at, asks), terms, clocks);
}

/**
 * Since when every server was seen with CDS records that ask for such a DS set, or with none: a parent that reads an older CDS
 * RRset makes its DS set that of the older wish again (RFC 7344 section 6). Undefined: it may read such a one now.
 */
function asksSince(has: (records: readonly string[]) => boolean, clocks: Clocks): number | undefined {
  const { journal } = clocks;
  const versions = versionsOf(journal, journal.zone, Type.CDS);
  if (versions.length === 0) return 0;
  return publishedSince(versions, ({ records }) => records.length === 0 || has(records), clocks);
}

/**
 * Before the DS leaves: every TLSA RRset is withdrawn from the zone and from caches, so that no sender of mail holds a record
 * that it can no longer verify. Undefined where there is none, or all are gone.
 */
export function tlsaGone(clocks: Clocks, now: number): Due | undefined {
  const { journal, policy } = clocks;
  const dues = journal.rrsets
    .filter(({ type }) => type === Type.TLSA)
    .map(({ versions }) => {
      const has = ({ records }: RRsetVersion) => records.length === 0;
      const from = publishedSince(versions, has, clocks);
      const ttl = from === undefined ? policy.ttls.tlsa : olderTtl(versions, has, policy.publication, from);
      const terms: NamedTerm[] = [
        ['tlsa-ttl', ttl],
        ['zone-propagation-delay', policy.zonePropagationDelay],
      ];
      return due(
        { kind: 'published', built: journal.requests.insecure?.at ?? now, what: 'no TLSA records' },
        from,
        terms,
        clocks,
      );
    })
    .filter(({ earliest }) => earliest === undefined || earliest > now);
  return dues.reduce<Due | undefined>(
    (last, each) => (last === undefined || isLater(each, last) ? each : last),
    undefined,
  );
}

const isLater = (a: Due, b: Due) => (a.earliest ?? Number.POSITIVE_INFINITY) > (b.earliest ?? Number.POSITIVE_INFINITY);

/** From the publication of a new DNSKEY until every cache has it (RFC 7583 section 3.2.1, Ipub). */
export function publicationInterval(policy: RolloverPolicy): readonly Term[] {
  return namedTerms([
    ['dnskey-ttl', policy.ttls.dnskey],
    ['publish-safety', policy.publishSafety],
    ['zone-propagation-delay', policy.zonePropagationDelay],
  ]);
}

type NamedTerm = readonly [name: TermName, seconds: number];

/** Without evidence the clock does not run. */
function publishedSince<V extends Timeline>(
  versions: readonly V[],
  has: (version: V) => boolean,
  { policy, off }: Clocks,
): number | undefined {
  const last = versions.at(-1);
  // Switched off: what was built counts as published.
  if (off.has('published')) return last !== undefined && has(last) ? last.built : undefined;
  return seenSince(versions, has, policy.publication);
}

function due(what: Wait['since']['what'], at: number | undefined, terms: readonly NamedTerm[], { off }: Switches): Due {
  const counted = namedTerms(terms).filter(({ name }) => !off.has(name as TermName));
  const earliest = at === undefined ? undefined : at + counted.reduce((sum, { seconds }) => sum + seconds, 0);
  return { wait: { since: { what, at }, terms: counted }, earliest };
}

function namedTerms(terms: readonly NamedTerm[]): Term[] {
  return terms.filter(([, seconds]) => seconds > 0).map(([name, seconds]) => ({ name, seconds }));
}

function replaces({ predecessor, successor }: KeyRecord): boolean {
  return predecessor !== undefined || successor !== undefined;
}
