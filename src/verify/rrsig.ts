/** The fixed fields of an RRSIG record, read in place (RFC 4034 section 3.1), and its 32-bit times. */
import { wireNameLength } from '../dns/name.ts';
import type { Octets } from '../text/octets.ts';

/** Octets before the signer's name. */
export const rrsigHead = 18;

const u16 = (octets: Octets, at: number) => (octets[at] << 8) | octets[at + 1];
const u32 = (octets: Octets, at: number) => ((u16(octets, at) << 16) | u16(octets, at + 2)) >>> 0;

export const rrsigAlgorithm = (rdata: Octets, at: number) => rdata[at + 2];
export const rrsigLabels = (rdata: Octets, at: number) => rdata[at + 3];
export const rrsigOriginalTtl = (rdata: Octets, at: number) => u32(rdata, at + 4);
export const rrsigExpiration = (rdata: Octets, at: number) => u32(rdata, at + 8);
export const rrsigInception = (rdata: Octets, at: number) => u32(rdata, at + 12);
export const rrsigKeyTag = (rdata: Octets, at: number) => u16(rdata, at + 16);

/** Where the signature begins; past `to` where the signer's name is broken. */
export function rrsigSignature(rdata: Octets, at: number, to: number): number {
  const length = wireNameLength(rdata, at + rrsigHead);
  return length < 0 ? to + 1 : at + rrsigHead + length;
}

/**
 * Seconds from time `b` to time `a`, both modulo 2^32, in the serial number arithmetic that RFC 4034 section 3.1.5 asks for (RFC 1982);
 * negative where `a` comes first. `b` may also be whole Unix seconds.
 */
export function secondsBetween(a: number, b: number): number {
  return (a - b) | 0;
}

/** The Unix time that a 32-bit time means, seen from `at`. */
export function unixTime(time: number, at: number): number {
  return at + secondsBetween(time, at);
}
