import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeRecord } from '../../../src/dns/field-text.ts';
import { OctetWriter } from '../../../src/dns/fields.ts';
import { wireNameLength } from '../../../src/dns/name.ts';
import {
  compareCanonical,
  decode,
  encode,
  type KnownType,
  namesIn,
  presentRData,
  type RDataOf,
  wireError,
  writeCanonical,
  writeRData,
} from '../../../src/dns/rdata/index.ts';
import { Type, type TypeCode } from '../../../src/dns/type.ts';
import { hex, type Octets } from '../../../src/text/octets.ts';
import { knownTypes, octets, rdata } from './arbitrary.ts';

const runs = { numRuns: 40 };

/** Random valid RDATA of one type in wire form. */
function wireOf<K extends KnownType>(type: K): fc.Arbitrary<Octets> {
  return (rdata[type] as fc.Arbitrary<RDataOf<K>>).map((values) => encode(type, values));
}

function canonical(type: TypeCode, wire: Octets): Octets {
  const out = new OctetWriter(8);
  writeCanonical(type, wire, 0, wire.length, out);
  return out.copy();
}

/** Their RDATA cannot be cut and still be valid: it does not end in opaque octets or in a list. */
const fixedEnd: readonly KnownType[] = [
  ...([
    'A',
    'AAAA',
    'NS',
    'CNAME',
    'DNAME',
    'PTR',
    'SOA',
    'MX',
    'SRV',
    'RP',
    'KX',
    'AFSDB',
    'RT',
    'MINFO',
    'PX',
  ] as const),
  ...(['NAPTR', 'HINFO', 'LP', 'NSEC3PARAM', 'EUI48', 'EUI64', 'L32', 'L64', 'NID', 'LOC', 'TALINK', 'GPOS'] as const),
];

describe.each(knownTypes)('%s', (type) => {
  const code = Type[type];

  test('wire form survives text: reading what was written gives the same octets', () => {
    fc.assert(
      fc.property(wireOf(type), (wire) => {
        expect(wireError(code, wire)).toBeUndefined();
        const text = presentRData(code, wire);
        expect(text).not.toMatch(/[^\x20-\x7e]/);
        const again = encodeRecord(code, text);
        expect(again).toBeInstanceOf(Uint8Array);
        expect(hex(again as Octets)).toBe(hex(wire));
      }),
      runs,
    );
  });

  test('wire form survives the generic form of RFC 3597', () => {
    fc.assert(
      fc.property(wireOf(type), (wire) => {
        const again = encodeRecord(code, `\\# ${wire.length} ${hex(wire)}`);
        expect(again instanceof Uint8Array ? hex(again) : again).toBe(hex(wire));
      }),
      runs,
    );
  });

  test('a typed object survives the wire, and keeps nothing of its memory', () => {
    fc.assert(
      fc.property(rdata[type] as fc.Arbitrary<RDataOf<KnownType>>, (values) => {
        const wire = encode(type, values);
        const decoded = decode(type, wire);
        wire.fill(0xff);
        expect(plain(decoded)).toEqual(plain(values));
      }),
      runs,
    );
  });

  test('cut or lengthened RDATA is refused, or is valid in itself', () => {
    fc.assert(
      fc.property(wireOf(type), octets(1, 3), (wire, more) => {
        const lengthened = Buffer.concat([wire, more]);
        for (let length = 0; length <= lengthened.length; length++) {
          if (length === wire.length) continue;
          const other = Uint8Array.prototype.slice.call(lengthened, 0, length);
          const error = wireError(code, other);
          if (fixedEnd.includes(type)) expect(error).toBeTypeOf('string');
          if (error !== undefined) continue;
          const again = encodeRecord(code, presentRData(code, other));
          expect(again instanceof Uint8Array ? hex(again) : again).toBe(hex(other));
        }
      }),
      { numRuns: 15 },
    );
  });

  test('random octets are refused or survive text, and nothing throws', () => {
    fc.assert(
      fc.property(octets(0, 80), (random) => {
        const error = wireError(code, random);
        const text = presentRData(code, random);
        [...namesIn(code, random)];
        if (error !== undefined) return;
        const again = encodeRecord(code, text);
        expect(again instanceof Uint8Array ? hex(again) : again).toBe(hex(random));
      }),
      { numRuns: 150 },
    );
  });

  test('the canonical form is canonical, has the same length and is valid', () => {
    fc.assert(
      fc.property(wireOf(type), (wire) => {
        const once = canonical(code, wire);
        expect(once.length).toBe(wire.length);
        expect(wireError(code, once)).toBeUndefined();
        expect(hex(canonical(code, once))).toBe(hex(once));
      }),
      runs,
    );
  });

  test('canonical order is the order of canonical forms as unsigned octets', () => {
    fc.assert(
      fc.property(wireOf(type), wireOf(type), (a, b) => {
        const expected = Buffer.compare(canonical(code, a), canonical(code, b));
        const padded = Buffer.concat([Buffer.of(1, 2, 3), b, Buffer.of(4)]);
        expect(Math.sign(compareCanonical(code, a, 0, a.length, padded, 3, 3 + b.length))).toBe(expected);
        expect(Math.sign(compareCanonical(code, padded, 3, 3 + b.length, a, 0, a.length)) + 0).toBe(0 - expected);
      }),
      runs,
    );
  });

  test('names are found whole, and only they change in canonical form', () => {
    fc.assert(
      fc.property(wireOf(type), (wire) => {
        const upper = Uint8Array.from(wire);
        for (const { start, end } of namesIn(code, wire)) {
          expect(wireNameLength(wire, start)).toBe(end - start);
          for (let i = start; i < end; i++) if (wire[i] >= 0x61 && wire[i] <= 0x7a) upper[i] -= 0x20;
        }
        const folded = canonical(code, upper);
        // Folded types come back; the others keep the case they have.
        expect([hex(canonical(code, wire)), hex(upper)]).toContain(hex(folded));
      }),
      runs,
    );
  });

  test('shared memory, where workers have their zones, reads as any other', () => {
    fc.assert(
      fc.property(wireOf(type), (wire) => {
        const shared = new Uint8Array(new SharedArrayBuffer(wire.length));
        shared.set(wire);
        expect(presentRData(code, shared)).toBe(presentRData(code, wire));
        expect(plain(decode(type, shared))).toEqual(plain(decode(type, wire)));
        expect(hex(canonical(code, shared))).toBe(hex(canonical(code, wire)));
      }),
      { numRuns: 10 },
    );
  });

  test('the text for zone files, cut out of a larger buffer, reads as the same octets', () => {
    fc.assert(
      fc.property(wireOf(type), octets(0, 5), octets(0, 5), (wire, before, after) => {
        const all = Buffer.concat([before, wire, after]);
        const to = before.length + wire.length;
        const out = new OctetWriter(1);
        writeRData(code, all, before.length, to, out);
        const again = encodeRecord(code, Buffer.from(out.copy()).toString('latin1'));
        expect(again instanceof Uint8Array ? hex(again) : again).toBe(hex(wire));
        expect(presentRData(code, all, before.length, to)).toBe(presentRData(code, wire));
        expect(wireError(code, all, before.length, to)).toBeUndefined();
      }),
      runs,
    );
  });
});

/** Octets as hexadecimal, so that Buffers and Uint8Arrays compare. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return hex(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
  }
  return value;
}
