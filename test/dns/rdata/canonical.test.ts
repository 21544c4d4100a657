import { describe, expect, test } from 'vitest';
import { encodeRecord } from '../../../src/dns/field-text.ts';
import { OctetWriter } from '../../../src/dns/fields.ts';
import { compareCanonical, namesIn, presentRData, writeCanonical } from '../../../src/dns/rdata/index.ts';
import { Type, type TypeName } from '../../../src/dns/type.ts';
import type { Octets } from '../../../src/text/octets.ts';

function wireOf(type: number, text: string): Octets {
  const wire = encodeRecord(type, text);
  if (!(wire instanceof Uint8Array)) throw new Error(wire.error);
  return wire;
}

function canonicalText(type: number, text: string): string {
  const wire = wireOf(type, text);
  const out = new OctetWriter(8);
  writeCanonical(type, wire, 0, wire.length, out);
  return presentRData(type, out.copy());
}

const folded: readonly [TypeName, string][] = [
  ['NS', 'A.B.'],
  ['MD', 'A.B.'],
  ['MF', 'A.B.'],
  ['CNAME', 'A.B.'],
  ['SOA', 'A.B. C.D. 1 2 3 4 5'],
  ['MB', 'A.B.'],
  ['MG', 'A.B.'],
  ['MR', 'A.B.'],
  ['PTR', 'A.B.'],
  ['MINFO', 'A.B. C.D.'],
  ['MX', '10 A.B.'],
  ['RP', 'A.B. C.D.'],
  ['AFSDB', '1 A.B.'],
  ['RT', '1 A.B.'],
  ['PX', '1 A.B. C.D.'],
  ['KX', '1 A.B.'],
  ['SRV', '1 2 3 A.B.'],
  ['DNAME', 'A.B.'],
];

const kept: readonly [TypeName, string][] = [
  ['NSEC', 'A.B. A'],
  ['LP', '1 A.B.'],
  ['TALINK', 'A.B. C.D.'],
  ['NSAP-PTR', 'A.B.'],
  ['SVCB', '1 A.B. alpn="H2"'],
  ['HTTPS', '1 A.B.'],
  ['HIP', '1 AA AAAA A.B.'],
  ['IPSECKEY', '1 3 2 A.B. AAAA'],
  ['TXT', '"A.B."'],
  ['HINFO', '"A" "B"'],
  ['CAA', '0 ISSUE "A"'],
];

describe('canonical form (RFC 4034 section 6.2, RFC 6840 section 5.1)', () => {
  test.each(folded)('lower-cases the names of %s', (type, text) => {
    expect(canonicalText(Type[type], text)).toBe(text.toLowerCase());
  });

  test('lower-cases the names of NAPTR and of the signer in RRSIG and SIG, and nothing else there', () => {
    expect(canonicalText(Type.NAPTR, '1 2 "U" "E2U+SIP" "!A!B!" C.D.')).toBe('1 2 "U" "E2U+SIP" "!A!B!" c.d.');
    const times = '20300101000000 20200101000000';
    expect(canonicalText(Type.RRSIG, `A 13 2 60 ${times} 1 A.B. QUJD`)).toBe(`A 13 2 60 ${times} 1 a.b. QUJD`);
    expect(canonicalText(Type.SIG, `A 13 2 60 ${times} 1 A.B. QUJD`)).toBe(`A 13 2 60 ${times} 1 a.b. QUJD`);
  });

  test.each(kept)('keeps the case of %s', (type, text) => {
    expect(canonicalText(Type[type], text)).toBe(text);
  });

  test('leaves the RDATA of unknown types alone (RFC 3597 section 7)', () => {
    expect(canonicalText(65280, '\\# 4 03414243')).toBe('\\# 4 03414243');
  });

  test('folds only the letters of ASCII', () => {
    expect(canonicalText(Type.PTR, '\\065\\064\\091\\192\\222.')).toBe('a\\@[\\192\\222.');
  });
});

describe('canonical order of RDATA (RFC 4034 section 6.3)', () => {
  const compare = (type: number, a: string, b: string) => {
    const left = wireOf(type, a);
    const right = wireOf(type, b);
    return Math.sign(compareCanonical(type, left, 0, left.length, right, 0, right.length));
  };

  test('is that of octets, not of presentation: the shorter label first, though it is greater as text', () => {
    expect(compare(Type.NS, 'z.example.', 'aa.example.')).toBe(-1);
    expect(compare(Type.MX, '5 a.', '10 a.')).toBe(-1);
    expect(compare(Type.A, '10.0.0.9', '9.0.0.10')).toBe(1);
    expect(compare(Type.TXT, '"b"', '"aa"')).toBe(-1);
  });

  test('sees no case in the names of types that are folded, and sees it in others', () => {
    expect(compare(Type.NS, 'A.example.', 'a.EXAMPLE.')).toBe(0);
    expect(compare(Type.MX, '1 A.example.', '1 a.EXAMPLE.')).toBe(0);
    expect(compare(Type.HTTPS, '1 A.example.', '1 a.EXAMPLE.')).toBe(-1);
  });

  test('a prefix comes first', () => {
    expect(compare(65280, '\\# 2 0102', '\\# 3 010200')).toBe(-1);
    expect(compare(65280, '\\# 0', '\\# 1 00')).toBe(-1);
    expect(compare(65280, '\\# 0', '\\# 0')).toBe(0);
  });
});

test('names are found in the RDATA', () => {
  const spans = (type: number, text: string) => {
    const wire = wireOf(type, text);
    return [...namesIn(type, wire)].map(({ start, end }) => Buffer.from(wire.subarray(start, end)).toString('latin1'));
  };
  expect(spans(Type.SOA, 'A. b.c. 1 2 3 4 5')).toEqual(['\x01A\0', '\x01b\x01c\0']);
  expect(spans(Type.MX, '10 mx.')).toEqual(['\x02mx\0']);
  expect(spans(Type.HIP, '1 AA AAAA a. b.')).toEqual(['\x01a\0', '\x01b\0']);
  expect(spans(Type.IPSECKEY, '1 3 2 a. AAAA')).toEqual(['\x01a\0']);
  expect(spans(Type.IPSECKEY, '1 1 2 192.0.2.1 AAAA')).toEqual([]);
  expect(spans(Type.TXT, 'a.')).toEqual([]);
  expect(spans(65280, '\\# 3 016100')).toEqual([]);
});
