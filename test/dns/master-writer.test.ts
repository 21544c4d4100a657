import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { OctetWriter } from '../../src/dns/fields.ts';
import { readMaster } from '../../src/dns/master-reader.ts';
import { writeRecord, writeRecordHead, writeRow, writeRows, zoneText } from '../../src/dns/master-writer.ts';
import { name, nameToWire } from '../../src/dns/name.ts';
import { Type } from '../../src/dns/type.ts';
import type { Zone } from '../../src/dns/zone.ts';
import { newReport } from '../../src/text/problem.ts';

function read(text: string | Uint8Array): Zone {
  const report = newReport();
  const zone = readMaster({ file: 'e.zone', octets: Buffer.from(text), origin: name('e.') }, report)!;
  expect(report.problems).toEqual([]);
  return zone;
}

const text = (octets: Uint8Array) => Buffer.from(octets).toString('latin1');
const written = (write: (out: OctetWriter) => void) => {
  const out = new OctetWriter(1);
  write(out);
  return text(out.copy());
};

test('one record a line: absolute owner, TTL, IN, type, data, parted by tabs; the SOA first', () => {
  const zone = read(
    '$TTL 1h\n@ SOA ns host 1 2 3 4 5\n@ NS ns.example.\n@ A 192.0.2.1\nWWW 60 CNAME @\nsub TXT a;b\n\\@ TXT "q\\"\\\\ \\000"\nx TYPE65400 \\# 1 ff\n',
  );
  expect(text(zoneText(zone))).toBe(
    [
      'e.\t3600\tIN\tSOA\tns.e. host.e. 1 2 3 4 5',
      'e.\t3600\tIN\tA\t192.0.2.1',
      'e.\t3600\tIN\tNS\tns.example.',
      '\\064.e.\t3600\tIN\tTXT\t"q\\"\\\\ \\000"',
      'sub.e.\t3600\tIN\tTXT\t"a"',
      'www.e.\t60\tIN\tCNAME\te.',
      'x.e.\t3600\tIN\tTYPE65400\t\\# 1 FF',
      '',
    ].join('\n'),
  );
});

test('what one of the name servers does not read in its own fields stands in the form of RFC 3597', () => {
  const zone = read(
    '@ 60 SOA ns host 1 2 3 4 5\na CAA 0 issue x\nb CAA 0 iSsue x\nc CSYNC 0 0\nd X25 311061700956\n\\[x PTR \\[x\n',
  );
  expect(text(zoneText(zone)).split('\n').slice(1, -1)).toEqual([
    '\\091x.e.\t60\tIN\tPTR\t\\091x.e.',
    'a.e.\t60\tIN\tCAA\t0 issue "x"',
    'b.e.\t60\tIN\tCAA\t\\# 8 0005695373756578',
    'c.e.\t60\tIN\tCSYNC\t\\# 6 000000000000',
    'd.e.\t60\tIN\tTYPE19\t\\# 13 0C333131303631373030393536',
  ]);
});

test('the text of the zone is the same whatever the order and form of the input', () => {
  const lines = [
    '@ 60 SOA ns host 1 2 3 4 5',
    'b 60 A 192.0.2.1',
    'b 60 A 192.0.2.2',
    'a.b 60 MX 1 X',
    'a.b 60 MX 1 x',
  ];
  const expected = text(zoneText(read(lines.join('\n'))));
  for (let i = 0; i < 20; i++) {
    const turned = [...lines.slice(i % 5), ...lines.slice(0, i % 5)];
    expect(text(zoneText(read(i < 10 ? turned.join('\n') : turned.reverse().join('\r\n'))))).toBe(expected);
  }
});

describe('pieces for workers', () => {
  const zone = read('$TTL 60\n@ SOA ns host 1 2 3 4 5\na A 192.0.2.1\na A 192.0.2.2\na TXT x\nb A 192.0.2.1\n');

  test('ranges of rows join to the whole, wherever they are cut', () => {
    const whole = written((out) => writeRows(zone.columns, 0, zone.rowCount, out));
    expect(whole).toBe(text(zoneText(zone)));
    for (let cut = 0; cut <= zone.rowCount; cut++) {
      const joined = written((out) => {
        writeRows(zone.columns, 0, cut, out);
        writeRows(zone.columns, cut, zone.rowCount, out);
      });
      expect(joined).toBe(whole);
    }
    const rows = Array.from({ length: zone.rowCount }, (_, row) => written((out) => writeRow(zone.columns, row, out)));
    expect(rows.join('')).toBe(whole);
  });

  test('a record that is in no column is written in the same form', () => {
    const owner = nameToWire(name('x.a.'));
    const rdata = Buffer.from([0xff, 192, 0, 2, 1]);
    expect(written((out) => writeRecord(owner, 2, 7, Type.A, rdata, 1, 5, out))).toBe('a.\t7\tIN\tA\t192.0.2.1\n');
    expect(written((out) => writeRecordHead(owner, 0, 2147483647, 65400, out))).toBe(
      'x.a.\t2147483647\tIN\tTYPE65400\t',
    );
  });
});

interface RfcZone {
  readonly file: string;
}
const folder = new URL('../vectors/rfc/', import.meta.url);
const zones: readonly RfcZone[] = JSON.parse(readFileSync(new URL('zones.json', folder), 'utf8'));
test.each(zones)('$file: what is written reads back as the same columns', ({ file }) => {
  const zone = read(readFileSync(new URL(file, folder)));
  const again = read(zoneText(zone));
  const { origin: _a, ...columns } = zone.columns;
  const { origin: _b, ...columnsAgain } = again.columns;
  expect(columnsAgain).toEqual(columns);
});
