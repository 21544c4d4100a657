import { describe, expect, test } from 'vitest';
import { algorithmName, algorithmOf, algorithms } from '../../src/dnssec/algorithm.ts';

const numbers = (keep: (row: (typeof algorithms)[number]) => boolean) =>
  algorithms.filter(keep).map((row) => row.number);

describe('algorithms', () => {
  test('8, 13, 14, 15 and 16 are made, 10 is only used, 5 and 7 are only verified', () => {
    expect(numbers((row) => row.mayMake)).toEqual([8, 13, 14, 15, 16]);
    expect(numbers((row) => row.mayUse)).toEqual([8, 10, 13, 14, 15, 16]);
    expect(numbers((row) => row.verifyOnly)).toEqual([5, 7]);
  });

  test('1, 3, 5, 6, 7 and 12 must not sign', () => {
    expect(numbers((row) => row.forbidden)).toEqual([1, 3, 5, 6, 7, 12]);
    for (const row of algorithms) expect(row.forbidden && row.mayUse).toBe(false);
  });

  test('what is not made says why', () => {
    for (const row of algorithms) expect(row.refusal === undefined).toBe(row.mayMake);
  });

  test('18 is refused with a word on its draft', () => {
    expect(algorithmOf(18)).toMatchObject({ mnemonic: 'MLDSA44', mayUse: false, mayVerify: false });
    expect(algorithmOf(18)?.refusal).toContain('Internet-Draft');
  });

  test('an algorithm is known by its number and by its mnemonic in any case', () => {
    expect(algorithmOf('ecdsap256sha256')?.number).toBe(13);
    expect(algorithmOf('13')?.mnemonic).toBe('ECDSAP256SHA256');
    expect(algorithmOf('NSEC3RSASHA1')?.number).toBe(7);
    expect(algorithmOf('P-256')).toBeUndefined();
    expect(algorithmOf(99)).toBeUndefined();
    expect(algorithmName(15)).toBe('ED25519');
    expect(algorithmName(99)).toBe('algorithm 99');
  });

  test('the length of an RSA signature is that of the modulus', () => {
    const publicKey = Buffer.concat([Buffer.from('03010001', 'hex'), Buffer.alloc(256, 0xff)]);
    expect(algorithmOf(8)?.signatureLength(publicKey)).toBe(256);
    expect(algorithmOf(13)?.signatureLength(Buffer.alloc(64))).toBe(64);
    expect(algorithmOf(16)?.signatureLength(Buffer.alloc(57))).toBe(114);
  });
});
