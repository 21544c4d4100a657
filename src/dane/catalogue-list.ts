/**
 * The list from which the built-in catalogue is made (`make issuers`, docs/issuers.md): a JSON file beside the certificates that says
 * what their authority says of each. Digests, names, algorithms and dates come from the certificates themselves.
 */
import type { Octets } from '../text/octets.ts';
import { newReport } from '../text/problem.ts';
import { suggest } from '../text/suggest.ts';
import type { Certificate } from '../x509/certificate.ts';
import { readCertificateFile } from '../x509/read-file.ts';
import type { IssuerCatalogue } from './issuers.ts';
import { type CatalogueEntry, type CertificateStatus, certificateStatuses, makeCatalogue } from './make-catalogue.ts';

/** Gives the octets of a file by its path from the folder of the list; undefined where it cannot be read. */
export type ReadListed = (path: string) => Octets | undefined;

/** The catalogue, or every reason why there is none, as sentences. */
export function readCatalogueList(
  text: string,
  read: ReadListed,
): IssuerCatalogue | { readonly errors: readonly string[] } {
  const errors: string[] = [];
  const list = parse(text, errors);
  const name = textField(list, 'name', 'the list', errors);
  const asOf = textField(list, 'asOf', 'the list', errors);
  const source = textField(list, 'source', 'the list', errors);
  if (name !== '' && !/^[a-z][a-z0-9]*$/.test(name)) {
    errors.push(`name ${JSON.stringify(name)}: expected lower-case letters and digits`);
  }
  if (asOf !== '' && !/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(asOf)) {
    errors.push(`asOf ${JSON.stringify(asOf)}: expected a day, such as 2026-07-08`);
  }
  const rows = Array.isArray(list.certificates) ? (list.certificates as unknown[]) : [];
  if (rows.length === 0) errors.push('certificates: expected a list of { file, status, source }');
  const entries = rows.flatMap((row, i) => readEntry(row, `certificates[${i}]`, read, errors) ?? []);
  return errors.length > 0 ? { errors } : makeCatalogue({ name, asOf, source }, entries);
}

type Fields = Readonly<Record<string, unknown>>;

function parse(text: string, errors: string[]): Fields {
  try {
    const value: unknown = JSON.parse(text);
    if (isFields(value)) return value;
    errors.push('the list is no JSON object');
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    errors.push(`the list is no JSON: ${error.message}`);
  }
  return {};
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Empty after an error. */
function textField(fields: Fields, field: string, where: string, errors: string[]): string {
  const value = fields[field];
  if (typeof value === 'string' && value !== '') return value;
  errors.push(`${where}: ${field} is missing`);
  return '';
}

function readEntry(row: unknown, where: string, read: ReadListed, errors: string[]): CatalogueEntry | undefined {
  const fields = isFields(row) ? row : {};
  const file = textField(fields, 'file', where, errors);
  const source = textField(fields, 'source', where, errors);
  const status = statusOf(textField(fields, 'status', where, errors), file, errors);
  const certificate = file === '' ? undefined : certificateIn(file, read(file), errors);
  if (certificate === undefined || status === undefined || source === '') return undefined;
  return { certificate, status, source };
}

function statusOf(text: string, file: string, errors: string[]): CertificateStatus | undefined {
  const status = certificateStatuses.find((known) => known === text);
  if (status !== undefined || text === '') return status;
  const near = suggest(text, certificateStatuses);
  const help = near === undefined ? `expected one of ${certificateStatuses.join(', ')}` : `did you mean ${near}?`;
  errors.push(`${file}: status ${JSON.stringify(text)} is not known: ${help}`);
  return undefined;
}

function certificateIn(file: string, octets: Octets | undefined, errors: string[]): Certificate | undefined {
  if (octets === undefined) {
    errors.push(`${file}: cannot be read`);
    return undefined;
  }
  const to = newReport();
  const found = readCertificateFile(file, octets, to);
  errors.push(...to.problems.filter(({ tier }) => tier === 'error').map(({ message }) => `${file}: ${message}`));
  if (found === undefined) return undefined;
  if (found.kind !== 'chain' || found.inFile.length > 1) errors.push(`${file}: one certificate was expected`);
  // Authorities of the last century have certificates of version 1, without basic constraints.
  else if (found.inFile[0].isCa || found.inFile[0].version < 3) return found.inFile[0];
  else errors.push(`${file}: is not the certificate of an authority (its basic constraints do not say CA)`);
  return undefined;
}
