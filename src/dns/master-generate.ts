/** BIND's $GENERATE: a range of numbers, and text in which `$` or `${offset,width,base}` stands for each of them. */
import type { Octets } from '../text/octets.ts';
import type { OctetWriter } from './fields.ts';
import { type RecordHeader, readHeader } from './master-header.ts';
import type { MasterLexer } from './master-lexer.ts';
import { SyntaxProblem } from './master-reading.ts';

/** Numbers are those of a C int, as in BIND. */
const maxNumber = 0x7fff_ffff;

/** Text with placeholders, and the octets of the file where it stands. */
export interface GenerateTemplate {
  readonly parts: readonly (Octets | Placeholder)[];
  readonly from: number;
  readonly to: number;
}

export interface GenerateDirective {
  readonly start: number;
  readonly step: number;
  readonly count: number;
  readonly rangeFrom: number;
  readonly rangeTo: number;
  readonly owner: GenerateTemplate;
  readonly fields: GenerateTemplate;
}

interface Placeholder {
  readonly offset: number;
  readonly width: number;
  readonly base: 'd' | 'o' | 'x' | 'X' | 'n' | 'N';
}

/**
 * Reads `range owner [ttl] [class] type data`; TTL and type go to `header`.
 *
 * @throws SyntaxProblem
 */
export function readGenerate(lexer: MasterLexer, header: RecordHeader): GenerateDirective {
  needField(lexer, 'a range');
  const range = parseRange(lexer);
  needField(lexer, 'an owner');
  const owner = parseTemplate(lexer.octets.subarray(lexer.start, lexer.end), lexer.start, lexer.end);
  readHeader(lexer, header);
  return { ...range, owner, fields: readFields(lexer) };
}

function needField(lexer: MasterLexer, what: string): void {
  if (!lexer.next()) throw new SyntaxProblem('master/generate', `${what} was expected, but the line ends`);
}

/** `start-stop[/step]` */
function parseRange({ octets, start: from, end: to }: MasterLexer) {
  const refuse = (what: string) => new SyntaxProblem('master/generate', what, from, to);
  const text = Buffer.from(octets.subarray(from, Math.min(to, from + 40))).toString('latin1');
  const parts = /^([0-9]{1,10})-([0-9]{1,10})(?:\/([0-9]{1,10}))?$/.exec(text);
  if (parts === null) throw refuse(`${JSON.stringify(text)} is not a range such as 1-100 or 0-254/2`);
  const [start, stop, step] = [Number(parts[1]), Number(parts[2]), Number(parts[3] ?? 1)];
  if (Math.max(start, stop, step) > maxNumber) throw refuse(`the numbers of the range ${text} go beyond ${maxNumber}`);
  if (start > stop) throw refuse(`the range ${text} starts after its end`);
  if (step === 0) throw refuse(`the range ${text} has a step of 0`);
  return { start, step, count: Math.floor((stop - start) / step) + 1, rangeFrom: from, rangeTo: to };
}

/** What is left of the record as one text; a single quoted string is taken without its quotes, as BIND does. */
function readFields(lexer: MasterLexer): GenerateTemplate {
  const fields: string[] = [];
  let from = -1;
  let to = -1;
  let quoted = false;
  while (lexer.next()) {
    quoted = lexer.quoted;
    const marks = quoted ? 1 : 0;
    if (from < 0) from = lexer.start - marks;
    to = lexer.end + marks;
    fields.push(Buffer.from(lexer.octets.subarray(lexer.start - marks, to)).toString('latin1'));
  }
  if (from < 0) throw new SyntaxProblem('master/generate', 'the data of the records was expected, but the line ends');
  const text = quoted && fields.length === 1 ? fields[0].slice(1, -1).replaceAll('\\"', '"') : fields.join(' ');
  return parseTemplate(Buffer.from(text, 'latin1'), from, to);
}

const dollar = 0x24;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const backslash = 0x5c;
/** Digits and dots: as wide as a name can be. */
const maxWidth = 254;

const longestPlaceholder = 30;

/** `$$` stands for a dollar sign, and so does `\$`. */
function parseTemplate(octets: Octets, from: number, to: number): GenerateTemplate {
  const parts: (Octets | Placeholder)[] = [];
  let literal = 0;
  const endLiteral = (at: number) => {
    if (at > literal) parts.push(octets.subarray(literal, at));
  };
  for (let i = 0; i < octets.length; i++) {
    if (octets[i] === backslash) {
      i++;
    } else if (octets[i] === dollar && octets[i + 1] === dollar) {
      endLiteral(++i);
      literal = i + 1;
    } else if (octets[i] === dollar) {
      endLiteral(i);
      const close = octets[i + 1] === openBrace ? octets.indexOf(closeBrace, i) : i;
      const end = close < 0 ? octets.length : close + 1;
      const text = Buffer.from(octets.subarray(i, Math.min(end, i + longestPlaceholder + 1))).toString('latin1');
      const placeholder = parsePlaceholder(text);
      if (typeof placeholder === 'string') throw new SyntaxProblem('master/generate', placeholder, from, to);
      parts.push(placeholder);
      i += text.length - 1;
      literal = i + 1;
    }
  }
  endLiteral(octets.length);
  return { parts, from, to };
}

/** A text says what is wrong. */
function parsePlaceholder(text: string): Placeholder | string {
  if (text === '$') return { offset: 0, width: 0, base: 'd' };
  const parts = /^\$\{(-?[0-9]{1,10})(?:,([0-9]{1,3})(?:,([doxXnN]))?)?\}$/.exec(text);
  if (parts === null) return `a placeholder is not of the form \${offset,width,base} with base one of d o x X n N`;
  const [offset, width] = [Number(parts[1]), Number(parts[2] ?? 0)];
  if (Math.abs(offset) > maxNumber) return `the offset ${offset} goes beyond ${maxNumber}`;
  if (width > maxWidth) return `the width ${width} is above ${maxWidth}`;
  return { offset, width, base: (parts[3] ?? 'd') as Placeholder['base'] };
}

/**
 * Appends the text for one number.
 *
 * @throws SyntaxProblem
 */
export function writeGenerated({ parts, from, to }: GenerateTemplate, number: number, out: OctetWriter): void {
  for (const part of parts) {
    if (part instanceof Uint8Array) {
      out.put(part);
      continue;
    }
    const value = number + part.offset;
    if (value > maxNumber || value < -maxNumber || (value < 0 && part.base !== 'd')) {
      const what = `${number} with the offset ${part.offset} gives ${value}, which has no form ${part.base}`;
      throw new SyntaxProblem('master/generate', what, from, to);
    }
    out.put(Buffer.from(forms[part.base](value, part.width), 'latin1'));
  }
}

const padded = (value: number, width: number, radix: number): string =>
  (value < 0 ? '-' : '') +
  Math.abs(value)
    .toString(radix)
    .padStart(value < 0 ? width - 1 : width, '0');

const forms: Record<Placeholder['base'], (value: number, width: number) => string> = {
  d: (value, width) => padded(value, width, 10),
  o: (value, width) => padded(value, width, 8),
  x: (value, width) => padded(value, width, 16),
  X: (value, width) => padded(value, width, 16).toUpperCase(),
  n: nibbles,
  N: (value, width) => nibbles(value, width).toUpperCase(),
};

/** Hexadecimal digits from the last to the first, each a label, for ip6.arpa; the width counts digits and dots. */
function nibbles(value: number, width: number): string {
  let text = '';
  let rest = value;
  let left = width;
  do {
    text += (rest & 0xf).toString(16);
    rest >>>= 4;
    if (left > 0) left--;
    if (left > 0 || rest !== 0) {
      text += '.';
      if (left > 0) left--;
    }
  } while (left > 0 || rest !== 0);
  return text;
}
