/** The hash of NSEC3 owner names (RFC 5155 section 5). SHA-1 is the only algorithm that the registry has. */
import { digestInto } from '../crypto/digest.ts';
import type { Octets } from '../text/octets.ts';

/** Hash algorithm number of SHA-1 in NSEC3 and NSEC3PARAM. */
export const nsec3Sha1 = 1;

/** Octets of a hash. */
export const nsec3HashLength = 20;

/** Room for a name (255) and a salt (255), as for a hash and a salt. */
const input = new Uint8Array(510);

/**
 * Writes the hash of the wire name `names[from..to]` (which must be in lower case) at `out[at]`. `iterations` counts the
 * additional ones: 0 means one hash.
 */
export function nsec3HashInto(
  names: Octets,
  from: number,
  to: number,
  salt: Octets,
  iterations: number,
  out: Octets,
  at: number,
): void {
  if (salt.length === 0) {
    digestInto('sha1', names.subarray(from, to), out, at);
    if (iterations === 0) return;
    const view = out.subarray(at, at + nsec3HashLength);
    for (let i = 0; i < iterations; i++) digestInto('sha1', view, view);
    return;
  }
  for (let i = from; i < to; i++) input[i - from] = names[i];
  input.set(salt, to - from);
  if (iterations === 0) {
    digestInto('sha1', input.subarray(0, to - from + salt.length), out, at);
    return;
  }
  digestInto('sha1', input.subarray(0, to - from + salt.length), input);
  input.set(salt, nsec3HashLength);
  const salted = input.subarray(0, nsec3HashLength + salt.length);
  for (let i = 1; i < iterations; i++) digestInto('sha1', salted, input);
  digestInto('sha1', salted, out, at);
}

/** The hash of a whole wire name in lower case. */
export function nsec3Hash(nameWireLower: Octets, salt: Octets, iterations: number): Octets {
  const out = new Uint8Array(nsec3HashLength);
  nsec3HashInto(nameWireLower, 0, nameWireLower.length, salt, iterations, out, 0);
  return out;
}
