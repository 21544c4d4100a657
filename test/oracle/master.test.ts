// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the braces are those of $GENERATE
/** Master files against BIND, NSD, Knot, PowerDNS and ldns: what they read in a file, and that they read what is written here. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { OctetWriter } from '../../src/dns/fields.ts';
import { readMaster } from '../../src/dns/master-reader.ts';
import { zoneText } from '../../src/dns/master-writer.ts';
import { name } from '../../src/dns/name.ts';
import { presentRData, writeCanonical } from '../../src/dns/rdata/index.ts';
import { Type, type TypeCode, typeCode, typeName } from '../../src/dns/type.ts';
import type { Zone } from '../../src/dns/zone.ts';
import { newZoneBuilder } from '../../src/dns/zone-builder.ts';
import { hex } from '../../src/text/octets.ts';
import { newReport } from '../../src/text/problem.ts';
import { have, run } from '../e2e/programs.ts';

const bind = have('named-compilezone');
const nsd = have('nsd-checkzone');
const knot = have('kzonecheck');
const ldns = have('ldns-read-zone');
const powerDns = have('pdnsutil');

const folder = mkdtempSync(join(tmpdir(), 'danezone-master-'));
afterAll(() => rmSync(folder, { recursive: true }));

const apex = name('e.test.');
const included = 'i1 A 192.0.2.50\n A 192.0.2.51\n$ORIGIN deep\ni2 TXT x\n';
writeFileSync(join(folder, 'inc'), included);

function read(text: string | Uint8Array) {
  const report = newReport();
  const include = (path: string) =>
    path === 'inc' ? { file: path, octets: Buffer.from(included) } : { error: 'does not exist' };
  const zone = readMaster({ file: 'in.zone', octets: Buffer.from(text), apex, include }, report)!;
  return { zone, report };
}

/** Each record as `owner ttl type rdata` in BIND's text. */
function linesOf(zone: Zone): string[] {
  const lines: string[] = [];
  for (let row = 0; row < zone.rowCount; row++) {
    const { owner, ttl, type, records } = zone.rrsetOf(row);
    for (const octets of records) lines.push(`${owner} ${ttl} ${typeName(type)} ${presentRData(type, octets)}`);
  }
  return lines.sort();
}

/** The loading of BIND alone, without what it checks of a zone's meaning; undefined where it refuses the file. */
function compiledByBind(text: string | Uint8Array): { lines: string[] } | { refused: string } {
  writeFileSync(join(folder, 'in.zone'), text);
  const quiet = '-i none -k ignore -n ignore -m ignore -r ignore -M ignore -S ignore -W ignore'.split(' ');
  const file = ['-f', 'text', '-F', 'text', '-s', 'full', '-o', 'out.zone', 'e.test', 'in.zone'];
  const { status, stdout, stderr } = run('named-compilezone', [...quiet, ...file], { cwd: folder });
  if (status !== 0) return { refused: stdout + stderr };
  const lines = readFileSync(join(folder, 'out.zone'), 'latin1')
    .split('\n')
    .flatMap((line) => {
      const record = /^([^;\s]\S*)\s+(\d+)\s+IN\s+(\S+)\s+(.*)$/.exec(line);
      if (record === null) return [];
      return [`${record[1].toLowerCase()} ${record[2]} ${record[3]} ${record[4]}`];
    });
  return { lines: lines.sort() };
}

const top = '@ 60 SOA ns.example. host.example. 1 2 3 4 5\n@ 60 NS ns.example.\n';

describe.skipIf(!bind)('BIND reads the same records', () => {
  test.each([
    [
      'TTL, class and type in any order',
      'a 5 IN A 1.1.1.1\nb in 6 a 1.1.1.1\nc 7 A 1.1.1.1\nd IN A 1.1.1.1\ne class1 Type1 1.1.1.1\n',
    ],
    ['names that look like something else', '1 A 1.1.1.1\nin A 1.1.1.2\na A 1.1.1.3\n2 3 A 1.1.1.4\ntxt txt txt\n'],
    ['owners left out', 'a A 1.1.1.1\n A 1.1.1.2\n\tTXT x\n@ A 1.1.1.3\nb.e.test. A 1.1.1.4\n  ; x\n A 1.1.1.5\n'],
    [
      'escapes in names',
      'a\\.b A 1.1.1.1\n\\067X A 1.1.1.2\n\\$ttl A 1.1.1.3\n\\000\\255 A 1.1.1.4\n\\@ CNAME \\*\n*.x MX 1 \\\\\\"\n',
    ],
    [
      'character-strings',
      'a TXT "a""b"c"d"e;f\nb TXT(a)b("c")\nc TXT \\"\\; "a\\"b;(" \\065\nd TXT "" "\\000\\255" "é"\ne TXT "x\\\ny"\n',
    ],
    [
      'parentheses',
      'a TXT ( one ; two )\n two ; "\n\n)\n( b A 1.1.1.1 )\n ( A 1.1.1.2 )\n(\nc A ( ( 1.1.1.3\n) ) )\n()\n A 1.1.1.4\n',
    ],
    ['line ends', 'a A 1.1.1.1\r\n A 1.1.1.2 ; x\r\n\r\nb A 1.1.1.1\rc A 1.1.1.1\r\r\n\t\r\nd A 1.1.1.1\n'],
    [
      '$TTL and its units',
      '$TTL 1h\na A 1.1.1.1\nb 9 A 1.1.1.1\nc A 1.1.1.1\n$ttl 2d1s ; x\nd A 1.1.1.1\ne 1W2D3h4M5s A 1.1.1.1\n',
    ],
    ['the TTL of the record before', 'a 5 A 1.1.1.1\nb A 1.1.1.1\nc 6 A 1.1.1.1\nd A 1.1.1.1\n'],
    ['$ORIGIN', 'a CNAME x\n$ORIGIN Sub\na CNAME X\n@ CNAME @\n$origin e.test.\nb CNAME x\n'],
    ['$INCLUDE', 'a 5 A 1.1.1.1\n$INCLUDE inc\n A 1.1.1.2\n$INCLUDE inc sub ; x\nb CNAME x\n'],
    ['an included file goes on with the owner', 'a A 1.1.1.1\n$ORIGIN sub\n$INCLUDE inc\n TXT y\n'],
    ['RFC 3597', 'a CLASS1 TYPE65400 \\# 4 0a0b 0c0d\nb TYPE1 \\# 4 01020304\nc A \\# 4 01020304\nd TYPE65400 \\# 0\n'],
    [
      'dates and times of signatures',
      'a RRSIG A 13 3 60 20300101000000 1767225600 1 e.test. AAAA\na RRSIG MX 13 3 60 20300101000000 20260101000000 1 e.test. ( AA\n AA )\n',
    ],
    ['duplicates', 'a A 1.1.1.1\na A 1.1.1.1\n$ORIGIN x\na.e.test. A 1.1.1.1\n'],
  ])('%s', (_title, text) => {
    const { zone, report } = read(top + text);
    expect(report.problems).toEqual([]);
    expect(compiledByBind(top + text)).toEqual({ lines: linesOf(zone) });
  });

  test.each([
    '@ SOA ns.example. host.example. 1 2 3 4 300\n@ NS ns.example.\na 7 A 1.1.1.1\nb A 1.1.1.1\n',
    '@ 9 SOA ns.example. host.example. ( 1 ; serial\n 1h 2m 3w 4d )\n@ NS ns.example.\n',
    `$TTL 8\n${top}a A 1.1.1.1`,
  ])('TTLs at the top of a file: %j', (text) => {
    expect(compiledByBind(text)).toEqual({ lines: linesOf(read(text).zone) });
  });

  test.each([
    '1-3 a$ A 192.0.2.$',
    '0-4/2 a$ 5 IN A 192.0.2.$',
    '7-7 a$ IN 5 A 192.0.2.1',
    '1-2 a$ MX "10 m$"',
    '1-1 a$ TXT "hello $"',
    '1-1 a$ TXT "\\"hello $\\""',
    '0-1 a$$\\$$ A 192.0.2.1',
    '0-1 a${-1} A 192.0.2.1',
    '0-1 a$ CNAME b${0,0,d}',
    '30-30 a${-10,5,d} A 192.0.2.1',
    '5-5 a${-10,5,d} A 192.0.2.1',
    '30-30 a${1,3,x} A 192.0.2.1',
    '30-30 ${0,3,n}.c A 192.0.2.1',
    '30-30 ${0,5,N}.c A 192.0.2.1',
    '300-300 ${0,0,N}.d A 192.0.2.1',
    '65535-65535 ${0,7,n}.d A 192.0.2.1',
    '8-9 o${0,3,o} A 192.0.2.1',
    '171-171 o${0,3,X}${0,0,x} A 192.0.2.1',
  ])('$GENERATE %s', (directive) => {
    const text = `${top}x 60 A 192.0.2.9\n$GENERATE ${directive}\n TXT y\n`;
    const { zone, report } = read(text);
    expect(report.problems).toEqual([]);
    expect(compiledByBind(text)).toEqual({ lines: linesOf(zone) });
  });

  const fragment = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(' ', '\t', '\n', '\n', '\n ', '\r\n', ' ( ', ' ) ', '"', ' ; c\n', '\\') },
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        ...[
          '$TTL 300',
          '$ORIGIN sub',
          '$ORIGIN e.test.',
          '$GENERATE 1-3 g$ A 192.0.2.$',
          '$INCLUDE inc',
          '$INCLUDE inc y',
        ].map((line) => `\n${line}\n`),
      ),
    },
    {
      weight: 8,
      arbitrary: fc.constantFrom(
        ...[
          'www 60 A 192.0.2.1\n',
          ' A 192.0.2.2\n',
          'mx 60 IN MX 10 a',
          '@ TXT a;b\n',
          't 60 TXT "a b" c',
          'q TXT (\n"x"\n)',
          'b IN 60 A 192.0.2.9 ',
        ].map((line) => `\n${line}`),
        ...[
          'a\\.b 60 A 192.0.2.3',
          '\\067\\068 60 AAAA ::1',
          'u TYPE65400 \\# 2 0102',
          's 60 SRV 1 2 3 x.y.',
          'n 1h30m NS ns.n',
          'd 60 DS 1 13 2 00',
        ].map((line) => `\n${line}`),
      ),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        'IN',
        'CH',
        '60',
        'A',
        'TXT',
        'x',
        '@',
        '.',
        'e.test.',
        '192.0.2.7',
        '1h',
        '\\#',
        '()',
        ')',
        '(',
      ),
    },
  );

  test('files at random: both refuse, or both have the same records', () => {
    let agreed = 0;
    fc.assert(
      fc.property(fc.array(fragment, { minLength: 1, maxLength: 12 }), (parts) => {
        const text = top + parts.join('');
        const { zone, report } = read(text);
        // The two that are decided otherwise here: BIND takes another TTL, and ignores what is out of the zone.
        if (report.problems.some(({ rule }) => rule.startsWith('zone/') && rule !== 'zone/class')) return;
        const theirs = compiledByBind(text);
        if (report.hasErrors) expect(theirs).toHaveProperty('refused');
        else expect(theirs).toEqual({ lines: linesOf(zone) });
        agreed++;
      }),
      { numRuns: 120, seed: 20261122 },
    );
    expect(agreed).toBeGreaterThan(90);
  });
});

interface RecordVector {
  readonly typeNumber: TypeCode;
  readonly rdataHex: string;
}
const vectors: readonly RecordVector[] = JSON.parse(
  readFileSync(new URL('../vectors/records/records.json', import.meta.url), 'utf8'),
);

/** A zone with every record of the vectors, but for what a program refuses for its meaning. */
function zoneOfVectors(leaveOut: (vector: RecordVector) => boolean = () => false): Zone {
  const builder = newZoneBuilder(apex);
  const add = (owner: string, type: TypeCode, rdataHex: string) =>
    builder.addRRset({ owner: name(owner), type, ttl: 60, records: [Buffer.from(rdataHex, 'hex')] });
  const host = '026e73076578616d706c6500';
  add('e.test.', Type.SOA, `${host}${host}0000000100000002000000030000000400000005`);
  add('e.test.', Type.NS, host);
  for (const [i, vector] of vectors.entries()) {
    if (vector.typeNumber !== Type.SOA && !leaveOut(vector)) add(`r${i}.e.test.`, vector.typeNumber, vector.rdataHex);
  }
  // Upper case in a tag, a bitmap without types.
  add('caa.e.test.', Type.CAA, '0005695373756578');
  add('csync.e.test.', Type.CSYNC, '000000000000');
  return builder.finish(newReport());
}

/** A zone whose names have every octet that is no letter and no digit, as owner and in RDATA. */
function zoneOfNames(): Zone {
  const lines = [top];
  for (let octet = 0; octet < 256; octet++) {
    if (/[A-Za-z0-9]/.test(String.fromCharCode(octet))) continue;
    const octets = `\\${String(octet).padStart(3, '0')}`;
    lines.push(
      `a${octets}b.${octet} 60 PTR x${octets}y\n${octets}.${octet} 60 MX 1 ${octets}\n${octets} 60 A 192.0.2.1\n`,
    );
  }
  const { zone, report } = read(lines.join(''));
  expect(report.problems).toEqual([]);
  return zone;
}

/** Each record with its RDATA in canonical form: NSD writes the names there in lower case. */
function recordsOf(zone: Zone): string[] {
  const out = new OctetWriter();
  const lines: string[] = [];
  for (let row = 0; row < zone.rowCount; row++) {
    const { owner, ttl, type, records } = zone.rrsetOf(row);
    for (const octets of records) {
      out.length = 0;
      writeCanonical(type, octets, 0, octets.length, out);
      lines.push(`${owner} ${ttl} ${typeName(type)} ${hex(out.copy())}`);
    }
  }
  return lines.sort();
}

function written(zone: Zone): string {
  const file = join(folder, 'written.zone');
  writeFileSync(file, zoneText(zone));
  return file;
}

/** What a program that prints a zone has read. */
function printed(text: string): string[] {
  const { zone, report } = read(Buffer.from(text, 'latin1'));
  expect(report.problems).toEqual([]);
  return recordsOf(zone);
}

describe('what is written here loads elsewhere, record for record', () => {
  const all = zoneOfVectors();
  const names = zoneOfNames();

  test.skipIf(!bind)('BIND', () => {
    expect(compiledByBind(zoneText(all))).toEqual({ lines: linesOf(all) });
    expect(compiledByBind(zoneText(names))).toEqual({ lines: linesOf(names) });
  });

  test.skipIf(!nsd)('NSD', () => {
    for (const zone of [all, names]) {
      const { status, stdout, stderr } = run('nsd-checkzone', ['-p', 'e.test', written(zone)]);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(printed(stdout)).toEqual(recordsOf(zone));
    }
  });

  test.skipIf(!ldns)('ldns', () => {
    const { status, stdout } = run('ldns-read-zone', [written(all)]);
    expect(status).toBe(0);
    // It prints quotation marks in names without an escape: the names of one vector do not read again.
    const quote = (text: string) => !/^r29\.e\.test\./.test(text);
    expect(printed(stdout.split('\n').filter(quote).join('\n'))).toEqual(recordsOf(all).filter(quote));
    const other = run('ldns-read-zone', [written(names)]);
    expect({ status: other.status, lines: other.stdout.trimEnd().split('\n').length }).toEqual({
      status: 0,
      lines: names.recordCount,
    });
  });

  test.skipIf(!knot)('Knot', () => {
    // It checks the algorithm of a DS record.
    const sensible = zoneOfVectors(
      ({ typeNumber, rdataHex }) => typeNumber === Type.DS && rdataHex.startsWith('0000fdc8'),
    );
    for (const zone of [sensible, names]) {
      const { status, stdout, stderr } = run('kzonecheck', ['-d', 'off', '-o', 'e.test', written(zone)]);
      expect({ status, stdout, stderr }).toMatchObject({ status: 0 });
    }
  });

  test.skipIf(!powerDns)('PowerDNS', () => {
    const configuration = join(folder, 'named.conf');
    writeFileSync(configuration, `zone "e.test" { type master; file "${join(folder, 'written.zone')}"; };\n`);
    writeFileSync(join(folder, 'pdns.conf'), `launch=bind\nbind-config=${configuration}\n`);
    // It keeps denial records elsewhere, and prints names without escapes: only types are compared.
    const kept = (type: string) => !/^NSEC/.test(type);
    for (const zone of [all, names]) {
      written(zone);
      const { status, stdout, stderr } = run('pdnsutil', [`--config-dir=${folder}`, 'list-zone', 'e.test']);
      expect({ status, stderr }).toMatchObject({ status: 0 });
      expect(stderr).toContain('0 rejected');
      const theirs = stdout.split('\n').flatMap((line) => /\tIN\t(\S+)/.exec(line)?.[1] ?? []);
      const ours = linesOf(zone).map((line) => line.split(' ')[2]);
      const codes = (types: readonly string[]) => types.filter(kept).map(typeCode).sort();
      expect(codes(theirs)).toEqual(codes(ours));
    }
  });
});
