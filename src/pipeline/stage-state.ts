/** The state of a zone on the stage: journal, .state files, last output, how it was signed. */
import { join } from 'node:path';
import type { ReadableFiles } from '../host/host.ts';
import type { Transaction } from '../host/transaction.ts';
import { type Journal, keyId } from '../journal/journal.ts';
import { parseJournal } from '../journal/parse.ts';
import { printJournal } from '../journal/print.ts';
import { withoutForgotten } from '../journal/trim.ts';
import type { KeySet } from '../keys/key-set.ts';
import { rules as keyRules } from '../keys/rules.ts';
import { printStateFile } from '../keys/state-file.ts';
import { stateFileOf } from '../rollover/state-files.ts';
import type { Octets } from '../text/octets.ts';
import { newReport } from '../text/problem.ts';
import { unauthorisedKeys, withAuthorised } from './authorised-keys.ts';
import { journalFile, lastZoneFile, type Places, settingsFile } from './places.ts';
import { printSettings } from './settings.ts';
import type { Settings } from './settings-file.ts';
import type { ZoneState } from './zone-state.ts';

export interface StateWriter {
  readonly files: ReadableFiles;
  readonly tx: Transaction;
  readonly places: Places;
  /** Unix seconds. */
  readonly now: number;
  /** The operator takes keys that nobody has asked for. */
  readonly acceptsKeys: boolean;
  /** Whether the description has a certificate with this key: SHA-256 over the SPKI, hexadecimal. */
  readonly isInUse: (spki: string) => boolean;
}

/** Nothing is written before the commit, and then only if nobody else has changed the journal meanwhile. */
export function stageState(
  writer: StateWriter,
  state: ZoneState,
  after: Journal,
  output: Octets,
  settings: Settings | undefined,
): void {
  const { files, tx, places } = writer;
  const { zone } = state;
  const publication = settings?.rollover?.publication ?? { kind: 'evidence' };
  // Forgetting alone is no reason to write.
  const kept = after === state.journal ? after : withoutForgotten(after, writer.now, publication, writer.isInUse);
  const journal = withEveryKey(writer, kept, state.keys);
  const path = journalFile(places, zone);
  // What was seen when the state was read is new too.
  const isNew = journal !== state.journal || journal.generation !== (state.generation ?? 0);
  if (isNew) tx.stageWhole(path, printJournal(journal));
  tx.stageWhole(lastZoneFile(places, zone), output);
  if (state.rolled !== undefined) stageKeyStates(writer, state.keys, journal);
  if (settings === undefined) tx.remove(settingsFile(places, zone));
  else tx.stageWhole(settingsFile(places, zone), Buffer.from(printSettings(settings)));
  const read = state.generation;
  tx.expectGeneration(() => {
    const there = files.facts(path) === undefined ? undefined : files.read(path);
    const generation = there && parseJournal(path, there, zone, newReport())?.generation;
    return generation === read ? undefined : `the journal of ${zone} was changed by another run meanwhile`;
  });
}

/** BIND's form of what the journal says, so that a zone can move to named and back. */
function stageKeyStates({ files, tx, places }: StateWriter, keys: KeySet, journal: Journal): void {
  for (const record of journal.keys) {
    const key = keys.keys.find((one) => keyId(one.algorithm, one.tag) === record.id);
    if (key === undefined) continue;
    const path = join(places.root, `${key.path}.state`);
    const text = Buffer.from(printStateFile(key, stateFileOf(record, key)));
    if (files.facts(path) === undefined || !text.equals(files.read(path))) tx.stageWhole(path, text);
  }
}

const unauthorisedRule = keyRules['key/unauthorised'].id;

/** Keys that the zone came with, that the operator accepts, or whose records are forgotten, are known from now on. */
function withEveryKey({ acceptsKeys, now }: StateWriter, journal: Journal, keys: KeySet): Journal {
  const unasked = unauthorisedKeys(keys, journal, () => undefined);
  return withAuthorised(journal, unasked, acceptsKeys ? `--override ${unauthorisedRule}` : 'first build', now);
}
