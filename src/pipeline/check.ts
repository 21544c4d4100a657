/** `check`: everything that a build would say about the description, without a private key, a signature or a write. */
import { join, relative, sep } from 'node:path';
import type { Association } from '../dane/association.ts';
import { reportHostDates } from '../dane/host-dates.ts';
import { reportInsideWait } from '../dane/inside-wait.ts';
import type { EarlierVersions } from '../dane/mistakes.ts';
import type { Domain } from '../describe/description.ts';
import { ancestors, type Name } from '../dns/name.ts';
import { dsRows } from '../export/ds-forms.ts';
import { type IndexEntry, indexBelow } from '../host/git-index.ts';
import type { ReadableFiles } from '../host/host.ts';
import { parseKeyFileName } from '../keys/key-file-name.ts';
import { rules as keyRules } from '../keys/rules.ts';
import { newReport, type Problem, type Report, report } from '../text/problem.ts';
import { hasPrivateKeyMark } from '../x509/private-key-mark.ts';
import { rules as certificateRules } from '../x509/rules.ts';
import { reportCertificateRolls, reportKept, reportKeyRolls } from './certificate-rolls.ts';
import { type Child, type ChildDs, type Compiled, compileAll, keysOfZone } from './compile.ts';
import { digestsOf } from './digests-of.ts';
import { reportKeyPolicy } from './key-policy.ts';
import { maxCertificateSize } from './limits.ts';
import type { Named } from './named.ts';
import { deployableFrom } from './next-wait.ts';
import { type Places, zoneFolder } from './places.ts';
import { isSigned, type Repository, readRepository, zoneOf } from './repository.ts';
import { routesOf } from './routes.ts';
import { settingsOf } from './settings.ts';
import { settled } from './settled.ts';
import { reportBackups, reportUncommitted } from './state-care.ts';
import { tlsaOfRun } from './tlsa-now.ts';
import { readZoneState, type ZoneState } from './zone-state.ts';

export interface CheckResult {
  readonly repository: Repository;
  readonly zones: number;
}

export interface CheckOptions {
  /** Folders, by path from the root, whose tracked private keys are public knowledge: keys for tests. */
  readonly testKeys?: readonly string[];
  /** What the run is about; of other zones, keys and journals are read only where a zone above them needs their DS. */
  readonly named?: Named;
  /** Asked by path from the root, and only to explain records that match nothing. */
  readonly earlier?: EarlierVersions;
}

/** Problems of the whole repository go to `to`: without what is silenced or explained by others, and each place once. */
export function check(
  files: ReadableFiles,
  places: Places,
  now: number,
  to: Report,
  { testKeys = [], earlier, named }: CheckOptions = {},
): CheckResult {
  const all = newReport();
  const repository = readRepository(files, places.root, [places.state], all, earlier);
  const { domains } = repository.description;
  const states = new Map<Name, ZoneState>();
  const look = (domain: Domain, state: ZoneState) => {
    states.set(domain.name, state);
    reportKeyPolicy(domain, state, all);
    for (const problem of [...state.errors, ...state.keyErrors]) all.add(problem);
  };
  const isRead = (zone: Name) => named === undefined || concernsState(named, zone, places, repository);
  const childDs = publishedDs(files, places, repository, now, look, isRead);
  const compiled = compileAll(repository, childDs, all);
  reportDates(repository, states, compiled, now, all);
  const tracked = indexBelow(files, places.root);
  for (const problem of keysInGit(files, places.root, tracked ?? [], repository, testKeys)) all.add(problem);
  const signed = [...states].map(([zone, state]) => ({ domain: domains.get(zone)!, state }));
  reportBackups(files, places, signed, tracked ?? [], all);
  reportUncommitted(files, places, signed, tracked, all);
  for (const problem of settled(all.problems, repository, now)) to.add(problem);
  return { repository, zones: domains.size };
}

function reportDates(
  repository: Repository,
  states: ReadonlyMap<Name, ZoneState>,
  compiled: ReadonlyMap<Name, Compiled>,
  now: number,
  to: Report,
): void {
  const { description, certificates } = repository;
  for (const host of description.hosts.values()) {
    const zone = zoneOf(host.name, description);
    const domain = zone === undefined ? undefined : description.domains.get(zone);
    const runInterval = domain?.policy.timing.runInterval ?? 0;
    const services = repository.associations.get(host.name) ?? [];
    const own = newReport();
    reportHostDates(host, services, certificates, { now, nextRun: now + runInterval }, own);
    if (domain !== undefined && states.has(domain.name)) {
      const waiting = {
        domain,
        journal: states.get(domain.name)?.journal,
        zone: compiled.get(domain.name)?.candidate,
      };
      const ttl = host.ttl ?? domain.policy.ttls.tlsa;
      const deployable = (owner: Name, records: readonly Association[]) =>
        deployableFrom(waiting, owner, records, ttl, now);
      reportInsideWait(host, services, certificates, { now, deployable }, own);
      reportCertificateRolls({ host, domain, journal: waiting.journal }, repository, now, own);
    }
    for (const problem of own.problems) to.add({ ...problem, zones: zone === undefined ? [] : [zone] });
  }
  const journals = [...states.values()].flatMap(({ journal }) => journal ?? []);
  const described = new Map([...compiled].flatMap(([name, { zone }]) => (zone === undefined ? [] : [[name, zone]])));
  const routes = routesOf(repository, journals, now, described);
  for (const domain of description.domains.values()) {
    const state = states.get(domain.name);
    reportKeyRolls(domain, state?.journal, to);
    if (state !== undefined) {
      reportKept(domain, tlsaOfRun(repository, domain, state, routes, { now, overrides: new Set() }), to);
    }
  }
}

/** Whether keys and journal of a zone bear on what was named: on the zones made from it, or on a zone above that holds their DS. */
function concernsState(named: Named, zone: Name, places: Places, { description, inputsOf }: Repository): boolean {
  if (named.within(relative(places.root, zoneFolder(places, zone)).split(sep).join('/'))) return true;
  const [, ...above] = ancestors(zone);
  const { domains, faulty } = description;
  return above.some((name) => domains.has(name) || faulty.has(name)) || inputsOf(zone).some(named.has);
}

/** The DS of the signed zones as their public keys say; keys that are not there yet, or are not read, give none. */
export function publishedDs(
  files: ReadableFiles,
  places: Places,
  repository: Repository,
  now: number,
  look: (domain: Domain, state: ZoneState) => void = () => {},
  isRead: (zone: Name) => boolean = () => true,
): ChildDs {
  const all = new Map<Name, Child>();
  for (const domain of repository.description.domains.values()) {
    if (!isSigned(domain) || !isRead(domain.name)) continue;
    const settings = settingsOf(domain);
    const { dsTtl, rollover } = settings;
    const how = { now, privateHalves: 'ignore', policy: rollover } as const;
    const read = (doubtsJournal: boolean) =>
      readZoneState(files, places, domain.name, { ...how, doubtsJournal }, newReport());
    const asIs = read(false);
    // Keys that the journal does not know may be newer than it. Only then the last output is read, which may be large.
    const state = asIs.keyErrors.length > 0 ? read(true) : asIs;
    look(domain, state);
    const { duties } = state;
    const rdata = dsRows(domain.name, duties.inParent, digestsOf(duties, settings), dsTtl).map((row) => row.rdata);
    all.set(domain.name, { ttl: dsTtl, rdata, keys: keysOfZone(state) });
  }
  for (const zone of repository.description.faulty.keys()) all.set(zone, { ttl: 0, rdata: [] });
  return all;
}

/**
 * Tracked files that bear the marks of an unencrypted private key. Nothing of them is quoted, and the private half of a DNSSEC key is
 * known by its name alone: no such file is opened here.
 */
function keysInGit(
  files: ReadableFiles,
  root: string,
  tracked: readonly IndexEntry[],
  { inputs, read }: Repository,
  testKeys: readonly string[],
): Problem[] {
  const found = newReport();
  for (const { path } of tracked) {
    if (testKeys.some((folder) => path.startsWith(`${folder}/`))) continue;
    const position = { file: path, line: 1, column: 1 };
    if (parseKeyFileName(path.slice(path.lastIndexOf('/') + 1))?.kind === 'private') {
      report(found, keyRules['key/unencrypted-in-git'], position, { file: path });
      continue;
    }
    const facts = files.facts(join(root, path));
    if (facts?.kind !== 'file' || facts.size > maxCertificateSize) continue;
    if (!/\.(?:pem|key|private|p8|pkcs8|der|txt|ya?ml|conf|env|cnf)$|(?:^|\/)[^.]*$/i.test(path)) continue;
    // What was read already is not read again.
    const known = inputs.has(path) ? read(path) : undefined;
    const octets = known !== undefined && 'octets' in known ? known.octets : files.read(join(root, path));
    if (!hasPrivateKeyMark(octets)) continue;
    report(found, certificateRules['cert/private-key-in-repo'], position, { what: path });
  }
  return [...found.problems];
}
