/** The constants of the two NIST curves (FIPS 186-4 appendix D.1.2) that DNSSEC uses (RFC 6605). */
import type { DigestName } from './digest.ts';

export interface EcdsaCurve {
  /** DNSSEC algorithm number. */
  readonly algorithm: number;
  /** OpenSSL's name. */
  readonly openssl: string;
  /** Name in JWK. */
  readonly jwk: string;
  /** Octets of a scalar and of a coordinate. */
  readonly length: number;
  /** Order of the base point. */
  readonly order: bigint;
  /** The digest that the algorithm uses. */
  readonly digest: DigestName;
}

export const p256: EcdsaCurve = {
  algorithm: 13,
  openssl: 'prime256v1',
  jwk: 'P-256',
  length: 32,
  order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  digest: 'sha256',
};

export const p384: EcdsaCurve = {
  algorithm: 14,
  openssl: 'secp384r1',
  jwk: 'P-384',
  length: 48,
  order: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  digest: 'sha384',
};

export const ecdsaCurves: Readonly<Record<number, EcdsaCurve>> = { 13: p256, 14: p384 };
