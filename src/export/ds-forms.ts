/**
 * DS records for the registrar, in the forms that registrars take. Input is the keys; every form is made from the same rows.
 * Sources: RFC 4034 section 5, RFC 5910 (EPP secDNS-1.1), RFC 7344 and 8078 (CDS, CDNSKEY).
 */

import { type Name, toUnicode } from '../dns/name.ts';
import { algorithmOf } from '../dnssec/algorithm.ts';
import { digestTypeOf, dsDigestText, dsRData, dsText } from '../dnssec/ds.ts';
import type { ZoneKey } from '../keys/key.ts';
import { base64, type Octets } from '../text/octets.ts';

/** One DS record and the key that it names. */
export interface DsRow {
  readonly zone: Name;
  /** Seconds: the TTL that the parent is expected to give it. */
  readonly ttl: number;
  readonly key: ZoneKey;
  readonly digestType: number;
  /** DS RDATA in wire form. */
  readonly rdata: Octets;
}

export type DsFormat = 'zone' | 'json' | 'csv' | 'epp' | 'cds' | 'sheet';
export const dsFormats: readonly DsFormat[] = ['zone', 'json', 'csv', 'epp', 'cds', 'sheet'];

/** A row per key and digest type, keys in order of their tags. */
export function dsRows(zone: Name, keys: readonly ZoneKey[], digests: readonly number[], ttl: number): DsRow[] {
  return [...keys]
    .sort((a, b) => a.algorithm - b.algorithm || a.tag - b.tag)
    .flatMap((key) =>
      [...digests]
        .sort((a, b) => a - b)
        .map((digestType) => ({ zone, ttl, key, digestType, rdata: dsRData(zone, key.rdata, digestType) })),
    );
}

/** The text of all rows in one form, each line ended; empty where there are no rows. */
export function printDs(rows: readonly DsRow[], format: DsFormat): string {
  return rows.length === 0 && format !== 'json' && format !== 'csv' ? '' : forms[format](rows);
}

const digestOf = (row: DsRow) => dsDigestText(row.rdata);
const algorithmName = (number: number) => algorithmOf(number)?.mnemonic ?? String(number);
const digestName = (number: number) => digestTypeOf(number)?.mnemonic ?? String(number);
const dnskeyText = ({ key }: DsRow) => `${key.flags} 3 ${key.algorithm} ${base64(key.publicKey)}`;

/** The rows of each zone, zones in the order of their first row. */
function byZone(rows: readonly DsRow[]): [Name, DsRow[]][] {
  const zones = new Map<Name, DsRow[]>();
  for (const row of rows) zones.set(row.zone, [...(zones.get(row.zone) ?? []), row]);
  return [...zones];
}

/** The first row of each key: a key with two digests stands once in lists of keys. */
function keysOf(rows: readonly DsRow[]): DsRow[] {
  return [...new Map(rows.map((row) => [`${row.zone} ${row.key.tag} ${row.key.algorithm}`, row] as const)).values()];
}

const forms: Readonly<Record<DsFormat, (rows: readonly DsRow[]) => string>> = {
  zone: (rows) => rows.map((row) => `${row.zone}\t${row.ttl}\tIN\tDS\t${dsText(row.rdata)}\n`).join(''),

  json: (rows) =>
    `${JSON.stringify(
      byZone(rows).map(([zone, own]) => ({
        zone,
        ds: own.map((row) => ({
          keyTag: row.key.tag,
          algorithm: row.key.algorithm,
          algorithmName: algorithmName(row.key.algorithm),
          digestType: row.digestType,
          digestTypeName: digestName(row.digestType),
          digest: digestOf(row),
          ttl: row.ttl,
        })),
        keys: keysOf(own).map((row) => ({
          keyTag: row.key.tag,
          flags: row.key.flags,
          protocol: 3,
          algorithm: row.key.algorithm,
          publicKey: base64(row.key.publicKey),
        })),
      })),
      undefined,
      2,
    )}\n`,

  csv: (rows) =>
    [
      'zone,key_tag,algorithm,digest_type,digest,flags,protocol,public_key',
      ...rows.map((row) =>
        [
          csvField(row.zone),
          row.key.tag,
          row.key.algorithm,
          row.digestType,
          digestOf(row),
          row.key.flags,
          3,
          csvField(base64(row.key.publicKey)),
        ].join(','),
      ),
    ]
      .map((line) => `${line}\r\n`)
      .join(''),

  /** One document. Of the two elements of a domain a registry takes one: RFC 5910 section 4 has a server offer one interface. */
  epp: (rows) =>
    `<?xml version="1.0" encoding="UTF-8"?>
<delegations xmlns:secDNS="urn:ietf:params:xml:ns:secDNS-1.1">
${byZone(rows)
  .map(
    ([zone, own]) => `<domain name="${xmlText(zone.slice(0, -1))}">
<!-- where the registry takes DS data -->
<secDNS:create>
${own.map(dsData).join('')}</secDNS:create>
<!-- where the registry takes key data -->
<secDNS:create>
${keysOf(own)
  .map((row) => keyData(row, '  '))
  .join('')}</secDNS:create>
</domain>
`,
  )
  .join('')}</delegations>
`,

  cds: (rows) =>
    byZone(rows)
      .map(
        ([zone, own]) =>
          own.map((row) => `${zone}\t${row.ttl}\tIN\tCDS\t${dsText(row.rdata)}\n`).join('') +
          keysOf(own)
            .map((row) => `${zone}\t${row.ttl}\tIN\tCDNSKEY\t${dnskeyText(row)}\n`)
            .join(''),
      )
      .join(''),

  sheet: (rows) =>
    byZone(rows)
      .map(([zone, own]) => {
        const title = toUnicode(zone) === zone ? zone : `${toUnicode(zone)} (${zone})`;
        return `DS records of ${title} for the registrar\n\n${own.map(sheetRow).join('\n')}`;
      })
      .join('\n'),
};

/** RFC 5910 section 5.2.1 puts the key beside its digest; a registry that does not take it ignores the element. */
function dsData(row: DsRow): string {
  return `  <secDNS:dsData>
    <secDNS:keyTag>${row.key.tag}</secDNS:keyTag>
    <secDNS:alg>${row.key.algorithm}</secDNS:alg>
    <secDNS:digestType>${row.digestType}</secDNS:digestType>
    <secDNS:digest>${digestOf(row)}</secDNS:digest>
${keyData(row, '    ')}  </secDNS:dsData>
`;
}

function keyData({ key }: DsRow, indent: string): string {
  return `${indent}<secDNS:keyData>
${indent}  <secDNS:flags>${key.flags}</secDNS:flags>
${indent}  <secDNS:protocol>3</secDNS:protocol>
${indent}  <secDNS:alg>${key.algorithm}</secDNS:alg>
${indent}  <secDNS:pubKey>${base64(key.publicKey)}</secDNS:pubKey>
${indent}</secDNS:keyData>
`;
}

function sheetRow(row: DsRow): string {
  const lines: [string, string][] = [
    ['Key tag', String(row.key.tag)],
    ['Algorithm', `${row.key.algorithm} (${algorithmName(row.key.algorithm)})`],
    ['Digest type', `${row.digestType} (${digestName(row.digestType)})`],
    ['Digest', digestOf(row)],
    ['Flags', `${row.key.flags} (${(row.key.flags & 1) !== 0 ? 'secure entry point: KSK or CSK' : 'zone key'})`],
    ['Protocol', '3'],
    ['Public key', base64(row.key.publicKey)],
    ['DS record', `${row.zone} IN DS ${dsText(row.rdata)}`],
  ];
  return lines.map(([label, value]) => `  ${label.padEnd(12)} ${value}\n`).join('');
}

/** A field that starts as a formula would be run by a spreadsheet: a name may, and so may Base64. Names may hold commas too. */
function csvField(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function xmlText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
