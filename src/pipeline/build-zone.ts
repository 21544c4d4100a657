/** What happens to one zone in a build, and what it leaves in the state. */
import { relative } from 'node:path';
import type { Domain } from '../describe/description.ts';
import type { Name } from '../dns/name.ts';
import type { Zone } from '../dns/zone.ts';
import type { Manifest } from '../export/manifest.ts';
import { FileError, type Host } from '../host/host.ts';
import type { Transaction } from '../host/transaction.ts';
import { type BuiltZone, builtZone } from '../journal/built-zone.ts';
import { clockWentBack } from '../journal/clock.ts';
import type { Journal } from '../journal/journal.ts';
import { rules as keyRules } from '../keys/rules.ts';
import type { Executor } from '../parallel/executor.ts';
import { canMeetLifetimes } from '../rollover/lifetimes.ts';
import { rolloverPolicyOf } from '../rollover/policy.ts';
import type { Routes } from '../rollover/routes.ts';
import { hex } from '../text/octets.ts';
import { newReport, type Problem, type Report, report } from '../text/problem.ts';
import { isJournalUnread, keepAsServed } from './as-served.ts';
import type { BuildOptions } from './build.ts';
import { reportKept } from './certificate-rolls.ts';
import { type Compiled, compileAll, type LastContents } from './compile.ts';
import { dsOfChildren } from './ds-of-children.ts';
import { lacks, makingError, reportLacks } from './key-policy.ts';
import { hasLeft, isLeaving, reportTlsaLeft } from './leaving.ts';
import { undescribed } from './left-out.ts';
import { withOverridden } from './overrides.ts';
import { childrenOf, withParentsDs, zoneAbove } from './parent-shows.ts';
import { settingsFile, zoneOutput } from './places.ts';
import { refusals } from './refusals.ts';
import { isSigned, type Repository } from './repository.ts';
import type { MakeKey } from './rolled.ts';
import { hostsFollowed, routesOf } from './routes.ts';
import { rules } from './rules.ts';
import { settingsOf } from './settings.ts';
import type { Settings } from './settings-file.ts';
import { type ProvenZone, type SigningRun, stageUnsigned } from './sign-zone.ts';
import { journalAfter, type SafeStaging, type StagedZone, stageLeft, stageSafely } from './stage-safely.ts';
import { stageState } from './stage-state.ts';
import { certificatesSeen, keysInUse, type TlsaNow, tlsaOfRun } from './tlsa-now.ts';
import { ensureKeys, makeKey } from './zone-keys.ts';
import { contentOf, reportFailed, type ServedContent, type ZoneOutcome } from './zone-outcome.ts';
import { type ReadStateOptions, readZoneState, type ZoneState } from './zone-state.ts';

export interface RunOptions extends BuildOptions {
  /** The manifest of the last build. */
  readonly before: Manifest | undefined;
}

export class BuildRun {
  readonly #host: Host;
  readonly #run: SigningRun;
  readonly #repository: Repository;
  readonly #options: RunOptions;
  readonly #report: Report;
  readonly #states = new Map<Name, ZoneState>();

  constructor(
    host: Host,
    tx: Transaction,
    executor: Executor,
    repository: Repository,
    options: RunOptions,
    to: Report,
  ) {
    this.#host = host;
    this.#run = { tx, executor, now: options.now, engine: options.engine };
    this.#repository = repository;
    this.#options = options;
    this.#report = to;
  }

  /** Reads the state of a zone; a new one gets its keys first. The journal as it was. */
  readState(zone: Name): Journal | undefined {
    const { places, now, writesState } = this.#options;
    const domain = this.#repository.description.domains.get(zone);
    const acceptsKeys = this.#options.overrides.has(`${unauthorisedRule}=${zone}`);
    const signed = domain !== undefined && isSigned(domain);
    // With a policy that no roll can meet, keys go on by the one before; such a zone is not built, and its first keys are not made.
    const isSound = signed && canMeetLifetimes(domain);
    const how: ReadStateOptions = {
      now,
      privateHalves: 'read',
      acceptsKeys,
      doubtsJournal: true,
      policy: isSound ? rolloverPolicyOf(domain) : undefined,
      certificates: signed ? certificatesSeen(this.#repository, domain, this.#options) : undefined,
      parentShows: this.#parentShows(zone),
      // Successors follow keys that are there: a state that was lost has none.
      make: signed && writesState ? this.#keyMaker(domain) : undefined,
    };
    const read = (to: Report) => readZoneState(this.#host.files, places, zone, how, to);
    if (writesState && isSound && this.#mayMakeKeys(domain)) this.#ensureKeys(domain);
    const state = this.#withClock(read(this.#report));
    this.#states.set(zone, state);
    return state.journal;
  }

  #parentShows(zone: Name): ReadStateOptions['parentShows'] {
    const { description } = this.#repository;
    const above = zoneAbove(zone, description);
    const parent = above && this.#states.get(above);
    const domain = above && description.domains.get(above);
    const policy = domain === undefined ? parent?.settings?.rollover : rolloverPolicyOf(domain);
    const shown = parent?.journal;
    if (shown === undefined || policy === undefined) return undefined;
    return (journal) => withParentsDs(journal, shown, policy.publication, this.#options.now);
  }

  /** Previews may be of any time. */
  #withClock(state: ZoneState): ZoneState {
    if (state.journal === undefined) return state;
    const own = newReport();
    clockWentBack(state.journal, this.#options.now, own);
    for (const problem of own.problems) this.#report.add(problem);
    if (!own.hasErrors || !this.#options.writesState) return state;
    return { ...state, errors: [...state.errors, ...own.problems] };
  }

  /** The TLSA records of a zone in this run. */
  #tlsaOf(domain: Domain, routes: Routes): TlsaNow {
    const state = this.#states.get(domain.name);
    if (state === undefined) return { decisions: new Map(), outlasting: [] };
    const { nextEvent: _, ...tlsa } = tlsaOfRun(this.#repository, domain, state, routes, this.#options);
    reportKept(domain, tlsa, this.#report);
    return tlsa;
  }

  #mayMakeKeys(domain: Domain): boolean {
    return !this.#isLost(domain.name) && makingError(domain) === undefined;
  }

  /** Built signed before, and nobody said that it may start anew: without its state, that was lost. */
  #isLost(zone: Name): boolean {
    return (
      this.#options.before?.zones[zone]?.signed === true && !this.#options.overrides.has(`build/state-lost=${zone}`)
    );
  }

  /** A folder that the disk does not let us write is this zone's error, and no other's. */
  #ensureKeys(domain: Domain): void {
    const { places, now } = this.#options;
    try {
      ensureKeys(this.#host.files, this.#run.tx, places, domain, now);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      const facts = { zone: domain.name, what: error.message };
      report(this.#report, rules['build/state-damaged'], undefined, facts, { subject: domain.name });
    }
  }

  #keyMaker({ name: zone, policy }: Domain): MakeKey {
    const { places, now } = this.#options;
    const { size } = policy.keys;
    const ttl = policy.ttls.dnskey;
    return (wanted, taken) => makeKey(this.#run.tx, places, zone, wanted, { taken, size, ttl, now });
  }

  /** Every declared zone, judged by what it and its neighbours will serve. */
  compile(): Map<Name, Compiled> {
    const states = this.#states;
    const { description } = this.#repository;
    const { before } = this.#options;
    const childDs = dsOfChildren(states, (zone, state) => this.#settings(zone, state), description.faulty, before);
    const contents: LastContents = {
      isKept: (zone) => {
        const state = states.get(zone);
        return (
          state !== undefined &&
          (state.errors.length + state.keyErrors.length > 0 ||
            (state.settings !== undefined && !hasLeft(state) && lacks(state).length > 0))
        );
      },
      last: (zone) => states.get(zone)?.last()?.zone,
    };
    return compileAll(this.#repository, childDs, this.#report, contents, (described) => {
      const journals = [...states.values()].flatMap(({ journal }) => journal ?? []);
      const routes = routesOf(this.#repository, journals, this.#options.now, described);
      return (domain) => this.#tlsaOf(domain, routes);
    });
  }

  /** `compiled` undefined: the description does not say what the zone holds. */
  async buildZone(zone: Name, compiled: Compiled | undefined): Promise<ZoneOutcome> {
    const state = this.#states.get(zone)!;
    this.#states.delete(zone);
    const domain = this.#repository.description.domains.get(zone);
    if (domain === undefined || compiled === undefined) return this.#keep(zone, state, this.#whyUndescribed(zone));
    const errors = [...compiled.errors, ...this.#refused(domain, state)];
    if (errors.length > 0 || compiled.zone === undefined) return this.#keep(zone, state, errors);
    const isGone = hasLeft(state);
    const settings = isSigned(domain) && !isGone ? settingsOf(domain) : undefined;
    const signedBefore = isGone ? (state.settings ?? (isSigned(domain) ? settingsOf(domain) : undefined)) : undefined;
    const target = zoneOutput(this.#options.places, zone);
    const staged: StagedZone | { readonly problems: readonly Problem[] } =
      settings !== undefined
        ? await this.#stageSafely(this.#runOf(zone, 'new'), compiled.zone, state, settings, target)
        : signedBefore === undefined
          ? await stageUnsigned(this.#runOf(zone, 'new'), compiled.zone, state, domain.policy.serial, target)
          : await stageLeft(
              this.#runOf(zone, 'new'),
              compiled.zone,
              state,
              { ...signedBefore, serial: domain.policy.serial },
              target,
              this.#safety(state, signedBefore),
            );
    if ('problems' in staged) return this.#keep(zone, state, reportFailed(zone, staged.problems, this.#report), true);
    if ('held' in staged && staged.held !== undefined) {
      return {
        state: 'kept',
        content: this.#writeState(zone, state, staged, settings ?? signedBefore),
        errors: staged.held,
        failed: false,
      };
    }
    const content = this.#writeState(zone, state, staged, settings);
    if (isLeaving(state)) reportTlsaLeft(domain, content, this.#report);
    return { state: 'built', content };
  }

  /** A run that writes no state makes previews: they are nobody's successors. Content that is kept is signed again whatever its serial. */
  #runOf(zone: Name, content: 'new' | 'kept'): SigningRun {
    const last = this.#options.writesState ? this.#options.before?.zones[zone] : undefined;
    if (last === undefined) return this.#run;
    return { ...this.#run, served: { ...last, mustBeFollowed: content === 'new' } };
  }

  #refused(domain: Domain, state: ZoneState): readonly Problem[] {
    return refusals(domain, state, { ...this.#options, isLost: this.#isLost(domain.name) }, this.#report);
  }

  async #keep(zone: Name, state: ZoneState, errors: readonly Problem[], failed = false): Promise<ZoneOutcome> {
    const last = state.last();
    if (last === undefined && (state.errors.length > 0 || this.#isLost(zone)) && this.#hasOutput(zone))
      return { state: 'stale', errors, failed };
    if (last === undefined) {
      report(this.#report, rules['build/absent'], undefined, { zone }, { subject: zone });
      return { state: 'absent', errors, failed };
    }
    if (isJournalUnread(state)) {
      const all = [...new Set([...errors, ...state.errors])];
      return keepAsServed(this.#runOf(zone, 'kept'), state, all, this.#options, this.#report);
    }
    if (state.errors.length > 0 || (state.settings !== undefined && reportLacks(state, errors, this.#report))) {
      return { state: 'stale', errors, failed };
    }
    if (state.settings === undefined && state.wasSigned()) {
      return { state: 'stale', errors: [...errors, ...this.#withoutSettings(zone)], failed };
    }
    const target = zoneOutput(this.#options.places, zone);
    const staged =
      state.settings === undefined
        ? await stageUnsigned(
            this.#runOf(zone, 'kept'),
            last.zone,
            state,
            state.journal?.serial?.policy ?? 'counter',
            target,
          )
        : await this.#stageSafely(this.#runOf(zone, 'kept'), last.zone, state, state.settings, target);
    if ('problems' in staged) {
      return {
        state: 'stale',
        errors: [...errors, ...reportFailed(zone, staged.problems, this.#report)],
        failed: true,
      };
    }
    const facts = { zone, errors: errors.length };
    if (errors.length > 0) report(this.#report, rules['build/kept'], undefined, facts, { subject: zone });
    return { state: 'kept', content: this.#writeState(zone, state, staged, state.settings), errors, failed };
  }

  /** A signed zone is never kept unsigned because the file that says how it was signed is lost. */
  #withoutSettings(zone: Name): readonly Problem[] {
    const own = newReport();
    const { places } = this.#options;
    const file = relative(places.root, settingsFile(places, zone));
    const what = `${file}, which says how the zone was signed, is missing or cannot be read`;
    report(own, rules['build/state-damaged'], undefined, { zone, what }, { subject: zone });
    for (const problem of own.problems) this.#report.add(problem);
    return own.problems;
  }

  #stageSafely(run: SigningRun, content: Zone, state: ZoneState, settings: Settings, target: string) {
    return stageSafely(run, content, state, settings, target, this.#safety(state, settings));
  }

  #safety(state: ZoneState, settings: Settings): SafeStaging {
    const { zone } = state;
    return {
      builtOf: (staged) => this.#builtOf(state, staged, settings),
      isOverridden: this.#options.overrides.has(`${rules['rollover/unsafe-transition'].id}=${zone}`),
      to: this.#report,
    };
  }

  #builtOf({ zone, journal }: ZoneState, staged: ProvenZone, settings: Settings | undefined): BuiltZone {
    const declared = this.#repository.description.domains.get(zone)?.policy.serial;
    const facts = {
      serialPolicy: settings?.serial ?? declared ?? 'counter',
      contentDigest: staged.contentDigest,
      parentDs: staged.ds.map(({ rdata }) => hex(rdata)),
    };
    const hosts = hostsFollowed(this.#repository, journal);
    const children = childrenOf(zone, this.#repository.description);
    return builtZone(staged.proven.zone, { ...facts, hosts, children }, this.#options.now);
  }

  /** Stages journal, keys' states, last output and settings; they are committed together with the output. */
  #writeState(zone: Name, state: ZoneState, staged: StagedZone, settings: Settings | undefined): ServedContent {
    const { places, writesState, overrides, now } = this.#options;
    const built = staged.built ?? this.#builtOf(state, staged, settings);
    const domain = this.#repository.description.domains.get(zone);
    const journal = withOverridden(journalAfter(state, built, staged.led, now), domain, state, staged, this.#options);
    if (writesState) {
      const acceptsKeys = overrides.has(`${unauthorisedRule}=${zone}`);
      const { tx } = this.#run;
      const isInUse = keysInUse(this.#repository, zone);
      const writer = { files: this.#host.files, tx, places, now, acceptsKeys, isInUse };
      stageState(writer, state, journal, staged.octets, settings);
    }
    return { ...contentOf(staged), journal, settings };
  }

  /** None for `resign`, which does not look at the description. */
  #whyUndescribed(zone: Name): readonly Problem[] {
    const { description, broken } = this.#repository;
    const isFaulty = (description.faulty.get(zone) ?? []).length > 0;
    if (this.#options.resign && !isFaulty) return [];
    const problems = undescribed(zone, { description, broken });
    // What is wrong with a zone's own description was reported where it was read.
    if (!isFaulty) for (const problem of problems) this.#report.add(problem);
    return problems;
  }

  #hasOutput(zone: Name): boolean {
    return this.#host.files.facts(zoneOutput(this.#options.places, zone))?.kind === 'file';
  }

  #settings(zone: Name, state: ZoneState): Settings | undefined {
    const domain = this.#repository.description.domains.get(zone);
    if (domain === undefined) return state.settings;
    // Unsigned too early, it is kept as it was signed.
    return isSigned(domain) ? settingsOf(domain) : state.settings;
  }
}

const unauthorisedRule = keyRules['key/unauthorised'].id;
