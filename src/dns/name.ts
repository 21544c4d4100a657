/**
 * Domain names (RFC 1035 section 3.1, RFC 4343).
 *
 * A `Name` is the presentation form, absolute, lower case, with the fewest escapes: two equal names are equal strings, so
 * a Name can be a key of a Map. Names inside RDATA whose case must be kept live in wire form in the zone's columns.
 */
import { domainToUnicode } from 'node:url';
import type { Octets } from '../text/octets.ts';
import { Form, maxLabelLength, maxNameLength, octetForms, writeNameOfText } from './name-text.ts';

declare const nameBrand: unique symbol;
/** An absolute domain name in lower-case presentation form, such as `mx1.example.org.`; the root is `.`. */
export type Name = string & { readonly [nameBrand]: true };

export const root = '.' as Name;

export { maxLabelLength, maxNameLength };

/** Why a text is not a name: a sentence without its subject, to follow the quoted text. */
export interface NameError {
  readonly error: string;
}

const labelText: string[] = Array.from(octetForms, (form, octet) => {
  if (form === Form.decimal) return `\\${String(octet).padStart(3, '0')}`;
  return (form === Form.behindBackslash ? '\\' : '') + String.fromCharCode(octet);
});

/** Maps A–Z to a–z and leaves every other octet: the only case folding of DNS (RFC 4343 section 3). */
export const lowerCase: Uint8Array = Uint8Array.from({ length: 256 }, (_, octet) =>
  octet >= 0x41 && octet <= 0x5a ? octet + 0x20 : octet,
);

/** The plain case of an absolute name of letters, digits, hyphens and underscores that needs no further look. */
const plain = /^(?:[a-z0-9_-]{1,63}\.)+$/;

/**
 * Reads a name. A text without a final dot is relative to `origin`; without an origin it is taken as absolute.
 * `@` alone is the origin. Labels with characters outside ASCII are converted by IDNA (UTS 46), label by label.
 */
export function parseName(text: string, origin?: Name): Name | NameError {
  if (text.length <= 200 && plain.test(text)) return text as Name;
  const wire = wireOfText(text, origin);
  return wire instanceof Uint8Array ? nameFromWire(wire) : wire;
}

/** The name of a text that the program itself wrote; a text that is no name is a bug. */
export function name(text: string): Name {
  const parsed = parseName(text);
  if (typeof parsed !== 'string') throw new Error(`${JSON.stringify(text)} ${parsed.error}`);
  return parsed;
}

/** The wire form of a name as it is written, case kept; see `parseName` for the origin. */
export function wireOfText(text: string, origin?: Name): Octets | NameError {
  const octets = Buffer.from(text, 'utf8');
  const wire = new Uint8Array(maxNameLength);
  const originWire = origin === undefined ? undefined : nameToWire(origin);
  const end = writeNameOfText(octets, 0, octets.length, originWire, wire, 0);
  return typeof end === 'number' ? wire.slice(0, end) : { error: end };
}

/** The name as people read it: A-labels shown as Unicode where they convert back to the same name. */
export function toUnicode(of: Name): string {
  if (!of.includes('xn--')) return of;
  const labels = of.split('.').map((label) => (label.startsWith('xn--') ? domainToUnicode(label) : label));
  const text = labels.join('.');
  return parseName(text) === of ? text : of;
}

/** Wire form, lower case; the form under which owners stand in zones and digests (RFC 4034 section 6.2). */
export function nameToWire(of: Name): Octets {
  if (of === root) return Uint8Array.of(0);
  if (!of.includes('\\')) {
    const wire = Buffer.allocUnsafe(of.length + 1);
    wire.write(of, 1, 'latin1');
    for (let start = 0; start < of.length; ) {
      const end = of.indexOf('.', start);
      wire[start] = end - start;
      start = end + 1;
    }
    wire[of.length] = 0;
    return wire;
  }
  const wire = wireOfText(of);
  if (!(wire instanceof Uint8Array)) throw new Error(`${of} ${wire.error}`);
  return wire;
}

/** The name whose uncompressed wire form starts at `offset`, in lower case. The octets must hold a whole name. */
export function nameFromWire(octets: Octets, offset = 0): Name {
  return presentName(octets, offset, true) as Name;
}

/** Presentation form of a wire name; case is kept unless `fold`. */
export function presentName(octets: Octets, offset = 0, fold = false): string {
  let at = offset;
  let length = octets[at++];
  if (length === 0) return '.';
  let text = '';
  while (length !== 0) {
    for (const end = at + length; at < end; at++) text += labelText[fold ? lowerCase[octets[at]] : octets[at]];
    text += '.';
    length = octets[at++];
  }
  return text;
}

/** Octets that the wire name at `offset` takes, its final zero included; -1 where it runs past the end or is no name. */
export function wireNameLength(octets: Octets, offset = 0): number {
  let at = offset;
  for (;;) {
    const length = octets[at];
    if (length === undefined || length > maxLabelLength) return -1;
    at += length + 1;
    if (at > octets.length || at - offset > maxNameLength) return -1;
    if (length === 0) return at - offset;
  }
}

/** The labels in presentation form, left to right, without the root. */
export function labelsOf(of: Name): string[] {
  if (of === root) return [];
  if (!of.includes('\\')) return of.slice(0, -1).split('.');
  return of.slice(0, -1).match(/(?:\\[0-9]{3}|\\.|[^.\\])+/gs) ?? [];
}

/** The number of labels, the root not counted. */
export function labelCount(of: Name): number {
  return labelsOf(of).length;
}

/** The name without its left-most label; undefined for the root. */
export function parentOf(of: Name): Name | undefined {
  if (of === root) return undefined;
  const rest = of.slice((of.includes('\\') ? labelsOf(of)[0].length : of.indexOf('.')) + 1);
  return (rest === '' ? root : rest) as Name;
}

/** The name itself and every name above it, the nearest first, the root last. */
export function* ancestors(of: Name): Generator<Name> {
  for (let at: Name | undefined = of; at !== undefined; at = parentOf(at)) yield at;
}

/** Whether `of` is `ancestor` or stands below it. */
export function isAtOrBelow(of: Name, ancestor: Name): boolean {
  if (ancestor === root || of === ancestor) return true;
  if (!of.endsWith(`.${ancestor}`)) return false;
  // `a\.example.` ends in `.example.` and is not below it.
  let backslashes = 0;
  for (let i = of.length - ancestor.length - 2; i >= 0 && of[i] === '\\'; i--) backslashes++;
  return backslashes % 2 === 0;
}

export function isBelow(of: Name, ancestor: Name): boolean {
  return of !== ancestor && isAtOrBelow(of, ancestor);
}

export function isWildcard(of: Name): boolean {
  return of.startsWith('*.');
}

/** `prefix` (one or more labels in presentation form, no final dot) in front of `base`; too long a name is an error. */
export function under(prefix: string, base: Name): Name | NameError {
  return parseName(base === root ? `${prefix}.` : `${prefix}.${base}`);
}

/** Canonical DNS name order (RFC 4034 section 6.1): by label from the right, lower case, shorter first. */
export function compareNames(a: Name, b: Name): number {
  if (a === b) return 0;
  const left = nameToWire(a);
  const right = nameToWire(b);
  const leftStarts = labelStarts(left);
  const rightStarts = labelStarts(right);
  for (let i = leftStarts.length - 1, j = rightStarts.length - 1; i >= 0 && j >= 0; i--, j--) {
    const s = leftStarts[i];
    const t = rightStarts[j];
    const order = Buffer.compare(left.subarray(s + 1, s + 1 + left[s]), right.subarray(t + 1, t + 1 + right[t]));
    if (order !== 0) return order;
  }
  return leftStarts.length - rightStarts.length;
}

function labelStarts(wire: Octets): number[] {
  const starts: number[] = [];
  for (let at = 0; wire[at] !== 0; at += wire[at] + 1) starts.push(at);
  return starts;
}
