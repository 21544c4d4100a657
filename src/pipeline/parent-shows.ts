/**
 * A parent in the same repository: which DS of a child stands in it is known from its builds, and since when its servers show it from
 * evidence of their publication. So publishing the parent is all that has to be seen.
 */
import type { Description } from '../describe/description.ts';
import { ancestors, isBelow, type Name } from '../dns/name.ts';
import { Type } from '../dns/type.ts';
import { olderTtl, serviceOf } from '../journal/clocks.ts';
import { lastOf, withDs } from '../journal/evidence.ts';
import type { Journal } from '../journal/journal.ts';
import type { RolloverPolicy } from '../rollover/policy.ts';
import type { ParentHere } from '../rollover/virtual-zone.ts';

/** The closest zone above; undefined: the parent is somebody else's. A zone with errors still counts. */
export function zoneAbove(zone: Name, { domains, faulty }: Pick<Description, 'domains' | 'faulty'>): Name | undefined {
  const [, ...above] = ancestors(zone);
  return above.find((name) => domains.has(name) || faulty.has(name));
}

/** Undefined: somebody else has to put the DS into the parent. */
export function parentHere(zone: Name, description: Pick<Description, 'domains' | 'faulty'>): ParentHere | undefined {
  const above = zoneAbove(zone, description);
  const domain = above && description.domains.get(above);
  if (!domain?.records.some(({ owner, content }) => owner === zone && content.kind === 'from-child')) return undefined;
  return { zone: domain.name, isByBuild: domain.policy.publication.kind === 'by-build' };
}

/** The zones whose parent this is. */
export function childrenOf(zone: Name, description: Pick<Description, 'domains' | 'faulty'>): readonly Name[] {
  return [...description.domains.keys()].filter((name) => isBelow(name, zone) && zoneAbove(name, description) === zone);
}

/** Every zone after its parent: what the parent shows is known when the child is read. */
export function parentsFirst(zones: readonly Name[]): readonly Name[] {
  const labels = new Map(zones.map((zone) => [zone, [...ancestors(zone)].length]));
  return [...zones].sort((a, b) => labels.get(a)! - labels.get(b)!);
}

/**
 * The journal of a child with what every server of its parent shows, and since when; the very same where that says nothing new. The TTL is
 * the largest with which a cache may hold what was there until then. `publication`: of the parent.
 */
export function withParentsDs(
  child: Journal,
  parent: Journal,
  publication: RolloverPolicy['publication'],
  now: number,
): Journal {
  const versions = parent.routes.find(({ owner, type }) => owner === child.zone && type === Type.DS)?.versions ?? [];
  return versions.reduce((journal, version, index) => {
    const service = serviceOf(version, publication);
    const at = service.state === 'unseen' ? undefined : service.from;
    const told = lastOf(journal, 'ds-seen')?.at ?? Number.NEGATIVE_INFINITY;
    // What a person has seen since then goes before it.
    if (at === undefined || at > now || at <= told) return journal;
    const older = olderTtl(versions.slice(0, index + 1), (one) => one === version, publication, at);
    const witness = { at, now, by: `publication of ${parent.zone}`, servers: [] };
    const seen = withDs(journal, { ...witness, records: version.records, ttl: Math.max(version.ttl, older) });
    return seen.journal ?? journal;
  }, child);
}
