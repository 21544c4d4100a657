import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { name, nameToWire } from '../../src/dns/name.ts';
import { encodeBase32hex } from '../../src/dnssec/base32hex.ts';
import { nsec3Hash, nsec3HashInto } from '../../src/dnssec/nsec3-hash.ts';
import { fromHex, hex } from '../../src/text/octets.ts';
import rfc5155 from '../vectors/rfc/rfc5155-hashes.json';

/** RFC 5155 section 5, word by word. */
function byTheLetter(wire: Uint8Array, salt: Uint8Array, iterations: number): string {
  let x = createHash('sha1').update(wire).update(salt).digest();
  for (let i = 0; i < iterations; i++) x = createHash('sha1').update(x).update(salt).digest();
  return x.toString('hex');
}

describe('NSEC3 hashes', () => {
  test.each(rfc5155.hashes)('RFC 5155 section $section: H($name)', ({ name: of, hash }) => {
    const hashed = nsec3Hash(nameToWire(name(of)), fromHex(rfc5155.salt)!, rfc5155.iterations);
    expect(Buffer.from(encodeBase32hex(hashed)).toString('latin1')).toBe(hash);
  });

  test.each([
    ['', 0],
    ['', 1],
    ['', 150],
    ['ff', 0],
    ['ff', 1],
    ['ff', 2],
    ['00'.repeat(255), 0],
    ['00'.repeat(255), 7],
  ])('salt %s with %i additional iterations', (saltHex, iterations) => {
    const salt = Buffer.from(saltHex, 'hex');
    for (const of of ['.', 'example.', `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}.`]) {
      const wire = nameToWire(name(of));
      expect(hex(nsec3Hash(wire, salt, iterations))).toBe(byTheLetter(wire, salt, iterations));
    }
  });

  test('a name inside a larger buffer is hashed in place', () => {
    const wire = nameToWire(name('a.example.'));
    const names = new Uint8Array(new SharedArrayBuffer(64));
    names.set(wire, 5);
    const out = new Uint8Array(30);
    nsec3HashInto(names, 5, 5 + wire.length, fromHex('aabbccdd')!, 12, out, 3);
    expect(Buffer.from(encodeBase32hex(out.subarray(3, 23))).toString('latin1')).toBe(
      '35mthgpgcu1qg68fab165klnsnk3dpvl',
    );
  });
});
