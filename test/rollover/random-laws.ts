/** Laws of the engine over random lives: whatever people, servers and registrars do, and whenever the tool runs. */
import fc from 'fast-check';
import type { KeyState } from '../../src/dnssec/key-state.ts';
import type { KeyRecord, KeyRole } from '../../src/journal/journal.ts';
import { prove } from '../../src/prove/prove.ts';
import { abort } from '../../src/rollover/abort.ts';
import { dsOf } from '../../src/rollover/ds-records.ts';
import { algorithmOfKey, fits, hasDs, keyOf, recordsOf } from '../../src/rollover/key-records.ts';
import { type KeyRecordName, keyRecords } from '../../src/rollover/move.ts';
import type { RolloverPolicy } from '../../src/rollover/policy.ts';
import { goInsecure, rollAlgorithm, rollCsk, rollKsk, rollZsk } from '../../src/rollover/requests.ts';
import { holds } from '../../src/rollover/safety.ts';
import { isWanted } from '../../src/rollover/standby.ts';
import { step } from '../../src/rollover/step.ts';
import { day, hour, Life, policy, zone } from './life.ts';

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
    standby: fc.constantFrom(undefined, undefined, 'ds' as const, 'ds-and-dnskey' as const),
  })
  .map(({ layout, dnskey, max, maxDs, replace, algorithmOrder, digests, lifetime, ...rolls }) => ({
    ...policy,
    keys: { layout, algorithm: 13, kskLifetime: lifetime && 2 * lifetime, zskLifetime: lifetime, ...rolls },
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
const whatever = { ...planned, strangeDs: fc.integer({ min: 0, max: 15 }) };

type Act = { [K in keyof typeof whatever]: readonly [K, unknown] }[keyof typeof whatever];

type Story = readonly [policy: RolloverPolicy, acts: readonly Act[]];

const stories = (of: Record<string, fc.Arbitrary<unknown>>, maxLength = 60): fc.Arbitrary<Story> => {
  const act = fc.oneof(...Object.entries(of).map(([name, value]) => fc.tuple(fc.constant(name), value)));
  return fc.tuple(policies, fc.array(act, { maxLength, size: 'max' })) as unknown as fc.Arbitrary<Story>;
};

export function perform(life: Life, [what, value]: Act): void {
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

const isBuild = ([what]: Act) => what === 'build' || what === 'all';

function brokenRules(life: Life): readonly string[] {
  const { keys, requests } = life.journal;
  const algorithms = [...new Set(keys.map(algorithmOfKey))];
  return ([1, 2, 3] as const).flatMap((rule) =>
    algorithms
      .filter((algorithm) => !holds(rule, keys, algorithm, requests.insecure !== undefined))
      .map((algorithm) => `rule ${rule}, algorithm ${algorithm}: ${life.states()}`),
  );
}

const keyStates = fc.constantFrom('hidden', 'rumoured', 'omnipresent', 'unretentive') as fc.Arbitrary<KeyState>;

/** A key in the journal, whatever led to it: adopted, written by hand, or left by a world that did what it liked. */
const strangeKeys = fc.array(
  fc.record({
    role: fc.constantFrom('csk', 'ksk', 'zsk') as fc.Arbitrary<KeyRole>,
    algorithm: fc.constantFrom(13, 13, 13, 15),
    goal: fc.constantFrom('hidden', 'omnipresent') as fc.Arbitrary<KeyRecord['goal']>,
    follows: fc.integer({ min: 0, max: 6 }),
    states: fc.tuple(keyStates, keyStates, keyStates, keyStates),
  }),
  { minLength: 1, maxLength: 4 },
);

type StrangeKey = typeof strangeKeys extends fc.Arbitrary<readonly (infer T)[]> ? T : never;

/** One key, or a pair, is to stay; as many as the engine and its requests ever leave. */
function mayStay(keys: readonly StrangeKey[]): boolean {
  const staying = keys.filter(({ goal }) => goal === 'omnipresent');
  const isPair = new Set(staying.map(({ role }) => role)).size === 2 && staying.every(({ role }) => role !== 'csk');
  return staying.length < 2 || (staying.length === 2 && isPair && staying[0].algorithm === staying[1].algorithm);
}

/** A zone with such keys, of which the parent shows some DS. */
export function strangeLife(policy: RolloverPolicy, keys: readonly StrangeKey[], shown: number): Life {
  const life = new Life(policy);
  const ids: string[] = [];
  for (const { role, algorithm, follows } of keys)
    ids.push(life.add({ role, algorithm, predecessor: ids[follows], retires: [], reason: 'first' }));
  const withStates = (key: KeyRecord): KeyRecord => {
    const { states, goal } = keys[ids.indexOf(key.id)];
    const own = recordsOf[key.role].map((record) => [
      record,
      { state: states[keyRecords.indexOf(record)], since: life.now },
    ]);
    return { ...key, goal, ...Object.fromEntries(own) };
  };
  life.journal = { ...life.journal, keys: life.journal.keys.map(withStates) };
  const withDs = life.journal.keys.filter((key, index) => hasDs(key) && (shown >> index) & 1);
  life.showDs(withDs.flatMap((key) => policy.parent.digests.map((type) => dsOf(zone, key, type))));
  return life;
}

/** The records of the key that are not where they are to be. */
function awayOf(key: KeyRecord, policy: RolloverPolicy): readonly KeyRecordName[] {
  return recordsOf[key.role].filter(
    (record) => key[record].state !== (isWanted(key, record, policy) ? 'omnipresent' : 'hidden'),
  );
}

/** Everybody does what there is to do, and nobody wants anything new: then every key comes to where it is to be. */
function unsettled(life: Life): readonly string[] {
  life.policy = { ...life.policy, keys: { ...life.policy.keys, kskLifetime: undefined, zskLifetime: undefined } };
  life.story(3650 * day);
  const isSettled = life.journal.keys.every((key) => awayOf(key, life.policy).length === 0);
  return isSettled ? [] : [`never comes to its end: ${life.states()} ${JSON.stringify(life.look().blocked)}`];
}

export interface Law {
  readonly text: string;
  /** Asks the law of so many lives: what is against it in the smallest life that breaks it, and how to see that again. */
  readonly findIn: (lives: { readonly seed: number; readonly numRuns: number }) => string | undefined;
}

/** `broken` is what is against the law in one life. */
function law<S>(text: string, stories: fc.Arbitrary<S>, broken: (story: S) => readonly string[]): Law {
  const holds = fc.property(stories, (story) => {
    const found = broken(story);
    if (found.length > 0) throw new Error(found.join('\n'));
  });
  return {
    text,
    findIn: (lives) => {
      const result = fc.check(holds, lives);
      if (!result.failed) return undefined;
      const { message } = result.errorInstance as Error;
      return `SEED=${lives.seed} ${message}\n${fc.defaultReportMessage(result)}`;
    },
  };
}

export const laws: readonly Law[] = [
  law(
    'as long as the parent shows only what it was asked for, the safety rules hold after every run, and every life comes to its end',
    stories(planned),
    ([policy, acts]) => {
      const life = new Life(policy);
      let isAborted = false;
      const found: string[] = [];
      for (const act of acts) {
        perform(life, act);
        // A key whose signatures come back beside those that were to replace them is safe, but in no tuple of rule 3.
        isAborted ||= act[0] === 'abort';
        if (isBuild(act) && !isAborted) found.push(...brokenRules(life));
      }
      return [...found, ...unsettled(life)];
    },
  ),
  law(
    'no DNSKEY arrives earlier than its wait after the publication that shows it',
    stories(planned),
    ([policy, acts]) => {
      const life = new Life(policy);
      const { ttls, zonePropagationDelay, publishSafety } = policy;
      const wait = ttls.dnskey + zonePropagationDelay + publishSafety;
      /** When a version with the record was first published, since it was last absent. */
      const seen = new Map<string, number>();
      const found: string[] = [];
      for (const act of acts) {
        perform(life, act);
        for (const { key, record, to } of isBuild(act) ? life.moves : []) {
          if (record !== 'dnskey' || to !== 'omnipresent') continue;
          const early = (seen.get(key) ?? Number.POSITIVE_INFINITY) + wait - life.now;
          if (early > 0) found.push(`the DNSKEY of ${key} arrived ${early}s early: ${life.states()}`);
        }
        if (act[0] !== 'publish' && act[0] !== 'all') continue;
        for (const key of life.journal.keys) {
          const isShown = fits(key, 'R***') || fits(key, 'O***');
          if (isShown && !seen.has(key.id)) seen.set(key.id, life.now);
          if (!isShown) seen.delete(key.id);
        }
      }
      return found;
    },
  ),
  law(
    'before the proof, which knows nothing of the engine, no validator with any cache fails, as long as the parent shows only what it was asked for',
    stories(planned, 150),
    ([policy, acts]) => {
      const life = new Life(policy);
      const from = life.now;
      for (const act of acts) {
        perform(life, act);
        // Nothing happens in the very second of something else.
        life.now += 1;
      }
      const { violations } = prove({ zones: [{ journal: life.journal, policy: life.policy }], from, mode: 'strict' });
      // Signatures run out where nobody runs the tool; a zone on its way out is insecure because somebody asked for it.
      const leaves = acts.some(([what]) => what === 'insecure');
      return violations
        .filter(({ kind }) => kind !== 'signature-window' && !(leaves && kind === 'insecure'))
        .map(({ message }) => message);
    },
  ),
  law(
    'whatever the parent shows, what is not where it is to be says why, stepping again moves nothing, and every life comes to its end',
    stories(whatever),
    ([policy, acts]) => {
      const life = new Life(policy);
      const found: string[] = [];
      for (const act of acts) {
        perform(life, act);
        const { keys, blocked } = life.look();
        for (const key of keys) {
          const away = awayOf(key, life.policy);
          const told = blocked.filter((each) => each.key === key.id).map(({ record }) => record);
          if (away.join() !== told.join()) found.push(`${key.id}: ${away} not there, ${told} told: ${life.states()}`);
        }
        const again = step({ journal: { ...life.journal, keys }, policy: life.policy, now: life.now });
        if (again.moves.length > 0) found.push(`moves again: ${JSON.stringify(again.moves)} from ${life.states()}`);
      }
      return [...found, ...unsettled(life)];
    },
  ),
  law(
    'whatever the parent shows, a DNSKEY leaves only when no DS in any cache points to it, but where every cache has that of its successor',
    stories(whatever),
    ([policy, acts]) => {
      const life = new Life(policy);
      const found: string[] = [];
      for (const act of acts) {
        perform(life, act);
        for (const { key: id, record, to } of isBuild(act) ? life.moves : []) {
          if (record !== 'dnskey' || to !== 'unretentive') continue;
          const key = keyOf(life.journal.keys, id);
          const next = keyOf(life.journal.keys, key?.successor);
          const isReplaced = policy.keys.kskRoll === 'double-ds' && next !== undefined && fits(next, 'O*OO');
          const isFree = key?.ds.state === 'hidden' || isReplaced;
          if (key?.goal !== 'hidden' || !isFree) found.push(`${id} leaves: ${life.states()}`);
        }
      }
      return found;
    },
  ),
  law(
    'from whatever states of whatever keys, every key comes to where it is to be',
    fc.tuple(policies, strangeKeys.filter(mayStay), fc.nat(15)),
    ([policy, keys, shown]) => unsettled(strangeLife(policy, keys, shown)),
  ),
];
