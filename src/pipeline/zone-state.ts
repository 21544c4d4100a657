/** The state of one zone as it is read: keys, journal, last output, how it was signed. */
import { join, relative } from 'node:path';
import { readMaster } from '../dns/master-reader.ts';
import type { Name } from '../dns/name.ts';
import type { Zone } from '../dns/zone.ts';
import { FileError, type ReadableFiles } from '../host/host.ts';
import type { Journal } from '../journal/journal.ts';
import { parseJournal } from '../journal/parse.ts';
import { parseKeyFileName } from '../keys/key-file-name.ts';
import { type KeySet, readKeySet } from '../keys/key-set.ts';
import { type KeyDuties, keyDuties } from '../rollover/duties.ts';
import type { Octets } from '../text/octets.ts';
import { newReport, type Problem, type Report, report } from '../text/problem.ts';
import { journalFile, lastZoneFile, type Places, settingsFile, zoneFolder } from './places.ts';
import { rules } from './rules.ts';
import { parseSettings, type Settings } from './settings.ts';

export interface ZoneState {
  readonly zone: Name;
  readonly keys: KeySet;
  readonly duties: KeyDuties;
  readonly journal: Journal | undefined;
  /** How the zone was signed last. */
  readonly settings: Settings | undefined;
  /** Neither a journal nor a key file: the zone is new here, and keys may be made. */
  readonly isNew: boolean;
  /** What is wrong with keys or journal; such a zone is not signed. */
  readonly errors: readonly Problem[];
  /** The last verified output, as it stands on the disk and as columns; undefined where there is none. */
  last(): { readonly octets: Octets; readonly zone: Zone } | undefined;
}

export interface ReadStateOptions {
  readonly now: number;
  /** `ignore`: no .private file is opened. */
  readonly privateHalves: 'read' | 'ignore';
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
    const none = { journal: undefined, settings: undefined, isNew: false };
    return { zone, keys, duties: keyDuties([], options.now), ...none, errors: own.problems, last: () => undefined };
  }
}

function readState(
  files: ReadableFiles,
  places: Places,
  zone: Name,
  { now, privateHalves }: ReadStateOptions,
  to: Report,
): ZoneState {
  const own = newReport();
  const folder = zoneFolder(places, zone);
  const names = files.list(folder);
  const keyFiles = names.filter((name) => parseKeyFileName(name)?.zone === zone);
  const keys = readKeySet(
    zone,
    keyFiles.map((name) => {
      const path = join(folder, name);
      // Messages name files as people see them, from the root of the repository.
      const shown = relative(places.root, path);
      return { path: shown, octets: () => files.read(path), mode: files.facts(path)?.mode };
    }),
    own,
    { privateHalves },
  );
  const octets = (path: string) => (files.facts(path)?.kind === 'file' ? files.read(path) : undefined);
  const journalPath = journalFile(places, zone);
  const journalOctets = octets(journalPath);
  const journal = journalOctets && parseJournal(relative(places.root, journalPath), journalOctets, zone, own);
  const settings = octets(settingsFile(places, zone));
  for (const problem of own.problems) to.add(problem);

  let last: { octets: Octets; zone: Zone } | undefined | null = null;
  return {
    zone,
    keys,
    duties: keyDuties(keys.keys, now),
    journal,
    settings: settings && parseSettings(Buffer.from(settings).toString('utf8')),
    isNew: keyFiles.length === 0 && journalOctets === undefined,
    errors: own.problems.filter(({ tier }) => tier === 'error'),
    last() {
      if (last === null) last = readLast(files, lastZoneFile(places, zone), zone);
      return last;
    },
  };
}

/** What was verified when it was written; a file that no longer reads without an error counts as none. */
function readLast(files: ReadableFiles, path: string, apex: Name): { octets: Octets; zone: Zone } | undefined {
  if (files.facts(path)?.kind !== 'file') return undefined;
  const octets = files.read(path);
  const problems = newReport();
  const zone = readMaster({ file: path, octets, apex }, problems);
  return zone === undefined || problems.hasErrors ? undefined : { octets, zone };
}
