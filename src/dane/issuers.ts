/**
 * Issuer catalogues: the intermediate certificates from which a public authority may issue, so that a DANE-TA record
 * for each can stand there before the authority changes from one to the other. Data with a date; a newer danezone
 * brings newer data.
 */

import { sha256 } from '../crypto/digest.ts';
import { fromHex, hex } from '../text/octets.ts';
import type { Certificate } from '../x509/certificate.ts';
import type { Association } from './association.ts';

export interface Issuer {
  readonly name: string;
  /** active: issues now. backup: may issue from one day to the next. */
  readonly status: 'active' | 'backup';
  /** SHA-256 of the SubjectPublicKeyInfo. */
  readonly spkiSha256: string;
}

export interface IssuerCatalogue {
  readonly name: string;
  /** When the authority's own list was read, and where. */
  readonly asOf: string;
  readonly source: string;
  readonly issuers: readonly Issuer[];
}

const letsencrypt: IssuerCatalogue = {
  name: 'letsencrypt',
  asOf: '2026-07-08',
  source: 'certificates page of letsencrypt/website',
  issuers: [
    { name: 'YE1', status: 'active', spkiSha256: '6ebcefb4210b088654a38b03fea3d7d1c711b4fb1ddc363a45f9b1a4e53da01e' },
    { name: 'YE2', status: 'active', spkiSha256: 'b3fb5d00e994cddf2cc9a4eea9f806bc5727e83cc0e4299bf956f2d524fe5376' },
    { name: 'YR1', status: 'active', spkiSha256: '2e8307068b6db620e4a39d068b5dee5d6ef5788cbb2c0b6d23ead84fcc17178c' },
    { name: 'YR2', status: 'active', spkiSha256: '9d637b3d27a9e570d07607b9ccadb80a70915c7af72afce12841b1b1da825fd1' },
    { name: 'YE3', status: 'backup', spkiSha256: 'a698a20824be04e47a1a33c4fa488731be92011f23a31e900e2ca26c9c2acfce' },
    { name: 'YR3', status: 'backup', spkiSha256: '51aaa87d984b559ac69e929f888a022d832e089ff4dba0a412b5101bca4bc799' },
  ],
};

export const catalogues: ReadonlyMap<string, IssuerCatalogue> = new Map([[letsencrypt.name, letsencrypt]]);

/**
 * One DANE-TA SPKI SHA2-256 record for every issuer: an issuer's key outlives its certificates and cross-signatures.
 */
export function issuerAssociations(catalogue: IssuerCatalogue): Association[] {
  return catalogue.issuers.map(({ name, spkiSha256 }) => ({
    usage: 'DANE-TA',
    selector: 'SPKI',
    matching: 'SHA2-256',
    data: fromHex(spkiSha256) ?? new Uint8Array(0),
    from: [{ kind: 'issuers', catalogue: catalogue.name, issuer: name }],
  }));
}

/** The catalogue in which a certificate is one of several issuers. */
export function catalogueOf(certificate: Certificate): IssuerCatalogue | undefined {
  const digest = hex(sha256(certificate.spki));
  return [...catalogues.values()].find(({ issuers }) => issuers.some(({ spkiSha256 }) => spkiSha256 === digest));
}
