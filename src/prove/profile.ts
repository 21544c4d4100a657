/** Validators as the proof knows them: what they support, and how much they insist on (RFC 4035 section 5.2, RFC 6840 section 5.11). */
import { algorithmOf } from '../dnssec/algorithm.ts';
import { digestTypeOf } from '../dnssec/ds.ts';

export interface Profile {
  readonly name: string;
  /**
   * Permissive: one algorithm of the DS set that leads all the way is enough. Strict (Unbound's harden-algo-downgrade): every
   * one must, by the highest digest type of the set alone.
   */
  readonly strict: boolean;
  readonly withoutAlgorithms: readonly number[];
  readonly withoutDigests: readonly number[];
  /**
   * To one that lacks something, a zone of which it supports no DS is insecure, and the operator has chosen so: it is asked only that it
   * never finds the zone bogus.
   */
  readonly mayBeInsecure: boolean;
}

const profile = (
  name: string,
  {
    strict = false,
    without = {},
    mayBeInsecure = false,
  }: Partial<Pick<Profile, 'strict' | 'mayBeInsecure'>> & {
    readonly without?: { readonly algorithms?: number[]; readonly digests?: number[] };
  } = {},
): Profile => ({
  name,
  strict,
  withoutAlgorithms: without.algorithms ?? [],
  withoutDigests: without.digests ?? [],
  mayBeInsecure,
});

export const profiles = {
  permissive: profile('permissive'),
  strict: profile('strict', { strict: true }),
  'no-ecdsa-p256': profile('no-ecdsa-p256', { without: { algorithms: [13] }, mayBeInsecure: true }),
  'no-sha-384': profile('no-sha-384', { without: { digests: [4] }, mayBeInsecure: true }),
  'no-sha-384-strict': profile('no-sha-384-strict', { strict: true, without: { digests: [4] }, mayBeInsecure: true }),
  /** Many take SHA-1 for nothing (RFC 8624 section 3.3 forbids to make such DS): nobody chooses a DS set of that alone. */
  'no-sha-1': profile('no-sha-1', { without: { digests: [1] } }),
} as const satisfies Readonly<Record<string, Profile>>;

/** What is always run. */
export const defaultProfiles: readonly Profile[] = Object.values(profiles);

/** It supports whatever is in use. */
export function isWhole({ withoutAlgorithms, withoutDigests }: Profile): boolean {
  return withoutAlgorithms.length + withoutDigests.length === 0;
}

export function supportsAlgorithm({ withoutAlgorithms }: Profile, algorithm: number): boolean {
  return algorithmOf(algorithm)?.mayVerify === true && !withoutAlgorithms.includes(algorithm);
}

export function supportsDigest({ withoutDigests }: Profile, type: number): boolean {
  return digestTypeOf(type)?.digest !== undefined && !withoutDigests.includes(type);
}
