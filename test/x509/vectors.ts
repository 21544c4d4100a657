/** The certificate files of test/vectors/certs and what their makers say about them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Octets } from '../../src/text/octets.ts';
import { newReport, type Problem } from '../../src/text/problem.ts';
import { type CertificateFile, type ReadOptions, readCertificateFile } from '../../src/x509/read-file.ts';

export const certificateFolder = join(import.meta.dirname, '../vectors/certs');

export interface VectorEntry {
  readonly file: string;
  readonly kind: string;
  readonly expect: string;
  readonly note: string;
  readonly subject?: string;
  readonly issuer?: string;
  readonly serial?: string;
  readonly notBefore?: string;
  readonly notAfter?: string;
  readonly keyType?: string;
  readonly status?: string;
  readonly spki?: string;
  readonly san?: readonly string[];
  readonly tlsa?: Readonly<Record<string, string>>;
  readonly certificateSha256?: readonly string[];
  readonly spkiSha256?: string | readonly string[];
  readonly privateKey?: string;
  readonly nodeX509Reads?: boolean;
}

const index = (path: string) => JSON.parse(readFileSync(join(certificateFolder, path), 'utf8')) as VectorEntry[];
/** `file` is relative to test/vectors/certs. */
export const made: readonly VectorEntry[] = index('made/index.json').map((e) => ({ ...e, file: `made/${e.file}` }));
export const authorities: readonly VectorEntry[] = index('index.json');

export function octetsOf(file: string): Octets {
  return readFileSync(join(certificateFolder, file));
}

export function textOf(file: string): string {
  return readFileSync(join(certificateFolder, file), 'latin1');
}

export interface Reading {
  readonly file: CertificateFile | undefined;
  readonly problems: readonly Problem[];
  /** Rule ids, in the order of the reports. */
  readonly rules: readonly string[];
}

export function read(name: string, octets: Octets | string, options?: ReadOptions): Reading {
  const to = newReport();
  const file = readCertificateFile(
    name,
    typeof octets === 'string' ? Buffer.from(octets, 'latin1') : octets,
    to,
    options,
  );
  return { file, problems: to.problems, rules: to.problems.map((problem) => problem.rule) };
}

/** A certificate chain of test/vectors/certs that must be readable. */
export function chainOf(file: string) {
  const reading = read(file, octetsOf(file), { leaf: 'first' });
  if (reading.file?.kind !== 'chain') throw new Error(`${file}: ${JSON.stringify(reading.problems)}`);
  return reading.file.certificates;
}
