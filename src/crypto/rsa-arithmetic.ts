/**
 * RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2) by plain arithmetic: the reference that node:crypto is compared with. BigInt is not
 * constant-time, so the private operation is blinded; node:crypto remains the engine for real work.
 */
import { randomFillSync } from 'node:crypto';
import type { Octets } from '../text/octets.ts';
import { bigintOf, octetsOf } from './bigint.ts';
import { type DigestName, digestLength } from './digest.ts';
import { modInverse, modPower } from './modular.ts';
import type { RsaPublicKey } from './rsa.ts';

/** DigestInfo without the digest (RFC 8017 section 9.2 note 1). */
const digestInfo: Readonly<Record<DigestName, string>> = {
  sha1: '3021300906052b0e03021a05000414',
  sha256: '3031300d060960864801650304020105000420',
  sha384: '3041300d060960864801650304020205000430',
  sha512: '3051300d060960864801650304020305000440',
};

/** EMSA-PKCS1-v1_5; undefined where the modulus has no room for it. */
function encodedMessage(name: DigestName, digest: Octets, length: number): Octets | undefined {
  const info = Buffer.from(digestInfo[name], 'hex');
  const tail = info.length + digestLength[name];
  if (length < tail + 11) return undefined;
  const encoded = new Uint8Array(length).fill(0xff);
  encoded[0] = 0;
  encoded[1] = 1;
  encoded[length - tail - 1] = 0;
  encoded.set(info, length - tail);
  encoded.set(digest, length - digestLength[name]);
  return encoded;
}

/** RSA is a permutation: equality here means that this is the one signature that there is. */
export function rsaVerify(key: RsaPublicKey, signature: Octets, name: DigestName, digest: Octets): boolean {
  const { length } = key.modulus;
  const expected = encodedMessage(name, digest, length);
  if (signature.length !== length || expected === undefined) return false;
  const modulus = bigintOf(key.modulus);
  const value = bigintOf(signature);
  return value < modulus && modPower(value, bigintOf(key.exponent), modulus) === bigintOf(expected);
}

/** Every number big-endian. */
export interface RsaPrivateNumbers {
  readonly modulus: Octets;
  readonly exponent: Octets;
  readonly privateExponent: Octets;
}

export function rsaSign(key: RsaPrivateNumbers, name: DigestName, digest: Octets): Octets {
  const { length } = key.modulus;
  const expected = encodedMessage(name, digest, length);
  if (expected === undefined) throw new Error('the RSA modulus is too small for the digest');
  const modulus = bigintOf(key.modulus);
  const blind = bigintOf(randomFillSync(new Uint8Array(length))) % modulus;
  const blinded = (bigintOf(expected) * modPower(blind, bigintOf(key.exponent), modulus)) % modulus;
  const power = modPower(blinded, bigintOf(key.privateExponent), modulus);
  return octetsOf((power * modInverse(blind, modulus)) % modulus, length);
}
