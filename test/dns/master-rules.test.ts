import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readMaster } from '../../src/dns/master-reader.ts';
import { name } from '../../src/dns/name.ts';
import { rules } from '../../src/dns/rules.ts';
import { newReport } from '../../src/text/problem.ts';

const root = join(import.meta.dirname, '../rules/master');
const file = 'example.org.zone';

/** Rules about a file whose zone nobody names: `danezone verify FILE` reads those. */
const withoutName = ['master/origin', 'master/no-apex'];

function problemsOf(id: string, side: 'bad' | 'good') {
  const folder = join(root, id.replace('master/', ''), side, 'zones');
  const include = (path: string) =>
    existsSync(join(folder, path))
      ? { file: path, octets: readFileSync(join(folder, path)) }
      : { error: 'does not exist' };
  const apex = withoutName.includes(id) ? undefined : name('example.org.');
  const report = newReport();
  readMaster({ file, octets: readFileSync(join(folder, file)), apex, include }, report);
  return report.problems;
}

const ids = Object.keys(rules).filter((id) => id.startsWith('master/'));

describe('each rule of master files has a file that breaks it and one that keeps it', () => {
  test.each(ids)('%s', (id) => {
    const bad = problemsOf(id, 'bad');
    const others = id === 'master/too-many-problems' ? ['master/rdata'] : [];
    expect([...new Set(bad.map(({ rule }) => rule))]).toEqual([...others, id]);
    expect(bad.at(-1)).toMatchObject({
      tier: 'error',
      hint: expect.any(String),
      position: { file, line: expect.any(Number) },
    });
    expect(problemsOf(id, 'good')).toEqual([]);
  });
});

test('every folder of rules/master belongs to a rule', () => {
  expect(
    readdirSync(root)
      .map((folder) => `master/${folder}`)
      .sort(),
  ).toEqual([...ids].sort());
});
