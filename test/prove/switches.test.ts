/**
 * The engine against the proof: what it does is green, and with a safety rule or a wait taken away it is red. Where a rule of the
 * policy forbids the same, both nets are shown: each holds alone, and where both are gone the proof says so.
 */
import { describe, expect, test } from 'vitest';
import type { ServiceMode } from '../../src/prove/policy.ts';
import { prove } from '../../src/prove/prove.ts';
import type { Violation } from '../../src/prove/violation.ts';
import type { RolloverPolicy } from '../../src/rollover/policy.ts';
import { policyRuleIds } from '../../src/rollover/policy-rules.ts';
import { goInsecure, rollAlgorithm, rollCsk, rollKsk, rollZsk } from '../../src/rollover/requests.ts';
import type { Switch } from '../../src/rollover/switches.ts';
import { hour, Life, policy, splitKeys } from '../rollover/life.ts';

const tlsa = { owner: '_25._tcp.example.test.' as Life['journal']['zone'], type: 52, records: ['030101aa'], ttl: 900 };
const bind = { algorithmOrder: 'bind' } as const;
const byBuild = { publication: { kind: 'by-build', after: 600 } } as const;
const methods: RolloverPolicy = {
  ...splitKeys,
  keys: { ...splitKeys.keys, kskRoll: 'double-ds', zskRoll: 'double-signature' },
};
const slowKeys = { ttls: { ...policy.ttls, dnskey: 48 * hour } };
const oneDs = { parent: { ...policy.parent, maxDs: 1 } };
const atomic = { parent: { ...policy.parent, replace: 'atomic' } } as const;

/** What is asked of a zone whose keys are all in place. */
interface Scenario {
  readonly policy: RolloverPolicy;
  readonly ask: (life: Life) => void;
  readonly tlsa?: typeof tlsa;
}

const toEd25519 = (life: Life) => {
  life.policy = { ...life.policy, keys: { ...life.policy.keys, algorithm: 15 } };
  life.ask(rollAlgorithm(life.journal, life.policy));
};

const scenarios = {
  zsk: { policy: splitKeys, ask: (life) => life.ask(rollZsk(life.journal)) },
  ksk: { policy: splitKeys, ask: (life) => life.ask(rollKsk(life.journal)) },
  'ksk by double-ds': { policy: methods, ask: (life) => life.ask(rollKsk(life.journal)) },
  'zsk by double-signature': { policy: methods, ask: (life) => life.ask(rollZsk(life.journal)) },
  'ksk by a stand-by key': {
    policy: splitKeys,
    ask: (life) => {
      life.policy = { ...life.policy, keys: { ...life.policy.keys, standby: 'ds' } };
      life.turn();
      life.now = life.look().nextEvent ?? life.now;
      life.turn();
      life.ask(rollKsk(life.journal, { emergency: true }));
    },
  },
  csk: { policy, ask: (life) => life.ask(rollCsk(life.journal)) },
  'algorithm of a CSK': { policy, ask: toEd25519 },
  'algorithm of KSK and ZSK': { policy: splitKeys, ask: toEd25519 },
  "algorithm in BIND's order": { policy: { ...policy, ...bind }, ask: toEd25519 },
  insecure: {
    policy,
    tlsa,
    ask: (life) => {
      life.options = { ...life.options, tlsa: undefined };
      life.ask(goInsecure(life.journal, life.now, 'hostmaster'));
    },
  },
} as const satisfies Record<string, Scenario>;

type ScenarioName = keyof typeof scenarios;
const names = Object.keys(scenarios) as ScenarioName[];

/** Everybody acts at once, or only after more than a day, with a run every six hours. */
type World = 'at once' | 'late';

interface How {
  readonly world?: World;
  readonly mode?: ServiceMode;
  readonly policy?: Partial<RolloverPolicy>;
}

function judged(name: ScenarioName, off: readonly Switch[], how: How = {}): readonly Violation[] {
  const scenario: Scenario = scenarios[name];
  const life = Life.signed({ ...scenario.policy, ...how.policy }, { tlsa: scenario.tlsa });
  const from = life.now;
  life.options = { ...life.options, switches: { off: new Set(off) } };
  scenario.ask(life);
  if (how.world === 'late') liveLate(life);
  else life.story();
  const proof = prove({ zones: [{ journal: life.journal, policy: life.policy }], from, mode: how.mode });
  expect(proof.judged.combinations).toBeGreaterThan(4);
  return proof.violations;
}

function liveLate(life: Life): void {
  const shapeOf = ({ content, rrsets }: Life['journal']) =>
    [content, ...rrsets.map(({ versions }) => versions)].map((all) => all.length);
  let shape = '';
  let asked = '';
  let publishAt = Number.POSITIVE_INFINITY;
  let showAt = Number.POSITIVE_INFINITY;
  for (let runs = 0; runs < 80; runs++) {
    life.build();
    const built = shapeOf(life.journal).join();
    if (built !== shape) publishAt = Math.min(publishAt, life.now + 30 * hour);
    const ds = life.journal.parentDs.at(-1)?.records.join() ?? '';
    if (ds !== asked) showAt = Math.min(showAt, life.now + 40 * hour);
    shape = built;
    asked = ds;
    if (life.now >= publishAt) {
      life.publish();
      publishAt = Number.POSITIVE_INFINITY;
    }
    if (life.now >= showAt) {
      life.showDs();
      showAt = Number.POSITIVE_INFINITY;
    }
    life.now += 6 * hour;
  }
}

const kinds = (violations: readonly Violation[]) => [...new Set(violations.map(({ kind }) => kind))];
const allPolicyRules = policyRuleIds.map((id): Switch => `policy-${id}`);

describe('the engine with everything on', () => {
  const ways: readonly [string, How][] = [
    ['everybody at once', {}],
    ['everybody late', { world: 'late' }],
    ['the safety of the policy counted', { mode: 'margins' }],
    ['publication by build', { policy: byBuild }],
    ['publication by build, the safety of the policy counted', { policy: byBuild, mode: 'margins' }],
    ['a parent that takes one DS', { policy: oneDs }],
    ['a parent that replaces the DS set', { policy: atomic }],
  ];
  test.each(ways)('is green: %s', (_, how) => {
    for (const name of names) expect([name, judged(name, [], how)]).toEqual([name, []]);
  });

  test('is green with the safety rules alone', () => {
    for (const name of names) {
      for (const world of ['at once', 'late'] as const) {
        expect([name, judged(name, allPolicyRules, { world })]).toEqual([name, []]);
      }
    }
  });
});

describe('without a wait the proof is red', () => {
  const waits: readonly [Switch, ScenarioName, How, Violation['kind']][] = [
    ['dnskey-ttl', 'zsk', { mode: 'margins' }, 'no-key-for-rrset'],
    ['max-zone-ttl', 'zsk', {}, 'no-key-for-rrset'],
    ['zone-propagation-delay', 'zsk', { mode: 'margins' }, 'no-key-for-rrset'],
    ['publish-safety', 'zsk', { mode: 'margins' }, 'no-key-for-rrset'],
    ['retire-safety', 'zsk', { mode: 'margins' }, 'no-key-for-rrset'],
    ['parent-ds-ttl', 'ksk', {}, 'no-key-for-ds'],
    ['parent-ds-ttl', 'ksk by double-ds', {}, 'no-key-for-ds'],
    ['dnskey-ttl', 'ksk by double-ds', { policy: slowKeys }, 'no-key-for-ds'],
    ['parent-ds-ttl', 'ksk by a stand-by key', {}, 'no-key-for-ds'],
    ['dnskey-ttl', 'ksk by a stand-by key', { policy: slowKeys }, 'no-key-for-ds'],
    ['max-zone-ttl', 'zsk by double-signature', {}, 'no-key-for-rrset'],
    ['dnskey-ttl', 'zsk by double-signature', { policy: slowKeys }, 'no-key-for-rrset'],
    ['published', 'zsk by double-signature', { world: 'late' }, 'no-key-for-rrset'],
    ['parent-propagation-delay', 'insecure', {}, 'no-key-for-ds'],
    ['tlsa-ttl', 'insecure', { mode: 'margins' }, 'tlsa-without-ds'],
    ['published', 'zsk', { world: 'late' }, 'no-key-for-rrset'],
    ['ds-seen', 'insecure', { world: 'late' }, 'no-key-for-ds'],
  ];
  test.each(waits)('%s: %s', (off, name, how, kind) => {
    expect(judged(name, [], how)).toEqual([]);
    const violations = judged(name, [off], how);
    expect(kinds(violations)).toContain(kind);
    for (const { caches } of violations) expect(caches[0].what).toBe('DS');
  });
});

describe('without a safety rule the proof is red, as soon as the policy does not forbid the same', () => {
  const rules: readonly [Switch, ScenarioName, Violation['kind']][] = [
    ['rule-1', 'algorithm of a CSK', 'insecure'],
    ['rule-2', 'ksk', 'no-key-for-ds'],
    ['rule-3', 'zsk', 'no-key-for-rrset'],
  ];
  test.each(rules)('%s: %s', (off, name, kind) => {
    expect(judged(name, allPolicyRules)).toEqual([]);
    expect(kinds(judged(name, [...allPolicyRules, off]))).toContain(kind);
  });

  test('rule-3: it and one rule of the policy keep the keys of an algorithm as long as its signatures are needed', () => {
    const net = 'policy-dnskey-after-signatures';
    expect(judged('algorithm of KSK and ZSK', ['rule-3'])).toEqual([]);
    expect(judged('algorithm of KSK and ZSK', [net])).toEqual([]);
    expect(kinds(judged('algorithm of KSK and ZSK', ['rule-3', net]))).toEqual(['no-key-for-rrset']);
  });
});

describe('without a rule of the policy the proof is red, as soon as no safety rule forbids the same', () => {
  const safety: readonly Switch[] = ['rule-1', 'rule-2', 'rule-3'];
  const arrived = 'policy-zrrsig-arrived';
  /** The fourth is another rule of the policy that forbids the same. */
  const rules: readonly [Switch, ScenarioName, Violation['kind'], Switch?][] = [
    ['policy-ds-successor-first', 'ksk', 'insecure'],
    ['policy-dnskey-after-ds', 'ksk', 'no-key-for-ds'],
    ['policy-zrrsig-after-dnskey', 'zsk', 'no-key-for-rrset', arrived],
    ['policy-dnskey-after-signatures', 'zsk', 'no-key-for-rrset'],
    ['policy-zrrsig-with-successor', 'zsk', 'no-key-for-rrset', arrived],
    ['policy-ds-after-zone', "algorithm in BIND's order", 'no-key-for-rrset'],
  ];
  test.each(rules)('%s: %s', (off, name, kind, other) => {
    const nets = other === undefined ? safety : [...safety, other];
    expect(judged(name, nets)).toEqual([]);
    expect(kinds(judged(name, [...nets, off]))).toContain(kind);
  });

  test('policy-zrrsig-arrived: it alone knows that signatures which never arrived cannot hand over', () => {
    const kindsOf = (off: readonly Switch[]) => {
      const life = new Life(splitKeys, { switches: { off: new Set(off) } });
      const from = life.now;
      // The zone has been unsigned until now.
      const service = { state: 'published', from: from - 2 * hour, evidence: 1 } as const;
      const unsigned = {
        built: from - 3 * hour,
        service,
        largestTtl: policy.ttls.max,
        negativeTtl: 300,
        expire: 604800,
      };
      life.journal = { ...life.journal, content: [unsigned] };
      life.turn();
      life.ask(rollZsk(life.journal)).story();
      return kinds(prove({ zones: [{ journal: life.journal, policy: life.policy }], from }).violations);
    };
    expect(kindsOf([])).toEqual([]);
    expect(kindsOf([arrived])).toEqual(['no-key-for-rrset']);
  });
});
