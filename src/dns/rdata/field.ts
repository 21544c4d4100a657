/**
 * What a field codec is. A type's RDATA is a row of them, in wire order; text, wire, canonical form and typed objects all follow
 * from the row (see table.ts). Codecs work on octets: no string is made per field.
 */
import type { Octets } from '../../text/octets.ts';
import { FieldError, type FieldReader, OctetWriter } from '../fields.ts';
import type { TextStyle } from './text-style.ts';

export interface Field<T> {
  /** What stands here, for messages: `a number from 0 to 255`. */
  readonly expected: string;
  /** Takes all the text fields that are left; the last of its row. */
  readonly rest?: boolean;
  /** The text may end before this field. */
  readonly optional?: boolean;
  /** The text may be a quoted string (RFC 1035 section 5.1). */
  readonly quotable?: boolean;
  /** A name that canonical form lower-cases (RFC 4034 section 6.2). */
  readonly caseless?: boolean;
  /**
   * Text to wire. The reader stands on the field, or, for an optional one, past the end of the record (`at` is false then).
   * Throws FieldError.
   */
  read(fields: FieldReader, out: OctetWriter, at: boolean): void;
  /** The offset past the field that starts at `at`, or -1 where the octets up to `to` do not hold a valid one. */
  end(octets: Octets, at: number, to: number): number;
  /** Wire to text, of the octets `at`..`end` that `end()` found. */
  write(octets: Octets, at: number, end: number, out: OctetWriter, style: TextStyle): void;
  decode(octets: Octets, at: number, end: number): T;
  /** Throws RangeError on a value that the field cannot hold. */
  encode(value: T, out: OctetWriter): void;
  /** Why `end()` is -1; without it: `expected`. */
  explain?(octets: Octets, at: number, to: number): string;
  /** Where domain names stand between `at` and `end`. */
  names?(octets: Octets, at: number, end: number): Iterable<Span>;
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

// biome-ignore lint/suspicious/noExplicitAny: a row mixes fields of all value types
export type Fields = Readonly<Record<string, Field<any>>>;

/** The object that a row of fields decodes to. */
export type ValuesOf<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };

/** Says why the whole RDATA, whose fields are valid one by one, is not; undefined where it is. */
export type RDataCheck = (octets: Octets, from: number, to: number) => string | undefined;

export interface RowOptions {
  readonly check?: RDataCheck;
  /** Whether the RDATA has a form that only a later version of the type knows: it is opaque then, as RFC 3597 has it. */
  readonly opaque?: (octets: Octets, from: number, to: number) => boolean;
}

export interface RDataRow<F extends Fields = Fields> extends RowOptions {
  readonly fields: F;
}

/** A row of the table. The keys are the names of RFC 9499 style in camelCase; their order is the order on the wire. */
export function row<const F extends Fields>(fields: F, options: RowOptions = {}): RDataRow<F> {
  return { fields, ...options };
}

const shownOctets = 60;

/** A text for a message, in quotes: cut short, control octets as `\DDD`. */
export function shownText(octets: Octets, start: number, end: number): string {
  let text = '';
  for (let i = start; i < Math.min(end, start + shownOctets); i++) {
    const octet = octets[i];
    text += octet < 0x20 || octet === 0x7f ? `\\${String(octet).padStart(3, '0')}` : String.fromCharCode(octet);
  }
  const utf8 = Buffer.from(text, 'latin1')
    .toString('utf8')
    .replace(/\ufffd+$/, '');
  return `"${utf8}${end - start > shownOctets ? '…' : ''}"`;
}

function shownField(fields: FieldReader): string {
  return shownText(fields.octets, fields.start, fields.end);
}

/** The error of the current field. */
export function unexpected(fields: FieldReader, expected: string): FieldError {
  return new FieldError(`expected ${expected}, found ${shownField(fields)}`, fields.start, fields.end);
}

/** An error about the current field that names it: `"zz" is …`. */
export function refused(fields: FieldReader, why: string): FieldError {
  return new FieldError(`${shownField(fields)} ${why}`, fields.start, fields.end);
}

/** The error of a field that the record ends before. */
export function missing(expected: string): FieldError {
  return new FieldError(`missing, expected ${expected}`);
}

/** Moves to the next field of a codec that takes several: it must be there, and not in quotes. */
export function needNext(fields: FieldReader, expected: string): void {
  if (!fields.next()) throw missing(expected);
  if (fields.quoted) throw unexpected(fields, `${expected} without quotes`);
}

/** `1 octet`, `2 octets`. */
export function octetCount(count: number): string {
  return count === 1 ? '1 octet' : `${count} octets`;
}

/** What `write` appends, as a string. */
export function textBy(write: (out: OctetWriter) => void): string {
  const out = new OctetWriter(64);
  write(out);
  return Buffer.from(out.octets.subarray(0, out.length)).toString('latin1');
}

/** A copy: decoded objects outlive the memory that they were read from. (`slice` of a Buffer is a view.) */
export function copyOf(octets: Octets, at: number, end: number): Octets {
  return Uint8Array.prototype.slice.call(octets, at, end);
}
