/** Ten planned years, with rolls by lifetime, before the proof: every instant up to the horizon, signatures included. */
import { describe, expect, test } from 'vitest';
import { name } from '../../src/dns/name.ts';
import { Type } from '../../src/dns/type.ts';
import { newJournal } from '../../src/journal/journal.ts';
import type { ServiceMode } from '../../src/prove/policy.ts';
import { prove } from '../../src/prove/prove.ts';
import { planZone } from '../../src/rollover/plan-zone.ts';
import type { RolloverPolicy } from '../../src/rollover/policy.ts';
import { day, hour, policy, splitKeys } from '../rollover/life.ts';

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

  test('are green to the strict proof by evidence, and by build where zone-propagation-delay covers SOA EXPIRE', () => {
    expect(judged(split, 'strict').violations).toEqual([]);
    const short = judged({ ...split, ...byBuild }, 'strict');
    expect(new Set(short.violations.map(({ kind }) => kind))).toEqual(new Set(['no-key-for-ds', 'no-key-for-rrset']));
    expect(short.advice).toEqual([expect.stringContaining('SOA EXPIRE, 7d')]);
    for (const of of [csk, split]) {
      const covered = judged({ ...of, ...byBuild, zonePropagationDelay: of.expire }, 'strict');
      expect(covered.violations).toEqual([]);
      expect(covered.judged.combinations).toBeGreaterThan(200);
      expect(
        judged({ ...of, ...byBuild, zonePropagationDelay: of.expire - 2 * hour }, 'strict').violations,
      ).not.toEqual([]);
    }
  });

  test('without renewal the signatures run out before the horizon, and that is said', () => {
    const plan = planZone({ journal: newJournal(zone, from), policy: csk }, from, from + 30 * day);
    const proof = prove({ zones: [{ journal: plan.history, policy: csk }], from, to });
    expect(new Set(proof.violations.map(({ kind }) => kind))).toEqual(new Set(['signature-window']));
  });
});
