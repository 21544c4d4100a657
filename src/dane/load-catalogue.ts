/** An issuer catalogue of the repository with the content of its files. */
import type { IssuerSource } from '../describe/description.ts';
import { type Report, report } from '../text/problem.ts';
import { certificateName } from '../x509/certificate.ts';
import { rules as certificateRules } from '../x509/rules.ts';
import type { IssuerCatalogue } from './issuers.ts';
import { loadAnchor, type ReadFile } from './load-certificate.ts';
import { type CatalogueEntry, type CertificateStatus, makeCatalogue } from './make-catalogue.ts';

/** Undefined where a file is no certificate of an authority, which was reported: a set without it would be short of a record. */
export function loadCatalogue(source: IssuerSource, read: ReadFile, to: Report): IssuerCatalogue | undefined {
  const subject = source.name;
  let isWhole = true;
  const entries = source.files.flatMap(({ value: path, at, status }): CatalogueEntry[] => {
    const certificate = loadAnchor(path, at, read, to);
    // Authorities of the last century have certificates of version 1, without basic constraints.
    if (certificate !== undefined && (certificate.isCa || certificate.version < 3)) {
      const isCrossSigned = status === 'root' && !certificate.isSelfIssued;
      const said: CertificateStatus = isCrossSigned ? 'cross-signed' : status;
      return [{ certificate, status: said, source: path }];
    }
    isWhole = false;
    if (certificate !== undefined) {
      const found = `${certificateName(certificate)}, whose basic constraints do not say CA`;
      const facts = { expected: 'the certificate of an issuer', found };
      report(to, certificateRules['cert/not-a-certificate'], at, facts, { subject });
    }
    return [];
  });
  return isWhole ? makeCatalogue({ name: source.name, asOf: source.asOf }, entries) : undefined;
}
