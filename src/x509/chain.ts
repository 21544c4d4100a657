/**
 * The order of the certificates of a file: who issued whom, by name and signature. Whether a chain may be trusted —
 * dates, constraints, purposes — is path validation, in path.ts.
 */
import { createPublicKey, X509Certificate } from 'node:crypto';
import { asBuffer, type Octets } from '../text/octets.ts';
import { type Certificate, certificateName } from './certificate.ts';
import { sameName } from './distinguished-name.ts';

export interface Chain {
  /** The leaf, its issuers, their issuers …: nearest first, each once, in file order at equal distance. */
  readonly certificates: readonly Certificate[];
  /** Certificates of the file that are no ancestors of the leaf. */
  readonly strays: readonly Certificate[];
  /** Certificates that issued none of the others; the first is the leaf of `certificates`. */
  readonly leaves: readonly Certificate[];
  /** What is not as a server should present it: a sentence, and the certificate that it is about. */
  readonly faults: readonly { readonly certificate: Certificate; readonly reason: string }[];
}

/** Orders the certificates of one file (at least one). */
export function orderChain(inFile: readonly Certificate[]): Chain {
  const faults: { certificate: Certificate; reason: string }[] = [];
  const all = inFile.filter((certificate, i) => {
    const isFirst = inFile.findIndex((other) => Buffer.compare(other.der, certificate.der) === 0) === i;
    if (!isFirst) faults.push({ certificate, reason: `${certificateName(certificate)} is in the file twice` });
    return isFirst;
  });

  const issuersOf = new Map(all.map((certificate) => [certificate, issuersIn(all, certificate)]));
  const issuers = new Set([...issuersOf.values()].flat());
  const withoutIssued = all.filter((certificate) => !issuers.has(certificate));
  // Two authorities that signed each other leave none: then the first of the file is what the server presents.
  const leaves = withoutIssued.length === 0 ? [all[0]] : withoutIssued;
  const leaf = leaves[0];

  const certificates = [leaf];
  for (const certificate of certificates) {
    for (const issuer of issuersOf.get(certificate) ?? [])
      if (!certificates.includes(issuer)) certificates.push(issuer);
  }
  const strays = all.filter((certificate) => !certificates.includes(certificate));

  if (all[0] !== leaf) {
    faults.push({
      certificate: all[0],
      reason: `the file begins with ${certificateName(all[0])}, and the server certificate ${certificateName(leaf)} comes later`,
    });
  } else {
    const early = certificates.find((certificate) => {
      const place = all.indexOf(certificate);
      return certificate !== leaf && !all.some((other, i) => i < place && issuersOf.get(other)?.includes(certificate));
    });
    if (early !== undefined) {
      faults.push({
        certificate: early,
        reason: `${certificateName(early)} comes before the certificate that it issued`,
      });
    }
  }
  for (const stray of strays) faults.push({ certificate: stray, reason: strayReason(stray, certificates, leaves) });
  return { certificates, strays, leaves, faults };
}

function strayReason(stray: Certificate, chain: readonly Certificate[], leaves: readonly Certificate[]): string {
  const name = certificateName(stray);
  const child = chain.find(
    (certificate) => sameName(certificate.issuer, stray.subject) && !isSameEntity(certificate, stray),
  );
  if (child !== undefined) {
    return `${name} bears the name of the issuer of ${certificateName(child)}, and the signature is not by its key`;
  }
  if (leaves.includes(stray) && !stray.isCa) {
    return `${name} (serial ${stray.serial}) is a second server certificate: a server presents the first, ${certificateName(chain[0])} (serial ${chain[0].serial})`;
  }
  const top = chain[chain.length - 1];
  return `${name} issued nothing in the chain of ${certificateName(chain[0])}: the issuer of ${certificateName(top)}, ${top.issuer.text}, is missing`;
}

/** The certificates among `pool` whose key signed `certificate` and whose subject is its issuer; never itself. */
export function issuersIn(pool: readonly Certificate[], certificate: Certificate): Certificate[] {
  return pool.filter(
    (other) =>
      other !== certificate &&
      sameName(other.subject, certificate.issuer) &&
      !isSameEntity(other, certificate) &&
      isSignedBy(certificate, other),
  );
}

/** Same subject, same key: a renewal or a cross-signed twin. One of them signs the other only as it signs itself. */
export function isSameEntity(a: Certificate, b: Certificate): boolean {
  return sameName(a.subject, b.subject) && Buffer.compare(a.spki, b.spki) === 0;
}

/**
 * Whether the key of `issuer` made the signature on `certificate`. False too for algorithms that OpenSSL does not know.
 */
export function isSignedBy(certificate: Certificate, issuer: { readonly spki: Octets }): boolean {
  try {
    const key = createPublicKey({ key: asBuffer(issuer.spki), format: 'der', type: 'spki' });
    return new X509Certificate(certificate.der).verify(key);
  } catch {
    return false;
  }
}
