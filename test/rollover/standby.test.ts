/** Stand-by keys: rows as in sequences.test.ts, hours since the policy asked for one, or since the roll was asked for. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { abort } from '../../src/rollover/abort.ts';
import { emergencyOf } from '../../src/rollover/emergency.ts';
import { askRoll } from '../../src/rollover/pending.ts';
import type { RolloverPolicy } from '../../src/rollover/policy.ts';
import { prospectOf } from '../../src/rollover/prospect.ts';
import { goInsecure, rollAlgorithm, rollCsk, rollKsk } from '../../src/rollover/requests.ts';
import { dsWanted } from '../../src/rollover/rrsets.ts';
import { hour, Life, policy, splitKeys } from './life.ts';
import { live, lives } from './random-lives.ts';

type How = 'ds' | 'ds-and-dnskey' | 'none';

const standingBy = (of: RolloverPolicy, standby: How): RolloverPolicy => ({ ...of, keys: { ...of.keys, standby } });

/** A zone in service whose policy has asked for a stand-by key since a month. */
const withStandby = (of: RolloverPolicy, how: How = 'ds') => Life.signed(standingBy(of, how));

describe('a stand-by key comes when the chain of the zone is whole', () => {
  test.each([
    [
      'KSK, DS alone',
      splitKeys,
      'ds',
      [
        [0, 'K1 OHOO K2 OOHH K3 HHHR'],
        [25, 'K1 OHOO K2 OOHH K3 HHHO'],
      ],
    ],
    [
      'CSK, DS alone',
      policy,
      'ds',
      [
        [0, 'K1 OOOO K2 HHHR'],
        [25, 'K1 OOOO K2 HHHO'],
      ],
    ],
    [
      'KSK, its DNSKEY first',
      splitKeys,
      'ds-and-dnskey',
      [
        [0, 'K1 OHOO K2 OOHH K3 RHHH'],
        [3, 'K1 OHOO K2 OOHH K3 OHHR'],
        [28, 'K1 OHOO K2 OOHH K3 OHHO'],
      ],
    ],
    [
      'CSK, its DNSKEY first',
      policy,
      'ds-and-dnskey',
      [
        [0, 'K1 OOOO K2 RHHH'],
        [3, 'K1 OOOO K2 OHHR'],
        [28, 'K1 OOOO K2 OHHO'],
      ],
    ],
  ] as const)('%s', (_, of, how, rows) => {
    const life = Life.signed(of);
    life.policy = standingBy(of, how);
    expect(life.story()).toEqual(rows);
    expect(life.look()).toMatchObject({ wanted: [], blocked: [] });
  });

  test('not before its own DS is everywhere, and not while another key takes over', () => {
    const life = new Life(standingBy(splitKeys, 'ds'));
    expect(life.story()).toEqual([
      [0, 'K1 RHRH K2 RRHH'],
      [3, 'K1 OHOH K2 ORHH'],
      [25, 'K1 OHOR K2 OOHH'],
      [50, 'K1 OHOO K2 OOHH K3 HHHR'],
      [75, 'K1 OHOO K2 OOHH K3 HHHO'],
    ]);
  });

  test('with the algorithm and the digest types of the key in use', () => {
    const life = withStandby({ ...splitKeys, parent: { ...splitKeys.parent, digests: [2, 4] } });
    const kinds = dsWanted(life.journal, life.policy).map((record) => record.slice(4, 8));
    expect(kinds.sort()).toEqual(['0d02', '0d02', '0d04', '0d04']);
  });

  test('not where the parent has no room', () => {
    const parent = { ...splitKeys.parent, maxDs: 1 };
    expect(withStandby({ ...splitKeys, parent }).states()).toBe('K1 OHOO K2 OOHH');
  });
});

describe('a roll is taken over by the stand-by key, and another takes its place', () => {
  test('KSK: the DS of the old key goes when every cache has the DNSKEY of the new one', () => {
    const life = withStandby(splitKeys);
    expect(life.ask(rollKsk(life.journal, { emergency: true })).story()).toEqual([
      [0, 'K1 OHOO K2 OOHH K3 RHRO'],
      [3, 'K1 OHOU K2 OOHH K3 OHOO'],
      [29, 'K1 UHUH K2 OOHH K3 OHOO'],
      [31, 'K2 OOHH K3 OHOO K4 HHHR'],
      [56, 'K2 OOHH K3 OHOO K4 HHHO'],
    ]);
  });

  test('CSK', () => {
    const life = withStandby(policy);
    expect(life.ask(rollCsk(life.journal)).story().slice(0, 3)).toEqual([
      [0, 'K1 OOOO K2 RHRO'],
      [3, 'K1 OUOU K2 OROO'],
      [29, 'K1 UHUH K2 OOOO'],
    ]);
  });

  test('CSK whose DNSKEY is in the zone: it signs at once', () => {
    const life = withStandby(policy, 'ds-and-dnskey');
    expect(life.ask(rollCsk(life.journal)).story().slice(0, 3)).toEqual([
      [0, 'K1 OUOO K2 ORRO'],
      [3, 'K1 OUOU K2 OROO'],
      [26, 'K1 OHOU K2 OOOO'],
    ]);
  });

  test('a parent that takes two DS has room for it', () => {
    const life = withStandby({ ...splitKeys, parent: { ...splitKeys.parent, maxDs: 2 } });
    expect(life.ask(rollKsk(life.journal)).story()[1]).toEqual([3, 'K1 OHOU K2 OOHH K3 OHOO']);
  });

  test('a lifetime that ends rolls to it too', () => {
    const life = withStandby(splitKeys);
    life.policy = { ...life.policy, keys: { ...life.policy.keys, kskLifetime: 40 * 24 * hour } };
    const rows = life.story(60 * 24 * hour).map(([, states]) => states);
    expect(rows).toContain('K1 OHOU K2 OOHH K3 OHOO');
  });

  test('an attacker with the old key is believed 26 hours less than without it', () => {
    const until = (how: How) => {
      const life = withStandby(splitKeys, how);
      const request = { what: 'ksk', at: life.now, by: 'ann', why: 'compromised' } as const;
      const asked = askRoll(life.journal, life.policy, request);
      if ('error' in asked) throw new Error(asked.error);
      const [key] = life.journal.keys.filter(({ role, ds, krrsig }) => role === 'ksk' && ds.state === krrsig.state);
      const prospect = prospectOf(asked.journal, life.policy, life.now);
      return (emergencyOf(key, asked.journal, life.policy, prospect, life.now).exposure.until! - life.now) / hour;
    };
    expect([until('none'), until('ds')]).toEqual([54, 28]);
  });

  test('taken back, the key that stood by leaves, and another is made', () => {
    const life = withStandby(splitKeys);
    life.ask(rollKsk(life.journal)).turn();
    expect(life.ask(abort(life.journal, life.now)).story().at(-1)?.[1]).toBe('K1 OHOO K2 OOHH K4 HHHO');
  });
});

describe('a stand-by key leaves', () => {
  test.each([
    [
      'ds',
      [
        [0, 'K1 OHOO K2 OOHH K3 HHHU'],
        [25, 'K1 OHOO K2 OOHH'],
      ],
    ],
    [
      'ds-and-dnskey',
      [
        [0, 'K1 OHOO K2 OOHH K3 OHHU'],
        [25, 'K1 OHOO K2 OOHH K3 UHHH'],
        [27, 'K1 OHOO K2 OOHH'],
      ],
    ],
  ] as const)('when the policy wants none any more: %s', (how, rows) => {
    const life = withStandby(splitKeys, how);
    life.policy = standingBy(splitKeys, 'none');
    expect(life.story()).toEqual(rows);
  });

  test('with its algorithm, before the DS of the key in use', () => {
    const life = withStandby(policy);
    life.policy = { ...life.policy, keys: { ...life.policy.keys, algorithm: 15 } };
    expect(life.ask(rollAlgorithm(life.journal, life.policy)).story()).toEqual([
      [0, 'K1 OOOO K2 HHHU K3 HRHH'],
      [25, 'K1 OOOO K3 RORH'],
      [28, 'K1 OOOO K3 OOOR'],
      [53, 'K1 OOOU K3 OOOO'],
      [78, 'K1 UOUH K3 OOOO'],
      [80, 'K1 HUHH K3 OOOO'],
      [105, 'K3 OOOO K4 HHHR'],
      [130, 'K3 OOOO K4 HHHO'],
    ]);
  });

  test('before all others when the zone goes insecure', () => {
    const life = withStandby(policy);
    expect(life.ask(goInsecure(life.journal, life.now, 'ann')).story()).toEqual([
      [0, 'K1 OOOO K2 HHHU'],
      [25, 'K1 OOOU'],
      [50, 'K1 UUUH'],
      [52, 'K1 HUHH'],
      [75, ''],
    ]);
  });
});

test('random lives with a stand-by key break no law', () => {
  const broken = fc
    .sample(lives, { numRuns: Number(process.env.LIVES ?? 6), seed: Number(process.env.SEED ?? 4) })
    .filter((story) => story.policy.signatures.refresh > policy.signatures.refresh)
    .flatMap((story, index) => {
      const of = standingBy(story.policy, index % 2 === 0 ? 'ds' : 'ds-and-dnskey');
      return live({ ...story, policy: { ...of, parent: { ...of.parent, maxDs: 4 } } }).failures.slice(0, 3);
    });
  expect(broken).toEqual([]);
}, 600_000);
