/** The journal of a zone after a build, staged to be committed with the output. */
import type { Name } from '../dns/name.ts';
import type { ReadableFiles } from '../host/host.ts';
import type { Transaction } from '../host/transaction.ts';
import type { BuiltZone } from '../journal/built-zone.ts';
import type { Publication } from '../journal/clocks.ts';
import { type Journal, newJournal } from '../journal/journal.ts';
import { parseJournal } from '../journal/parse.ts';
import { printJournal } from '../journal/print.ts';
import { withoutForgotten } from '../journal/trim.ts';
import { withBuilt } from '../journal/with-built.ts';
import { rules as keyRules } from '../keys/rules.ts';
import { newReport } from '../text/problem.ts';
import { unauthorisedKeys, withAuthorised } from './authorised-keys.ts';
import { journalFile, type Places } from './places.ts';
import type { ZoneState } from './zone-state.ts';

const unauthorised = keyRules['key/unauthorised'].id;

export interface JournalRun {
  readonly places: Places;
  readonly now: number;
  /** `rule=zone`. */
  readonly overrides: ReadonlySet<string>;
  /** Of the description; undefined where it does not say it: then nothing counts as served that was not seen. */
  readonly publication: Publication | undefined;
}

export function stageJournal(
  tx: Transaction,
  files: ReadableFiles,
  state: ZoneState,
  built: BuiltZone,
  run: JournalRun,
): void {
  const { zone } = state;
  const path = journalFile(run.places, zone);
  const journal = journalAfter(state, built, run);
  if (journal !== state.journal) tx.stageWhole(path, printJournal(journal));
  tx.expectGeneration(() =>
    generationOf(files, path, zone) === state.generation
      ? undefined
      : `the journal of ${zone} was changed by another run meanwhile`,
  );
}

function journalAfter(state: ZoneState, built: BuiltZone, { now, overrides, publication }: JournalRun): Journal {
  const before = state.journal ?? newJournal(state.zone, now);
  const after = withBuilt(before, built, now);
  // Forgetting alone is no reason to write.
  const journal = after === before ? after : withoutForgotten(after, now, publication ?? { kind: 'evidence' });
  // Keys that the zone came with, that the operator accepts, or whose records are forgotten, are known from now on.
  const unknown = unauthorisedKeys(state.keys, journal, () => undefined);
  const by = overrides.has(`${unauthorised}=${state.zone}`) ? `--override ${unauthorised}` : 'first build';
  return withAuthorised(journal, unknown, by, now);
}

function generationOf(files: ReadableFiles, path: string, zone: Name): number | undefined {
  if (files.facts(path) === undefined) return undefined;
  return parseJournal(path, files.read(path), zone, newReport())?.generation;
}
