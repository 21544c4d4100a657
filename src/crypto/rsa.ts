/** RSA public keys in the form of DNSKEY records (RFC 3110 section 2). */
import type { Octets } from '../text/octets.ts';

export interface RsaPublicKey {
  /** Big-endian, no leading zero. */
  readonly exponent: Octets;
  /** Big-endian, no leading zero. */
  readonly modulus: Octets;
  /** Bits of the modulus. */
  readonly size: number;
}

/** What is wrong with a public key, and which part of it. */
export interface KeyFault {
  readonly error: string;
  readonly part: 'form' | 'exponent' | 'size' | 'point';
  /** Bits of the modulus, where that is the fault. */
  readonly size?: number;
}

/** The longest modulus (RFC 3110 section 2, RFC 5702 section 2). */
const longestModulus = 4096;

/**
 * Splits the public key field of algorithm `algorithm` (5, 7, 8, 10). What no validator can be expected to accept is a
 * fault: leading zeros, an even exponent, an exponent of 1, one over 64 bits (OpenSSL takes no larger one with a modulus over
 * 3072 bits), a modulus outside 512 to 4096 bits (1024 for algorithm 10).
 */
export function readRsaPublicKey(algorithm: number, publicKey: Octets): RsaPublicKey | KeyFault {
  const form = (error: string): KeyFault => ({ error, part: 'form' });
  if (publicKey.length < 3)
    return form(`an RSA public key has an exponent and a modulus, found ${publicKey.length} octets`);
  const long = publicKey[0] === 0;
  const start = long ? 3 : 1;
  const length = long ? (publicKey[1] << 8) | publicKey[2] : publicKey[0];
  if (length === 0 || start + length >= publicKey.length) {
    return form(`the exponent of ${length} octets does not leave room for a modulus in ${publicKey.length} octets`);
  }
  if (long && length < 256) return form(`the exponent of ${length} octets is announced in the long form`);
  const exponent = publicKey.subarray(start, start + length);
  const modulus = publicKey.subarray(start + length);
  if (exponent[0] === 0) return { error: 'the exponent begins with a zero octet', part: 'exponent' };
  if (modulus[0] === 0) return form('the modulus begins with a zero octet');
  if ((exponent[length - 1] & 1) === 0) return { error: 'the exponent is even', part: 'exponent' };
  if (length === 1 && exponent[0] === 1) return { error: 'the exponent is 1: anybody can sign', part: 'exponent' };
  if (length > 8) return { error: `the exponent has ${length * 8} bits, 64 at most are accepted`, part: 'exponent' };
  const size = modulus.length * 8 - (Math.clz32(modulus[0]) - 24);
  const smallest = algorithm === 10 ? 1024 : 512;
  if (size < smallest || size > longestModulus) {
    return { error: `the modulus has ${size} bits, allowed are ${smallest} to ${longestModulus}`, part: 'size', size };
  }
  if ((modulus[modulus.length - 1] & 1) === 0) return form('the modulus is even');
  return { exponent, modulus, size };
}

/** The public key field of an exponent and a modulus; leading zeros are dropped. */
export function writeRsaPublicKey(exponent: Octets, modulus: Octets): Octets {
  const e = withoutLeadingZeros(exponent);
  const n = withoutLeadingZeros(modulus);
  const head = e.length < 256 ? [e.length] : [0, e.length >>> 8, e.length & 0xff];
  return Uint8Array.from([...head, ...e, ...n]);
}

export function withoutLeadingZeros(octets: Octets): Octets {
  let from = 0;
  while (from < octets.length - 1 && octets[from] === 0) from++;
  return octets.subarray(from);
}
