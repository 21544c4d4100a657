import { describe, expect, test } from 'vitest';
import { DerReader, derElement, derFault, oidText, Tag } from '../../src/x509/der.ts';

const octets = (hex: string) => Buffer.from(hex.replace(/\s/g, ''), 'hex');

describe('what is DER', () => {
  test.each([
    ['an empty SEQUENCE', '3000'],
    ['INTEGER 0', '020100'],
    ['INTEGER 128 needs its leading zero', '02020080'],
    ['INTEGER -128 needs one octet', '020180'],
    ['a length of 128 octets', `048180${'00'.repeat(128)}`],
    ['a length of 256 octets', `04820100${'00'.repeat(256)}`],
    ['TRUE', '0101ff'],
    ['[0] constructed', 'a003020102'],
    ['[2] primitive', '8203616263'],
  ])('%s', (_, hex) => {
    expect(derFault(octets(hex))).toBeUndefined();
  });
});

describe('what is BER and not DER (X.690 sections 10, 11)', () => {
  test.each([
    ['an indefinite length', '3080 0000'],
    ['a length of 5 octets in long form', '308105 0101ff0500'],
    ['a length with a leading zero', `30820080${'0500'.repeat(64)}`],
    ['a string in pieces', '2404 0402 6162'],
    ['TRUE as 0x01', '010101'],
    ['an INTEGER with a needless 00', '02020001'],
    ['an INTEGER with a needless ff', '0202ff80'],
    ['the same further inside', '3005 3003 010101'],
  ])('%s', (_, hex) => {
    expect(derFault(octets(hex))).toMatchObject({ kind: 'ber' });
  });
});

describe('what is cut off, followed by more, or no ASN.1 at all', () => {
  test.each([
    ['nothing', '', 'cut'],
    ['a tag alone', '30', 'cut'],
    ['content that is too short', '3003 0101', 'cut'],
    ['an element that is longer than the one around it', '3003 040401', 'cut'],
    ['a length that is cut off', '3082 01', 'cut'],
    ['octets after the end', '3000 00', 'trailing'],
    ['a length of five octets', '30850000000001', 'shape'],
    ['a tag of several octets', '1f2101ff', 'shape'],
    ['an empty INTEGER', '0200', 'shape'],
    ['an empty BIT STRING', '0300', 'shape'],
    ['a BIT STRING with 8 unused bits', '03020800', 'shape'],
    ['an OBJECT IDENTIFIER that does not end', '06022a86', 'shape'],
    ['deep nesting', '', 'shape'],
  ])('%s', (what, hex, kind) => {
    let der: Uint8Array = octets(hex);
    if (what === 'deep nesting') for (let i = 0; i < 100; i++) der = derElement(Tag.sequence, der);
    expect(derFault(der)).toMatchObject({ kind });
  });
});

describe('a reader', () => {
  test('keeps the first fault and answers with empty elements', () => {
    const reader = new DerReader(octets('3003 020105'));
    const fields = reader.enter(Tag.sequence, 'a thing');
    expect(fields.take(Tag.oid, 'a name').content).toHaveLength(0);
    expect(fields.take(Tag.integer, 'a number').content).toHaveLength(0);
    expect(fields.isAtEnd).toBe(true);
    expect(reader.fault).toMatchObject({ kind: 'shape', offset: 2 });
  });

  test('hands out the octets as they stand', () => {
    const der = octets('3006 020105 020106');
    const fields = new DerReader(der).enter(Tag.sequence, 'a thing');
    fields.any();
    const second = fields.take(Tag.integer, 'a number');
    expect(second.der.buffer).toBe(der.buffer);
    expect(Buffer.from(second.der)).toEqual(octets('020106'));
  });
});

test('object identifiers in dotted decimal', () => {
  expect(oidText(octets('2a864886f70d01010b'))).toBe('1.2.840.113549.1.1.11');
  expect(oidText(octets('5504 03'))).toBe('2.5.4.3');
  expect(oidText(octets('883703'))).toBe('2.999.3'); // X.690 section 8.19.5
});
