import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { problemsIn } from '../pipeline/fixtures.ts';
import { deck } from './matrix.ts';

describe('the failure matrix', () => {
  test.each(Object.entries(deck))('%s', (name, { rules }) => {
    const found = problemsIn(join(import.meta.dirname, name)).map(({ rule }) => rule);
    expect(found.filter((rule) => rule.startsWith('dane/'))).toEqual(rules);
  });

  test('every folder is a case', () => {
    const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).sort()).toEqual(Object.keys(deck).sort());
  });
});
