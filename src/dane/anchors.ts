/**
 * Which certificates of a chain a trust-anchor record is made of: the issuers of the leaf, or the one that the
 * description names.
 */
import { type Certificate, certificateName } from '../x509/certificate.ts';
import { issuersIn } from '../x509/chain.ts';
import type { Selector, Usage } from './acronym.ts';

export interface AnchorQuestion {
  readonly usage: Usage;
  readonly selector: Selector;
  /** Leaf first, then its issuers. */
  readonly chain: readonly Certificate[];
  readonly strays: readonly Certificate[];
  /** Common name or file, as the description has it; undefined: the issuer of the leaf. */
  readonly anchor?: string;
  /** The certificate of an `anchor` that is a file. */
  readonly anchorCertificate?: Certificate;
}

/** Whether `anchor` names a file and no subject: it has a folder or the ending of a certificate file. */
export function isAnchorFile(anchor: string): boolean {
  return anchor.includes('/') || /\.(?:pem|crt|cer|der)$/i.test(anchor);
}

/**
 * The certificates to pin; several where an issuer has several certificates in the chain, cross-signed ones for
 * example. The error is a sentence.
 */
export function findAnchors(question: AnchorQuestion): readonly Certificate[] | { readonly error: string } {
  const { chain, strays, anchor, anchorCertificate, usage, selector } = question;
  const [leaf, ...issuers] = chain;
  if (anchor === undefined) {
    const found = issuersIn(issuers, leaf);
    if (found.length > 0) return found;
    return {
      error: leaf.isSelfIssued
        ? `${certificateName(leaf)} is self-signed, and the leaf itself cannot be its trust anchor`
        : `its issuer ${leaf.issuer.text} is not in the chain file`,
    };
  }
  if (anchorCertificate !== undefined) {
    const octets = (certificate: Certificate) => (selector === 'Cert' ? certificate.der : certificate.spki);
    const found = issuers.filter((issuer) => Buffer.compare(octets(issuer), octets(anchorCertificate)) === 0);
    // A client that follows PKIX-TA finds the root in its own store (RFC 6698 section 2.1.1).
    if (found.length > 0 || usage === 'PKIX-TA') return [found[0] ?? anchorCertificate];
    return { error: absent(`${certificateName(anchorCertificate)} of ${anchor}`, question) };
  }
  const isNamed = (certificate: Certificate) => certificate.commonName?.toLowerCase() === anchor.toLowerCase();
  const found = issuers.filter(isNamed);
  if (found.length > 0) return found;
  if (isNamed(leaf)) return { error: `${anchor} is the leaf itself` };
  const stray = strays.find(isNamed);
  if (stray !== undefined)
    return { error: `${anchor} is in the file, and issued nothing in the chain of ${certificateName(leaf)}` };
  return { error: absent(anchor, question) };
}

function absent(what: string, { chain }: AnchorQuestion): string {
  const issuers = chain.slice(1).map(certificateName);
  return `${what} is not in the chain file, which holds ${issuers.length === 0 ? 'no issuer' : issuers.join(', ')} above the leaf`;
}
