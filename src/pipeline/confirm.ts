/** What a person saw goes into the journals: under the lock, all or nothing, and only if nobody else wrote meanwhile. */
import { relative } from 'node:path';
import type { Name } from '../dns/name.ts';
import type { Host } from '../host/host.ts';
import { regularFiles } from '../host/regular.ts';
import { withTransaction } from '../host/transaction.ts';
import type { WithEvidence } from '../journal/evidence.ts';
import type { Journal } from '../journal/journal.ts';
import { parseJournal } from '../journal/parse.ts';
import { printJournal } from '../journal/print.ts';
import { newReport } from '../text/problem.ts';
import { journalFile, type Places } from './places.ts';

export interface Confirmation {
  readonly zone: Name;
  readonly say: (journal: Journal) => WithEvidence;
}

export type ConfirmOutcome =
  /** `known`: it said nothing new, and nothing was written. */
  | { readonly zone: Name; readonly state: 'written' | 'known'; readonly before: Journal; readonly journal: Journal }
  /** A sentence with what is known instead. */
  | { readonly zone: Name; readonly state: 'refused'; readonly error: string };

export interface Confirmed {
  /** In the order of the confirmations; what is refused for one zone keeps no other from being written. */
  readonly outcomes: readonly ConfirmOutcome[];
  /** Another run was here meanwhile: nothing was written. */
  readonly conflict?: string;
}

export async function confirm(host: Host, places: Places, confirmations: readonly Confirmation[]): Promise<Confirmed> {
  return withTransaction(host, places.root, async (tx) => {
    const outcomes = confirmations.map((confirmation): ConfirmOutcome => {
      const { zone, say } = confirmation;
      const read = readJournal(host, places, zone);
      if ('error' in read) return { zone, state: 'refused', ...read };
      const { journal: before } = read;
      const said = say(before);
      if (said.error !== undefined) return { zone, state: 'refused', error: said.error };
      const { journal } = said;
      if (journal === before) return { zone, state: 'known', before, journal };
      tx.stageWhole(journalFile(places, zone), printJournal(journal));
      tx.expectGeneration(() => {
        const there = readJournal(host, places, zone);
        const isSame = !('error' in there) && there.journal.generation === before.generation;
        return isSame ? undefined : `the journal of ${zone} was changed by another run meanwhile`;
      });
      return { zone, state: 'written', before, journal };
    });
    if (!outcomes.some(({ state }) => state === 'written')) return { outcomes };
    const commit = await tx.commit();
    return { outcomes, conflict: commit.kind === 'conflict' ? commit.message : undefined };
  });
}

function readJournal(host: Host, places: Places, zone: Name): { journal: Journal } | { error: string } {
  const path = journalFile(places, zone);
  const shown = relative(places.root, path);
  const files = regularFiles(host.files);
  if (files.facts(path) === undefined) {
    return { error: `there is no ${shown}: nothing of this zone was built here; run danezone build first` };
  }
  const problems = newReport();
  const journal = parseJournal(shown, files.read(path), zone, problems);
  if (journal === undefined)
    return { error: problems.problems.map(({ message }) => `${shown}: ${message}`).join('; ') };
  if (journal.isEdited) {
    return {
      error: `${shown} was changed by hand after danezone wrote it: run danezone build, which starts all clocks anew, then say it again`,
    };
  }
  return { journal };
}
