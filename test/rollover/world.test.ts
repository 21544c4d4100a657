/** What goes otherwise than planned: nobody looks, the parent is early, people change their mind. */
import { describe, expect, test } from 'vitest';
import { name } from '../../src/dns/name.ts';
import { Type } from '../../src/dns/type.ts';
import { abort } from '../../src/rollover/abort.ts';
import { dsOf } from '../../src/rollover/ds-records.ts';
import { approveSteps, goInsecure, rollAlgorithm, rollCsk, rollKsk, rollZsk } from '../../src/rollover/requests.ts';
import { cdsWanted, deleteDs, dsWanted } from '../../src/rollover/rrsets.ts';
import { day, hour, Life, policy, splitKeys, zone } from './life.ts';

const keyNamed = (life: Life, key: string) => life.journal.keys.find(({ id }) => life.nameOf(id) === key)!;

describe('no evidence, no clock', () => {
  test('what nobody has seen published never arrives', () => {
    const life = new Life(policy);
    life.build();
    life.now += 365 * day;
    const { nextEvent, blocked } = life.build();
    expect([life.states(), nextEvent]).toEqual(['K1 RRRH', undefined]);
    expect(blocked.map(({ record, why }) => [record, why.kind === 'time' && why.wait.since])).toEqual([
      ['dnskey', { what: { kind: 'published', built: 1_800_000_000, what: `DNSKEY of ${life.journal.keys[0].id}` } }],
      ['zrrsig', expect.objectContaining({ at: undefined })],
      ['krrsig', expect.objectContaining({ at: undefined })],
      ['ds', false],
    ]);
  });

  test('a wait is counted from the day on which servers were seen', () => {
    const life = new Life(policy);
    life.build();
    life.now += 100 * hour;
    life.publish();
    expect(life.look().nextEvent).toBe(life.now + 3 * hour);
    life.now += 3 * hour - 1;
    life.build();
    expect(life.states()).toBe('K1 RRRH');
    life.now += 1;
    life.build();
    expect(life.states()).toBe('K1 OROH');
  });

  test('under publication by build the policy says when', () => {
    const life = new Life({ ...policy, publication: { kind: 'by-build', after: 2 * hour } });
    life.build();
    expect(life.look().nextEvent).toBe(life.now + 5 * hour);
  });

  test('a DS that nobody has seen at the parent keeps the roll where it is, for as long as it takes', () => {
    const life = Life.signed(splitKeys);
    life.ask(rollKsk(life.journal));
    for (let days = 0; days < 400; days++) {
      life.build();
      life.publish();
      life.now += day;
    }
    expect(life.states()).toBe('K1 OHOO K2 OOHH K3 OHOR');
    const waits = life.look().blocked.find(({ to }) => to === 'omnipresent');
    expect(waits?.why).toMatchObject({ kind: 'time', wait: { since: { what: { kind: 'ds-seen' }, at: undefined } } });
  });

  test('with a clock behind the journal nothing moves', () => {
    const life = Life.signed(policy);
    const { keys } = life.journal;
    life.ask(rollCsk(life.journal));
    life.journal = { ...life.journal, changed: life.now };
    life.now -= hour;
    expect(life.look()).toMatchObject({ moves: [], wanted: [] });
    expect(life.look().keys).toHaveLength(keys.length + 1);
  });
});

describe('the largest TTL that may still be cached counts, not the setting of today', () => {
  test('a DNSKEY TTL lowered on the day of the roll shortens nothing', () => {
    const life = Life.signed({ ...splitKeys, ttls: { ...policy.ttls, dnskey: 20 * hour } });
    life.policy = splitKeys;
    life.ask(rollZsk(life.journal)).turn();
    expect(life.look().nextEvent).toBe(life.now + 22 * hour);
  });

  test('TTLs lowered after the first signed build: unsigned answers from before it may have had the old ones', () => {
    const life = new Life(policy);
    life.turn();
    life.policy = { ...policy, ttls: { ...policy.ttls, max: hour } };
    expect(life.story(3 * day).find(([, states]) => states === 'K1 OOOR')).toEqual([25, 'K1 OOOR']);
  });

  test('a DS TTL that is longer at the parent than in the policy is waited for', () => {
    const life = new Life(policy);
    life.story(30 * hour);
    life.showDs(undefined, 2 * day);
    life.now += 49 * hour;
    life.build();
    expect(life.states()).toBe('K1 OOOO');
  });
});

describe('the state follows the parent', () => {
  test('a DS that came too early counts as there, and nothing that it needs is withdrawn', () => {
    const life = Life.signed(splitKeys);
    life.ask(rollKsk(life.journal)).turn();
    const [old, young] = [keyNamed(life, 'K1'), keyNamed(life, 'K3')];
    life.showDs([dsOf(zone, old, 2), dsOf(zone, young, 2)]);
    life.build();
    expect(life.states()).toBe('K1 OHOO K2 OOHH K3 RHRR');
    expect(life.story().at(-1)?.[1]).toBe('K2 OOHH K3 OHOO');
  });

  test('a DS that left too early is asked for again, and its key stays', () => {
    const life = Life.signed(splitKeys);
    life.ask(rollKsk(life.journal)).turn();
    life.showDs([dsOf(zone, keyNamed(life, 'K3'), 2)]);
    life.build();
    expect(life.states()).toBe('K1 OHOU K2 OOHH K3 RHRR');
    life.publish();
    expect(
      life
        .look()
        .blocked.filter(({ to }) => to === 'unretentive')
        .map(({ record }) => record),
    ).toEqual(['dnskey', 'krrsig']);
    expect(life.story().at(-1)?.[1]).toBe('K2 OOHH K3 OHOO');
  });

  test('a look from before a DS was asked for, or withdrawn, does not show that it is gone, or back', () => {
    const life = Life.signed({ ...splitKeys, parent: { ...policy.parent, maxDs: 1 } });
    life.ask(rollKsk(life.journal)).story(2 * hour);
    life.now += 3 * hour;
    life.build();
    expect(life.states()).toBe('K1 OHOU K2 OOHH K3 OHOR');
    // The registrar has the new DS, and nobody looks; then the roll is taken back.
    life.now += day;
    life.ask(abort(life.journal, life.now)).build();
    life.now += 3 * day;
    life.build();
    expect(life.states()).toBe('K1 OHOR K2 OOHH K3 OHOU');
    life.showDs();
    expect(life.story().at(-1)?.[1]).toBe('K1 OHOO K2 OOHH');
  });

  test('where the parent reads CDS, a DS that is seen while servers still ask for none counts from the CDS that asks for it', () => {
    const life = Life.signed({ ...policy, parent: { ...policy.parent, interface: 'cds' } });
    life.ask(goInsecure(life.journal, life.now, 'operator')).turn();
    life.ask(abort(life.journal, life.now)).build();
    // Brought back by hand; the file that asks for it waits for somebody who publishes it.
    life.showDs();
    life.now += 3 * day;
    life.build();
    expect(life.states()).toBe('K1 OOOR');
    expect(life.look().blocked).toMatchObject([
      { record: 'ds', to: 'omnipresent', why: { wait: { since: { what: { kind: 'published' }, at: undefined } } } },
    ]);
    life.publish();
    expect(life.look().nextEvent).toBe(life.now + 25 * hour);
    expect(life.story().at(-1)?.[1]).toBe('K1 OOOO');
  });

  test('where the parent reads CDS, a DS that is not seen is gone only when no server asks for it any more', () => {
    const life = Life.signed({ ...splitKeys, parent: { ...policy.parent, interface: 'cds', maxDs: 1 } });
    life.ask(rollKsk(life.journal)).story(2 * hour);
    life.now += 3 * hour;
    life.build();
    expect(life.states()).toBe('K1 OHOU K2 OOHH K3 OHOR');
    life.showDs();
    life.now += 10 * day;
    life.build();
    expect(life.states()).toBe('K1 OHOU K2 OOHH K3 OHOR');
    life.publish();
    expect(life.story().at(-1)?.[1]).toBe('K2 OOHH K3 OHOO');
  });

  test('without any roll, a DS that vanished is wanted back', () => {
    const life = Life.signed(policy);
    life.showDs([]);
    life.build();
    expect(life.states()).toBe('K1 OOOR');
    expect(dsWanted(life.journal, policy)).toHaveLength(1);
    expect(life.story().at(-1)?.[1]).toBe('K1 OOOO');
  });

  test('the only DS vanished while its key is being replaced: it is asked for again, never none', () => {
    const life = Life.signed(splitKeys);
    const old = keyNamed(life, 'K1');
    life.ask(rollKsk(life.journal)).build();
    life.publish();
    life.showDs([]);
    life.now += 10 * day;
    life.build();
    expect(life.states()).toBe('K1 OHOR K2 OOHH K3 OHOR');
    expect(dsWanted(life.journal, splitKeys)).toContain(dsOf(zone, old, 2));
    expect(life.story().at(-1)?.[1]).toBe('K2 OOHH K3 OHOO');
  });

  test('both DS of a roll give way to a stray one while the new key is in no cache: the old one is asked for again, never none', () => {
    const atomic = { ...splitKeys, parent: { ...policy.parent, replace: 'atomic' as const } };
    const life = Life.signed(atomic);
    const stray = dsOf(zone, keyNamed(life, 'K1'), 2);
    life.ask(rollKsk(life.journal)).story();
    expect(life.states()).toBe('K2 OOHH K3 OHOO');
    const old = dsOf(zone, keyNamed(life, 'K3'), 2);
    life.ask(rollKsk(life.journal)).build();
    // The registrar is early, and nobody publishes.
    life.showDs([old, dsOf(zone, keyNamed(life, 'K4'), 2)]);
    life.now += 3 * day;
    life.build();
    expect(life.states()).toBe('K2 OOHH K3 OHOO K4 RHRO');
    life.showDs([stray]);
    life.build();
    expect([life.states(), dsWanted(life.journal, atomic)]).toEqual(['K1 HHHU K2 OOHH K3 OHOR K4 RHRU', [old]]);
    expect(life.story().at(-1)?.[1]).toBe('K2 OOHH K4 OHOO');
  });

  test('early DS of a new algorithm and the old DS vanish while no cache can rely on the new signatures: the old one is asked for again', () => {
    const slow = { ...policy, algorithmOrder: 'bind' as const, ttls: { ...policy.ttls, max: 10 * day } };
    const life = Life.signed(slow);
    const ds = dsWanted(life.journal, slow);
    life.policy = { ...slow, keys: { ...slow.keys, algorithm: 15 } };
    life.ask(rollAlgorithm(life.journal, life.policy)).turn();
    life.showDs(life.journal.keys.map((key) => dsOf(zone, key, 2)));
    life.now += 4 * day;
    life.build();
    expect(life.states()).toBe('K1 OOOO K2 OROO');
    life.showDs([]);
    life.build();
    expect([life.states(), dsWanted(life.journal, life.policy)]).toEqual(['K1 OOOR K2 OROU', ds]);
    expect(life.story().at(-1)?.[1]).toBe('K2 OOOO');
  });

  test('the DS of a CSK that has just taken over gives way to stray old ones: it is asked for again, never none', () => {
    const slow = { ...policy, ttls: { ...policy.ttls, max: 10 * day } };
    const life = Life.signed({ ...slow, parent: { ...policy.parent, replace: 'atomic' } });
    const stray = dsOf(zone, keyNamed(life, 'K1'), 2);
    life.ask(rollCsk(life.journal)).story();
    life.ask(rollCsk(life.journal)).story(4 * day);
    expect(life.states()).toBe('K2 OUHH K3 OROO');
    const right = dsOf(zone, keyNamed(life, 'K3'), 2);
    life.showDs([stray]);
    life.build();
    expect([life.states(), dsWanted(life.journal, life.policy)]).toEqual(['K1 HHHU K2 OUHH K3 OROR', [right]]);
    expect(life.story().at(-1)?.[1]).toBe('K3 OOOO');
  });

  test('the DS of a key that is gone is not asked for again', () => {
    const life = Life.signed(policy);
    const old = keyNamed(life, 'K1').id;
    const keys = life.journal.keys.map((key) => {
      const hidden = { state: 'hidden' as const, since: life.now };
      return key.id === old ? { ...key, goal: 'hidden' as const, dnskey: hidden, zrrsig: hidden, krrsig: hidden } : key;
    });
    life.journal = { ...life.journal, keys };
    life.showDs([]);
    life.build();
    expect([life.states(), dsWanted(life.journal, policy)]).toEqual(['K1 HHHU K2 HRHH', []]);
    expect(life.story().at(-1)?.[1]).toBe('K2 OOOO');
  });

  test('an old DS in the place of the right one: the right one is asked for again, the old one is not', () => {
    const life = Life.signed(splitKeys);
    const old = dsOf(zone, keyNamed(life, 'K1'), 2);
    life.ask(rollKsk(life.journal)).story();
    const right = dsOf(zone, keyNamed(life, 'K3'), 2);
    life.showDs([old]);
    life.build();
    expect([life.states(), dsWanted(life.journal, splitKeys)]).toEqual(['K1 HHHU K2 OOHH K3 OHOR', [right]]);
    expect(life.story().at(-1)?.[1]).toBe('K2 OOHH K3 OHOO');
  });

  test('where the parent takes one DS, no other is asked for before an old one that came back is out of every cache', () => {
    const oneDs = { ...policy, parent: { ...policy.parent, maxDs: 1 } };
    const life = Life.signed(oneDs);
    const old = dsOf(zone, keyNamed(life, 'K1'), 2);
    life.ask(rollCsk(life.journal)).story();
    life.ask(rollCsk(life.journal)).turn();
    life.showDs([old]);
    life.build();
    life.showDs();
    const asked = new Set<number>();
    for (let next: number | undefined = life.now; next !== undefined; next = life.turn().nextEvent) {
      life.now = next;
      asked.add(dsWanted(life.journal, oneDs).length);
    }
    expect([life.states(), [...asked]]).toEqual(['K3 OOOO', [1]]);
  });

  test('the DS of another key, of the same tag or not, is none of ours', () => {
    const life = Life.signed(policy);
    const foreign = `${dsOf(zone, life.journal.keys[0], 2).slice(0, 8)}${'00'.repeat(32)}`;
    life.showDs([foreign]);
    life.build();
    expect(life.states()).toBe('K1 OOOR');
  });
});

describe('a change of mind', () => {
  test('a KSK roll is taken back after the new DS was added', () => {
    const life = Life.signed(splitKeys);
    life.ask(rollKsk(life.journal)).story(4 * hour);
    expect(life.states()).toBe('K1 OHOO K2 OOHH K3 OHOR');
    expect(life.ask(abort(life.journal, life.now)).story()).toEqual([
      [0, 'K1 OHOO K2 OOHH K3 OHOU'],
      [26, 'K1 OHOO K2 OOHH K3 UHUH'],
      [28, 'K1 OHOO K2 OOHH'],
    ]);
  });

  test('a ZSK roll is taken back while both sign', () => {
    const life = Life.signed(splitKeys);
    life.ask(rollZsk(life.journal)).story(4 * hour);
    expect(life.states()).toBe('K1 OHOO K2 OUHH K3 ORHH');
    const story = life.ask(abort(life.journal, life.now)).story();
    expect(story.at(0)?.[1]).toBe('K1 OHOO K2 ORHH K3 ORHH');
    expect(story.at(-1)?.[1]).toBe('K1 OHOO K2 OOHH');
  });

  test('an algorithm roll is taken back', () => {
    const life = Life.signed(splitKeys);
    life.policy = { ...splitKeys, keys: { ...splitKeys.keys, algorithm: 15 } };
    life.ask(rollAlgorithm(life.journal, life.policy)).story(30 * hour);
    expect(life.ask(abort(life.journal, life.now)).story().at(-1)?.[1]).toBe('K1 OHOO K2 OOHH');
  });

  test('going insecure is taken back', () => {
    const life = Life.signed(policy);
    life.ask(goInsecure(life.journal, life.now, 'operator')).turn();
    expect(life.states()).toBe('K1 OOOU');
    expect(life.ask(abort(life.journal, life.now)).story()).toEqual([
      [0, 'K1 OOOR'],
      [25, 'K1 OOOO'],
    ]);
  });

  test('not when the old key has left the zone, and not when nothing is under way', () => {
    const life = Life.signed(splitKeys);
    expect(abort(life.journal, life.now)).toHaveProperty('error');
    life.ask(rollZsk(life.journal)).story(30 * hour);
    expect(life.states()).toBe('K1 OHOO K2 UHHH K3 OOHH');
    expect(abort(life.journal, life.now)).toHaveProperty('error');
  });

  test('the roll that was taken back does not start again the next day', () => {
    const life = Life.signed({ ...policy, keys: { ...policy.keys, kskLifetime: 90 * day } });
    life.story(86 * day);
    expect(life.made).toHaveLength(2);
    life.ask(abort(life.journal, life.now)).story(30 * day);
    expect(life.made).toHaveLength(2);
  });
});

describe('requests', () => {
  test('a second roll of the same kind waits, unless the key is compromised', () => {
    const life = Life.signed(policy);
    life.ask(rollCsk(life.journal)).turn();
    expect(rollCsk(life.journal)).toHaveProperty('error');
    expect(
      life
        .ask(rollCsk(life.journal, { emergency: true }))
        .story()
        .at(-1)?.[1],
    ).toBe('K3 OOOO');
  });

  test('a third KSK finds no room at the parent before the oldest of them has left', () => {
    const life = Life.signed({ ...splitKeys, parent: { ...policy.parent, maxDs: 2 } });
    life.ask(rollKsk(life.journal)).story(4 * hour);
    life.ask(rollKsk(life.journal, { emergency: true })).story(4 * hour);
    expect(life.states()).toBe('K1 OHOO K2 OOHH K3 OHOR K4 OHOH');
    expect(life.story().at(-1)?.[1]).toBe('K2 OOHH K4 OHOO');
  });

  test.each([
    ['a KSK of a zone with one key', () => rollKsk(Life.signed(policy).journal)],
    ['an algorithm that is there already', () => rollAlgorithm(Life.signed(policy).journal, policy)],
    [
      'an algorithm while another roll is under way',
      () => {
        const life = Life.signed(policy);
        life.ask(rollCsk(life.journal)).turn();
        return rollAlgorithm(life.journal, { ...policy, keys: { ...policy.keys, algorithm: 15 } });
      },
    ],
    ['a zone without keys that is to go insecure', () => goInsecure(new Life(policy).journal, 0, 'operator')],
    [
      'a key of a zone that is leaving DNSSEC',
      () => {
        const life = Life.signed(policy);
        return rollCsk(life.ask(goInsecure(life.journal, life.now, 'operator')).journal);
      },
    ],
  ])('are refused with a reason and a hint: %s', (_, ask) => {
    expect(ask()).toEqual({ error: expect.any(String), hint: expect.any(String) });
  });

  test('manual steps wait for a word, which is good for what was due then and no more', () => {
    const life = new Life({ ...policy, manual: true });
    expect(life.build().blocked.map(({ why }) => why.kind)).toEqual(['approval', 'approval', 'policy', 'policy']);
    expect(life.states()).toBe('K1 HHHH');
    life.ask(approveSteps(life.journal, life.now, 'operator'));
    expect(life.story()).toEqual([
      [0, 'K1 RRRH'],
      [3, 'K1 OROH'],
      [25, 'K1 OOOH'],
    ]);
    expect(life.look().blocked).toMatchObject([{ record: 'ds', to: 'rumoured', why: { kind: 'approval' } }]);
    life.ask(approveSteps(life.journal, life.now, 'operator'));
    expect(life.story().at(-1)?.[1]).toBe('K1 OOOO');
  });
});

describe('the first DS', () => {
  test('waits for the certificates that TLSA records stand for', () => {
    const unserved = [{ kind: 'certificate-served', host: 'mx.example.test', port: 25, spki: '00' }] as const;
    const life = new Life(policy, { unserved });
    expect(life.story().at(-1)).toEqual([25, 'K1 OOOH']);
    expect(life.look().blocked).toMatchObject([
      { record: 'ds', why: { kind: 'time', wait: { since: { what: { kind: 'certificate-served' } } } } },
    ]);
    life.options = {};
    expect(life.story().at(-1)?.[1]).toBe('K1 OOOO');
  });
});

describe('going insecure', () => {
  test('TLSA records leave every cache before the DS goes', () => {
    const owner = name('_25._tcp.mx.example.test');
    const tlsa = { owner, type: Type.TLSA, records: ['0301010000'], ttl: 4 * hour };
    const life = Life.signed(policy, { tlsa });
    life.ask(goInsecure(life.journal, life.now, 'operator'));
    expect(life.turn().withdrawTlsa).toBe(true);
    expect([life.states(), life.look().nextEvent]).toEqual(['K1 OOOO', undefined]);
    life.options = {};
    life.turn();
    expect(life.look().nextEvent).toBe(life.now + 5 * hour);
    expect(life.story().slice(0, 3)).toEqual([
      [0, 'K1 OOOO'],
      [5, 'K1 OOOU'],
      [30, 'K1 UUUH'],
    ]);
  });

  test('CDS and CDNSKEY ask for the removal until the zone is unsigned', () => {
    const life = Life.signed(policy);
    expect(cdsWanted(life.journal, policy).cdnskey).toEqual([life.journal.keys[0].rdata]);
    life.ask(goInsecure(life.journal, life.now, 'operator')).turn();
    expect(cdsWanted(life.journal, policy)).toEqual(deleteDs);
    life.story();
    expect(cdsWanted(life.journal, policy)).toEqual({ cds: [], cdnskey: [] });
  });
});

describe('digest types', () => {
  const both = { ...policy, parent: { ...policy.parent, digests: [2, 4] } };

  test('a new one is added, and no roll touches the DS before it was seen', () => {
    const life = Life.signed(splitKeys);
    const before = dsWanted(life.journal, life.policy);
    life.policy = { ...splitKeys, parent: both.parent };
    life.build();
    const [key] = life.journal.keys.filter(({ role }) => role === 'ksk');
    expect(dsWanted(life.journal, life.policy)).toEqual([dsOf(zone, key, 2), dsOf(zone, key, 4)].sort());
    life.ask(rollKsk(life.journal)).build();
    life.publish();
    life.showDs(before);
    life.now += 10 * day;
    life.build();
    expect(life.states()).toBe('K1 OHOO K2 OOHH K3 OHOH');
    life.showDs();
    expect(life.story().at(-1)?.[1]).toBe('K2 OOHH K3 OHOO');
  });

  test('a change during a roll waits for its end', () => {
    const life = Life.signed(splitKeys);
    life.ask(rollKsk(life.journal)).story(4 * hour);
    life.policy = { ...splitKeys, parent: both.parent };
    life.build();
    expect(dsWanted(life.journal, life.policy)).toHaveLength(2);
    expect(life.story().at(-1)?.[1]).toBe('K2 OOHH K3 OHOO');
    expect(dsWanted(life.journal, life.policy)).toHaveLength(2);
  });

  test('one for another: the old one stays until the new one was seen', () => {
    const life = Life.signed(policy);
    const [key] = life.journal.keys;
    life.policy = { ...policy, parent: { ...policy.parent, digests: [4] } };
    life.build();
    expect(dsWanted(life.journal, life.policy)).toEqual([dsOf(zone, key, 2), dsOf(zone, key, 4)].sort());
    life.showDs();
    life.build();
    expect(dsWanted(life.journal, life.policy)).toEqual([dsOf(zone, key, 4)]);
  });

  test('a roll that was waiting for them begins when the old one is no longer asked for: the parent never gets four for two', () => {
    const life = Life.signed({ ...policy, parent: { ...policy.parent, maxDs: 2 } });
    life.policy = { ...life.policy, parent: { ...life.policy.parent, digests: [4] } };
    life.build();
    life.ask(rollCsk(life.journal)).build();
    life.publish();
    life.now += 10 * day;
    life.build();
    life.publish();
    life.showDs();
    const asked = [0, 2, 4].map((days) => {
      life.now += days * day;
      life.turn();
      return dsWanted(life.journal, life.policy).length;
    });
    expect([asked, life.story().at(-1)?.[1]]).toEqual([[1, 2, 1], 'K2 OOOO']);
  });

  test('where the registrar takes the DNSKEY, it chooses the type', () => {
    const life = new Life({ ...both, parent: { ...both.parent, interface: 'key' } });
    life.story(30 * hour);
    life.showDs([dsOf(zone, life.journal.keys[0], 2)]);
    life.now += 26 * hour;
    life.build();
    expect(life.states()).toBe('K1 OOOO');
  });
});

describe('lifetimes', () => {
  test('the successor of a ZSK is published so that it takes over when the lifetime ends', () => {
    const life = new Life({ ...splitKeys, keys: { ...splitKeys.keys, zskLifetime: 30 * day } });
    const story = life.story(31 * day);
    expect(story.find(([, states]) => states.includes('K3'))).toEqual([30 * 24 - 3, 'K1 OHOO K2 OOHH K3 RHHH']);
    expect(story.find(([, states]) => states.includes('K2 OU'))).toEqual([30 * 24, 'K1 OHOO K2 OUHH K3 ORHH']);
    expect(life.made.at(-1)).toMatchObject({ role: 'zsk', reason: 'lifetime' });
  });

  test('that of a KSK leaves time for the registrar and for the DS', () => {
    const life = new Life({ ...splitKeys, keys: { ...splitKeys.keys, kskLifetime: 90 * day } });
    const story = life.story(91 * day);
    expect(story.find(([, states]) => states.includes('K3'))?.[0]).toBe(90 * 24 - 3 - 24 - 26);
  });

  test('keys of unlimited life stay', () => {
    const life = Life.signed(splitKeys);
    expect(life.look()).toMatchObject({ wanted: [], moves: [], blocked: [] });
    expect(life.look().nextEvent).toBeUndefined();
  });
});
