import { randomFillSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { viewOf } from '../../src/crypto/bigint.ts';
import { p256, p384 } from '../../src/crypto/curve.ts';
import type { DigestName } from '../../src/crypto/digest.ts';
import { digest } from '../../src/crypto/digest.ts';
import { name } from '../../src/dns/name.ts';
import type { PrivateKey } from '../../src/keys/key.ts';
import { privateKeyOfRsa, privateKeyOfSecret } from '../../src/keys/private-key.ts';
import { zoneKey } from '../../src/keys/zone-key.ts';
import { openEcdsa } from '../../src/signers/ecdsa.ts';
import { openSigner } from '../../src/signers/index.ts';
import { openNonceSource, reduceDigest } from '../../src/signers/nonce.ts';
import { fromHex, hex } from '../../src/text/octets.ts';
import rfc5702 from '../vectors/rfc/rfc5702-6.json';
import rfc6605 from '../vectors/rfc/rfc6605-6.json';
import rfc6979 from '../vectors/rfc/rfc6979-a2.json';
import rfc8080 from '../vectors/rfc/rfc8080-6.json';

const entropy = (count: number) => randomFillSync(new Uint8Array(count));
const base64url = (text: string) => Buffer.from(text, 'base64').toString('base64url');

function secretOf(vector: (typeof rfc5702)[number] | (typeof rfc6605)[number] | (typeof rfc8080)[number]): PrivateKey {
  const { privateKey } = vector;
  const made =
    typeof privateKey === 'string'
      ? privateKeyOfSecret(vector.algorithm, Buffer.from(privateKey, 'base64'))
      : privateKeyOfRsa(vector.algorithm, {
          n: base64url(privateKey.modulus),
          e: base64url(privateKey.publicExponent),
          d: base64url(privateKey.privateExponent),
          p: base64url(privateKey.prime1),
          q: base64url(privateKey.prime2),
          dp: base64url(privateKey.exponent1),
          dq: base64url(privateKey.exponent2),
          qi: base64url(privateKey.coefficient),
        });
  if ('error' in made) throw new Error(made.error);
  return made;
}

describe('RFC 6979 appendix A.2', () => {
  test.each(rfc6979)('$section $hash "$message": k, r and s octet for octet', (vector) => {
    const curve = vector.curve === 'P-256' ? p256 : p384;
    const hash = vector.hash as DigestName;
    const secret = fromHex(vector.privateKey)!;
    const signer = openEcdsa(curve, secret, entropy, hash);
    expect(hex(signer.publicKey)).toBe(vector.publicKeyX + vector.publicKeyY);

    const message = Buffer.from(vector.message);
    const nonces = openNonceSource(curve, hash, secret);
    reduceDigest(curve, digest(hash, message), nonces.digest, viewOf(nonces.digest));
    expect(
      nonces
        .next()
        .toString(16)
        .padStart(2 * curve.length, '0'),
    ).toBe(vector.k);
    expect(hex(nonces.octets)).toBe(vector.k);

    const out = new Uint8Array(signer.signatureLength);
    signer.sign(message, Uint32Array.of(0, message.length), 1, out);
    expect(hex(out)).toBe(vector.r + vector.s);
  });
});

describe.each(['node', 'noble'] as const)('engine %s', (engine) => {
  test.each([
    ...rfc5702,
    ...rfc6605,
    ...rfc8080,
  ])('the message of the RFC under algorithm $algorithm, tag $keyTag', (vector) => {
    const publicKey = Buffer.from(vector.publicKey, 'base64');
    const key = zoneKey({ zone: name(vector.owner), flags: vector.flags, algorithm: vector.algorithm, publicKey });
    const signer = openSigner({ key, privateKey: secretOf(vector), engine });
    const message = fromHex(vector.signedData)!;
    const out = new Uint8Array(signer.signatureLength);
    signer.signBatch(message, Uint32Array.of(0, message.length), 1, out);
    expect(signer.deterministic).toBe(true);
    // ECDSA in RFC 6605 has a random nonce: there, signBatch itself has verified the signature.
    if (vector.deterministic) expect(Buffer.from(out).toString('base64')).toBe(vector.rrsig.signature);
    else expect(out.some((octet) => octet !== 0)).toBe(true);
  });
});
