/**
 * The one door to @noble: the second, independent implementation of everything that signs or verifies. Loaded when it is first
 * asked for, because it costs some 50 ms; `require`, because signers and verifiers are synchronous.
 *
 * noble has no RSA: for that this engine takes noble's digests and the arithmetic of rsa-arithmetic.ts.
 */
import type { Octets } from '../text/octets.ts';
import type { DigestName } from './digest.ts';
import { readRsaPublicKey } from './rsa.ts';
import { rsaSign, rsaVerify } from './rsa-arithmetic.ts';

/** The low-S rule of noble is Bitcoin's and not DNSSEC's: without this, half of all good signatures are refused. */
const ecdsaOptions = { lowS: false, prehash: true } as const;

interface Signature {
  sign(message: Octets, secret: Octets): Octets;
  verify(signature: Octets, message: Octets, publicKey: Octets): boolean;
  getPublicKey(secret: Octets): Octets;
}

const curves: Readonly<Record<number, () => Signature>> = {
  13: () => ecdsa((require('@noble/curves/nist.js') as typeof import('@noble/curves/nist.js')).p256),
  14: () => ecdsa((require('@noble/curves/nist.js') as typeof import('@noble/curves/nist.js')).p384),
  15: () => (require('@noble/curves/ed25519.js') as typeof import('@noble/curves/ed25519.js')).ed25519,
  16: () => (require('@noble/curves/ed448.js') as typeof import('@noble/curves/ed448.js')).ed448,
};

/** noble's ECDSA with the public keys of RFC 6605 section 4: X and Y without the leading octet 4. */
function ecdsa(curve: typeof import('@noble/curves/nist.js').p256): Signature {
  return {
    sign: (message, secret) => curve.sign(message, secret, ecdsaOptions),
    verify: (signature, message, publicKey) =>
      curve.verify(signature, message, Uint8Array.of(4, ...publicKey), ecdsaOptions),
    getPublicKey: (secret) => curve.getPublicKey(secret, false).slice(1),
  };
}

const loaded = new Map<number, Signature>();

function curveOf(algorithm: number): Signature {
  let curve = loaded.get(algorithm);
  if (curve === undefined) {
    curve = curves[algorithm]();
    loaded.set(algorithm, curve);
  }
  return curve;
}

/** Uint8Array and not Buffer, and on plain memory: noble compares classes. */
function plain(octets: Octets): Octets {
  return Uint8Array.from(octets);
}

/** noble's own digests. */
export function nobleDigest(name: DigestName, octets: Octets): Octets {
  const input = plain(octets);
  if (name === 'sha1') {
    return (require('@noble/hashes/legacy.js') as typeof import('@noble/hashes/legacy.js')).sha1(input);
  }
  return (require('@noble/hashes/sha2.js') as typeof import('@noble/hashes/sha2.js'))[name](input);
}

/** Whether `signature` is one of `publicKey` (the field of a DNSKEY) over `message`; false for whatever is malformed. */
export function nobleVerify(algorithm: number, publicKey: Octets, message: Octets, signature: Octets): boolean {
  if (algorithm in curves) {
    try {
      return curveOf(algorithm).verify(plain(signature), plain(message), plain(publicKey));
    } catch {
      return false;
    }
  }
  const key = readRsaPublicKey(algorithm, publicKey);
  if ('error' in key) return false;
  return rsaVerify(key, signature, rsaDigests[algorithm], nobleDigest(rsaDigests[algorithm], message));
}

const rsaDigests: Readonly<Record<number, DigestName>> = { 5: 'sha1', 7: 'sha1', 8: 'sha256', 10: 'sha512' };

/** Why a public key is no point of its curve; undefined where it is one. */
export function noblePointError(algorithm: number, publicKey: Octets): string | undefined {
  const { p256, p384 } = require('@noble/curves/nist.js') as typeof import('@noble/curves/nist.js');
  try {
    if (algorithm === 13) p256.Point.fromBytes(Uint8Array.of(4, ...publicKey)).assertValidity();
    if (algorithm === 14) p384.Point.fromBytes(Uint8Array.of(4, ...publicKey)).assertValidity();
    if (algorithm === 15) {
      const { ed25519 } = require('@noble/curves/ed25519.js') as typeof import('@noble/curves/ed25519.js');
      ed25519.Point.fromBytes(plain(publicKey)).assertValidity();
    }
    if (algorithm === 16) {
      const { ed448 } = require('@noble/curves/ed448.js') as typeof import('@noble/curves/ed448.js');
      ed448.Point.fromBytes(plain(publicKey)).assertValidity();
    }
    return undefined;
  } catch {
    return 'the public key is no point of the curve';
  }
}

/** A private key in this engine. */
export interface NobleKey {
  sign(message: Octets): Octets;
}

/** ECDSA as RFC 6979 has it, EdDSA: `secret` is the scalar or the seed. */
export function openNobleCurve(algorithm: number, secret: Octets): NobleKey & { readonly publicKey: Octets } {
  const curve = curveOf(algorithm);
  const held = plain(secret);
  return { publicKey: curve.getPublicKey(held), sign: (message) => curve.sign(plain(message), held) };
}

/** RSASSA-PKCS1-v1_5 of algorithm 8 or 10. */
export function openNobleRsa(algorithm: number, key: Parameters<typeof rsaSign>[0]): NobleKey {
  const name = rsaDigests[algorithm];
  return { sign: (message) => rsaSign(key, name, nobleDigest(name, message)) };
}
