/**
 * One-shot message digests. Input may be a view on a SharedArrayBuffer.
 *
 * `crypto.hash` makes a one-character-per-octet string several times faster than a Buffer, so the octets are taken from
 * that string.
 */
import { hash } from 'node:crypto';
import type { Octets } from '../text/octets.ts';

export type DigestName = 'sha1' | 'sha256' | 'sha384' | 'sha512';

/** Octets of each digest. */
export const digestLength: Readonly<Record<DigestName, number>> = { sha1: 20, sha256: 32, sha384: 48, sha512: 64 };

/** Writes the digest of `octets` at `out[at]`. `out` may be the memory of `octets`. */
export function digestInto(name: DigestName, octets: Octets, out: Octets, at = 0): void {
  const text = hash(name, octets, 'binary');
  for (let i = 0; i < text.length; i++) out[at + i] = text.charCodeAt(i);
}

export function digest(name: DigestName, octets: Octets): Octets {
  const out = new Uint8Array(digestLength[name]);
  digestInto(name, octets, out);
  return out;
}

export const sha1 = (octets: Octets): Octets => digest('sha1', octets);
export const sha256 = (octets: Octets): Octets => digest('sha256', octets);
export const sha384 = (octets: Octets): Octets => digest('sha384', octets);
export const sha512 = (octets: Octets): Octets => digest('sha512', octets);
