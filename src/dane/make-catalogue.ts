/** A catalogue from certificates and what their authority says about each. */
import { sha256, sha512 } from '../crypto/digest.ts';
import { hex } from '../text/octets.ts';
import { type Certificate, certificateName } from '../x509/certificate.ts';
import { algorithmText } from '../x509/public-key.ts';
import type { IssuerCatalogue, IssuerCertificate, IssuerKey, IssuerStatus } from './issuers.ts';

/** What is said of a certificate. root and cross-signed: in use, of a root's key. */
export const certificateStatuses = ['active', 'backup', 'retired', 'root', 'cross-signed', 'revoked'] as const;
export type CertificateStatus = (typeof certificateStatuses)[number];

export interface CatalogueEntry {
  readonly certificate: Certificate;
  readonly status: CertificateStatus;
  readonly source: string;
}

/** The keys in the order of their first certificates. */
export function makeCatalogue(
  head: Pick<IssuerCatalogue, 'name' | 'asOf' | 'source'>,
  entries: readonly CatalogueEntry[],
): IssuerCatalogue {
  const byKey = new Map<string, CatalogueEntry[]>();
  for (const entry of entries) {
    const key = hex(sha256(entry.certificate.spki));
    byKey.set(key, [...(byKey.get(key) ?? []), entry]);
  }
  return { ...head, keys: [...byKey.values()].map(keyOf) };
}

function keyOf(entries: readonly CatalogueEntry[]): IssuerKey {
  const [{ certificate }] = entries;
  const isRoot = entries.some((entry) => entry.certificate.isSelfIssued);
  return {
    role: isRoot ? 'root' : 'issuer',
    status: statusOf(entries, isRoot),
    algorithm: algorithmText(certificate.key),
    sha256: hex(sha256(certificate.spki)),
    sha512: hex(sha512(certificate.spki)),
    certificates: entries.map(certificateOf),
  };
}

/** Status of the key by that of any of its certificates; the first row that applies. */
const byRole: Readonly<Record<IssuerKey['role'], readonly (readonly [CertificateStatus, IssuerStatus])[]>> = {
  issuer: [
    ['active', 'active'],
    ['backup', 'backup'],
  ],
  // While a cross-signed certificate is in use, chains end with it and not with the root's own.
  root: [
    ['cross-signed', 'cross-sign only'],
    ['root', 'active'],
    ['active', 'active'],
  ],
};

function statusOf(entries: readonly CatalogueEntry[], isRoot: boolean): IssuerStatus {
  const row = byRole[isRoot ? 'root' : 'issuer'].find(([said]) => entries.some(({ status }) => status === said));
  return row === undefined ? 'retired' : row[1];
}

function certificateOf({ certificate, status, source }: CatalogueEntry): IssuerCertificate {
  return {
    name: certificateName(certificate),
    signedBy: certificate.issuer.commonName ?? certificate.issuer.text,
    notBefore: day(certificate.notBefore),
    notAfter: day(certificate.notAfter),
    isRevoked: status === 'revoked',
    sha256: hex(sha256(certificate.der)),
    sha512: hex(sha512(certificate.der)),
    source,
  };
}

function day(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}
