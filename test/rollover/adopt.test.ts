import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { name } from '../../src/dns/name.ts';
import { keyId, newJournal } from '../../src/journal/journal.ts';
import type { KeyTiming, ZoneKey } from '../../src/keys/key.ts';
import { readKeySet } from '../../src/keys/key-set.ts';
import { parseStateFile, printStateFile } from '../../src/keys/state-file.ts';
import { sepFlags, zoneFlags, zoneKey } from '../../src/keys/zone-key.ts';
import { adoptKeys } from '../../src/rollover/adopt.ts';
import { dsOf } from '../../src/rollover/ds-records.ts';
import { tupleOf } from '../../src/rollover/key-records.ts';
import { rollKsk, rollZsk } from '../../src/rollover/requests.ts';
import { stateFileOf } from '../../src/rollover/state-files.ts';
import { newReport } from '../../src/text/problem.ts';
import { day, hour, Life, policy, splitKeys, zone } from './life.ts';

const now = 1_800_000_000;

function keyWith(timing: KeyTiming, flags: number = sepFlags, number = 1): ZoneKey {
  return zoneKey({ zone, flags, algorithm: 13, publicKey: new Uint8Array(64).fill(number), timing });
}

const adopt = (keys: readonly ZoneKey[], journal = newJournal(zone, now), at = now) =>
  adoptKeys({ keys, stateOf: () => undefined, journal, policy, now: at });

const shown = (keys: ReturnType<typeof adoptKeys>) => keys.map((key) => [key.role, key.goal, tupleOf(key)]);

describe('from the state files of named in the middle of a roll', () => {
  const folder = new URL('../vectors/rollover/state-files/', import.meta.url);

  function adopted(scenario: string) {
    const own = new URL(`${scenario}/`, folder);
    const paths = readdirSync(own);
    const to = newReport();
    const set = readKeySet(
      name(`${scenario}.test.`),
      paths.map((path) => ({ path: `keys/${path}`, octets: () => readFileSync(new URL(path, own)) })),
      to,
      { privateHalves: 'ignore' },
    );
    expect(to.hasErrors).toBe(false);
    const keys = adoptKeys({ keys: set.keys, stateOf: set.stateOf, journal: newJournal(set.zone, now), policy, now });
    return { set, keys };
  }

  test.each([
    [
      'csk-roll1',
      [
        ['csk', 'omnipresent', 'OROR'],
        ['csk', 'hidden', 'OUOU'],
      ],
    ],
    ['insecure-csk', [['csk', 'hidden', 'OOOU']]],
    [
      'ksk-roll',
      [
        ['zsk', 'omnipresent', 'OOHH'],
        ['ksk', 'omnipresent', 'OHOR'],
        ['ksk', 'hidden', 'OHOU'],
      ],
    ],
    [
      'algorithm-roll-ksk-zsk',
      [
        ['ksk', 'hidden', 'OHOU'],
        ['zsk', 'hidden', 'OOHH'],
        ['zsk', 'omnipresent', 'OOHH'],
        ['ksk', 'omnipresent', 'OHOR'],
      ],
    ],
  ])('%s', (scenario, expected) => {
    const { keys } = adopted(scenario);
    expect(shown(keys).sort()).toEqual([...expected].sort());
  });

  test('successors and predecessors belong together', () => {
    const { keys } = adopted('csk-roll1');
    const [young, old] = [keys.find(({ goal }) => goal === 'omnipresent'), keys.find(({ goal }) => goal === 'hidden')];
    expect([young?.predecessor, old?.successor]).toEqual([old?.id, young?.id]);
  });

  test('what is written back says the same of every record', () => {
    for (const scenario of readdirSync(folder)) {
      const { set, keys } = adopted(scenario);
      for (const key of set.keys) {
        const record = keys.find(({ id }) => id === keyId(key.algorithm, key.tag))!;
        const file = stateFileOf(record, key);
        const before = set.stateOf(key)!;
        expect({ ...file, dates: {} }).toEqual({ ...before, dates: {} });
        const to = newReport();
        expect(parseStateFile('K.state', Buffer.from(printStateFile(key, file)), to)).toEqual(
          JSON.parse(JSON.stringify(file)),
        );
      }
    }
  });
});

test('the length is that of the key, RSA included, as dnssec-keygen writes it', () => {
  const own = new URL('../vectors/keys/policy/', import.meta.url);
  const files = readdirSync(own).map((path) => ({
    path: `keys/${path}`,
    octets: () => readFileSync(new URL(path, own)),
  }));
  const set = readKeySet(name('example.test.'), files, newReport(), { privateHalves: 'ignore' });
  expect(set.keys.length).toBeGreaterThan(8);
  const keys = adopt(set.keys);
  const found = set.keys.map(
    (key) => stateFileOf(keys.find(({ id }) => id === keyId(key.algorithm, key.tag))!, key).length,
  );
  expect(found).toEqual(set.keys.map((key) => set.stateOf(key)?.length));
});

describe('from what was built without an engine', () => {
  test('everything starts out, is as far as evidence shows it, and goes on', () => {
    const life = Life.signed(splitKeys);
    const made = life.journal.keys;
    const keys = made.map(({ rdata }) => {
      const octets = Buffer.from(rdata, 'hex');
      return zoneKey({ zone, flags: octets.readUInt16BE(0), algorithm: octets[3], publicKey: octets.subarray(4) });
    });
    const stateOf = () => undefined;
    const { journal } = life;
    life.journal = {
      ...journal,
      keys: adoptKeys({ keys, stateOf, journal: { ...journal, keys: [] }, policy: splitKeys, now: life.now }),
    };
    expect(shown(life.journal.keys).sort()).toEqual([
      ['ksk', 'omnipresent', 'RHRR'],
      ['zsk', 'omnipresent', 'RRHH'],
    ]);
    life.build();
    expect(life.journal.keys.map(tupleOf).sort()).toEqual(['OHOO', 'OOHH']);
  });

  test('a key that was withdrawn lately is on its way out', () => {
    const life = Life.signed(splitKeys);
    life.ask(rollZsk(life.journal)).story(30 * hour);
    const keys = life.journal.keys.map(({ rdata }) => {
      const octets = Buffer.from(rdata, 'hex');
      return zoneKey({ zone, flags: octets.readUInt16BE(0), algorithm: octets[3], publicKey: octets.subarray(4) });
    });
    const adopted = adoptKeys({
      keys,
      stateOf: () => undefined,
      journal: { ...life.journal, keys: [] },
      policy: splitKeys,
      now: life.now,
    });
    expect(adopted.map(tupleOf).sort()).toEqual(['RHRR', 'RRHH', 'UHHH']);
  });
});

describe('from the dates of key files', () => {
  test.each<[string, KeyTiming, string[] | undefined]>([
    ['no dates: in use', {}, ['csk', 'omnipresent', 'RRRU']],
    ['published, not active', { publish: now - day, activate: now + day }, ['csk', 'omnipresent', 'RHHU']],
    ['active', { publish: now - day, activate: now - day }, ['csk', 'omnipresent', 'RRRU']],
    ['active without a date of publication', { activate: now - day }, ['csk', 'omnipresent', 'RRRU']],
    ['inactive', { publish: now - day, activate: now - day, inactive: now }, ['csk', 'hidden', 'RUUU']],
    ['not yet', { publish: now + 1, activate: now + 1 }, undefined],
    ['made in this second: no parent has its DS', { created: now, publish: now }, ['csk', 'omnipresent', 'RRRH']],
    ['deleted', { publish: now - day, activate: now - day, delete: now }, undefined],
  ])('%s', (_, timing, expected) => {
    expect(shown(adopt([keyWith(timing)]))).toEqual(expected === undefined ? [] : [expected]);
  });

  test('where nobody has looked at the parent, no step counts on a DS, or on its absence', () => {
    const life = new Life(splitKeys);
    const [ksk, zsk] = [keyWith({}), keyWith({}, zoneFlags)];
    life.journal = { ...life.journal, keys: adopt([ksk, zsk], life.journal) };
    life.build();
    life.publish();
    life.ask(rollZsk(life.journal)).ask(rollKsk(life.journal));
    life.build();
    // A roll before the first DS would withdraw the old keys at once.
    expect(life.journal.keys.filter(({ id }) => id === keyId(13, ksk.tag)).map(tupleOf)).toEqual(['RHRU']);
    expect(life.story().at(-1)?.[1]).toMatch(/^K1 OOHH K2 OHOO$|^K1 OHOO K2 OOHH$/);
  });

  test('a parent without DS makes it a first signing, one with a DS a zone in use', () => {
    const key = keyWith({});
    const record = { id: keyId(13, key.tag), rdata: Buffer.from(key.rdata).toString('hex') };
    const seen = (records: readonly string[]) => ({
      ...newJournal(zone, now),
      evidence: [{ id: 1, at: now, by: 'test', servers: [], fact: { kind: 'ds-seen', records, ttl: 0 } as const }],
    });
    expect(shown(adopt([key], seen([])))).toEqual([['csk', 'omnipresent', 'RRRH']]);
    expect(shown(adopt([key], seen([dsOf(zone, record, 2)])))).toEqual([['csk', 'omnipresent', 'RRRR']]);
  });
});
