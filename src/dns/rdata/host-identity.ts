/** The fixed part of HIP: lengths, algorithm, Host Identity Tag and public key (RFC 8005 sections 5 and 6). */
import type { Octets } from '../../text/octets.ts';
import { readBase64Field, readHexField, writeBase64, writeHex } from './data.ts';
import { copyOf, type Field, needNext, refused, unexpected } from './field.ts';
import { parseDecimal, readU16, writeDecimal } from './numbers.ts';

export interface HostIdentity {
  readonly algorithm: number;
  readonly tag: Octets;
  readonly publicKey: Octets;
}

/** Octets before the tag: its length, the algorithm, the length of the key. */
const headLength = 4;

export const hostIdentity: Field<HostIdentity> = {
  expected: 'a public key algorithm from 0 to 255',
  read(fields, out) {
    const algorithm = parseDecimal(fields.octets, fields.start, fields.end, 255);
    if (algorithm < 0) throw unexpected(fields, hostIdentity.expected);
    const head = out.length;
    out.u8(0);
    out.u8(algorithm);
    out.u16(0);
    needNext(fields, 'a host identity tag in hexadecimal');
    readHexField(fields, out);
    const tagLength = out.length - head - headLength;
    if (tagLength === 0 || tagLength > 255) throw refused(fields, `has ${tagLength} octets, a tag 1 to 255`);
    needNext(fields, 'a public key in Base64');
    readBase64Field(fields, out);
    const keyLength = out.length - head - headLength - tagLength;
    if (keyLength === 0 || keyLength > 0xffff) throw refused(fields, `has ${keyLength} octets, a key 1 to 65535`);
    out.octets[head] = tagLength;
    out.octets[head + 2] = keyLength >> 8;
    out.octets[head + 3] = keyLength;
  },
  end(octets, at, to) {
    if (at + headLength > to) return -1;
    const tagLength = octets[at];
    const keyLength = readU16(octets, at + 2);
    const end = at + headLength + tagLength + keyLength;
    return tagLength > 0 && keyLength > 0 && end <= to ? end : -1;
  },
  explain(octets, at, to) {
    if (at + headLength > to) return `needs ${headLength} octets, found ${to - at}`;
    return `a tag of ${octets[at]} and a key of ${readU16(octets, at + 2)} octets do not fit in ${to - at - headLength}`;
  },
  write(octets, at, end, out) {
    const keyAt = at + headLength + octets[at];
    writeDecimal(octets[at + 1], out);
    out.u8(0x20);
    writeHex(octets, at + headLength, keyAt, 0, out);
    out.u8(0x20);
    writeBase64(octets, keyAt, end, 0, out);
  },
  decode(octets, at, end) {
    const keyAt = at + headLength + octets[at];
    return {
      algorithm: octets[at + 1],
      tag: copyOf(octets, at + headLength, keyAt),
      publicKey: copyOf(octets, keyAt, end),
    };
  },
  encode({ algorithm, tag, publicKey }, out) {
    if (tag.length > 255 || publicKey.length > 0xffff) throw new RangeError('the tag or the key is too long');
    out.u8(tag.length);
    out.u8(algorithm);
    out.u16(publicKey.length);
    out.put(tag);
    out.put(publicKey);
  },
};
