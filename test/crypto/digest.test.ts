import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digest, digestInto, digestLength, sha1, sha256, sha384, sha512 } from '../../src/crypto/digest.ts';
import { nobleDigest } from '../../src/crypto/noble.ts';
import { hex } from '../../src/text/octets.ts';

const abc = Buffer.from('abc');

describe('digests', () => {
  // FIPS 180-4 examples: the message "abc".
  test('of "abc" are those of FIPS 180-4', () => {
    expect(hex(sha1(abc))).toBe('a9993e364706816aba3e25717850c26c9cd0d89d');
    expect(hex(sha256(abc))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(hex(sha384(abc))).toMatch(/^cb00753f45a35e8bb5a03d699ac65007272c32ab0eded163[0-9a-f]{48}$/);
    expect(hex(sha512(abc))).toMatch(/^ddaf35a193617abacc417349ae204131[0-9a-f]{96}$/);
  });

  test.each(['sha1', 'sha256', 'sha384', 'sha512'] as const)('%s: one-shot, streamed and by noble agree', (name) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (octets) => {
        const streamed = createHash(name).update(octets).digest('hex');
        expect(hex(digest(name, octets))).toBe(streamed);
        expect(hex(nobleDigest(name, octets))).toBe(streamed);
        expect(streamed.length).toBe(2 * digestLength[name]);
      }),
    );
  });

  test('input in shared memory is taken, and output goes where it is told', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(40));
    shared.set(abc, 1);
    digestInto('sha1', shared.subarray(1, 4), shared, 10);
    expect(hex(shared.subarray(10, 30))).toBe(hex(sha1(abc)));
    expect(hex(shared.subarray(30))).toBe('00'.repeat(10));
  });
});
