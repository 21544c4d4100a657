import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { editDistance, onlyMeant, suggest } from '../../src/text/suggest.ts';

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

describe('what can only have been meant', () => {
  test.each([
    ['servcies', ['services', 'addresses', 'tlsa'], 'services'],
    ['max_ds', ['max-ds', 'digests'], 'max-ds'],
    ['CERT', ['Cert', 'SPKI'], 'Cert'],
    // Two are near: whoever wrote it has to say which.
    ['XNAME', ['CNAME', 'DNAME'], undefined],
    ['DANE-AE', ['DANE-TA', 'DANE-EE'], undefined],
    // Case and dashes alone decide against what is only near.
    ['Ns-Ec', ['ns-ec', 'ns-ed'], 'ns-ec'],
    // A number is not a slip of the pen.
    ['mx2', ['mx1'], undefined],
    ['mx1-ecsda', ['mx1-ecdsa'], 'mx1-ecdsa'],
    ['nsec4', ['nsec3'], undefined],
    ['same', ['same'], undefined],
    ['xyz', ['records'], undefined],
  ])('%s', (word, candidates, expected) => {
    expect(onlyMeant(word, candidates)).toBe(expected);
  });

  test('is also what would be suggested', () => {
    const word = fc.stringMatching(/^[ab1-]{1,6}$/);
    fc.assert(
      fc.property(word, fc.array(word, { maxLength: 5 }), (a, words) => {
        const only = onlyMeant(a, words);
        if (only !== undefined) expect(suggest(a, words)).toBe(only);
      }),
    );
  });
});
