import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { name } from '../../src/dns/name.ts';
import { dsFormats, dsRows, printDs } from '../../src/export/ds-forms.ts';
import type { ZoneKey } from '../../src/keys/key.ts';
import { base64 } from '../../src/text/octets.ts';

interface Vector {
  owner: string;
  flags: number;
  algorithm: number;
  publicKey: string;
  dnskeyRdata: string;
  keyTag: number;
  ds: { digestType: number; digest: string };
}

/** The key of RFC 4034 section 5.4 with its SHA-256 DS of RFC 4509 section 2.3. */
const [vector]: Vector[] = JSON.parse(
  readFileSync(new URL('../vectors/rfc/rfc4509-2.3.json', import.meta.url), 'utf8'),
);
const zone = name(vector.owner);
const digest = vector.ds.digest.toUpperCase();
const key: ZoneKey = {
  zone,
  flags: vector.flags,
  algorithm: vector.algorithm,
  publicKey: Buffer.from(vector.publicKey, 'base64'),
  rdata: Buffer.from(vector.dnskeyRdata, 'hex'),
  tag: vector.keyTag,
  timing: {},
  path: 'Kdskey.example.com.+005+60485',
};
const rows = dsRows(zone, [key], [2], 86400);

describe('DS for the registrar', () => {
  test('the zone form is one DS record a line with the digest of RFC 4509', () => {
    expect(printDs(rows, 'zone').split(/\s+/)).toEqual([
      'dskey.example.com.',
      '86400',
      'IN',
      'DS',
      '60485',
      '5',
      '2',
      digest,
      '',
    ]);
  });

  test('a key with two digest types gives two DS records, the lower type first', () => {
    const lines = printDs(dsRows(zone, [key], [4, 2], 60), 'zone')
      .trim()
      .split('\n');
    expect(lines.map((line) => line.split(/\s+/)[6])).toEqual(['2', '4']);
  });

  test('keys stand by algorithm, then by tag', () => {
    const keys = [
      { ...key, algorithm: 13, tag: 1 },
      { ...key, algorithm: 8, tag: 3 },
      { ...key, algorithm: 8, tag: 2 },
    ];
    const order = dsRows(zone, keys, [2], 60).map((row) => [row.key.algorithm, row.key.tag]);
    expect(order).toEqual([
      [8, 2],
      [8, 3],
      [13, 1],
    ]);
  });

  test('JSON holds the fields as numbers and the key beside them', () => {
    const [entry] = JSON.parse(printDs(rows, 'json'));
    expect(entry.zone).toBe(vector.owner);
    expect(entry.ds).toMatchObject([{ keyTag: 60485, algorithm: 5, digestType: 2, digest }]);
    expect(entry.keys).toEqual([{ keyTag: 60485, flags: 256, protocol: 3, algorithm: 5, publicKey: vector.publicKey }]);
  });

  test('CSV has a header and one row a DS record', () => {
    const [header, row] = printDs(rows, 'csv').trim().split('\r\n');
    expect(header.split(',')).toHaveLength(8);
    expect(row.split(',').slice(0, 5)).toEqual([vector.owner, '60485', '5', '2', digest]);
  });

  test('EPP has dsData and keyData in the namespace of secDNS-1.1 with the elements in the order of the schema', () => {
    const xml = printDs(rows, 'epp');
    const elements = [...xml.matchAll(/<secDNS:([a-zA-Z]+)[ >]/g)].map((match) => match[1]);
    const keyData = ['keyData', 'flags', 'protocol', 'alg', 'pubKey'];
    expect(elements).toEqual([
      ...['create', 'dsData', 'keyTag', 'alg', 'digestType', 'digest', ...keyData],
      ...['create', ...keyData],
    ]);
    expect(xml.match(/xmlns:secDNS="([^"]+)"/)?.[1]).toBe('urn:ietf:params:xml:ns:secDNS-1.1');
  });

  test('EPP of several zones is one well-formed document, whatever their names hold', () => {
    const odd = [...rows, ...dsRows(name('a--b&\\"<c.example.'), [key], [2], 60)];
    const xml = printDs(odd, 'epp');
    expect(wellFormed(xml)).toBe(true);
    expect([...xml.matchAll(/<domain name="([^"]*)"/g)].map(([, found]) => found)).toEqual([
      'dskey.example.com',
      expect.stringMatching(/^a--b&amp;.*&quot;.*&lt;c\.example$/),
    ]);
  });

  test('CDS has the same RDATA as DS, and each key has one CDNSKEY', () => {
    const lines = printDs(dsRows(zone, [key], [2, 4], 60), 'cds')
      .trim()
      .split('\n');
    expect(lines.map((line) => line.split(/\s+/)[3])).toEqual(['CDS', 'CDS', 'CDNSKEY']);
    expect(lines[0].split(/\s+/)[7]).toBe(digest);
    expect(lines[2].split(/\s+/).slice(4)).toEqual(['256', '3', '5', vector.publicKey]);
  });

  test('every form has the digest in upper case and in one piece, as dnssec-dsfromkey prints it', () => {
    const long = dsRows(zone, [key], [4], 60);
    const sha384 = Buffer.from(long[0].rdata.subarray(4)).toString('hex').toUpperCase();
    for (const format of dsFormats) expect(printDs(long, format)).toContain(sha384);
  });

  test('the sheet names every field that registrars ask for', () => {
    const sheet = printDs(rows, 'sheet');
    for (const label of ['Key tag', 'Algorithm', 'Digest type', 'Digest', 'Flags', 'Protocol', 'Public key']) {
      expect(sheet).toContain(label);
    }
  });

  test('a name that starts like a formula is no formula in CSV', () => {
    const odd = dsRows(name('=cmd.example.'), [key], [2], 60);
    expect(printDs(odd, 'csv').split('\r\n')[1]).toMatch(/^'=cmd/);
  });

  test('a public key whose Base64 begins with + is no formula in CSV, and itself everywhere else', () => {
    const publicKey = Uint8Array.from([0xf8, ...key.publicKey.subarray(1)]);
    const plus: ZoneKey = { ...key, publicKey };
    const odd = dsRows(plus.zone, [plus], [2], 60);
    const text = base64(publicKey);
    expect(text).toMatch(/^\+/);
    expect(printDs(odd, 'csv').trim().split('\r\n')[1].split(',')[7]).toBe(`'${text}`);
    for (const format of ['json', 'epp', 'cds', 'sheet'] as const) {
      expect(printDs(odd, format)).toContain(text);
      expect(printDs(odd, format)).not.toContain(`'${text}`);
    }
  });

  test('without a DS the zone form is empty', () => {
    for (const format of dsFormats.filter((form) => form !== 'json' && form !== 'csv'))
      expect(printDs([], format)).toBe('');
  });
});

/** One root, every element closed in order, nothing but its declaration before the root. */
function wellFormed(xml: string): boolean {
  const open: string[] = [];
  let roots = 0;
  for (const [, close, tag] of xml.replaceAll(/<!--(?:(?!--)[\s\S])*-->/g, '').matchAll(/<(\/?)([a-zA-Z:]+)[^<>]*>/g)) {
    if (close === '/') {
      if (open.pop() !== tag) return false;
    } else if (open.push(tag) === 1) roots++;
  }
  return roots === 1 && open.length === 0 && xml.startsWith('<?xml version="1.0" encoding="UTF-8"?>\n<');
}
