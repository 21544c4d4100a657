/** Random lives: a policy, habits, and what happens in ten years. */
import fc from 'fast-check';
import type { RolloverPolicy } from '../../src/rollover/policy.ts';
import type { Switches } from '../../src/rollover/switches.ts';
import { day, hour, policy } from './life.ts';
import { type Act, act, beginLife, perform } from './random-acts.ts';
import { type Habits, RandomWorld, start } from './random-world.ts';

const publications: readonly RolloverPolicy['publication'][] = [
  { kind: 'evidence' },
  { kind: 'evidence' },
  { kind: 'by-build', after: 2 * hour },
];

export const policies: fc.Arbitrary<RolloverPolicy> = fc
  .record({
    layout: fc.constantFrom('csk' as const, 'ksk-zsk' as const),
    algorithm: fc.constantFrom(8, 13, 15),
    zskLifetime: fc.constantFrom(undefined, 30 * day, 90 * day, 365 * day),
    kskLifetime: fc.constantFrom(undefined, 120 * day, 365 * day),
    dnskey: fc.constantFrom(60, hour, day, 2 * day),
    tlsa: fc.constantFrom(60, 900, day),
    max: fc.constantFrom(300, day, 3 * day),
    // The defaults ask for a run every other day: few lives have them, or most of the time would go there.
    signatures: fc.oneof(
      { weight: 4, arbitrary: fc.constant({ validity: 60 * day, refresh: 40 * day }) },
      { weight: 4, arbitrary: fc.constant({ validity: 90 * day, refresh: 45 * day }) },
      { weight: 1, arbitrary: fc.constant(policy.signatures) },
    ),
    zonePropagationDelay: fc.constantFrom(0, 300, hour, 12 * hour),
    publishSafety: fc.constantFrom(0, hour),
    retireSafety: fc.constantFrom(0, hour, 2 * day),
    publication: fc.constantFrom(...publications),
    parentTtl: fc.constantFrom(hour, day, 2 * day),
    parentPropagation: fc.constantFrom(0, hour, 12 * hour),
    maxDs: fc.constantFrom(1, 2, 4, 4),
    replace: fc.constantFrom('add-remove' as const, 'atomic' as const),
    digests: fc.constantFrom([2], [2], [4], [2, 4]),
    interface: fc.constantFrom('ds' as const, 'cds' as const, 'key' as const, 'manual' as const),
    algorithmOrder: fc.constantFrom(
      'conservative' as const,
      'conservative' as const,
      'conservative' as const,
      'bind' as const,
    ),
  })
  .map((of) => ({
    ...policy,
    keys: { layout: of.layout, algorithm: of.algorithm, zskLifetime: of.zskLifetime, kskLifetime: of.kskLifetime },
    ttls: { dnskey: of.dnskey, tlsa: of.tlsa, max: of.max, negative: 300 },
    signatures: of.signatures,
    zonePropagationDelay: of.zonePropagationDelay,
    publishSafety: of.publishSafety,
    retireSafety: of.retireSafety,
    publication: of.publication,
    parent: {
      ...policy.parent,
      ttl: of.parentTtl,
      propagationDelay: of.parentPropagation,
      maxDs: of.maxDs,
      replace: of.replace,
      digests: of.digests,
      interface: of.interface,
    },
    algorithmOrder: of.algorithmOrder,
  }));

export const habits: fc.Arbitrary<Habits> = fc.record({
  runs: fc.constantFrom('events' as const, 'events' as const, 'late' as const, 'late' as const),
  lateness: fc.constantFrom(hour, 3 * day, 30 * day),
  publishDelay: fc.constantFrom(60, hour, 2 * day),
  missed: fc.constantFrom(0, 0, 0.2, 0.5),
  lookDelay: fc.constantFrom(60, hour, 5 * day),
  unseen: fc.constantFrom(0, 0.3),
  registrarDelay: fc.constantFrom(60, day, 20 * day),
  lag: fc.constantFrom(0, 1, 1),
  dsTtl: fc.constantFrom(1, 1, 0.25, 2),
  trims: fc.constantFrom(true, true, true, false),
});

export interface LifeStory {
  readonly policy: RolloverPolicy;
  readonly habits: Habits;
  readonly seed: number;
  /** Hours since the start, and what happens then. */
  readonly acts: readonly (readonly [hours: number, act: Act])[];
}

export const years = 10;
const whole = years * 365 * day;

export const lives: fc.Arbitrary<LifeStory> = fc.record({
  policy: policies,
  habits,
  seed: fc.integer({ min: 1, max: 0x7fffffff }),
  acts: fc.array(fc.tuple(fc.integer({ min: 1, max: (whole / hour) | 0 }), act), { maxLength: 30 }),
});

/** Small and repeatable: mulberry32. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

export interface Lived {
  /** What is against a law, in words; empty: all held. */
  readonly failures: readonly string[];
  readonly world: RandomWorld;
}

export function live(story: LifeStory, switches?: Switches): Lived {
  beginLife();
  const world = new RandomWorld(story.policy, story.habits, randomOf(story.seed), switches);
  for (const [hours, what] of story.acts) world.at(start + hours * hour, () => perform(world, what));
  world.liveUntil(start + whole);
  settle(world);
  const { policy } = world;
  const found = world.truth.violations(policy, story.policy.algorithmOrder === 'conservative');
  return { failures: [...world.failures, ...found.map(({ kind, message }) => `${kind}: ${message}`)], world };
}

/** Nobody wants anything new, and everybody does in time what there is to do: then every key comes to where it is to be. */
function settle(world: RandomWorld): void {
  const { policy } = world;
  world.offset = 0;
  world.zone = {
    ...world.zone,
    policy: { ...policy, keys: { ...policy.keys, kskLifetime: undefined, zskLifetime: undefined } },
  };
  for (let round = 0; round < 40; round++) {
    world.run();
    if (world.file !== undefined && world.served !== world.file) world.serve(world.file);
    world.liveUntil(world.now + 15 * day);
    world.look();
    if (world.run() && world.blocked.length === 0 && world.served?.serial === world.file?.serial) return;
  }
  const { keys } = world.journal;
  world.fail(`never comes to an end: ${JSON.stringify(world.blocked)} of ${JSON.stringify(keys)}`);
}
