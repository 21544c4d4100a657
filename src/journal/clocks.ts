/**
 * Where the clocks of caches stand: since when every server shows something, and what older TTLs may still run (ROLLOVER
 * section 2, Time). Evidence decides; without it no clock runs, unless the policy says `publication: by-build`.
 *
 * A *run* is the longest row of versions at the end of a history that all have a property, such as *holds key 12345* or *lacks
 * it*. Since all servers were seen with one version of the run, none of them has gone back to what was before it: servers
 * that do are seen by evidence, and evidence takes the clocks of the run away (evidence.ts).
 */
import type { Journal, Service, Timeline } from './journal.ts';

/** As in Policy of the description. */
export type Publication = { readonly kind: 'evidence' } | { readonly kind: 'by-build'; readonly after: number };

/** In the place of a number of evidence: the policy says so (`publication: by-build`), nobody has looked. */
export const byBuild = 0;

/**
 * What is known of the service of a version. Evidence goes first; under by-build what it leaves open is filled: published from
 * built + after, gone at dropped + after. `evidence` is then `byBuild`.
 */
export function serviceOf({ built, dropped, service }: Timeline, publication: Publication): Service {
  if (publication.kind === 'evidence' || service.state === 'gone') return service;
  const { after } = publication;
  const published: Service =
    service.state === 'published' ? service : { state: 'published', from: built + after, evidence: byBuild };
  if (dropped === undefined) return published;
  const until = dropped + after;
  // Servers were seen with it when the policy has it gone: the policy is wrong there, and the end is unknown.
  if (service.state === 'published' && service.from >= until) return service;
  return { state: 'gone', from: published.from, until, evidence: byBuild };
}

/**
 * Earliest time at which every server is known to serve a version of the current run, Unix seconds; undefined where the newest
 * version is not in it, or none of the run was seen, or there is no history. With `has` = holds the key: its appearance;
 * with `has` = lacks it: its disappearance.
 */
export function seenSince<V extends Timeline>(
  versions: readonly V[],
  has: (version: V) => boolean,
  publication: Publication,
): number | undefined {
  let since: number | undefined;
  for (let index = versions.length - 1; index >= 0 && has(versions[index]); index--) {
    const from = seenFrom(serviceOf(versions[index], publication));
    if (from !== undefined && (since === undefined || from < since)) since = from;
  }
  return since;
}

function seenFrom(service: Service): number | undefined {
  return service.state === 'unseen' ? undefined : service.from;
}

/**
 * The largest TTL of the versions before the current run that a cache may still hold at `at`; 0 where there are none. A
 * version whose end nobody has seen may be held for ever. Asked with `at` = seenSince it is the TTL to wait for from there.
 */
export function olderTtl<V extends Timeline & { readonly ttl: number }>(
  versions: readonly V[],
  has: (version: V) => boolean,
  publication: Publication,
  at: number,
): number {
  const start = startOfRun(versions, has);
  const held = versions.slice(0, start).filter((version) => {
    const service = serviceOf(version, publication);
    return service.state !== 'gone' || at < service.until + version.ttl;
  });
  return Math.max(0, ...held.map(({ ttl }) => ttl));
}

function startOfRun<V>(versions: readonly V[], has: (version: V) => boolean): number {
  let start = versions.length;
  while (start > 0 && has(versions[start - 1])) start--;
  return start;
}

export interface DsSeen {
  /** Since when every parent server shows DS sets that have the property. */
  readonly at: number;
  /** The largest TTL that was seen on these sets, and on older ones that caches may hold at `at`. */
  readonly ttl: number;
}

/** The same over what was seen at the parent. `has` is asked with DS RDATA in hexadecimal, sorted; empty: no DS. */
export function dsSeen(
  { evidence }: Pick<Journal, 'evidence'>,
  has: (records: readonly string[]) => boolean,
): DsSeen | undefined {
  const rows = evidence.flatMap(({ at, fact }) => (fact.kind === 'ds-seen' ? { ...fact, at } : []));
  const start = startOfRun(rows, ({ records }) => has(records));
  if (start === rows.length) return undefined;
  const { at } = rows[start];
  // What was seen last before a row was in the parent's zone until that row at most.
  const held = rows.filter(({ ttl }, index) => index >= start || at < rows[index + 1].at + ttl);
  return { at, ttl: Math.max(...held.map(({ ttl }) => ttl)) };
}
