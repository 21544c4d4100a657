/** The private half of a key as a value that never prints itself, and what can be learnt from it without printing it. */
import { createECDH, createPrivateKey, createPublicKey, type JsonWebKey, sign, verify } from 'node:crypto';
import { inspect } from 'node:util';
import { bigintOf } from '../crypto/bigint.ts';
import { ecdsaCurves } from '../crypto/curve.ts';
import { pkcs8OfSecret, secretLength, secretOfPkcs8 } from '../crypto/pkcs8.ts';
import { writeRsaPublicKey } from '../crypto/rsa.ts';
import { algorithmOf } from '../dnssec/algorithm.ts';
import type { Octets } from '../text/octets.ts';
import type { PrivateKey } from './key.ts';

const shown = '[private key]';

/**
 * Survives the crossing into a worker as plain data (the structured clone takes the two fields), where `openSigner` takes it up
 * at once.
 */
class SilentPrivateKey implements PrivateKey {
  readonly algorithm: number;
  readonly pkcs8: Octets;

  constructor(algorithm: number, pkcs8: Octets) {
    this.algorithm = algorithm;
    this.pkcs8 = pkcs8;
  }

  toString(): string {
    return shown;
  }

  toJSON(): string {
    return shown;
  }

  [Symbol.toPrimitive](): string {
    return shown;
  }

  get [Symbol.toStringTag](): string {
    return 'private key';
  }

  [inspect.custom](): string {
    return shown;
  }
}

export function silentPrivateKey(algorithm: number, pkcs8: Octets): PrivateKey {
  return new SilentPrivateKey(algorithm, pkcs8);
}

/** Why octets are no private key: a sentence that follows the name of the file and holds nothing of them. */
export interface NoPrivateKey {
  readonly error: string;
}

/** From the scalar (algorithms 13 and 14; leading zeros may be missing) or the seed (15 and 16). */
export function privateKeyOfSecret(algorithm: number, secret: Octets): PrivateKey | NoPrivateKey {
  const length = secretLength(algorithm);
  if (length === undefined) return { error: `has a key of an algorithm that has no secret of this form` };
  const curve = ecdsaCurves[algorithm];
  if (secret.length > length || (curve === undefined && secret.length < length) || secret.length === 0) {
    return { error: `has a private key of ${secret.length} octets, expected ${length}` };
  }
  const padded = new Uint8Array(length);
  padded.set(secret, length - secret.length);
  if (curve !== undefined) {
    try {
      createECDH(curve.openssl).setPrivateKey(padded);
    } catch {
      return { error: 'has a private key that is not between 1 and the order of the curve' };
    }
  }
  return silentPrivateKey(algorithm, pkcs8OfSecret(algorithm, padded));
}

/**
 * The numbers of an RSA key in JWK form. OpenSSL imports numbers that do not agree and works around some of them, so they are
 * checked (RFC 8017 section 3.2), and a signature is tried.
 */
export function privateKeyOfRsa(algorithm: number, jwk: JsonWebKey): PrivateKey | NoPrivateKey {
  const digest = algorithmOf(algorithm)?.digest;
  const differ = { error: 'has RSA numbers that do not belong together' };
  if (!rsaNumbersAgree(jwk)) return differ;
  try {
    const key = createPrivateKey({ key: { ...jwk, kty: 'RSA' }, format: 'jwk' });
    const trial = Buffer.from('trial');
    if (!verify(digest, trial, createPublicKey(key), sign(digest, trial, key))) return differ;
    return silentPrivateKey(algorithm, key.export({ format: 'der', type: 'pkcs8' }));
  } catch {
    return { error: 'has RSA numbers that make no key' };
  }
}

/** n = p·q, e·d ≡ e·dP ≡ 1 (mod p − 1), e·d ≡ e·dQ ≡ 1 (mod q − 1), q·qInv ≡ 1 (mod p). Once per key that is read. */
function rsaNumbersAgree(jwk: JsonWebKey): boolean {
  const number = (text: string | undefined) => bigintOf(Buffer.from(text ?? '', 'base64url'));
  const [n, e, d, p, q] = [jwk.n, jwk.e, jwk.d, jwk.p, jwk.q].map(number);
  if (p < 3n || q < 3n || p * q !== n) return false;
  const [dP, dQ] = [number(jwk.dp), number(jwk.dq)];
  return (
    (e * d) % (p - 1n) === 1n &&
    (e * d) % (q - 1n) === 1n &&
    (e * dP) % (p - 1n) === 1n &&
    (e * dQ) % (q - 1n) === 1n &&
    (q * number(jwk.qi)) % p === 1n
  );
}

/** The numbers of a private key in JWK form. Secret. */
export function jwkOf(key: PrivateKey): JsonWebKey {
  return createPrivateKey({ key: Buffer.from(key.pkcs8), format: 'der', type: 'pkcs8' }).export({ format: 'jwk' });
}

/** The public key field of the DNSKEY that belongs to a private key. */
export function publicKeyOf(key: PrivateKey): Octets {
  const curve = ecdsaCurves[key.algorithm];
  const secret = curve && secretOfPkcs8(key.algorithm, key.pkcs8);
  if (secret !== undefined) {
    // A tenth of the time that OpenSSL takes to read PKCS#8: a repository may have a thousand keys.
    const pair = createECDH(curve.openssl);
    pair.setPrivateKey(secret);
    return pair.getPublicKey().subarray(1);
  }
  const jwk = jwkOf(key);
  const part = (text: string | undefined) => Buffer.from(text ?? '', 'base64url');
  if (jwk.kty === 'RSA') return writeRsaPublicKey(part(jwk.e), part(jwk.n));
  return jwk.kty === 'EC' ? Buffer.concat([part(jwk.x), part(jwk.y)]) : part(jwk.x);
}
