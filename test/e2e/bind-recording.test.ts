/** The recorder of named's key states still works, and the named of this machine does what the recorded one did. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { have, repository, run, temporaryFolder } from './programs.ts';

interface Recording {
  readonly changes: readonly { readonly moves: readonly string[]; readonly next: number; readonly at: number }[];
}

const recorder = join(repository, 'test/vectors/rollover/record.mjs');

describe.skipIf(!have('named', 'rndc', 'dnssec-settime'))('named, recorded again', () => {
  test('enabling DNSSEC with one key: the moves and the announced waits are those that are committed', () => {
    const folder = temporaryFolder();
    try {
      const { status, stderr } = run('node', [recorder, '--into', folder.path, 'enable-csk']);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      const [again, committed] = [folder.path, join(repository, 'test/vectors/rollover')].map((where) => {
        const { changes } = JSON.parse(readFileSync(join(where, 'enable-csk.json'), 'utf8')) as Recording;
        return { moves: changes.map(({ moves }) => moves), waits: changes.map(({ next, at }) => next - at) };
      });
      expect(again.moves).toEqual(committed.moves);
      // A run that begins late in its second ends in the next.
      const late = again.waits.map((wait, index) => Math.abs(wait - committed.waits[index]));
      expect(Math.max(...late)).toBeLessThanOrEqual(1);
    } finally {
      folder.remove();
    }
  });
});
