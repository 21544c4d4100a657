/** Whether an octet string is a point of edwards25519 or edwards448 (RFC 8032 sections 5.1.3 and 5.2.3). Public values only. */
import type { Octets } from '../text/octets.ts';
import { bigintOf } from './bigint.ts';
import { modPower } from './modular.ts';

interface Curve {
  readonly prime: bigint;
  /** a of a·x² + y² = 1 + d·x²·y². */
  readonly a: bigint;
  readonly d: bigint;
  readonly length: number;
}

const prime25519 = 2n ** 255n - 19n;
const prime448 = 2n ** 448n - 2n ** 224n - 1n;

const curves: Readonly<Record<number, Curve>> = {
  15: {
    prime: prime25519,
    a: prime25519 - 1n,
    d: 37095705934669439343138083508754565189542113879843219016388785533085940283555n,
    length: 32,
  },
  16: { prime: prime448, a: 1n, d: prime448 - 39081n, length: 57 },
};

/** Undefined for a point, and for every algorithm that is not EdDSA. */
export function edwardsPointError(algorithm: number, publicKey: Octets): string | undefined {
  const curve = curves[algorithm];
  if (curve === undefined) return undefined;
  if (publicKey.length !== curve.length) return `has ${publicKey.length} octets, expected ${curve.length}`;
  const reversed = Uint8Array.from(publicKey).reverse();
  const sign = reversed[0] >>> 7;
  reversed[0] &= 0x7f;
  const { prime, a, d } = curve;
  const y = bigintOf(reversed);
  if (y >= prime) return 'is not below the prime of the field';
  // x² = (y² − 1) / (d·y² − a); u·v is a square exactly when u/v is one.
  const y2 = (y * y) % prime;
  const u = (y2 - 1n + prime) % prime;
  const v = (((d * y2) % prime) - a + prime) % prime;
  if (u === 0n) return sign === 0 ? undefined : 'has x = 0 with the sign bit set';
  return modPower((u * v) % prime, (prime - 1n) / 2n, prime) === 1n ? undefined : 'is no point of the curve';
}
