/** SOA serials in serial number arithmetic (RFC 1982). */

/** Whether `a` is ahead of `b`; false where they are equal, or where the order is undefined (a distance of 2^31). */
export function isAhead(a: number, b: number): boolean {
  const distance = (a - b) >>> 0;
  return distance !== 0 && distance < 0x80000000;
}
