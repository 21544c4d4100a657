/** The laws of random-laws.ts, always asked of the same lives: `SEED=n` takes others, `make fuzz` new ones each time. */
import { describe, expect, test } from 'vitest';
import { laws } from './random-laws.ts';

const seed = Number(process.env.SEED ?? 1);
const numRuns = Number(process.env.FUZZ_RUNS ?? 60);

describe(`lives of seed ${seed}`, () => {
  test.each(laws)('$text', ({ findIn }) => {
    expect(findIn({ seed, numRuns })).toBeUndefined();
  });
});
