import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { catalogue, families, tierMeaning } from '../src/catalogue.ts';
import { exampleOf } from '../src/report/rule-example.ts';
import { rulesPage } from '../src/report/rules-page.ts';
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

describe('docs/rules.md', () => {
  const fixtures = join(root, 'test/rules');

  function textsBelow(folder: string): Map<string, string> {
    if (!existsSync(folder)) return new Map();
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
    return new Map(paths.map((path) => [relative(folder, path), readFileSync(path, 'utf8')]));
  }

  const examples = new Map<string, string>();
  for (const id of catalogue.keys()) {
    const example = exampleOf(textsBelow(join(fixtures, id, 'bad')), textsBelow(join(fixtures, id, 'good')));
    if (example !== undefined) examples.set(id, example);
  }

  test('is what the rules and their smallest inputs say (`make docs` writes it)', () => {
    const page = rulesPage({ rules: catalogue, families, tierMeaning, examples });
    expect(readFileSync(join(root, 'docs/rules.md'), 'utf8')).toBe(page);
  });

  test('has an entry for each rule, and each link leads to one', () => {
    const page = readFileSync(join(root, 'docs/rules.md'), 'utf8');
    const anchors = [...page.matchAll(/^### (\S+)$/gm)].map(([, id]) => id);
    expect([...anchors].sort()).toEqual([...catalogue.keys()]);
    const links = [...page.matchAll(/\]\(#([^)]*)\)/g)].map(([, link]) => link);
    const known = new Set(anchors.map((id) => id.replaceAll('/', '')));
    expect(links.filter((link) => !known.has(link))).toEqual([]);
  });

  test('no example holds a key, a whole digest or a line that nobody reads to its end', () => {
    for (const example of examples.values()) {
      expect(example).not.toMatch(/[A-Za-z0-9+/]{60,}/);
      expect(example.split('\n').every((line) => [...line].length <= 120)).toBe(true);
      expect(example.split('\n').length).toBeLessThan(80);
    }
  });

  test('every fixture belongs to a rule', () => {
    const folders = readdirSync(fixtures).flatMap((family) =>
      readdirSync(join(fixtures, family)).map((name) => `${family}/${name}`),
    );
    expect(folders.filter((id) => !catalogue.has(id))).toEqual([]);
  });
});

describe('an example', () => {
  const of = (bad: Record<string, string>, good: Record<string, string>) =>
    exampleOf(new Map(Object.entries(bad)), new Map(Object.entries(good)));

  test('is what two inputs do not have in common, line by line', () => {
    expect(
      of({ 'a.yaml': 'x: 1\ny: 2\nz: 3\n', 'b.yaml': 'b\n' }, { 'a.yaml': 'x: 1\ny: 4\nz: 3\n', 'b.yaml': 'b\n' }),
    ).toBe('a.yaml\n  x: 1\n- y: 2\n+ y: 4\n  z: 3\n');
  });

  test('shows the body of a certificate as an ellipsis, and nothing where only that differs', () => {
    const pem = (body: string) =>
      `-----BEGIN CERTIFICATE-----\n${body.repeat(64)}\n${body.repeat(9)}==\n-----END CERTIFICATE-----\n`;
    expect(of({ 'a.pem': pem('A') }, { 'a.pem': pem('B') })).toBeUndefined();
    expect(of({ 'a.pem': pem('A') }, { 'a.pem': pem('B').replaceAll('CERTIFICATE', 'PUBLIC KEY') })).toBe(
      'a.pem\n- -----BEGIN CERTIFICATE-----\n+ -----BEGIN PUBLIC KEY-----\n  …\n- -----END CERTIFICATE-----\n+ -----END PUBLIC KEY-----\n',
    );
  });

  test('shows a file that only one of them has', () => {
    expect(of({}, { 'a.txt': 'x\n' })).toBe('a.txt\n+ x\n');
  });

  test('hides no character', () => {
    expect(of({ a: 'x\u202ey\u0007\n' }, { a: 'xy\n' })).toBe('a\n- x�y�\n+ xy\n');
  });
});
