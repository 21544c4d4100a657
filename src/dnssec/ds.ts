/** Delegation signer digests (RFC 4034 section 5.1.4, RFC 4509, RFC 6605). */
import { type DigestName, digest, digestLength } from '../crypto/digest.ts';
import { type Name, nameToWire } from '../dns/name.ts';
import { concatOctets, hex, type Octets } from '../text/octets.ts';
import { keyTag } from './key-tag.ts';

export interface DigestType {
  readonly number: number;
  /** Mnemonic of the IANA registry "Delegation Signer (DS) Resource Record (RR) Type Digest Algorithms". */
  readonly mnemonic: string;
  /** Octets of the digest. */
  readonly length: number;
  readonly digest?: DigestName;
  /** A DS of this type may be given to a parent. */
  readonly mayMake: boolean;
  /** Why no DS of this type is made. */
  readonly refusal?: string;
  readonly source: string;
}

const made = (number: number, mnemonic: string, name: DigestName, source: string): DigestType => ({
  number,
  mnemonic,
  digest: name,
  length: digestLength[name],
  mayMake: true,
  source,
});

const refused = (number: number, mnemonic: string, length: number, source: string, refusal: string): DigestType => ({
  number,
  mnemonic,
  length,
  mayMake: false,
  refusal,
  source,
});

export const digestTypes: readonly DigestType[] = [
  {
    ...refused(1, 'SHA-1', 20, 'RFC 4034 section 5.1.4, RFC 9905', 'SHA-1 no longer resists collisions; use SHA-256'),
    digest: 'sha1',
  },
  made(2, 'SHA-256', 'sha256', 'RFC 4509'),
  refused(3, 'GOST R 34.11-94', 32, 'RFC 5933, RFC 9906', 'GOST R 34.11-94 is withdrawn from DNSSEC; use SHA-256'),
  made(4, 'SHA-384', 'sha384', 'RFC 6605'),
  refused(5, 'GOST R 34.11-2012', 32, 'RFC 9558', 'few validators know GOST R 34.11-2012; use SHA-256'),
  refused(6, 'SM3', 32, 'RFC 9563', 'few validators know SM3; use SHA-256'),
];

const byNumber = new Map(digestTypes.map((type) => [type.number, type]));
const plainMnemonic = (text: string) => text.toUpperCase().replace(/[- _]/g, '');
const byMnemonic = new Map(digestTypes.map((type) => [plainMnemonic(type.mnemonic), type]));

/** The row of a number, or of a mnemonic in any case with or without its hyphen (`SHA-256`, `sha256`, `2`). */
export function digestTypeOf(from: string | number): DigestType | undefined {
  if (typeof from === 'number') return byNumber.get(from);
  return /^[0-9]{1,3}$/.test(from) ? byNumber.get(Number(from)) : byMnemonic.get(plainMnemonic(from));
}

/**
 * The digest over owner name and DNSKEY RDATA; `ownerWire` in lower case. Also SHA-1, for comparison with the DS that others made.
 * A type that cannot be computed is a bug: ask `digestTypeOf` first.
 */
export function dsDigest(ownerWire: Octets, dnskeyRdata: Octets, digestType: number): Octets {
  const name = byNumber.get(digestType)?.digest;
  if (name === undefined) throw new Error(`DS digest type ${digestType} cannot be computed`);
  return digest(name, concatOctets([ownerWire, dnskeyRdata]));
}

/** The whole DS RDATA. */
export function dsRData(owner: Name, dnskeyRdata: Octets, digestType: number): Octets {
  const tag = keyTag(dnskeyRdata);
  const head = Uint8Array.of(tag >>> 8, tag & 0xff, dnskeyRdata[3], digestType);
  return concatOctets([head, dsDigest(nameToWire(owner), dnskeyRdata, digestType)]);
}

/** The digest of DS RDATA as dnssec-dsfromkey prints it: forms of registrars refuse the spaces that RFC 4034 section 5.3 permits. */
export const dsDigestText = (rdata: Octets): string => hex(rdata.subarray(4)).toUpperCase();

/** DS RDATA as people hand it on: `12345 13 2 05A1…`. */
export function dsText(rdata: Octets): string {
  return `${rdata[0] * 256 + rdata[1]} ${rdata[2]} ${rdata[3]} ${dsDigestText(rdata)}`;
}
