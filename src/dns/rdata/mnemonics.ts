/** Numbers that people write by name in RDATA (IANA registries "DNS Security Algorithm Numbers", "CERT RR Certificate Types", …). */
import { mnemonicU8, mnemonicU16 } from './numbers.ts';

const algorithmNumbers = {
  RSAMD5: 1,
  DH: 2,
  DSA: 3,
  RSASHA1: 5,
  'DSA-NSEC3-SHA1': 6,
  NSEC3DSA: 6,
  'RSASHA1-NSEC3-SHA1': 7,
  NSEC3RSASHA1: 7,
  RSASHA256: 8,
  RSASHA512: 10,
  'ECC-GOST': 12,
  ECCGOST: 12,
  ECDSAP256SHA256: 13,
  ECDSAP384SHA384: 14,
  ED25519: 15,
  ED448: 16,
  INDIRECT: 252,
  PRIVATEDNS: 253,
  PRIVATEOID: 254,
};

/** A DNSSEC algorithm, shown as a number (RFC 4034 section 2.2). */
export const algorithm = mnemonicU8({ noun: 'a DNSSEC algorithm', codes: algorithmNumbers });

/** The algorithm of CERT: shown by mnemonic where it has one (RFC 4398 section 2.2). */
export const certificateAlgorithm = mnemonicU8({
  noun: 'a DNSSEC algorithm',
  codes: algorithmNumbers,
  written: true,
});

export const certificateType = mnemonicU16({
  noun: 'a certificate type',
  codes: { PKIX: 1, SPKI: 2, PGP: 3, IPKIX: 4, ISPKI: 5, IPGP: 6, ACPKIX: 7, IACPKIX: 8, URI: 253, OID: 254 },
  written: true,
});

export const dsDigestType = mnemonicU8({
  noun: 'a digest type',
  codes: { 'SHA-1': 1, SHA1: 1, 'SHA-256': 2, SHA256: 2, GOST: 3, 'SHA-384': 4, SHA384: 4 },
});

export const nsec3HashAlgorithm = mnemonicU8({ noun: 'a hash algorithm', codes: { 'SHA-1': 1, SHA1: 1 } });
