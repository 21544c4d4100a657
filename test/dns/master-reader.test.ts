import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type MasterInput, readMaster } from '../../src/dns/master-reader.ts';
import { name } from '../../src/dns/name.ts';
import { presentRData } from '../../src/dns/rdata/index.ts';
import { Type, typeName } from '../../src/dns/type.ts';
import type { Zone } from '../../src/dns/zone.ts';
import { newReport } from '../../src/text/problem.ts';

const top = '@ 60 SOA ns host 1 2 3 4 5\n';

function read(text: string | Uint8Array, options: Partial<MasterInput> = {}) {
  const report = newReport();
  const octets = typeof text === 'string' ? Buffer.from(text) : text;
  const zone = readMaster({ file: 'e.zone', octets, origin: name('e.'), ...options }, report);
  return { zone, problems: report.problems };
}

/** Every record but the SOA, as `owner ttl type rdata`. */
function recordsOf(zone: Zone | undefined): string[] {
  if (zone === undefined) return ['no zone'];
  const lines: string[] = [];
  for (let row = 0; row < zone.rowCount; row++) {
    const { owner, type, ttl, records } = zone.rrsetOf(row);
    if (type === Type.SOA) continue;
    for (const octets of records) lines.push(`${owner} ${ttl} ${typeName(type)} ${presentRData(type, octets)}`);
  }
  return lines;
}

/** The records of a text without problems, the SOA put above it. */
function records(text: string, options?: Partial<MasterInput>): string[] {
  const { zone, problems } = read(top + text, options);
  expect(problems).toEqual([]);
  return recordsOf(zone);
}

/** Rule, line, column and length of each problem; the text starts on line 2. */
function problems(text: string, options?: Partial<MasterInput>) {
  return read(top + text, options).problems.map(({ rule, position }) => [
    rule,
    position?.line,
    position?.column,
    position?.length,
  ]);
}

describe('records', () => {
  test('TTL and class stand in either order, each may be missing, and all is read in any case', () => {
    const text = 'a 5 IN A 1.1.1.1\nb in 6 a 1.1.1.1\nc 7 A 1.1.1.1\nd IN A 1.1.1.1\ne class1 Type1 1.1.1.1\n';
    expect(records(text)).toEqual([
      'a.e. 5 A 1.1.1.1',
      'b.e. 6 A 1.1.1.1',
      'c.e. 7 A 1.1.1.1',
      'd.e. 7 A 1.1.1.1',
      'e.e. 7 A 1.1.1.1',
    ]);
  });

  test('a leading blank repeats the owner above; @ is the origin; a final dot makes a name absolute', () => {
    expect(records('a A 1.1.1.1\n A 1.1.1.2\n\tTXT x\n@ A 1.1.1.3\nb.e. A 1.1.1.4\n')).toEqual([
      'e. 60 A 1.1.1.3',
      'a.e. 60 A 1.1.1.1',
      'a.e. 60 A 1.1.1.2',
      'a.e. 60 TXT "x"',
      'b.e. 60 A 1.1.1.4',
    ]);
  });

  test('owners that look like a TTL, a class or a type are owners', () => {
    expect(records('1 A 1.1.1.1\nin A 1.1.1.2\na A 1.1.1.3\n2 3 A 1.1.1.4\n')).toEqual([
      '1.e. 60 A 1.1.1.1',
      '2.e. 3 A 1.1.1.4',
      'a.e. 60 A 1.1.1.3',
      'in.e. 60 A 1.1.1.2',
    ]);
  });

  test('RFC 3597 section 5: types and data without a name, and types with one in generic form', () => {
    const text = 'a CLASS1 TYPE65400 \\# 4 0a0b 0c0d\nb TYPE1 \\# 4 01020304\nc A \\# 4 01020304\nd TYPE65400 \\# 0\n';
    expect(records(text)).toEqual([
      'a.e. 60 TYPE65400 \\# 4 0A0B0C0D',
      'b.e. 60 A 1.2.3.4',
      'c.e. 60 A 1.2.3.4',
      'd.e. 60 TYPE65400 \\# 0',
    ]);
  });

  test('escapes: a dot inside a label, three decimal digits, a dollar sign first', () => {
    expect(
      records('a\\.b A 1.1.1.1\n\\067 A 1.1.1.2\n\\$ttl A 1.1.1.3\n\\000 A 1.1.1.4\nx TXT \\"\\; "a\\"b;(" \\065\n'),
    ).toEqual([
      '\\000.e. 60 A 1.1.1.4',
      '\\$ttl.e. 60 A 1.1.1.3',
      'a\\.b.e. 60 A 1.1.1.1',
      'c.e. 60 A 1.1.1.2',
      'x.e. 60 TXT "\\";" "a\\"b;(" "A"',
    ]);
  });
});

describe('lines', () => {
  test('parentheses carry a record over lines, with comments in between, and may hold everything', () => {
    const text = 'a TXT ( one ; two )\n two ; "\n\n)\n( b A 1.1.1.1 )\n ( A 1.1.1.2 )\n(\nc A ( ( 1.1.1.3\n) ) )\n()\n';
    expect(records(text)).toEqual([
      'a.e. 60 TXT "one" "two"',
      'b.e. 60 A 1.1.1.1',
      'b.e. 60 A 1.1.1.2',
      'c.e. 60 A 1.1.1.3',
    ]);
  });

  test('line ends of CR LF, a missing last one, blank lines and lines of comments', () => {
    expect(records('\r\n;x\r\n  ; y\r\na A 1.1.1.1\r\n A 1.1.1.2 ; z\r\n\r\n\t\r\nb TXT "x"')).toEqual([
      'a.e. 60 A 1.1.1.1',
      'a.e. 60 A 1.1.1.2',
      'b.e. 60 TXT "x"',
    ]);
  });

  test('fields end at quotes, parentheses and semicolons without a blank between', () => {
    expect(records('a TXT "a""b"c"d"e;f\nb TXT(a)b("c")\n')).toEqual([
      'a.e. 60 TXT "a" "b" "c" "d" "e"',
      'b.e. 60 TXT "a" "b" "c"',
    ]);
  });

  test('a byte order mark is skipped and not counted', () => {
    const { zone, problems } = read(`\ufeff@ 60 SOA ns host 1 2 3 4 5\n`);
    expect(problems).toEqual([]);
    expect(zone?.apex).toBe('e.');
    expect(read(`\ufeff@ 60 SOB`).problems[0].position).toMatchObject({ line: 1, column: 6, length: 3 });
  });

  test('an escaped line break belongs to a quoted string; lines are counted on', () => {
    expect(records('a TXT "x\\\ny"\n')).toEqual(['a.e. 60 TXT "x\\010y"']);
    expect(problems('a TXT "x\\\ny"\nb FOO\n')).toEqual([['master/type', 4, 3, 3]]);
  });
});

describe('TTLs', () => {
  test('RFC 2308 section 4: $TTL is for records without a TTL of their own, from there on', () => {
    expect(records('$TTL 1h\na A 1.1.1.1\nb 9 A 1.1.1.1\nc A 1.1.1.1\n$ttl 2d1s ; x\nd A 1.1.1.1\n')).toEqual([
      'a.e. 3600 A 1.1.1.1',
      'b.e. 9 A 1.1.1.1',
      'c.e. 3600 A 1.1.1.1',
      'd.e. 172801 A 1.1.1.1',
    ]);
  });

  test('units of weeks, days, hours, minutes and seconds, in any case', () => {
    expect(records('a 1W2D A 1.1.1.1\nb 1w2d3h4m5s A 1.1.1.1\nc 1h30M A 1.1.1.1\n')).toEqual([
      'a.e. 777600 A 1.1.1.1',
      'b.e. 788645 A 1.1.1.1',
      'c.e. 5400 A 1.1.1.1',
    ]);
  });

  test('RFC 1035 section 5.1: without $TTL the last TTL that was stated', () => {
    expect(records('a 5 A 1.1.1.1\nb A 1.1.1.1\nc 6 A 1.1.1.1\nd A 1.1.1.1\n')).toEqual([
      'a.e. 5 A 1.1.1.1',
      'b.e. 5 A 1.1.1.1',
      'c.e. 6 A 1.1.1.1',
      'd.e. 6 A 1.1.1.1',
    ]);
  });

  test('an SOA without any TTL has its MINIMUM, and so has the rest of the zone, as in BIND', () => {
    const { zone, problems } = read('@ SOA ns host 1 2 3 4 300\na 7 A 1.1.1.1\nb A 1.1.1.1\n');
    expect(problems).toEqual([]);
    expect(zone?.rrset(0, Type.SOA)?.ttl).toBe(300);
    expect(recordsOf(zone)).toEqual(['a.e. 7 A 1.1.1.1', 'b.e. 300 A 1.1.1.1']);
  });

  test('the default of the caller is as a $TTL at the top', () => {
    const { zone } = read('@ SOA ns host 1 2 3 4 300\na A 1.1.1.1\n', { defaultTtl: 99 });
    expect(recordsOf(zone)).toEqual(['a.e. 99 A 1.1.1.1']);
  });

  test('a record before any TTL is a problem', () => {
    expect(read('a A 1.1.1.1\n').problems[0]).toMatchObject({ rule: 'master/ttl', position: { line: 1, column: 1 } });
  });

  test.each([
    ['2147483648', 10],
    ['5m6', 3],
    ['1x', 2],
    ['99999999999999999999', 20],
    ['5 IN 6', 1],
  ])('%s is no TTL', (ttl, length) => {
    expect(problems(`a ${ttl} A 1.1.1.1\n`)).toEqual([['master/ttl', 2, ttl === '5 IN 6' ? 8 : 3, length]]);
  });
});

describe('$ORIGIN and the zone', () => {
  test('$ORIGIN completes the names below it, itself relative to the one above; case of RDATA is kept', () => {
    expect(records('a CNAME x\n$ORIGIN Sub\na CNAME X\n@ CNAME @\n$origin e.\nb CNAME x\n')).toEqual([
      'a.e. 60 CNAME x.e.',
      'b.e. 60 CNAME x.e.',
      'sub.e. 60 CNAME Sub.e.',
      'a.sub.e. 60 CNAME X.Sub.e.',
    ]);
  });

  test('the same text is another owner under another origin', () => {
    expect(records('a A 1.1.1.1\n$ORIGIN x\na A 1.1.1.2\n')).toEqual(['a.e. 60 A 1.1.1.1', 'a.x.e. 60 A 1.1.1.2']);
  });

  test('without an origin of the caller: the zone and the origin are the owner of the SOA', () => {
    const { zone, problems } = read('Example.Org. 60 SOA ns host 1 2 3 4 5\nwww CNAME @\n', { origin: undefined });
    expect(problems).toEqual([]);
    expect(zone?.apex).toBe('example.org.');
    expect(recordsOf(zone)).toEqual(['www.example.org. 60 CNAME example.org.']);
  });

  test('records may stand above the SOA as long as their names are absolute', () => {
    const { zone, problems } = read('a.e. 5 MX 10 b.e.\nb.e. A 1.1.1.1\ne. SOA ns host 1 2 3 4 5\n', {
      origin: undefined,
    });
    expect(problems).toEqual([]);
    expect(recordsOf(zone)).toEqual(['a.e. 5 MX 10 b.e.', 'b.e. 5 A 1.1.1.1']);
  });

  test.each([
    ['a 5 A 1.1.1.1'],
    ['a.e. 5 CNAME b'],
    ['@ 5 SOA ns. host. 1 2 3 4 5'],
    ['$ORIGIN sub'],
    ['$GENERATE 1-2 a$ 5 A 1.1.1.1'],
  ])('%s without an origin is a problem', (line) => {
    expect(read(`${line}\n`, { origin: undefined }).problems[0]).toMatchObject({
      rule: 'master/origin',
      position: { line: 1 },
    });
  });

  test('the apex of the caller decides what is out of the zone', () => {
    const { zone, problems } = read(`${top}$ORIGIN other.\nwww A 1.1.1.1\n`, { apex: name('e.'), origin: undefined });
    expect(problems).toMatchObject([
      { rule: 'zone/out-of-zone', tier: 'error', position: { file: 'e.zone', line: 3 } },
    ]);
    expect(zone?.nameCount).toBe(1);
  });

  test('no SOA and no zone name: no zone', () => {
    const { zone, problems } = read('a.e. 5 A 1.1.1.1\n', { origin: undefined });
    expect(zone).toBeUndefined();
    expect(problems.map(({ rule }) => rule)).toEqual(['master/no-apex']);
    expect(read('', { origin: undefined }).problems.map(({ rule }) => rule)).toEqual(['master/no-apex']);
  });

  test('an SOA that cannot be read does not also make its zone unknown', () => {
    expect(read('e. 5 SOA ns host 1 2 3 4\n', { origin: undefined }).problems.map(({ rule }) => rule)).toEqual([
      'master/rdata',
    ]);
  });
});

describe('problems', () => {
  test('all problems of a file are told at once, each at its place', () => {
    const text = [
      'a A 1.1.1.256', // 2
      'b FOO x',
      'c A 1.1.1.1 2.2.2.2',
      'd TXT "x',
      'e A', // 6
      '..f A 1.1.1.1',
      ' A 1.1.1.1',
      '$FOO',
      'g A 1.1.1.1 )', // 10
      'h CH A 1.1.1.1',
      'i "A" 1.1.1.1',
      '$TTL x',
      '$TTL',
      '$ORIGIN a b', // 15
      ' $TTL 5',
      'j OPT x',
      'k MX ( 10',
      '    mx$.. )',
      'l A 1.1.1.1',
    ].join('\n');
    const { zone, problems: found } = read(top + text);
    expect(found.map(({ rule, position }) => [rule, position?.line, position?.column, position?.length])).toEqual([
      ['master/rdata', 2, 5, 9],
      ['master/type', 3, 3, 3],
      ['master/rdata', 4, 13, 7],
      ['master/quote', 5, 7, 2],
      ['master/rdata', 6, 4, 1],
      ['master/owner', 7, 1, 3],
      ['master/directive', 9, 1, 4],
      ['master/parenthesis', 10, 13, 1],
      ['zone/class', 11, 3, 2],
      ['master/type', 12, 3, 3],
      ['master/ttl', 13, 6, 1],
      ['master/directive', 14, 5, 1],
      ['master/directive', 15, 11, 1],
      ['master/type', 16, 2, 4],
      ['master/type', 17, 3, 3],
      ['master/rdata', 19, 5, 5],
    ]);
    expect(
      found.every(({ tier, hint, position }) => tier === 'error' && hint !== undefined && position?.file === 'e.zone'),
    ).toBe(true);
    expect(recordsOf(zone)).toEqual(['l.e. 60 A 1.1.1.1']);
  });

  test('columns count UTF-16 units, not octets', () => {
    expect(problems('a TXT "é😀" ) x\n')).toEqual([['master/parenthesis', 2, 13, 1]]);
  });

  test('a blank first record has no owner', () => {
    expect(read(' A 1.1.1.1\n').problems[0]).toMatchObject({ rule: 'master/owner', position: { line: 1, column: 1 } });
  });

  test('records below an owner that cannot be read go with it, without problems of their own', () => {
    const { zone, problems } = read(`${top}a A 1.1.1.1\n\\999 A 1.1.1.2\n A 1.1.1.3\n A x\nb A 1.1.1.4\n`);
    expect(problems.map(({ rule, position }) => [rule, position?.line])).toEqual([
      ['master/owner', 3],
      ['master/rdata', 5],
    ]);
    expect(recordsOf(zone)).toEqual(['a.e. 60 A 1.1.1.1', 'b.e. 60 A 1.1.1.4']);
  });

  test('a parenthesis that is never closed is shown where it opens, and the rest of the file is still read', () => {
    expect(problems('a MX ( 10 mx\nb A 1.1.1.1\nc FOO\n')).toEqual([
      ['master/rdata', 3, 1, 1],
      ['master/parenthesis', 2, 6, 1],
      ['master/type', 4, 3, 3],
    ]);
    expect(problems('a TXT ( x\nb A 1.1.1.1\n')).toEqual([['master/parenthesis', 2, 7, 1]]);
  });

  test('a problem inside parentheses takes the whole record, not the next one', () => {
    const { zone, problems } = read(`${top}a MX ( x\n mx\n )\nb A 1.1.1.1\n`);
    expect(problems.map(({ position }) => position?.line)).toEqual([2]);
    expect(recordsOf(zone)).toEqual(['b.e. 60 A 1.1.1.1']);
  });

  test('a quoted string ends on its line', () => {
    expect(problems('a TXT "x\nb A 1.1.1.1\nc TXT "y')).toEqual([
      ['master/quote', 2, 7, 2],
      ['master/quote', 4, 7, 2],
    ]);
  });

  test('reading stops after a hundred problems and says so', () => {
    const { problems } = read(`${top}${'a FOO x\n'.repeat(500)}`);
    expect(problems).toHaveLength(101);
    expect(problems.at(-1)).toMatchObject({ rule: 'master/too-many-problems', position: { line: 101 } });
  });

  test('a long field is cut short in the message', () => {
    const { problems } = read(`${top}a ${'x'.repeat(100_000)} x\n${'a.'.repeat(100_000)} A 1.1.1.1\n`);
    expect(problems).toHaveLength(2);
    for (const { message } of problems) expect(message.length).toBeLessThan(500);
  });

  test.each([
    ['00000003', 'raw'],
    ['fffe40002000', 'UTF-16'],
    ['40002000', 'UTF-16'],
  ])('a file that starts with the octets %s is not text', (octets, guess) => {
    const { zone, problems } = read(Buffer.from(octets, 'hex'));
    expect(zone).toBeUndefined();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ rule: 'master/not-text', position: { line: 1 } });
    expect(problems[0].message).toContain(guess);
  });

  test('a NUL octet anywhere is shown at its place', () => {
    expect(problems('a TXT "x\u0000y"\n')).toEqual([['master/not-text', 2, 9, 1]]);
  });
});

describe('$INCLUDE', () => {
  const files: Record<string, string> = {
    'a.inc': 'a A 1.1.1.1\n$ORIGIN deep\nb A 1.1.1.2\n$TTL 99\nc A 1.1.1.3\n',
    'blank.inc': ' TXT above\n',
    'bad.inc': '\n  \nx FOO y\n',
    'loop.inc': '$INCLUDE loop2.inc\n',
    'loop2.inc': '$INCLUDE loop.inc\n',
    'with space.inc': 'q A 1.1.1.1\n',
  };
  const include = (path: string) =>
    path in files ? { file: path, octets: Buffer.from(files[path]) } : { error: 'does not exist' };

  test('RFC 1035 section 5.1: the origin of the file is that of the directive, and is restored behind it', () => {
    const text = '$TTL 60\n$INCLUDE a.inc\nz A 1.1.1.4\n';
    expect(records(text, { include })).toEqual([
      'a.e. 60 A 1.1.1.1',
      'b.deep.e. 60 A 1.1.1.2',
      'c.deep.e. 99 A 1.1.1.3',
      'z.e. 99 A 1.1.1.4',
    ]);
    expect(records('$TTL 60\n$INCLUDE a.inc sub ; x\n', { include })).toEqual([
      'a.sub.e. 60 A 1.1.1.1',
      'b.deep.sub.e. 60 A 1.1.1.2',
      'c.deep.sub.e. 99 A 1.1.1.3',
    ]);
  });

  test('the owner above goes on into the file and is restored behind it, as in BIND', () => {
    expect(records('o A 1.1.1.1\n$INCLUDE a.inc\n TXT behind\n', { include })).toContain('o.e. 99 TXT "behind"');
    expect(records('o A 1.1.1.1\n$INCLUDE blank.inc\n', { include })).toEqual([
      'o.e. 60 A 1.1.1.1',
      'o.e. 60 TXT "above"',
    ]);
  });

  test('a path may be quoted', () => {
    expect(records('$INCLUDE "with space.inc"\n', { include })).toEqual(['q.e. 60 A 1.1.1.1']);
  });

  test('problems of the file are shown there, problems of the directive at the path', () => {
    const { problems } = read(`${top}$INCLUDE bad.inc\n$INCLUDE none.inc\n$INCLUDE a.inc x y\n$INCLUDE\n`, { include });
    expect(problems.map(({ rule, position: at }) => [rule, at?.file, at?.line, at?.column, at?.length])).toEqual([
      ['master/type', 'bad.inc', 3, 3, 3],
      ['master/include', 'e.zone', 3, 10, 8],
      ['master/directive', 'e.zone', 4, 18, 1],
      ['master/directive', 'e.zone', 5, 9, 1],
    ]);
  });

  test('origins of records name the file', () => {
    const { zone } = read(`${top}$INCLUDE a.inc\nz A 1.1.1.4\n`, { include });
    const positionOf = (owner: string) => zone?.positionOf(zone.row(zone.find(name(owner)), Type.A));
    expect(positionOf('b.deep.e.')).toEqual({ file: 'a.inc', line: 3, column: 1 });
    expect(positionOf('z.e.')).toEqual({ file: 'e.zone', line: 3, column: 1 });
  });

  test('cycles are refused where they close', () => {
    const { problems } = read(`${top}$INCLUDE loop.inc\n`, { include });
    expect(problems.map(({ rule, position }) => [rule, position?.file])).toEqual([['master/include', 'loop2.inc']]);
  });

  test('depth and number of files are bounded', () => {
    let made = 0;
    const deeper = () => ({ file: `f${made++}`, octets: Buffer.from('$INCLUDE x\n') });
    expect(read(`${top}$INCLUDE x\n`, { include: deeper }).problems.map(({ rule }) => rule)).toEqual([
      'master/include',
    ]);
    expect(made).toBeLessThan(100);
    made = 0;
    const wider = () => ({ file: `f${made++}`, octets: Buffer.from('$INCLUDE x\n'.repeat(10)) });
    expect(read(`${top}$INCLUDE x\n`, { include: wider }).problems.length).toBeLessThanOrEqual(101);
    expect(made).toBeLessThan(20_000);
  });

  test('without a way to read files the directive is refused', () => {
    expect(problems('$INCLUDE a.inc\n')).toEqual([['master/include', 2, 10, 5]]);
  });
});

describe('files of others', () => {
  interface RfcZone {
    readonly file: string;
    readonly origin: string;
    readonly records: number;
    readonly rrsigs: number;
    readonly denial: number;
    readonly denialType: string;
  }
  const folder = new URL('../vectors/rfc/', import.meta.url);
  const zones: readonly RfcZone[] = JSON.parse(readFileSync(new URL('zones.json', folder), 'utf8'));

  test.each(zones)('$file has all its records', (expected) => {
    const report = newReport();
    const zone = readMaster({ file: expected.file, octets: readFileSync(new URL(expected.file, folder)) }, report)!;
    expect(report.problems).toEqual([]);
    expect(zone.apex).toBe(expected.origin);
    expect(zone.recordCount).toBe(expected.records);
    const count = (type: string) => recordsOf(zone).filter((line) => line.split(' ')[2] === type).length;
    expect(count('RRSIG')).toBe(expected.rrsigs);
    expect(count(expected.denialType)).toBe(expected.denial);
  });

  test.each([
    ['rfc8976-a1-simple.zone', 'example.'],
    ['rfc8976-a2-complex.zone', 'example.'],
    ['rfc8976-a3-multiple.zone', 'example.'],
    ['rfc8976-a4-uri-arpa.zone', 'uri.arpa.'],
    ['rfc8976-a5-root-servers-net.zone', 'root-servers.net.'],
    ['rfc9432-a.zone', 'catalog.invalid.'],
  ])('%s is read without an error', (file, apex) => {
    const report = newReport();
    const zone = readMaster({ file, octets: readFileSync(new URL(file, folder)) }, report)!;
    expect(report.problems.filter(({ rule }) => rule !== 'zone/out-of-zone')).toEqual([]);
    expect(zone.apex).toBe(apex);
  });
});
