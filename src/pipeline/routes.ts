/** What leads senders to hosts, over all zones of a repository. */
import type { Name } from '../dns/name.ts';
import type { Zone } from '../dns/zone.ts';
import type { Journal } from '../journal/journal.ts';
import { routesIn } from '../journal/routes.ts';
import { routesAfter } from '../journal/with-built.ts';
import { rolloverPolicyOf } from '../rollover/policy.ts';
import type { Routes } from '../rollover/routes.ts';
import type { Repository } from './repository.ts';

/** Hosts whose routes the journal of a zone follows: those with TLSA records anywhere, and those that it follows already. */
export function hostsFollowed(
  { description, associations }: Repository,
  journal: Journal | undefined,
): ReadonlySet<Name> {
  const served = [...description.hosts.keys()].filter((host) =>
    (associations.get(host) ?? []).some(({ associations: own, alias }) => own.length > 0 || alias !== undefined),
  );
  return new Set([...served, ...(journal?.routes ?? []).map(({ owner }) => owner)]);
}

/**
 * As the journals have them, and as they will be once `next` is built: what leaves in the run itself leads there still. Times in Unix
 * seconds.
 */
export function routesOf(
  repository: Repository,
  journals: Iterable<Journal>,
  now: number,
  next: ReadonlyMap<Name, Zone> = new Map(),
): Routes {
  const zones = [...journals].flatMap((journal) => {
    const domain = repository.description.domains.get(journal.zone);
    if (domain === undefined) return [];
    const zone = next.get(journal.zone);
    const built = zone && routesIn(zone, hostsFollowed(repository, journal));
    const routes = built === undefined ? journal.routes : routesAfter(journal, built, now);
    return [{ journal: { zone: journal.zone, routes }, policy: rolloverPolicyOf(domain) }];
  });
  return { zones, now };
}
