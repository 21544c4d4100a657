/**
 * A file `K….state`, which BIND's dnssec-policy keeps beside a key: where its records stand. It is read to take a zone over,
 * and written so that a zone can go back. The lines and their order are those of named 9.18.
 */
import { isKeyState, type KeyState, keyStates } from '../dnssec/key-state.ts';
import { asBuffer, type Octets } from '../text/octets.ts';
import { type Report, report } from '../text/problem.ts';
import type { ZoneKey } from './key.ts';
import { bitsOf } from './key-bits.ts';
import { rules } from './rules.ts';
import { commentTime, parseTimingValue } from './timing.ts';
import { isSep } from './zone-key.ts';

export interface KeyStateFile {
  readonly algorithm?: number;
  /** Bits of the key. */
  readonly length?: number;
  readonly ksk: boolean;
  readonly zsk: boolean;
  /** Seconds; 0: unlimited. */
  readonly lifetime?: number;
  /** Key tags. */
  readonly predecessor?: number;
  readonly successor?: number;
  readonly goal?: KeyState;
  readonly dnskey?: StateEntry;
  readonly zoneSignatures?: StateEntry;
  readonly keySignatures?: StateEntry;
  readonly ds?: StateEntry;
  /** What the key has done and is to do; Unix seconds. */
  readonly dates: { readonly [date in StateDate]?: number };
}

export interface StateEntry {
  readonly state: KeyState;
  /** Unix seconds of the last change. */
  readonly changed?: number;
}

/** In the order in which named prints them. */
const dates = {
  generated: 'Generated',
  published: 'Published',
  active: 'Active',
  retired: 'Retired',
  revoked: 'Revoked',
  removed: 'Removed',
  dsPublish: 'DSPublish',
  dsRemoved: 'DSRemoved',
  publishCds: 'PublishCDS',
  deleteCds: 'DeleteCDS',
} as const;

export type StateDate = keyof typeof dates;

const entries = [
  ['dnskey', 'DNSKEY'],
  ['zoneSignatures', 'ZRRSIG'],
  ['keySignatures', 'KRRSIG'],
  ['ds', 'DS'],
] as const;

/** Undefined, and reported, where a line cannot be read or gives a state that there is not: a guess could break a chain. */
export function parseStateFile(file: string, octets: Octets, to: Report): KeyStateFile | undefined {
  const values = new Map<string, { readonly text: string; readonly line: number }>();
  const fail = (line: number, what: string) => {
    report(to, rules['key/unreadable'], { file, line, column: 1 }, { what });
  };
  for (const [index, content] of asBuffer(octets).toString('latin1').split(/\r?\n/).entries()) {
    const text = content.replace(/;.*$/, '').trim();
    if (text === '') continue;
    const parts = /^([A-Za-z]+):\s*(.*)$/.exec(text);
    if (parts === null) {
      fail(index + 1, 'a line of a state file has the form Field: value');
      return undefined;
    }
    values.set(parts[1].toLowerCase(), { text: parts[2], line: index + 1 });
  }
  for (const label of [...entries.map(([, name]) => `${name}State`), 'GoalState']) {
    const value = values.get(label.toLowerCase());
    if (value === undefined || isKeyState(value.text.toLowerCase())) continue;
    fail(value.line, `${label}: expected one of ${keyStates.join(', ')}, found ${JSON.stringify(value.text)}`);
    return undefined;
  }
  const text = (label: string) => values.get(label.toLowerCase())?.text ?? '';
  const number = (label: string) => (/^[0-9]{1,10}$/.test(text(label)) ? Number(text(label)) : undefined);
  const state = (label: string) => {
    const found = text(label).toLowerCase();
    return isKeyState(found) ? found : undefined;
  };
  const entry = (name: string): StateEntry | undefined => {
    const found = state(`${name}State`);
    return found && { state: found, changed: parseTimingValue(text(`${name}Change`)) };
  };
  return {
    algorithm: number('Algorithm'),
    length: number('Length'),
    ksk: text('KSK') === 'yes',
    zsk: text('ZSK') === 'yes',
    lifetime: number('Lifetime'),
    predecessor: number('Predecessor'),
    successor: number('Successor'),
    goal: state('GoalState'),
    dnskey: entry('DNSKEY'),
    zoneSignatures: entry('ZRRSIG'),
    keySignatures: entry('KRRSIG'),
    ds: entry('DS'),
    dates: Object.fromEntries(
      Object.entries(dates).flatMap(([date, label]) => {
        const time = parseTimingValue(text(label));
        return time === undefined ? [] : [[date, time]];
      }),
    ),
  };
}

/** The file of a key, octet for octet as named writes it. */
export function printStateFile({ zone, tag }: Pick<ZoneKey, 'zone' | 'tag'>, file: KeyStateFile): string {
  const lines = [`; This is the state of key ${tag}, for ${zone === '.' ? zone : zone.replace(/\.?$/, '.')}`];
  const add = (label: string, value: string | number | undefined) => {
    if (value !== undefined) lines.push(`${label}: ${value}`);
  };
  const time = (seconds: number | undefined) => (seconds === undefined ? undefined : commentTime(seconds));
  add('Algorithm', file.algorithm);
  add('Length', file.length);
  add('Lifetime', file.lifetime);
  add('Predecessor', file.predecessor);
  add('Successor', file.successor);
  add('KSK', file.ksk ? 'yes' : 'no');
  add('ZSK', file.zsk ? 'yes' : 'no');
  for (const [date, label] of Object.entries(dates)) add(label, time(file.dates[date as StateDate]));
  for (const [field, name] of entries) add(`${name}Change`, time(file[field]?.changed));
  for (const [field, name] of entries) add(`${name}State`, file[field]?.state);
  add('GoalState', file.goal);
  return `${lines.join('\n')}\n`;
}

/** What a state file says that cannot be true of its key; undefined where it agrees. */
export function contradictionOf(file: KeyStateFile, key: ZoneKey): string | undefined {
  if (file.algorithm !== undefined && file.algorithm !== key.algorithm) {
    return `Algorithm: expected ${key.algorithm}, found ${file.algorithm}`;
  }
  if (file.length !== undefined && file.length !== bitsOf(key)) {
    return `Length: expected ${bitsOf(key)}, found ${file.length}`;
  }
  if (file.ksk && !isSep(key)) return `KSK: expected no for a key with flags ${key.flags}, found yes`;
  if (!file.ksk && isSep(key)) return `KSK: expected yes for a key with flags ${key.flags}, found no`;
  if (!file.ksk && !file.zsk) return 'KSK and ZSK: expected one of them to be yes, found no twice';
  if (file.goal !== undefined && file.goal !== 'hidden' && file.goal !== 'omnipresent') {
    return `GoalState: expected hidden or omnipresent, found ${file.goal}`;
  }
  const foreign = [
    ['ZRRSIGState', file.zsk, file.zoneSignatures],
    ['KRRSIGState', file.ksk, file.keySignatures],
    ['DSState', file.ksk, file.ds],
  ] as const;
  const found = foreign.find(([, has, entry]) => !has && entry !== undefined && entry.state !== 'hidden');
  if (found !== undefined) return `${found[0]}: the role of the key has none, found ${found[2]?.state}`;
  const self = (['predecessor', 'successor'] as const).find((field) => file[field] === key.tag);
  return self && `${self === 'predecessor' ? 'Predecessor' : 'Successor'}: expected another key, found the key itself`;
}
