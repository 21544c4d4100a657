/** The substitution of NAPTR: `!expression!replacement!flags` (RFC 3402 section 3.2). */
import type { Octets } from '../../text/octets.ts';
import { type Field, refused } from './field.ts';
import { characterString } from './strings.ts';

const backslash = 0x5c;
const open = 0x28;
const close = 0x29;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const ignoreCase = 0x69;

function isDigit(octet: number): boolean {
  return octet >= 0x30 && octet <= 0x39;
}

/** Offsets of the delimiters, the one at the start included. */
function delimiters(octets: Octets, start: number, end: number): number[] {
  const at = [start];
  for (let i = start + 1; i < end; i++) {
    if (octets[i] === backslash) i++;
    else if (octets[i] === octets[start]) at.push(i);
  }
  return at;
}

/** The groups of an extended regular expression, or -1 where its brackets do not match. */
function groupCount(octets: Octets, start: number, end: number): number {
  let groups = 0;
  let depth = 0;
  for (let i = start; i < end; i++) {
    if (octets[i] === backslash) {
      i++;
    } else if (octets[i] === open) {
      groups++;
      depth++;
    } else if (octets[i] === close) {
      // Without an opening one it stands for itself (POSIX.2 section 2.8.4).
      if (depth > 0) depth--;
    } else if (octets[i] === openBracket) {
      // A closing bracket that comes first in the set, also after ^, is one of its characters.
      const first = octets[i + 1] === 0x5e ? i + 2 : i + 1;
      i = octets.indexOf(closeBracket, first + 1);
      if (i < 0 || i >= end) return -1;
    }
  }
  return depth === 0 ? groups : -1;
}

/** Why the text is no substitution; undefined where it is. The empty text says that there is none. */
function regexpError(octets: Octets, start: number, end: number): string | undefined {
  if (start === end) return undefined;
  const delimiter = octets[start];
  if (isDigit(delimiter) || delimiter === backslash || delimiter === ignoreCase || delimiter === 0) {
    return 'starts with a character that is no delimiter';
  }
  const at = delimiters(octets, start, end);
  if (at.length !== 3) return `has ${at.length} delimiters instead of 3, as in !expression!replacement!`;
  for (let i = at[2] + 1; i < end; i++) if (octets[i] !== ignoreCase) return 'has a flag other than i';
  if (at[1] === at[0] + 1) return 'has no expression between its first delimiters';
  const groups = groupCount(octets, at[0] + 1, at[1]);
  if (groups < 0 || octets.subarray(at[0], at[1]).includes(0)) return 'has an expression whose brackets do not match';
  for (let i = at[1] + 1; i < at[2]; i++) {
    if (octets[i] !== backslash) continue;
    i++;
    if (isDigit(octets[i]) && (octets[i] === 0x30 || octets[i] - 0x30 > groups)) {
      return `refers to group ${octets[i] - 0x30} of ${groups}`;
    }
  }
  return undefined;
}

export const naptrRegexp: Field<Octets> = {
  ...characterString,
  expected: 'a substitution such as !^.*$!sip:info@example.org!',
  read(fields, out) {
    const from = out.length;
    characterString.read(fields, out, true);
    const error = regexpError(out.octets, from + 1, out.length);
    if (error !== undefined) throw refused(fields, error);
  },
  end(octets, at, to) {
    const end = characterString.end(octets, at, to);
    return end < 0 || regexpError(octets, at + 1, end) !== undefined ? -1 : end;
  },
  explain(octets, at, to) {
    const end = characterString.end(octets, at, to);
    if (end < 0) return characterString.explain?.(octets, at, to) ?? '';
    return regexpError(octets, at + 1, end) ?? '';
  },
};
