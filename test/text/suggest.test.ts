import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { editDistance, suggest } from '../../src/text/suggest.ts';

describe('did you mean', () => {
  test.each([
    ['nameserver', ['nameservers', 'mail'], 'nameservers'],
    ['recrods', ['records', 'raw'], 'records'],
    ['ECDSAP256SHA265', ['ECDSAP256SHA256', 'ECDSAP384SHA384'], 'ECDSAP256SHA256'],
    ['max_ds', ['max-ds'], 'max-ds'],
    ['CNAM', ['CNAME', 'DNAME'], 'CNAME'],
    ['xyz', ['records', 'mail'], undefined],
    ['', ['a'], undefined],
    ['ns', ['nsec', 'nsec3'], undefined],
    ['same', ['same'], undefined],
  ])('%s', (word, candidates, expected) => {
    expect(suggest(word, candidates)).toBe(expected);
  });

  test('the distance counts a swap of neighbours once', () => {
    expect(editDistance('ab', 'ba', 3)).toBe(1);
    expect(editDistance('kitten', 'sitting', 5)).toBe(3);
    expect(editDistance('abc', 'xyz', 1)).toBe(2);
  });

  test('the distance is symmetric, and the limit only cuts it off', () => {
    const word = fc.stringMatching(/^[abc]{0,7}$/);
    fc.assert(
      fc.property(word, word, fc.integer({ min: 0, max: 7 }), (a, b, limit) => {
        const whole = editDistance(a, b, 20);
        expect(editDistance(b, a, 20)).toBe(whole);
        expect(editDistance(a, b, limit)).toBe(Math.min(whole, limit + 1));
      }),
    );
  });
});
