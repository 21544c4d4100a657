/**
 * The fields of one record from a string: a YAML scalar, a command line argument, a line of a test. Quotes, escapes, comments and
 * parentheses are those of master files (RFC 1035 section 5.1); what is not ASCII is UTF-8.
 */
import type { Octets } from '../text/octets.ts';
import { FieldError, type FieldReader, LongStringError, OctetWriter } from './fields.ts';
import { type Name, nameToWire } from './name.ts';
import { encodeText } from './rdata/index.ts';
import type { TypeCode } from './type.ts';

const quote = 0x22;
const open = 0x28;
const close = 0x29;
const semicolon = 0x3b;
const backslash = 0x5c;
const lineFeed = 0x0a;

/** Octets that end a field without quotes. */
const ends = new Uint8Array(256);
for (const octet of [0x20, 0x09, 0x0d, lineFeed, quote, open, close, semicolon]) ends[octet] = 1;

class TextFields implements FieldReader {
  readonly octets: Octets;
  readonly origin: Name | undefined;
  readonly originWire: Octets | undefined;
  start = 0;
  end = 0;
  quoted = false;
  private at = 0;
  private depth = 0;
  /** Where the parenthesis that is still open stands. */
  private opened = 0;

  constructor(octets: Octets, origin: Name | undefined) {
    this.octets = octets;
    this.origin = origin;
    this.originWire = origin === undefined ? undefined : nameToWire(origin);
  }

  more(): boolean {
    return this.skipSpace() < this.octets.length;
  }

  next(): boolean {
    const { octets } = this;
    let at = this.skipSpace();
    if (at >= octets.length) return false;
    this.quoted = octets[at] === quote;
    if (this.quoted) at++;
    this.start = at;
    const length = octets.length;
    while (at < length && (this.quoted ? octets[at] !== quote && octets[at] !== lineFeed : ends[octets[at]] === 0)) {
      at += octets[at] === backslash && at + 1 < length ? 2 : 1;
    }
    this.end = Math.min(at, length);
    if (this.quoted && octets[at] !== quote) {
      throw new FieldError('the quoted string has no closing quote', this.start - 1, this.end);
    }
    this.at = this.quoted ? at + 1 : this.end;
    return true;
  }

  /** Moves behind white space, comments and parentheses; the offset of what follows. */
  private skipSpace(): number {
    const { octets } = this;
    let lineEnd = -1;
    for (; this.at < octets.length; this.at++) {
      const octet = octets[this.at];
      if (octet === lineFeed) {
        if (this.depth === 0) lineEnd = this.at;
      } else if (octet === open) {
        if (this.depth++ === 0) this.opened = this.at;
      } else if (octet === close) {
        if (this.depth-- === 0)
          throw new FieldError('a closing parenthesis without an opening one', this.at, this.at + 1);
      } else if (octet === semicolon) {
        while (this.at + 1 < octets.length && octets[this.at + 1] !== lineFeed) this.at++;
      } else if (octet !== 0x20 && octet !== 0x09 && octet !== 0x0d) {
        break;
      }
    }
    if (this.at < octets.length && lineEnd >= 0) {
      throw new FieldError(
        'one record was expected: a line break stands inside parentheses only',
        lineEnd,
        this.at + 1,
      );
    }
    if (this.at >= octets.length && this.depth > 0) {
      throw new FieldError('the parenthesis is not closed', this.opened, this.opened + 1);
    }
    return this.at;
  }
}

/** The fields of one record; the offsets of its errors are octets of the text in UTF-8. */
export function fieldsOf(text: string, origin?: Name): FieldReader {
  return new TextFields(Buffer.from(text, 'utf8'), origin);
}

/** Why a text is no RDATA; `from`..`to` are UTF-16 units of the text. */
export interface RecordTextError {
  readonly error: string;
  readonly from: number;
  readonly to: number;
  /** A character-string is longer than one can be. */
  readonly isLongString: boolean;
}

/** For the text and wire form of one record at a time: a repository has tens of thousands. */
const textScratch = Buffer.alloc(1 << 12);
const wireScratch = new OctetWriter(1 << 10);

/** The octets of the text, which the next call may overwrite. */
function octetsOf(text: string): Octets {
  // A UTF-16 unit is three octets of UTF-8 at most.
  if (text.length * 3 > textScratch.length) return Buffer.from(text, 'utf8');
  return textScratch.subarray(0, textScratch.write(text, 'utf8'));
}

/** The wire form of a record's RDATA text; without an origin, names are absolute. */
export function encodeRecord(type: TypeCode, text: string, origin?: Name): Octets | RecordTextError {
  const fields = new TextFields(octetsOf(text), origin);
  const out = wireScratch;
  out.length = 0;
  try {
    encodeText(type, fields, out);
    return out.copy();
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    const units = (offset: number) => Buffer.from(fields.octets.subarray(0, offset)).toString('utf8').length;
    const ended = error.from < 0;
    return {
      error: error.message,
      isLongString: error instanceof LongStringError,
      from: ended ? text.length : units(error.from),
      to: ended ? text.length : units(error.to),
    };
  }
}
