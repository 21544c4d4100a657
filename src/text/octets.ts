/**
 * Octet strings. Everything on the wire is a `Uint8Array`; a `Buffer` is one too. Views on a SharedArrayBuffer are
 * allowed everywhere, so that workers copy nothing.
 */
export type Octets = Uint8Array;

/** Lower-case hexadecimal. */
export function hex(octets: Octets): string {
  return asBuffer(octets).toString('hex');
}

/** The octets of a hexadecimal text, or undefined where it is odd, empty or has another character. */
export function fromHex(text: string): Octets | undefined {
  if (text.length === 0 || text.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(text)) return undefined;
  return Buffer.from(text, 'hex');
}

export function base64(octets: Octets): string {
  return asBuffer(octets).toString('base64');
}

/** A Buffer over the same memory. */
export function asBuffer(octets: Octets): Buffer {
  return Buffer.isBuffer(octets)
    ? octets
    : Buffer.from(octets.buffer as ArrayBuffer, octets.byteOffset, octets.byteLength);
}

export function equalOctets(a: Octets, b: Octets): boolean {
  return a.length === b.length && asBuffer(a).equals(b);
}

/** Left-justified unsigned octet order, a prefix first: the order of RFC 4034 section 6.3. */
export function compareOctets(a: Octets, b: Octets): number {
  return Buffer.compare(a, b);
}

export function concatOctets(parts: readonly Octets[]): Octets {
  return Buffer.concat(parts);
}
