/** The plan of a repository: the future of each of its signed zones and of the hosts in them, joined. Nothing is written. */
import type { Domain } from '../describe/description.ts';
import type { Name } from '../dns/name.ts';
import type { ReadableFiles } from '../host/host.ts';
import { type Journal, newJournal } from '../journal/journal.ts';
import { joinPlans } from '../rollover/join-plans.ts';
import type { Plan } from '../rollover/plan.ts';
import { planHosts } from '../rollover/plan-hosts.ts';
import { planZone, type ZonePlan } from '../rollover/plan-zone.ts';
import type { RolloverPolicy } from '../rollover/policy.ts';
import type { TlsaQuestion } from '../rollover/tlsa.ts';
import { newReport, type Problem, type Report } from '../text/problem.ts';
import { tlsaQuestion } from './host-tlsa.ts';
import type { Places } from './places.ts';
import { policyOfZone } from './policy-of-zone.ts';
import { type Repository, readRepository, zoneOf } from './repository.ts';
import { certificatesSeen } from './tlsa-now.ts';
import { readZoneState } from './zone-state.ts';

/** The journal of a zone as it stands, and the policy by which it goes on. */
export interface PlannedZone {
  readonly journal: Journal;
  readonly policy: RolloverPolicy;
}

export interface RepositoryPlan {
  readonly plan: Plan;
  /** The zones that were planned, as they stand now. */
  readonly zones: ReadonlyMap<Name, PlannedZone>;
  /** What was simulated of each. */
  readonly futures: ReadonlyMap<Name, ZonePlan>;
  readonly repository: Repository;
  /** Names that are neither a declared zone nor a host of one. */
  readonly unknown: readonly Name[];
}

/** `only`: zones and hosts, a host standing for its zone; empty: every signed zone. Times in Unix seconds. */
export function planRepository(
  files: ReadableFiles,
  places: Places,
  only: readonly Name[],
  { now, until }: { readonly now: number; readonly until: number },
  to: Report,
): RepositoryPlan {
  const found = newReport();
  const repository = readRepository(files, places.root, [places.state], found);
  for (const problem of found.problems.filter(isOfState)) to.add(problem);
  const { domains, hosts: declaredHosts } = repository.description;
  const wanted = new Set(
    only.flatMap((name): Name[] => (domains.has(name) ? [name] : (zoneOfHost(repository, name) ?? []))),
  );
  const zones = new Map<Name, PlannedZone>();
  for (const domain of domains.values()) {
    if (only.length > 0 && !wanted.has(domain.name)) continue;
    const policy = policyOfZone(files, places, repository.description, domain.name);
    if (policy === undefined) continue;
    const zone = plannedZone(files, places, repository, domain, policy, now, to);
    if (zone !== undefined) zones.set(domain.name, zone);
  }
  const futures = planZones(zones, now, until);
  const hosts = planHosts(questionsOf(repository, zones, now), until);
  return {
    plan: joinPlans(now, until, [...futures.values(), hosts]),
    zones,
    futures,
    repository,
    unknown: only.filter((name) => !domains.has(name) && !declaredHosts.has(name)),
  };
}

/** Each zone on its own: no zone waits for another's keys, and DS records of children wait for evidence like any other. */
export function planZones(
  zones: ReadonlyMap<Name, PlannedZone>,
  now: number,
  until: number,
): ReadonlyMap<Name, ZonePlan> {
  return new Map([...zones].map(([name, { journal, policy }]) => [name, planZone({ journal, policy }, now, until)]));
}

function zoneOfHost({ description }: Repository, name: Name): Name[] | undefined {
  const zone = description.hosts.has(name) ? zoneOf(name, description) : undefined;
  return zone === undefined ? undefined : [zone];
}

/** Undefined, with the reason in the report, where the state cannot be read. */
function plannedZone(
  files: ReadableFiles,
  places: Places,
  repository: Repository,
  domain: Domain,
  policy: RolloverPolicy,
  now: number,
  to: Report,
): PlannedZone | undefined {
  const own = newReport();
  const certificates = certificatesSeen(repository, domain, { now, overrides: new Set() });
  const how = { now, privateHalves: 'ignore', policy, certificates, doubtsJournal: true } as const;
  const { rolled, journal, errors, keys } = readZoneState(files, places, domain.name, how, own);
  for (const problem of own.problems) to.add(problem);
  if (errors.length > 0) return undefined;
  if (rolled === undefined && keys.keys.length > 0) return undefined;
  return { journal: rolled?.before ?? journal ?? newJournal(domain.name, now), policy };
}

/** What each service of each host in these zones is to have. */
function questionsOf(
  { description, hostsOf, associations, certificates }: Repository,
  zones: ReadonlyMap<Name, PlannedZone>,
  now: number,
): readonly TlsaQuestion[] {
  return [...zones].flatMap(([name, { journal, policy }]) => {
    const domain = description.domains.get(name);
    if (domain === undefined) return [];
    const zone = { domain, journal, policy, now };
    return (hostsOf.get(name) ?? []).flatMap((host) =>
      (associations.get(host.name) ?? []).flatMap((service) => tlsaQuestion(host, service, certificates, zone) ?? []),
    );
  });
}

/** What is wrong with the description is the affair of `check`; what cannot be read at all is said here too. */
function isOfState({ tier, rule }: Problem): boolean {
  return tier === 'error' && rule.startsWith('yaml/');
}
