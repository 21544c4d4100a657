/** A bundle of trusted root certificates, such as /etc/ssl/certs/ca-certificates.crt. */
import type { Octets } from '../text/octets.ts';
import { type Position, type Report, report } from '../text/problem.ts';
import type { Certificate } from './certificate.ts';
import { readContents } from './contents.ts';
import { rules } from './rules.ts';

/** Octets: the roots of all public authorities together are a quarter of a megabyte. */
const maxLength = 16 * 1024 * 1024;

/**
 * The certificates of a bundle. One that cannot be read is left out, as TLS libraries leave it out; undefined where none is
 * left, after an error was reported.
 */
export function readTrustStore(file: string, octets: Octets, to: Report): Certificate[] | undefined {
  const at: Position = { file, line: 1, column: 1, isUnquotable: true };
  if (octets.length > maxLength) {
    const reason = `the file has ${octets.length} octets: bundles of roots have at most ${maxLength}`;
    report(to, rules['cert/unreadable'], at, { reason });
    return undefined;
  }
  const found = readContents(file, octets).flatMap((item) => (item.kind === 'certificate' ? [item.certificate] : []));
  if (found.length > 0) return found;
  const facts = { expected: 'the certificates of trusted authorities', found: 'none that can be read' };
  report(to, rules['cert/not-a-certificate'], at, facts);
  return undefined;
}
