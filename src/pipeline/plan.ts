/** The plan of a repository: the future of each of its signed zones and of the hosts in them, joined. Nothing is written. */
import type { Domain } from '../describe/description.ts';
import type { Name } from '../dns/name.ts';
import type { Manifest } from '../export/manifest.ts';
import type { ReadableFiles } from '../host/host.ts';
import { type Journal, newJournal } from '../journal/journal.ts';
import { joinPlans } from '../rollover/join-plans.ts';
import { earliestRun } from '../rollover/next-run.ts';
import type { Plan } from '../rollover/plan.ts';
import { planOutlasting } from '../rollover/plan-outlasting.ts';
import { planZone, type ZonePlan } from '../rollover/plan-zone.ts';
import type { RolloverPolicy } from '../rollover/policy.ts';
import type { Routes } from '../rollover/routes.ts';
import type { TlsaQuestion } from '../rollover/tlsa.ts';
import { newReport, type Problem, type Report, withoutSuperseded } from '../text/problem.ts';
import { readManifest, zonesOf } from './build.ts';
import { tlsaQuestions, zoneOfRecords } from './host-tlsa.ts';
import { doubtedHistory, keysLost, type LeftOut, sentences, undescribed, unknownDs } from './left-out.ts';
import { nextRunOf } from './next-run.ts';
import { parentHere, parentsFirst, withParentsDs, zoneAbove } from './parent-shows.ts';
import type { Places } from './places.ts';
import { policyOfZone } from './policy-of-zone.ts';
import { type Repository, readRepository, zoneOf } from './repository.ts';
import { routesOf } from './routes.ts';
import { certificatesSeen, outlastingIn } from './tlsa-now.ts';
import { type ReadStateOptions, readZoneState } from './zone-state.ts';

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
  /** Asked for, and not among the zones, or not as a whole. */
  readonly left: readonly LeftOut[];
  /** Names that are neither a declared zone nor a host. */
  readonly unknown: readonly Name[];
}

/**
 * Each zone on its own: none waits for another's keys, and DS records of children wait for evidence like any other; of a parent in the
 * same repository it is its publication.
 * `only`: zones and hosts, a host standing for its zone; empty: every signed zone. Times in Unix seconds.
 */
export function planRepository(
  files: ReadableFiles,
  places: Places,
  only: readonly Name[],
  { now, until }: { readonly now: number; readonly until: number },
  to: Report,
): RepositoryPlan {
  const found = newReport();
  const repository = readRepository(files, places.root, [places.state], found);
  const { domains } = repository.description;
  const before = readManifest(files, places);
  const { wanted, left, unknown } = askedZones(repository, zonesOf(repository, before), only);
  const zones = new Map<Name, PlannedZone>();
  const add = (problem: Problem) => {
    if (!to.problems.includes(problem)) to.add(problem);
  };
  for (const name of parentsFirst(wanted)) {
    const domain = domains.get(name);
    const own = newReport();
    if (domain === undefined) {
      for (const problem of undescribed(name, repository)) own.add(problem);
    } else {
      const policy = policyOfZone(files, places, repository.description, name);
      if (policy === undefined) {
        if (only.length > 0) left.push({ name, what: 'zone', why: ['it is not signed'] });
        continue;
      }
      const zone = plannedZone(files, places, repository, domain, policy, now, before, zones, own);
      if (zone !== undefined) zones.set(name, zone);
    }
    own.problems.forEach(add);
    const zone = zones.get(name);
    if (zone !== undefined) left.push(...doubtedHistory(name, own.problems), ...unknownDs(zone.journal));
    else {
      const errors = withoutSuperseded(own.problems).filter(({ tier }) => tier === 'error');
      left.push({ name, what: 'zone', why: sentences(errors) });
    }
  }
  if (only.length === 0 || left.length > 0) found.problems.filter(isOfState).forEach(add);
  // Any zone may lead to a host of these.
  const journals = [...domains.keys()].flatMap(
    (name) =>
      zones.get(name)?.journal ??
      readZoneState(files, places, name, { now, privateHalves: 'ignore' }, newReport()).journal ??
      [],
  );
  return { ...planOf(repository, zones, journals, { now, until }), zones, repository, left, unknown };
}

/** The plan of zones as they stand; `journals`: of every zone of the repository. */
export function planOf(
  repository: Repository,
  zones: ReadonlyMap<Name, PlannedZone>,
  journals: readonly Journal[],
  { now, until }: { readonly now: number; readonly until: number },
): Pick<RepositoryPlan, 'plan' | 'futures'> {
  const routes = routesOf(repository, journals, now);
  const futures = new Map(
    [...zones].map(([name, zone]): [Name, ZonePlan] => {
      const owners = questionsOf(repository, name, zone, routes);
      const parent = parentHere(name, repository.description);
      return [name, planZone({ ...zone, owners, parent }, now, until)];
    }),
  );
  const runs = [...zones].map(([name, zone]) =>
    futures.get(name)?.isDue ? { at: now, why: 'a step of a rollover is due' } : nextRunOf(repository, zone, routes),
  );
  const kept = [...zones].flatMap(([name, { journal }]) => {
    const domain = repository.description.domains.get(name);
    return domain === undefined ? [] : outlastingIn(repository, domain, journal, routes);
  });
  const plans = [...futures.values(), planOutlasting(kept, until)];
  return { plan: joinPlans(now, until, plans, earliestRun(runs)), futures };
}

/** The zones that names stand for, a host for its zone; and names that stand for none. `names`: every zone. */
function askedZones(repository: Repository, names: readonly Name[], only: readonly Name[]) {
  if (only.length === 0) return { wanted: names, left: [] as LeftOut[], unknown: [] };
  const { description, broken } = repository;
  const wanted = new Set<Name>();
  const left: LeftOut[] = [];
  const unknown: Name[] = [];
  for (const name of only) {
    const host = description.hosts.get(name);
    const zone = host && zoneOf(name, description);
    // Behind an alias its TLSA records stand elsewhere.
    const records = host && zoneOfRecords(repository, host);
    if (records !== undefined) wanted.add(records);
    if (names.includes(name)) wanted.add(name);
    else if (zone !== undefined) wanted.add(zone);
    else if (host !== undefined) left.push({ name, what: 'zone', why: ['no zone of this repository holds it'] });
    else if (broken.length === 0) unknown.push(name);
    else
      left.push({ name, what: 'zone', why: [`it is not declared in what can be read: ${broken.join(', ')} cannot`] });
  }
  return { wanted: names.filter((name) => wanted.has(name)), left, unknown };
}

/** `known`: the zones that were read already, their journals as they are believed. */
export function parentShowsNow(
  files: ReadableFiles,
  places: Places,
  { description }: Repository,
  zone: Name,
  now: number,
  known: ReadonlyMap<Name, PlannedZone>,
): ReadStateOptions['parentShows'] {
  const above = zoneAbove(zone, description);
  const policy = above && policyOfZone(files, places, description, above);
  if (above === undefined || policy === undefined) return undefined;
  const how = { now, privateHalves: 'ignore', policy, doubtsJournal: true } as const;
  const journal = known.get(above)?.journal ?? readZoneState(files, places, above, how, newReport()).journal;
  return journal && ((child) => withParentsDs(child, journal, policy.publication, now));
}

/** Undefined, with the reason in the report, where the state cannot be read. */
function plannedZone(
  files: ReadableFiles,
  places: Places,
  repository: Repository,
  domain: Domain,
  policy: RolloverPolicy,
  now: number,
  before: Manifest | undefined,
  known: ReadonlyMap<Name, PlannedZone>,
  to: Report,
): PlannedZone | undefined {
  const certificates = certificatesSeen(repository, domain, { now, overrides: new Set() });
  const parentShows = parentShowsNow(files, places, repository, domain.name, now, known);
  const how = { now, privateHalves: 'ignore', policy, certificates, parentShows, doubtsJournal: true } as const;
  const state = readZoneState(files, places, domain.name, how, to);
  const { rolled, journal, errors } = state;
  if (errors.length > 0) return undefined;
  const lost = keysLost(state, before, places);
  for (const problem of lost) to.add(problem);
  if (lost.length > 0) return undefined;
  return { journal: rolled?.before ?? journal ?? newJournal(domain.name, now), policy };
}

/** What each service of each host in the zone is to have. */
function questionsOf(
  repository: Repository,
  name: Name,
  { journal, policy }: PlannedZone,
  routes: Routes,
): readonly TlsaQuestion[] {
  const domain = repository.description.domains.get(name);
  // With an error in a host or a certificate, build keeps the records as they are.
  if (domain === undefined || repository.errorsOf.has(name)) return [];
  return tlsaQuestions(repository, { domain, journal, policy, now: routes.now, routes }).map((question) => {
    const { leaving } = question;
    // Everybody acts at once: what is not published yet is published now.
    return leaving === undefined ? question : { ...question, leaving: { ...leaving, earliest: leaving.atBest } };
  });
}

/** What is wrong with the description is the affair of `check`; what cannot be read at all is said here too. */
function isOfState({ tier, rule }: Problem): boolean {
  return tier === 'error' && rule.startsWith('yaml/');
}
