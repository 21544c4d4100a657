import { describe, expect, test } from 'vitest';
import { rules as composeRules } from '../../src/compose/rules.ts';
import { rules as masterRules } from '../../src/dns/rules.ts';
import { fixtureProblems } from '../pipeline/fixtures.ts';

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

describe('each rule of a whole zone has a description that breaks it and one that keeps it', () => {
  test.each(rules.map(({ id, tier }) => ({ id, tier })))('$id', ({ id, tier }) => {
    const bad = fixtureProblems(id, 'bad');
    expect(bad.map((problem) => problem.rule)).toEqual([id]);
    expect(bad[0]).toMatchObject({ tier, hint: expect.any(String), position: { line: expect.any(Number) } });
    expect(fixtureProblems(id, 'good')).toEqual([]);
  });
});
