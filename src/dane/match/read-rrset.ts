/**
 * A TLSA RRset as people have it at hand: lines such as `3 1 1 8755cd…`, whole records as a zone file or dig writes them, or
 * both. Values that no client knows are read too: that they make a record unusable is the matcher's finding.
 */
import { type Name, parseName } from '../../dns/name.ts';
import { Type, typeCode } from '../../dns/type.ts';
import { fromHex, type Octets } from '../../text/octets.ts';
import { type Position, type Report, report } from '../../text/problem.ts';
import { choices, matchings, parseMatching, parseSelector, parseUsage, selectors, usages } from '../acronym.ts';
import { rules } from '../rules.ts';

interface Token {
  readonly text: string;
  readonly at: Position;
}

/** One record: its tokens, and whether its line begins with the owner. */
interface Entry {
  readonly tokens: readonly Token[];
  readonly hasOwner: boolean;
}

export interface ReadRRset {
  /** Undefined where the records have none. */
  readonly owner?: Name;
  /** Wire form; at least one. */
  readonly rrset: readonly Octets[];
}

/** Undefined after dane/field-range was reported. Records of other types are passed over. */
export function readRRset(file: string, text: string, to: Report): ReadRRset | undefined {
  const state: Reading = { to, rrset: [], failed: false };
  for (const entry of entries(file, text)) {
    if (entry.tokens[0].text.startsWith('$')) readDirective(entry, state);
    else readEntry(entry, state);
  }
  if (state.failed) return undefined;
  const { owner, rrset } = state;
  if (rrset.length > 0) return { owner, rrset };
  wrong(state, { file, line: 1, column: 1 }, 'the file', 'holds no TLSA record', expectedLine);
  return undefined;
}

const expectedLine = 'lines such as "3 1 1" and the digest in hexadecimal, or whole TLSA records';

interface Reading {
  readonly to: Report;
  readonly rrset: Octets[];
  origin?: Name;
  /** Of the record before, for lines that begin with a space. */
  lastOwner?: Name;
  /** Of the TLSA records. */
  owner?: Name;
  failed: boolean;
}

function wrong(state: Reading, at: Position, field: string, found: string, expected: string): undefined {
  const hint = 'give the records of one owner, one a line, such as the output of `dig OWNER TLSA`';
  report(state.to, rules['dane/field-range'], at, { field, found, expected }, { hint });
  state.failed = true;
}

/** $ORIGIN counts for owners; the others say nothing about RDATA. */
function readDirective({ tokens }: Entry, state: Reading): void {
  const origin =
    tokens[0].text.toUpperCase() === '$ORIGIN' ? parseName(tokens[1]?.text ?? '', state.origin) : undefined;
  if (typeof origin === 'string') state.origin = origin;
}

function readEntry({ tokens, hasOwner }: Entry, state: Reading): undefined {
  const [first] = tokens;
  if (isRData(tokens)) return readRData(tokens, first.at, state);
  // Before the type stand owner, TTL and class at most; an owner may be called like a type.
  const typeAt = tokens.findIndex(({ text }, i) => (i > 0 || !hasOwner) && i < 4 && typeCode(text) !== undefined);
  if (typeAt < 0) {
    if (typeCode(first.text) === Type.TLSA) return readRData(tokens.slice(1), first.at, state);
    return wrong(state, first.at, 'the line', `begins with ${JSON.stringify(first.text)}`, expectedLine);
  }
  if (hasOwner && !/^(?:in|[0-9]+)$/i.test(first.text)) {
    const owner = parseName(first.text, state.origin);
    if (typeof owner !== 'string') return wrong(state, first.at, 'the owner', owner.error, 'a domain name');
    state.lastOwner = owner;
  }
  if (typeCode(tokens[typeAt].text) !== Type.TLSA) return undefined;
  const { owner, lastOwner } = state;
  if (owner !== undefined && lastOwner !== owner) {
    return wrong(state, first.at, 'the owner', `is ${lastOwner}`, `${owner}, as before: a client asks for one RRset`);
  }
  state.owner = lastOwner;
  return readRData(tokens.slice(typeAt + 1), tokens[typeAt].at, state);
}

/** Whether a line is RDATA alone: `\#`, or two numbers that are no TTL or owner in front of a class or type. */
function isRData([first, second, third]: readonly Token[]): boolean {
  if (first.text === '\\#') return true;
  if (!isField(usages, parseUsage, first.text) || !isField(selectors, parseSelector, second?.text ?? '')) return false;
  return third === undefined || (typeCode(third.text) === undefined && third.text.toUpperCase() !== 'IN');
}

/** The fields of RFC 6698 section 2.2, or the generic form of RFC 3597 section 5. */
function readRData(tokens: readonly Token[], at: Position, state: Reading): undefined {
  const place = (index: number) => tokens[index]?.at ?? tokens.at(-1)?.at ?? at;
  const field = <T extends string>(
    index: number,
    name: string,
    table: readonly T[],
    parse: (text: string) => T | undefined,
  ) => {
    const text = tokens[index]?.text ?? '';
    if (isField(table, parse, text)) return /^[0-9]/.test(text) ? Number(text) : table.indexOf(parse(text) as T);
    return wrong(state, place(index), name, found(text), `a number up to 255: ${choices(table)}`);
  };
  if (tokens[0]?.text === '\\#') {
    const digits = joined(tokens.slice(2));
    const octets = digits === '' ? new Uint8Array(0) : fromHex(digits);
    if (octets === undefined) return wrong(state, place(2), 'the data', digitsFault(digits), 'hexadecimal octets');
    if (tokens[1]?.text !== String(octets.length))
      return wrong(
        state,
        place(1),
        'the number of octets',
        found(tokens[1]?.text ?? ''),
        `${octets.length}, as many as follow`,
      );
    state.rrset.push(octets);
    return undefined;
  }
  const usage = field(0, 'certificate usage', usages, parseUsage);
  const selector = usage === undefined ? undefined : field(1, 'selector', selectors, parseSelector);
  const matching = selector === undefined ? undefined : field(2, 'matching type', matchings, parseMatching);
  if (usage === undefined || selector === undefined || matching === undefined) return undefined;
  const digits = joined(tokens.slice(3));
  const data = fromHex(digits);
  if (data === undefined) return wrong(state, place(3), 'association data', digitsFault(digits), 'hexadecimal octets');
  state.rrset.push(Buffer.concat([Uint8Array.of(usage, selector, matching), data]));
  return undefined;
}

function isField<T extends string>(table: readonly T[], parse: (text: string) => T | undefined, text: string): boolean {
  return /^[0-9]{1,3}$/.test(text) ? Number(text) <= 255 : text !== '' && table.includes(parse(text) as T);
}

function joined(tokens: readonly Token[]): string {
  return tokens.map(({ text }) => text).join('');
}

function found(text: string): string {
  return text === '' ? 'is missing' : `is ${JSON.stringify(text)}`;
}

function digitsFault(digits: string): string {
  if (digits === '') return 'is missing';
  return /^[0-9a-f]+$/i.test(digits) ? `has ${digits.length} digits, an odd number` : 'is not hexadecimal';
}

/** Records of one line, or of several in parentheses; comments left out (RFC 1035 section 5.1). */
function* entries(file: string, text: string): Generator<Entry> {
  let tokens: Token[] = [];
  let hasOwner = false;
  let depth = 0;
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/);
  for (const [index, line] of lines.entries()) {
    if (tokens.length === 0) hasOwner = /^[^\s;()]/.test(line);
    for (const { 0: word, index: column } of line.replace(/;.*/, '').matchAll(/[()]|[^\s()]+/g)) {
      if (word === '(') depth++;
      else if (word === ')') depth = Math.max(0, depth - 1);
      else tokens.push({ text: word, at: { file, line: index + 1, column: column + 1, length: word.length } });
    }
    if (depth > 0 || tokens.length === 0) continue;
    yield { tokens, hasOwner };
    tokens = [];
  }
  if (tokens.length > 0) yield { tokens, hasOwner };
}
