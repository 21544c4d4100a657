/**
 * How long until every cache holds TLSA records that a certificate matches (ROLLOVER section 3, RFC 7671 section 8.1): publication,
 * the way to the name servers, and twice the largest TTL with which a cache may hold what stood there before: other records, an
 * alias, the proof that there is nothing (RFC 8020, 8198), or the records of a wildcard that answered for it (RFC 4592 section 3.3.1).
 */
import { ancestors, type Name } from '../dns/name.ts';
import { Type } from '../dns/type.ts';
import { type Publication, seenSince, serviceOf } from '../journal/clocks.ts';
import { versionsOf } from '../journal/held.ts';
import type { Journal, RRsetVersion, Timeline } from '../journal/journal.ts';
import type { Term, Wait } from './move.ts';
import type { RolloverPolicy } from './policy.ts';
import { noSwitches, type Switches } from './switches.ts';

export interface TlsaClocks {
  /** Of the zone that holds the owner. */
  readonly journal: Journal;
  readonly owner: Name;
  /** Of the TLSA RRset as it is declared, seconds. */
  readonly ttl: number;
  readonly policy: Pick<RolloverPolicy, 'publication' | 'zonePropagationDelay'> & {
    readonly ttls: Pick<RolloverPolicy['ttls'], 'negative'>;
  };
  /** Unix seconds. */
  readonly now: number;
  readonly switches?: Switches;
}

/** A wait and its end, Unix seconds; undefined: its clock does not run, because nobody has seen the records published. */
export interface TlsaWait {
  readonly wait: Wait;
  readonly earliest?: number;
  /** The same date, and without a running clock the one that it has if the records are published now. */
  readonly atBest: number;
}

export const isOver = ({ earliest }: TlsaWait, now: number): boolean => earliest !== undefined && now >= earliest;

/**
 * Until no cache goes by a version that does not satisfy `has`. `times` is 2 for what is planned, and 1 for the exposure of what has
 * happened: a cache that asked just before the last server had the records keeps the old ones for one TTL.
 */
export function tlsaWait(
  { journal, owner, ttl, policy, now, switches = noSwitches }: TlsaClocks,
  has: (version: RRsetVersion) => boolean,
  what: string,
  times: 1 | 2 = 2,
): TlsaWait {
  const { publication } = policy;
  const versions = versionsOf(journal, owner, Type.TLSA);
  const at = switches.off.has('published') ? builtSince(versions, has) : seenSince(versions, has, publication);
  const held = (of: readonly (Timeline & { readonly ttl: number })[]) => largestHeld(of, publication, at ?? now);
  const ttls: readonly (readonly [name: string, seconds: number])[] = [
    ['tlsa-ttl', Math.max(ttl, held(versions))],
    ['cname-ttl', held(versionsOf(journal, owner, Type.CNAME))],
    ['wildcard-ttl', wildcardTtl(journal, owner, held)],
    [
      'negative-ttl',
      Math.max(
        policy.ttls.negative,
        held(journal.content.map((version) => ({ ...version, ttl: version.negativeTtl }))),
      ),
    ],
  ];
  const [name, longest] = ttls.reduce((a, b) => (b[1] > a[1] ? b : a));
  const terms: readonly Term[] = [
    ...(switches.off.has('zone-propagation-delay')
      ? []
      : [{ name: 'zone-propagation-delay', seconds: policy.zonePropagationDelay }]),
    ...(switches.off.has('tlsa-ttl')
      ? []
      : [{ name: times === 1 ? name : `${times} × ${name}`, seconds: times * longest }]),
  ];
  const built = startOfRun(versions, has)?.built ?? now;
  const wait = { since: { what: { kind: 'published', built, what }, at }, terms } as const;
  if (at !== undefined) return { wait, earliest: at + sumOf(terms), atBest: at + sumOf(terms) };
  return { wait, atBest: now + (publication.kind === 'by-build' ? publication.after : 0) + sumOf(terms) };
}

export const sumOf = (terms: readonly Term[]): number => terms.reduce((sum, { seconds }) => sum + seconds, 0);

/** The largest TTL of the versions that a cache may hold at `at`; that of a version whose end nobody has seen counts for ever. */
export function largestHeld<V extends Timeline & { readonly ttl: number }>(
  versions: readonly V[],
  publication: Publication,
  at: number,
): number {
  const held = versions.filter((version) => {
    const service = serviceOf(version, publication);
    return service.state !== 'gone' || at < service.until + version.ttl;
  });
  return Math.max(0, ...held.map(({ ttl }) => ttl));
}

/** Of records of a wildcard that were answered at the owner while nothing stood there, as far as a cache may hold them. */
function wildcardTtl(
  journal: Journal,
  owner: Name,
  held: (of: readonly (Timeline & { readonly ttl: number })[]) => number,
): number {
  const [, protocol, host] = ancestors(owner);
  const versions = versionsOf(journal, owner, Type.TLSA);
  const absences = versions.filter(({ records }) => records.length === 0);
  const ttls = [protocol, host]
    .flatMap((above) => versionsOf(journal, `*.${above}` as Name, Type.TLSA))
    .filter(({ records }) => records.length > 0)
    .flatMap((wildcard) => [
      ...(versions.length === 0 ? [held([wildcard])] : []),
      ...absences
        .filter((absence) => stoodTogether(absence, wildcard))
        // Forgotten one TTL after either has ended.
        .map((absence) => Math.min(held([wildcard]), held([{ ...absence, ttl: wildcard.ttl }]))),
    ]);
  return Math.max(0, ...ttls);
}

function stoodTogether(a: Timeline, b: Timeline): boolean {
  const isBefore = (one: Timeline, other: Timeline) => one.dropped !== undefined && one.dropped <= other.built;
  return !isBefore(a, b) && !isBefore(b, a);
}

function builtSince(versions: readonly RRsetVersion[], has: (version: RRsetVersion) => boolean): number | undefined {
  return startOfRun(versions, has)?.built;
}

/** The oldest of the versions at the end of a history that all satisfy `has`. */
function startOfRun(
  versions: readonly RRsetVersion[],
  has: (version: RRsetVersion) => boolean,
): RRsetVersion | undefined {
  return versions[versions.findLastIndex((version) => !has(version)) + 1];
}
