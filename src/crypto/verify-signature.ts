/** Verification of signatures with the public keys of DNSKEY records. Knows octets and keys, nothing of records. */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { asBuffer, type Octets } from '../text/octets.ts';
import { edwardsPointError } from './edwards.ts';
import { noblePointError, nobleVerify } from './noble.ts';
import { type KeyFault, readRsaPublicKey } from './rsa.ts';

export interface Verifier {
  readonly algorithm: number;
  /** Whether the signature is right; false for whatever is malformed. Views on a SharedArrayBuffer are taken. */
  verify(message: Octets, signature: Octets): boolean;
}

export type VerifyingEngine = 'node' | 'noble';

interface Form {
  /** The key in JWK form. */
  readonly jwk: (publicKey: Octets) => { kty: string; crv?: string; [member: string]: string | undefined };
  readonly digest: string | undefined;
  readonly ecdsa?: boolean;
  /** Octets of the public key field and of a signature; undefined for RSA. */
  readonly length?: { readonly publicKey: number; readonly signature: number };
}

const base64url = (octets: Octets) => asBuffer(octets).toString('base64url');

const ec = (crv: string, digest: string, half: number): Form => ({
  jwk: (key) => ({ kty: 'EC', crv, x: base64url(key.subarray(0, half)), y: base64url(key.subarray(half)) }),
  digest,
  ecdsa: true,
  length: { publicKey: 2 * half, signature: 2 * half },
});

const okp = (crv: string, publicKey: number, signature: number): Form => ({
  jwk: (key) => ({ kty: 'OKP', crv, x: base64url(key) }),
  digest: undefined,
  length: { publicKey, signature },
});

const rsa = (algorithm: number, digest: string): Form => ({
  jwk: (key) => {
    const parts = readRsaPublicKey(algorithm, key);
    if ('error' in parts) throw new Error(parts.error);
    return { kty: 'RSA', n: base64url(parts.modulus), e: base64url(parts.exponent) };
  },
  digest,
});

/** RFC 3110, 5155, 5702, 6605, 8080. */
const forms: Readonly<Record<number, Form>> = {
  5: rsa(5, 'sha1'),
  7: rsa(7, 'sha1'),
  8: rsa(8, 'sha256'),
  10: rsa(10, 'sha512'),
  13: ec('P-256', 'sha256', 32),
  14: ec('P-384', 'sha384', 48),
  15: okp('Ed25519', 32, 64),
  16: okp('Ed448', 57, 114),
};

/** What is wrong with the public key field of a DNSKEY of this algorithm; undefined where nothing is or it is not known here. */
export function publicKeyFault(algorithm: number, publicKey: Octets): KeyFault | undefined {
  const form = forms[algorithm];
  return form === undefined ? undefined : examine(algorithm, form, publicKey).fault;
}

/** The fault, or the key where it had to be imported to know that there is none. */
function examine(algorithm: number, form: Form, publicKey: Octets): { fault?: KeyFault; key?: KeyObject } {
  if (form.length === undefined) {
    const parts = readRsaPublicKey(algorithm, publicKey);
    return 'error' in parts ? { fault: parts } : {};
  }
  if (publicKey.length !== form.length.publicKey) {
    const error = `the public key has ${publicKey.length} octets, expected ${form.length.publicKey}`;
    return { fault: { error, part: 'form' } };
  }
  const key = importKey(form, publicKey);
  return key === undefined || edwardsPointError(algorithm, publicKey) !== undefined
    ? { fault: { error: 'the public key is no point of the curve', part: 'point' } }
    : { key };
}

/** OpenSSL checks on import that an ECDSA key is a point of its curve; an EdDSA key it takes as it is. */
function importKey(form: Form, publicKey: Octets): KeyObject | undefined {
  try {
    return createPublicKey({ key: form.jwk(publicKey), format: 'jwk' });
  } catch {
    return undefined;
  }
}

/**
 * Makes the verifier of a public key once. Algorithms 5 and 7 are there for old zones. An algorithm that cannot be verified
 * and a key that is none are answers, not exceptions.
 */
export function openVerifier(
  algorithm: number,
  publicKey: Octets,
  engine: VerifyingEngine = 'node',
): Verifier | { readonly error: string } {
  const form = forms[algorithm];
  if (form === undefined) return { error: `signatures of algorithm ${algorithm} cannot be checked here` };
  const { fault, key: imported } = examine(algorithm, form, publicKey);
  if (fault !== undefined) return { error: fault.error };
  if (engine === 'noble') {
    const pointError = form.length === undefined ? undefined : noblePointError(algorithm, publicKey);
    if (pointError !== undefined) return { error: pointError };
    const held = Uint8Array.from(publicKey);
    return { algorithm, verify: (message, signature) => nobleVerify(algorithm, held, message, signature) };
  }
  const key = imported ?? importKey(form, publicKey);
  if (key === undefined) return { error: 'the public key cannot be used' };
  const length = form.length?.signature;
  const input = form.ecdsa ? ({ key, dsaEncoding: 'ieee-p1363' } as const) : key;
  return {
    algorithm,
    verify: (message, signature) =>
      (length === undefined || signature.length === length) && verify(form.digest, message, input, signature),
  };
}
