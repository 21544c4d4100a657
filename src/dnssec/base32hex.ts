/** Base 32 with the extended hex alphabet (RFC 4648 section 7), without padding, in lower case, as NSEC3 owners have it. */
import type { Octets } from '../text/octets.ts';

const alphabet = Buffer.from('0123456789abcdefghijklmnopqrstuv', 'latin1');

/** Octet → value of the digit, 255 where it is none; both cases. */
const values = new Uint8Array(256).fill(255);
for (const [value, octet] of alphabet.entries()) {
  values[octet] = value;
  if (octet >= 0x61) values[octet - 0x20] = value;
}

/** Digits that `count` octets take: 32 for the 20 octets of a SHA-1 digest. */
export function base32hexLength(count: number): number {
  return Math.ceil((count * 8) / 5);
}

/** Writes the digits of `octets[from..to]` at `out[at]` and returns where they end. */
export function encodeBase32hexInto(octets: Octets, from: number, to: number, out: Octets, at: number): number {
  let bits = 0;
  let count = 0;
  for (let i = from; i < to; i++) {
    bits = ((bits << 8) | octets[i]) & 0xfff;
    for (count += 8; count >= 5; count -= 5) out[at++] = alphabet[(bits >>> (count - 5)) & 31];
  }
  if (count > 0) out[at++] = alphabet[(bits << (5 - count)) & 31];
  return at;
}

export function encodeBase32hex(octets: Octets): Octets {
  const out = new Uint8Array(base32hexLength(octets.length));
  encodeBase32hexInto(octets, 0, octets.length, out, 0);
  return out;
}

/** The octets of a whole label or field in either case; undefined where it is not base32hex or its last bits are not zero. */
export function decodeBase32hex(digits: Octets, from = 0, to = digits.length): Octets | undefined {
  const length = Math.floor(((to - from) * 5) / 8);
  if (base32hexLength(length) !== to - from) return undefined;
  const out = new Uint8Array(length);
  let bits = 0;
  let count = 0;
  let at = 0;
  for (let i = from; i < to; i++) {
    const value = values[digits[i]];
    if (value === 255) return undefined;
    bits = ((bits << 5) | value) & 0xfff;
    count += 5;
    if (count >= 8) {
      count -= 8;
      out[at++] = bits >>> count;
    }
  }
  return (bits & ((1 << count) - 1)) === 0 ? out : undefined;
}
