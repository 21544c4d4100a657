/**
 * Each rule of the engine taken away by itself. Where another net holds, the proof stays green: then the rule is stricter than safety,
 * and what it keeps besides is tested here. test/prove/switches.test.ts takes the nets away together.
 */
import { describe, expect, test } from 'vitest';
import { Type } from '../../src/dns/type.ts';
import type { KeyRecord, KeyRole } from '../../src/journal/journal.ts';
import { prove } from '../../src/prove/prove.ts';
import { withMove } from '../../src/rollover/key-records.ts';
import type { RolloverPolicy } from '../../src/rollover/policy.ts';
import { type PolicyRuleId, policyRuleIds, standingRule } from '../../src/rollover/policy-rules.ts';
import { rollAlgorithm, rollCsk, rollKsk, rollZsk } from '../../src/rollover/requests.ts';
import { dsWanted } from '../../src/rollover/rrsets.ts';
import { holds } from '../../src/rollover/safety.ts';
import type { Switch } from '../../src/rollover/switches.ts';
import { hour, Life, madeKey, policy, splitKeys } from '../rollover/life.ts';

const atomic = { ...splitKeys, parent: { ...policy.parent, replace: 'atomic' } } as const;
const oneDs = { ...splitKeys, parent: { ...policy.parent, maxDs: 1 } };
const doubleDs = { ...splitKeys, keys: { ...splitKeys.keys, kskRoll: 'double-ds' } } as const;
const doubleSignature = { ...splitKeys, keys: { ...splitKeys.keys, zskRoll: 'double-signature' } } as const;

function become(life: Life, keys: Partial<RolloverPolicy['keys']>): void {
  life.policy = { ...life.policy, keys: { ...life.policy.keys, ...keys } };
  life.ask(rollAlgorithm(life.journal, life.policy));
}

/** What happens to a zone whose keys are all in place, with rules taken away. */
function lived(of: RolloverPolicy, off: readonly Switch[], happens: (life: Life) => void) {
  const life = Life.signed(of);
  const from = life.now;
  life.options = { switches: { off: new Set(off) } };
  happens(life);
  life.story();
  const { violations } = prove({ zones: [{ journal: life.journal, policy: life.policy }], from });
  return { life, kinds: new Set(violations.map(({ kind }) => kind)) };
}

const rolls = {
  ksk: (life: Life) => life.ask(rollKsk(life.journal)),
  zsk: (life: Life) => life.ask(rollZsk(life.journal)),
  csk: (life: Life) => life.ask(rollCsk(life.journal)),
  algorithm: (life: Life) => become(life, { algorithm: 15 }),
} as const;

/** Turns with a run after each event, as often. */
function events(life: Life, count: number): void {
  for (let i = 0; i < count; i++) life.now = life.turn().nextEvent ?? life.now;
}

interface Alone {
  readonly why: string;
  readonly policy: RolloverPolicy;
  readonly happens: (life: Life) => void;
  readonly kind: string;
}

const alone: Partial<Record<PolicyRuleId, Alone>> = {
  'ds-after-dnskey': {
    why: 'the registrar brings one of the DS that were asked for',
    policy,
    happens: (life) => {
      become(life, { algorithm: 15, layout: 'ksk-zsk' });
      events(life, 4);
      life.ask(rollZsk(life.journal)).ask(rollKsk(life.journal)).build();
      life.now += 3 * hour;
      life.showDs(dsWanted(life.journal, life.policy).slice(0, 1));
    },
    kind: 'no-key-for-ds',
  },
  'zrrsig-arrived': {
    why: 'the order of an algorithm roll is changed in its middle, and the key is rolled again',
    policy,
    happens: (life) => {
      become(life, { algorithm: 15 });
      life.policy = { ...life.policy, algorithmOrder: 'bind' };
      life.build();
      life.now += 3 * hour;
      life.ask(rollCsk(life.journal));
    },
    kind: 'no-key-for-rrset',
  },
};

describe('a rule of the policy that no other net replaces turns the proof red alone', () => {
  test.each(Object.entries(alone))('%s', (id, { policy: of, happens, kind }) => {
    expect(lived(of, [], happens).kinds).toEqual(new Set());
    expect([...lived(of, [`policy-${id as PolicyRuleId}`], happens).kinds]).toContain(kind);
  });
});

describe('safety', () => {
  const states = ['hidden', 'rumoured', 'omnipresent', 'unretentive'] as const;
  const made = (
    role: KeyRole,
    number: number,
    [d, k, s]: readonly (typeof states)[number][],
    goal: KeyRecord['goal'],
  ) => {
    const at = (state: (typeof states)[number]) => ({ state, since: 0 });
    const records = { dnskey: at(d), zrrsig: at('hidden'), krrsig: at(k), ds: at(s) };
    return { ...madeKey(role, 13, number), role, goal, created: 0, ...records } satisfies KeyRecord;
  };
  const triples = states.flatMap((d) => states.flatMap((k) => states.map((s) => [d, k, s] as const)));

  test('rule 1 is in the rule about a DS that leaves: where that of a key that is there may, another DS stays or comes', () => {
    const leads = new Set<(typeof states)[number]>(['omnipresent', 'rumoured']);
    let allowed = 0;
    for (const of of [splitKeys, atomic, oneDs, doubleDs]) {
      for (const first of triples.filter(([d, k, s]) => d === 'omnipresent' && k === 'omnipresent' && leads.has(s))) {
        for (const second of triples) {
          for (const goal of ['hidden', 'omnipresent'] as const) {
            const signs = { state: 'omnipresent', since: 0 } as const;
            const old: KeyRecord = { ...made('csk', 1, first, 'hidden'), zrrsig: signs };
            const other = made('ksk', 2, second, goal);
            const keys = [
              { ...old, successor: other.id },
              { ...other, predecessor: old.id },
            ];
            const move = { key: old.id, record: 'ds', from: old.ds.state, to: 'unretentive' } as const;
            const journal = { ...new Life(of).journal, keys };
            const context = { journal, policy: of, insecure: false, off: new Set<Switch>() };
            if (standingRule(move, keys, context) !== undefined) continue;
            allowed++;
            expect(holds(1, withMove(keys, move, 0), 13, false)).toBe(true);
          }
        }
      }
    }
    expect(allowed).toBeGreaterThan(20);
  });

  test('rule 2 alone keeps the DS of a zone that leaves DNSSEC from going while that of a key without DNSKEY is there', () => {
    const kinds = (off: readonly Switch[]) => {
      const life = Life.signed(policy);
      const from = life.now;
      const [old] = life.journal.keys;
      const early = made('ksk', 9, ['hidden', 'hidden', 'rumoured'], 'omnipresent');
      const keys = [{ ...old, goal: 'hidden', successor: early.id } as const, { ...early, predecessor: old.id }];
      const requests = { insecure: { at: life.now, by: 'hostmaster' } };
      life.journal = { ...life.journal, keys, requests };
      life.options = { switches: { off: new Set(off) } };
      // Both DS stand at the parent: the second came before its key.
      life.showDs(dsWanted(life.journal, life.policy));
      events(life, 12);
      const { violations } = prove({ zones: [{ journal: life.journal, policy }], from });
      return new Set(violations.map(({ kind }) => kind));
    };
    expect(kinds([])).toEqual(new Set());
    expect([...kinds(['rule-2'])]).toContain('no-key-for-ds');
  });
});

/** The versions of the DNSKEY RRset. */
const dnskeys = ({ journal }: Life) => journal.rrsets.find(({ type }) => type === Type.DNSKEY)?.versions ?? [];
const algorithmsIn = (records: readonly string[]) =>
  new Set(records.map((record) => Number.parseInt(record.slice(6, 8), 16)));
const algorithmsBy = (signers: readonly string[] = []) => new Set(signers.map((id) => Number(id.slice(0, 3))));
const isWithin = <T>(part: ReadonlySet<T>, whole: ReadonlySet<T>) => [...part].every((each) => whole.has(each));
const never = Number.POSITIVE_INFINITY;

const named: Record<string, KeyRecord['ds']['state']> = { H: 'hidden', O: 'omnipresent' };

interface Kept {
  /** Why it cannot make the proof red, alone or with the nets. */
  readonly why: string;
  readonly policy: RolloverPolicy;
  readonly happens: (life: Life) => void;
  /** Other nets that forbid the same. */
  readonly nets?: readonly Switch[];
  /** What the rule keeps, and what is lost without it. */
  readonly keeps: (life: Life) => boolean;
}

const kept: Partial<Record<PolicyRuleId, Kept>> = {
  'signatures-before-keys': {
    why: 'validators go by the algorithms of the DS set, which has the new one later; RFC 6781 section 4.1.4 is about others',
    policy,
    happens: rolls.algorithm,
    keeps: (life) =>
      dnskeys(life).every(({ records, built, dropped = never }) =>
        life.journal.content.every(({ signed, built: since, dropped: end = never, largestTtl }) => {
          const meet = since < dropped && built < end + largestTtl;
          return !meet || isWithin(algorithmsIn(records), algorithmsBy(signed?.signers));
        }),
      ),
  },
  'krrsig-with-dnskey': {
    why: 'a signature by a key that is not there is passed over',
    policy,
    happens: rolls.algorithm,
    keeps: (life) =>
      dnskeys(life).every(({ records, signed }) =>
        (signed?.signers ?? []).every((id) =>
          life.journal.keys.some((key) => key.id === id && records.includes(key.rdata)),
        ),
      ),
  },
  'krrsig-with-successor': {
    why: 'the DS has left before, and no validator of the table looks for the signature; RFC 4035 section 2.2 has it there',
    policy: { ...policy, keys: { ...policy.keys, algorithm: 15 } },
    happens: (life) => {
      const since = life.now - 1000 * hour;
      const at = (states: string) => {
        const [dnskey, zrrsig, krrsig, of] = [...states].map((state) => ({ state: named[state], since }));
        return { dnskey, zrrsig, krrsig, ds: of, created: since };
      };
      const keys: KeyRecord[] = [
        ...life.journal.keys,
        { ...madeKey('ksk', 13, 1), role: 'ksk', goal: 'hidden', ...at('OHOH') },
        { ...madeKey('zsk', 13, 2), role: 'zsk', goal: 'omnipresent', ...at('OOHH') },
      ];
      life.journal = { ...life.journal, keys };
    },
    keeps: (life) =>
      dnskeys(life).every(({ records, signed }) => isWithin(algorithmsIn(records), algorithmsBy(signed?.signers))),
  },
  'ds-room': {
    why: 'a DS set that is too large for the parent is whole in itself',
    policy: { ...splitKeys, parent: { ...policy.parent, maxDs: 2 } },
    happens: (life) => {
      rolls.ksk(life);
      events(life, 1);
      life.turn();
      life.ask(rollKsk(life.journal, { emergency: true }));
    },
    keeps: ({ journal }) => journal.parentDs.every(({ records }) => records.length <= 2),
  },
  'digests-first': {
    why: 'DS of either type lead to keys that are there',
    policy: splitKeys,
    happens: (life) => {
      rolls.ksk(life);
      events(life, 1);
      life.policy = { ...life.policy, parent: { ...life.policy.parent, digests: [2, 4] } };
      events(life, 1);
    },
    keeps: ({ journal }) => new Set(journal.parentDs[1].records.map((record) => record.slice(6, 8))).size === 2,
  },
  'dnskey-after-ds-ahead': {
    why: 'a DNSKEY that comes early is passed over; with Double-DS two KSKs stand in the zone for hours, not days',
    policy: doubleDs,
    happens: rolls.ksk,
    keeps: (life) =>
      dnskeys(life).every(({ records, built, dropped = never }) => records.length <= 2 || dropped - built <= 3 * hour),
  },
  'zrrsig-beside-successor': {
    why: 'rule 3 keeps the old signatures until the new key is everywhere; Double-Signature keeps them until the new signatures are',
    policy: doubleSignature,
    happens: rolls.zsk,
    keeps: ({ journal }) =>
      journal.content.some(({ signed, built, dropped = never }) => {
        return signed?.signers.length === 2 && dropped - built >= policy.ttls.max;
      }),
  },
};

describe('a rule of the policy that no validator needs keeps something else', () => {
  test.each(Object.entries(kept))('%s', (id, { policy: of, happens, nets = [], keeps }) => {
    const without = lived(of, [...nets, `policy-${id as PolicyRuleId}`], happens);
    expect([lived(of, nets, happens).kinds, without.kinds]).toEqual([new Set(), new Set()]);
    expect([keeps(lived(of, nets, happens).life), keeps(without.life)]).toEqual([true, false]);
  });
});

test('every rule of the policy is here, or in the tests that take several nets away', () => {
  const together: readonly PolicyRuleId[] = [
    'ds-successor-first',
    'dnskey-after-ds',
    'zrrsig-after-dnskey',
    'dnskey-after-signatures',
    'zrrsig-with-successor',
    'ds-after-zone',
  ];
  expect([...Object.keys(alone), ...Object.keys(kept), ...together].sort()).toEqual([...policyRuleIds].sort());
});
