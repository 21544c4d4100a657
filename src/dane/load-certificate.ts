/** A certificate of the description with the content of its files. */
import type { CertificateSource } from '../describe/description.ts';
import { equalOctets, type Octets } from '../text/octets.ts';
import { newReport, type Position, type Report, report } from '../text/problem.ts';
import { type Certificate, certificateName } from '../x509/certificate.ts';
import { isSameKey } from '../x509/private-key.ts';
import { hasPrivateKeyMark } from '../x509/private-key-mark.ts';
import { type CertificateFile, kindText, readCertificateFile } from '../x509/read-file.ts';
import { rules as certificateRules } from '../x509/rules.ts';
import { rules } from './rules.ts';
import { reportWeakness } from './weakness.ts';

export interface LoadedCertificate {
  readonly source: CertificateSource;
  /** As a server presents it: the leaf, then its issuers, nearest first. */
  readonly chain: readonly Certificate[];
  /** Certificates of the file that are no ancestors of the leaf. */
  readonly strays: readonly Certificate[];
  readonly next?: NextKey;
}

/** What is known of the key that comes next. */
export interface NextKey {
  readonly spki: Octets;
  /** Where the description names it. */
  readonly at: Position;
  /** Its certificate and issuers, if it has a certificate yet; empty otherwise. */
  readonly chain: readonly Certificate[];
}

/** Reads a file of the repository; the error is a sentence about it. */
export type ReadFile = (path: string) => Octets | { readonly error: string };

/**
 * Reads the files of a certificate. Undefined after an error that leaves no chain; every problem points to the
 * description too.
 */
export function loadCertificate(source: CertificateSource, read: ReadFile, to: Report): LoadedCertificate | undefined {
  const file = readNamed(source, source.chain.value, source.chain.at, read, to);
  if (file !== undefined && file.kind !== 'chain') {
    const facts = { expected: `the certificate chain of ${source.name}`, found: kindText[file.kind] };
    const hint =
      'name the file with the certificate that the server presents; a request or a key may stand under `next`';
    report(to, certificateRules['cert/not-a-certificate'], source.chain.at, facts, { subject: source.name, hint });
  }
  const next = source.next && loadNext(source, source.next.value, source.next.at, read, to);
  if (file?.kind !== 'chain') return undefined;
  const { certificates: chain, strays } = file;
  reportWeakness(chain[0], to);
  if (next !== undefined && isSettled(next, chain)) return { source, chain, strays };
  if (next !== undefined && isSameKey(next.spki, chain[0].spki) && !isRenewal(next, chain[0])) {
    report(to, rules['dane/next-is-current'], next.at, { certificate: source.name }, { subject: source.name });
  }
  return { source, chain, strays, next };
}

/** After a switch the chain under `next` is that under `chain` too, until the next renewal: nothing comes next. */
function isSettled(next: NextKey, chain: readonly Certificate[]): boolean {
  return next.chain.length === chain.length && chain.every(({ der }, index) => equalOctets(der, next.chain[index].der));
}

/** A new certificate for the same key: it rolls nothing for selector SPKI, and does for selector Cert. */
export function isRenewal(next: NextKey, leaf: Certificate): boolean {
  return next.chain.length > 0 && Buffer.compare(next.chain[0].der, leaf.der) !== 0;
}

function loadNext(
  source: CertificateSource,
  path: string,
  at: Position,
  read: ReadFile,
  to: Report,
): NextKey | undefined {
  const file = readNamed(source, path, at, read, to);
  switch (file?.kind) {
    case 'chain':
      reportWeakness(file.certificates[0], to);
      return { spki: file.certificates[0].spki, at, chain: file.certificates };
    case 'request':
      return { spki: file.request.spki, at, chain: [] };
    case 'public-key':
    case 'private-key':
      return { spki: file.key.spki, at, chain: [] };
    default:
      return undefined;
  }
}

/** The file, with its problems tied to the place that names it. */
function readNamed(
  source: CertificateSource,
  path: string,
  at: Position,
  read: ReadFile,
  to: Report,
): CertificateFile | undefined {
  const subject = source.name;
  const octets = read(path);
  if ('error' in octets) {
    report(to, certificateRules['cert/unreadable'], at, { reason: `${path} ${octets.error}` }, { subject });
    return undefined;
  }
  if (hasPrivateKeyMark(octets)) {
    report(to, certificateRules['cert/private-key-in-repo'], at, { what: path }, { subject });
  }
  const inFile = newReport();
  const file = readCertificateFile(path, octets, inFile);
  for (const problem of inFile.problems) {
    const related = [
      ...(problem.related ?? []),
      { position: at, message: `${subject} is declared with this file here` },
    ];
    to.add({ ...problem, subject, related });
  }
  return file;
}

/** The certificate of an `anchor` that names a file; undefined after an error. */
export function loadAnchor(
  path: string,
  at: Position | undefined,
  read: ReadFile,
  to: Report,
): Certificate | undefined {
  const octets = read(path);
  if ('error' in octets) {
    report(to, certificateRules['cert/unreadable'], at, { reason: `${path} ${octets.error}` });
    return undefined;
  }
  const file = readCertificateFile(path, octets, to);
  if (file === undefined) return undefined;
  if (file.kind === 'chain' && file.certificates.length === 1) return file.certificates[0];
  const found =
    file.kind === 'chain' ? `${file.certificates.map(certificateName).join(', ')} in one file` : kindText[file.kind];
  report(to, certificateRules['cert/not-a-certificate'], at, { expected: 'the certificate of one issuer', found });
  return undefined;
}
