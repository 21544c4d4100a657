import { describe, expect, test } from 'vitest';
import { rules } from '../../src/judge/rules.ts';
import { rules as textRules } from '../../src/judge/text-rules.ts';
import { fixtureProblems } from '../pipeline/fixtures.ts';

describe('each rule has a repository that it refuses and one that it takes', () => {
  test.each(Object.values({ ...rules, ...textRules }))('$id', ({ id, tier }) => {
    const bad = fixtureProblems(id, 'bad');
    expect(bad.map((problem) => problem.rule)).toEqual([id]);
    expect(bad[0]).toMatchObject({ tier, hint: expect.any(String), position: { line: expect.any(Number) } });
    expect(fixtureProblems(id, 'good')).toEqual([]);
  });
});
