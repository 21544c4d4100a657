/** The templates of BIND's $GENERATE: a range of numbers, and text in which `$` or `${offset,width,base}` stands for each. */
import type { Octets } from '../text/octets.ts';
import type { OctetWriter } from './fields.ts';

export interface GenerateRange {
  readonly start: number;
  readonly stop: number;
  readonly step: number;
}

/** Numbers are those of a C int, as in BIND. */
const maxNumber = 0x7fff_ffff;

/** Reads `start-stop[/step]`; a text says why it is none. */
export function parseGenerateRange(text: string): GenerateRange | string {
  const parts = /^([0-9]{1,10})-([0-9]{1,10})(?:\/([0-9]{1,10}))?$/.exec(text);
  if (parts === null) return `${JSON.stringify(text)} is not a range such as 1-100 or 0-254/2`;
  const [start, stop, step] = [Number(parts[1]), Number(parts[2]), Number(parts[3] ?? 1)];
  if (Math.max(start, stop, step) > maxNumber) return `the numbers of the range ${text} end at ${maxNumber}`;
  if (start > stop) return `the range ${text} starts after its end`;
  if (step === 0) return `the range ${text} has a step of 0`;
  return { start, stop, step };
}

export function countOf({ start, stop, step }: GenerateRange): number {
  return Math.floor((stop - start) / step) + 1;
}

interface Placeholder {
  readonly offset: number;
  readonly width: number;
  readonly base: 'd' | 'o' | 'x' | 'X' | 'n' | 'N';
}

export type GenerateTemplate = readonly (Octets | Placeholder)[];

const dollar = '$'.charCodeAt(0);
const backslash = '\\'.charCodeAt(0);
/** As wide as a label can be. */
const maxWidth = 63;

/** Cuts a text at its placeholders; a text says what is wrong with one. `$$` is a dollar sign, and so is `\$`. */
export function parseGenerateTemplate(octets: Octets): GenerateTemplate | string {
  const parts: (Octets | Placeholder)[] = [];
  let from = 0;
  const flush = (to: number) => {
    if (to > from) parts.push(octets.subarray(from, to));
  };
  for (let i = 0; i < octets.length; i++) {
    if (octets[i] === backslash) {
      i++;
      continue;
    }
    if (octets[i] !== dollar) continue;
    if (octets[i + 1] === dollar) {
      flush(++i);
      from = i + 1;
      continue;
    }
    flush(i);
    const rest = Buffer.from(octets.subarray(i, i + 40)).toString('latin1');
    const braces = /^\$\{(-?[0-9]{1,10})(?:,([0-9]{1,3})(?:,([doxXnN]))?)?\}/.exec(rest);
    if (braces === null && rest[1] === '{') {
      const shown = /^[^}]*\}?/.exec(rest)![0];
      return `${shown} is not of the form \${offset,width,base} with base one of d o x X n N`;
    }
    const [, offset = '0', width = '0', base = 'd'] = braces ?? [];
    if (Math.abs(Number(offset)) > maxNumber) return `the offset ${offset} is too large`;
    if (Number(width) > maxWidth * 2) return `the width ${width} is above ${maxWidth * 2}`;
    parts.push({ offset: Number(offset), width: Number(width), base: base as Placeholder['base'] });
    i += (braces?.[0].length ?? 1) - 1;
    from = i + 1;
  }
  flush(octets.length);
  return parts;
}

/** Appends the text for one number; a text says why there is none. */
export function writeGenerated(template: GenerateTemplate, number: number, out: OctetWriter): string | undefined {
  for (const part of template) {
    if (part instanceof Uint8Array) {
      out.put(part);
      continue;
    }
    const value = number + part.offset;
    if (value < 0 || value > maxNumber) return `${number} with the offset ${part.offset} is not in 0..${maxNumber}`;
    out.put(Buffer.from(textOf(value, part), 'latin1'));
  }
  return undefined;
}

function textOf(value: number, { width, base }: Placeholder): string {
  switch (base) {
    case 'n':
      return nibbles(value, width);
    case 'N':
      return nibbles(value, width).toUpperCase();
    case 'd':
      return value.toString().padStart(width, '0');
    case 'o':
      return value.toString(8).padStart(width, '0');
    case 'x':
      return value.toString(16).padStart(width, '0');
    case 'X':
      return value.toString(16).toUpperCase().padStart(width, '0');
  }
}

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
