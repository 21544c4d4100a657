/** A host given as an address or a name by a type octet: the gateway of IPSECKEY (RFC 4025), the relay of AMTRELAY (RFC 8777). */
import type { Octets } from '../../text/octets.ts';
import type { FieldReader } from '../fields.ts';
import { ipv4, ipv6 } from './address.ts';
import { type Field, needNext, type Span, unexpected } from './field.ts';
import { casedName } from './name-field.ts';
import { parseDecimal, writeDecimal } from './numbers.ts';

/** No host: `.` in text, no octets on the wire. */
const nobody: Field<string> = {
  expected: 'a dot (no host)',
  read(fields) {
    if (fields.end - fields.start !== 1 || fields.octets[fields.start] !== 0x2e) {
      throw unexpected(fields, nobody.expected);
    }
  },
  end: (_octets, at) => at,
  write: (_octets, _at, _end, out) => out.u8(0x2e),
  decode: () => '.',
  encode(value) {
    if (value !== '.') throw new RangeError(`${value} is not ${nobody.expected}`);
  },
};

/** Type octet → the form of the host. */
const hosts: readonly Field<string>[] = [nobody, ipv4, ipv6, casedName as Field<string>];
const hostType = 'a type of host: 0 (none), 1 (IPv4), 2 (IPv6) or 3 (a name)';

function readNumber(fields: FieldReader, max: number, expected: string): number {
  const value = parseDecimal(fields.octets, fields.start, fields.end, max);
  if (value < 0) throw unexpected(fields, expected);
  return value;
}

/** Where the host behind the octets of type ends, or -1. */
function hostEnd(type: number, octets: Octets, at: number, to: number): number {
  return type < hosts.length && at <= to ? hosts[type].end(octets, at, to) : -1;
}

function explainHost(type: number, octets: Octets, at: number, to: number): string {
  if (at > to) return 'runs past the end';
  if (type >= hosts.length) return `needs ${hostType}, found ${type}`;
  return hosts[type].explain?.(octets, at, to) ?? `needs ${hosts[type].expected}`;
}

export interface Gateway {
  readonly type: number;
  readonly algorithm: number;
  /** An address, a name, or `.` for none. */
  readonly host: string;
}

/** Gateway type, algorithm and gateway of IPSECKEY, in this order in text and on the wire (RFC 4025 sections 2.1 and 3.1). */
export const gateway: Field<Gateway> = {
  expected: hostType,
  read(fields, out) {
    const type = readNumber(fields, hosts.length - 1, hostType);
    out.u8(type);
    needNext(fields, 'an algorithm from 0 to 255');
    out.u8(readNumber(fields, 255, 'an algorithm from 0 to 255'));
    needNext(fields, hosts[type].expected);
    hosts[type].read(fields, out, true);
  },
  end: (octets, at, to) => (at + 2 > to ? -1 : hostEnd(octets[at], octets, at + 2, to)),
  explain: (octets, at, to) => explainHost(octets[at], octets, at + 2, to),
  write(octets, at, end, out, style) {
    writeDecimal(octets[at], out);
    out.u8(0x20);
    writeDecimal(octets[at + 1], out);
    out.u8(0x20);
    hosts[octets[at]].write(octets, at + 2, end, out, style);
  },
  decode: (octets, at, end) => ({
    type: octets[at],
    algorithm: octets[at + 1],
    host: hosts[octets[at]].decode(octets, at + 2, end),
  }),
  encode({ type, algorithm, host }, out) {
    if (hosts[type] === undefined) throw new RangeError(`${type} is not ${hostType}`);
    out.u8(type);
    out.u8(algorithm);
    hosts[type].encode(host, out);
  },
  names: (octets, at, end): Span[] => (octets[at] === 3 ? [{ start: at + 2, end }] : []),
};

export interface Relay {
  /** The relay can be asked without discovery. */
  readonly discoveryOptional: boolean;
  readonly type: number;
  /** An address, a name, or `.` for none. */
  readonly host: string;
}

/** D bit, type and relay of AMTRELAY; bit and type share an octet (RFC 8777 section 4.2). */
export const relay: Field<Relay> = {
  expected: '0 or 1 (discovery is optional)',
  read(fields, out) {
    const discovery = readNumber(fields, 1, relay.expected);
    needNext(fields, hostType);
    const type = readNumber(fields, hosts.length - 1, hostType);
    out.u8((discovery << 7) | type);
    needNext(fields, hosts[type].expected);
    hosts[type].read(fields, out, true);
  },
  end: (octets, at, to) => (at + 1 > to ? -1 : hostEnd(octets[at] & 0x7f, octets, at + 1, to)),
  explain: (octets, at, to) => explainHost(octets[at] & 0x7f, octets, at + 1, to),
  write(octets, at, end, out, style) {
    writeDecimal(octets[at] >> 7, out);
    out.u8(0x20);
    writeDecimal(octets[at] & 0x7f, out);
    out.u8(0x20);
    hosts[octets[at] & 0x7f].write(octets, at + 1, end, out, style);
  },
  decode: (octets, at, end) => ({
    discoveryOptional: octets[at] >= 0x80,
    type: octets[at] & 0x7f,
    host: hosts[octets[at] & 0x7f].decode(octets, at + 1, end),
  }),
  encode({ discoveryOptional, type, host }, out) {
    if (hosts[type] === undefined) throw new RangeError(`${type} is not ${hostType}`);
    out.u8((discoveryOptional ? 0x80 : 0) | type);
    hosts[type].encode(host, out);
  },
  names: (octets, at, end): Span[] => ((octets[at] & 0x7f) === 3 ? [{ start: at + 1, end }] : []),
};

/** Relay types that are not assigned: RFC 8777 section 4.2.3 leaves their form open. */
export function hasUnknownRelay(octets: Octets, from: number, to: number): boolean {
  return to - from >= 2 && (octets[from + 1] & 0x7f) >= hosts.length;
}
