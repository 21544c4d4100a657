/** The three rules of ROLLOVER section 2, asked of key sets that are written as their states: DNSKEY, ZRRSIG, KRRSIG, DS. */
import { describe, expect, test } from 'vitest';
import type { KeyState } from '../../src/dnssec/key-state.ts';
import type { KeyRecord } from '../../src/journal/journal.ts';
import { withMove } from '../../src/rollover/key-records.ts';
import { type KeyRecordName, keyRecords } from '../../src/rollover/move.ts';
import { brokenRule, holds, isSuccessor } from '../../src/rollover/safety.ts';
import { noSwitches, type Switch } from '../../src/rollover/switches.ts';

const states: Readonly<Record<string, KeyState>> = {
  H: 'hidden',
  R: 'rumoured',
  O: 'omnipresent',
  U: 'unretentive',
};

/** `A OOOO > B RHRH`: keys of algorithm 13; `>` stands between a key and its successor. `C:15` is of another algorithm. */
function keysOf(text: string): readonly KeyRecord[] {
  const words = text.split(' ');
  const keys: KeyRecord[] = [];
  for (let at = 0; at < words.length; at += 2) {
    if (words[at] === '>') at++;
    const [name, algorithm = '13'] = words[at].split(':');
    const own = [...words[at + 1]].map((letter, index) => [keyRecords[index], { state: states[letter], since: 0 }]);
    const follows = words[at - 1] === '>' ? keys.at(-1) : undefined;
    const id = `0${algorithm}+${name}`;
    if (follows !== undefined) keys[keys.length - 1] = { ...follows, successor: id };
    const records = Object.fromEntries(own) as Pick<KeyRecord, KeyRecordName>;
    keys.push({ id, role: 'csk', rdata: '', goal: 'omnipresent', created: 0, predecessor: follows?.id, ...records });
  }
  return keys;
}

describe('rule 1: some DS is, or is to be, at the parent', () => {
  test.each([
    ['A OOOO', true],
    ['A OOOR', true],
    ['A OOOU', false],
    ['A OOOU > B OOOR', true],
    ['A OOOU > B OOOH', false],
    ['A RRRH', true],
  ])('%s: %s', (text, expected) => {
    expect(holds(1, keysOf(text), 13, false)).toBe(expected);
    expect(holds(1, keysOf(text), 13, true)).toBe(true);
  });
});

describe('rule 2: whichever DS RRset and DNSKEY RRset a cache holds, one signs the other', () => {
  test.each([
    ['A OHOO', true],
    ['A RHRO', false],
    ['A OHRO', false],
    ['A UHUO', false],
    // DS swap.
    ['A OHOU > B OHOR', true],
    ['A UHUU > B OHOR', false],
    ['A OHOU > B RHRR', false],
    // KSK swap under a standing DS.
    ['A UHUO > B RHRO', true],
    ['A UHUO B RHRO', false],
    ['A OHUO > B OHRO', true],
    ['A UHOO > B RHOO', true],
    // No DS points to the key.
    ['A RHRH', true],
    ['A OHOU', true],
    ['A UHUU', false],
    ['A UHUU > B OHOO', true],
  ])('%s: %s', (text, expected) => {
    expect(holds(2, keysOf(text), 13, false)).toBe(expected);
  });
});

describe('rule 3: whichever DNSKEY RRset and RRset a cache holds, one signs the other', () => {
  test.each([
    ['A OOOO', true],
    ['A OROO', false],
    ['A OUOO', false],
    ['A OUOO > B ORHH', true],
    ['A OUOO B ORHH', false],
    ['A OUOO > B RRHH', false],
    ['A UOOO > B ROHH', true],
    ['A UOOO > B RRHH', false],
    ['A UUUH', true],
    ['A RRRH', true],
    ['A RHRO > B ROHH', true],
    ['A HOHO', true],
  ])('%s: %s', (text, expected) => {
    expect(holds(3, keysOf(text), 13, false)).toBe(expected);
  });

  test('each algorithm has to have its own', () => {
    const keys = keysOf('A OOOO B:15 ORRR');
    expect([holds(3, keys, 13, false), holds(3, keys, 15, false)]).toEqual([true, false]);
  });
});

describe('the successor of a key', () => {
  const relation = (text: string, before: string, after: string) => {
    const keys = keysOf(text);
    const key = (name: string) => keys.find(({ id }) => id.endsWith(`+${name}`))!;
    return isSuccessor(key(before), key(after), keys);
  };

  test('both keys have to say so', () => {
    expect(relation('A OUOO > B OROR', 'A', 'B')).toBe(true);
    const [a, b] = keysOf('A OUOO > B OROR');
    expect(isSuccessor(a, { ...b, predecessor: undefined }, [a, { ...b, predecessor: undefined }])).toBe(false);
  });

  test('not while another key counts on the predecessor: some caches have neither', () => {
    expect(relation('A OUOU > B OROR > C OROR', 'B', 'C')).toBe(false);
    expect(relation('A HHHH > B OUOU > C OROR', 'B', 'C')).toBe(true);
  });

  test('through keys in the same state', () => {
    expect(relation('A OUOO > B OUOO > C OROO', 'B', 'C')).toBe(true);
    expect(relation('A OUOO > B OUOO > C OROO', 'A', 'C')).toBe(true);
    expect(relation('A OUOO > B OOOO > C OROO', 'A', 'C')).toBe(false);
  });

  test('a ring of keys, as only a hand can write it, ends', () => {
    const [a, b] = keysOf('A OUOO > B OUOO');
    const ring = [
      { ...a, predecessor: b.id },
      { ...b, successor: a.id },
    ];
    expect(isSuccessor(ring[0], { ...b, id: '013+C' }, ring)).toBe(false);
  });
});

describe('a move', () => {
  const against = (text: string, record: KeyRecordName, to: string, off: readonly Switch[] = []) => {
    const keys = keysOf(text);
    const move = { key: keys[0].id, record, from: keys[0][record].state, to: states[to] };
    return brokenRule(keys, withMove(keys, move, 1), move, { ...noSwitches, insecure: false, off: new Set(off) });
  };

  test.each<[string, KeyRecordName, string, 1 | 2 | 3 | undefined]>([
    ['A OOOO', 'ds', 'U', 1],
    ['A OOOO > B OOOR', 'ds', 'U', undefined],
    ['A OOOO', 'dnskey', 'U', 2],
    ['A OOOO', 'zrrsig', 'U', 3],
    ['A OOOO > B OROH', 'zrrsig', 'U', undefined],
    ['A OOOO B OROH', 'zrrsig', 'U', 3],
  ])('%s, %s → %s: rule %s', (text, record, to, rule) => {
    expect(against(text, record, to)).toBe(rule);
    if (rule !== undefined) expect(against(text, record, to, [`rule-${rule}`])).not.toBe(rule);
  });

  test('may be made where a rule is broken before and after it, but nothing is withdrawn then', () => {
    expect(against('A RHRO', 'dnskey', 'O')).toBeUndefined();
    expect(against('A RHRO B RHRO', 'dnskey', 'U')).toBe(2);
    expect(against('A OOOR B RHRR', 'ds', 'U')).toBe(2);
  });

  test('takes a DS away that points to a key that is not there, or into a zone that is not signed', () => {
    expect(against('A HHHO B:15 OOOO', 'ds', 'U')).toBeUndefined();
    expect(against('A OHOO B:15 OOOO', 'ds', 'U')).toBeUndefined();
  });
});
