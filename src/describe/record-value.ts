/**
 * One record value: a scalar of the file to content, checked by the codec of its type, with the caret inside the value.
 */
import { encodeRecord } from '../dns/field-text.ts';
import { type Name, presentName, wireNameLength } from '../dns/name.ts';
import { namesIn } from '../dns/rdata/index.ts';
import { rules as zoneRules } from '../dns/rules.ts';
import { Type, type TypeCode } from '../dns/type.ts';
import type { Octets } from '../text/octets.ts';
import type { Position, Problem } from '../text/problem.ts';
import type { RecordText } from './description.ts';
import { substitute } from './placeholder.ts';
import { complain, type Reading, textOf } from './reading.ts';
import { rules } from './rules.ts';
import { placeInside, placeOf, type YamlScalar } from './tree.ts';

export type RecordValue = Pick<RecordText, 'content' | 'rdata' | 'at'>;

/** How the scalar was written: as a value, or under `raw`. */
export type ValueForm = 'value' | 'raw';

/** Types whose scalar is content and not master-file text. */
const contentTypes = new Set<TypeCode>([Type.TXT, Type.SPF]);
const longestString = 255;
const longestRData = 0xffff;
const fromChild = 'from-child';

/**
 * Values that mean the same for every domain are read once: a template's records are checked when its first domain is
 * made, and their faults stand for all. Values with a placeholder, and `raw` with its origin, belong to one domain.
 */
export class ValueReader {
  private readonly known = new Map<YamlScalar, { type: TypeCode; value?: RecordValue; problems: readonly Problem[] }>();

  read(
    type: TypeCode,
    scalar: YamlScalar,
    form: ValueForm,
    reading: Reading & { domain: Name },
  ): RecordValue | undefined {
    if (form === 'raw' || scalar.text.includes('{{')) return readValue(type, scalar, form, reading);
    let made = this.known.get(scalar);
    if (made === undefined || made.type !== type) {
      const problems: Problem[] = [];
      const to = { problems, hasErrors: false, add: (problem: Problem) => void problems.push(problem) };
      const { bad, subject, domain } = reading;
      made = { type, value: readValue(type, scalar, form, { to, bad, subject, domain }), problems };
      this.known.set(scalar, made);
    }
    for (const problem of made.problems) reading.to.add(problem);
    return made.value;
  }
}

function readValue(
  type: TypeCode,
  scalar: YamlScalar,
  form: ValueForm,
  reading: Reading & { domain: Name },
): RecordValue | undefined {
  const text = textOf(scalar, reading);
  if (text === undefined) return undefined;
  const at = placeOf(scalar);
  if (form === 'raw') {
    const rdata = encode(type, text.trim(), scalar, reading, reading.domain);
    return rdata && { content: { kind: 'raw', text: text.trim(), origin: reading.domain }, rdata, at };
  }
  if (contentTypes.has(type)) {
    if (!fitsRData(text, at, reading)) return undefined;
    return { content: { kind: 'string', text }, at };
  }
  if (type === Type.DS && text === fromChild) return { content: { kind: fromChild }, at };
  const trimmed = text.trim();
  const semicolon = text.includes('\n') ? -1 : commentIn(trimmed);
  if (semicolon >= 0) {
    const error = 'a semicolon begins a comment in this form: all that follows it would be lost';
    const hint = 'put the part with the semicolon in double quotes, inside the quotes of YAML';
    const place = placeIn(scalar, text, semicolon, trimmed.length, reading.domain);
    complain(reading, rules['describe/record-value'], place, { error }, { hint });
    return undefined;
  }
  const rdata = encode(type, trimmed, scalar, reading);
  if (rdata === undefined || !checkTargets(type, rdata, trimmed, scalar, reading)) return undefined;
  return { content: { kind: 'text', text: trimmed }, rdata, at };
}

function encode(
  type: TypeCode,
  text: string,
  scalar: YamlScalar,
  reading: Reading & { domain: Name },
  origin?: Name,
): Octets | undefined {
  const rdata = encodeRecord(type, text, origin);
  if (rdata instanceof Uint8Array) return rdata;
  const [from, to] = rdata.to > rdata.from ? [rdata.from, rdata.to] : [0, text.length];
  const place = placeIn(scalar, text, from, to, reading.domain);
  if (rdata.isLongString) complain(reading, zoneRules['zone/txt-too-long'], place, { what: rdata.error });
  else complain(reading, rules['describe/record-value'], place, { error: rdata.error });
  return undefined;
}

/** The place of a part of the value, white space around it and placeholders in it counted. */
function placeIn(scalar: YamlScalar, text: string, from: number, to: number, domain: Name): Position {
  const made = substitute(scalar.text, domain);
  const lead = Math.max(0, made.text.indexOf(text));
  const start = made.written(lead + from);
  return placeInside(scalar, start, Math.max(start + 1, made.written(lead + to)));
}

/** Target names are absolute: a single label is a name that somebody meant to be relative. */
function checkTargets(
  type: TypeCode,
  rdata: Octets,
  text: string,
  scalar: YamlScalar,
  reading: Reading & { domain: Name },
): boolean {
  for (const { start } of namesIn(type, rdata)) {
    const first = rdata[start];
    if (first === 0 || wireNameLength(rdata, start) !== first + 2) continue;
    const label = presentName(rdata, start).slice(0, -1);
    // An IPv6 address is zone/mx-is-address.
    if (type === Type.MX && label.includes(':')) continue;
    const from = text
      .split(/(\s+)/)
      .reduce(
        (found, word, index, words) =>
          found < 0 && word.replace(/\.$/, '') === label ? words.slice(0, index).join('').length : found,
        -1,
      );
    const place = from < 0 ? placeOf(scalar) : placeIn(scalar, text, from, from + label.length, reading.domain);
    complain(reading, rules['describe/single-label'], place, { text: label });
    return false;
  }
  return true;
}

/** Whether the content fits into one record, cut into strings of 255 octets. */
function fitsRData(text: string, at: Position, reading: Reading): boolean {
  const octets = Buffer.byteLength(text);
  const length = octets + Math.max(1, Math.ceil(octets / longestString));
  if (length <= longestRData) return true;
  const error = `the text takes ${length} octets in a record; ${longestRData} are possible`;
  complain(reading, rules['describe/record-value'], at, { error });
  return false;
}

/** Where a comment of master-file text begins: a semicolon outside of quotes, not escaped; -1 where there is none. */
function commentIn(text: string): number {
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '\\') i++;
    else if (character === '"') quoted = !quoted;
    else if (character === ';' && !quoted) return i;
  }
  return -1;
}
