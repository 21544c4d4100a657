/**
 * The private half of a key: a file `K….private` in BIND's form, versions 1.2 (ldns-keygen, dnssec-keygen -C) and 1.3.
 *
 * No message quotes anything of such a file, and every position is its first line, which a code frame may show.
 */
import type { JsonWebKey } from 'node:crypto';
import { secretOfPkcs8 } from '../crypto/pkcs8.ts';
import { algorithmName, algorithmOf } from '../dnssec/algorithm.ts';
import { asBuffer, base64, type Octets } from '../text/octets.ts';
import { type Report, report } from '../text/problem.ts';
import { dnssecTime } from '../text/time.ts';
import { reportUnusable } from './check.ts';
import type { KeyTiming, PrivateKey, ZoneKey } from './key.ts';
import { decodeBase64 } from './key-file.ts';
import { jwkOf, type NoPrivateKey, privateKeyOfRsa, privateKeyOfSecret } from './private-key.ts';
import { rules } from './rules.ts';
import { parseTimingValue, timingField, timingLines } from './timing.ts';

export interface PrivateKeyFile {
  readonly privateKey: PrivateKey;
  readonly timing: KeyTiming;
}

/** In the order in which BIND prints them; beside the member of a JWK. */
const rsaFields: readonly (readonly [label: string, member: 'n' | 'e' | 'd' | 'p' | 'q' | 'dp' | 'dq' | 'qi'])[] = [
  ['Modulus', 'n'],
  ['PublicExponent', 'e'],
  ['PrivateExponent', 'd'],
  ['Prime1', 'p'],
  ['Prime2', 'q'],
  ['Exponent1', 'dp'],
  ['Exponent2', 'dq'],
  ['Coefficient', 'qi'],
];

/** Timing and numbers that other versions of BIND write and that say nothing about what a key does here. */
const ignored = new Set(
  'dspublish dsdelete dsremoved predecessor successor maxttl rollperiod lifetime dspubcount dsremcount'.split(' '),
);

const rsaLabels = new Set(rsaFields.map(([label]) => label.toLowerCase()));

export function parsePrivateKeyFile(file: string, octets: Octets, to: Report): PrivateKeyFile | undefined {
  const unreadable = (what: string) => {
    report(to, rules['key/unreadable'], { file, line: 1, column: 1 }, { what });
    return undefined;
  };
  if (octets.length > 65_536) return unreadable(`the file has ${octets.length} octets: it is no private key file`);
  const lines = asBuffer(octets).toString('latin1').split(/\r?\n/);
  const version = /^Private-key-format:\s*v([0-9]+)\.([0-9]+)\s*$/.exec(lines[0]);
  if (version === null) return unreadable('the first line must be Private-key-format: v1.2 or v1.3');
  const newer = Number(version[2]) > 3;
  if (version[1] !== '1') return unreadable(`private key format v${version[1]}.${version[2]}: v1.2 or v1.3 expected`);

  const values = new Map<string, string>();
  const timing: { -readonly [Field in keyof KeyTiming]: KeyTiming[Field] } = {};
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line.trim() === '') continue;
    const parts = /^([A-Za-z][A-Za-z0-9-]*):\s*(.*?)\s*$/.exec(line);
    if (parts === null) return unreadable(`line ${index + 1} is not of the form Field: value`);
    const label = parts[1].toLowerCase();
    const field = timingField(label);
    if (field !== undefined) {
      const seconds = parseTimingValue(parts[2]);
      if (seconds === undefined) return unreadable(`line ${index + 1} has no time: YYYYMMDDHHMMSS was expected`);
      timing[field] = seconds;
    } else if (label === 'engine' || label === 'label') {
      return unreadable('the private key lies in a hardware module (Engine, Label), which is not supported');
    } else if (label === 'algorithm' || label === 'privatekey' || rsaLabels.has(label)) {
      if (values.has(label)) return unreadable(`line ${index + 1} repeats a field`);
      values.set(label, parts[2]);
    } else if (!newer && !ignored.has(label)) {
      return unreadable(`line ${index + 1} has a field that keys do not have`);
    }
  }

  const algorithm = /^([0-9]{1,3})(?:\s+\([^()]*\))?$/.exec(values.get('algorithm') ?? '');
  if (algorithm === null) return unreadable('the field Algorithm is missing or no number');
  const number = Number(algorithm[1]);
  const row = algorithmOf(number);
  if (row === undefined || !row.mayUse) {
    reportUnusable(number, { file, line: 1, column: 1 }, to);
    return undefined;
  }
  const privateKey = row.kind === 'rsa' ? rsaKey(number, values) : curveKey(number, values);
  if ('error' in privateKey) return unreadable(`the file ${privateKey.error}`);
  return { privateKey, timing };
}

function curveKey(algorithm: number, values: ReadonlyMap<string, string>): PrivateKey | NoPrivateKey {
  const text = values.get('privatekey');
  if (text === undefined) return { error: `has no field PrivateKey, which a key of ${algorithmName(algorithm)} needs` };
  const secret = decodeBase64(text);
  return secret === undefined
    ? { error: 'has a field PrivateKey that is not in Base64' }
    : privateKeyOfSecret(algorithm, secret);
}

function rsaKey(algorithm: number, values: ReadonlyMap<string, string>): PrivateKey | NoPrivateKey {
  const jwk: JsonWebKey = {};
  for (const [label, member] of rsaFields) {
    const text = values.get(label.toLowerCase());
    if (text === undefined) return { error: `has no field ${label}, which an RSA key needs` };
    const octets = decodeBase64(text);
    if (octets === undefined) return { error: `has a field ${label} that is not in Base64` };
    jwk[member] = asBuffer(octets).toString('base64url');
  }
  return privateKeyOfRsa(algorithm, jwk);
}

/** The file in BIND's form v1.3, with the timing of the public half. */
export function printPrivateKeyFile(key: ZoneKey, privateKey: PrivateKey): Octets {
  const row = algorithmOf(key.algorithm);
  if (row === undefined) throw new Error(`no form for a private key of algorithm ${key.algorithm}`);
  const fields = row.kind === 'rsa' ? printRsa(privateKey) : printCurve(privateKey);
  const timing = timingLines(key.timing, (label, seconds) => `${label}: ${dnssecTime(seconds)}\n`);
  return Buffer.from(
    `Private-key-format: v1.3\nAlgorithm: ${row.number} (${row.mnemonic})\n${fields}${timing}`,
    'latin1',
  );
}

function printCurve(privateKey: PrivateKey): string {
  const secret = secretOfPkcs8(privateKey.algorithm, privateKey.pkcs8);
  if (secret === undefined) throw new Error('a private key that is not in the form of PKCS#8 made here');
  return `PrivateKey: ${base64(secret)}\n`;
}

function printRsa(privateKey: PrivateKey): string {
  const jwk = jwkOf(privateKey);
  return rsaFields
    .map(([label, member]) => `${label}: ${Buffer.from(jwk[member] ?? '', 'base64url').toString('base64')}\n`)
    .join('');
}
