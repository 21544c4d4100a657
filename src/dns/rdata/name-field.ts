/** Domain names in RDATA: text straight into the writer and back, case kept. */
import type { Octets } from '../../text/octets.ts';
import { FieldError, type FieldReader, type OctetWriter } from '../fields.ts';
import { maxNameLength, type Name, nameFromWire, nameToWire, wireNameLength } from '../name.ts';
import { Form, writeNameOfText } from '../name-text.ts';
import { type Field, type Span, shownText, unexpected } from './field.ts';
import { portable, type TextStyle } from './text-style.ts';

/**
 * Appends the wire form of the name at `start`..`end` of a text: escapes, `@`, IDNA label by label for what is not ASCII, limits.
 * Relative names are completed with `originWire`; without one they are absolute. Case is kept.
 *
 * @throws FieldError
 */
export function encodeName(
  octets: Octets,
  start: number,
  end: number,
  originWire: Octets | undefined,
  out: OctetWriter,
): void {
  out.reserve(maxNameLength);
  const after = writeNameOfText(octets, start, end, originWire, out.octets, out.length);
  if (typeof after === 'string') {
    throw new FieldError(`the name ${shownText(octets, start, end)} ${after}`, start, end);
  }
  out.length = after;
}

/** Appends `\DDD`; four octets must be free. */
export function putDecimalEscape(octet: number, out: OctetWriter): void {
  const octets = out.octets;
  octets[out.length++] = 0x5c;
  octets[out.length++] = 0x30 + ((octet / 100) | 0);
  octets[out.length++] = 0x30 + (((octet / 10) | 0) % 10);
  octets[out.length++] = 0x30 + (octet % 10);
}

/** Appends the presentation form of the wire name at `at`, absolute, case kept. The octets must hold a whole name. */
export function writeName(octets: Octets, at: number, out: OctetWriter, style: TextStyle = portable): void {
  const forms = style.nameForms;
  out.reserve(4 * maxNameLength);
  const into = out.octets;
  let to = out.length;
  let i = at;
  let length = octets[i++];
  if (length === 0) into[to++] = 0x2e;
  while (length !== 0) {
    for (const end = i + length; i < end; i++) {
      const octet = octets[i];
      const form = forms[octet];
      if (form === Form.plain) {
        into[to++] = octet;
      } else if (form === Form.behindBackslash) {
        into[to++] = 0x5c;
        into[to++] = octet;
      } else {
        out.length = to;
        putDecimalEscape(octet, out);
        to = out.length;
      }
    }
    into[to++] = 0x2e;
    length = octets[i++];
  }
  out.length = to;
}

/** Where the wire name at `at` ends, or -1 where none ends before `to`. */
export function nameEnd(octets: Octets, at: number, to: number): number {
  for (let i = at; i < to; ) {
    const length = octets[i];
    if (length > 63) return -1;
    i += length + 1;
    if (length === 0) return i <= to && i - at <= maxNameLength ? i : -1;
  }
  return -1;
}

function explainName(octets: Octets, at: number, to: number): string {
  for (let i = at; i < to && i - at < maxNameLength; i += octets[i] + 1) {
    if (octets[i] > 63) return `needs a name without compression, found a label length of ${octets[i]}`;
  }
  return wireNameLength(octets, at) < 0 && to - at >= maxNameLength
    ? `the name is longer than ${maxNameLength} octets`
    : 'the name runs past the end';
}

/** Appends the wire form of a name given as text, as typed objects hold it. */
export function putName(of: Name, out: OctetWriter): void {
  out.put(nameToWire(of));
}

function readName(fields: FieldReader, out: OctetWriter): void {
  if (fields.quoted) throw unexpected(fields, 'a name without quotes');
  encodeName(fields.octets, fields.start, fields.end, fields.originWire, out);
}

/** A name whose case canonical form keeps (RFC 4034 section 6.2 does not list the type; RFC 6840 section 5.1 for NSEC). */
export const casedName: Field<Name> = {
  expected: 'a name',
  read: readName,
  end: nameEnd,
  explain: explainName,
  write: (octets, at, _end, out, style) => writeName(octets, at, out, style),
  decode: (octets, at) => nameFromWire(octets, at),
  encode: putName,
  names: (_octets, start, end): Span[] => [{ start, end }],
};

/** A name that canonical form writes in lower case (RFC 4034 section 6.2). */
export const name: Field<Name> = { ...casedName, caseless: true };

/** Names up to the end of the record, maybe none. */
export const casedNames: Field<readonly Name[]> = {
  expected: 'names',
  rest: true,
  optional: true,
  read(fields, out, at) {
    for (let more = at; more; more = fields.next()) readName(fields, out);
  },
  end(octets, at, to) {
    let i = at;
    while (i >= 0 && i < to) i = nameEnd(octets, i, to);
    return i;
  },
  write(octets, at, end, out, style) {
    for (let i = at; i < end; i = nameEnd(octets, i, end)) {
      if (i > at) out.u8(0x20);
      writeName(octets, i, out, style);
    }
  },
  decode(octets, at, end) {
    const names: Name[] = [];
    for (let i = at; i < end; i = nameEnd(octets, i, end)) names.push(nameFromWire(octets, i));
    return names;
  },
  encode(names, out) {
    for (const each of names) putName(each, out);
  },
  *names(octets, at, end) {
    for (let i = at; i < end; ) {
      const start = i;
      i = nameEnd(octets, i, end);
      yield { start, end: i };
    }
  },
};
