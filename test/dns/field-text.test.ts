import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeRecord, fieldsOf } from '../../src/dns/field-text.ts';
import { FieldError } from '../../src/dns/fields.ts';
import { name } from '../../src/dns/name.ts';
import { Type } from '../../src/dns/type.ts';
import { hex } from '../../src/text/octets.ts';

function fields(text: string): string[] {
  const reader = fieldsOf(text);
  const found: string[] = [];
  while (reader.next()) {
    const field = Buffer.from(reader.octets.subarray(reader.start, reader.end)).toString('utf8');
    found.push(reader.quoted ? `"${field}"` : field);
  }
  expect(reader.next()).toBe(false);
  return found;
}

describe('the fields of one record (RFC 1035 section 5.1)', () => {
  test.each([
    ['', []],
    ['  \t ', []],
    ['a b\tc', ['a', 'b', 'c']],
    ['a "b c" d', ['a', '"b c"', 'd']],
    ['a"b"c', ['a', '"b"', 'c']],
    ['"a""b"', ['"a"', '"b"']],
    ['""', ['""']],
    ['"a\\"b" c\\ d \\"', ['"a\\"b"', 'c\\ d', '\\"']],
    ['a ; comment', ['a']],
    ['a;b', ['a']],
    ['"a;b" a\\;b', ['"a;b"', 'a\\;b']],
    ['( a b )', ['a', 'b']],
    ['(a\n b ; comment )\n c)', ['a', 'b', 'c']],
    ['((a\n)b\n) c', ['a', 'b', 'c']],
    ['a\r\n', ['a']],
    ['a\n\n  ; comment\n', ['a']],
    ['\n a', undefined],
    ['é "ü"', ['é', '"ü"']],
    ['alpn="h2,h3" port=1', ['alpn=', '"h2,h3"', 'port=1']],
  ])('%j', (text, expected) => {
    if (expected === undefined) expect(() => fields(text)).toThrow(FieldError);
    else expect(fields(text)).toEqual(expected);
  });

  test.each([
    ['a "b', 2, 4],
    ['a "b\nc"', 2, 4],
    ['a "b\\"', 2, 6],
    ['( a', 0, 1],
    ['a (\n(b) ', 2, 3],
    ['a )', 2, 3],
    ['(a) )', 4, 5],
    ['a\nb', 1, 3],
  ])('%j is refused where it goes wrong', (text, from, to) => {
    let error: unknown;
    try {
      fields(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(FieldError);
    expect(error).toMatchObject({ from, to });
  });

  test('whether another field follows is known before it is read', () => {
    const reader = fieldsOf(' a ; no more');
    expect(reader.more()).toBe(true);
    expect(reader.next()).toBe(true);
    expect(reader.more()).toBe(false);
    expect(reader.next()).toBe(false);
  });

  test('any text has fields or a FieldError', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a"\\; ()\n]*$/), (text) => {
        try {
          fields(text);
        } catch (error) {
          expect(error).toBeInstanceOf(FieldError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a record from a string', () => {
  test('names are relative to the origin, absolute without one', () => {
    expect(encodeRecord(Type.MX, '10 mx', name('a.'))).toEqual(encodeRecord(Type.MX, '10 mx.a.'));
    expect(encodeRecord(Type.MX, '10 mx')).toEqual(encodeRecord(Type.MX, '10 mx.'));
    expect(encodeRecord(Type.MX, '10 @', name('a.'))).toEqual(encodeRecord(Type.MX, '10 a.'));
  });

  test('text outside ASCII is UTF-8 in strings and IDNA in names', () => {
    const text = encodeRecord(Type.TXT, '"é"');
    expect(text instanceof Uint8Array ? hex(text) : text).toBe('02c3a9');
    expect(encodeRecord(Type.CNAME, 'é.')).toEqual(encodeRecord(Type.CNAME, 'xn--9ca.'));
  });

  test.each([
    [Type.MX, '10', 2, 2, /exchange/],
    [Type.MX, 'ten mx.', 0, 3, /preference.*"ten"/],
    [Type.MX, '10 mx. more', 7, 11, /end of the record.*"more"/],
    [Type.MX, '10 "mx."', 4, 7, /without quotes/],
    [Type.A, '"192.0.2.1"', 1, 10, /without quotes/],
    [Type.TXT, '"é" "\\999"', 5, 9, /\\999/],
    [Type.TXT, '"é" a "b', 6, 8, /closing quote/],
    [Type.TLSA, '3 1 1 é', 6, 7, /hexadecimal.*"é"/],
    [Type.TLSA, '3 1 1 "aa"', 7, 9, /without quotes/],
    [Type.TLSA, '3 1 1 aa "aa"', 10, 12, /without quotes/],
    [Type.TLSA, '3 1 1 aab bb', 6, 12, /odd/],
    [Type.NSEC, 'a. A "TXT"', 6, 9, /record type/],
    [Type.DS, '1 13 2 aa', 9, 9, /digest of type 2 has 32 octets, not 1/],
    [65280, 'a', 0, 1, /RFC 3597/],
    [65280, '', 0, 0, /RFC 3597/],
    [65280, '\\#', 2, 2, /number of octets/],
    [65280, '\\# 1', 3, 4, /announces 1 octet, found 0/],
    [65280, '\\# 65536 00', 3, 8, /number of octets/],
    [Type.A, '\\# 5 c000020101', 0, 2, /1 octet too many/],
  ])('type %i: %j is refused at its place', (type, text, from, to, message) => {
    const result = encodeRecord(type, text);
    expect(result).toMatchObject({ from, to });
    expect(result).toHaveProperty('error', expect.stringMatching(message));
  });

  test('what one call gives stays as it is through the next, and texts of any length are read', () => {
    const strings = (count: number, character: string) => Array(count).fill(character.repeat(100)).join(' ');
    const wire = (count: number, octet: string) => `64${octet.repeat(100)}`.repeat(count);
    const counts = [1, 12, 14, 40, 41, 600, 2];
    const made = counts.map((count) => encodeRecord(Type.TXT, strings(count, count % 2 === 0 ? 'a' : 'b')));
    const expected = counts.map((count) => wire(count, count % 2 === 0 ? '61' : '62'));
    expect(made.map((one) => (one instanceof Uint8Array ? hex(one) : one))).toEqual(expected);
  });

  test('a text that fills its octets with three for a character is read to its end', () => {
    for (const length of [1365, 1366]) {
      const text = `"${'€'.repeat(80)}" `.repeat(16) + 'a'.repeat(length - 16 * 83 - 1);
      const result = encodeRecord(Type.TXT, `${text}€`);
      expect(result instanceof Uint8Array ? hex(result) : result).toMatch(/e282ac$/);
    }
  });

  test('a long field is quoted only in part, control characters by number', () => {
    const result = encodeRecord(Type.A, `"x\u0007${'y'.repeat(500)}"`);
    expect('error' in result && result.error.length).toBeLessThan(200);
    expect('error' in result && result.error).toContain('x\\007y');
  });
});
