/** What one field of a type says about the octets of another: digest lengths by digest type, keys that flags deny. */
import type { RDataCheck } from './field.ts';

/** DS digest type → octets (RFC 4034 section 5.1.4, RFC 4509, RFC 5933, RFC 6605). */
const dsDigestLengths: readonly (number | undefined)[] = [undefined, 20, 32, 32, 48];

/** SSHFP fingerprint type → octets (RFC 4255 section 3.1.2, RFC 6594 section 4). */
const sshfpLengths: readonly (number | undefined)[] = [undefined, 20, 32];

/** ZONEMD hash algorithm → octets, for scheme SIMPLE; a private scheme may cut its digests (RFC 8976 sections 2.2.2 to 2.2.4, A.3). */
const zonemdDigestLengths: readonly (number | undefined)[] = [undefined, 48, 64];
const zonemdSimple = 1;
const shortestZonemdDigest = 12;

/** NSEC3 hash algorithm → octets (RFC 5155 section 11). */
const nsec3HashLengths: readonly (number | undefined)[] = [undefined, 20];

export const checkDsDigest: RDataCheck = (octets, from, to) => {
  const expected = dsDigestLengths[octets[from + 3]];
  const found = to - from - 4;
  return expected === undefined || expected === found
    ? undefined
    : `a digest of type ${octets[from + 3]} has ${expected} octets, not ${found}`;
};

export const checkSshfpLength: RDataCheck = (octets, from, to) => {
  const expected = sshfpLengths[octets[from + 1]];
  const found = to - from - 2;
  return expected === undefined || expected === found
    ? undefined
    : `a fingerprint of type ${octets[from + 1]} has ${expected} octets, not ${found}`;
};

export const checkZonemdDigest: RDataCheck = (octets, from, to) => {
  const expected = octets[from + 4] === zonemdSimple ? zonemdDigestLengths[octets[from + 5]] : undefined;
  const found = to - from - 6;
  if (expected !== undefined && expected !== found) {
    return `a digest of hash algorithm ${octets[from + 5]} has ${expected} octets, not ${found}`;
  }
  return found < shortestZonemdDigest
    ? `a digest has at least ${shortestZonemdDigest} octets, not ${found}`
    : undefined;
};

export const checkNsec3Hash: RDataCheck = (octets, from) => {
  const expected = nsec3HashLengths[octets[from]];
  const found = octets[from + 5 + octets[from + 4]];
  return expected === undefined || expected === found
    ? undefined
    : `a hash of algorithm ${octets[from]} has ${expected} octets, not ${found}`;
};

/** KEY: both bits of "no key" say that there is none; else there is one (RFC 2535 section 3.1.2). */
export const checkKeyPresence: RDataCheck = (octets, from, to) => {
  const absent = octets[from] >> 6 === 3;
  if (absent === (to - from === 4)) return undefined;
  return absent ? 'the flags say that there is no key, found one' : 'the public key is missing';
};
