/** Numbers of RDATA: unsigned integers, periods with units (`1h30m`), and numbers that have mnemonics. */
import type { Octets } from '../../text/octets.ts';
import { FieldError, type FieldReader, type OctetWriter } from '../fields.ts';
import { type Field, octetCount, unexpected } from './field.ts';

/** The decimal number at `start`..`end`, or -1 where it is none or above `max` (at most 2^32 − 1). */
export function parseDecimal(octets: Octets, start: number, end: number, max: number): number {
  if (start >= end) return -1;
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = octets[i] - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
    if (value > max) return -1;
  }
  return value;
}

export function writeDecimal(value: number, out: OctetWriter): void {
  out.reserve(10);
  const octets = out.octets;
  let at = out.length;
  if (value < 10) {
    octets[at] = 0x30 + value;
    out.length = at + 1;
    return;
  }
  let digits = 1;
  for (let power = 10; digits < 10 && value >= power; power *= 10) digits++;
  at += digits;
  out.length = at;
  for (let rest = value; digits > 0; digits--) {
    const quotient = Math.floor(rest / 10);
    octets[--at] = 0x30 + rest - quotient * 10;
    rest = quotient;
  }
}

export function readU16(octets: Octets, at: number): number {
  return (octets[at] << 8) | octets[at + 1];
}

export function readU32(octets: Octets, at: number): number {
  return octets[at] * 0x1000000 + ((octets[at + 1] << 16) | (octets[at + 2] << 8) | octets[at + 3]);
}

function inRange(value: number, max: number): number {
  if (!Number.isInteger(value) || value < 0 || value > max) throw new RangeError(`${value} is not in 0..${max}`);
  return value;
}

/** Numbers by mnemonic, upper case; texts of lower case are read too. */
export interface Mnemonics {
  /** What the number is called in messages: `an algorithm`. */
  readonly noun: string;
  readonly codes: Readonly<Record<string, number>>;
  /** Whether text shows the mnemonic; else it is only read. */
  readonly written?: boolean;
}

function number(size: 1 | 2 | 4, mnemonics?: Mnemonics): Field<number> {
  const max = 2 ** (8 * size) - 1;
  const expected =
    mnemonics === undefined ? `a number from 0 to ${max}` : `${mnemonics.noun} (mnemonic or number from 0 to ${max})`;
  const texts = new Map<number, Octets>();
  if (mnemonics?.written) {
    for (const [text, code] of Object.entries(mnemonics.codes)) texts.set(code, Buffer.from(text, 'latin1'));
  }
  const valueAt = (octets: Octets, at: number): number =>
    size === 1 ? octets[at] : size === 2 ? readU16(octets, at) : readU32(octets, at);
  const put = (value: number, out: OctetWriter): void => {
    if (size === 1) out.u8(value);
    else if (size === 2) out.u16(value);
    else out.u32(value);
  };
  return {
    expected,
    read(fields, out) {
      let value = parseDecimal(fields.octets, fields.start, fields.end, max);
      if (value < 0 && mnemonics !== undefined) value = mnemonicOf(fields, mnemonics);
      if (value < 0) throw unexpected(fields, expected);
      put(value, out);
    },
    end: (_octets, at, to) => (at + size <= to ? at + size : -1),
    explain: (_octets, at, to) => `needs ${octetCount(size)}, found ${to - at}`,
    write(octets, at, _end, out) {
      const value = valueAt(octets, at);
      const text = texts.get(value);
      if (text === undefined) writeDecimal(value, out);
      else out.put(text);
    },
    decode: (octets, at) => valueAt(octets, at),
    encode: (value, out) => put(inRange(value, max), out),
  };
}

function mnemonicOf(fields: FieldReader, mnemonics: Mnemonics): number {
  const text = Buffer.from(fields.octets.subarray(fields.start, fields.end)).toString('latin1').toUpperCase();
  return Object.hasOwn(mnemonics.codes, text) ? mnemonics.codes[text] : -1;
}

export const u8 = number(1);
export const u16 = number(2);
export const u32 = number(4);

export function mnemonicU8(mnemonics: Mnemonics): Field<number> {
  return number(1, mnemonics);
}

export function mnemonicU16(mnemonics: Mnemonics): Field<number> {
  return number(2, mnemonics);
}

/** Seconds of a letter in a period, lower case (BIND's units, also in $TTL). */
const units: Readonly<Record<number, number>> = { 119: 604800, 100: 86400, 104: 3600, 109: 60, 115: 1 };

/** Seconds of `3600`, `1h30m` or `1W2D` at `start`..`end`; -1 where it is no period, or above 2^32 − 1. */
export function parsePeriod(octets: Octets, start: number, end: number): number {
  let total = 0;
  let value = -1;
  let withUnits = false;
  for (let i = start; i < end; i++) {
    const digit = octets[i] - 0x30;
    if (digit >= 0 && digit <= 9) {
      value = Math.max(value, 0) * 10 + digit;
      if (value > 0xffffffff) return -1;
      continue;
    }
    const unit = units[octets[i] | 0x20];
    if (unit === undefined || value < 0) return -1;
    total += value * unit;
    value = -1;
    withUnits = true;
  }
  if (value >= 0 && withUnits) return -1;
  if (value >= 0) total = value;
  else if (!withUnits) return -1;
  return total <= 0xffffffff ? total : -1;
}

/** A period in seconds, 32 bits; text may use units. */
export const period: Field<number> = {
  ...u32,
  expected: 'seconds or a period such as 1h30m (up to 4294967295 seconds)',
  read(fields, out) {
    const value = parsePeriod(fields.octets, fields.start, fields.end);
    if (value < 0) throw unexpected(fields, period.expected);
    out.u32(value);
  },
};

const secondsPerDay = 86400;

/** Days from 1970-01-01 to a date of the Gregorian calendar, by the count of days in eras of 400 years from March on. */
function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return era * 146097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719468;
}

const monthDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function twoDigits(octets: Octets, at: number): number {
  const high = octets[at] - 0x30;
  const low = octets[at + 1] - 0x30;
  return high < 0 || high > 9 || low < 0 || low > 9 ? -1 : high * 10 + low;
}

/** YYYYMMDDHHMMSS (UTC) as Unix seconds, not yet cut to 32 bits; -1 where it is no such time since 1970. */
function parseCalendarTime(octets: Octets, at: number): number {
  const century = twoDigits(octets, at);
  const yearOfCentury = twoDigits(octets, at + 2);
  const month = twoDigits(octets, at + 4);
  const day = twoDigits(octets, at + 6);
  const hour = twoDigits(octets, at + 8);
  const minute = twoDigits(octets, at + 10);
  const second = twoDigits(octets, at + 12);
  if (century < 0 || yearOfCentury < 0) return -1;
  const year = century * 100 + yearOfCentury;
  if (year < 1970 || month < 1 || month > 12 || day < 1 || day > monthDays[month - 1]) return -1;
  if (month === 2 && day === 29 && (year % 4 !== 0 || (year % 100 === 0 && year % 400 !== 0))) return -1;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return -1;
  return daysOf(year, month, day) * secondsPerDay + hour * 3600 + minute * 60 + second;
}

/** The fields of YYYYMMDDHHMMSS. */
function writeCalendarTime(seconds: number, out: OctetWriter): void {
  const days = Math.floor(seconds / secondsPerDay);
  const shifted = days + 719468;
  const era = Math.floor(shifted / 146097);
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const rest = seconds - days * secondsPerDay;
  out.reserve(14);
  const century = Math.floor(year / 100);
  putTwoDigits(century, out);
  putTwoDigits(year - century * 100, out);
  putTwoDigits(month, out);
  putTwoDigits(day, out);
  putTwoDigits(Math.floor(rest / 3600), out);
  putTwoDigits(Math.floor(rest / 60) % 60, out);
  putTwoDigits(rest % 60, out);
}

function putTwoDigits(value: number, out: OctetWriter): void {
  const tens = Math.floor(value / 10);
  out.octets[out.length++] = 0x30 + tens;
  out.octets[out.length++] = 0x30 + value - tens * 10;
}

/**
 * A time of RRSIG: Unix seconds modulo 2^32 (serial number arithmetic, RFC 4034 section 3.1.5). Text is YYYYMMDDHHMMSS in UTC,
 * or seconds (section 3.2).
 */
export const time: Field<number> = {
  ...u32,
  expected: 'a time as YYYYMMDDHHMMSS (UTC) or in seconds since 1970',
  read(fields, out) {
    const { octets, start, end } = fields;
    const value = end - start === 14 ? parseCalendarTime(octets, start) : parseDecimal(octets, start, end, 0xffffffff);
    if (value < 0) throw unexpected(fields, time.expected);
    out.u32(value % 0x100000000);
  },
  write: (octets, at, _end, out) => writeCalendarTime(readU32(octets, at), out),
};

/** Throws where RDATA outgrows the 16 bits of its length. */
export function checkLength(length: number): void {
  if (length > 0xffff) throw new FieldError(`the RDATA has ${length} octets, more than 65535`);
}
