/** Ed25519, Ed448 (RFC 8080) and RSA (RFC 5702) by node:crypto, all of them deterministic. One KeyObject per signer. */
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { writeRsaPublicKey } from '../crypto/rsa.ts';
import { algorithmName, algorithmOf } from '../dnssec/algorithm.ts';
import type { Octets } from '../text/octets.ts';
import type { RawSigner } from './engine.ts';

export function openOpenssl(algorithm: number, pkcs8: Octets): RawSigner {
  const row = algorithmOf(algorithm);
  if (row === undefined || !row.mayUse) throw new Error(`${algorithmName(algorithm)} does not sign`);
  const key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
  const jwk = createPublicKey(key).export({ format: 'jwk' });
  const part = (text: string | undefined) => Buffer.from(text ?? '', 'base64url');
  const publicKey = row.kind === 'rsa' ? writeRsaPublicKey(part(jwk.e), part(jwk.n)) : part(jwk.x);
  const signatureLength = row.signatureLength(publicKey);
  return {
    publicKey,
    signatureLength,
    deterministic: true,
    sign(messages, starts, count, out) {
      for (let i = 0; i < count; i++) {
        out.set(sign(row.digest, messages.subarray(starts[i], starts[i + 1]), key), i * signatureLength);
      }
    },
  };
}
