/** Opaque octets as text: hexadecimal and Base64 (RFC 4648 sections 8 and 4), mostly as the rest of the RDATA. */
import { hex, type Octets } from '../../text/octets.ts';
import { FieldError, type FieldReader, type OctetWriter } from '../fields.ts';
import { hexValue } from './address.ts';
import { copyOf, type Field, refused, unexpected } from './field.ts';

/** Characters of hexadecimal and Base64 in a row before a space, as BIND writes them. */
export const chunk = 56;

const upperHex = Buffer.from('0123456789ABCDEF', 'latin1');

/** Appends the octets of the hexadecimal digits at `start`..`end`; an odd digit is carried over in `half` (-1: none). */
export function putHexDigits(fields: FieldReader, half: number, out: OctetWriter): number {
  const { octets, start, end } = fields;
  out.reserve((end - start + 1) >> 1);
  const into = out.octets;
  let to = out.length;
  let i = start;
  let high = half;
  if (high >= 0 && i < end) {
    const low = hexValue[octets[i++]];
    if (low === 255) throw unexpected(fields, hexadecimal);
    into[to++] = (high << 4) | low;
    high = -1;
  }
  for (; i + 1 < end; i += 2) {
    const first = hexValue[octets[i]];
    const second = hexValue[octets[i + 1]];
    if ((first | second) > 15) throw unexpected(fields, hexadecimal);
    into[to++] = (first << 4) | second;
  }
  if (i < end) {
    high = hexValue[octets[i]];
    if (high === 255) throw unexpected(fields, hexadecimal);
  }
  out.length = to;
  return high;
}

const hexadecimal = 'hexadecimal digits';

/** Appends the octets of all the hexadecimal fields that are left; the reader stands on the first. */
export function readHexRest(fields: FieldReader, out: OctetWriter): void {
  const from = fields.start;
  let half = -1;
  do {
    if (fields.quoted) throw unexpected(fields, `${hexadecimal} without quotes`);
    half = putHexDigits(fields, half, out);
  } while (fields.next());
  if (half >= 0) throw new FieldError('the number of hexadecimal digits is odd', from, fields.end);
}

/** Appends upper-case digits, a space after each `width` of them; 0: no spaces. */
export function writeHex(octets: Octets, at: number, end: number, width: number, out: OctetWriter): void {
  const length = end - at;
  const perChunk = width >> 1;
  out.reserve(2 * length + (perChunk > 0 ? length / perChunk : 0) + 1);
  const into = out.octets;
  let to = out.length;
  let left = perChunk;
  for (let i = at; i < end; i++) {
    if (perChunk > 0 && left-- === 0) {
      into[to++] = 0x20;
      left = perChunk - 1;
    }
    into[to++] = upperHex[octets[i] >> 4];
    into[to++] = upperHex[octets[i] & 15];
  }
  out.length = to;
}

const base64Alphabet = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', 'latin1');
const pad = 0x3d;
const base64Value = new Uint8Array(256).fill(255);
for (let i = 0; i < 64; i++) base64Value[base64Alphabet[i]] = i;

const base64Text = 'Base64';

/** Reads the Base64 of one or several fields. */
class Base64Reader {
  private bits = 0;
  private count = 0;
  private padding = 0;

  put(fields: FieldReader, out: OctetWriter): void {
    const { octets, start, end } = fields;
    out.reserve(((end - start + 3) >> 2) * 3);
    const into = out.octets;
    let to = out.length;
    let i = start;
    if (this.count === 0 && this.padding === 0) {
      for (; i + 3 < end; i += 4) {
        const a = base64Value[octets[i]];
        const b = base64Value[octets[i + 1]];
        const c = base64Value[octets[i + 2]];
        const d = base64Value[octets[i + 3]];
        if ((a | b | c | d) > 63) break;
        into[to++] = (a << 2) | (b >> 4);
        into[to++] = (b << 4) | (c >> 2);
        into[to++] = (c << 6) | d;
      }
    }
    for (; i < end; i++) {
      const value = base64Value[octets[i]];
      if (octets[i] === pad && this.count >= 2) {
        this.padding++;
      } else if (value > 63 || this.padding > 0) {
        throw unexpected(fields, base64Text);
      } else {
        this.bits = (this.bits << 6) | value;
      }
      if (++this.count < 4) continue;
      to = this.flush(fields, into, to);
    }
    out.length = to;
  }

  private flush(fields: FieldReader, into: Octets, at: number): number {
    const bits = this.bits << (6 * this.padding);
    if ((bits & ((1 << (8 * this.padding)) - 1)) !== 0)
      throw refused(fields, 'has bits behind the last octet of Base64');
    let to = at;
    into[to++] = bits >> 16;
    if (this.padding < 2) into[to++] = bits >> 8;
    if (this.padding < 1) into[to++] = bits;
    this.bits = 0;
    this.count = 0;
    return to;
  }

  finish(from: number, to: number): void {
    if (this.count !== 0) throw new FieldError('the Base64 is cut short: its length is no multiple of 4', from, to);
  }
}

/** Appends the octets of all the Base64 fields that are left; the reader stands on the first. */
export function readBase64Rest(fields: FieldReader, out: OctetWriter): void {
  const from = fields.start;
  const reader = new Base64Reader();
  do {
    if (fields.quoted) throw unexpected(fields, `${base64Text} without quotes`);
    reader.put(fields, out);
  } while (fields.next());
  reader.finish(from, fields.end);
}

/** Appends the octets of the Base64 in the current field alone. */
export function readBase64Field(fields: FieldReader, out: OctetWriter): void {
  const reader = new Base64Reader();
  reader.put(fields, out);
  reader.finish(fields.start, fields.end);
}

/** Appends the octets of the hexadecimal digits in the current field alone. */
export function readHexField(fields: FieldReader, out: OctetWriter): void {
  if (putHexDigits(fields, -1, out) >= 0) throw refused(fields, 'has an odd number of hexadecimal digits');
}

/** Appends the octets of Base64 in one piece, spaces between groups of any size allowed; false where it is none. */
export function decodeBase64(octets: Octets, start: number, end: number, out: OctetWriter): boolean {
  const text = Buffer.from(octets.subarray(start, end)).toString('latin1').replace(/ /g, '');
  if (text.length % 4 !== 0) return false;
  const decoded = Buffer.from(text, 'base64');
  if (decoded.toString('base64') !== text) return false;
  out.put(decoded);
  return true;
}

/** Appends Base64, a space after each `width` characters (a multiple of 4); 0: no spaces. */
export function writeBase64(octets: Octets, at: number, end: number, width: number, out: OctetWriter): void {
  const groups = Math.ceil((end - at) / 3);
  const perChunk = width >> 2;
  out.reserve(4 * groups + (perChunk > 0 ? groups / perChunk : 0) + 1);
  const into = out.octets;
  let to = out.length;
  let left = perChunk;
  let i = at;
  for (; i < end; i += 3) {
    if (perChunk > 0 && left-- === 0) {
      into[to++] = 0x20;
      left = perChunk - 1;
    }
    const second = i + 1 < end ? octets[i + 1] : 0;
    const third = i + 2 < end ? octets[i + 2] : 0;
    const bits = (octets[i] << 16) | (second << 8) | third;
    into[to++] = base64Alphabet[bits >> 18];
    into[to++] = base64Alphabet[(bits >> 12) & 63];
    into[to++] = base64Alphabet[(bits >> 6) & 63];
    into[to++] = base64Alphabet[bits & 63];
  }
  if (i - end > 0) into[to - 1] = pad;
  if (i - end > 1) into[to - 2] = pad;
  out.length = to;
}

function restData(
  expected: string,
  read: (fields: FieldReader, out: OctetWriter) => void,
  write: (octets: Octets, at: number, end: number, width: number, out: OctetWriter) => void,
  options: { readonly mayBeEmpty?: boolean } = {},
): Field<Octets> {
  const mayBeEmpty = options.mayBeEmpty === true;
  return {
    expected,
    rest: true,
    optional: mayBeEmpty,
    read(fields, out, at) {
      if (!at) return;
      const before = out.length;
      read(fields, out);
      if (out.length === before && !mayBeEmpty) throw unexpected(fields, expected);
    },
    end: (_octets, at, to) => (at < to || mayBeEmpty ? to : -1),
    explain: () => 'needs at least 1 octet',
    write: (octets, at, end, out) => write(octets, at, end, chunk, out),
    decode: (octets, at, end) => copyOf(octets, at, end),
    encode(value, out) {
      if (value.length === 0 && !mayBeEmpty) throw new RangeError('at least one octet is needed');
      out.put(value);
    },
  };
}

/** The rest of the RDATA, at least one octet. */
export const hexRest = restData(hexadecimal, readHexRest, writeHex);
export const base64Rest = restData(base64Text, readBase64Rest, writeBase64);
export const base64RestOrNothing = restData(base64Text, readBase64Rest, writeBase64, { mayBeEmpty: true });

const hyphen = 0x2d;

/** Whether the current field is `-`, which stands for no octets. */
export function isHyphen(fields: FieldReader): boolean {
  return fields.end - fields.start === 1 && fields.octets[fields.start] === hyphen && !fields.quoted;
}

/** The data of DOA: Base64, `-` where empty (draft-durand-doa-over-dns section 3.2). */
export const base64OrHyphen: Field<Octets> = {
  ...base64RestOrNothing,
  optional: false,
  read(fields, out) {
    if (!isHyphen(fields)) readBase64Rest(fields, out);
    else if (fields.next()) throw unexpected(fields, 'the end of the record');
  },
  write(octets, at, end, out) {
    if (at === end) out.u8(hyphen);
    else writeBase64(octets, at, end, chunk, out);
  },
};

/** The address of NSAP: `0x` and hexadecimal digits, dots between them allowed (RFC 1706 section 7). */
export const nsapAddress: Field<Octets> = {
  ...hexRest,
  rest: false,
  expected: '0x and hexadecimal digits',
  read(fields, out) {
    const text = Buffer.from(fields.octets.subarray(fields.start, fields.end)).toString('latin1').replace(/\./g, '');
    if (!/^0x(?:[0-9a-f]{2})+$/i.test(text)) throw unexpected(fields, nsapAddress.expected);
    out.put(Buffer.from(text.slice(2), 'hex'));
  },
  write: (octets, at, end, out) => out.put(Buffer.from(`0x${hex(octets.subarray(at, end))}`, 'latin1')),
};
