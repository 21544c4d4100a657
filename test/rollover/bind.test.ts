/**
 * danezone's engine beside named with dnssec-policy, which was recorded: test/vectors/rollover/PROVENANCE.md. Both run at the same
 * seconds; after every run of named its states and the date that it announced are compared with ours.
 */
import { describe, expect, test } from 'vitest';
import type { RolloverPolicy } from '../../src/rollover/policy.ts';
import { namedRows, policyOf, type Recording, type Row, recordings, replay, withTermsOfNamed } from './bind-replay.ts';

const scenarios = [
  'algorithm-roll-csk',
  'algorithm-roll-ksk-zsk',
  'csk-roll1',
  'csk-roll2',
  'enable-csk',
  'enable-ksk-zsk',
  'insecure-csk',
  'insecure-ksk-zsk',
  'ksk-roll',
  'ksk-roll-late',
  'zsk-lifetime',
  'zsk-roll',
] as const;
type Scenario = (typeof scenarios)[number];

const recordingOf = (scenario: Scenario): Recording => {
  const found = recordings.find((each) => each.scenario === scenario);
  if (found === undefined) throw new Error(`no recording of ${scenario}`);
  return found;
};

/**
 * Where danezone is stricter than BIND on purpose († in ROLLOVER): [what named had, what danezone has]. They differ until the DS has
 * left every cache and its TTL is over.
 */
const stricter: Partial<
  Record<Scenario, { readonly why: string; readonly rows: readonly (readonly [string, string])[] }>
> = {
  'ksk-roll-late': {
    why: 'named withdraws a DNSKEY when the DS of its successor is in every cache, while its own DS is still beside that in some; danezone waits for that DS to be gone, so that the roll can be taken back',
    rows: [
      ['K1 UHUU K2 OOHH K3 OHOO', 'K1 OHOU K2 OOHH K3 OHOO'],
      ['K1 HHHH K2 OOHH K3 OHOO', 'K1 UHUH K2 OOHH K3 OHOO'],
    ],
  },
};

test('every scenario was recorded, and no other', () => {
  expect(recordings.map(({ scenario }) => scenario).sort()).toEqual(scenarios);
});

describe("with BIND's order, and the two terms that only named adds, states are those of named", () => {
  test.each(scenarios)('%s', (scenario) => {
    const recording = recordingOf(scenario);
    const ours = replay(recording, withTermsOfNamed);
    const differing = namedRows(recording).flatMap(({ states }, index) =>
      states === ours[index].states ? [] : [[states, ours[index].states]],
    );
    expect(differing).toEqual(stricter[scenario]?.rows ?? []);
  });
});

describe('where states are equal the next event is at the same second', () => {
  test.each(scenarios)('%s', (scenario) => {
    const recording = recordingOf(scenario);
    const ours = replay(recording, withTermsOfNamed);
    // A key that danezone has kept longer has dates of its own.
    const first = namedRows(recording).findIndex(({ states }, index) => states !== ours[index].states);
    const rows = namedRows(recording).slice(0, first < 0 ? undefined : first);
    expect(rows.length).toBeGreaterThanOrEqual(5);
    expect(ours.slice(0, rows.length)).toEqual(rows);
  });
});

/** What named waits longer under the very same policy. */
type Extra = 'retire-safety' | 'Dsgn';
const secondsOf: Readonly<Record<Extra, (policy: RolloverPolicy) => number>> = {
  'retire-safety': ({ retireSafety }) => retireSafety,
  Dsgn: ({ signatures }) => signatures.validity - signatures.refresh,
};

/** [states, the term that named adds to the wait that comes next]. */
type Later = readonly (readonly [states: string, extra: Extra])[];

const enableCsk: Later = [
  ['K1 OROH', 'retire-safety'],
  ['K1 OOOR', 'retire-safety'],
];
const enableSplit: Later = [
  ['K1 OHOH K2 ORHH', 'retire-safety'],
  ['K1 OHOR K2 OOHH', 'retire-safety'],
];

/**
 * The same policy, without a word of named's terms. A DS that danezone has seen for long enough, or signatures, are there earlier by
 * exactly one term: retire-safety where no key replaces another (the first DS, the first signatures, an algorithm roll), Dsgn for
 * signatures of a key that replaces one (named replaces signatures as they come up for renewal, danezone all of them in one build).
 */
const later: Partial<Record<Scenario, Later>> = {
  'enable-csk': enableCsk,
  'enable-ksk-zsk': enableSplit,
  'ksk-roll': enableSplit,
  'zsk-roll': [...enableSplit, ['K1 OHOO K2 OUHH K3 ORHH', 'Dsgn']],
  'zsk-lifetime': [...enableSplit, ['K1 OHOO K2 OUHH K3 ORHH', 'Dsgn']],
  'csk-roll2': [...enableCsk, ['K1 OUOU K2 OROR', 'Dsgn']],
  'algorithm-roll-csk': [
    ...enableCsk,
    ['K1 OOOO K2 OROH', 'retire-safety'],
    ['K1 OOOU K2 OOOR', 'retire-safety'],
    ['K1 HUHH K2 OOOO', 'retire-safety'],
  ],
  'algorithm-roll-ksk-zsk': [
    ...enableSplit,
    ['K1 OHOO K2 OOHH K3 OHOH K4 ORHH', 'retire-safety'],
    ['K1 OHOU K2 OOHH K3 OHOR K4 OOHH', 'retire-safety'],
    ['K1 HHHH K2 HUHH K3 OHOO K4 OOHH', 'retire-safety'],
  ],
};

describe('under the very same policy danezone is earlier by one term of named, and nothing else', () => {
  test.each(Object.keys(later) as Scenario[])('%s', (scenario) => {
    const recording = recordingOf(scenario);
    const named = namedRows(recording);
    const ours = replay(recording);
    const policy = policyOf(Object.values(recording.policies)[0]);
    expect(ours.map(({ states }) => states)).toEqual(named.map(({ states }) => states));
    const found = named.flatMap(({ states, next }, index) => {
      const own = ours[index].next;
      return next === own ? [] : [[states, (next ?? 0) - (own ?? 0)]];
    });
    // Several runs of named may have found the same states.
    const distinct = new Map(found.map((row) => [row.join(' '), row]));
    const expected = (later[scenario] ?? []).map(([states, extra]) => [states, secondsOf[extra](policy)]);
    expect([...distinct.values()]).toEqual(expected);
  });

  test('csk-roll1: where Dsgn is a minute, the signatures have arrived before the DS has', () => {
    const recording = recordingOf('csk-roll1');
    expect(firstDifference(recording, replay(recording))).toEqual(['K1 OUUH K2 OROO', 'K1 UHUH K2 OOOO']);
  });
});

describe("danezone's default order differs from named's where ROLLOVER says so, and first there", () => {
  const conservative = (policy: RolloverPolicy): RolloverPolicy => ({ ...policy, algorithmOrder: 'conservative' });
  const addThenRemove = (policy: RolloverPolicy): RolloverPolicy => ({
    ...policy,
    parent: { ...policy.parent, replace: 'add-remove' },
  });

  test.each([
    [
      'a new algorithm signs the zone before its keys stand in it',
      'algorithm-roll-csk',
      conservative,
      ['K1 OOOO K2 RRRH', 'K1 OOOO K2 HRHH'],
    ],
    [
      'a new algorithm signs the zone before its keys stand in it',
      'algorithm-roll-ksk-zsk',
      conservative,
      ['K1 OHOO K2 OOHH K3 RHRH K4 RRHH', 'K1 OHOO K2 OOHH K3 HHHH K4 HRHH'],
    ],
    [
      'the old DS stays until the new one is in every cache',
      'ksk-roll',
      addThenRemove,
      ['K1 OHOU K2 OOHH K3 OHOR', 'K1 OHOO K2 OOHH K3 OHOR'],
    ],
    [
      'the old DS stays until the new one is in every cache',
      'csk-roll2',
      addThenRemove,
      ['K1 OUOU K2 OROR', 'K1 OUOO K2 OROR'],
    ],
  ] as const)('%s: %s', (_, scenario, option, expected) => {
    const recording = recordingOf(scenario);
    const ours = replay(recording, (policy, life) => option(withTermsOfNamed(policy, life)));
    expect(firstDifference(recording, ours)).toEqual(expected);
  });
});

describe('the comparison notices a missing wait', () => {
  test.each([
    'dnskey-ttl',
    'max-zone-ttl',
    'zone-propagation-delay',
    'publish-safety',
    'retire-safety',
    'parent-ds-ttl',
    'parent-propagation-delay',
  ] as const)('%s', (term) => {
    const noticed = scenarios.filter((scenario) => {
      const recording = recordingOf(scenario);
      const ours = replay(recording, withTermsOfNamed, { off: new Set([term]) });
      return namedRows(recording).some(({ next }, index) => next !== ours[index].next);
    });
    expect(noticed).toEqual(
      expect.arrayContaining(term === 'retire-safety' ? ['ksk-roll', 'csk-roll1'] : ['enable-csk']),
    );
  });
});

function firstDifference(recording: Recording, ours: readonly Row[]): readonly string[] | undefined {
  const named = namedRows(recording);
  const index = named.findIndex(({ states }, at) => states !== ours[at].states);
  return index < 0 ? undefined : [named[index].states, ours[index].states];
}
