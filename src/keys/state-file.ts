/** A file `K….state`, which BIND's dnssec-policy keeps beside a key. Read for listing and for taking a zone over. */
import { isKeyState, type KeyState } from '../dnssec/key-state.ts';
import { asBuffer, type Octets } from '../text/octets.ts';
import { type Report, report } from '../text/problem.ts';
import { rules } from './rules.ts';
import { parseTimingValue } from './timing.ts';

export interface KeyStateFile {
  readonly algorithm?: number;
  readonly ksk: boolean;
  readonly zsk: boolean;
  /** Seconds; 0: unlimited. */
  readonly lifetime?: number;
  readonly predecessor?: number;
  readonly successor?: number;
  readonly goal?: KeyState;
  readonly dnskey?: StateEntry;
  readonly zoneSignatures?: StateEntry;
  readonly keySignatures?: StateEntry;
  readonly ds?: StateEntry;
}

export interface StateEntry {
  readonly state: KeyState;
  /** Unix seconds of the last change. */
  readonly changed?: number;
}

/** BIND keeps further dates (Generated, Published …), which the other two files of the key have too. */
export function parseStateFile(file: string, octets: Octets, to: Report): KeyStateFile | undefined {
  const values = new Map<string, string>();
  for (const [index, line] of asBuffer(octets).toString('latin1').split(/\r?\n/).entries()) {
    const text = line.replace(/;.*$/, '').trim();
    if (text === '') continue;
    const parts = /^([A-Za-z]+):\s*(.*)$/.exec(text);
    if (parts === null) {
      const what = 'a line of a state file has the form Field: value';
      report(to, rules['key/unreadable'], { file, line: index + 1, column: 1 }, { what });
      return undefined;
    }
    values.set(parts[1].toLowerCase(), parts[2]);
  }
  const number = (label: string) =>
    /^[0-9]{1,10}$/.test(values.get(label) ?? '') ? Number(values.get(label)) : undefined;
  const state = (label: string) => {
    const text = values.get(label)?.toLowerCase() ?? '';
    return isKeyState(text) ? text : undefined;
  };
  const entry = (label: string): StateEntry | undefined => {
    const found = state(`${label}state`);
    return found && { state: found, changed: parseTimingValue(values.get(`${label}change`) ?? '') };
  };
  return {
    algorithm: number('algorithm'),
    ksk: values.get('ksk') === 'yes',
    zsk: values.get('zsk') === 'yes',
    lifetime: number('lifetime'),
    predecessor: number('predecessor'),
    successor: number('successor'),
    goal: state('goalstate'),
    dnskey: entry('dnskey'),
    zoneSignatures: entry('zrrsig'),
    keySignatures: entry('krrsig'),
    ds: entry('ds'),
  };
}
