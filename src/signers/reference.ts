/** The reference engine: every algorithm by @noble (for RSA: noble's digests and plain arithmetic). Slow, and independent. */
import { createPrivateKey } from 'node:crypto';
import { openNobleCurve, openNobleRsa } from '../crypto/noble.ts';
import { secretOfPkcs8 } from '../crypto/pkcs8.ts';
import { writeRsaPublicKey } from '../crypto/rsa.ts';
import { algorithmName, algorithmOf } from '../dnssec/algorithm.ts';
import type { Octets } from '../text/octets.ts';
import type { RawSigner } from './engine.ts';

export function openReference(algorithm: number, pkcs8: Octets): RawSigner {
  const row = algorithmOf(algorithm);
  if (row === undefined || !row.mayUse) throw new Error(`${algorithmName(algorithm)} does not sign`);
  const key = row.kind === 'rsa' ? rsaKey(algorithm, pkcs8) : curveKey(algorithm, pkcs8);
  const signatureLength = row.signatureLength(key.publicKey);
  return {
    publicKey: key.publicKey,
    signatureLength,
    deterministic: true,
    sign(messages, starts, count, out) {
      for (let i = 0; i < count; i++) {
        out.set(key.sign(messages.subarray(starts[i], starts[i + 1])), i * signatureLength);
      }
    },
  };
}

function curveKey(algorithm: number, pkcs8: Octets) {
  const secret = secretOfPkcs8(algorithm, pkcs8);
  if (secret === undefined) throw new Error(`the private key is not one of ${algorithmName(algorithm)}`);
  return openNobleCurve(algorithm, secret);
}

function rsaKey(algorithm: number, pkcs8: Octets) {
  const jwk = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' }).export({ format: 'jwk' });
  const part = (text: string | undefined) => Buffer.from(text ?? '', 'base64url');
  const numbers = { modulus: part(jwk.n), exponent: part(jwk.e), privateExponent: part(jwk.d) };
  return { publicKey: writeRsaPublicKey(numbers.exponent, numbers.modulus), ...openNobleRsa(algorithm, numbers) };
}
