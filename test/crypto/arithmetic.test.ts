import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bigintOf, octetsOf, readWords, viewOf, writeWords } from '../../src/crypto/bigint.ts';
import { p256, p384 } from '../../src/crypto/curve.ts';
import { edwardsPointError } from '../../src/crypto/edwards.ts';
import { modInverse, modPower } from '../../src/crypto/modular.ts';
import { pkcs8OfSecret, secretOfPkcs8 } from '../../src/crypto/pkcs8.ts';
import { hex } from '../../src/text/octets.ts';

describe('numbers and octets', () => {
  test('octets of any length are read as JavaScript reads their hexadecimal', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 70 }), (octets) => {
        const value = BigInt(`0x0${hex(octets)}`);
        expect(bigintOf(octets)).toBe(value);
        expect(hex(octetsOf(value, octets.length))).toBe(hex(octets));
      }),
    );
  });

  test('words are read and written in place', () => {
    for (const words of [4, 6]) {
      const octets = Uint8Array.from({ length: words * 8 + 3 }, (_, i) => 255 - i);
      const value = readWords(viewOf(octets), 3, words);
      expect(value).toBe(BigInt(`0x${hex(octets.subarray(3))}`));
      const out = new Uint8Array(words * 8 + 5);
      writeWords(value, words, viewOf(out), 2);
      expect(hex(out)).toBe(`0000${hex(octets.subarray(3))}000000`);
    }
  });

  test('an inverse times its number is 1, also by Fermat', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: p256.order - 1n }), (value) => {
        const inverse = modInverse(value, p256.order);
        expect((inverse * value) % p256.order).toBe(1n);
        expect(modPower(value, p256.order - 2n, p256.order)).toBe(inverse);
      }),
      { numRuns: 20 },
    );
    expect(modInverse(p384.order - 1n, p384.order)).toBe(p384.order - 1n);
    expect(() => modInverse(6n, 9n)).toThrow('coprime');
    expect(() => modInverse(0n, 9n)).toThrow('coprime');
  });
});

describe('points of Edwards curves', () => {
  const of = (low: string, length: number) => Buffer.from(low.padEnd(length * 2, '0'), 'hex');

  test('the base points and the neutral element are points (RFC 8032 sections 5.1 and 5.2)', () => {
    expect(edwardsPointError(15, of(`58${'66'.repeat(31)}`, 32))).toBeUndefined();
    expect(edwardsPointError(15, of('01', 32))).toBeUndefined();
    expect(edwardsPointError(16, of('01', 57))).toBeUndefined();
    const y448 =
      298819210078481492676017930443930673437544040154080242095928241372331506189835876003536878655418784733982303233503462500531545062832660n;
    expect(edwardsPointError(16, octetsOf(y448, 57).reverse())).toBeUndefined();
  });

  test('y = 2 is none of edwards25519; a y that is not reduced, and x = 0 with a sign, are none', () => {
    expect(edwardsPointError(15, of('02', 32))).toBeDefined();
    expect(edwardsPointError(15, of(`ee${'ff'.repeat(30)}7f`, 32))).toBeDefined();
    expect(edwardsPointError(15, of(`01${'00'.repeat(30)}80`, 32))).toBeDefined();
    expect(edwardsPointError(16, of(`01${'00'.repeat(55)}80`, 57))).toBeDefined();
    expect(edwardsPointError(15, new Uint8Array(31))).toBeDefined();
    expect(edwardsPointError(13, new Uint8Array(64))).toBeUndefined();
  });
});

describe('PKCS#8', () => {
  test.each([
    [13, 32],
    [14, 48],
    [15, 32],
    [16, 57],
  ])('of algorithm %i holds a secret of %i octets and nothing else', (algorithm, length) => {
    const secret = new Uint8Array(length).fill(7);
    const pkcs8 = pkcs8OfSecret(algorithm, secret);
    expect(hex(secretOfPkcs8(algorithm, pkcs8)!)).toBe(hex(secret));
    expect(secretOfPkcs8(algorithm, pkcs8.subarray(1))).toBeUndefined();
    expect(secretOfPkcs8(algorithm === 13 ? 14 : 13, pkcs8)).toBeUndefined();
    expect(() => pkcs8OfSecret(algorithm, secret.subarray(1))).toThrow('octets');
  });
});
