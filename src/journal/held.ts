/** What caches may still hold, and what the next signatures have to respect. */
import type { Name } from '../dns/name.ts';
import type { TypeCode } from '../dns/type.ts';
import type { Journal, RRsetVersion, Timeline } from './journal.ts';

/**
 * Whether a cache may hold a version at `now`: until its TTL after the last server stopped serving it. Without evidence that
 * it is gone, it may always.
 */
export function mayBeHeld(version: Timeline, ttl: number, now: number): boolean {
  return version.service.state !== 'gone' || now < version.service.until + ttl;
}

export function versionsOf(journal: Journal, owner: Name, type: TypeCode): readonly RRsetVersion[] {
  return journal.rrsets.find((history) => history.owner === owner && history.type === type)?.versions ?? [];
}

/** The version of the last build; undefined where the RRset was never in the zone. */
export function currentVersion(journal: Journal, owner: Name, type: TypeCode): RRsetVersion | undefined {
  return versionsOf(journal, owner, type).findLast((version) => version.dropped === undefined);
}

/** The largest TTL of an RRset, its absence included, that a cache may still go by; 0 where there is none. */
export function largestTtl(journal: Journal, owner: Name, type: TypeCode, now: number): number {
  const held = versionsOf(journal, owner, type).filter((version) => mayBeHeld(version, version.ttl, now));
  return Math.max(0, ...held.map(({ ttl }) => ttl));
}

/** The same over the rest of the zone: its RRsets, and its denials. */
export function largestContentTtl(journal: Journal, now: number): { readonly data: number; readonly negative: number } {
  const held = (ttl: 'largestTtl' | 'negativeTtl') =>
    Math.max(
      0,
      ...journal.content.filter((version) => mayBeHeld(version, version[ttl], now)).map((version) => version[ttl]),
    );
  return { data: held('largestTtl'), negative: held('negativeTtl') };
}

/** When the last signature that was ever made over the RRset runs out, Unix seconds; 0 where none was made. */
export function lastExpiration(journal: Journal, owner: Name, type: TypeCode): number {
  return Math.max(0, ...versionsOf(journal, owner, type).map(({ signed }) => signed?.expiration ?? 0));
}

/** An RRset that is about to be built. */
export type Planned = Pick<RRsetVersion, 'records' | 'ttl'> & {
  readonly type: TypeCode;
  readonly signers: readonly string[];
};

/**
 * What the windows of DNSKEY, CDS and CDNSKEY have to respect (DESIGN section 1): they start no earlier than the first build of
 * their version, and their inception never goes back. What a clock that was ahead wrote does not count: signatures that are not
 * valid yet help nobody. `planned` are the apex RRsets that are about to be built; `records` is
 * hexadecimal RDATA in canonical order.
 */
export function keySetClocks(
  journal: Journal | undefined,
  planned: readonly Planned[],
  now: number,
): { readonly firstBuilt: number; readonly notBefore: number | undefined } {
  if (journal === undefined) return { firstBuilt: now, notBefore: undefined };
  const builtSince = planned.map(({ type, records, ttl, signers }) => {
    const current = currentVersion(journal, journal.zone, type);
    const same =
      current !== undefined &&
      current.ttl === ttl &&
      current.records.join() === records.join() &&
      (current.signed?.signers ?? []).join() === signers.join();
    return same ? Math.min(current.built, now) : now;
  });
  const inceptions = planned.flatMap(({ type }) =>
    versionsOf(journal, journal.zone, type).flatMap(({ signed }) =>
      signed !== undefined && signed.inception <= now ? signed.inception : [],
    ),
  );
  return {
    firstBuilt: Math.max(0, ...builtSince),
    notBefore: inceptions.length === 0 ? undefined : Math.max(...inceptions),
  };
}
