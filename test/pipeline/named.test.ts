import { expect, test } from 'vitest';
import { namedPaths } from '../../src/pipeline/named.ts';

test('a folder that is named stands for all below it, and for no other that begins with its name', () => {
  const named = namedPaths(['zones/a.yaml', 'keys/example.org']);
  expect(['zones/a.yaml', 'keys/example.org/journal.json'].map(named.has)).toEqual([true, true]);
  expect(['zones/a.yaml.orig', 'zones/b.yaml', 'keys/example.organic/x', 'zones'].map(named.has)).not.toContain(true);
});

test('a folder holds what is named below it', () => {
  const named = namedPaths(['keys/example.org/journal.json', '../state']);
  expect(['keys/example.org', 'keys', '../state/example.net', ''].map(named.within)).not.toContain(false);
  expect(['keys/example.net', 'zones', 'keys/example.organic'].map(named.within)).not.toContain(true);
});

test('the root stands for all, and so does nothing', () => {
  for (const named of [namedPaths([]), namedPaths([''])]) {
    expect([named.has('zones/a.yaml'), named.has('x'), named.within('keys')]).toEqual([true, true, true]);
  }
});
