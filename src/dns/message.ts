/**
 * DNS messages (RFC 1035 section 4, RFC 6891): the one door to dns-packet.
 *
 * Of dns-packet only the header and the OPT record are used. Its names know no escapes and no limits, its RDATA codecs rewrite what
 * they read, and one record that it does not like makes a whole message unreadable; so names, questions and records are laid out and
 * read here, and RDATA is passed on as octets, with compressed names expanded.
 */
import { decode as decodePacket, encode as encodePacket, type OptAnswer } from 'dns-packet';
import type { Octets } from '../text/octets.ts';
import { OctetWriter } from './fields.ts';
import { copyOf, expandName, expandRData, Malformed } from './message-compression.ts';
import { maxNameLength, type Name, nameFromWire, nameToWire } from './name.ts';
import { readU16, readU32 } from './rdata/numbers.ts';
import { Type, type TypeCode } from './type.ts';

export const Opcode = { query: 0, notify: 4, update: 5 } as const;
export const Rcode = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  YXDOMAIN: 6,
  YXRRSET: 7,
  NXRRSET: 8,
  NOTAUTH: 9,
  NOTZONE: 10,
  BADVERS: 16,
  BADCOOKIE: 23,
} as const;
const rcodeNames = new Map<number, string>(Object.entries(Rcode).map(([name, code]) => [code, name]));

/** The mnemonic of a response code, or `RCODEnnn`. */
export function rcodeName(rcode: number): string {
  return rcodeNames.get(rcode) ?? `RCODE${rcode}`;
}

/** Class IN. UPDATE uses 254 (NONE) and 255 (ANY) too. */
export const classIn = 1;

export interface MessageFlags {
  /** QR */
  readonly response: boolean;
  /** AA */
  readonly authoritative: boolean;
  /** TC */
  readonly truncated: boolean;
  /** RD */
  readonly recursionDesired: boolean;
  /** RA */
  readonly recursionAvailable: boolean;
  /** AD: in a query, that the asker understands it (RFC 6840 section 5.7). */
  readonly authenticData: boolean;
  /** CD */
  readonly checkingDisabled: boolean;
}

export interface Question {
  readonly name: Name;
  readonly type: TypeCode;
  /** IN if absent. */
  readonly class?: number;
}

export interface MessageRecord {
  readonly owner: Name;
  readonly type: TypeCode;
  /** IN if absent. */
  readonly class?: number;
  /** Seconds, 32 bits as received. */
  readonly ttl: number;
  /** Without compression, case kept. Not checked against the type. */
  readonly rdata: Octets;
}

/** The OPT record (RFC 6891 section 6.1). */
export interface Edns {
  /** Octets of a UDP response that the sender takes. */
  readonly udpSize: number;
  /** DO */
  readonly dnssecOk: boolean;
  readonly version?: number;
  readonly options?: readonly { readonly code: number; readonly data: Octets }[];
}

export interface Message {
  readonly id: number;
  readonly opcode: number;
  readonly flags: MessageFlags;
  /** With the upper bits of EDNS. */
  readonly rcode: number;
  readonly question: readonly Question[];
  readonly answer: readonly MessageRecord[];
  readonly authority: readonly MessageRecord[];
  /** Without the OPT record. */
  readonly additional: readonly MessageRecord[];
  readonly edns?: Edns;
}

/** What is left out is false, 0 or empty. */
export type MessageParts = Omit<Partial<Message>, 'flags' | 'id'> & {
  readonly id: number;
  readonly flags?: Partial<MessageFlags>;
};

const flagBits: readonly (readonly [keyof MessageFlags, number])[] = [
  ['response', 0x8000],
  ['authoritative', 0x0400],
  ['truncated', 0x0200],
  ['recursionDesired', 0x0100],
  ['recursionAvailable', 0x0080],
  ['authenticData', 0x0020],
  ['checkingDisabled', 0x0010],
];
const dnssecOkBit = 0x8000;

/** The wire form of a message, no name compressed. Numbers that are out of range are a bug. */
export function encodeMessage(message: MessageParts): Octets {
  const { id, opcode = 0, rcode = 0, question = [], answer = [], authority = [], additional = [], edns } = message;
  if (rcode > 0xf && edns === undefined) throw new RangeError(`rcode ${rcode} needs EDNS`);
  let flags = (opcode << 11) | (rcode & 0xf);
  for (const [flag, bit] of flagBits) if (message.flags?.[flag]) flags |= bit;
  const out = new OctetWriter();
  const head = encodePacket({ type: flags & 0x8000 ? 'response' : 'query', id, flags: flags & 0x7fff });
  out.put(head.subarray(0, 4));
  out.u16(question.length);
  out.u16(answer.length);
  out.u16(authority.length);
  out.u16(additional.length + (edns === undefined ? 0 : 1));
  for (const asked of question) {
    out.put(nameToWire(asked.name));
    out.u16(asked.type);
    out.u16(asked.class ?? classIn);
  }
  for (const record of [...answer, ...authority]) putRecord(record, out);
  if (edns !== undefined) out.put(encodeOpt(edns, rcode >> 4));
  for (const record of additional) putRecord(record, out);
  return out.copy();
}

export interface Query {
  readonly id: number;
  readonly name: Name;
  readonly type: TypeCode;
  readonly recursionDesired?: boolean;
  readonly authenticData?: boolean;
  readonly checkingDisabled?: boolean;
  readonly edns?: Edns;
}

export function encodeQuery({ id, name, type, edns, ...flags }: Query): Octets {
  return encodeMessage({ id, flags, question: [{ name, type }], edns });
}

function putRecord(record: MessageRecord, out: OctetWriter): void {
  if (record.rdata.length > 0xffff) throw new RangeError('RDATA of more than 65535 octets');
  out.put(nameToWire(record.owner));
  out.u16(record.type);
  out.u16(record.class ?? classIn);
  out.u32(record.ttl);
  out.u16(record.rdata.length);
  out.put(record.rdata);
}

function encodeOpt({ udpSize, dnssecOk, version = 0, options = [] }: Edns, extendedRcode: number): Octets {
  const packet = encodePacket({
    additionals: [
      {
        type: 'OPT',
        name: '.',
        udpPayloadSize: udpSize,
        extendedRcode,
        ednsVersion: version,
        flags: dnssecOk ? dnssecOkBit : 0,
        flag_do: dnssecOk,
        // Its types know only the options that it has names for.
        options: options.map(({ code, data }) => ({
          code,
          data: Buffer.from(data),
        })) as unknown as OptAnswer['options'],
      },
    ],
  });
  return packet.subarray(12);
}

export interface MessageError {
  /** A sentence without its subject, to follow "the message". */
  readonly error: string;
}

/** Reads a whole message: nothing may follow it. Records whose names are compressed get them whole. */
export function decodeMessage(octets: Octets): Message | MessageError {
  try {
    return new MessageReader(octets).read();
  } catch (error) {
    if (error instanceof Malformed) return { error: error.message };
    throw error;
  }
}

class MessageReader {
  private readonly octets: Octets;
  private at = 12;
  private edns: (Edns & { readonly extendedRcode: number }) | undefined;

  constructor(octets: Octets) {
    this.octets = octets;
  }

  read(): Message {
    const { octets } = this;
    if (octets.length < 12) throw new Malformed(`has ${octets.length} octets, fewer than a header`);
    const header = Buffer.alloc(12);
    header.set(octets.subarray(0, 4));
    const { id = 0 } = decodePacket(header);
    const flags = readU16(octets, 2);
    const set = Object.fromEntries(flagBits.map(([flag, bit]) => [flag, (flags & bit) !== 0]));
    const question = Array.from({ length: this.count(4, 5) }, () => this.question());
    const answer = this.records(6);
    const authority = this.records(8);
    const additional = this.records(10);
    if (this.at !== octets.length) throw new Malformed(`has ${octets.length - this.at} octets behind its last record`);
    const { extendedRcode = 0, ...edns } = this.edns ?? {};
    return {
      id,
      opcode: (flags >> 11) & 0xf,
      flags: set as unknown as MessageFlags,
      rcode: (extendedRcode << 4) | (flags & 0xf),
      question,
      answer,
      authority,
      additional,
      ...(this.edns === undefined ? {} : { edns: edns as Edns }),
    };
  }

  /** A count of the header; a message cannot hold more entries than its octets allow. */
  private count(at: number, smallest: number): number {
    const count = readU16(this.octets, at);
    if (count * smallest > this.octets.length) throw new Malformed(`ends before its ${count} entries`);
    return count;
  }

  private need(count: number): number {
    const at = this.at;
    this.at += count;
    if (this.at > this.octets.length) throw new Malformed(`ends inside the entry at octet ${at}`);
    return at;
  }

  private question(): Question {
    const name = this.name();
    const at = this.need(4);
    return { name, type: readU16(this.octets, at), class: readU16(this.octets, at + 2) };
  }

  private name(): Name {
    wire.length = 0;
    this.at = expandName(this.octets, this.at, this.octets.length, wire);
    return nameFromWire(wire.octets);
  }

  private records(countAt: number): MessageRecord[] {
    const { octets } = this;
    const records: MessageRecord[] = [];
    for (let left = this.count(countAt, 11); left > 0; left--) {
      const owner = this.name();
      const at = this.need(10);
      const type = readU16(octets, at);
      const from = this.need(readU16(octets, at + 8));
      if (type === Type.OPT) {
        this.opt(owner, at, from);
        continue;
      }
      const rdata = expandRData(type, octets, from, this.at);
      records.push({ owner, type, class: readU16(octets, at + 2), ttl: readU32(octets, at + 4), rdata });
    }
    return records;
  }

  private opt(owner: Name, at: number, from: number): void {
    const { octets } = this;
    if (this.edns !== undefined) throw new Malformed('has two OPT records');
    if (owner !== '.') throw new Malformed('has an OPT record whose owner is not the root');
    const options: { code: number; data: Octets }[] = [];
    for (let i = from; i < this.at; ) {
      const end = i + 4 > this.at ? Number.POSITIVE_INFINITY : i + 4 + readU16(octets, i + 2);
      if (end > this.at) throw new Malformed('has an EDNS option that runs past its record');
      options.push({ code: readU16(octets, i), data: copyOf(octets, i + 4, end) });
      i = end;
    }
    this.edns = {
      udpSize: readU16(octets, at + 2),
      extendedRcode: octets[at + 4],
      version: octets[at + 5],
      dnssecOk: (readU16(octets, at + 6) & dnssecOkBit) !== 0,
      options,
    };
  }
}

const wire = new OctetWriter(maxNameLength);

/** A message as it goes over TCP: its length in two octets before it (RFC 1035 section 4.2.2). */
export function frameMessage(message: Octets): Octets {
  if (message.length > 0xffff) throw new RangeError('a message of more than 65535 octets');
  const framed = new Uint8Array(message.length + 2);
  framed[0] = message.length >> 8;
  framed[1] = message.length;
  framed.set(message, 2);
  return framed;
}

/** Cuts the whole messages off what a TCP stream has brought so far; `rest` waits for more. */
export function cutFrames(stream: Octets): { messages: Octets[]; rest: Octets } {
  const messages: Octets[] = [];
  let at = 0;
  while (at + 2 <= stream.length) {
    const end = at + 2 + readU16(stream, at);
    if (end > stream.length) break;
    messages.push(stream.subarray(at + 2, end));
    at = end;
  }
  return { messages, rest: stream.subarray(at) };
}
