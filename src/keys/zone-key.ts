/** Makes ZoneKey values and answers for their flags (RFC 4034 section 2.1.1, RFC 5011 section 7). */
import type { Name } from '../dns/name.ts';
import { Flag, keyTag } from '../dnssec/key-tag.ts';
import { concatOctets, type Octets } from '../text/octets.ts';
import type { KeyTiming, ZoneKey } from './key.ts';
import { keyFileStem } from './key-file-name.ts';

/** Flags of a key that signs everything or the keys, and of one that signs the zone only. */
export const sepFlags = Flag.zone | Flag.sep;
export const zoneFlags = Flag.zone;

export interface ZoneKeyParts {
  readonly zone: Name;
  readonly flags: number;
  readonly algorithm: number;
  readonly publicKey: Octets;
  readonly timing?: KeyTiming;
  readonly ttl?: number;
  /** Without it: the name that dnssec-keygen would give, in no folder. */
  readonly path?: string;
}

export function zoneKey(parts: ZoneKeyParts): ZoneKey {
  const { zone, flags, algorithm, publicKey, timing = {}, ttl } = parts;
  const rdata = concatOctets([Uint8Array.of(flags >>> 8, flags & 0xff, 3, algorithm), publicKey]);
  const tag = keyTag(rdata);
  const path = parts.path ?? keyFileStem(zone, algorithm, tag);
  return { zone, flags, algorithm, publicKey, rdata, tag, timing, ttl, path };
}

/** Secure entry point: what a DS at the parent points to. */
export function isSep(key: ZoneKey): boolean {
  return (key.flags & Flag.sep) !== 0;
}

export function isRevoked(key: ZoneKey): boolean {
  return (key.flags & Flag.revoke) !== 0;
}

/** The same key with the REVOKE bit, and so with another tag; the path stays that of its file. */
export function revokedKey(key: ZoneKey): ZoneKey {
  return isRevoked(key) ? key : zoneKey({ ...key, flags: key.flags | Flag.revoke });
}

export type KeyRole = 'csk' | 'ksk' | 'zsk';

/** What a key is among the keys of its zone: a SEP key without a zone-signing key of its algorithm beside it is a CSK. */
export function roleAmong(key: ZoneKey, keys: readonly ZoneKey[]): KeyRole {
  if (!isSep(key)) return 'zsk';
  return keys.some((other) => other.algorithm === key.algorithm && !isSep(other)) ? 'ksk' : 'csk';
}
