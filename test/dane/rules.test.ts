import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { reportHostDates } from '../../src/dane/host-dates.ts';
import { rules as daneRules } from '../../src/dane/rules.ts';
import { memoryHost } from '../../src/host/memory.ts';
import { readRepository } from '../../src/pipeline/repository.ts';
import { newReport } from '../../src/text/problem.ts';
import { rules as certificateRules } from '../../src/x509/rules.ts';

const root = join(import.meta.dirname, '../rules');
const rules = { ...certificateRules, ...daneRules };

/** 2026-11-22. */
const now = Date.UTC(2026, 10, 22) / 1000;
/** leaf.pem expires between this run and the next. */
const lastDay: Readonly<Record<string, { now: number; nextRun: number }>> = {
  'cert/expires-before-next-run': { now: Date.UTC(2119, 11, 31) / 1000, nextRun: Date.UTC(2120, 0, 2) / 1000 },
};

/** Rules that no repository of files shows; their tests are named here. */
const withoutFixture: Readonly<Record<string, string>> = {
  'dane/field-range': 'describe refuses such a text first; association.test.ts',
  'dane/unknown-certificate': 'comes with the reason why the file is unreadable; select-records.test.ts',
  'dane/unknown-issuers': 'the good side needs a server certificate of a public authority; select-records.test.ts',
  'dane/public-issuer-pin': 'needs a server certificate of a public authority; select-records.test.ts',
};

function filesBelow(folder: string, path = ''): string[] {
  return readdirSync(join(folder, path)).flatMap((name) => {
    const inner = path === '' ? name : `${path}/${name}`;
    return statSync(join(folder, inner)).isDirectory() ? filesBelow(folder, inner) : [inner];
  });
}

function problemsOf(rule: string, side: 'bad' | 'good') {
  const folder = join(root, rule, side);
  const files = filesBelow(folder).map((file) => [`/work/${file}`, readFileSync(join(folder, file))]);
  const to = newReport();
  const repository = readRepository(memoryHost({ files: Object.fromEntries(files) }).files, '/work', [], to);
  for (const [name, services] of repository.associations) {
    const host = repository.description.hosts.get(name);
    if (host !== undefined) reportHostDates(host, services, repository.certificates, lastDay[rule] ?? { now }, to);
  }
  return to.problems;
}

describe('each rule has a repository that it refuses and one that it takes', () => {
  test.each(Object.values(rules).filter(({ id }) => !(id in withoutFixture)))('$id', ({ id, tier }) => {
    const bad = problemsOf(id, 'bad');
    expect(bad.map((problem) => problem.rule)).toEqual([id]);
    expect(bad[0]).toMatchObject({ tier, hint: expect.any(String), position: { line: expect.any(Number) } });
    expect(problemsOf(id, 'good')).toEqual([]);
  });

  test('every fixture in rules/cert belongs to a rule', () => {
    for (const name of readdirSync(join(root, 'cert'))) expect(Object.keys(rules)).toContain(`cert/${name}`);
  });
});
