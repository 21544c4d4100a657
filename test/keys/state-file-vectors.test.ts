/** State files as named left them in the middle of rolls (test/vectors/rollover/PROVENANCE.md), beside what was recorded of the roll. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseKeyFileName } from '../../src/keys/key-file-name.ts';
import { type KeyStateFile, parseStateFile, type StateEntry } from '../../src/keys/state-file.ts';
import { newReport } from '../../src/text/problem.ts';

const folder = new URL('../vectors/rollover/', import.meta.url);

type Record = 'dnskey' | 'zrrsig' | 'krrsig' | 'ds';
type States = Readonly<{ [record in Record]: string }> & { readonly goal: string };

interface Recording {
  readonly started: string;
  readonly keys: readonly {
    readonly name: string;
    readonly role: 'csk' | 'ksk' | 'zsk';
    readonly algorithm: number;
    readonly tag: number;
    readonly predecessor?: string;
    readonly successor?: string;
  }[];
  readonly changes: readonly { readonly at: number; readonly keys: Readonly<{ [name: string]: States }> }[];
}

const fields: Readonly<{ [record in Record]: (file: KeyStateFile) => StateEntry | undefined }> = {
  dnskey: ({ dnskey }) => dnskey,
  zrrsig: ({ zoneSignatures }) => zoneSignatures,
  krrsig: ({ keySignatures }) => keySignatures,
  ds: ({ ds }) => ds,
};

/** A record that a role does not have is not in its file, and hidden in the recording. */
const records = Object.keys(fields) as Record[];

function statesOf(file: KeyStateFile): States {
  const states = records.map((record) => [record, fields[record](file)?.state ?? 'hidden']);
  return { goal: file.goal, ...Object.fromEntries(states) };
}

describe('a state file of named is read as', () => {
  test.each(readdirSync(new URL('state-files/', folder)))('%s was recorded', (scenario) => {
    const recording = JSON.parse(readFileSync(new URL(`${scenario}.json`, folder), 'utf8')) as Recording;
    const own = new URL(`state-files/${scenario}/`, folder);
    const problems = newReport();
    const files = readdirSync(own)
      .filter((file) => file.endsWith('.state'))
      .map((file) => {
        const id = parseKeyFileName(file);
        const key = recording.keys.find(({ algorithm, tag }) => algorithm === id?.algorithm && tag === id.tag);
        const state = parseStateFile(file, readFileSync(new URL(file, own)), problems);
        if (key === undefined || state === undefined) throw new Error(file);
        return { key, state };
      });
    expect(problems.problems).toEqual([]);
    expect(files.length).toBe(recording.keys.length);

    const tagOf = (name?: string) => recording.keys.find((key) => key.name === name)?.tag;
    for (const { key, state } of files) {
      expect({
        ...key,
        algorithm: state.algorithm,
        predecessor: state.predecessor,
        successor: state.successor,
      }).toEqual({
        ...key,
        predecessor: tagOf(key.predecessor),
        successor: tagOf(key.successor),
      });
      expect({ ksk: state.ksk, zsk: state.zsk }).toEqual({ ksk: key.role !== 'zsk', zsk: key.role !== 'ksk' });
      expect(state.lifetime).toBe(0);
    }

    const found = Object.fromEntries(files.map(({ key, state }) => [key.name, statesOf(state)]));
    const now = recording.changes.findLastIndex(({ keys }) => {
      return files.every(({ key }) => JSON.stringify(keys[key.name]) === JSON.stringify(found[key.name]));
    });
    expect(now, `${JSON.stringify(found)} is in the recording`).toBeGreaterThan(0);

    // The time of a change in the file is that at which the recording has it.
    const start = Date.parse(recording.started) / 1000;
    for (const { key, state } of files) {
      for (const record of records) {
        const entry = fields[record](state);
        if (entry === undefined || entry.changed === undefined) continue;
        const before = recording.changes.slice(0, now + 1);
        const other = before.findLastIndex(({ keys }) => keys[key.name]?.[record] !== entry.state);
        expect(entry.changed - start, `${key.name} ${record}`).toBe(before[other + 1].at);
      }
    }
  });
});
