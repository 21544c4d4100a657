/** The octets of NSEC3 that stand behind their length: salt and hash (RFC 5155 sections 3.2 and 3.3). */
import type { Octets } from '../../text/octets.ts';
import { isHyphen, putHexDigits, writeHex } from './data.ts';
import { copyOf, type Field, octetCount, refused, unexpected } from './field.ts';

const hyphen = 0x2d;

/** A salt: one octet of length, hexadecimal in text, `-` where empty (RFC 5155 section 3.3). */
export const salt: Field<Octets> = {
  expected: 'a salt in hexadecimal, or - for none',
  read(fields, out) {
    const lengthAt = out.length;
    out.u8(0);
    if (isHyphen(fields)) return;
    const half = putHexDigits(fields, -1, out);
    const length = out.length - lengthAt - 1;
    if (half >= 0 || length === 0) throw refused(fields, 'has an odd number of hexadecimal digits');
    if (length > 255) throw refused(fields, `has ${length} octets, a salt at most 255`);
    out.octets[lengthAt] = length;
  },
  end: (octets, at, to) => (at < to && at + 1 + octets[at] <= to ? at + 1 + octets[at] : -1),
  explain: (octets, at, to) =>
    at < to ? `its ${octetCount(octets[at])} run past the end` : 'needs an octet of length',
  write(octets, at, end, out) {
    if (end === at + 1) out.u8(hyphen);
    else writeHex(octets, at + 1, end, 0, out);
  },
  decode: (octets, at, end) => copyOf(octets, at + 1, end),
  encode(value, out) {
    if (value.length > 255) throw new RangeError('a salt has at most 255 octets');
    out.u8(value.length);
    out.put(value);
  },
};

const base32Alphabet = Buffer.from('0123456789ABCDEFGHIJKLMNOPQRSTUV', 'latin1');
const base32Value = new Uint8Array(256).fill(255);
for (let i = 0; i < 32; i++) {
  base32Value[base32Alphabet[i]] = i;
  if (i >= 10) base32Value[base32Alphabet[i] | 0x20] = i;
}

/** A hash: one octet of length, Base32hex without padding in text (RFC 5155 section 3.3). */
export const base32hexHash: Field<Octets> = {
  expected: 'a hash in Base32hex',
  read(fields, out) {
    const { octets, start, end } = fields;
    const length = ((end - start) * 5) >> 3;
    if (length === 0 || length > 255) throw unexpected(fields, base32hexHash.expected);
    out.reserve(length + 1);
    const into = out.octets;
    let to = out.length;
    into[to++] = length;
    let bits = 0;
    let count = 0;
    for (let i = start; i < end; i++) {
      const value = base32Value[octets[i]];
      if (value > 31) throw unexpected(fields, base32hexHash.expected);
      bits = ((bits << 5) | value) & 0xfff;
      count += 5;
      if (count < 8) continue;
      count -= 8;
      into[to++] = bits >> count;
    }
    if (count >= 5 || (bits & ((1 << count) - 1)) !== 0) throw refused(fields, 'is cut short, expected Base32hex');
    out.length = to;
  },
  end: (octets, at, to) => (at < to && octets[at] > 0 && at + 1 + octets[at] <= to ? at + 1 + octets[at] : -1),
  explain: (octets, at, to) =>
    at < to && octets[at] > 0 ? `its ${octetCount(octets[at])} run past the end` : 'needs at least 1 octet',
  write(octets, at, end, out) {
    out.reserve(Math.ceil(((end - at) * 8) / 5));
    const into = out.octets;
    let to = out.length;
    let bits = 0;
    let count = 0;
    for (let i = at + 1; i < end; i++) {
      bits = ((bits << 8) | octets[i]) & 0xfff;
      count += 8;
      while (count >= 5) {
        count -= 5;
        into[to++] = base32Alphabet[(bits >> count) & 31];
      }
    }
    if (count > 0) into[to++] = base32Alphabet[(bits << (5 - count)) & 31];
    out.length = to;
  },
  decode: (octets, at, end) => copyOf(octets, at + 1, end),
  encode(value, out) {
    if (value.length === 0 || value.length > 255) throw new RangeError('a hash has 1 to 255 octets');
    out.u8(value.length);
    out.put(value);
  },
};
