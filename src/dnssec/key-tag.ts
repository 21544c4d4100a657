/** Key tags (RFC 4034 appendix B). */
import type { Octets } from '../text/octets.ts';

/** DNSKEY flags (RFC 4034 section 2.1.1, RFC 5011 section 7). */
export const Flag = { zone: 0x0100, revoke: 0x0080, sep: 0x0001 } as const;

/** The tag of a whole DNSKEY RDATA. RSA/MD5 (algorithm 1) has a rule of its own: appendix B.1. */
export function keyTag(dnskeyRdata: Octets): number {
  const { length } = dnskeyRdata;
  if (dnskeyRdata[3] === 1) return length < 7 ? 0 : (dnskeyRdata[length - 3] << 8) | dnskeyRdata[length - 2];
  let sum = 0;
  for (let i = 0; i < length; i++) sum += (i & 1) === 0 ? dnskeyRdata[i] << 8 : dnskeyRdata[i];
  sum += (sum >>> 16) & 0xffff;
  return sum & 0xffff;
}

/** The tag that the same key has with the REVOKE bit set (RFC 5011 section 2.1: the tag moves with the flags). */
export function revokedKeyTag(dnskeyRdata: Octets): number {
  const revoked = Uint8Array.from(dnskeyRdata);
  revoked[1] |= Flag.revoke;
  return keyTag(revoked);
}
