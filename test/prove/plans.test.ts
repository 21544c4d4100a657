/** Ten planned years, with rolls by lifetime, before the proof: every instant up to the horizon, signatures included. */
import { describe, expect, test } from 'vitest';
import { name } from '../../src/dns/name.ts';
import { Type } from '../../src/dns/type.ts';
import { newJournal } from '../../src/journal/journal.ts';
import type { ServiceMode } from '../../src/prove/policy.ts';
import { prove } from '../../src/prove/prove.ts';
import { planZone } from '../../src/rollover/plan-zone.ts';
import type { RolloverPolicy } from '../../src/rollover/policy.ts';
import { day, policy, splitKeys } from '../rollover/life.ts';

const zone = name('example.org.');
const from = 1_800_000_000;
const to = from + 3650 * day;
const tlsa = { owner: name('_25._tcp.mx.example.org.'), type: Type.TLSA, records: ['030101aa'], ttl: 900 };

const csk: RolloverPolicy = { ...policy, keys: { ...policy.keys, kskLifetime: 365 * day } };
const split: RolloverPolicy = {
  ...splitKeys,
  keys: { ...splitKeys.keys, kskLifetime: 365 * day, zskLifetime: 90 * day },
};
const byBuild = { publication: { kind: 'by-build', after: 600 } } as const;

function judged(of: RolloverPolicy, mode: ServiceMode) {
  const plan = planZone({ journal: newJournal(zone, from), policy: of, tlsa: [tlsa] }, from, to);
  expect(plan.stuck).toEqual([]);
  return prove({ zones: [{ journal: plan.history, policy: of }], from, to, mode });
}

describe('ten planned years', () => {
  const lives: readonly [string, RolloverPolicy, number][] = [
    ['a CSK rolled every year', csk, 200],
    ['a ZSK rolled every 90 days, a KSK every year', split, 500],
    ['a CSK, publication by build', { ...csk, ...byBuild }, 200],
    ['KSK and ZSK, publication by build', { ...split, ...byBuild }, 500],
  ];
  test.each(lives)('are green: %s', (_, of, combinations) => {
    for (const mode of ['plain', 'margins'] as const) {
      const proof = judged(of, mode);
      expect(proof.violations).toEqual([]);
      expect(proof.warnings).toEqual([]);
      expect(proof.judged.combinations).toBeGreaterThan(combinations);
    }
  });

  test('are green to the strict proof by evidence; by build they are red, since no wait covers a secondary without its primary', () => {
    expect(judged(split, 'strict').violations).toEqual([]);
    const kinds = new Set(judged({ ...split, ...byBuild }, 'strict').violations.map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(['no-key-for-ds', 'no-key-for-rrset']));
  });

  test('without renewal the signatures run out before the horizon, and that is said', () => {
    const plan = planZone({ journal: newJournal(zone, from), policy: csk }, from, from + 30 * day);
    const proof = prove({ zones: [{ journal: plan.history, policy: csk }], from, to });
    expect(new Set(proof.violations.map(({ kind }) => kind))).toEqual(new Set(['signature-window']));
  });
});
