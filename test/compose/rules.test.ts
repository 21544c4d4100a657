import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { rules as composeRules } from '../../src/compose/rules.ts';
import { rules as masterRules } from '../../src/dns/rules.ts';
import { memoryHost } from '../../src/host/memory.ts';
import { check } from '../../src/pipeline/check.ts';
import { newReport, type Problem, withoutSuperseded } from '../../src/text/problem.ts';

const root = join(import.meta.dirname, '../rules');
const now = Date.UTC(2026, 10, 22) / 1000;
const places = { root: '/work', state: '/work/keys', output: '/work/build' };

/** Rules that no description shows; their tests are named here. */
const withoutFixture: Readonly<Record<string, string>> = {
  'compose/record':
    'describe checks every record first; what passes it and fails here would be a difference of the two readings',
  'compose/from-child': 'describe/child says it first, for every child that has no DS to give',
  'zone/mixed-ttl': 'describe/two-ways says it first: one RRset is written in one place',
  'zone/too-large': 'more than 4 GiB; test/dns/zone-builder.test.ts',
};

const rules = Object.values({ ...composeRules, ...masterRules }).filter(
  ({ id }) => !id.startsWith('master/') && !(id in withoutFixture),
);

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

function problemsOf(rule: string, side: 'bad' | 'good'): Problem[] {
  const folder = join(root, rule, side);
  const files = filesBelow(folder).map((path) => [path.replace(folder, '/work'), readFileSync(path)]);
  const to = newReport();
  check(memoryHost({ files: Object.fromEntries(files) }).files, places, now, to);
  return withoutSuperseded(to.problems);
}

describe('each rule of a whole zone has a description that breaks it and one that keeps it', () => {
  test.each(rules.map(({ id, tier }) => ({ id, tier })))('$id', ({ id, tier }) => {
    expect(existsSync(join(root, id))).toBe(true);
    const bad = problemsOf(id, 'bad');
    expect(bad.map((problem) => problem.rule)).toEqual([id]);
    expect(bad[0]).toMatchObject({ tier, hint: expect.any(String), position: { line: expect.any(Number) } });
    expect(problemsOf(id, 'good')).toEqual([]);
  });
});
