import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { catalogue, families } from '../src/catalogue.ts';
import type { Rule } from '../src/text/problem.ts';
import { agreedTiers, notYet } from './agreed-tiers.ts';

const root = join(import.meta.dirname, '..');
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path, text: readFileSync(join(root, 'src', path), 'utf8') }));
const tableFiles = sources.filter(({ path, text }) => /= defineRules\(/.test(text) && path !== 'text/problem.ts');

/** The ids that a file declares, read from its text, so that a table that nobody exports is found too. */
const declaredIn = (text: string) => [...text.matchAll(/^ {2}'([a-z0-9]+\/[a-z0-9-]+)': \{$/gm)].map(([, id]) => id);

describe('the catalogue', () => {
  test('holds the rules of every file that declares any', async () => {
    expect(tableFiles.length).toBeGreaterThan(9);
    for (const { path, text } of tableFiles) {
      const ids = declaredIn(text);
      expect(ids.length, path).toBeGreaterThan(0);
      expect(
        ids.filter((id) => !catalogue.has(id)),
        `rules of src/${path} that src/catalogue.ts does not spread`,
      ).toEqual([]);
      const exported = Object.values((await import(join(root, 'src', path))) as object).filter(isTable);
      for (const table of exported) for (const rule of Object.values(table)) expect(catalogue.get(rule.id)).toBe(rule);
    }
  });

  test('has each id once, and no rule that no file declares', () => {
    const declared = tableFiles.flatMap(({ text }) => declaredIn(text));
    expect([...declared].sort()).toEqual([...catalogue.keys()]);
  });

  test('is what every problem names: none is made past it', () => {
    // `rule` of a Problem; the others make theirs through `report`.
    const named = sources.flatMap(({ text }) =>
      [...text.matchAll(/\brule: '([a-z0-9]+\/[a-z0-9-]+)'/g)].map(([, id]) => id),
    );
    expect(named.filter((id) => !catalogue.has(id))).toEqual([]);
  });

  test('is sorted, and every id belongs to a family that has a name', () => {
    const ids = [...catalogue.keys()];
    expect([...ids].sort()).toEqual(ids);
    expect(ids.filter((id) => !/^[a-z0-9]+\/[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toEqual([]);
    expect([...new Set(ids.map((id) => id.split('/')[0]))].sort()).toEqual(Object.keys(families).sort());
  });

  test.each([...catalogue.values()])('$id says what is wrong, why it matters and what to do', (rule) => {
    // A title stands in the middle of a line: no capital, unless it is a name, and no final dot.
    expect(rule.title).not.toMatch(/^[A-Z][a-z]|^A /);
    expect(rule.title).not.toMatch(/\.$/);
    expect(rule.title.length).toBeLessThan(120);
    expect(rule.why.length).toBeGreaterThan(10);
    expect(rule.fix.length).toBeGreaterThan(5);
    for (const id of rule.supersedes ?? []) expect(catalogue.has(id), id).toBe(true);
    expect(rule.supersedes ?? []).not.toContain(rule.id);
  });
});

describe('the tiers that were agreed', () => {
  test('no id is agreed twice', () => {
    expect(new Set(agreedTiers.map(({ id }) => id)).size).toBe(agreedTiers.length);
  });

  test.each(agreedTiers.filter(({ id }) => catalogue.has(id)))('$id: $tier, $reach', ({ id, tier, reach }) => {
    expect(catalogue.get(id)).toMatchObject({ tier, reach });
  });

  test('an agreed rule is there, or known to be missing', () => {
    const missing = agreedTiers.map(({ id }) => id).filter((id) => !catalogue.has(id));
    expect(missing.filter((id) => !notYet.has(id))).toEqual([]);
    const agreed = new Set(agreedTiers.map(({ id }) => id));
    expect([...notYet].filter((id) => !agreed.has(id))).toEqual([]);
  });
});

function isTable(value: unknown): value is Record<string, Rule> {
  if (typeof value !== 'object' || value === null || value instanceof Map) return false;
  const entries = Object.entries(value);
  return entries.length > 0 && entries.every(([id, rule]) => (rule as Rule | null)?.id === id);
}
