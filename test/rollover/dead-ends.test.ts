/** States from which no way led on, each found in a random life: what the engine does in them, and where it ends. */
import { describe, expect, test } from 'vitest';
import type { KeyRecord } from '../../src/journal/journal.ts';
import { abort } from '../../src/rollover/abort.ts';
import { dsOf } from '../../src/rollover/ds-records.ts';
import { goInsecure, rollAlgorithm, rollCsk, rollKsk } from '../../src/rollover/requests.ts';
import { dsWanted } from '../../src/rollover/rrsets.ts';
import { day, hour, Life, policy, splitKeys, zone } from './life.ts';

const states = { H: 'hidden', R: 'rumoured', O: 'omnipresent', U: 'unretentive' } as const;
type Letter = keyof typeof states;

/** A zone with CSKs in these states, each the successor of the one before; `-`: the key is to go. The parent shows the DS that are O. */
function lifeWith(of: typeof policy, ...keys: readonly (readonly [algorithm: number, states: string])[]): Life {
  const life = new Life(of);
  const shown: string[] = [];
  for (const [algorithm, text] of keys) {
    const predecessor = life.journal.keys.find(({ successor }) => successor === undefined)?.id;
    const id = life.add({ role: 'csk', algorithm, predecessor, retires: [], reason: 'first' });
    const [dnskey, zrrsig, krrsig, ds] = [...text.replace('-', '')].map((letter) => ({
      state: states[letter as Letter],
      since: life.now,
    }));
    const goal: KeyRecord['goal'] = text.startsWith('-') ? 'hidden' : 'omnipresent';
    const keyed = life.journal.keys.map((key) => (key.id === id ? { ...key, goal, dnskey, zrrsig, krrsig, ds } : key));
    life.journal = { ...life.journal, keys: keyed };
    const key = keyed.find((each) => each.id === id)!;
    if (ds.state === 'omnipresent') shown.push(...of.parent.digests.map((type) => dsOf(zone, key, type)));
  }
  life.showDs(shown);
  return life;
}

describe('a parent that has no room', () => {
  const twoDs = { ...policy, algorithmOrder: 'bind' as const, parent: { ...policy.parent, maxDs: 2 } };

  test('the new key of an algorithm roll is rolled too: the key of the old algorithm leaves first', () => {
    const life = Life.signed(twoDs);
    life.policy = { ...twoDs, keys: { ...twoDs.keys, algorithm: 15 } };
    life.ask(rollAlgorithm(life.journal, life.policy)).story(30 * hour);
    life.ask(rollCsk(life.journal, { emergency: true })).build();
    expect(life.states()).toBe('K1 OOOO K2 OOOR K3 RHRH');
    expect(life.story().at(-1)?.[1]).toBe('K3 OOOO');
  });

  test.each([
    ['whose keys are not there', 'HHHO'],
    ['into a zone that nobody signs', 'OHOO'],
  ])('DS %s give their place to one that leads somewhere, in one step, and there is always one', (_, tuple) => {
    const life = lifeWith(twoDs, [15, `-${tuple}`], [15, `-${tuple}`], [13, 'OOOH']);
    life.build();
    expect(life.states()).toBe(`K1 ${tuple.slice(0, 3)}U K2 ${tuple.slice(0, 3)}U K3 OOOR`);
    expect(dsWanted(life.journal, twoDs)).toHaveLength(1);
    expect(life.story().at(-1)?.[1]).toBe('K3 OOOO');
  });

  test('the one DS is that of a key that is gone: the new one takes its place', () => {
    const life = lifeWith({ ...policy, parent: { ...policy.parent, maxDs: 1 } }, [13, '-HHHO']);
    expect(life.story().at(-1)?.[1]).toBe('K2 OOOO');
  });
});

describe('the parent is never asked for more DS than it takes', () => {
  const oneDs = { ...policy, parent: { ...policy.parent, maxDs: 1 } };

  test('a roll is taken back while the old DS is still there: the new one goes in the step that brings it back', () => {
    const life = Life.signed(oneDs);
    const ds = dsWanted(life.journal, oneDs);
    life.ask(rollCsk(life.journal)).turn();
    life.now += 3 * hour;
    life.build();
    life.publish();
    expect(life.states()).toBe('K1 OUOU K2 OROR');
    life.ask(abort(life.journal, life.now));
    life.showDs(ds);
    life.build();
    expect([life.states(), dsWanted(life.journal, oneDs)]).toEqual(['K1 OROR K2 OROU', ds]);
    expect(life.story().at(-1)?.[1]).toBe('K1 OOOO');
  });

  test('a DS that came early is not asked for before the old one may leave', () => {
    const life = Life.signed(oneDs);
    const ds = dsWanted(life.journal, oneDs);
    life.ask(rollCsk(life.journal)).build();
    life.showDs(life.journal.keys.map((key) => dsOf(zone, key, 2)));
    life.build();
    expect([life.states(), dsWanted(life.journal, oneDs)]).toEqual(['K1 OOOO K2 RHRU', ds]);
    expect(life.story().at(-1)?.[1]).toBe('K2 OOOO');
  });
});

describe('a stand-by key', () => {
  const standby = {
    ...policy,
    keys: { ...policy.keys, standby: 'ds' as const },
    parent: { ...policy.parent, maxDs: 2 },
  };

  test('is not made in the run that makes the key which takes over: for both DS there is no room', () => {
    const life = Life.signed(policy);
    life.policy = { ...standby, keys: { ...standby.keys, kskLifetime: 29 * day } };
    life.now += 30 * day;
    life.build();
    expect(life.states()).toBe('K1 OOOO K2 RHRH');
    expect(life.made).toHaveLength(2);
  });

  test('leaves where the parent has no room for it any more', () => {
    const life = Life.signed(standby);
    expect(life.states()).toBe('K1 OOOO K2 HHHO');
    life.policy = { ...standby, parent: { ...standby.parent, maxDs: 1 } };
    expect(life.story().at(-1)?.[1]).toBe('K1 OOOO');
  });
});

describe('a DS without its key', () => {
  test('put back while the zone is unsigned: key and signatures come at once', () => {
    const life = Life.signed(policy);
    const ds = dsWanted(life.journal, policy);
    life.ask(goInsecure(life.journal, life.now, 'operator')).story(26 * hour);
    expect(life.states()).toBe('K1 UUUH');
    life.ask(abort(life.journal, life.now));
    life.now += 30 * day;
    life.showDs(ds);
    life.build();
    expect(life.states()).toBe('K1 RRRR');
    expect(life.story().at(-1)?.[1]).toBe('K1 OOOO');
  });

  test('whose key is to go: the other key is published though nothing of it signs the zone yet', () => {
    const life = lifeWith(policy, [13, '-HOHO'], [13, 'HHHH']);
    life.build();
    expect(life.states()).toBe('K1 HOHO K2 RHRH');
    expect(life.story().at(-1)?.[1]).toBe('K2 OOOO');
  });
});

test('keys that change places arrive and leave by their own clocks', () => {
  const slow = { ...policy, ttls: { ...policy.ttls, dnskey: 2 * day }, parent: { ...policy.parent, maxDs: 1 } };
  const life = lifeWith(slow, [13, '-UHUO'], [13, 'HHHO']);
  life.turn();
  expect(life.states()).toBe('K1 UHUO K2 RRRO');
  expect(life.story().at(-1)?.[1]).toBe('K2 OOOO');
});

test('a DS leaves for another only when every cache can verify the zone with the algorithm of that one', () => {
  const slow = { ...policy, algorithmOrder: 'bind' as const, ttls: { ...policy.ttls, max: 10 * day } };
  const life = Life.signed(slow);
  life.policy = { ...slow, keys: { ...slow.keys, algorithm: 15 } };
  life.ask(rollAlgorithm(life.journal, life.policy)).turn();
  // The registrar is early, and the signatures of the new algorithm take ten days.
  life.showDs(life.journal.keys.map((key) => dsOf(zone, key, 2)));
  life.now += 4 * day;
  life.build();
  expect(life.states()).toBe('K1 OOOO K2 OROO');
  expect(life.story().at(-1)?.[1]).toBe('K2 OOOO');
});

test('digest types that were missing are seen: the roll that waited for them goes on', () => {
  const life = Life.signed({ ...splitKeys, parent: { ...policy.parent, digests: [2, 4] } });
  life.ask(rollKsk(life.journal)).build();
  life.publish();
  life.showDs(dsWanted(life.journal, life.policy).filter((record) => record.slice(6, 8) === '02'));
  life.now += 4 * hour;
  life.build();
  expect(life.states()).toBe('K1 OHOO K2 OOHH K3 OHOH');
  expect(life.story().at(-1)?.[1]).toBe('K2 OOHH K3 OHOO');
});
