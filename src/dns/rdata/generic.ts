/** RDATA of any type as `\# length hex` (RFC 3597 section 5). */
import type { Octets } from '../../text/octets.ts';
import { FieldError, type FieldReader, type OctetWriter } from '../fields.ts';
import { readHexRest, writeHex } from './data.ts';
import { missing, octetCount, unexpected } from './field.ts';
import { parseDecimal, writeDecimal } from './numbers.ts';

/** Whether the current field is `\#`. */
export function isGenericMark(fields: FieldReader): boolean {
  return (
    fields.end - fields.start === 2 &&
    !fields.quoted &&
    fields.octets[fields.start] === 0x5c &&
    fields.octets[fields.start + 1] === 0x23
  );
}

/** Reads what follows `\#`, to the end of the record. */
export function readGeneric(fields: FieldReader, out: OctetWriter): void {
  const expected = 'the number of octets of the RDATA, from 0 to 65535, after \\#';
  if (!fields.next()) throw missing(expected);
  const { start, end } = fields;
  const length = fields.quoted ? -1 : parseDecimal(fields.octets, start, end, 0xffff);
  if (length < 0) throw unexpected(fields, expected);
  const before = out.length;
  if (fields.next()) readHexRest(fields, out);
  const found = out.length - before;
  if (found !== length)
    throw new FieldError(`\\# ${length} announces ${octetCount(length)}, found ${found}`, start, end);
}

export function writeGeneric(octets: Octets, from: number, to: number, out: OctetWriter): void {
  out.u8(0x5c);
  out.u8(0x23);
  out.u8(0x20);
  writeDecimal(to - from, out);
  if (from === to) return;
  out.u8(0x20);
  writeHex(octets, from, to, 56, out);
}
