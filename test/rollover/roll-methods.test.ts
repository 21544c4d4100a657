/**
 * Double-DS and Double-Signature before the timelines of RFC 7583 sections 3.3.2 and 3.2.2, with other TTLs in each run. The words of
 * the RFC: Dprp and DprpP are the delays of zone and parent, TTLkey, TTLsig and TTLds the TTLs, Ipub and Iret its intervals. What danezone
 * adds is publish-safety to the wait for a DNSKEY and retire-safety to those of signatures and DS.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { abort } from '../../src/rollover/abort.ts';
import type { RolloverPolicy } from '../../src/rollover/policy.ts';
import { rollAlgorithm, rollCsk, rollKsk, rollZsk } from '../../src/rollover/requests.ts';
import { hour, Life, policy, splitKeys } from './life.ts';
import { live, lives } from './random-lives.ts';

const rolls = { kskRoll: 'double-ds', zskRoll: 'double-signature' } as const;
const methods: RolloverPolicy = { ...splitKeys, keys: { ...splitKeys.keys, ...rolls } };
const oneDs: RolloverPolicy = { ...methods, parent: { ...methods.parent, maxDs: 1 } };

/** Hours, so that sums are exact in the rows of a story. */
const hours = (least: number, most: number) => fc.integer({ min: least, max: most });

const timings = fc
  .record({
    dnskey: hours(1, 50),
    max: hours(1, 50),
    ds: hours(1, 50),
    dprp: hours(0, 5),
    dprpP: hours(0, 5),
    publish: hours(0, 3),
    retire: hours(0, 3),
  })
  .map((of) => ({
    ...of,
    policy: {
      ...methods,
      ttls: { ...methods.ttls, dnskey: of.dnskey * hour, max: of.max * hour },
      zonePropagationDelay: of.dprp * hour,
      publishSafety: of.publish * hour,
      retireSafety: of.retire * hour,
      parent: { ...methods.parent, ttl: of.ds * hour, propagationDelay: of.dprpP * hour },
    } satisfies RolloverPolicy,
  }));

describe('Double-DS (RFC 7583 section 3.3.2): old KSK, ZSK, new KSK', () => {
  test('the DS comes first, the key when every cache has its DS, and the old key goes with its DS', () => {
    const life = Life.signed(methods);
    expect(life.ask(rollKsk(life.journal)).story()).toEqual([
      [0, 'K1 OHOO K2 OOHH K3 HHHR'],
      [26, 'K1 OHOO K2 OOHH K3 RHRO'],
      [29, 'K1 UHUU K2 OOHH K3 OHOO'],
      [31, 'K1 HHHU K2 OOHH K3 OHOO'],
      [55, 'K2 OOHH K3 OHOO'],
    ]);
  });

  test('IpubP = DprpP + TTLds until the new key, Iret = Dprp + TTLkey until the old DS', () => {
    fc.assert(
      fc.property(timings, ({ policy: timed, dnskey, ds, dprp, dprpP, publish, retire }) => {
        const life = Life.signed(timed);
        const rows = life.ask(rollKsk(life.journal)).story();
        const at = (states: string) => rows.find(([, found]) => found.endsWith(states))?.[0];
        const ipubP = dprpP + ds + retire;
        const iret = dprp + dnskey + publish;
        expect(at('K3 HHHR')).toBe(0);
        expect(at('K3 RHRO')).toBe(ipubP);
        expect(rows.find(([, found]) => found.startsWith('K1 U'))).toEqual([ipubP + iret, 'K1 UHUU K2 OOHH K3 OHOO']);
        expect(rows.at(-1)).toEqual([ipubP + iret + Math.max(dprp + dnskey, dprpP + ds + retire), 'K2 OOHH K3 OHOO']);
      }),
      { numRuns: 40 },
    );
  });

  test('until the old key leaves, the roll can be taken back', () => {
    const life = Life.signed(methods);
    life.ask(rollKsk(life.journal)).turn();
    life.now = life.look().nextEvent!;
    life.turn();
    expect(life.states()).toBe('K1 OHOO K2 OOHH K3 RHRO');
    expect(life.ask(abort(life.journal, life.now)).story()).toEqual([
      [0, 'K1 OHOO K2 OOHH K3 UHUU'],
      [2, 'K1 OHOO K2 OOHH K3 HHHU'],
      [26, 'K1 OHOO K2 OOHH'],
    ]);
  });

  test('a parent that takes one DS gets it by Double-KSK', () => {
    const life = Life.signed(oneDs);
    expect(life.ask(rollKsk(life.journal)).story()[0]).toEqual([0, 'K1 OHOO K2 OOHH K3 RHRH']);
  });

  test('a policy that changes while the DS is on its way goes on by Double-KSK from there', () => {
    const life = Life.signed(methods);
    life.ask(rollKsk(life.journal)).turn();
    life.policy = splitKeys;
    expect(life.story()).toEqual([
      [0, 'K1 OHOO K2 OOHH K3 RHRR'],
      [3, 'K1 OHOO K2 OOHH K3 OHOR'],
      [26, 'K1 OHOU K2 OOHH K3 OHOO'],
      [52, 'K1 UHUH K2 OOHH K3 OHOO'],
      [54, 'K2 OOHH K3 OHOO'],
    ]);
  });

  test('before the first DS there is none to go ahead of', () => {
    const story = (of: RolloverPolicy) => {
      const life = new Life(of);
      life.turn();
      return life.ask(rollKsk(life.journal)).story();
    };
    expect(story(methods)).toEqual(story(splitKeys));
  });
});

describe('Double-Signature (RFC 7583 section 3.2.2): KSK, old ZSK, new ZSK', () => {
  test('the new key signs beside the old one from the start, and the old one leaves with its signatures', () => {
    const life = Life.signed(methods);
    expect(life.ask(rollZsk(life.journal)).story()).toEqual([
      [0, 'K1 OHOO K2 OOHH K3 RRHH'],
      [3, 'K1 OHOO K2 OOHH K3 ORHH'],
      [26, 'K1 OHOO K2 UUHH K3 OOHH'],
      [28, 'K1 OHOO K2 HUHH K3 OOHH'],
      [52, 'K1 OHOO K3 OOHH'],
    ]);
  });

  test('Iret = Dprp + max(TTLkey, TTLsig) until the old key and its signatures leave in one build', () => {
    fc.assert(
      fc.property(timings, ({ policy: timed, dnskey, max, dprp, publish, retire }) => {
        const life = Life.signed(timed);
        const rows = life.ask(rollZsk(life.journal)).story();
        const iret = dprp + Math.max(dnskey + publish, max + retire);
        expect(rows[0]).toEqual([0, 'K1 OHOO K2 OOHH K3 RRHH']);
        expect(rows.find(([, found]) => found.includes('K2 U'))).toEqual([iret, 'K1 OHOO K2 UUHH K3 OOHH']);
        expect(rows.at(-1)).toEqual([iret + dprp + Math.max(dnskey, max + retire), 'K1 OHOO K3 OOHH']);
      }),
      { numRuns: 40 },
    );
  });

  test('it is taken back as any roll', () => {
    const life = Life.signed(methods);
    life.ask(rollZsk(life.journal)).turn();
    expect(life.ask(abort(life.journal, life.now)).story().at(-1)?.[1]).toBe('K1 OHOO K2 OOHH');
  });
});

test('other rolls go as without the options', () => {
  for (const from of [policy, splitKeys]) {
    const asked = (of: RolloverPolicy, turn: (life: Life) => void) => {
      const life = Life.signed(of);
      turn(life);
      return life.story();
    };
    const toEd25519 = (life: Life) => {
      life.policy = { ...life.policy, keys: { ...life.policy.keys, algorithm: 15 } };
      life.ask(rollAlgorithm(life.journal, life.policy));
    };
    const ways = from === policy ? [toEd25519, (life: Life) => void life.ask(rollCsk(life.journal))] : [toEd25519];
    for (const turn of ways) {
      expect(asked({ ...from, keys: { ...from.keys, ...rolls } }, turn)).toEqual(asked(from, turn));
    }
  }
});

test('random lives with both options break no law', () => {
  const broken = fc
    .sample(lives, { numRuns: 8, seed: 3 })
    .filter((story) => story.policy.signatures.refresh > policy.signatures.refresh)
    .flatMap((story) => {
      const parent = { ...story.policy.parent, maxDs: 4, replace: 'add-remove' as const };
      const keys = { ...story.policy.keys, ...rolls, layout: 'ksk-zsk' as const };
      return live({ ...story, policy: { ...story.policy, keys, parent } }).failures.slice(0, 3);
    });
  expect(broken).toEqual([]);
});
