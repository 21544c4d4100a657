/** TLSA records as people paste them. */
import { describe, expect, test } from 'vitest';
import { readRRset } from '../../src/dane/match/read-rrset.ts';
import { hex } from '../../src/text/octets.ts';
import { newReport } from '../../src/text/problem.ts';

function read(text: string) {
  const to = newReport();
  const found = readRRset('records.txt', text, to);
  const places = to.problems.map(({ rule, position }) => `${rule} ${position?.line}:${position?.column}`);
  return { records: found?.rrset.map(hex), owner: found?.owner, places };
}

const digest = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff';
const rdata = `030101${digest}`;
const owner = '_25._tcp.mx.example.test.';

describe('forms', () => {
  test.each([
    ['RDATA alone', `3 1 1 ${digest}`],
    ['capital letters', `3 1 1 ${digest.toUpperCase()}`],
    ['acronyms', `DANE-EE SPKI SHA2-256 ${digest}`],
    ['data in pieces, as dig prints it', `3 1 1 ${digest.slice(0, 56)} ${digest.slice(56)}`],
    ['the generic form', `\\# 35 ${rdata}`],
    ['a comment and empty lines', `; records\n\n3 1 1 ${digest} ; the current key\n`],
    ['CRLF and a byte order mark', `\ufeff3 1 1 ${digest}\r\n`],
  ])('%s', (_, text) => {
    expect(read(text)).toEqual({ records: [rdata], owner: undefined, places: [] });
  });

  test.each([
    ['a whole record', `${owner} 900 IN TLSA 3 1 1 ${digest}`],
    ['without TTL and class', `${owner} TLSA 3 1 1 ${digest}`],
    ['without the final dot, in capitals', `_25._TCP.mx.example.test tlsa 3 1 1 ${digest}`],
    ['class before TTL', `${owner} IN 900 TLSA 3 1 1 ${digest}`],
    ['parentheses over lines', `${owner} IN TLSA ( 3 1 1\n  ${digest.slice(0, 32)} ; half\n  ${digest.slice(32)} )`],
    ['type and data in generic form', `${owner} IN TYPE52 \\# 35 ( ${rdata} )`],
    ['relative to $ORIGIN', `$ORIGIN example.test.\n$TTL 900\n_25._tcp.mx TLSA 3 1 1 ${digest}`],
  ])('%s', (_, text) => {
    expect(read(text)).toEqual({ records: [rdata], owner, places: [] });
  });

  test('several records of one owner, later ones without it', () => {
    const text = `${owner} 60 IN TLSA 3 1 1 ${digest}\n   60 IN TLSA 2 1 1 ${digest}\n\tTLSA 3 0 1 ${digest}\n`;
    expect(read(text).records).toEqual([rdata, `020101${digest}`, `030001${digest}`]);
  });

  test('records of other types are passed over: aliases, signatures', () => {
    const text = `${owner} 60 IN CNAME tlsa.example.test.\ntlsa.example.test. 60 IN TLSA 3 1 1 ${digest}\ntlsa.example.test. 60 IN RRSIG TLSA 13 4 60 20270101000000 20261201000000 1 example.test. AAAA\n`;
    expect(read(text)).toEqual({ records: [rdata], owner: 'tlsa.example.test.', places: [] });
  });

  test('a short TTL in front of the class is no certificate usage', () => {
    expect(read(`60 IN TLSA 3 1 1 ${digest}`).records).toEqual([rdata]);
  });

  test('values that nobody knows and lengths that are wrong are read: the matcher judges them', () => {
    expect(read('9 8 7 00').records).toEqual(['09080700']);
    expect(read('3 1 1 abcd').records).toEqual(['030101abcd']);
    expect(read('\\# 2 0301').records).toEqual(['0301']);
    expect(read('\\# 0').records).toEqual(['']);
  });
});

describe('what cannot be read is refused where it stands', () => {
  test.each([
    ['', '1:1'],
    ['; nothing', '1:1'],
    ['-----BEGIN CERTIFICATE-----', '1:1'],
    ['3 1 1', '1:5'],
    ['3 1', '1:3'],
    ['3 1 1 abc', '1:7'],
    ['3 1 1 xyz0', '1:7'],
    ['256 1 1 00', '1:1'],
    ['3 300 1 00', '1:1'],
    [`3 1 1 ${digest}\n3 1 sha512 00`, '2:5'],
    ['\\# 4 030101', '1:4'],
    ['\\# 3', '1:4'],
    ['\\# x', '1:4'],
    [`${owner} IN TLSA 3 1 1\n`, '1:39'],
    [`${owner} IN TLSA 3 1 1 ${digest}\n_25._tcp.mx2.example.test. IN TLSA 3 1 1 ${digest}`, '2:1'],
    [`a..test. IN TLSA 3 1 1 ${digest}`, '1:1'],
  ])('%j at %s', (text, place) => {
    expect(read(text)).toEqual({ records: undefined, owner: undefined, places: [`dane/field-range ${place}`] });
  });

  test('every fault is told at once', () => {
    expect(read('3 1 1 x\n3 1 1 00\n3 x 1 00').places).toEqual(['dane/field-range 1:7', 'dane/field-range 3:1']);
  });
});
