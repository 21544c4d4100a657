/** The state of one zone as it is read: keys, journal, last output, how it was signed. */
import { join, relative } from 'node:path';
import { readMaster } from '../dns/master-reader.ts';
import type { Name } from '../dns/name.ts';
import { Type } from '../dns/type.ts';
import type { Zone } from '../dns/zone.ts';
import { FileError, type ReadableFiles } from '../host/host.ts';
import { regularFiles } from '../host/regular.ts';
import { type Journal, keyId, newJournal } from '../journal/journal.ts';
import { parseJournal } from '../journal/parse.ts';
import type { ZoneKey } from '../keys/key.ts';
import { keyFileStem } from '../keys/key-file-name.ts';
import { keyFilesOf } from '../keys/key-folder.ts';
import { type KeySet, readKeySet } from '../keys/key-set.ts';
import { adoptKeys } from '../rollover/adopt.ts';
import type { Advanced } from '../rollover/advance.ts';
import { type KeyDuties, keyDuties } from '../rollover/duties.ts';
import { engineDuties } from '../rollover/engine-duties.ts';
import type { Precondition } from '../rollover/move.ts';
import type { RolloverPolicy } from '../rollover/policy.ts';
import type { Octets } from '../text/octets.ts';
import { newReport, type Problem, type Report, report } from '../text/problem.ts';
import { reportRevoked, reportStrangers, unauthorisedKeys, withoutKeys } from './authorised-keys.ts';
import { reportForeign, withServingKeys } from './foreign-keys.ts';
import { trustedJournal } from './journal-trust.ts';
import { outputFolder } from './limits.ts';
import { reportMissing } from './missing-keys.ts';
import { journalFile, lastZoneFile, type Places, settingsFile, zoneFolder, zoneOutput } from './places.ts';
import { type MakeKey, makesNone, type Rolled, rollKeys } from './rolled.ts';
import { rules } from './rules.ts';
import { parseSettings, type Settings } from './settings-file.ts';

export interface ZoneState {
  readonly zone: Name;
  readonly keys: KeySet;
  /** What the keys do in this run. */
  readonly duties: KeyDuties;
  /** What they do if no step is taken: the way back where a step is not safe. */
  readonly dutiesBefore: KeyDuties;
  /** The keys in the engine of rollovers; undefined where nothing says by what policy. */
  readonly rolled: Rolled | undefined;
  readonly journal: Journal | undefined;
  /** Of the journal on the disk; undefined where there is none. */
  readonly generation: number | undefined;
  /** How the zone was signed last. */
  readonly settings: Settings | undefined;
  /** The last output was signed; also known where the file that says how is lost. */
  wasSigned(): boolean;
  /** Neither a journal nor a key file: the zone is new here, and keys may be made. */
  readonly isNew: boolean;
  /** What is wrong with keys or journal; such a zone is not signed. */
  readonly errors: readonly Problem[];
  /**
   * About keys that nobody has asked for, which are left out, and about missing files, with which keys stay where they are: the zone
   * keeps its last content, signed with its other keys.
   */
  readonly keyErrors: readonly Problem[];
  /** The last verified output, as it stands on the disk and as columns; undefined where there is none. */
  last(): LastOutput | undefined;
}

export interface LastOutput {
  readonly octets: Octets;
  readonly zone: Zone;
}

export interface ReadStateOptions {
  readonly now: number;
  /** `ignore`: no .private file is opened. */
  readonly privateHalves: 'read' | 'ignore';
  /** The operator takes keys that nobody has asked for: `--override key/unauthorised=zone`. */
  readonly acceptsKeys?: boolean;
  /** A journal that was lost, restored or changed by hand is noticed and its clocks start anew: of a run that goes by them. */
  readonly doubtsJournal?: boolean;
  /** By the description; undefined: as the zone was signed last. */
  readonly policy?: RolloverPolicy;
  /** What the certificates of its hosts say: of a run that knows them. */
  readonly certificates?: CertificatesSeen;
  /** The journal with what a parent in the same repository shows. */
  readonly parentShows?: (journal: Journal) => Journal;
  /** Makes the keys that the engine asks for; without it they are missing. */
  readonly make?: MakeKey;
}

export interface CertificatesSeen {
  /** The journal with what is known of them. */
  readonly seen: (journal: Journal) => Journal;
  /** What the first DS waits for. */
  readonly unserved: (journal: Journal) => readonly Precondition[];
}

/** What the disk refuses is an error of this zone and of no other. */
export function readZoneState(
  files: ReadableFiles,
  places: Places,
  zone: Name,
  options: ReadStateOptions,
  to: Report,
): ZoneState {
  try {
    return readState(files, places, zone, options, to);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const own = newReport();
    report(own, rules['build/state-damaged'], undefined, { zone, what: error.message }, { subject: zone });
    for (const problem of own.problems) to.add(problem);
    const keys = readKeySet(zone, [], newReport());
    const none = {
      journal: undefined,
      generation: undefined,
      settings: undefined,
      rolled: undefined,
      wasSigned: () => true,
      isNew: false,
      keyErrors: [],
    };
    const duties = keyDuties([], options.now);
    return { zone, keys, duties, dutiesBefore: duties, ...none, errors: own.problems, last: () => undefined };
  }
}

function readState(
  all: ReadableFiles,
  places: Places,
  zone: Name,
  {
    now,
    privateHalves,
    acceptsKeys,
    doubtsJournal,
    policy,
    certificates,
    parentShows,
    make = makesNone,
  }: ReadStateOptions,
  to: Report,
): ZoneState {
  const own = newReport();
  const files = regularFiles(all);
  const folder = zoneFolder(places, zone);
  // Messages name files as people see them, from the root of the repository.
  const readKeys = (into: Report) => {
    const keyFiles = keyFilesOf(files, folder, relative(places.root, folder)).filter(({ name }) => name.zone === zone);
    return { keyFiles, set: readKeySet(zone, keyFiles, into, { privateHalves }) };
  };
  const ofKeys = newReport();
  const { keyFiles, set: allKeys } = readKeys(ofKeys);
  const octets = (path: string) => (files.facts(path) === undefined ? undefined : files.read(path));
  const journalPath = journalFile(places, zone);
  const journalOctets = octets(journalPath);
  const journalName = relative(places.root, journalPath);
  const readJournal = journalOctets && parseJournal(journalName, journalOctets, zone, own);
  const settingsOctets = octets(settingsFile(places, zone));
  const settings = settingsOctets && parseSettings(Buffer.from(settingsOctets).toString('utf8'));

  let found: LastOutput | undefined | null = null;
  const last = () => {
    if (found === null) found = readLast(files, lastZoneFile(places, zone), zone);
    return found;
  };
  const told = policy ?? settings?.rollover;
  const by = told && withServingKeys(told, settings?.rollover);
  const stateOf = (key: ZoneKey) => allKeys.stateOf(key);
  const adopt =
    by && ((journal: Journal, keys: readonly ZoneKey[]) => adoptKeys({ keys, stateOf, journal, policy: by, now }));
  // One that cannot be read is an error of its zone, and not lost.
  const isReadable = journalOctets === undefined || readJournal !== undefined;
  const foreign = by?.foreign?.keys;
  const kept = { zone, foreign, journal: readJournal, keys: allKeys, file: journalName, last: () => last()?.zone };
  const serialPolicy = readJournal?.serial?.policy ?? settings?.serial ?? 'counter';
  const lastPath = lastZoneFile(places, zone);
  const contentOf = (path: string) => (files.facts(path)?.kind === 'file' ? files.read(path) : undefined);
  // Elsewhere, previews of other times may stand.
  const isOutput = places.output === join(places.root, outputFolder);
  const outputOctets = () => (isOutput ? contentOf(zoneOutput(places, zone)) : undefined);
  const trusted =
    doubtsJournal === true && isReadable
      ? trustedJournal(
          { ...kept, serialPolicy, lastOctets: contentOf(lastPath), outputOctets: outputOctets(), adopt },
          now,
          own,
        )
      : readJournal;
  // While the journal is believed nothing is read from .state files, and the build writes them anew.
  const needsStates = isReadable && (trusted === undefined || trusted !== readJournal);
  for (const problem of ofKeys.problems) {
    if (needsStates || problem.position?.file.endsWith('.state') !== true) own.add(problem);
  }
  const shown = trusted && !own.hasErrors ? (parentShows?.(trusted) ?? trusted) : trusted;
  const journal = shown && !own.hasErrors ? (certificates?.seen(shown) ?? shown) : shown;
  const unserved = certificates?.unserved(journal ?? newJournal(zone, now));
  const missing = newReport();
  // What is there and cannot be read has been told.
  if (journal !== undefined && !own.hasErrors) {
    reportMissing(journal, allKeys, relative(places.root, folder), privateHalves, missing);
  }
  // Who was asked for stands in the journal, and one that cannot be read may know them all.
  const unasked = acceptsKeys === true || !isReadable ? [] : unauthorisedKeys(allKeys, journal, () => last()?.zone);
  const known = withoutKeys(allKeys, unasked);
  const rolled =
    by === undefined || known.keys.length === 0
      ? undefined
      : rollKeys(known, journal, by, {
          now,
          make,
          spare: allKeys,
          frozen: own.hasErrors || missing.hasErrors,
          unserved,
        });
  for (const { role, activates } of make === makesNone ? [] : (rolled?.after.notMade ?? [])) {
    if (activates === undefined) continue;
    const half = join(
      folder,
      `${keyFileStem(zone, Number(activates.slice(0, 3)), Number(activates.slice(4)))}.private`,
    );
    const facts = { key: `${role.toUpperCase()} ${Number(activates.slice(4))}`, file: relative(places.root, half) };
    report(to, rules['rollover/standby-without-private-half'], undefined, facts, { subject: zone });
  }
  if (by !== undefined) reportRevoked(known, to);
  const made = new Set(rolled?.after.made.map(({ key }) => key.id));
  const strangers = unasked.filter((key) => !made.has(keyId(key.algorithm, key.tag)));
  const stray = newReport();
  reportStrangers(strangers, stray);
  if (told !== undefined && rolled !== undefined) reportForeign(told, settings?.rollover, rolled, now, stray);
  const keyErrors = [...missing.problems, ...stray.problems];
  for (const problem of [...own.problems, ...keyErrors]) to.add(problem);
  // Keys that were made just now are on the disk since then.
  const keys = made.size > 0 ? withoutKeys(readKeys(newReport()).set, strangers) : known;
  const dutiesOf = (journalAt: Journal, policyAt: RolloverPolicy, run: Pick<Advanced, 'blocked' | 'nextEvent'>) =>
    engineDuties(journalAt, keys.keys, policyAt, run.blocked, run.nextEvent);
  const duties =
    rolled === undefined ? keyDuties(keys.keys, now) : dutiesOf(rolled.after.journal, rolled.policy, rolled.after);
  return {
    zone,
    keys,
    duties,
    dutiesBefore: rolled === undefined ? duties : dutiesOf(rolled.before, rolled.policy, { blocked: [] }),
    rolled,
    journal,
    generation: readJournal?.generation,
    settings,
    wasSigned: () =>
      settings !== undefined || (journal !== undefined && hasBuiltKeys(journal)) || hasDenial(last()?.zone),
    isNew: keyFiles.length === 0 && journalOctets === undefined,
    errors: own.problems.filter(({ tier }) => tier === 'error'),
    keyErrors,
    last,
  };
}

const hasDenial = (last: Zone | undefined) =>
  last !== undefined && (last.row(0, Type.NSEC) >= 0 || last.row(0, Type.NSEC3PARAM) >= 0);

const hasBuiltKeys = ({ rrsets, zone }: Journal) =>
  rrsets.some(
    ({ owner, type, versions }) =>
      owner === zone &&
      type === Type.DNSKEY &&
      versions.some(({ dropped, records }) => dropped === undefined && records.length > 0),
  );

/** What was verified when it was written; a file that no longer reads without an error counts as none. */
function readLast(files: ReadableFiles, path: string, apex: Name): LastOutput | undefined {
  if (files.facts(path)?.kind !== 'file') return undefined;
  const octets = files.read(path);
  const problems = newReport();
  const zone = readMaster({ file: path, octets, apex }, problems);
  return zone === undefined || problems.hasErrors ? undefined : { octets, zone };
}
