import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { openVerifier, publicKeyFault, type Verifier } from '../../src/crypto/verify-signature.ts';
import { fromHex } from '../../src/text/octets.ts';
import rfc5702 from '../vectors/rfc/rfc5702-6.json';
import rfc6605 from '../vectors/rfc/rfc6605-6.json';
import rfc6979 from '../vectors/rfc/rfc6979-a2.json';
import rfc8080 from '../vectors/rfc/rfc8080-6.json';

const signed = [...rfc5702, ...rfc6605, ...rfc8080];

function opened(algorithm: number, publicKey: Uint8Array, engine?: 'node' | 'noble'): Verifier {
  const verifier = openVerifier(algorithm, publicKey, engine);
  if ('error' in verifier) throw new Error(verifier.error);
  return verifier;
}

describe.each(['node', 'noble'] as const)('verification by %s', (engine) => {
  test.each(
    signed,
  )('the RRSIG of the RFC verifies, and no other message does: algorithm $algorithm tag $keyTag', (vector) => {
    const verifier = opened(vector.algorithm, Buffer.from(vector.publicKey, 'base64'), engine);
    const message = Uint8Array.from(fromHex(vector.signedData)!);
    const signature = Uint8Array.from(Buffer.from(vector.rrsig.signature, 'base64'));
    expect(verifier.verify(message, signature)).toBe(true);
    for (const at of [0, signature.length - 1]) {
      const wrong = Uint8Array.from(signature);
      wrong[at] ^= 1;
      expect(verifier.verify(message, wrong)).toBe(false);
    }
    expect(verifier.verify(message, signature.subarray(1))).toBe(false);
    expect(verifier.verify(message, Buffer.concat([signature, Buffer.alloc(1)]))).toBe(false);
    expect(verifier.verify(message, new Uint8Array(0))).toBe(false);
    message[0] ^= 1;
    expect(verifier.verify(message, signature)).toBe(false);
  });

  test.each(
    rfc6979.filter((vector) => vector.dnssecAlgorithm !== null),
  )('ECDSA signatures with a high s are good in DNSSEC: RFC 6979 $section $message', (vector) => {
    const verifier = opened(vector.dnssecAlgorithm!, fromHex(vector.publicKeyX + vector.publicKeyY)!, engine);
    expect(verifier.verify(Buffer.from(vector.message), fromHex(vector.r + vector.s)!)).toBe(true);
  });

  test.each([
    [5, 'sha1'],
    [7, 'sha1'],
    [8, 'sha256'],
    [10, 'sha512'],
  ])('RSA signatures of algorithm %i as OpenSSL makes them with %s', (algorithm, hash) => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const { n, e } = publicKey.export({ format: 'jwk' });
    const field = Buffer.concat([Uint8Array.of(3), Buffer.from(e!, 'base64url'), Buffer.from(n!, 'base64url')]);
    const message = Buffer.from('message');
    const signature = sign(hash, message, privateKey);
    expect(opened(algorithm, field, engine).verify(message, signature)).toBe(true);
    expect(opened(algorithm === 8 ? 10 : 8, field, engine).verify(message, signature)).toBe(false);
    signature[50] ^= 1;
    expect(opened(algorithm, field, engine).verify(message, signature)).toBe(false);
  });

  test('octets in shared memory are taken', () => {
    const vector = rfc6605[0];
    const shared = (octets: Uint8Array) => {
      const view = new Uint8Array(new SharedArrayBuffer(octets.length + 3)).subarray(3);
      view.set(octets);
      return view;
    };
    const verifier = opened(13, shared(Buffer.from(vector.publicKey, 'base64')), engine);
    const signature = shared(Buffer.from(vector.rrsig.signature, 'base64'));
    expect(verifier.verify(shared(fromHex(vector.signedData)!), signature)).toBe(true);
  });
});

describe('public keys', () => {
  test.each([1, 2, 3, 6, 12, 17, 18, 23, 99])('algorithm %i cannot be verified, which is an answer', (algorithm) => {
    expect(openVerifier(algorithm, new Uint8Array(64))).toHaveProperty('error');
  });

  test.each([13, 14, 15, 16])('algorithm %i: a key of another length is refused', (algorithm) => {
    expect(publicKeyFault(algorithm, new Uint8Array(33))?.part).toBe('form');
  });

  test.each(
    signed.filter(({ algorithm }) => algorithm >= 13),
  )('a key that is no point of the curve is refused by both engines: algorithm $algorithm tag $keyTag', ({
    algorithm,
    publicKey,
  }) => {
    const right = Buffer.from(publicKey, 'base64');
    expect(publicKeyFault(algorithm, right)).toBeUndefined();
    let points = 0;
    let others = 0;
    for (let i = 0; i < 24; i++) {
      const candidate = Buffer.from(right);
      candidate[3] ^= i + 1;
      const node = openVerifier(algorithm, candidate, 'node');
      expect('error' in node).toBe('error' in openVerifier(algorithm, candidate, 'noble'));
      if ('error' in node) others++;
      else points++;
      expect(publicKeyFault(algorithm, candidate)?.part).toBe('error' in node ? 'point' : undefined);
    }
    expect(others).toBeGreaterThan(0);
    // Every second y of an Edwards curve is one of a point; of the pairs (x, y) of a Weierstrass curve nearly none.
    expect(points > 0).toBe(algorithm >= 15);
  });

  const modulus = Buffer.from(rfc5702[0].publicKey, 'base64').subarray(4).toString('hex');
  test.each([
    ['no octets', 8, '', 'form'],
    ['no modulus', 8, '03010001', 'form'],
    ['an exponent of no octets', 8, `000000${modulus}`, 'form'],
    ['an exponent longer than the key', 8, `ff010001${modulus}`, 'form'],
    ['the long form for a short exponent', 8, `000003010001${modulus}`, 'form'],
    ['an exponent with a leading zero', 8, `0400010001${modulus}`, 'exponent'],
    ['an even exponent', 8, `03010000${modulus}`, 'exponent'],
    ['the exponent 1', 8, `0101${modulus}`, 'exponent'],
    ['an exponent of 72 bits', 8, `09${'ff'.repeat(9)}${modulus}`, 'exponent'],
    ['a modulus with a leading zero', 8, `0301000100${modulus}`, 'form'],
    ['an even modulus', 8, `03010001${modulus.slice(0, -2)}d8`, 'form'],
    ['a modulus of 504 bits', 8, `03010001${'ff'.repeat(63)}`, 'size'],
    ['a modulus of 4104 bits', 8, `03010001${'ff'.repeat(513)}`, 'size'],
    ['a modulus of 512 bits for RSASHA512', 10, `03010001${modulus}`, 'size'],
  ] as const)('an RSA key with %s is refused', (_, algorithm, keyHex, part) => {
    const publicKey = Buffer.from(keyHex, 'hex');
    expect(publicKeyFault(algorithm, publicKey)?.part).toBe(part);
    expect(openVerifier(algorithm, publicKey)).toHaveProperty('error');
  });

  test('an RSA key with the exponent 3, and one with an exponent of 64 bits, are read', () => {
    expect(publicKeyFault(8, Buffer.from(`0103${modulus}`, 'hex'))).toBeUndefined();
    expect(publicKeyFault(8, Buffer.from(`08${'ff'.repeat(8)}${modulus}`, 'hex'))).toBeUndefined();
  });
});
