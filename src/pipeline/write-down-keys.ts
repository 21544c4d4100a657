/** Keys that a command has made, in the journal of their zone: without that the next build takes them for strangers. */
import { relative } from 'node:path';
import type { Name } from '../dns/name.ts';
import type { ReadableFiles } from '../host/host.ts';
import type { Transaction } from '../host/transaction.ts';
import { parseJournal } from '../journal/parse.ts';
import { printJournal } from '../journal/print.ts';
import type { ZoneKey } from '../keys/key.ts';
import { newReport } from '../text/problem.ts';
import { withAuthorised } from './authorised-keys.ts';
import { journalFile, type Places } from './places.ts';

/**
 * A zone without a journal takes the keys that it comes with: then nothing is written, and so where the journal cannot be read, which
 * the next build says. The sentence of a conflict with another run, if there was one.
 */
export async function writeDownKeys(
  files: ReadableFiles,
  tx: Transaction,
  places: Places,
  zone: Name,
  keys: readonly ZoneKey[],
  by: string,
  now: number,
): Promise<string | undefined> {
  const path = journalFile(places, zone);
  const read = () => {
    if (files.facts(path) === undefined) return undefined;
    return parseJournal(relative(places.root, path), files.read(path), zone, newReport());
  };
  const journal = read();
  if (journal === undefined) return undefined;
  tx.stageWhole(path, printJournal(withAuthorised(journal, keys, by, now)));
  tx.expectGeneration(() =>
    read()?.generation === journal.generation
      ? undefined
      : `the journal of ${zone} was changed by another run meanwhile`,
  );
  const commit = await tx.commit();
  return commit.kind === 'conflict' ? commit.message : undefined;
}
