import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FieldError, OctetWriter } from '../../src/dns/fields.ts';
import {
  ancestors,
  compareNames,
  isAtOrBelow,
  isBelow,
  isWildcard,
  labelCount,
  labelsOf,
  type Name,
  name,
  nameFromWire,
  nameToWire,
  parentOf,
  parseName,
  presentName,
  root,
  toUnicode,
  under,
  wireNameLength,
  wireOfText,
} from '../../src/dns/name.ts';
import { encodeName } from '../../src/dns/rdata/name-field.ts';
import { hex, type Octets } from '../../src/text/octets.ts';
import { name as anyName, octets, wireName } from './rdata/arbitrary.ts';

const label63 = 'a'.repeat(63);
/** 255 octets in wire form: 3 × 64 + 62 + 1. */
const longest = `${label63}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}.`;

function wire(text: string, origin?: Name): string {
  const result = wireOfText(text, origin);
  return result instanceof Uint8Array ? hex(result) : result.error;
}

/** The same through the reader that RDATA and master files use. */
function encoded(text: string, origin?: Name): string {
  const source = Buffer.from(`xx${text}yy`);
  const out = new OctetWriter(1);
  out.u8(0xee);
  try {
    encodeName(source, 2, source.length - 2, origin === undefined ? undefined : nameToWire(origin), out);
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    expect([error.from, error.to]).toEqual([2, source.length - 2]);
    expect(out.length).toBe(1);
    return error.message.replace(/^the name ".*" (?=(?:has|is|ends) )/s, '');
  }
  return hex(out.copy().subarray(1));
}

describe('the text of a name', () => {
  test.each([
    ['a.b.', '0161016200'],
    ['A.b.', '0141016200'],
    ['a.b', '0161016200'],
    ['.', '00'],
    ['1.2.3', '01310132013300'],
    ['10.in-addr.arpa.', '0231300769 6e2d61646472046172706100'],
    ['_25._tcp.mx', '035f3235045f746370026d7800'],
    ['*.a.', '012a016100'],
    ['a\\.b.c.', '03612e62016300'],
    ['\\000\\255.', '0200ff00'],
    ['\\097.', '016100'],
    ['\\0971.', '02613100'],
    ['\\\\.', '015c00'],
    ['a\\ b.', '03612062 00'],
    ['\\@.', '014000'],
    ['@.', '014000'],
    ['a@b.', '0361406200'],
    ['\\@', '014000'],
    ['\\..', '012e00'],
    ['\\.', '012e00'],
  ])('%s is read', (text, expected) => {
    expect(wire(text)).toBe(expected.replaceAll(' ', ''));
    expect(encoded(text)).toBe(expected.replaceAll(' ', ''));
  });

  test.each([
    ['', /empty/],
    ['..', /empty label/],
    ['.a.', /empty label/],
    ['a..b.', /empty label/],
    ['a..', /empty label/],
    ['@', /origin/],
    ['a\\', /backslash/],
    ['\\25.', /\\25/],
    ['\\2', /\\2/],
    ['\\256.', /\\256/],
    ['\\999.', /\\999/],
    ['\\1a2.', /\\1/],
    ['a b.', /space/],
    ['a\tb.', /\\009/],
    ['a;b.', /;/],
    ['a(b.', /\(/],
    ['"a".', /"/],
    [`${label63}a.`, /63/],
    [`${label63}a`, /63/],
    [`a.${label63}a.b.`, /63/],
    [longest.replace('d.', 'dd.'), /255/],
  ])('%s is refused', (text, expected) => {
    expect(wire(text)).toMatch(expected);
    expect(encoded(text)).toMatch(expected);
    expect(parseName(text)).toHaveProperty('error');
  });

  test('a label has at most 63 octets, however they are written', () => {
    expect(labelsOf(name(`${label63}.`))).toEqual([label63]);
    expect(wire(`${'\\097'.repeat(63)}.`)).toBe(`3f${'61'.repeat(63)}00`);
    expect(wire(`${'\\097'.repeat(64)}.`)).toMatch(/63/);
  });

  test('a name has at most 255 octets, its final zero included', () => {
    expect(nameToWire(name(longest)).length).toBe(255);
    expect(wire(longest.slice(0, -1))).toBe(wire(longest));
    expect(wire(`a.${longest}`)).toMatch(/255/);
    expect(wire(`${'a.'.repeat(127)}`)).toBe(`${'0161'.repeat(127)}00`);
    expect(wire(`${'a.'.repeat(128)}`)).toMatch(/255/);
  });

  test('a name without a final dot is completed with the origin', () => {
    const origin = name('example.test.');
    for (const read of [wire, encoded]) {
      expect(read('a.B', origin)).toBe('01610142076578616d706c65047465737400');
      expect(read('a.b.', origin)).toBe('0161016200');
      expect(read('@', origin)).toBe('076578616d706c65047465737400');
      expect(read('a', root)).toBe('016100');
      expect(read('.', origin)).toBe('00');
      expect(read('a\\.', origin)).toBe('02612e076578616d706c65047465737400');
    }
    const almost = name(longest.slice(1));
    expect(wire('', almost)).toMatch(/empty/);
    expect(wire('a', name(longest.slice(64)))).toBe(`0161${wire(longest.slice(64))}`);
    expect(wire('a', almost)).toMatch(/255/);
    expect(encoded('a', almost)).toMatch(/255/);
  });

  test('what parseName makes is the one text of a name: lower case, fewest escapes', () => {
    expect(parseName('A.\\066.')).toBe('a.b.');
    expect(parseName('\\046.')).toBe('\\..');
    expect(parseName('a')).toBe('a.');
    expect(parseName('\\$\\@\\x\\032\\007')).toBe('\\$\\@x\\032\\007.');
    expect(parseName("a!#%&'*+,-/b.")).toBe("a!#%&'*+,-/b.");
  });

  test('the program does not write what is no name', () => {
    expect(() => name('a..b')).toThrow(/empty label/);
  });
});

describe('internationalised names: IDNA label by label (UTS 46)', () => {
  test.each([
    ['Bücher.example', 'xn--bcher-kva.example.'],
    ['straße.de.', 'xn--strae-oqa.de.'],
    ['faß.ß.', 'xn--fa-hia.xn--zca.'],
    ['☕.example.', 'xn--53h.example.'],
    ['😀a.example.', 'xn--a-iv3s.example.'],
    ['МОСКВА.рф', 'xn--80adxhks.xn--p1ai.'],
    ['_dmarc.bücher.example.', '_dmarc.xn--bcher-kva.example.'],
    ['*.bücher.example.', '*.xn--bcher-kva.example.'],
    ['1.2.ü.', '1.2.xn--tda.'],
    ['例え。テスト', 'xn--r8jz45g.xn--zckzah.'],
    ['a\\.b.é.', 'a\\.b.xn--9ca.'],
    ['\\233.é.', '\\233.xn--9ca.'],
    ['１２３.example.', '123.example.'],
    ['ＡＢＣ.example.', 'abc.example.'],
  ])('%s is %s', (text, expected) => {
    expect(parseName(text)).toBe(expected);
    expect(encoded(text)).toBe(hex(nameToWire(name(expected))));
  });

  test('a label beside one outside ASCII keeps its case on the wire', () => {
    expect(wire('MX.é.')).toBe(`024d58${hex(nameToWire(name('xn--9ca.')))}`);
  });

  test('relative names are completed after the conversion', () => {
    expect(parseName('ü', name('example.org.'))).toBe('xn--tda.example.org.');
  });

  test.each([
    ['é@b.', /IDNA/],
    ['é/x.', /IDNA/],
    ['é%41.', /IDNA/],
    ['é:80.', /IDNA/],
    ['é\\.a.', /IDNA/],
    ['a\\é.', /IDNA/],
    ['é b.', /IDNA/],
    ['\u00ad.', /IDNA/],
    ['\u200d.', /IDNA/],
    ['a\u{e0001}\ufffd.', /IDNA/],
    ['é..', /empty label/],
    [`${'é'.repeat(63)}.`, /63/],
  ])('%s is refused', (text, expected) => {
    expect(wire(text)).toMatch(expected);
    expect(encoded(text)).toMatch(expected);
  });

  test('octets that are no UTF-8 are refused: they need \\DDD', () => {
    const out = new OctetWriter();
    expect(() => encodeName(Buffer.of(0x61, 0xff, 0x2e), 0, 3, undefined, out)).toThrow(/UTF-8/);
  });

  test('people read Unicode where it is the same name', () => {
    expect(toUnicode(name('xn--bcher-kva.example.'))).toBe('bücher.example.');
    expect(toUnicode(name('mx.example.'))).toBe('mx.example.');
    // Decodes to nothing, or to what is another name.
    for (const text of ['xn--a.example.', 'xn--.example.', 'xn--abc-.example.', 'a\\.xn--9ca.']) {
      const of = name(text);
      expect(parseName(toUnicode(of))).toBe(of);
    }
  });
});

describe('wire form and text', () => {
  test('a wire name survives text', () => {
    fc.assert(
      fc.property(wireName, (of) => {
        const text = presentName(of);
        expect(text).toMatch(/^[\x21-\x7e]+$/);
        expect(wire(text)).toBe(hex(of));
        expect(encoded(text, name('other.'))).toBe(hex(of));
      }),
      { numRuns: 500 },
    );
  });

  test('a Name survives the wire, and equal names are equal strings', () => {
    fc.assert(
      fc.property(anyName, (of) => {
        expect(parseName(of)).toBe(of);
        const folded = nameToWire(of);
        expect(nameFromWire(folded)).toBe(of);
        const upper = Buffer.from(folded).map((octet) => (octet >= 0x61 && octet <= 0x7a ? octet - 0x20 : octet));
        expect(nameFromWire(Buffer.concat([Buffer.of(7), upper]), 1)).toBe(of);
      }),
      { numRuns: 500 },
    );
  });

  test('any text is a name or has an error, the same for both readers', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[a-c.\\0-9@é]*$/));
    fc.assert(
      fc.property(text, (of) => {
        expect(encoded(of)).toBe(wire(of));
        const parsed = parseName(of);
        if (typeof parsed === 'string') expect(wireNameLength(nameToWire(parsed))).toBe(nameToWire(parsed).length);
      }),
      { numRuns: 800 },
    );
  });

  test('the length of a wire name is known only where a whole name stands', () => {
    fc.assert(
      fc.property(wireName, octets(0, 4), (of, more) => {
        const inside = Buffer.concat([Buffer.of(1), of, more]);
        expect(wireNameLength(inside, 1)).toBe(of.length);
        expect(wireNameLength(of.subarray(0, -1))).toBe(-1);
      }),
    );
    const tooLong = Buffer.concat([
      ...Array.from({ length: 4 }, () => Buffer.of(63, ...Buffer.alloc(63, 97))),
      Buffer.of(0),
    ]);
    expect(wireNameLength(tooLong)).toBe(-1);
    expect(wireNameLength(nameToWire(name(longest)))).toBe(255);
    expect(wireNameLength(Buffer.of(0xc0, 0))).toBe(-1);
    expect(wireNameLength(Buffer.of(64, ...Buffer.alloc(64), 0))).toBe(-1);
    expect(wireNameLength(Buffer.alloc(0))).toBe(-1);
    expect(wireNameLength(Buffer.of(0), 1)).toBe(-1);
  });
});

describe('labels and relations', () => {
  test('labels are counted without the root, an escaped dot parts none', () => {
    expect(labelsOf(root)).toEqual([]);
    expect(labelsOf(name('a\\.b.\\\\.c.'))).toEqual(['a\\.b', '\\\\', 'c']);
    expect(labelsOf(name('\\0001.b.'))).toEqual(['\\0001', 'b']);
    expect(labelCount(name('*.example.'))).toBe(2);
    fc.assert(
      fc.property(wireName, (of) => {
        let count = 0;
        for (let at = 0; of[at] !== 0; at += of[at] + 1) count++;
        expect(labelCount(nameFromWire(of))).toBe(count);
      }),
    );
  });

  test('the parent is the name without its first label', () => {
    expect(parentOf(name('a\\.b.c.'))).toBe('c.');
    expect(parentOf(name('c.'))).toBe(root);
    expect(parentOf(root)).toBeUndefined();
    expect([...ancestors(name('a.b.'))]).toEqual(['a.b.', 'b.', '.']);
    fc.assert(
      fc.property(wireName, (of) => {
        const parent = parentOf(nameFromWire(of));
        expect(parent).toBe(of[0] === 0 ? undefined : nameFromWire(of, of[0] + 1));
      }),
    );
  });

  test('a name is below another by labels, not by text', () => {
    const example = name('example.');
    expect(isAtOrBelow(name('a.example.'), example)).toBe(true);
    expect(isAtOrBelow(name('a\\.example.'), example)).toBe(false);
    expect(isAtOrBelow(name('a\\\\.example.'), example)).toBe(true);
    expect(isAtOrBelow(name('a\\\\\\.example.'), example)).toBe(false);
    expect(isAtOrBelow(name('badexample.'), example)).toBe(false);
    expect(isAtOrBelow(example, example)).toBe(true);
    expect(isBelow(example, example)).toBe(false);
    expect(isBelow(example, root)).toBe(true);
    expect(isBelow(root, root)).toBe(false);
    fc.assert(
      fc.property(anyName, anyName, (of, other) => {
        expect(isAtOrBelow(of, other)).toBe([...ancestors(of)].includes(other));
        for (const each of ancestors(of)) expect(isAtOrBelow(of, each)).toBe(true);
      }),
    );
  });

  test('a wildcard has the asterisk alone as its first label', () => {
    expect(isWildcard(name('*.a.'))).toBe(true);
    expect(isWildcard(name('*a.b.'))).toBe(false);
    expect(isWildcard(name('a.*.b.'))).toBe(false);
  });

  test('names grow by labels in front', () => {
    expect(under('_25._tcp', name('mx.example.'))).toBe('_25._tcp.mx.example.');
    expect(under('a', root)).toBe('a.');
    expect(under(label63, name(longest))).toHaveProperty('error');
    expect(under('', name('a.'))).toHaveProperty('error');
  });
});

describe('canonical order (RFC 4034 section 6.1)', () => {
  /** Labels from the right as octets, lower case: the rule, word by word. */
  const byTheBook = (a: Octets, b: Octets): number => {
    const reversed = (of: Octets) => {
      const labels: Buffer[] = [];
      for (let at = 0; of[at] !== 0; at += of[at] + 1) {
        labels.unshift(Buffer.from(of.subarray(at + 1, at + 1 + of[at])));
      }
      return labels;
    };
    const left = reversed(a);
    const right = reversed(b);
    for (let i = 0; i < Math.min(left.length, right.length); i++) {
      const order = Buffer.compare(left[i], right[i]);
      if (order !== 0) return order;
    }
    return Math.sign(left.length - right.length);
  };

  test('compares labels from the right as octets', () => {
    fc.assert(
      fc.property(anyName, anyName, wireName, (a, b, suffix) => {
        expect(Math.sign(compareNames(a, b))).toBe(byTheBook(nameToWire(a), nameToWire(b)));
        const below = under('x', nameFromWire(suffix));
        if (typeof below === 'string') expect(compareNames(nameFromWire(suffix), below)).toBeLessThan(0);
      }),
      { numRuns: 500 },
    );
  });

  test('an asterisk and control octets have no meaning of their own', () => {
    const sorted = ['a.', '\\000.a.', '\\001.a.', '*.a.', '-.a.', '0.a.', 'a.a.', '\\255.a.', 'b.'].map((text) =>
      name(text),
    );
    expect([...sorted].reverse().sort(compareNames)).toEqual(sorted);
  });
});
