/**
 * Reading names from text, octet by octet: escapes (RFC 1035 section 5.1), limits (section 2.3.4), IDNA label by label. The one
 * reader behind `parseName`, the RDATA of every type, and the owners of master files.
 */
import { domainToASCII } from 'node:url';
import type { Octets } from '../text/octets.ts';

/** Octets of a label and of a name in wire form, at most (RFC 1035 section 2.3.4). */
export const maxLabelLength = 63;
export const maxNameLength = 255;

const dot = 0x2e;
const backslash = 0x5c;
const at = 0x40;

/** How an octet stands in the text of a name. */
export const Form = { plain: 0, behindBackslash: 1, decimal: 2 } as const;

/** Octet → Form, as BIND writes names: the fewest escapes that any reader needs. */
export const octetForms: Uint8Array = Uint8Array.from({ length: 256 }, (_, octet) => {
  if (octet <= 0x20 || octet >= 0x7f) return Form.decimal;
  return '"$().;@\\'.includes(String.fromCharCode(octet)) ? Form.behindBackslash : Form.plain;
});

/** What an octet means in the text of a name. `forbidden`: it would end the field in a master file, so it needs an escape. */
const Kind = { plain: 0, dot: 1, backslash: 2, high: 3, forbidden: 4 } as const;
const kinds = Uint8Array.from({ length: 256 }, (_, octet) => {
  if (octet === dot) return Kind.dot;
  if (octet === backslash) return Kind.backslash;
  if (octet >= 0x80) return Kind.high;
  return octet <= 0x20 || octet === 0x7f || '"();'.includes(String.fromCharCode(octet)) ? Kind.forbidden : Kind.plain;
});

/**
 * Writes the wire form of the name that stands as text at `start`..`end` into `into` from `offset` on, where 255 octets are free;
 * case is kept. A text without a final dot is completed with `origin` (wire form); without an origin it is absolute. `@` alone
 * is the origin.
 *
 * @returns the offset past the name, or why the text is none: a sentence without its subject, to follow the quoted text.
 */
export function writeNameOfText(
  octets: Octets,
  start: number,
  end: number,
  origin: Octets | undefined,
  into: Octets,
  offset: number,
): number | string {
  if (end - start === 1) {
    if (octets[start] === at) return originOnly(origin, into, offset);
    if (octets[start] === dot) {
      into[offset] = 0;
      return offset + 1;
    }
  }
  const limit = offset + maxNameLength - 1;
  let labelAt = offset;
  let to = offset + 1;
  for (let i = start; i < end; i++) {
    let octet = octets[i];
    const kind = kinds[octet];
    if (kind !== Kind.plain) {
      if (kind === Kind.dot) {
        const length = to - labelAt - 1;
        if (length === 0) return 'has an empty label';
        if (length > maxLabelLength) return tooLongLabel;
        into[labelAt] = length;
        labelAt = to++;
        continue;
      }
      if (kind === Kind.high) return writeIdnName(octets, start, end, origin, into, offset);
      if (kind === Kind.forbidden) return `has ${characterName(octet)} without an escape`;
      const escaped = escapedOctet(octets, i, end);
      if (escaped < 0) return escaped === danglingEscape ? 'ends in a backslash' : badEscape(octets, i, end);
      i += escaped >= 0x100 ? 3 : 1;
      octet = escaped & 0xff;
    }
    if (to >= limit) return to - labelAt > maxLabelLength ? tooLongLabel : tooLongName;
    into[to++] = octet;
  }
  if (to === labelAt + 1) {
    if (to === offset + 1) return 'is empty: a name was expected';
    into[labelAt] = 0;
    return to;
  }
  if (to - labelAt - 1 > maxLabelLength) return tooLongLabel;
  into[labelAt] = to - labelAt - 1;
  if (origin === undefined) {
    into[to] = 0;
    return to + 1;
  }
  if (to + origin.length > offset + maxNameLength) return `${tooLongName} with the origin after it`;
  for (let i = 0; i < origin.length; i++) into[to++] = origin[i];
  return to;
}

const tooLongLabel = `has a label longer than ${maxLabelLength} octets`;
const tooLongName = `is longer than ${maxNameLength} octets`;

function originOnly(origin: Octets | undefined, into: Octets, offset: number): number | string {
  if (origin === undefined) return 'is the origin, and there is none here';
  into.set(origin, offset);
  return offset + origin.length;
}

function characterName(octet: number): string {
  if (octet === 0x20) return 'a space';
  if (octet < 0x20 || octet === 0x7f) return `the control character \\${String(octet).padStart(3, '0')}`;
  return `the character ${String.fromCharCode(octet)}`;
}

const danglingEscape = -1;

/**
 * The octet that the escape at `i` (a backslash) stands for, plus 0x100 where it is `\DDD`; -1 where the text ends behind the
 * backslash, -2 where the digits are not three or above 255.
 */
export function escapedOctet(octets: Octets, i: number, end: number): number {
  if (i + 1 >= end) return danglingEscape;
  const first = octets[i + 1] - 0x30;
  if (first < 0 || first > 9) return octets[i + 1];
  if (i + 3 >= end) return -2;
  const second = octets[i + 2] - 0x30;
  const third = octets[i + 3] - 0x30;
  if (second < 0 || second > 9 || third < 0 || third > 9) return -2;
  const value = first * 100 + second * 10 + third;
  return value > 0xff ? -2 : 0x100 | value;
}

/** Says what is wrong with the escape at `i`. */
export function badEscape(octets: Octets, i: number, end: number): string {
  const digits = /^[0-9]{1,3}/.exec(Buffer.from(octets.subarray(i + 1, Math.min(end, i + 4))).toString('latin1'));
  return `has the bad escape \\${digits?.[0] ?? ''}: three digits from 000 to 255 were expected`;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const dotsOutsideAscii = /[\u3002\uff0e\uff61]/;

/** The slow path: labels with characters outside ASCII become A-labels, and the text is read again. */
function writeIdnName(
  octets: Octets,
  start: number,
  end: number,
  origin: Octets | undefined,
  into: Octets,
  offset: number,
): number | string {
  let text: string;
  try {
    text = utf8.decode(Uint8Array.prototype.slice.call(octets, start, end));
  } catch {
    return 'is not valid UTF-8';
  }
  let ascii = '';
  let label = '';
  const flush = (): string | undefined => {
    const converted = /[^\x00-\x7f]/.test(label) ? labelToAscii(label) : label;
    if (converted === undefined) return `has the label ${label}, which IDNA does not allow`;
    ascii += converted;
    label = '';
    return undefined;
  };
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '\\') {
      label += text.slice(i, ++i + 1);
    } else if (character === '.' || dotsOutsideAscii.test(character)) {
      const error = flush();
      if (error !== undefined) return error;
      ascii += '.';
    } else {
      label += character;
    }
  }
  const error = flush();
  if (error !== undefined) return error;
  const converted = Buffer.from(ascii, 'latin1');
  return writeNameOfText(converted, 0, converted.length, origin, into, offset);
}

/**
 * The A-label (or ASCII label) of one label, by UTS 46; undefined where it has none. `domainToASCII` parses a host of a URL: `@`, `/`
 * or `%` would cut it and digits become an IPv4 address. So only letters, digits, `-` and `_` may stand beside the characters
 * outside ASCII, and a label that is no number follows.
 */
function labelToAscii(label: string): string | undefined {
  if (!/^[a-z0-9_\x80-\u{10ffff}-]+$/iu.test(label)) return undefined;
  const host = domainToASCII(`${label}.a`);
  const ascii = host.slice(0, -2);
  return host.endsWith('.a') && /^[a-z0-9_-]+$/.test(ascii) ? ascii : undefined;
}
