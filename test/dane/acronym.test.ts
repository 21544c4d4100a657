import { describe, expect, test } from 'vitest';
import { parseMatching, parseSelector, parseUsage } from '../../src/dane/acronym.ts';

// RFC 7218 sections 2.1 to 2.3.
describe('acronyms and numbers', () => {
  test.each([
    [parseUsage, ['PKIX-TA', 'PKIX-EE', 'DANE-TA', 'DANE-EE']],
    [parseSelector, ['Cert', 'SPKI']],
    [parseMatching, ['Full', 'SHA2-256', 'SHA2-512']],
  ] as const)('%o', (parse: (text: string) => string | undefined, acronyms) => {
    acronyms.forEach((acronym, number) => {
      expect(parse(acronym)).toBe(acronym);
      expect(parse(acronym.toLowerCase())).toBe(acronym);
      expect(parse(String(number))).toBe(acronym);
    });
    for (const text of [String(acronyms.length), '255', '-1', '1.0', '', 'SHA256', 'toString']) {
      expect(parse(text)).toBeUndefined();
    }
  });
});
