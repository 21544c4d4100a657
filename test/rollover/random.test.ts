/** Laws of the engine over random lives: whatever people, servers and registrars do, and whenever the tool runs. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { prove } from '../../src/prove/prove.ts';
import { abort } from '../../src/rollover/abort.ts';
import { algorithmOfKey, fits, keyOf } from '../../src/rollover/key-records.ts';
import type { RolloverPolicy } from '../../src/rollover/policy.ts';
import { goInsecure, rollAlgorithm, rollCsk, rollKsk, rollZsk } from '../../src/rollover/requests.ts';
import { holds } from '../../src/rollover/safety.ts';
import { step } from '../../src/rollover/step.ts';
import { day, hour, Life, policy } from './life.ts';

const numRuns = Number(process.env.FUZZ_RUNS ?? 60);

const policies: fc.Arbitrary<RolloverPolicy> = fc
  .record({
    layout: fc.constantFrom('csk' as const, 'ksk-zsk' as const),
    dnskey: fc.integer({ min: 60, max: 2 * day }),
    max: fc.integer({ min: 60, max: 2 * day }),
    maxDs: fc.constantFrom(1, 2, 4),
    replace: fc.constantFrom('add-remove' as const, 'atomic' as const),
    algorithmOrder: fc.constantFrom('conservative' as const, 'bind' as const),
    digests: fc.constantFrom([2], [2, 4]),
    lifetime: fc.constantFrom(undefined, 20 * day, 60 * day),
    kskRoll: fc.constantFrom(undefined, 'double-ds' as const),
    zskRoll: fc.constantFrom(undefined, 'double-signature' as const),
  })
  .map(({ layout, dnskey, max, maxDs, replace, algorithmOrder, digests, lifetime, kskRoll, zskRoll }) => ({
    ...policy,
    keys: { layout, algorithm: 13, kskLifetime: lifetime && 2 * lifetime, zskLifetime: lifetime, kskRoll, zskRoll },
    ttls: { ...policy.ttls, dnskey, max },
    parent: { ...policy.parent, maxDs, replace, digests },
    algorithmOrder,
  }));

const planned = {
  wait: fc.integer({ min: 1, max: 3 * day }),
  event: fc.constant(0),
  build: fc.constant(0),
  publish: fc.constant(0),
  showDs: fc.constant(0),
  all: fc.constant(0),
  roll: fc.constantFrom('zsk', 'ksk', 'csk', 'algorithm', 'layout'),
  abort: fc.constant(0),
  insecure: fc.integer({ min: 0, max: 4 }),
};
const early = { ...planned, strangeDs: fc.integer({ min: 0, max: 15 }) };

type Act = { [K in keyof typeof early]: readonly [K, unknown] }[keyof typeof early];

const acts = (of: Record<string, fc.Arbitrary<unknown>>, maxLength = 60): fc.Arbitrary<readonly Act[]> =>
  fc.array(fc.oneof(...Object.entries(of).map(([name, value]) => fc.tuple(fc.constant(name), value))), {
    maxLength,
    size: 'max',
  }) as fc.Arbitrary<readonly Act[]>;

function perform(life: Life, [what, value]: Act): void {
  const ask = (answer: Parameters<Life['ask']>[0]) => 'error' in answer || life.ask(answer);
  const { keys } = life.policy;
  if (what === 'wait') life.now += value as number;
  else if (what === 'event') life.now = life.look().nextEvent ?? life.now + hour;
  else if (what === 'build') life.build();
  else if (what === 'publish') life.publish();
  else if (what === 'showDs') life.showDs();
  else if (what === 'all') life.turn();
  else if (what === 'abort') ask(abort(life.journal, life.now));
  else if (what === 'insecure') value === 0 && ask(goInsecure(life.journal, life.now, 'operator'));
  else if (what === 'strangeDs') {
    const known = [...new Set(life.journal.parentDs.flatMap(({ records }) => records))].sort();
    life.showDs(known.filter((_, index) => ((value as number) >> index) & 1));
  } else if (value === 'zsk') ask(rollZsk(life.journal));
  else if (value === 'ksk') ask(rollKsk(life.journal));
  else if (value === 'csk') ask(rollCsk(life.journal));
  else {
    const changed =
      value === 'algorithm'
        ? { ...keys, algorithm: 28 - keys.algorithm }
        : { ...keys, layout: keys.layout === 'csk' ? ('ksk-zsk' as const) : ('csk' as const) };
    life.policy = { ...life.policy, keys: changed };
    ask(rollAlgorithm(life.journal, life.policy));
  }
}

function brokenRules(life: Life): readonly string[] {
  const { keys, requests } = life.journal;
  const algorithms = [...new Set(keys.map(algorithmOfKey))];
  return ([1, 2, 3] as const).flatMap((rule) =>
    algorithms
      .filter((algorithm) => !holds(rule, keys, algorithm, requests.insecure !== undefined))
      .map((algorithm) => `rule ${rule}, algorithm ${algorithm}: ${life.states()}`),
  );
}

/** Everybody does what there is to do, and nobody wants anything new. */
function settle(life: Life): string {
  life.policy = { ...life.policy, keys: { ...life.policy.keys, kskLifetime: undefined, zskLifetime: undefined } };
  life.story(3650 * day);
  return life.states();
}

function isSettled(life: Life): boolean {
  return life.journal.keys.every((key) =>
    key.goal === 'hidden' ? fits(key, 'HHHH') : fits(key, { csk: 'OOOO', ksk: 'OHOO', zsk: 'OOHH' }[key.role]),
  );
}

describe('as long as the parent shows only what it was asked for', () => {
  test('the safety rules hold after every run, and every life comes to its end', () => {
    fc.assert(
      fc.property(policies, acts(planned), (chosen, list) => {
        const life = new Life(chosen);
        let isAborted = false;
        for (const act of list) {
          perform(life, act);
          // A key whose signatures come back beside those that were to replace them is safe, but in no tuple of rule 3.
          isAborted ||= act[0] === 'abort';
          const isBuilt = act[0] === 'build' || act[0] === 'all';
          if (isBuilt && !isAborted) expect(brokenRules(life)).toEqual([]);
        }
        expect([settle(life), isSettled(life)]).toEqual([expect.any(String), true]);
      }),
      { numRuns },
    );
  });

  test('no record arrives earlier than its wait after the publication that shows it', () => {
    fc.assert(
      fc.property(policies, acts(planned), (chosen, list) => {
        const life = new Life(chosen);
        const { ttls, zonePropagationDelay, publishSafety } = chosen;
        /** When a version with the record was first published, since it was last absent. */
        const seen = new Map<string, number>();
        for (const act of list) {
          perform(life, act);
          for (const { key, record, to } of act[0] === 'build' || act[0] === 'all' ? life.moves : []) {
            if (record !== 'dnskey' || to !== 'omnipresent') continue;
            const wait = ttls.dnskey + zonePropagationDelay + publishSafety;
            expect(life.now).toBeGreaterThanOrEqual((seen.get(key) ?? Number.POSITIVE_INFINITY) + wait);
          }
          if (act[0] === 'publish' || act[0] === 'all') {
            for (const key of life.journal.keys) {
              const shown = fits(key, 'R***') || fits(key, 'O***');
              if (shown && !seen.has(key.id)) seen.set(key.id, life.now);
              if (!shown) seen.delete(key.id);
            }
          }
        }
      }),
      { numRuns },
    );
  });
});

describe('before the proof, which knows nothing of the engine', () => {
  test('no validator with any cache fails, as long as the parent shows only what it was asked for', () => {
    fc.assert(
      fc.property(policies, acts(planned, 150), (chosen, list) => {
        const life = new Life(chosen);
        const from = life.now;
        for (const act of list) {
          perform(life, act);
          // Nothing happens in the very second of something else.
          life.now += 1;
        }
        const { violations } = prove({ zones: [{ journal: life.journal, policy: life.policy }], from, mode: 'strict' });
        // Signatures run out where nobody runs the tool; a zone on its way out is insecure because somebody asked for it.
        const leaves = list.some(([what]) => what === 'insecure');
        const found = violations.filter(({ kind }) => kind !== 'signature-window' && !(leaves && kind === 'insecure'));
        expect(found.map(({ message }) => message)).toEqual([]);
      }),
      { numRuns },
    );
  });
});

describe('whatever the parent shows', () => {
  test('what is not where it is to be says why, and nothing is withdrawn under a broken rule that stays broken', () => {
    fc.assert(
      fc.property(policies, acts(early), (chosen, list) => {
        const life = new Life(chosen);
        for (const act of list) {
          perform(life, act);
          const result = life.look();
          for (const key of result.keys) {
            const target = key.goal === 'hidden' ? 'hidden' : 'omnipresent';
            const away = {
              csk: ['dnskey', 'zrrsig', 'krrsig', 'ds'],
              ksk: ['dnskey', 'krrsig', 'ds'],
              zsk: ['dnskey', 'zrrsig'],
            }[key.role].filter((record) => key[record as 'ds'].state !== target);
            const told = result.blocked.filter((each) => each.key === key.id).map(({ record }) => record);
            expect(told).toEqual(away);
          }
          const again = step({ journal: { ...life.journal, keys: result.keys }, policy: life.policy, now: life.now });
          expect(again.moves).toEqual([]);
        }
        expect([settle(life), isSettled(life)]).toEqual([expect.any(String), true]);
      }),
      { numRuns },
    );
  });

  test('a DNSKEY leaves only when no DS in any cache points to it, but where every cache has that of its successor', () => {
    fc.assert(
      fc.property(policies, acts(early), (chosen, list) => {
        const life = new Life(chosen);
        for (const act of list) {
          perform(life, act);
          for (const { key, record, to } of act[0] === 'build' || act[0] === 'all' ? life.moves : []) {
            if (record !== 'dnskey' || to !== 'unretentive') continue;
            const gone = keyOf(life.journal.keys, key);
            expect(gone?.goal).toBe('hidden');
            const next = keyOf(life.journal.keys, gone?.successor);
            const isReplaced = chosen.keys.kskRoll === 'double-ds' && next !== undefined && fits(next, 'O*OO');
            if (!isReplaced) expect(gone?.ds.state).toBe('hidden');
          }
        }
      }),
      { numRuns },
    );
  });
});
