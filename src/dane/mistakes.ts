/**
 * Records that were made of the wrong octets, as people make them with shell pipes: each mistake is known by its
 * digest.
 */
import { asBuffer, base64, equalOctets, hex, type Octets } from '../text/octets.ts';
import { newReport } from '../text/problem.ts';
import { type Certificate, certificateName } from '../x509/certificate.ts';
import { bareKey } from '../x509/public-key.ts';
import { readCertificateFile } from '../x509/read-file.ts';
import { isAnchorUsage, type Selector } from './acronym.ts';
import { type Association, associationData, match, type Selectable } from './association.ts';
import { type Catalogues, listed, listedText } from './issuers.ts';
import type { LoadedCertificate } from './load-certificate.ts';

interface Mistake {
  readonly input: string;
  readonly octets: (from: { readonly der: Octets; readonly spki: Octets }) => readonly Octets[];
  /** With which selector it is a mistake; undefined: with each. */
  readonly selector?: Selector;
}

const mistakes: readonly Mistake[] = [
  { input: 'the whole certificate', selector: 'SPKI', octets: ({ der }) => [der] },
  { input: 'the public key (SPKI)', selector: 'Cert', octets: ({ spki }) => [spki] },
  { input: 'the bare key without its algorithm', octets: ({ spki }) => [bareKey(spki)] },
  { input: 'the PEM text of the certificate', octets: ({ der }) => texts(pem('CERTIFICATE', der)) },
  { input: 'the PEM text of the public key', octets: ({ spki }) => texts(pem('PUBLIC KEY', spki)) },
  { input: 'the Base64 text of the certificate', octets: ({ der }) => [...texts(base64(der)), ...texts(lines(der))] },
  { input: 'the Base64 text of the public key', octets: ({ spki }) => [...texts(base64(spki)), ...texts(lines(spki))] },
  { input: 'the hexadecimal text of the certificate', octets: ({ der }) => texts(hex(der)) },
  { input: 'the hexadecimal text of the public key', octets: ({ spki }) => texts(hex(spki)) },
];

/** Inputs that need no certificate: a pipe whose first command failed. */
const nothing: readonly { readonly input: string; readonly octets: Octets }[] = [
  { input: 'empty input', octets: new Uint8Array(0) },
  { input: 'an empty line', octets: Uint8Array.of(0x0a) },
];

/** What the data of a record was made of by mistake; undefined where no such mistake is seen. */
export function mistakenInput(record: Omit<Association, 'from'>, chain: readonly Selectable[]): string | undefined {
  if (record.matching === 'Full') return undefined;
  const isDigestOf = (octets: Octets) => equalOctets(match[record.matching](octets), record.data);
  const empty = nothing.find(({ octets }) => isDigestOf(octets));
  if (empty !== undefined) return empty.input;
  for (const { der, spki } of chain) {
    if (der === undefined) continue;
    const mistake = mistakes.find(
      ({ selector, octets }) =>
        (selector === undefined || selector === record.selector) && octets({ der, spki }).some(isDigestOf),
    );
    if (mistake !== undefined) return mistake.input;
  }
  return undefined;
}

/** The right digest of a certificate at the wrong end of its own chain. */
export function mistakenDepth(
  record: Omit<Association, 'from'>,
  chain: readonly Certificate[],
): { readonly input: string; readonly wanted: string } | undefined {
  const wantsIssuer = isAnchorUsage(record.usage);
  const [leaf, ...issuers] = chain;
  const found = (wantsIssuer ? [leaf] : issuers).find((certificate) => isDigestOf(record, certificate));
  if (found === undefined) return undefined;
  const what = selected[record.selector];
  return wantsIssuer
    ? {
        input: `${what} of the server certificate ${certificateName(found)}`,
        wanted: `${what} of an issuer, as ${record.usage} says`,
      }
    : {
        input: `${what} of the issuer ${certificateName(found)}`,
        wanted: `${what} of the server certificate, as ${record.usage} says`,
      };
}

/** The certificate among those of other services, or its next key, of which the record is a digest in some way. */
export function mistakenCertificate(
  record: Omit<Association, 'from'>,
  others: readonly LoadedCertificate[],
): string | undefined {
  const what = selected[record.selector];
  for (const { source, chain, next } of others) {
    const [leaf] = chain;
    if (isDigestOf(record, leaf)) return `${what} of ${source.name} (${certificateName(leaf)})`;
    if (next !== undefined && isDigestOf(record, next.chain.at(0) ?? next))
      return `${what} of the next key of ${source.name}`;
    const mistake = mistakenInput(record, [leaf]);
    if (mistake !== undefined) return `${mistake} of ${source.name} (${certificateName(leaf)})`;
  }
  return undefined;
}

/** A record of an authority's key from which no certificate comes any more. */
export function retiredIssuer(record: Omit<Association, 'from'>, catalogues: Catalogues): string | undefined {
  const found = listed(record, catalogues);
  return found?.key.status === 'retired' ? listedText(found) : undefined;
}

/** A file as it once was. */
export interface EarlierVersion {
  /** As people name it: `abc1234`. */
  readonly commit: string;
  /** Of the commit, `YYYY-MM-DD`. */
  readonly date: string;
  readonly octets: Octets;
}

/** The earlier versions of a file by its path, the newest first; empty where nothing is known. */
export type EarlierVersions = (path: string) => readonly EarlierVersion[];

/** What a record is of an earlier version of the files of these certificates. */
export function mistakenVersion(
  record: Omit<Association, 'from'>,
  loaded: readonly Pick<LoadedCertificate, 'source'>[],
  earlier: EarlierVersions,
): string | undefined {
  for (const { source } of loaded) {
    for (const file of source.next === undefined ? [source.chain] : [source.chain, source.next]) {
      const found = earlierInput(record, file.value, earlier(file.value));
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** `the public key (SPKI) of certs/mx1.pem as of commit abc1234 (2026-08-01)`; of several commits the last. */
export function earlierInput(
  record: Omit<Association, 'from'>,
  file: string,
  versions: readonly EarlierVersion[],
): string | undefined {
  for (const { commit, date, octets } of versions) {
    const when = `${file} as of commit ${commit} (${date})`;
    const [leaf, ...issuers] = selectablesIn(file, octets);
    if (leaf === undefined) continue;
    if (isDigestOf(record, leaf)) return `${selected[record.selector]} of ${when}`;
    if (issuers.some((issuer) => isDigestOf(record, issuer)))
      return `${selected[record.selector]} of an issuer in ${when}`;
    const mistake = mistakenInput(record, [leaf]);
    if (mistake !== undefined) return `${mistake} of ${when}`;
  }
  return undefined;
}

/** The leaf and its issuers, or the key of a request; whatever cannot be read is nothing. */
function selectablesIn(file: string, octets: Octets): readonly Selectable[] {
  const found = readCertificateFile(file, octets, newReport(), { leaf: 'first' });
  switch (found?.kind) {
    case 'chain':
      return found.certificates;
    case 'request':
      return [found.request];
    case 'public-key':
    case 'private-key':
      return [found.key];
    default:
      return [];
  }
}

/** What a selector selects, in a sentence. */
export const selected: Readonly<Record<Selector, string>> = { Cert: 'the certificate', SPKI: 'the public key (SPKI)' };

/** Hexadecimal digits in which two data of one length differ, counted from 1. */
export function differingDigits(a: Octets, b: Octets): number[] {
  const [left, right] = [hex(a), hex(b)];
  return [...left].flatMap((digit, i) => (digit === right[i] ? [] : [i + 1]));
}

function isDigestOf(record: Omit<Association, 'from'>, from: Selectable): boolean {
  const data = associationData(record, from);
  return data !== undefined && equalOctets(data, record.data);
}

/** With and without the final line end. */
function texts(text: string): Octets[] {
  const trimmed = text.replace(/\n$/, '');
  return [Buffer.from(trimmed), Buffer.from(`${trimmed}\n`)];
}

function lines(octets: Octets): string {
  return asBuffer(octets)
    .toString('base64')
    .replace(/.{1,64}/g, '$&\n');
}

function pem(label: string, octets: Octets): string {
  return `-----BEGIN ${label}-----\n${lines(octets)}-----END ${label}-----\n`;
}
