import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { name } from '../../src/dns/name.ts';
import { parseKeyFileName } from '../../src/keys/key-file-name.ts';
import { contradictionOf, parseStateFile, printStateFile } from '../../src/keys/state-file.ts';
import { zoneKey } from '../../src/keys/zone-key.ts';
import { newReport } from '../../src/text/problem.ts';

/** Written by named in the middle of rolls, and by dnssec-keygen -k. */
const folders = ['../vectors/rollover/state-files/', '../vectors/keys/policy/'].map(
  (path) => new URL(path, import.meta.url),
);
const files = folders.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.state'))
    .map((path) => ({ path, octets: readFileSync(new URL(path, folder)) })),
);

function parse(text: string) {
  const to = newReport();
  return { file: parseStateFile('K.state', Buffer.from(text), to), problems: to.problems };
}

describe('the state file of a key', () => {
  test('there are files of named', () => expect(files.length).toBeGreaterThan(15));

  test.each(files)('$path is printed octet for octet as named wrote it', ({ path, octets }) => {
    const id = parseKeyFileName(path.slice(path.lastIndexOf('/') + 1));
    const { file, problems } = parse(octets.toString('latin1'));
    expect(problems).toEqual([]);
    expect(printStateFile({ zone: id!.zone, tag: id!.tag }, file!)).toBe(octets.toString('latin1'));
  });

  test('of the root', () => {
    const { file } = parse('KSK: yes\nZSK: no\n');
    expect(printStateFile({ zone: name('.'), tag: 1 }, file!)).toBe(
      '; This is the state of key 1, for .\nKSK: yes\nZSK: no\n',
    );
  });

  test.each([
    ['DNSKEYState: rumored', 2],
    ['DSState: ', 2],
    ['GoalState: retired', 2],
    ['no line of a state file', 2],
  ])('%s is an error at its line, and no state is guessed', (line, at) => {
    const { file, problems } = parse(`KSK: yes\n${line}\n`);
    expect(file).toBeUndefined();
    expect(problems).toMatchObject([{ rule: 'key/unreadable', position: { line: at } }]);
  });

  test.each([
    ['another algorithm', 'Algorithm: 8\nKSK: yes\nZSK: yes\n', 257],
    ['a KSK with the flags of a ZSK', 'Algorithm: 13\nKSK: yes\nZSK: no\n', 256],
    ['a ZSK with the flags of a KSK', 'Algorithm: 13\nKSK: no\nZSK: yes\n', 257],
    ['no role', 'Algorithm: 13\nKSK: no\nZSK: no\n', 256],
    ['the DS of a ZSK', 'KSK: no\nZSK: yes\nDSState: omnipresent\n', 256],
    ['zone signatures of a KSK', 'KSK: yes\nZSK: no\nZRRSIGState: rumoured\n', 257],
    ['a goal that is none', 'KSK: yes\nZSK: yes\nGoalState: rumoured\n', 257],
  ])('%s contradicts the key', (_, text, flags) => {
    const key = zoneKey({ zone: name('example.test.'), flags, algorithm: 13, publicKey: new Uint8Array(64) });
    expect(contradictionOf(parse(text).file!, key)).toEqual(expect.any(String));
    expect(contradictionOf(parse(`KSK: yes\nZSK: yes\nSuccessor: ${key.tag}\n`).file!, { ...key, flags: 257 })).toMatch(
      /Successor/,
    );
  });
});
