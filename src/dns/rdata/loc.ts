/** A place on the globe: LOC (RFC 1876). */
import type { Octets } from '../../text/octets.ts';
import type { FieldReader, OctetWriter } from '../fields.ts';
import { type Field, missing, unexpected } from './field.ts';
import { readU32 } from './numbers.ts';

export interface Location {
  /** Thousandths of a second of arc, positive to the north and to the east. */
  readonly latitude: number;
  readonly longitude: number;
  /** Centimetres above the reference spheroid. */
  readonly altitude: number;
  /** Centimetres: the diameter of what is there, and how exact the place is; one digit and a power of ten. */
  readonly size: number;
  readonly horizontalPrecision: number;
  readonly verticalPrecision: number;
}

/** RFC 1876 section 2: octets, the equator and the prime meridian, metres below the spheroid where altitude 0 lies. */
const length = 16;
const middle = 0x80000000;
const altitudeBase = 10000000;

const degree = 3600000;
const latitudeAxis = { name: 'latitude', positive: 'N', negative: 'S', degrees: 90 };
const longitudeAxis = { name: 'longitude', positive: 'E', negative: 'W', degrees: 180 };
type Axis = typeof latitudeAxis;

const defaultPrecisions = [0x12, 0x16, 0x13];
const precisionNames = ['a size', 'a horizontal precision', 'a vertical precision'];
/** 9 × 10^9 centimetres: the largest that one digit and one power of ten hold. */
const maxPrecision = 9e9;

function textOf(fields: FieldReader): string {
  if (fields.quoted) return '';
  return Buffer.from(fields.octets.subarray(fields.start, fields.end)).toString('latin1');
}

/** Reads `degrees [minutes [seconds]] direction`; the reader stands on the degrees and ends on the direction. */
function readAngle(fields: FieldReader, axis: Axis): number {
  const direction = `${axis.positive} or ${axis.negative}`;
  const parts = [
    {
      expected: `degrees of ${axis.name} from 0 to ${axis.degrees}`,
      form: /^[0-9]{1,3}$/,
      limit: axis.degrees,
      unit: degree,
    },
    { expected: `minutes from 0 to 59 or ${direction}`, form: /^[0-9]{1,2}$/, limit: 59, unit: 60000 },
    {
      expected: `seconds from 0 to 59.999 or ${direction}`,
      form: /^[0-9]{1,2}(?:\.[0-9]{0,3})?$/,
      limit: 59.999,
      unit: 1000,
    },
  ];
  let angle = 0;
  for (const [i, { expected, form, limit, unit }] of parts.entries()) {
    const text = textOf(fields);
    if (i > 0 && (text === axis.positive || text === axis.negative)) break;
    const value = form.test(text) ? Number(text) : Number.NaN;
    if (!(value <= limit)) throw unexpected(fields, expected);
    angle += Math.round(value * unit);
    if (!fields.next()) throw missing(direction);
  }
  const text = textOf(fields);
  if (text !== axis.positive && text !== axis.negative) throw unexpected(fields, direction);
  if (angle > axis.degrees * degree) {
    throw unexpected(fields, `a ${axis.name} of at most ${axis.degrees} degrees before the direction`);
  }
  return text === axis.positive ? angle : -angle;
}

/** Centimetres of `12.34m`; NaN where the text is no length. */
function centimetres(text: string): number {
  const match = /^([-+]?)(?=\.?[0-9])([0-9]{0,8})(?:\.([0-9]{0,2}))?m?$/.exec(text);
  if (match === null) return Number.NaN;
  const value = Number(match[2]) * 100 + Number((match[3] ?? '').padEnd(2, '0'));
  return match[1] === '-' ? -value : value;
}

/** One digit and a power of ten (RFC 1876 section 2, SIZE); further digits are cut off. */
function precisionOctet(value: number): number {
  let mantissa = value;
  let exponent = 0;
  for (; mantissa >= 10; exponent++) mantissa = Math.floor(mantissa / 10);
  return (mantissa << 4) | exponent;
}

function precisionOf(octet: number): number {
  return (octet >> 4) * 10 ** (octet & 15);
}

function isPrecision(octet: number): boolean {
  return octet >> 4 <= 9 && (octet & 15) <= 9 && (octet >> 4 !== 0 || octet === 0);
}

function writeText(text: string, out: OctetWriter): void {
  out.put(Buffer.from(text, 'latin1'));
}

function angleText(value: number, axis: Axis): string {
  const angle = Math.abs(value);
  const minutes = Math.floor(angle / 60000) % 60;
  const seconds = ((angle % 60000) / 1000).toFixed(3);
  return `${Math.floor(angle / degree)} ${minutes} ${seconds} ${value < 0 ? axis.negative : axis.positive}`;
}

function precisionText(octet: number): string {
  const value = precisionOf(octet);
  return value >= 100 ? `${value / 100}m` : `${(value / 100).toFixed(2)}m`;
}

function put(place: Location, precisions: readonly number[], out: OctetWriter): void {
  out.u8(0);
  for (const octet of precisions) out.u8(octet);
  out.u32(middle + place.latitude);
  out.u32(middle + place.longitude);
  out.u32(altitudeBase + place.altitude);
}

function locationError(octets: Octets, at: number, to: number): string | undefined {
  if (at + length > to) return `needs ${length} octets, found ${to - at}`;
  if (octets[at] !== 0) return `needs version 0, found ${octets[at]}`;
  for (let i = 1; i <= 3; i++) {
    if (!isPrecision(octets[at + i])) return `needs a digit and a power of ten, found ${octets[at + i]}`;
  }
  for (const [offset, axis] of [
    [4, latitudeAxis],
    [8, longitudeAxis],
  ] as const) {
    if (Math.abs(readU32(octets, at + offset) - middle) > axis.degrees * degree) {
      return `the ${axis.name} is above ${axis.degrees} degrees`;
    }
  }
  return undefined;
}

/** LOC as a whole. Text: latitude, longitude, altitude, then size and precisions, which may be missing (section 3). */
export const location: Field<Location> = {
  expected: 'a latitude such as 51 28 38 N',
  rest: true,
  read(fields, out) {
    const latitude = readAngle(fields, latitudeAxis);
    if (!fields.next()) throw missing('degrees of longitude');
    const longitude = readAngle(fields, longitudeAxis);
    if (!fields.next()) throw missing('an altitude in metres');
    const altitude = centimetres(textOf(fields));
    if (!(altitude >= -altitudeBase && altitude <= 0xffffffff - altitudeBase)) {
      throw unexpected(fields, 'an altitude from -100000.00m to 42849672.95m');
    }
    const precisions = [...defaultPrecisions];
    let more = fields.next();
    for (let i = 0; more && i < 3; i++) {
      const value = centimetres(textOf(fields));
      if (!(value >= 0 && value <= maxPrecision)) throw unexpected(fields, `${precisionNames[i]} from 0m to 90000000m`);
      precisions[i] = precisionOctet(value);
      more = fields.next();
    }
    if (more) throw unexpected(fields, 'the end of the record');
    put({ latitude, longitude, altitude, size: 0, horizontalPrecision: 0, verticalPrecision: 0 }, precisions, out);
  },
  end: (octets, at, to) => (locationError(octets, at, to) === undefined ? at + length : -1),
  explain: (octets, at, to) => locationError(octets, at, to) ?? '',
  write(octets, at, _end, out) {
    const place = location.decode(octets, at, at + length);
    const altitude = (place.altitude / 100).toFixed(2);
    const precisions = [1, 2, 3].map((i) => precisionText(octets[at + i])).join(' ');
    const { latitude, longitude } = place;
    writeText(
      `${angleText(latitude, latitudeAxis)} ${angleText(longitude, longitudeAxis)} ${altitude}m ${precisions}`,
      out,
    );
  },
  decode: (octets, at) => ({
    latitude: readU32(octets, at + 4) - middle,
    longitude: readU32(octets, at + 8) - middle,
    altitude: readU32(octets, at + 12) - altitudeBase,
    size: precisionOf(octets[at + 1]),
    horizontalPrecision: precisionOf(octets[at + 2]),
    verticalPrecision: precisionOf(octets[at + 3]),
  }),
  encode(place, out) {
    const precisions = [place.size, place.horizontalPrecision, place.verticalPrecision];
    if (precisions.some((value) => precisionOf(precisionOctet(value)) !== value || value > maxPrecision)) {
      throw new RangeError('a precision is one digit and a power of ten');
    }
    put(place, precisions.map(precisionOctet), out);
  },
};

/** A later version of LOC has a form of its own (RFC 1876 section 2, VERSION). */
export function hasLaterVersion(octets: Octets, from: number, to: number): boolean {
  return to > from && octets[from] !== 0;
}
