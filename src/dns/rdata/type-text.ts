/** RR type mnemonics as octets, for bitmaps and RRSIG: looked up and written without a string. */
import type { Octets } from '../../text/octets.ts';
import type { OctetWriter } from '../fields.ts';
import { newerTypes, Type, type TypeCode } from '../type.ts';
import { parseDecimal } from './numbers.ts';
import { canonical, portable, type TextStyle, typeText } from './text-style.ts';

const slots = 1024;
const table: { readonly text: Octets; readonly code: TypeCode }[][] = Array.from({ length: slots }, () => []);
const textsOf = (style: TextStyle): readonly Octets[] =>
  Array.from({ length: 512 }, (_, code) => Buffer.from(typeText(code, style), 'latin1'));
const canonicalTexts = textsOf(canonical);
const portableTexts = textsOf(portable);

/** Upper case of letters; digits and hyphens stay. */
function upper(octet: number): number {
  return octet >= 0x61 && octet <= 0x7a ? octet - 0x20 : octet;
}

function hash(octets: Octets, start: number, end: number): number {
  let value = end - start;
  for (let i = start; i < end; i++) value = (Math.imul(value, 31) + upper(octets[i])) | 0;
  return value & (slots - 1);
}

for (const [mnemonic, code] of [...Object.entries(Type), ...Object.entries(newerTypes)]) {
  const text = Buffer.from(mnemonic, 'latin1');
  table[hash(text, 0, text.length)].push({ text, code });
}

/** The number of the mnemonic or `TYPEnnn` at `start`..`end`, in any case; -1 where it is neither. */
export function typeOfText(octets: Octets, start: number, end: number): TypeCode {
  search: for (const entry of table[hash(octets, start, end)]) {
    const text = entry.text;
    if (text.length !== end - start) continue;
    for (let i = 0; i < text.length; i++) if (text[i] !== upper(octets[start + i])) continue search;
    return entry.code;
  }
  if (end - start < 5 || end - start > 9) return -1;
  for (let i = 0; i < 4; i++) if (upper(octets[start + i]) !== genericPrefix[i]) return -1;
  return parseDecimal(octets, start + 4, end, 0xffff);
}

const genericPrefix = Buffer.from('TYPE', 'latin1');

/** Appends the mnemonic or `TYPEnnn` of a type. */
export function writeTypeName(code: TypeCode, out: OctetWriter, style: TextStyle = portable): void {
  const texts = style === portable ? portableTexts : canonicalTexts;
  const text = texts[code] ?? Buffer.from(typeText(code, style), 'latin1');
  out.reserve(text.length);
  const into = out.octets;
  let to = out.length;
  for (let i = 0; i < text.length; i++) into[to++] = text[i];
  out.length = to;
}
