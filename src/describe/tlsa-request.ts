/**
 * What TLSA records are asked for, as one text: `DANE-TA SPKI SHA2-256 "ISRG Root X1"`, `3 1 1`, or RDATA as it stands.
 */
import type { Position } from '../text/problem.ts';
import { onlyMeant, suggest } from '../text/suggest.ts';
import type { At, Service, TlsaRequest } from './description.ts';
import { complain, pathFrom, type Reading } from './reading.ts';
import { rules } from './rules.ts';

type Association = Extract<TlsaRequest, { kind: 'association' }>;

/**
 * The words that stage `dane` knows, with their numbers as places in the lists; handed in, so that there is one table.
 */
export interface DaneWords {
  /** `meant`: the text of the only service that can have been meant. */
  readonly parseService: (
    text: string,
  ) => Pick<Service, 'name' | 'port' | 'protocol'> | { readonly error: string; readonly meant?: string };
  readonly usages: readonly Association['usage'][];
  readonly selectors: readonly Association['selector'][];
  readonly matchings: readonly Association['matching'][];
}

/**
 * DANE-EE SPKI SHA2-256: it survives renewals that keep the key, and needs neither names nor dates (RFC 7671 section
 * 5.1).
 */
export function defaultRequest(at: Position): TlsaRequest {
  return { kind: 'association', usage: 'DANE-EE', selector: 'SPKI', matching: 'SHA2-256', at };
}

const form = /^(\S+)\s+(\S+)\s+(\S+)(?:\s+(.*\S))?\s*$/s;
const hexadecimal = /^[0-9a-f\s]+$/i;
/** A file and no subject: it has a folder or the ending of a certificate file. */
const certificateFile = /\/|\.(?:pem|crt|cer|der)$/i;

export function parseTlsaRequest(
  text: At<string>,
  words: DaneWords,
  reading: Reading,
  anchor?: At<string>,
): TlsaRequest | undefined {
  const { value, at } = text;
  const refuse: Refuse = (error, hint, meant) => {
    const fix = meant === undefined ? undefined : { position: at, text: meant };
    complain(reading, rules['describe/tlsa'], at, { error }, { hint, fix });
    return undefined;
  };
  const match = form.exec(value);
  if (match === null) return refuse(`usage, selector and matching type were expected, found ${JSON.stringify(value)}`);
  const inPlaceOf = (word: number) => (meant: string) => {
    const parts = value.split(/(\s+)/);
    parts[2 * (word - 1)] = meant;
    return parts.join('');
  };
  const rest = match[4];
  const isNamed = rest === undefined || /^".*"$/s.test(rest);
  // Whether a record that stands there can be used is for stage dane to say, in one place for all of them.
  if (!isNamed && isRData(match, words)) {
    if (anchor !== undefined) return refuse('data that stands there needs no anchor');
    return { kind: 'literal', text: rdataText(match, words), at };
  }
  const usage = lookUp(match[1], words.usages, 'usage', refuse, inPlaceOf(1));
  const selector = usage && lookUp(match[2], words.selectors, 'selector', refuse, inPlaceOf(2));
  const matching = selector && lookUp(match[3], words.matchings, 'matching type', refuse, inPlaceOf(3));
  if (usage === undefined || selector === undefined || matching === undefined) return undefined;

  if (isNamed) {
    const written = anchor?.value ?? rest?.slice(1, -1);
    const request: Association = { kind: 'association', usage, selector, matching, at };
    if (written === undefined) return request;
    if (usage !== 'DANE-TA' && usage !== 'PKIX-TA')
      return refuse(`an anchor goes with DANE-TA or PKIX-TA, not ${usage}`);
    if (anchor !== undefined && rest !== undefined) return refuse('the anchor is written twice');
    return { ...request, anchor: certificateFile.test(written) ? pathFrom(written, at.file) : written };
  }
  const error = `data in hexadecimal or a name in double quotes was expected, found ${JSON.stringify(rest)}`;
  const quoted = `${match[1]} ${match[2]} ${match[3]} "${rest}"`;
  const isName = usage.endsWith('-TA') && anchor === undefined && !rest.includes('"');
  return refuse(error, `put the name of the anchor in quotes: ${quoted}`, isName ? quoted : undefined);
}

/** Digits: fewer are the name of an anchor that lacks its quotes, such as E5. */
const shortestData = 32;

/** Whether the words in front are numbers or known, and what follows is meant to be association data. */
function isRData([, usage, selector, matching, rest]: readonly string[], words: DaneWords): boolean {
  const isKnown = (text: string, table: readonly string[]) =>
    /^[0-9]+$/.test(text) || table.some((word) => word.toLowerCase() === text.toLowerCase());
  if (!isKnown(usage, words.usages) || !isKnown(selector, words.selectors) || !isKnown(matching, words.matchings)) {
    return false;
  }
  const data = rest.replace(/\s+/g, '');
  if (data.length >= shortestData && /^[0-9a-z]+$/i.test(data) && !/\s[g-z]/i.test(` ${rest}`)) return true;
  const isAnchor = /-TA$|^[02]$/i.test(usage);
  return !isAnchor && hexadecimal.test(rest);
}

/** Numbers for the acronyms, data in one piece. */
function rdataText([, usage, selector, matching, rest]: readonly string[], words: DaneWords): string {
  const number = (text: string, table: readonly string[]) => {
    const known = table.findIndex((word) => word.toLowerCase() === text.toLowerCase());
    return known < 0 ? text : String(known);
  };
  const numbers = [number(usage, words.usages), number(selector, words.selectors), number(matching, words.matchings)];
  return `${numbers.join(' ')} ${rest.replace(/\s+/g, '').toLowerCase()}`;
}

/** `meant`: the whole request, where nothing else can have been meant. */
type Refuse = (error: string, hint?: string, meant?: string) => undefined;

/** How openssl and older papers write what RFC 7218 names. */
const spellings: ReadonlyMap<string, string> = new Map([
  ['SHA256', 'SHA2-256'],
  ['SHA-256', 'SHA2-256'],
  ['SHA512', 'SHA2-512'],
  ['SHA-512', 'SHA2-512'],
]);

function lookUp<T extends string>(
  text: string,
  table: readonly T[],
  what: string,
  refuse: Refuse,
  write: (meant: string) => string,
): T | undefined {
  const known = /^[0-9]+$/.test(text)
    ? table[Number(text)]
    : table.find((word) => word.toLowerCase() === text.toLowerCase());
  if (known !== undefined) return known;
  const spelt = table.find((word) => word === spellings.get(text.toUpperCase()));
  const near = spelt ?? suggest(text, table);
  const only = spelt ?? onlyMeant(text, table);
  const choices = table.map((word, number) => `${word} (${number})`).join(', ');
  return refuse(
    `${JSON.stringify(text)} is no ${what}`,
    near === undefined ? `possible are ${choices}` : `did you mean ${near}?`,
    only === undefined ? undefined : write(only),
  );
}
