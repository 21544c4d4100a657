/**
 * Master files as other name servers read them: one record a line, absolute names, every TTL written, no directive, fields parted by
 * tabs: `owner TTL IN TYPE rdata`. The text of a zone depends on its content alone. All of it is octets appended to a writer, so that a
 * worker makes the text of its range from the columns and the main thread only writes it out.
 */
import type { Octets } from '../text/octets.ts';
import { OctetWriter } from './fields.ts';
import { writeGeneric } from './rdata/generic.ts';
import { writeRData } from './rdata/index.ts';
import { writeName } from './rdata/name-field.ts';
import { writeDecimal } from './rdata/numbers.ts';
import { writeTypeName } from './rdata/type-text.ts';
import { Type, type TypeCode } from './type.ts';
import type { Row, Zone, ZoneColumns } from './zone.ts';

const tab = 0x09;
const lineFeed = 0x0a;
/** Type → `\tIN\tTYPE\t`, made when it is first written. */
const classAndType: Octets[] = [];

function classAndTypeOf(type: TypeCode): Octets {
  const out = new OctetWriter(24);
  out.put(Buffer.from('\tIN\t', 'latin1'));
  writeTypeName(type, out);
  out.u8(tab);
  return (classAndType[type] = out.copy());
}

const isUpperCase = (octet: number): boolean => octet >= 0x41 && octet <= 0x5a;

/** RDATA that some name server does not read in the fields of its type, but in the form of RFC 3597. */
const unreadable = new Map<TypeCode, (rdata: Octets, from: number, to: number) => boolean>([
  // NSD wants tags in lower case; RFC 8659 section 4.1 has them in any.
  [Type.CAA, (rdata, from) => rdata.subarray(from + 2, from + 2 + rdata[from + 1]).some(isUpperCase)],
  // ldns does not read an empty bitmap.
  [Type.CSYNC, (_rdata, from, to) => to - from === 6],
]);

function writeFieldsOf(type: TypeCode, rdata: Octets, from: number, to: number, out: OctetWriter): void {
  if (unreadable.get(type)?.(rdata, from, to)) writeGeneric(rdata, from, to, out);
  else writeRData(type, rdata, from, to, out);
  out.u8(lineFeed);
}

/** Appends what stands before the RDATA, from the owner whose wire form is at `ownerAt` to the tab behind the type. */
export function writeRecordHead(owner: Octets, ownerAt: number, ttl: number, type: TypeCode, out: OctetWriter): void {
  writeName(owner, ownerAt, out);
  writeTtlAndType(ttl, type, out);
}

function writeTtlAndType(ttl: number, type: TypeCode, out: OctetWriter): void {
  const text = classAndType[type] ?? classAndTypeOf(type);
  out.u8(tab);
  writeDecimal(ttl, out);
  out.reserve(text.length);
  const { octets } = out;
  for (let i = 0, j = out.length; i < text.length; i++, j++) octets[j] = text[i];
  out.length += text.length;
}

/** Appends the line of one record; its RDATA is the wire form at `from`..`to`. */
export function writeRecord(
  owner: Octets,
  ownerAt: number,
  ttl: number,
  type: TypeCode,
  rdata: Octets,
  from: number,
  to: number,
  out: OctetWriter,
): void {
  writeRecordHead(owner, ownerAt, ttl, type, out);
  writeFieldsOf(type, rdata, from, to, out);
}

/** Appends the lines of one row. */
export function writeRow(columns: ZoneColumns, row: Row, out: OctetWriter): void {
  writeRows(columns, row, row + 1, out);
}

/** Appends the lines of the rows `from`..`to`, in their order. */
export function writeRows(columns: ZoneColumns, from: Row, to: Row, out: OctetWriter): void {
  const { names, nameStart, owner, type, ttl, recordStart, rdataStart, rdata } = columns;
  let last = -1;
  /** Where the text of the last owner stands in `out`. */
  let textAt = 0;
  let textEnd = 0;
  for (let row = from; row < to; row++) {
    for (let record = recordStart[row]; record < recordStart[row + 1]; record++) {
      const at = out.length;
      if (owner[row] === last) {
        out.reserve(textEnd - textAt);
        const { octets } = out;
        for (let i = textAt, j = at; i < textEnd; i++, j++) octets[j] = octets[i];
        out.length += textEnd - textAt;
      } else {
        last = owner[row];
        writeName(names, nameStart[last], out);
      }
      textAt = at;
      textEnd = out.length;
      writeTtlAndType(ttl[row], type[row], out);
      writeFieldsOf(type[row], rdata, rdataStart[record], rdataStart[record + 1], out);
    }
  }
}

/** The whole zone: the SOA record, without which some readers do not start, then every row in order. */
export function zoneText(zone: Zone): Octets {
  const { columns } = zone;
  // Most types take twice the octets in text; owners and TTLs come on top.
  const out = new OctetWriter(64 + columns.rdata.length * 2 + zone.recordCount * 48);
  const soa = zone.row(0, Type.SOA);
  if (soa < 0) {
    writeRows(columns, 0, zone.rowCount, out);
  } else {
    writeRow(columns, soa, out);
    writeRows(columns, 0, soa, out);
    writeRows(columns, soa + 1, zone.rowCount, out);
  }
  return out.octets.subarray(0, out.length);
}
