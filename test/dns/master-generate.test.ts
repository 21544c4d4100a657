// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the braces are those of $GENERATE
import { describe, expect, test } from 'vitest';
import { type MasterInput, readMaster } from '../../src/dns/master-reader.ts';
import { name } from '../../src/dns/name.ts';
import { presentRData } from '../../src/dns/rdata/index.ts';
import { Type } from '../../src/dns/type.ts';
import { newReport } from '../../src/text/problem.ts';

const top = '$TTL 60\n@ SOA ns. host. 1 2 3 4 5\n';

function read(text: string, options: Partial<MasterInput> = {}) {
  const report = newReport();
  const zone = readMaster({ file: 'e.zone', octets: Buffer.from(top + text), origin: name('e.'), ...options }, report)!;
  const lines: string[] = [];
  for (let row = 0; row < zone.rowCount; row++) {
    const { owner, ttl, type, records } = zone.rrsetOf(row);
    if (type !== Type.SOA) for (const octets of records) lines.push(`${owner} ${ttl} ${presentRData(type, octets)}`);
  }
  return { zone, lines, problems: report.problems };
}

const places = (text: string, options?: Partial<MasterInput>) =>
  read(text, options).problems.map(({ rule, position }) => [rule, position?.line, position?.column, position?.length]);

// Every expected owner and text of this block was written by named-compilezone 9.18 for the same directive.
describe('$GENERATE makes what BIND makes', () => {
  test.each([
    ['1-3 a$ A 192.0.2.$', ['a1.e. 60 192.0.2.1', 'a2.e. 60 192.0.2.2', 'a3.e. 60 192.0.2.3']],
    ['0-4/2 a$ 5 IN A 192.0.2.$', ['a0.e. 5 192.0.2.0', 'a2.e. 5 192.0.2.2', 'a4.e. 5 192.0.2.4']],
    ['7-7 a$ IN 5 A 192.0.2.1', ['a7.e. 5 192.0.2.1']],
    ['1-2 a$ MX "10 m$"', ['a1.e. 60 10 m1.e.', 'a2.e. 60 10 m2.e.']],
    ['1-1 a$ TXT "hello $"', ['a1.e. 60 "hello" "1"']],
    ['1-1 a$ TXT "\\"hello $\\""', ['a1.e. 60 "hello 1"']],
    ['0-1 a$$\\$$ A 192.0.2.1', ['a\\$\\$0.e. 60 192.0.2.1', 'a\\$\\$1.e. 60 192.0.2.1']],
    ['0-1 a${-1} A 192.0.2.1', ['a-1.e. 60 192.0.2.1', 'a0.e. 60 192.0.2.1']],
    ['0-1 a$ CNAME b${0,0,d}', ['a0.e. 60 b0.e.', 'a1.e. 60 b1.e.']],
    ['30-30 a${-10,5,d} A 192.0.2.1', ['a00020.e. 60 192.0.2.1']],
    ['30-30 a${1,3,x} A 192.0.2.1', ['a01f.e. 60 192.0.2.1']],
    ['30-30 ${0,3,n}.c A 192.0.2.1', ['e.1.c.e. 60 192.0.2.1']],
    ['30-30 ${0,5,N}.c A 192.0.2.1', ['e.1.0.c.e. 60 192.0.2.1']],
    ['300-300 ${0,0,N}.d A 192.0.2.1', ['c.2.1.d.e. 60 192.0.2.1']],
    ['8-9 o${0,3,o} A 192.0.2.1', ['o010.e. 60 192.0.2.1', 'o011.e. 60 192.0.2.1']],
  ])('%s', (directive, expected) => {
    const { lines, problems } = read(`$GENERATE ${directive}\n`);
    expect(problems).toEqual([]);
    expect(lines).toEqual(expected);
  });

  test('the owner above it is the owner behind it', () => {
    expect(read('x A 192.0.2.1\n$GENERATE 1-1 a$ A 192.0.2.2\n A 192.0.2.3\n').lines).toContain('x.e. 60 192.0.2.3');
  });
});

test('data of several fields needs no quotes, as in PowerDNS', () => {
  expect(read('$GENERATE 1-2 a$ SRV ( 1 2\n $ m$ ) ; x\n').lines).toEqual([
    'a1.e. 60 1 2 1 m1.e.',
    'a2.e. 60 1 2 2 m2.e.',
  ]);
});

test('records have the line of the directive as their origin', () => {
  const { zone } = read('\n$GENERATE 1-2 a$ A 192.0.2.$\n');
  expect(zone.positionOf(zone.row(zone.find(name('a2.e.')), Type.A))).toEqual({ file: 'e.zone', line: 4, column: 1 });
});

describe('problems', () => {
  test.each([
    ['$GENERATE\n', 10, 1],
    ['$GENERATE 1-2\n', 14, 1],
    ['$GENERATE 1-2 a$ A\n', 19, 1],
    ['$GENERATE 1 a$ A 192.0.2.$\n', 11, 1],
    ['$GENERATE 2-1 a$ A 192.0.2.$\n', 11, 3],
    ['$GENERATE 1-2/0 a$ A 192.0.2.$\n', 11, 5],
    ['$GENERATE 1-2/ a$ A 192.0.2.$\n', 11, 4],
    ['$GENERATE 1-99999999999 a$ A 192.0.2.$\n', 11, 13],
    ['$GENERATE 1-2 a${x} A 192.0.2.$\n', 15, 5],
    ['$GENERATE 1-2 a${0,1,z} A 192.0.2.$\n', 15, 9],
    ['$GENERATE 1-2 a${0 A 192.0.2.$\n', 15, 4],
    ['$GENERATE 0-2 a${-1,0,x} A 192.0.2.$\n', 15, 10],
    ['$GENERATE 254-300 a$ A 192.0.2.$\n', 24, 9],
    ['$GENERATE 1-2 a..$ A 192.0.2.$\n', 15, 4],
    ['$GENERATE 1-2 a$ A "192.0.2.$ x"\n', 20, 13],
  ])('%s', (text, column, length) => {
    expect(places(text)).toEqual([['master/generate', 3, column, length]]);
  });

  test('the cap on records, for one directive and for all', () => {
    expect(places('$GENERATE 1-65536 a$ A 192.0.2.1\n')).toEqual([]);
    expect(places('$GENERATE 0-65536 a$ A 192.0.2.1\n')).toEqual([['master/generate', 3, 11, 7]]);
    expect(places('$GENERATE 0-2147483647 a$ A 192.0.2.1\n')).toEqual([['master/generate', 3, 11, 12]]);
    const many = '$GENERATE 1-5 a$ A 192.0.2.1\n'.repeat(17);
    expect(places(many, { generateLimit: 5 })).toEqual([['master/generate', 19, 11, 3]]);
    expect(places('$GENERATE 1-6 a$ A 192.0.2.1\n', { generateLimit: 5 })).toEqual([['master/generate', 3, 11, 3]]);
  });

  test('one problem for a directive, and the text that was generated is in it', () => {
    const { problems } = read('$GENERATE 254-300 a$ A 192.0.2.$\n');
    expect(problems).toHaveLength(1);
    expect(problems[0].message).toContain('192.0.2.256');
  });
});
