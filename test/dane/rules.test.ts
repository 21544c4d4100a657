import { describe, expect, test } from 'vitest';
import { rules as daneRules } from '../../src/dane/rules.ts';
import { rules as certificateRules } from '../../src/x509/rules.ts';
import { fixtureProblems, fixturesOf } from '../pipeline/fixtures.ts';

const rules = { ...certificateRules, ...daneRules };

/** Rules that no repository of files shows; their tests are named here. */
const withoutFixture: Readonly<Record<string, string>> = {
  'dane/unknown-certificate': 'comes with the reason why the file is unreadable; select-records.test.ts',
};

describe('each rule has a repository that it refuses and one that it takes', () => {
  test.each(Object.values(rules).filter(({ id }) => !(id in withoutFixture)))('$id', ({ id, tier }) => {
    const bad = fixtureProblems(id, 'bad');
    expect(bad.map((problem) => problem.rule)).toEqual([id]);
    expect(bad[0]).toMatchObject({ tier, hint: expect.any(String), position: { line: expect.any(Number) } });
    expect(fixtureProblems(id, 'good')).toEqual([]);
  });

  test('every fixture in rules/cert belongs to a rule', () => {
    for (const name of fixturesOf('cert')) expect(Object.keys(rules)).toContain(name);
  });
});
