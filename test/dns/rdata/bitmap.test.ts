import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bitmapHas, decodeBitmap, encodeBitmap } from '../../../src/dns/rdata/bitmap.ts';
import { wireError } from '../../../src/dns/rdata/index.ts';
import { Type } from '../../../src/dns/type.ts';
import { fromHex, hex } from '../../../src/text/octets.ts';

const types = fc.uniqueArray(fc.oneof(fc.nat(300), fc.nat(0xffff)), { maxLength: 40 });

describe('type bitmaps (RFC 4034 section 4.1.2)', () => {
  test('the bitmap of section 4.3', () => {
    const bitmap = encodeBitmap([1, 15, 46, 47, 1234]);
    expect(hex(bitmap)).toBe('0006400100000003041b000000000000000000000000000000000000000000000000000020');
  });

  test('give back the types, in ascending order', () => {
    fc.assert(
      fc.property(types, (list) => {
        const bitmap = encodeBitmap(list);
        expect(decodeBitmap(bitmap, 0, bitmap.length)).toEqual([...list].sort((a, b) => a - b));
      }),
    );
  });

  test('do not depend on the order or on repetition', () => {
    fc.assert(
      fc.property(types, (list) => {
        expect(hex(encodeBitmap([...list].reverse().concat(list)))).toBe(hex(encodeBitmap(list)));
      }),
    );
  });

  test('know what they list', () => {
    fc.assert(
      fc.property(types, fc.nat(0xffff), fc.nat(300), (list, some, low) => {
        const bitmap = Buffer.concat([Buffer.of(9), encodeBitmap(list), Buffer.of(9, 9)]);
        for (const type of [...list, some, low]) {
          expect(bitmapHas(bitmap, 1, bitmap.length - 2, type)).toBe(list.includes(type));
        }
      }),
    );
  });

  test('nothing is left from a list that is refused', () => {
    expect(() => encodeBitmap([1, 0x10000])).toThrow(RangeError);
    expect(hex(encodeBitmap([2]))).toBe('000120');
  });

  test.each([
    ['a window after itself', '0001400001 40'],
    ['a window after a higher one', '010140000140'],
    ['an empty window', '0000'],
    ['a window of 33 octets', `0021${'01'.repeat(33)}`],
    ['a zero octet at the end', '00024000'],
    ['a window that runs past the end', '000240'],
    ['half a head', '00'],
  ])('%s is refused', (_title, bitmap) => {
    const rdata = fromHex(`00${bitmap.replaceAll(' ', '')}`) ?? Buffer.alloc(0);
    expect(wireError(Type.NSEC, rdata)).toBeTypeOf('string');
  });

  test('NSEC needs a type, NSEC3 does not: it covers empty non-terminals (RFC 5155 section 7.1)', () => {
    expect(wireError(Type.NSEC, Buffer.of(0))).toBeTypeOf('string');
    const nsec3 = Buffer.concat([Buffer.from('010000000014', 'hex'), Buffer.alloc(20)]);
    expect(wireError(Type.NSEC3, nsec3)).toBeUndefined();
  });
});
