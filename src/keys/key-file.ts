/**
 * The public half of a key: a file `K….key` with one DNSKEY record and, in comments, its timing. Read as dnssec-keygen and
 * ldns-keygen write it (and as an editor may leave it: several lines in parentheses), printed as dnssec-keygen does.
 */
import { parseName } from '../dns/name.ts';
import { algorithmOf, keyLabel } from '../dnssec/algorithm.ts';
import { asBuffer, base64, type Octets } from '../text/octets.ts';
import { type Position, type Report, report } from '../text/problem.ts';
import type { KeyTiming, ZoneKey } from './key.ts';
import { rules } from './rules.ts';
import { commentTime, parseTimingValue, timingField, timingLines } from './timing.ts';
import { isRevoked, isSep, zoneKey } from './zone-key.ts';

/** No key file is nearly as long: a DNSKEY of 4096 bits takes 800 characters. */
const longestFile = 65_536;

interface Word {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

interface Scan {
  /** Each record is one list of words. */
  readonly records: Word[][];
  readonly comments: Word[];
}

/** Splits into words; a `;` starts a comment, parentheses join lines. */
function scan(text: string): Scan {
  const records: Word[][] = [];
  const comments: Word[] = [];
  let words: Word[] = [];
  let depth = 0;
  for (const [index, row] of text.split('\n').entries()) {
    const line = index + 1;
    for (const match of row.matchAll(/;(.*)$|[()]|(?:\\.|[^\s;()])+/g)) {
      const [token] = match;
      const column = match.index + 1;
      if (match[1] !== undefined) comments.push({ text: match[1], line, column });
      else if (token === '(') depth++;
      else if (token === ')') depth = Math.max(0, depth - 1);
      else words.push({ text: token, line, column });
    }
    if (depth === 0 && words.length > 0) {
      records.push(words);
      words = [];
    }
  }
  if (words.length > 0) records.push(words);
  return { records, comments };
}

/**
 * The key of a file, or undefined with a problem in the report. Says nothing about whether the key may be used:
 * that is `checkKey`.
 */
export function parseKeyFile(file: string, octets: Octets, to: Report): ZoneKey | undefined {
  const unreadable = (what: string, word?: Word) => {
    const position: Position = {
      file,
      line: word?.line ?? 1,
      column: word?.column ?? 1,
      length: word?.text.length ?? 1,
    };
    report(to, rules['key/unreadable'], position, { what });
    return undefined;
  };
  if (octets.length > longestFile) return unreadable(`the file has ${octets.length} octets: it is no key file`);
  const { records, comments } = scan(asBuffer(octets).toString('utf8'));
  if (records.length === 0) return unreadable('the file holds no record: a DNSKEY record was expected');
  if (records.length > 1) return unreadable('a second record: a key file holds one DNSKEY record', records[1][0]);
  const [owner, ...rest] = records[0];
  const zone = parseName(owner.text);
  if (typeof zone !== 'string') return unreadable(`the owner ${owner.text} ${zone.error}`, owner);

  let ttl: number | undefined;
  let type = rest.shift();
  for (let count = 0; type !== undefined && count < 2; count++) {
    const seconds = parseTtl(type.text);
    if (seconds === undefined && type.text.toUpperCase() !== 'IN') break;
    if (seconds !== undefined) ttl = seconds;
    type = rest.shift();
  }
  if (type === undefined || type.text.toUpperCase() !== 'DNSKEY') {
    return unreadable(`a DNSKEY record was expected, found ${type?.text ?? 'the end of the record'}`, type ?? owner);
  }
  const [flagsWord, protocolWord, algorithmWord, ...keyWords] = rest;
  if (keyWords.length === 0) return unreadable('expected flags, protocol, algorithm and public key', type);
  const flags = wholeNumber(flagsWord.text, 0xffff);
  if (flags === undefined) return unreadable(`${flagsWord.text} is no flags field: 256 or 257 was expected`, flagsWord);
  const protocol = wholeNumber(protocolWord.text, 255);
  if (protocol === undefined) return unreadable(`${protocolWord.text} is no protocol: 3 was expected`, protocolWord);
  const algorithm = wholeNumber(algorithmWord.text, 255) ?? algorithmOf(algorithmWord.text)?.number;
  if (algorithm === undefined) return unreadable(`${algorithmWord.text} is no DNSSEC algorithm`, algorithmWord);
  const publicKey = decodeBase64(keyWords.map((word) => word.text).join(''));
  if (publicKey === undefined) return unreadable('the public key is not in Base64', keyWords[0]);
  if (protocol !== 3 || !isFlags(flags)) {
    const position = { file, line: flagsWord.line, column: flagsWord.column, length: flagsWord.text.length };
    report(to, rules['key/bad-flags'], position, { key: keyLabel(algorithm), flags, protocol });
    return undefined;
  }

  const timing: { -readonly [Field in keyof KeyTiming]: KeyTiming[Field] } = {};
  for (const comment of comments) {
    const parts = /^\s*([A-Za-z]+):(.*)$/.exec(comment.text.trimEnd());
    const field = parts === null ? undefined : timingField(parts[1]);
    if (parts === null || field === undefined) continue;
    const seconds = parseTimingValue(parts[2]);
    if (seconds === undefined) return unreadable(`${parts[1]} has no time: YYYYMMDDHHMMSS was expected`, comment);
    timing[field] = seconds;
  }
  return zoneKey({ zone, flags, algorithm, publicKey, timing, ttl, path: file.replace(/\.key$/, '') });
}

/** The zone flag, with SEP and REVOKE or without; every other bit is reserved (RFC 4034 section 2.1.1). */
function isFlags(flags: number): boolean {
  return (flags & ~0x0181) === 0 && (flags & 0x0100) !== 0;
}

function wholeNumber(text: string, largest: number): number | undefined {
  return /^[0-9]{1,5}$/.test(text) && Number(text) <= largest ? Number(text) : undefined;
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** `3600` or `1h30m`. */
function parseTtl(text: string): number | undefined {
  if (/^[0-9]{1,10}$/.test(text)) return Number(text);
  if (!/^(?:[0-9]{1,7}[smhdw])+$/i.test(text)) return undefined;
  let seconds = 0;
  for (const [, count, unit] of text.toLowerCase().matchAll(/([0-9]+)([smhdw])/g)) {
    seconds += Number(count) * unitSeconds[unit];
  }
  return seconds;
}

/** Undefined for whatever is not whole Base64 (RFC 4648 section 4). */
export function decodeBase64(text: string): Octets | undefined {
  if (text.length === 0 || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
  const octets = Buffer.from(text, 'base64');
  return octets.toString('base64') === text ? Uint8Array.from(octets) : undefined;
}

/** The file as dnssec-keygen writes it, so that BIND's programs read it. */
export function printKeyFile(key: ZoneKey): Octets {
  const revoked = isRevoked(key) ? 'revoked ' : '';
  const kind = isSep(key) ? 'key' : 'zone';
  const comments = timingLines(key.timing, (label, seconds) => `; ${label}: ${commentTime(seconds)}\n`);
  const ttl = key.ttl === undefined ? '' : ` ${key.ttl}`;
  return Buffer.from(
    `; This is a ${revoked}${kind}-signing key, keyid ${key.tag}, for ${key.zone}\n${comments}` +
      `${key.zone}${ttl} IN DNSKEY ${key.flags} 3 ${key.algorithm} ${chunks(base64(key.publicKey))}\n`,
    'latin1',
  );
}

/** Groups of 56 characters, as BIND writes Base64 on one line. */
function chunks(text: string): string {
  return (text.match(/.{1,56}/g) ?? []).join(' ');
}
