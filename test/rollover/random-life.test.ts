/**
 * Whole lives (ROLLOVER sections 2 and 5): ten years of a zone among people, in which whatever can go otherwise than planned does. The
 * lives are always the same here; `make fuzz` takes others, and says how to repeat one.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Switch } from '../../src/rollover/switches.ts';
import { day } from './life.ts';
import { type LifeStory, live, lives } from './random-lives.ts';

const stories = (numRuns: number, seed: number): readonly LifeStory[] => fc.sample(lives, { numRuns, seed });

describe('ten years', () => {
  const all = [...stories(400, 1).entries()];
  /** Signatures that ask for a run every other day take a third of the time: `make fuzz` has all of these lives, here is a tenth. */
  const isDear = ([, { policy }]: (typeof all)[number]) => policy.signatures.refresh < 40 * day;
  const dear = all.filter(isDear).filter((_, index) => index % 10 === 0);
  const lived = [...dear, ...all.filter((life) => !isDear(life))];
  const parts = Array.from({ length: Math.ceil(lived.length / 12) }, (_, part) =>
    lived.slice(part * 12, part * 12 + 12),
  );

  test.each(
    parts.map((part) => [part[0][0], part] as const),
  )('break no law of the proof, of waits, of signatures, and none ends in a deadlock: from life %i', (_, part) => {
    const broken = part.flatMap(([number, story]) =>
      live(story)
        .failures.slice(0, 3)
        .map((what) => `life ${number}: ${what}`),
    );
    expect(broken).toEqual([]);
  });
});

describe('the lives can fail', () => {
  const some = stories(8, 5).filter((story) => live(story).failures.length === 0);
  const findsIn = (off: Switch) => some.some((story) => live(story, { off: new Set([off]) }).failures.length > 0);

  test.each([
    'dnskey-ttl',
    'max-zone-ttl',
    'parent-ds-ttl',
    'published',
    'ds-seen',
    'zone-propagation-delay',
  ] as const)('without %s', (off) => {
    expect(findsIn(off)).toBe(true);
  });
});
