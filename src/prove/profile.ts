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
}

const profile = (
  name: string,
  strict: boolean,
  without: { algorithms?: number[]; digests?: number[] } = {},
): Profile => ({
  name,
  strict,
  withoutAlgorithms: without.algorithms ?? [],
  withoutDigests: without.digests ?? [],
});

/** To those that lack something, a zone whose whole DS set they do not support is insecure: a violation like every other. */
export const profiles = {
  permissive: profile('permissive', false),
  strict: profile('strict', true),
  'no-ecdsa-p256': profile('no-ecdsa-p256', false, { algorithms: [13] }),
  'no-sha-384': profile('no-sha-384', false, { digests: [4] }),
  'no-sha-384-strict': profile('no-sha-384-strict', true, { digests: [4] }),
  'no-sha-1': profile('no-sha-1', false, { algorithms: [5, 7], digests: [1] }),
} as const satisfies Readonly<Record<string, Profile>>;

/** What is always run. */
export const defaultProfiles: readonly Profile[] = [profiles.permissive, profiles.strict];

export function supportsAlgorithm({ withoutAlgorithms }: Profile, algorithm: number): boolean {
  return algorithmOf(algorithm)?.mayVerify === true && !withoutAlgorithms.includes(algorithm);
}

export function supportsDigest({ withoutDigests }: Profile, type: number): boolean {
  return digestTypeOf(type)?.digest !== undefined && !withoutDigests.includes(type);
}
