/**
 * RDATA of every type: text ⇄ wire ⇄ canonical form ⇄ typed objects, all from table.ts. The drivers here know no type; types without
 * a row are opaque (RFC 3597). Octet ranges are `from`..`to`, the end excluded.
 */
import { asBuffer, type Octets } from '../../text/octets.ts';
import { FieldError, type FieldReader, LongStringError, OctetWriter } from '../fields.ts';
import { lowerCase } from '../name.ts';
import { Type, type TypeCode, typeName } from '../type.ts';
import { missing, octetCount, type Span, unexpected, type ValuesOf } from './field.ts';
import { isGenericMark, readGeneric, writeGeneric } from './generic.ts';
import { type Layout, layoutFor, layoutOf, wordsOf } from './layout.ts';
import { checkLength } from './numbers.ts';
import type { KnownType, table } from './table.ts';
import { canonical, portable, type TextStyle } from './text-style.ts';

export { encodeName } from './name-field.ts';
export type { KnownType } from './table.ts';

/** The typed object of a type's RDATA: names are `Name`, opaque data `Octets`. */
export type RDataOf<K extends KnownType> = ValuesOf<(typeof table)[K]['fields']>;

/**
 * Text to wire form, appended to `out`: the type's own fields, or `\# length hex` for every type. Reads to the end of the record.
 * Nothing is appended where it throws.
 *
 * @throws FieldError
 */
export function encodeText(type: TypeCode, fields: FieldReader, out: OctetWriter): void {
  const from = out.length;
  const layout = layoutOf(type);
  let index = -1;
  try {
    let at = fields.next();
    if (at && isGenericMark(fields)) {
      readGenericOf(type, fields, out);
    } else if (layout === undefined) {
      const expected = '\\#, the number of octets and hexadecimal digits (RFC 3597)';
      throw at ? unexpected(fields, expected) : missing(expected);
    } else {
      for (const field of layout.fields) {
        index++;
        if (!at && field.optional !== true) throw missing(field.expected);
        if (at && fields.quoted && field.quotable !== true)
          throw unexpected(fields, `${field.expected} without quotes`);
        field.read(fields, out, at);
        at = field.rest !== true && fields.next();
      }
      index = -1;
      if (at) throw unexpected(fields, 'the end of the record');
      const error = layout.check?.(out.octets, from, out.length);
      if (error !== undefined) throw new FieldError(error);
    }
    checkLength(out.length - from);
  } catch (error) {
    out.length = from;
    throw error instanceof FieldError ? inRecord(error, type, layout?.keys[index]) : error;
  }
}

function readGenericOf(type: TypeCode, fields: FieldReader, out: OctetWriter): void {
  const from = out.length;
  const { start, end } = fields;
  readGeneric(fields, out);
  const error = wireError(type, out.octets, from, out.length);
  if (error !== undefined) throw new FieldError(error, start, end);
}

/** The error with the type and the field in front of its message. */
function inRecord(error: FieldError, type: TypeCode, key: string | undefined): FieldError {
  const subject = key === undefined ? typeName(type) : `${typeName(type)} ${wordsOf(key)}`;
  const Kind = error instanceof LongStringError ? LongStringError : FieldError;
  return new Kind(`${subject}: ${error.message}`, error.from, error.to);
}

/**
 * Wire form to text, on one line, appended to `out`; without another style, in the text that all name servers read. Generic form
 * (RFC 3597) where the octets are not valid for the type.
 */
export function writeRData(
  type: TypeCode,
  octets: Octets,
  from: number,
  to: number,
  out: OctetWriter,
  style: TextStyle = portable,
): void {
  const layout = layoutFor(type, octets, from, to);
  const before = out.length;
  if (layout === undefined || !style.byName(type) || !writeFields(layout, octets, from, to, out, style)) {
    out.length = before;
    writeGeneric(octets, from, to, out);
  }
}

function writeFields(
  layout: Layout,
  octets: Octets,
  from: number,
  to: number,
  out: OctetWriter,
  style: TextStyle,
): boolean {
  let at = from;
  let first = true;
  for (const field of layout.fields) {
    const end = field.end(octets, at, to);
    if (end < 0) return false;
    // An optional field that takes no octets has no space before it either.
    if (end > at || field.optional !== true) {
      if (!first) out.u8(0x20);
      first = false;
      field.write(octets, at, end, out, style);
    }
    at = end;
  }
  return at === to;
}

/** The text that BIND writes for the wire form, as a string. */
export function presentRData(type: TypeCode, octets: Octets, from = 0, to = octets.length): string {
  scratch.length = 0;
  writeRData(type, octets, from, to, scratch, canonical);
  return asBuffer(scratch.octets).toString('latin1', 0, scratch.length);
}

const scratch = new OctetWriter(4096);
const otherScratch = new OctetWriter(4096);

/** Why the octets are no RDATA of the type in wire form without compression; undefined where they are. Never throws. */
export function wireError(type: TypeCode, octets: Octets, from = 0, to = octets.length): string | undefined {
  const layout = layoutFor(type, octets, from, to);
  if (to - from > 0xffff) return `the RDATA has ${to - from} octets, more than 65535`;
  if (layout === undefined) return undefined;
  let at = from;
  for (let i = 0; i < layout.fields.length; i++) {
    const field = layout.fields[i];
    const end = field.end(octets, at, to);
    if (end < 0) return `${wordsOf(layout.keys[i])}: ${field.explain?.(octets, at, to) ?? `needs ${field.expected}`}`;
    at = end;
  }
  if (at < to) return `${octetCount(to - at)} too many, behind the ${wordsOf(layout.keys[layout.keys.length - 1])}`;
  return layout.check?.(octets, from, to);
}

/** Appends the canonical form of valid RDATA: names in lower case for the types of RFC 4034 section 6.2. */
export function writeCanonical(type: TypeCode, octets: Octets, from: number, to: number, out: OctetWriter): void {
  const layout = layoutOf(type);
  const start = out.length;
  out.reserve(to - from);
  const into = out.octets;
  out.length += to - from;
  if (layout === undefined || !layout.caseless) {
    for (let i = from, j = start; i < to; i++, j++) into[j] = octets[i];
    return;
  }
  // Label lengths are below "A", so a whole name can be folded octet by octet.
  if (layout.namesOnly) {
    for (let i = from, j = start; i < to; i++, j++) into[j] = lowerCase[octets[i]];
    return;
  }
  let at = from;
  for (const field of layout.fields) {
    const end = field.rest === true ? to : field.end(octets, at, to);
    const shift = start - from;
    if (field.caseless === true) for (let i = at; i < end; i++) into[i + shift] = lowerCase[octets[i]];
    else for (let i = at; i < end; i++) into[i + shift] = octets[i];
    at = end;
  }
}

/** The order of valid RDATA within an RRset (RFC 4034 section 6.3): canonical forms as unsigned octets, a prefix first. */
export function compareCanonical(
  type: TypeCode,
  octetsA: Octets,
  fromA: number,
  toA: number,
  octetsB: Octets,
  fromB: number,
  toB: number,
): number {
  const layout = layoutOf(type);
  if (layout === undefined || !layout.caseless) {
    return compareRanges(octetsA, fromA, toA, octetsB, fromB, toB);
  }
  scratch.length = 0;
  otherScratch.length = 0;
  writeCanonical(type, octetsA, fromA, toA, scratch);
  writeCanonical(type, octetsB, fromB, toB, otherScratch);
  return compareRanges(scratch.octets, 0, scratch.length, otherScratch.octets, 0, otherScratch.length);
}

function compareRanges(a: Octets, fromA: number, toA: number, b: Octets, fromB: number, toB: number): number {
  const length = Math.min(toA - fromA, toB - fromB);
  for (let i = 0; i < length; i++) {
    const order = a[fromA + i] - b[fromB + i];
    if (order !== 0) return order;
  }
  return toA - fromA - (toB - fromB);
}

/** Where domain names stand in valid RDATA. */
export function* namesIn(type: TypeCode, octets: Octets, from = 0, to = octets.length): Generator<Span> {
  const layout = layoutFor(type, octets, from, to);
  if (layout === undefined || !layout.hasNames) return;
  let at = from;
  for (const field of layout.fields) {
    const end = field.end(octets, at, to);
    if (end < 0) return;
    if (field.names !== undefined) yield* field.names(octets, at, end);
    at = end;
  }
}

/** The typed object of valid RDATA; octets that are not valid for the type are a bug (see `wireError`). */
export function decode<K extends KnownType>(type: K, octets: Octets, from = 0, to = octets.length): RDataOf<K> {
  const layout = layoutFor(Type[type], octets, from, to);
  const error = layout === undefined ? 'a form that is not known' : wireError(Type[type], octets, from, to);
  if (layout === undefined || error !== undefined) throw new RangeError(`${type} RDATA: ${error}`);
  const values: Record<string, unknown> = {};
  let at = from;
  for (let i = 0; i < layout.fields.length; i++) {
    const end = layout.fields[i].end(octets, at, to);
    values[layout.keys[i]] = layout.fields[i].decode(octets, at, end);
    at = end;
  }
  return values as RDataOf<K>;
}

/** The wire form of a typed object; throws RangeError on a value that its field cannot hold. */
export function encode<K extends KnownType>(type: K, values: RDataOf<K>): Octets {
  const layout = layoutOf(Type[type])!;
  const out = new OctetWriter(128);
  for (let i = 0; i < layout.fields.length; i++) {
    layout.fields[i].encode((values as Record<string, unknown>)[layout.keys[i]], out);
  }
  const error = wireError(Type[type], out.octets, 0, out.length);
  if (error !== undefined) throw new RangeError(`${type} RDATA: ${error}`);
  return out.copy();
}
