/** New DNSSEC keys. The entropy is OpenSSL's; the time is an argument. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { ecdsaCurves } from '../crypto/curve.ts';
import type { Name } from '../dns/name.ts';
import { algorithmName, algorithmOf } from '../dnssec/algorithm.ts';
import { revokedKeyTag } from '../dnssec/key-tag.ts';
import type { Octets } from '../text/octets.ts';
import { rsaSizes } from './check.ts';
import type { PrivateKey, ZoneKey } from './key.ts';
import { privateKeyOfSecret, publicKeyOf, silentPrivateKey } from './private-key.ts';
import { zoneKey } from './zone-key.ts';

export interface KeyRequest {
  readonly zone: Name;
  /** 257: signs everything or the keys; 256: signs the zone. */
  readonly flags: number;
  readonly algorithm: number;
  /** Bits of an RSA modulus; 2048 if absent. Other algorithms have one size. */
  readonly size?: number;
  /** Tags that the key must not have, now or once it is revoked: `takenTags` of the keys of the zone. */
  readonly avoidTags: Iterable<number>;
  /** Unix seconds: created, published and active from then on. */
  readonly now: number;
  /** TTL to write into the .key file. */
  readonly ttl?: number;
}

/** With the REVOKE bit, a key has another tag, and that one must be free as well. */
export function takenTags(keys: readonly ZoneKey[]): Set<number> {
  return new Set(keys.flatMap((key) => [key.tag, revokedKeyTag(key.rdata)]));
}

/** Why a key of this algorithm and size is not made; undefined where it is. */
export function generationError(algorithm: number, size?: number): string | undefined {
  const row = algorithmOf(algorithm);
  if (row === undefined) return `${algorithm} is no DNSSEC algorithm`;
  if (!row.mayMake) return `${row.mnemonic} ${row.refusal ?? 'is not made'}`;
  if (size === undefined) return undefined;
  if (row.kind !== 'rsa') return `${row.mnemonic} has one size: leave the size out`;
  const { smallest, largest } = rsaSizes;
  return Number.isInteger(size) && size >= smallest && size <= largest
    ? undefined
    : `an RSA key of ${size} bits: ${smallest} to ${largest} are allowed`;
}

/** Ask `generationError` first: what it refuses is a bug here. */
export function generateKey(request: KeyRequest): { readonly key: ZoneKey; readonly privateKey: PrivateKey } {
  const { zone, flags, algorithm, size, now, ttl } = request;
  const error = generationError(algorithm, size);
  if (error !== undefined) throw new Error(error);
  const avoid = new Set(request.avoidTags);
  const timing = { created: now, publish: now, activate: now };
  // Half a zone's 65,536 tags would have to be taken before this took many turns.
  for (let turn = 0; turn < 1000; turn++) {
    const privateKey = newPrivateKey(algorithm, size ?? rsaSizes.smallest);
    const key = zoneKey({ zone, flags, algorithm, publicKey: publicKeyOf(privateKey), timing, ttl });
    if (!avoid.has(key.tag) && !avoid.has(revokedKeyTag(key.rdata))) return { key, privateKey };
  }
  throw new Error(`no free key tag for ${zone}`);
}

function newPrivateKey(algorithm: number, size: number): PrivateKey {
  const curve = ecdsaCurves[algorithm];
  if (curve !== undefined) {
    return fromJwk(algorithm, generateKeyPairSync('ec', { namedCurve: curve.openssl }).privateKey);
  }
  if (algorithm === 15) return fromJwk(algorithm, generateKeyPairSync('ed25519').privateKey);
  if (algorithm === 16) return fromJwk(algorithm, generateKeyPairSync('ed448').privateKey);
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: size, publicExponent: 65537 });
  return silentPrivateKey(algorithm, privateKey.export({ format: 'der', type: 'pkcs8' }) as Octets);
}

/** Curve keys are kept in the one PKCS#8 form that danezone makes; OpenSSL's carries the public key as well. */
function fromJwk(algorithm: number, privateKey: KeyObject): PrivateKey {
  const secret = Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url');
  const made = privateKeyOfSecret(algorithm, secret);
  if ('error' in made) throw new Error(`OpenSSL's key of ${algorithmName(algorithm)} ${made.error}`);
  return made;
}
