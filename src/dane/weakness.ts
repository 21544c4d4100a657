/** Certificates that DANE would accept and TLS libraries refuse before it comes to that. */
import type { Position } from '../text/problem.ts';
import { type Report, report } from '../text/problem.ts';
import { type Certificate, certificateName } from '../x509/certificate.ts';
import { algorithmText, type KeyAlgorithm } from '../x509/public-key.ts';
import { rules } from './rules.ts';

/** Bits; RFC 9325 section 4.5. */
const shortestRsa = 2048;
/** The curves that TLS libraries of mail servers offer for certificates. */
const offeredCurves = ['P-256', 'P-384', 'P-521'];
/** RFC 9155. */
const brokenDigests = ['md2', 'md5', 'sha1'];

/** Reports dane/tls-weak for a leaf; a self-signed one is judged by its key only, for nobody checks its signature. */
export function reportWeakness(leaf: Certificate, to: Report, at?: Position): void {
  const say = (found: string, expected: string) =>
    report(to, rules['dane/tls-weak'], at ?? leaf.at, { certificate: certificateName(leaf), found, expected });
  const better = strongerKey(leaf.key);
  if (better !== undefined) say(`a key ${algorithmText(leaf.key)}`, better);
  const { digest, name } = leaf.signatureAlgorithm;
  if (!leaf.isSelfIssued && digest !== undefined && brokenDigests.includes(digest)) {
    say(`the signature ${name}`, 'a signature with SHA-256 or better');
  }
}

function strongerKey(key: KeyAlgorithm): string | undefined {
  switch (key.kind) {
    case 'RSA':
    case 'RSA-PSS':
      return key.bits < shortestRsa ? `at least ${shortestRsa} bits` : undefined;
    case 'ECDSA':
      return offeredCurves.includes(key.curve) ? undefined : `a named curve of ${offeredCurves.join(', ')}`;
    case 'DSA':
      return 'RSA, ECDSA or EdDSA: TLS 1.3 has no DSA';
    default:
      return undefined;
  }
}
