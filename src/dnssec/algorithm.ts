/**
 * DNSSEC algorithms: the rows of the IANA registry "DNS Security Algorithm Numbers", with what this program does with each
 * one and why. Recommendations: RFC 9904 (which replaces RFC 8624), RFC 9905 (SHA-1), RFC 9906 (GOST).
 */
import type { DigestName } from '../crypto/digest.ts';
import type { Octets } from '../text/octets.ts';

export type AlgorithmKind = 'rsa' | 'ecdsa' | 'eddsa' | 'other';

export interface Algorithm {
  readonly number: number;
  /** Mnemonic of the registry, upper case. */
  readonly mnemonic: string;
  readonly kind: AlgorithmKind;
  /** The digest that is signed; undefined where the algorithm takes the message itself. */
  readonly digest?: DigestName;
  /** New keys may be generated. */
  readonly mayMake: boolean;
  /** Existing keys may sign. */
  readonly mayUse: boolean;
  /** Signatures can be checked. */
  readonly mayVerify: boolean;
  /** Signatures of others can be checked, but no zone of ours may be signed with it. */
  readonly verifyOnly: boolean;
  /** RFC 9904 and 9905 say MUST NOT for signing, or no validator may accept it. */
  readonly forbidden: boolean;
  /** Why keys are not made or not used: a sentence that follows the mnemonic. */
  readonly refusal?: string;
  /** Octets of the public key field, where they are fixed. */
  readonly publicKeyLength?: number;
  /** Octets of a signature of this public key; 0 where the algorithm is not known here. */
  readonly signatureLength: (publicKey: Octets) => number;
  /** RFC. */
  readonly source: string;
}

type Row = Partial<Algorithm> & Pick<Algorithm, 'number' | 'mnemonic' | 'source'>;

const unknownLength = () => 0;

function algorithm(row: Row): Algorithm {
  const mayUse = row.mayUse ?? false;
  const mayVerify = row.mayVerify ?? mayUse;
  return Object.freeze({
    kind: 'other',
    mayMake: false,
    forbidden: false,
    signatureLength: unknownLength,
    ...row,
    mayUse,
    mayVerify,
    verifyOnly: mayVerify && !mayUse,
  });
}

const rsa = (row: Row) => algorithm({ kind: 'rsa', mayVerify: true, signatureLength: rsaModulusLength, ...row });

const curve = (kind: 'ecdsa' | 'eddsa', publicKeyLength: number, signatureLength: number, row: Row) =>
  algorithm({
    kind,
    mayMake: true,
    mayUse: true,
    publicKeyLength,
    signatureLength: () => signatureLength,
    ...row,
  });

const sha1Refusal = 'rests on SHA-1, and validators treat its zones as unsigned; use ECDSAP256SHA256';

export const algorithms: readonly Algorithm[] = [
  algorithm({
    number: 0,
    mnemonic: 'DELETE',
    refusal: 'stands only in CDS and CDNSKEY, where it asks the parent to remove the DS',
    source: 'RFC 8078 section 4',
  }),
  algorithm({
    number: 1,
    mnemonic: 'RSAMD5',
    forbidden: true,
    refusal: 'rests on MD5 and must not be used; use ECDSAP256SHA256',
    source: 'RFC 6725, RFC 9904 section 3',
  }),
  algorithm({ number: 2, mnemonic: 'DH', refusal: 'exchanges keys and signs nothing', source: 'RFC 2539' }),
  algorithm({
    number: 3,
    mnemonic: 'DSA',
    forbidden: true,
    refusal: 'must not be used: SHA-1, and a repeated nonce gives the key away; use ECDSAP256SHA256',
    source: 'RFC 2536, RFC 9904 section 3',
  }),
  rsa({
    number: 5,
    mnemonic: 'RSASHA1',
    digest: 'sha1',
    forbidden: true,
    refusal: sha1Refusal,
    source: 'RFC 3110, RFC 9905 section 2',
  }),
  algorithm({
    number: 6,
    mnemonic: 'DSA-NSEC3-SHA1',
    forbidden: true,
    refusal: 'must not be used: SHA-1, and a repeated nonce gives the key away; use ECDSAP256SHA256',
    source: 'RFC 5155, RFC 9904 section 3',
  }),
  rsa({
    number: 7,
    mnemonic: 'RSASHA1-NSEC3-SHA1',
    digest: 'sha1',
    forbidden: true,
    refusal: sha1Refusal,
    source: 'RFC 5155, RFC 9905 section 2',
  }),
  rsa({ number: 8, mnemonic: 'RSASHA256', digest: 'sha256', mayMake: true, mayUse: true, source: 'RFC 5702' }),
  rsa({
    number: 10,
    mnemonic: 'RSASHA512',
    digest: 'sha512',
    mayUse: true,
    refusal: 'is not recommended for signing; existing keys work, new ones are made as RSASHA256 or ECDSAP256SHA256',
    source: 'RFC 5702, RFC 9904 section 3',
  }),
  algorithm({
    number: 12,
    mnemonic: 'ECC-GOST',
    forbidden: true,
    refusal: 'is withdrawn together with GOST R 34.10-2001 and must not be used; use ECDSAP256SHA256',
    source: 'RFC 5933, RFC 9906',
  }),
  curve('ecdsa', 64, 64, { number: 13, mnemonic: 'ECDSAP256SHA256', digest: 'sha256', source: 'RFC 6605' }),
  curve('ecdsa', 96, 96, { number: 14, mnemonic: 'ECDSAP384SHA384', digest: 'sha384', source: 'RFC 6605' }),
  curve('eddsa', 32, 64, { number: 15, mnemonic: 'ED25519', source: 'RFC 8080' }),
  curve('eddsa', 57, 114, { number: 16, mnemonic: 'ED448', source: 'RFC 8080' }),
  algorithm({
    number: 17,
    mnemonic: 'SM2SM3',
    refusal: 'is known to few validators, for which the zone would be unsigned; use ECDSAP256SHA256',
    source: 'RFC 9563',
  }),
  algorithm({
    number: 18,
    mnemonic: 'MLDSA44',
    refusal:
      'has its number from an Internet-Draft that is not an RFC yet, with signatures of 2420 octets; few validators check ' +
      'it, for all others the zone would be unsigned, and Node 20 has no code for it; use ECDSAP256SHA256',
    source: 'draft-westerbaan-dnssec-mldsa',
  }),
  algorithm({
    number: 23,
    mnemonic: 'ECC-GOST12',
    refusal: 'is known to few validators, for which the zone would be unsigned; use ECDSAP256SHA256',
    source: 'RFC 9558',
  }),
  algorithm({ number: 252, mnemonic: 'INDIRECT', refusal: 'is reserved', source: 'RFC 4034 appendix A.1' }),
  algorithm({
    number: 253,
    mnemonic: 'PRIVATEDNS',
    refusal: 'is a private algorithm that only its owner can check',
    source: 'RFC 4034 appendix A.1.1',
  }),
  algorithm({
    number: 254,
    mnemonic: 'PRIVATEOID',
    refusal: 'is a private algorithm that only its owner can check',
    source: 'RFC 4034 appendix A.1.1',
  }),
];

const byNumber = new Map(algorithms.map((row) => [row.number, row]));
const byMnemonic = new Map(algorithms.map((row) => [row.mnemonic, row]));

/** Names that dnssec-keygen and ldns-keygen take besides those of the registry. */
const otherNames: Readonly<Record<string, string>> = {
  NSEC3RSASHA1: 'RSASHA1-NSEC3-SHA1',
  NSEC3DSA: 'DSA-NSEC3-SHA1',
  ECCGOST: 'ECC-GOST',
  'ECDSA-P256-SHA256': 'ECDSAP256SHA256',
  'ECDSA-P384-SHA384': 'ECDSAP384SHA384',
  'ML-DSA-44': 'MLDSA44',
};

/** The row of a number, of its decimal text, or of a mnemonic in any case; undefined where the registry has none. */
export function algorithmOf(from: string | number): Algorithm | undefined {
  if (typeof from === 'number') return byNumber.get(from);
  if (/^[0-9]{1,3}$/.test(from)) return byNumber.get(Number(from));
  const upper = from.toUpperCase();
  return byMnemonic.get(otherNames[upper] ?? upper);
}

/** `ECDSAP256SHA256`, or `algorithm 99` for a number without a row. */
export function algorithmName(number: number): string {
  return byNumber.get(number)?.mnemonic ?? `algorithm ${number}`;
}

/** `ECDSAP256SHA256 key 12345`, or `ECDSAP256SHA256 key` where the tag is not known; for messages. */
export function keyLabel(algorithm: number, tag?: number): string {
  return `${algorithmName(algorithm)} key${tag === undefined ? '' : ` ${tag}`}`;
}

/** Octets of the modulus in an RFC 3110 public key, without looking at its sense; 0 where there is none. */
function rsaModulusLength(publicKey: Octets): number {
  const short = publicKey[0] ?? 0;
  const head = short === 0 ? 3 + ((publicKey[1] << 8) | publicKey[2]) : 1 + short;
  return Math.max(0, publicKey.length - head) || 0;
}
