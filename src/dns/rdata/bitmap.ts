/** Type bitmaps of NSEC, NSEC3 and CSYNC (RFC 4034 section 4.1.2). */
import type { Octets } from '../../text/octets.ts';
import { type FieldReader, OctetWriter } from '../fields.ts';
import type { TypeCode } from '../type.ts';
import { type Field, unexpected } from './field.ts';
import { readU16 } from './numbers.ts';
import { typeOfText, writeTypeName } from './type-text.ts';

/** One bit a type: window × 32 octets. Filled and cleared again within one call. */
const bits = new Uint8Array(256 * 32);
/** Window → octets in use, counted up to the last that is not zero. */
const used = new Uint8Array(256);

class Collector {
  private first = 256;
  private last = -1;

  add(type: TypeCode): void {
    const window = type >> 8;
    const octet = (type & 0xff) >> 3;
    bits[window * 32 + octet] |= 0x80 >> (type & 7);
    if (used[window] <= octet) used[window] = octet + 1;
    if (window < this.first) this.first = window;
    if (window > this.last) this.last = window;
  }

  /** Appends the windows and clears them. */
  flush(out: OctetWriter): void {
    for (let window = this.first; window <= this.last; window++) {
      const length = used[window];
      if (length === 0) continue;
      out.reserve(length + 2);
      const into = out.octets;
      let to = out.length;
      into[to++] = window;
      into[to++] = length;
      const start = window * 32;
      for (let i = start; i < start + length; i++) {
        into[to++] = bits[i];
        bits[i] = 0;
      }
      out.length = to;
      used[window] = 0;
    }
    this.first = 256;
    this.last = -1;
  }

  clear(): void {
    for (let window = this.first; window <= this.last; window++) {
      used[window] = 0;
      bits.fill(0, window * 32, window * 32 + 32);
    }
    this.first = 256;
    this.last = -1;
  }
}

const collector = new Collector();

function putBitmap(types: Iterable<TypeCode>, out: OctetWriter): void {
  for (const type of types) {
    if (!Number.isInteger(type) || type < 0 || type > 0xffff) {
      collector.clear();
      throw new RangeError(`${type} is not a type number`);
    }
    collector.add(type);
  }
  collector.flush(out);
}

/** The bitmap of types in any order, repeated or not; empty for none. */
export function encodeBitmap(types: Iterable<TypeCode>): Octets {
  const out = new OctetWriter(64);
  putBitmap(types, out);
  return out.copy();
}

/** The types of a valid bitmap, ascending. */
export function decodeBitmap(octets: Octets, from: number, to: number): TypeCode[] {
  const types: TypeCode[] = [];
  for (let at = from; at < to; at += 2 + octets[at + 1]) {
    for (let i = 0; i < octets[at + 1]; i++) {
      const octet = octets[at + 2 + i];
      if (octet === 0) continue;
      for (let bit = 0; bit < 8; bit++) {
        if ((octet & (0x80 >> bit)) !== 0) types.push((octets[at] << 8) | (i << 3) | bit);
      }
    }
  }
  return types;
}

/** Whether a valid bitmap lists the type. */
export function bitmapHas(octets: Octets, from: number, to: number, type: TypeCode): boolean {
  const window = type >> 8;
  const octet = (type & 0xff) >> 3;
  for (let at = from; at < to && octets[at] <= window; at += 2 + octets[at + 1]) {
    if (octets[at] === window) return octet < octets[at + 1] && (octets[at + 2 + octet] & (0x80 >> (type & 7))) !== 0;
  }
  return false;
}

function explainBitmap(octets: Octets, from: number, to: number): string | undefined {
  let last = -1;
  for (let at = from; at < to; at += 2 + octets[at + 1]) {
    const length = octets[at + 1];
    if (at + 1 >= to || at + 2 + length > to) return 'the type bitmap runs past the end';
    if (octets[at] <= last) return `window ${octets[at]} of the type bitmap stands after window ${last}`;
    if (length === 0 || length > 32) return `window ${octets[at]} of the type bitmap has ${length} octets, not 1 to 32`;
    if (octets[at + 1 + length] === 0) return `window ${octets[at]} of the type bitmap ends in a zero octet`;
    last = octets[at];
  }
  return undefined;
}

function bitmap(mayBeEmpty: boolean): Field<readonly TypeCode[]> {
  const field: Field<readonly TypeCode[]> = {
    expected: 'a record type such as A or TYPE65280',
    rest: true,
    optional: mayBeEmpty,
    read(fields: FieldReader, out, at) {
      for (let more = at; more; more = fields.next()) {
        const type = fields.quoted ? -1 : typeOfText(fields.octets, fields.start, fields.end);
        if (type < 0) {
          collector.clear();
          throw unexpected(fields, field.expected);
        }
        collector.add(type);
      }
      collector.flush(out);
    },
    end: (octets, at, to) => (explainBitmap(octets, at, to) === undefined && (mayBeEmpty || at < to) ? to : -1),
    explain: (octets, at, to) => explainBitmap(octets, at, to) ?? 'the type bitmap is empty',
    write(octets, at, end, out, style) {
      let first = true;
      for (let window = at; window < end; window += 2 + octets[window + 1]) {
        for (let i = 0; i < octets[window + 1]; i++) {
          const octet = octets[window + 2 + i];
          if (octet === 0) continue;
          for (let bit = 0; bit < 8; bit++) {
            if ((octet & (0x80 >> bit)) === 0) continue;
            if (!first) out.u8(0x20);
            first = false;
            writeTypeName((octets[window] << 8) | (i << 3) | bit, out, style);
          }
        }
      }
    },
    decode: decodeBitmap,
    encode(types, out) {
      const before = out.length;
      putBitmap(types, out);
      if (out.length === before && !mayBeEmpty) throw new RangeError('at least one type is needed');
    },
  };
  return field;
}

/** The types of NSEC: at least one, the NSEC record itself exists (RFC 4034 section 4.1.2). */
export const typeBitmap = bitmap(false);
/** The types of NSEC3 and CSYNC, maybe none. */
export const typeBitmapOrNothing = bitmap(true);

/** One type, by mnemonic in text: the type covered of RRSIG. */
export const rrType: Field<TypeCode> = {
  expected: 'a record type such as A or TYPE65280',
  read(fields, out) {
    const type = typeOfText(fields.octets, fields.start, fields.end);
    if (type < 0) throw unexpected(fields, rrType.expected);
    out.u16(type);
  },
  end: (_octets, at, to) => (at + 2 <= to ? at + 2 : -1),
  explain: (_octets, at, to) => `needs 2 octets, found ${to - at}`,
  write: (octets, at, _end, out, style) => writeTypeName(readU16(octets, at), out, style),
  decode: (octets, at) => readU16(octets, at),
  encode(value, out) {
    if (!Number.isInteger(value) || value < 0 || value > 0xffff) throw new RangeError(`${value} is not a type number`);
    out.u16(value);
  },
};
