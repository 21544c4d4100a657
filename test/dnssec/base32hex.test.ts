import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { base32hexLength, decodeBase32hex, encodeBase32hex } from '../../src/dnssec/base32hex.ts';

const text = (octets: Uint8Array) => Buffer.from(octets).toString('latin1');
const digits = (of: string) => Buffer.from(of, 'latin1');

describe('base32hex', () => {
  // RFC 4648 section 10, without padding, in lower case.
  test.each([
    ['', ''],
    ['f', 'co'],
    ['fo', 'cpng'],
    ['foo', 'cpnmu'],
    ['foob', 'cpnmuog'],
    ['fooba', 'cpnmuoj1'],
    ['foobar', 'cpnmuoj1e8'],
  ])('BASE32-HEX(%j) = %j', (plain, encoded) => {
    expect(text(encodeBase32hex(digits(plain)))).toBe(encoded);
    expect(text(decodeBase32hex(digits(encoded))!)).toBe(plain);
    expect(text(decodeBase32hex(digits(encoded.toUpperCase()))!)).toBe(plain);
  });

  test('decoding undoes encoding', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (octets) => {
        const encoded = encodeBase32hex(octets);
        expect(encoded.length).toBe(base32hexLength(octets.length));
        expect(text(decodeBase32hex(encoded)!)).toBe(text(octets));
      }),
    );
  });

  test.each(['w', 'c', 'c=', 'cpn', 'cp', 'cpnmuoj1e9', 'co ', '-o', 'cpnmuo'])('%j is no base32hex', (bad) => {
    expect(decodeBase32hex(digits(bad))).toBeUndefined();
  });
});
