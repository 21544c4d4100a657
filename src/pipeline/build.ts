/**
 * `build` on one screen: describe → certificates → keys → compose → sign → stage → verify → commit. The unit is a zone: what is
 * wrong with one never keeps another from being built or signed again.
 */
import { basename, join } from 'node:path';
import type { Name } from '../dns/name.ts';
import { printDs } from '../export/ds-forms.ts';
import {
  type Manifest,
  type ManifestZone,
  manifestTime,
  newManifest,
  parseManifest,
  printManifest,
} from '../export/manifest.ts';
import type { Host, ReadableFiles } from '../host/host.ts';
import { type Transaction, withTransaction } from '../host/transaction.ts';
import type { Journal } from '../journal/journal.ts';
import { zoneOfKeyFolder } from '../keys/key-file-name.ts';
import type { Executor } from '../parallel/executor.ts';
import { renewBy } from '../rollover/ageing.ts';
import { rolloverPolicyOf } from '../rollover/policy.ts';
import type { Routes } from '../rollover/routes.ts';
import { tick } from '../sign/windows.ts';
import { newReport, type Report, report } from '../text/problem.ts';
import { parseTime } from '../text/time.ts';
import { BuildRun } from './build-zone.ts';
import { nextRunOf } from './next-run.ts';
import { parentsFirst } from './parent-shows.ts';
import { dsOutput, lastZoneFile, manifestFile, type Places, sheetOutput, zoneFolder, zoneOutput } from './places.ts';
import { isSigned, noRepository, type Repository, readRepository } from './repository.ts';
import { routesOf } from './routes.ts';
import { rules } from './rules.ts';
import { settled } from './settled.ts';
import { remember } from './unchanged.ts';
import type { ServedContent, ZoneOutcome } from './zone-outcome.ts';

export interface BuildOptions {
  readonly places: Places;
  /** Only these zones; empty: all. */
  readonly only: readonly Name[];
  /** Unix seconds. */
  readonly now: number;
  /** Keys, journals and last outputs are written. */
  readonly writesState: boolean;
  /** Without a look at the description: every zone keeps its content and is signed again. */
  readonly resign: boolean;
  readonly engine: 'node' | 'noble';
  /** `rule=zone`: errors that the operator overrides by name. */
  readonly overrides: ReadonlySet<string>;
  readonly version: string;
  /** A later run with nothing new may be told so: a whole build, with nothing special about it. */
  readonly remembers: boolean;
  /** Told before each zone. */
  readonly progress: (done: number, total: number, zone: Name) => void;
}

export interface BuildResult {
  readonly outcomes: ReadonlyMap<Name, ZoneOutcome>;
  readonly manifest: Manifest;
  /** Paths that changed, absolute. */
  readonly changed: readonly string[];
  /** Another run was here meanwhile: nothing was changed. */
  readonly conflict?: string;
  /** Names given on the command line that are not declared. */
  readonly unknown: readonly Name[];
  readonly source: (file: string) => string | undefined;
  readonly repository: Repository;
  /** Of every zone, after the run. */
  readonly journals: ReadonlyMap<Name, Journal>;
}

export async function build(host: Host, options: BuildOptions, executor: Executor, to: Report): Promise<BuildResult> {
  const { places } = options;
  const began = host.now();
  return withTransaction(host, places.root, async (tx) => {
    const found = newReport();
    const repository = options.resign ? noRepository : readRepository(host.files, places.root, [places.state], found);
    try {
      return await buildZones(host, tx, repository, options, began, executor, found);
    } finally {
      // What a silence is worth is said by `check`, which looks at more.
      for (const problem of settled(found.problems, repository, options.now, 'quietly')) to.add(problem);
    }
  });
}

async function buildZones(
  host: Host,
  tx: Transaction,
  repository: Repository,
  options: BuildOptions,
  began: number,
  executor: Executor,
  to: Report,
): Promise<BuildResult> {
  const { places, only } = options;
  const before = readManifest(host.files, places);
  const zones = options.resign ? zonesWithState(host, places) : zonesOf(repository, before);
  const wanted = only.length === 0 ? zones : zones.filter((zone) => only.includes(zone));

  const run = new BuildRun(host, tx, executor, repository, { ...options, before }, to);
  const journals = new Map(parentsFirst(zones).map((zone): [Name, Journal | undefined] => [zone, run.readState(zone)]));
  const compiled = run.compile();
  const outcomes = new Map<Name, ZoneOutcome>();
  for (const zone of wanted) {
    options.progress(outcomes.size, wanted.length, zone);
    const outcome = await run.buildZone(zone, compiled.get(zone));
    if (outcome.state === 'stale') reportExpiry(zone, before, options.now, to);
    outcomes.set(zone, outcome);
    compiled.delete(zone);
  }

  for (const [zone, outcome] of outcomes) if ('content' in outcome) journals.set(zone, outcome.content.journal);
  const after = new Map([...journals].flatMap(([zone, journal]) => (journal === undefined ? [] : [[zone, journal]])));
  const routes = routesOf(repository, [...after.values()], options.now);
  const manifest = manifestOf(repository, before, outcomes, zones, routes, options);
  stageOutputs(tx, places, outcomes, manifest);
  // A description that could not be read whole does not say which zones are gone.
  if (!options.resign && repository.broken.length === 0) removeGone(tx, before, zones, places, to);
  const commit = await tx.commit();
  const isDone = commit.kind === 'committed' && [...outcomes.values()].every(({ state }) => state === 'built');
  if (isDone && options.remembers) rememberBuild(host, options, repository, manifest, zones, began);
  return {
    outcomes,
    manifest,
    changed: commit.kind === 'committed' ? commit.changed : [],
    conflict: commit.kind === 'conflict' ? commit.message : undefined,
    unknown: only.filter((zone) => !zones.includes(zone)),
    source: repository.source,
    repository,
    journals: after,
  };
}

/** What stays as it is goes bad on a date that somebody has to know. */
function reportExpiry(zone: Name, before: Manifest | undefined, now: number, to: Report): void {
  const firstExpiry = before?.zones[zone]?.firstExpiry;
  const expiry = firstExpiry === undefined ? undefined : parseTime(firstExpiry);
  if (expiry === undefined) return;
  report(to, rules['build/not-signed-again'], undefined, { zone, expiry, now }, { subject: zone });
}

function rememberBuild(
  host: Host,
  { places, version, now }: BuildOptions,
  repository: Repository,
  manifest: Manifest,
  zones: readonly Name[],
  began: number,
): void {
  const from = Math.floor(now / tick) * tick;
  const next = manifest['run-before'];
  remember(host.files, places, {
    tool: version,
    from,
    until: Math.min(from + tick, next === undefined ? Number.POSITIVE_INFINITY : Date.parse(next) / 1000),
    began,
    inputs: [...repository.inputs.keys()].map((file) => join(places.root, file)),
    folders: zones.map((zone) => zoneFolder(places, zone)),
    outputs: [manifestFile(places), ...zones.flatMap((zone) => [zoneOutput(places, zone), dsOutput(places, zone)])],
  });
}

export function readManifest(files: ReadableFiles, places: Places): Manifest | undefined {
  const path = manifestFile(places);
  return files.facts(path)?.kind === 'file' ? parseManifest(Buffer.from(files.read(path)).toString('utf8')) : undefined;
}

/** Declared zones, and those that the last build made from a file that cannot be read now; all of them where nothing is declared. */
export function zonesOf({ description, broken }: Repository, before: Manifest | undefined): Name[] {
  const zones = new Set<Name>([...description.domains.keys(), ...description.faulty.keys()]);
  if (zones.size === 0) return (Object.keys(before?.zones ?? {}) as Name[]).sort();
  for (const [zone, { inputs }] of Object.entries(before?.zones ?? {})) {
    if (inputs.some((file) => broken.includes(file))) zones.add(zone as Name);
  }
  return [...zones].sort();
}

function zonesWithState({ files }: Host, places: Places): Name[] {
  return files
    .list(places.state)
    .flatMap((folder) => zoneOfKeyFolder(folder) ?? [])
    .filter((zone) => files.facts(lastZoneFile(places, zone))?.kind === 'file');
}

function manifestOf(
  repository: Repository,
  before: Manifest | undefined,
  outcomes: ReadonlyMap<Name, ZoneOutcome>,
  zones: readonly Name[],
  routes: Routes,
  { places, version }: BuildOptions,
): Manifest {
  const entries = new Map<Name, ManifestZone>();
  const absent = new Map<Name, string>();
  for (const zone of zones) {
    const outcome = outcomes.get(zone);
    const old = before?.zones[zone];
    if (outcome === undefined || outcome.state === 'stale') {
      const reason = outcome === undefined ? old?.reason : reasonOf(outcome);
      if (old !== undefined) entries.set(zone, { ...old, reason, state: outcome === undefined ? old.state : 'kept' });
    } else if (outcome.state === 'absent') absent.set(zone, reasonOf(outcome));
    else {
      const inputs = outcome.state === 'built' ? repository.inputsOf(zone) : (old?.inputs ?? repository.inputsOf(zone));
      const reason = outcome.state === 'kept' && outcome.errors.length > 0 ? reasonOf(outcome) : undefined;
      const state = reason === undefined ? 'built' : 'kept';
      const runBefore = nextRunOfContent(repository, zone, outcome.content, routes);
      const entry = entryOf(outcome.content, zoneOutput(places, zone), runBefore);
      entries.set(zone, { ...entry, state, reason, inputs });
    }
  }
  return newManifest(version, entries, absent);
}

const reasonOf = ({ errors }: Exclude<ZoneOutcome, { state: 'built' }>) =>
  errors.length === 0 ? 'not signed again' : errors.map(({ rule, message }) => `${rule}: ${message}`).join('; ');

/** A zone without a policy is unsigned: nothing in it has a date. */
function nextRunOfContent(
  repository: Repository,
  zone: Name,
  { journal, settings, verdict }: ServedContent,
  routes: Routes,
): number | undefined {
  const domain = repository.description.domains.get(zone);
  const policy = domain !== undefined && isSigned(domain) ? rolloverPolicyOf(domain) : settings?.rollover;
  if (journal === undefined) {
    const { firstExpiry } = verdict;
    return policy === undefined || firstExpiry === undefined ? undefined : renewBy(firstExpiry, routes.now, policy);
  }
  return policy && nextRunOf(repository, { journal, policy }, routes)?.at;
}

function entryOf(
  content: ServedContent,
  path: string,
  runBefore: number | undefined,
): Omit<ManifestZone, 'state' | 'inputs'> {
  const { sha256, serial, verdict, ds, settings } = content;
  const { firstExpiry, counts } = verdict;
  return {
    file: basename(path),
    sha256,
    serial,
    signed: settings !== undefined,
    records: counts.records,
    firstExpiry: firstExpiry === undefined ? undefined : manifestTime(firstExpiry),
    runBefore: runBefore === undefined ? undefined : manifestTime(runBefore),
    ds: printDs(ds, 'zone').split('\n').slice(0, -1),
  };
}

/** DS forms and manifest; the zone files themselves are staged already. */
function stageOutputs(
  tx: Transaction,
  places: Places,
  outcomes: ReadonlyMap<Name, ZoneOutcome>,
  manifest: Manifest,
): void {
  for (const [zone, outcome] of outcomes) {
    if (outcome.state !== 'built' && outcome.state !== 'kept') continue;
    const { ds } = outcome.content;
    if (ds.length === 0) {
      tx.remove(dsOutput(places, zone));
      tx.remove(sheetOutput(places, zone));
    } else {
      tx.stageWhole(dsOutput(places, zone), Buffer.from(printDs(ds, 'zone')));
      tx.stageWhole(sheetOutput(places, zone), Buffer.from(printDs(ds, 'sheet')));
    }
  }
  tx.stageWhole(manifestFile(places), Buffer.from(printManifest(manifest)));
}

function removeGone(
  tx: Transaction,
  before: Manifest | undefined,
  zones: readonly Name[],
  places: Places,
  to: Report,
): void {
  for (const zone of Object.keys(before?.zones ?? {}) as Name[]) {
    if (zones.includes(zone)) continue;
    report(to, rules['build/gone'], undefined, { zone }, { subject: zone });
    for (const path of [zoneOutput, dsOutput, sheetOutput]) tx.remove(path(places, zone));
  }
}
