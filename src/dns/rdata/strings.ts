/** Character strings (RFC 1035 section 3.3): one, several, and text that fills the rest of the RDATA. */
import type { Octets } from '../../text/octets.ts';
import { type FieldReader, LongStringError, type OctetWriter } from '../fields.ts';
import { badEscape, escapedOctet } from '../name-text.ts';
import { copyOf, type Field, octetCount, refused, unexpected } from './field.ts';
import { putDecimalEscape } from './name-field.ts';

const backslash = 0x5c;
const quote = 0x22;

/** Appends the octets that a text stands for, escapes resolved, everything else as it is; returns what is wrong with an escape. */
export function resolveEscapes(octets: Octets, start: number, end: number, out: OctetWriter): string | undefined {
  out.reserve(end - start);
  const into = out.octets;
  let to = out.length;
  for (let i = start; i < end; i++) {
    let octet = octets[i];
    if (octet === backslash) {
      const escaped = escapedOctet(octets, i, end);
      if (escaped === -1) return 'ends in a backslash';
      if (escaped < 0) return badEscape(octets, i, end);
      i += escaped >= 0x100 ? 3 : 1;
      octet = escaped & 0xff;
    }
    into[to++] = octet;
  }
  out.length = to;
  return undefined;
}

function putUnescaped(fields: FieldReader, out: OctetWriter): void {
  const error = resolveEscapes(fields.octets, fields.start, fields.end, out);
  if (error !== undefined) throw refused(fields, error);
}

/** Appends octets in quotes: `"` and `\` behind a backslash, control octets and those above 126 as `\DDD`. */
export function putQuoted(octets: Octets, at: number, end: number, out: OctetWriter): void {
  out.reserve(4 * (end - at) + 2);
  const into = out.octets;
  into[out.length++] = quote;
  for (let i = at; i < end; i++) {
    const octet = octets[i];
    if (octet < 0x20 || octet >= 0x7f) {
      putDecimalEscape(octet, out);
      continue;
    }
    if (octet === quote || octet === backslash) into[out.length++] = backslash;
    into[out.length++] = octet;
  }
  into[out.length++] = quote;
}

function readString(fields: FieldReader, out: OctetWriter): void {
  const lengthAt = out.length;
  out.u8(0);
  putUnescaped(fields, out);
  const length = out.length - lengthAt - 1;
  if (length > 255) {
    const what = `a string holds at most 255 octets, this one has ${length}`;
    throw new LongStringError(what, fields.start, fields.end);
  }
  out.octets[lengthAt] = length;
}

function stringEnd(octets: Octets, at: number, to: number): number {
  return at < to && at + 1 + octets[at] <= to ? at + 1 + octets[at] : -1;
}

function encodeString(value: Octets, out: OctetWriter): void {
  if (value.length > 255) throw new RangeError(`a string holds at most 255 octets, not ${value.length}`);
  out.u8(value.length);
  out.put(value);
}

function explainString(octets: Octets, at: number, to: number): string {
  return at >= to ? 'needs a string' : `a string of ${octetCount(octets[at])} runs past the end`;
}

/** One string of at most 255 octets. */
export const characterString: Field<Octets> = {
  expected: 'a string',
  quotable: true,
  read: readString,
  end: stringEnd,
  explain: explainString,
  write: (octets, at, end, out) => putQuoted(octets, at + 1, end, out),
  decode: (octets, at, end) => copyOf(octets, at + 1, end),
  encode: encodeString,
};

/** One string that may be missing, at the end of the record: the subaddress of ISDN (RFC 1183 section 3.2). */
export const optionalString: Field<Octets | undefined> = {
  expected: 'a string',
  quotable: true,
  optional: true,
  read(fields, out, at) {
    if (at) readString(fields, out);
  },
  end: (octets, at, to) => (at === to ? to : stringEnd(octets, at, to)),
  explain: explainString,
  write: (octets, at, end, out) => putQuoted(octets, at + 1, end, out),
  decode: (octets, at, end) => (at === end ? undefined : copyOf(octets, at + 1, end)),
  encode(value, out) {
    if (value !== undefined) encodeString(value, out);
  },
};

/** The address of X25: four digits or more (RFC 1183 section 3.1). */
export const digits: Field<Octets> = {
  ...characterString,
  expected: 'a string of at least 4 digits',
  read(fields, out) {
    const from = out.length;
    readString(fields, out);
    if (digits.end(out.octets, from, out.length) < 0) throw unexpected(fields, digits.expected);
  },
  end(octets, at, to) {
    const end = stringEnd(octets, at, to);
    if (end < at + 5) return -1;
    for (let i = at + 1; i < end; i++) if (octets[i] < 0x30 || octets[i] > 0x39) return -1;
    return end;
  },
  explain: () => 'needs a string of at least 4 digits',
};

/** One string or more up to the end of the record. */
export const characterStrings: Field<readonly Octets[]> = {
  expected: 'a string',
  quotable: true,
  rest: true,
  read(fields, out) {
    do readString(fields, out);
    while (fields.next());
  },
  end(octets, at, to) {
    let i = stringEnd(octets, at, to);
    while (i >= 0 && i < to) i = stringEnd(octets, i, to);
    return i;
  },
  explain(octets, at, to) {
    let i = at;
    for (let next = stringEnd(octets, i, to); next >= 0; next = stringEnd(octets, i, to)) i = next;
    return explainString(octets, i, to);
  },
  write(octets, at, end, out) {
    for (let i = at; i < end; i += 1 + octets[i]) {
      if (i > at) out.u8(0x20);
      putQuoted(octets, i + 1, i + 1 + octets[i], out);
    }
  },
  decode(octets, at, end) {
    const strings: Octets[] = [];
    for (let i = at; i < end; i += 1 + octets[i]) strings.push(copyOf(octets, i + 1, i + 1 + octets[i]));
    return strings;
  },
  encode(strings, out) {
    if (strings.length === 0) throw new RangeError('at least one string is needed');
    for (const each of strings) encodeString(each, out);
  },
};

function fillingText(mustQuote: boolean, mayBeEmpty: boolean): Field<Octets> {
  const expected = mustQuote ? 'a string in quotes' : 'a string';
  return {
    expected,
    quotable: true,
    read(fields, out) {
      if (mustQuote && !fields.quoted) throw unexpected(fields, expected);
      const before = out.length;
      putUnescaped(fields, out);
      if (!mayBeEmpty && out.length === before) throw refused(fields, 'is empty');
    },
    end: (_octets, at, to) => (at < to || mayBeEmpty ? to : -1),
    explain: () => 'needs at least 1 octet',
    write: putQuoted,
    decode: (octets, at, end) => copyOf(octets, at, end),
    encode(value, out) {
      if (value.length === 0 && !mayBeEmpty) throw new RangeError('at least one octet is needed');
      out.put(value);
    },
  };
}

/** The value of CAA: the rest of the RDATA, of any length (RFC 8659 section 4.1.1). */
export const restText = fillingText(false, true);
/** The target of URI: in quotes, not empty (RFC 7553 sections 4.4 and 4.5). */
export const restUri = fillingText(true, false);

/** A string of letters and digits, not empty, not in quotes: the tag of CAA (RFC 8659 section 4.1). */
export const tag: Field<string> = {
  expected: 'a tag of letters and digits',
  read(fields, out) {
    readString(fields, out);
    const length = fields.end - fields.start;
    if (tagEnd(out.octets, out.length - length - 1, out.length) !== out.length) throw unexpected(fields, tag.expected);
  },
  end: tagEnd,
  write: (octets, at, end, out) => out.put(octets.subarray(at + 1, end)),
  decode: (octets, at, end) => Buffer.from(octets.subarray(at + 1, end)).toString('latin1'),
  encode(value, out) {
    if (!/^[a-z0-9]{1,255}$/i.test(value)) throw new RangeError(`${value} is not a tag of letters and digits`);
    encodeString(Buffer.from(value, 'latin1'), out);
  },
};

function tagEnd(octets: Octets, at: number, to: number): number {
  const end = stringEnd(octets, at, to);
  if (end <= at + 1) return -1;
  for (let i = at + 1; i < end; i++) {
    const octet = octets[i];
    const letter = octet | 0x20;
    if (!((octet >= 0x30 && octet <= 0x39) || (letter >= 0x61 && letter <= 0x7a))) return -1;
  }
  return end;
}
