/** How long a key is, as BIND's .state files say it. */
import type { ZoneKey } from './key.ts';

/** Of curves those that named prints. */
const curveBits: Readonly<Record<number, number>> = { 13: 256, 14: 384, 15: 256, 16: 456 };

/** Bits of the key; of RSA those of the modulus (RFC 3110 section 2). */
export function bitsOf({ algorithm, publicKey }: ZoneKey): number {
  const bits = curveBits[algorithm];
  if (bits !== undefined) return bits;
  const exponentEnd = publicKey[0] === 0 ? 3 + publicKey[1] * 256 + publicKey[2] : 1 + publicKey[0];
  const modulus = publicKey.subarray(exponentEnd);
  const first = modulus.findIndex((octet) => octet !== 0);
  return first < 0 ? 0 : (modulus.length - first) * 8 - (Math.clz32(modulus[first]) - 24);
}
