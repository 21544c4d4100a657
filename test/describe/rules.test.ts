import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { limits } from '../../src/describe/limits.ts';
import { rules } from '../../src/describe/rules.ts';
import { described, describedOctets } from './described.ts';

const root = new URL('../rules', import.meta.url).pathname;

function filesBelow(folder: string, path = ''): string[] {
  return readdirSync(join(folder, path)).flatMap((name) => {
    const inner = path === '' ? name : `${path}/${name}`;
    return statSync(join(folder, inner)).isDirectory() ? filesBelow(folder, inner) : [inner];
  });
}

function problemsOf(folder: string) {
  const files = new Map(filesBelow(folder).map((file) => [file, readFileSync(join(folder, file))]));
  return describedOctets(files).problems;
}

/** No file of a sensible size does this; see the test at the end. */
const withoutFixture = new Set(['describe/limit']);

describe('each rule has an input that it refuses and one that it takes', () => {
  for (const rule of Object.values(rules).filter(({ id }) => !withoutFixture.has(id))) {
    test(rule.id, () => {
      const bad = problemsOf(join(root, rule.id, 'bad'));
      expect(bad.map((problem) => problem.rule)).toEqual([rule.id]);
      expect(bad[0].tier).toBe(rule.tier);
      expect(bad[0].hint).toBeTypeOf('string');
      expect(problemsOf(join(root, rule.id, 'good'))).toEqual([]);
    });
  }

  test('every fixture of these folders belongs to a rule', () => {
    for (const folder of ['yaml', 'describe'].filter((name) => existsSync(join(root, name)))) {
      for (const name of readdirSync(join(root, folder))) expect(Object.keys(rules)).toContain(`${folder}/${name}`);
    }
  });

  test('describe/limit: the problems of one description are not told without end', () => {
    const lines = Array.from({ length: limits.problems + 10 }, (_, i) => `      w${i}: {A: x}\n`);
    const { problems } = described(
      `domains:\n  example.org:\n    nameservers: [ns1.example.net]\n    records:\n${lines.join('')}`,
    );
    expect(problems.length).toBe(limits.problems + 1);
    expect(problems.filter((problem) => problem.rule === 'describe/limit').length).toBe(1);
  });
});
