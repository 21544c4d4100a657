import { describe, expect, test } from 'vitest';
import { OctetWriter } from '../../src/dns/fields.ts';
import { canonical, portable } from '../../src/dns/rdata/text-style.ts';
import { typeOfText, writeTypeName } from '../../src/dns/rdata/type-text.ts';
import { isMetaType, newerTypes, Type, typeCode, typeName } from '../../src/dns/type.ts';

/** The reader of master files works on octets. */
function codeOfOctets(text: string): number | undefined {
  const octets = Buffer.from(` ${text} `);
  const code = typeOfText(octets, 1, octets.length - 1);
  return code < 0 ? undefined : code;
}

function written(code: number, style = portable): string {
  const out = new OctetWriter(1);
  writeTypeName(code, out, style);
  return Buffer.from(out.copy()).toString('latin1');
}

describe('type mnemonics', () => {
  test('every mnemonic is read in any case, as a string and as octets, and written back', () => {
    for (const [mnemonic, code] of Object.entries(Type)) {
      for (const text of [mnemonic, mnemonic.toLowerCase(), `TYPE${code}`, `type${String(code).padStart(5, '0')}`]) {
        expect(typeCode(text)).toBe(code);
        expect(codeOfOctets(text)).toBe(code);
      }
      expect(typeName(code)).toBe(mnemonic);
      expect(written(code, canonical)).toBe(mnemonic);
    }
  });

  test('newer mnemonics are read, and written so that every name server reads them', () => {
    for (const [mnemonic, code] of Object.entries(newerTypes)) {
      expect(typeCode(mnemonic)).toBe(code);
      expect(codeOfOctets(mnemonic)).toBe(code);
      expect(typeName(code)).toBe(`TYPE${code}`);
      expect(written(code)).toBe(`TYPE${code}`);
    }
  });

  test('in zone files, types that a name server may not know stand by number', () => {
    expect([Type.A, Type.TLSA, Type.CDS, Type.ZONEMD, Type.HTTPS].map((code) => written(code))).toEqual([
      'A',
      'TLSA',
      'CDS',
      'ZONEMD',
      'HTTPS',
    ]);
    expect([Type.HIP, Type.GPOS, Type.AMTRELAY].map((code) => written(code))).toEqual(['TYPE55', 'TYPE27', 'TYPE260']);
  });

  test('unknown types are TYPEnnn (RFC 3597 section 5)', () => {
    for (const code of [0, 65280, 65534, 65535]) {
      expect(typeName(code)).toBe(`TYPE${code}`);
      expect(typeCode(`TYPE${code}`)).toBe(code);
      expect(codeOfOctets(`TYPE${code}`)).toBe(code);
    }
  });

  test.each([
    '',
    'TYPE',
    'TYPE65536',
    'TYPE-1',
    'TYPE1x',
    'TYPE123456',
    'TYPE 1',
    'AA',
    '1',
    'A ',
    'TXT.',
    'constructor',
    'NſEC',
  ])('"%s" is no type', (text) => {
    expect(typeCode(text)).toBeUndefined();
    expect(codeOfOctets(text)).toBeUndefined();
  });

  test('types of queries and messages never stand in a zone (RFC 6895 section 3.1)', () => {
    expect([0, Type.OPT, 128, Type.TKEY, Type.TSIG, Type.IXFR, Type.AXFR, Type.ANY].every(isMetaType)).toBe(true);
    expect([Type.A, Type.TLSA, 127, 256, Type.CAA, Type.DLV, 65535].some(isMetaType)).toBe(false);
  });
});
