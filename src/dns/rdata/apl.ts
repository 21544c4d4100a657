/** Lists of address prefixes: APL (RFC 3123). */
import type { Octets } from '../../text/octets.ts';
import { type FieldReader, OctetWriter } from '../fields.ts';
import { parseIpv4, parseIpv6, writeIpv4, writeIpv6 } from './address.ts';
import { type Field, octetCount, unexpected } from './field.ts';
import { parseDecimal, readU16, writeDecimal } from './numbers.ts';

export interface AddressPrefix {
  /** 1: IPv4, 2: IPv6 (IANA registry "Address Family Numbers"). */
  readonly family: number;
  readonly negated: boolean;
  readonly prefix: number;
  readonly address: string;
}

const families = [
  { family: 1, size: 4, name: 'IPv4', parse: parseIpv4, write: writeIpv4 },
  { family: 2, size: 16, name: 'IPv6', parse: parseIpv6, write: writeIpv6 },
];
type Family = (typeof families)[number];

const colon = 0x3a;
const slash = 0x2f;
const exclamation = 0x21;
/** Octets of an item before its address: family, prefix, and length with the bit of the negation. */
const headLength = 4;

const expected = 'a prefix such as 1:192.0.2.0/24 or !2:2001:db8::/32';

function familyAt(octets: Octets, at: number): Family | undefined {
  return families[readU16(octets, at) - 1];
}

function readItem(fields: FieldReader, out: OctetWriter): void {
  const { octets, end } = fields;
  if (fields.quoted) throw unexpected(fields, `${expected} without quotes`);
  const negated = octets[fields.start] === exclamation;
  const start = negated ? fields.start + 1 : fields.start;
  const familyEnd = octets.indexOf(colon, start);
  const addressEnd = octets.lastIndexOf(slash, end - 1);
  const number = familyEnd < end ? parseDecimal(octets, start, familyEnd, 0xffff) : -1;
  const family = families[number - 1];
  if (family === undefined || addressEnd < familyEnd) throw unexpected(fields, expected);
  const address = new Uint8Array(16);
  if (!family.parse(octets, familyEnd + 1, addressEnd, address, 0)) throw unexpected(fields, expected);
  const prefix = parseDecimal(octets, addressEnd + 1, end, 8 * family.size);
  if (prefix < 0) throw unexpected(fields, `a prefix length from 0 to ${8 * family.size}`);
  putItem(family, prefix, negated, address, out);
}

/** Zero octets at the end of the address are not on the wire (RFC 3123 section 4). */
function putItem(family: Family, prefix: number, negated: boolean, address: Octets, out: OctetWriter): void {
  let length = family.size;
  while (length > 0 && address[length - 1] === 0) length--;
  out.u16(family.family);
  out.u8(prefix);
  out.u8((negated ? 0x80 : 0) | length);
  out.put(address.subarray(0, length));
}

function itemEnd(octets: Octets, at: number): number {
  return at + headLength + (octets[at + 3] & 0x7f);
}

function itemError(octets: Octets, at: number, to: number): string | undefined {
  if (at + headLength > to) return `needs ${headLength} octets for an item, found ${to - at}`;
  const end = itemEnd(octets, at);
  if (end > to) return 'an address runs past the end';
  if (end > at + headLength && octets[end - 1] === 0) return 'an address ends in a zero octet';
  const family = familyAt(octets, at);
  if (family === undefined) return `needs address family 1 or 2, found ${readU16(octets, at)}`;
  if (octets[at + 2] > 8 * family.size)
    return `a prefix of ${family.name} has up to ${8 * family.size} bits, not ${octets[at + 2]}`;
  if (end - at - headLength > family.size) return `an address of ${family.name} has ${octetCount(family.size)}`;
  return undefined;
}

function listError(octets: Octets, at: number, to: number): string | undefined {
  for (let i = at; i < to; i = itemEnd(octets, i)) {
    const error = itemError(octets, i, to);
    if (error !== undefined) return error;
  }
  return undefined;
}

function addressOf(octets: Octets, at: number): Octets {
  const address = new Uint8Array(16);
  address.set(octets.subarray(at + headLength, itemEnd(octets, at)));
  return address;
}

/** Items up to the end of the RDATA, maybe none. */
export const addressPrefixes: Field<readonly AddressPrefix[]> = {
  expected,
  rest: true,
  optional: true,
  read(fields, out, at) {
    for (let more = at; more; more = fields.next()) readItem(fields, out);
  },
  end: (octets, at, to) => (listError(octets, at, to) === undefined ? to : -1),
  explain: (octets, at, to) => listError(octets, at, to) ?? '',
  write(octets, at, end, out) {
    for (let i = at; i < end; i = itemEnd(octets, i)) {
      if (i > at) out.u8(0x20);
      if (octets[i + 3] >= 0x80) out.u8(exclamation);
      writeDecimal(readU16(octets, i), out);
      out.u8(colon);
      familyAt(octets, i)?.write(addressOf(octets, i), 0, out);
      out.u8(slash);
      writeDecimal(octets[i + 2], out);
    }
  },
  decode(octets, at, end) {
    const items: AddressPrefix[] = [];
    for (let i = at; i < end; i = itemEnd(octets, i)) {
      const address = new OctetWriter(64);
      familyAt(octets, i)?.write(addressOf(octets, i), 0, address);
      items.push({
        family: readU16(octets, i),
        negated: octets[i + 3] >= 0x80,
        prefix: octets[i + 2],
        address: Buffer.from(address.copy()).toString('latin1'),
      });
    }
    return items;
  },
  encode(items, out) {
    for (const { family: number, negated, prefix, address } of items) {
      const family = families[number - 1];
      const text = Buffer.from(address, 'latin1');
      const octets = new Uint8Array(16);
      if (family === undefined || !family.parse(text, 0, text.length, octets, 0) || prefix > 8 * family.size) {
        throw new RangeError(`${number}:${address}/${prefix} is not ${expected}`);
      }
      putItem(family, prefix, negated, octets, out);
    }
  },
};

/** Items of other address families: their form is not known here. */
export function hasOtherFamily(octets: Octets, from: number, to: number): boolean {
  let other = false;
  for (let at = from; at < to; at = itemEnd(octets, at)) {
    if (at + headLength > to || itemEnd(octets, at) > to) return false;
    if (itemEnd(octets, at) > at + headLength && octets[itemEnd(octets, at) - 1] === 0) return false;
    if (familyAt(octets, at) === undefined) other = true;
  }
  return other;
}
