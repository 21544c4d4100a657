/** Addresses: IPv4, IPv6 (RFC 4291 section 2.2, written as RFC 5952 says and inet_ntop does), EUI (RFC 7043), locators (RFC 6742). */
import type { Octets } from '../../text/octets.ts';
import type { OctetWriter } from '../fields.ts';
import { type Field, octetCount, textBy, unexpected } from './field.ts';
import { readU16, writeDecimal } from './numbers.ts';
import { canonical, type TextStyle } from './text-style.ts';

const dot = 0x2e;
const colon = 0x3a;

/** The value of a hexadecimal digit; 255 for every other octet. */
export const hexValue = Uint8Array.from({ length: 256 }, (_, octet) => {
  const digit = '0123456789abcdef'.indexOf(String.fromCharCode(octet).toLowerCase());
  return digit < 0 ? 255 : digit;
});
const lowerHex = Buffer.from('0123456789abcdef', 'latin1');

/** Reads a dotted quad into four octets of `into`; false where the text is none. Leading zeros are refused: some read octal. */
export function parseIpv4(octets: Octets, start: number, end: number, into: Octets, offset: number): boolean {
  let part = 0;
  let value = 0;
  let digits = 0;
  for (let i = start; i <= end; i++) {
    const octet = i < end ? octets[i] : dot;
    if (octet === dot) {
      if (digits === 0 || part === 4) return false;
      into[offset + part++] = value;
      value = 0;
      digits = 0;
      continue;
    }
    const digit = octet - 0x30;
    if (digit < 0 || digit > 9 || (digits > 0 && value === 0)) return false;
    value = value * 10 + digit;
    digits++;
    if (value > 255) return false;
  }
  return part === 4;
}

export function writeIpv4(octets: Octets, at: number, out: OctetWriter): void {
  for (let i = 0; i < 4; i++) {
    if (i > 0) out.u8(dot);
    writeDecimal(octets[at + i], out);
  }
}

/** Reads an IPv6 address into sixteen octets of `into`; false where the text is none. */
export function parseIpv6(octets: Octets, start: number, end: number, into: Octets, offset: number): boolean {
  let to = offset;
  const full = offset + 16;
  let gap = -1;
  let i = start;
  if (i + 1 < end && octets[i] === colon && octets[i + 1] === colon) {
    gap = to;
    i += 2;
  }
  while (i < end) {
    const groupStart = i;
    let value = 0;
    while (i < end && i - groupStart < 5) {
      const digit = hexValue[octets[i]];
      if (digit === 255) break;
      value = (value << 4) | digit;
      i++;
    }
    if (i < end && octets[i] === dot) {
      if (to + 4 > full || !parseIpv4(octets, groupStart, end, into, to)) return false;
      to += 4;
      i = end;
      break;
    }
    if (i === groupStart || i - groupStart > 4 || to + 2 > full) return false;
    into[to++] = value >>> 8;
    into[to++] = value;
    if (i === end) break;
    if (octets[i++] !== colon || i === end) return false;
    if (octets[i] === colon) {
      if (gap >= 0) return false;
      gap = to;
      i++;
    }
  }
  if (gap < 0) return to === full;
  if (to === full) return false;
  const tail = to - gap;
  into.copyWithin(full - tail, gap, to);
  into.fill(0, gap, full - tail);
  return true;
}

function writeGroup(value: number, out: OctetWriter, padded = false): void {
  for (let shift = padded || value > 0xfff ? 12 : value > 0xff ? 8 : value > 0xf ? 4 : 0; shift >= 0; shift -= 4) {
    out.u8(lowerHex[(value >> shift) & 15]);
  }
}

/** The longest run of zero groups becomes `::`; the dotted tail of mapped and compatible addresses is inet_ntop's. */
export function writeIpv6(octets: Octets, at: number, out: OctetWriter): void {
  let best = 8;
  let bestLength = 1;
  for (let i = 0; i < 8; i++) {
    const start = i;
    while (i < 8 && octets[at + 2 * i] === 0 && octets[at + 2 * i + 1] === 0) i++;
    if (i - start > bestLength) {
      best = start;
      bestLength = i - start;
    }
  }
  const dotted = best === 0 && (bestLength === 6 || (bestLength === 5 && readU16(octets, at + 10) === 0xffff));
  const groups = dotted ? 6 : 8;
  for (let i = 0; i < groups; ) {
    if (i === best) {
      out.u8(colon);
      i += bestLength;
      if (i >= groups) out.u8(colon);
      continue;
    }
    if (i > 0) out.u8(colon);
    writeGroup(readU16(octets, at + 2 * i), out);
    i++;
  }
  if (dotted) {
    if (groups !== best + bestLength) out.u8(colon);
    writeIpv4(octets, at + 12, out);
  }
}

/** A field of a fixed number of octets. */
function fixed(
  size: number,
  expected: string,
  parse: (octets: Octets, start: number, end: number, into: Octets, offset: number) => boolean,
  write: (octets: Octets, at: number, out: OctetWriter, style: TextStyle) => void,
): Field<string> {
  return {
    expected,
    read(fields, out) {
      out.reserve(size);
      if (!parse(fields.octets, fields.start, fields.end, out.octets, out.length)) throw unexpected(fields, expected);
      out.length += size;
    },
    end: (_octets, at, to) => (at + size <= to ? at + size : -1),
    explain: (_octets, at, to) => `needs ${octetCount(size)}, found ${to - at}`,
    write: (octets, at, _end, out, style) => write(octets, at, out, style),
    decode: (octets, at) => textBy((out) => write(octets, at, out, canonical)),
    encode(value, out) {
      const text = Buffer.from(value, 'latin1');
      out.reserve(size);
      if (!parse(text, 0, text.length, out.octets, out.length)) throw new RangeError(`${value} is not ${expected}`);
      out.length += size;
    },
  };
}

export const ipv4 = fixed(4, 'an IPv4 address such as 192.0.2.1', parseIpv4, writeIpv4);
export const ipv6 = fixed(16, 'an IPv6 address such as 2001:db8::1', parseIpv6, writeIpv6);

const hyphen = 0x2d;

/** `size` pairs of hexadecimal digits with hyphens between them (RFC 7043 section 3.2). */
function hyphenated(size: number, example: string): Field<string> {
  return fixed(
    size,
    `${size} pairs of hexadecimal digits such as ${example}`,
    (octets, start, end, into, offset) => {
      if (end - start !== 3 * size - 1) return false;
      for (let i = 0; i < size; i++) {
        const high = hexValue[octets[start + 3 * i]];
        const low = hexValue[octets[start + 3 * i + 1]];
        if (high === 255 || low === 255 || (i > 0 && octets[start + 3 * i - 1] !== hyphen)) return false;
        into[offset + i] = (high << 4) | low;
      }
      return true;
    },
    (octets, at, out) => {
      for (let i = 0; i < size; i++) {
        if (i > 0) out.u8(hyphen);
        out.u8(lowerHex[octets[at + i] >> 4]);
        out.u8(lowerHex[octets[at + i] & 15]);
      }
    },
  );
}

export const eui48 = hyphenated(6, '00-00-5e-00-53-2a');
export const eui64 = hyphenated(8, '00-00-5e-ef-10-00-00-2a');

/** The 64 bits of NID and L64: four groups of hexadecimal digits (RFC 6742 section 2.1.2). */
export const locator64 = fixed(
  8,
  'four groups of hexadecimal digits such as 2001:db8:1140:1000',
  (octets, start, end, into, offset) => {
    let i = start;
    for (let group = 0; group < 4; group++) {
      const groupStart = i;
      let value = 0;
      for (; i < end && hexValue[octets[i]] !== 255; i++) value = (value << 4) | hexValue[octets[i]];
      if (i === groupStart || i - groupStart > 4) return false;
      into[offset + 2 * group] = value >>> 8;
      into[offset + 2 * group + 1] = value;
      if (group < 3 && octets[i++] !== colon) return false;
    }
    return i === end;
  },
  (octets, at, out, style) => {
    for (let group = 0; group < 4; group++) {
      if (group > 0) out.u8(colon);
      writeGroup(readU16(octets, at + 2 * group), out, style.paddedGroups);
    }
  },
);
