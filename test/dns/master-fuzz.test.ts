// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the braces are those of $GENERATE
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readMaster } from '../../src/dns/master-reader.ts';
import { zoneText } from '../../src/dns/master-writer.ts';
import { name } from '../../src/dns/name.ts';
import { newZoneBuilder } from '../../src/dns/zone-builder.ts';
import { asBuffer } from '../../src/text/octets.ts';
import { newReport, type Problem } from '../../src/text/problem.ts';

const apex = name('example.');

interface RecordVector {
  readonly typeNumber: number;
  readonly rdataText: string;
  readonly rdataHex: string;
  readonly type: string;
}
const vectors: readonly RecordVector[] = JSON.parse(
  readFileSync(new URL('../vectors/records/records.json', import.meta.url), 'utf8'),
);

/** Reads, and checks that every problem points into the text. */
function read(octets: Uint8Array) {
  const report = newReport();
  const include = (path: string) => (path === 'loop' ? { file: 'loop', octets } : { error: 'does not exist' });
  const zone = readMaster({ file: 'f', octets, apex, include, generateLimit: 50 }, report);
  const lines = asBuffer(octets)
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .split('\n');
  for (const problem of report.problems) checkPlace(problem, lines);
  return { zone, problems: report.problems };
}

function checkPlace({ rule, position }: Problem, lines: readonly string[]): void {
  if (position === undefined) throw new Error(`${rule} has no place`);
  const { line, column, length = 1 } = position;
  const text = lines[line - 1];
  if (text === undefined || column < 1 || column > text.length + 1 || length < 1 || column + length > text.length + 2) {
    throw new Error(`${rule} points at ${line}:${column}+${length}, outside ${JSON.stringify(text)}`);
  }
}

const fragment = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(' ', '\t', '\n', '\r\n', '\r', '(', ')', '"', ';', '\\', '@', '.', '$') },
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      '$TTL',
      '$ORIGIN',
      '$INCLUDE loop',
      '$INCLUDE loop x',
      '$GENERATE',
      '1-9/3',
      '0-99',
      '${1,2,n}',
      '${-1}',
      'IN',
      'CH',
      'CLASS1',
      'TYPE1',
      '\\#',
      'SOA',
      'A',
      'AAAA',
      'MX',
      'TXT',
      'RRSIG',
      'NSEC3',
      'CAA',
      'SVCB',
      '1h',
      '300',
      '192.0.2.1',
      '::1',
      'www',
      'a.b.',
      'example.',
      'org.',
      '\\000',
      '\\256',
      '\ufeff',
      'é',
      '😀',
    ),
  },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }).map((octet) => String.fromCharCode(octet)) },
  { weight: 4, arbitrary: fc.constantFrom(...vectors.map(({ type, rdataText }) => `\nx 5 ${type} ${rdataText}\n`)) },
);

describe('any text', () => {
  test('makes a zone and problems at places that exist, never an exception', () => {
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 40 }), fc.constantFrom('', ' '), (parts, between) => {
        read(Buffer.from(parts.join(between)));
      }),
      { numRuns: 3000 },
    );
  });

  test('so do any octets, and texts with one octet changed', () => {
    const base = Buffer.from(vectors.map(({ type, rdataText }) => `x 5 ${type} ${rdataText}\n`).join(''));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => void read(octets)),
      { numRuns: 1000 },
    );
    fc.assert(
      fc.property(fc.nat(base.length - 1), fc.integer({ min: 0, max: 255 }), (at, octet) => {
        const changed = Buffer.from(base);
        changed[at] = octet;
        read(changed);
      }),
      { numRuns: 300 },
    );
  });
});

const label = fc
  .array(fc.oneof(fc.integer({ min: 0x21, max: 0x7e }), fc.integer({ min: 0, max: 255 })), {
    minLength: 1,
    maxLength: 6,
  })
  .map((octets) => octets.map((octet) => `\\${String(octet).padStart(3, '0')}`).join(''));
const record = fc.record({
  owner: fc.array(label, { maxLength: 4 }).map((labels) => name([...labels, 'example.'].join('.'))),
  ttl: fc.oneof(fc.constant(0x7fffffff), fc.nat(100_000)),
  vector: fc.constantFrom(...vectors.filter(({ typeNumber }) => typeNumber !== 0)),
});

describe('any zone', () => {
  const build = (records: readonly (typeof record extends fc.Arbitrary<infer T> ? T : never)[]) => {
    const builder = newZoneBuilder(apex);
    for (const { owner, ttl, vector } of records) {
      builder.addRRset({ owner, type: vector.typeNumber, ttl, records: [Buffer.from(vector.rdataHex, 'hex')] });
    }
    return builder.finish(newReport());
  };

  test('is written as a text that reads as the same zone, and is written the same again', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 30 }), (records) => {
        const zone = build(records);
        const text = zoneText(zone);
        const { zone: again, problems } = read(text);
        expect(problems).toEqual([]);
        const { origin: _a, ...columns } = zone.columns;
        const { origin: _b, ...columnsAgain } = again!.columns;
        expect(columnsAgain).toEqual(columns);
        expect(Buffer.compare(zoneText(again!), text)).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  test('is the same whatever the order of its records', () => {
    const shuffled = fc
      .array(record, { maxLength: 30 })
      .chain((records) => fc.tuple(fc.constant(records), fc.shuffledSubarray(records, { minLength: records.length })));
    fc.assert(
      fc.property(shuffled, ([records, other]) => {
        expect(build(other).columns).toEqual(build(records).columns);
      }),
      { numRuns: 200 },
    );
  });
});
