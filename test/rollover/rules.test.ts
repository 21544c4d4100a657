import { describe, expect, test } from 'vitest';
import { rules } from '../../src/rollover/rules.ts';
import { fixtureProblems } from '../pipeline/fixtures.ts';

/** Decided when a zone is built, where the proof is asked. */
const decidedInBuild = new Set(['rollover/unsafe-transition', 'rollover/stale-secondary']);

describe('rules of rollovers', () => {
  test.each(Object.values(rules).filter(({ id }) => !decidedInBuild.has(id)))('$id', ({ id, tier }) => {
    const bad = fixtureProblems(id, 'bad');
    expect(bad.map(({ rule }) => rule)).toEqual([id]);
    expect(bad.every((problem) => problem.tier === tier)).toBe(true);
    expect(bad.every(({ position, subject }) => position?.line !== undefined && subject !== undefined)).toBe(true);
    expect(fixtureProblems(id, 'good').filter(({ rule }) => rule === id)).toEqual([]);
    expect(fixtureProblems(id, 'good').filter((problem) => problem.tier === 'error')).toEqual([]);
  });
});
