/**
 * Plays a recording of named (test/vectors/rollover) to danezone's engine: the same policy, the same operator, runs at the same
 * seconds. What the engine then has for states and for the date of its next event can be laid beside what named had.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dsOf } from '../../src/rollover/ds-records.ts';
import { tupleOf } from '../../src/rollover/key-records.ts';
import type { RolloverPolicy } from '../../src/rollover/policy.ts';
import { type Answer, goInsecure, rollAlgorithm, rollCsk, rollKsk, rollZsk } from '../../src/rollover/requests.ts';
import type { Switches } from '../../src/rollover/switches.ts';
import { policy as defaults, Life, zone } from './life.ts';

/** Seconds, under the names that named.conf has for them. */
type Times = Readonly<
  Record<
    | 'dnskey-ttl'
    | 'max-zone-ttl'
    | 'zone-propagation-delay'
    | 'publish-safety'
    | 'retire-safety'
    | 'parent-ds-ttl'
    | 'parent-propagation-delay'
    | 'signatures-validity'
    | 'signatures-refresh',
    number
  >
>;

export interface NamedPolicy extends Times {
  readonly builtIn?: true;
  readonly keys: readonly {
    readonly role: 'csk' | 'ksk' | 'zsk';
    readonly algorithm: string;
    readonly lifetime?: number;
  }[];
}

type States = Readonly<Record<'dnskey' | 'zrrsig' | 'krrsig' | 'ds', string>>;

/** Times in seconds since the first key of named. See record.mjs. */
export interface Recording {
  readonly scenario: string;
  readonly policies: Readonly<Record<string, NamedPolicy>>;
  readonly keys: readonly { readonly name: string; readonly role: 'csk' | 'ksk' | 'zsk' }[];
  readonly actions: readonly {
    readonly at: number;
    readonly action: 'checkds' | 'rollover' | 'policy' | 'travel';
    readonly what?: 'published' | 'withdrawn';
    readonly key?: string;
    readonly policy?: string;
    /** From here on the clock is ahead by so many seconds more. */
    readonly shift?: number;
  }[];
  readonly runs: readonly { readonly at: number; readonly next: number }[];
  readonly changes: readonly {
    readonly at: number;
    readonly keys: Readonly<Record<string, States & { readonly goal: string }>>;
  }[];
}

export interface Row {
  /** As in the recording. */
  readonly at: number;
  /** `K1 OOOH K2 RHRH`: DNSKEY, ZRRSIG, KRRSIG, DS by their first letters. */
  readonly states: string;
  /** Seconds from here to the next event; undefined: there is none until somebody does something. */
  readonly next?: number;
}

const folder = new URL('../vectors/rollover/', import.meta.url);

export const recordings: readonly Recording[] = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Recording);

/** Where nothing is planned, named looks again after an hour. */
const idle = 3600;

/** What named had: its states after each run, and the date that it announced. */
export function namedRows({ runs, changes }: Recording): readonly Row[] {
  return runs.map(({ at, next }) => {
    const keys = changes.findLast((change) => change.at <= at)?.keys ?? {};
    const states = Object.entries(keys).map(([name, key]) => `${name} ${lettersOf(key)}`);
    return { at, states: states.join(' '), next: Math.abs(next - at - idle) <= 1 ? undefined : next - at };
  });
}

const lettersOf = ({ dnskey, zrrsig, krrsig, ds }: States) =>
  [dnskey, zrrsig, krrsig, ds].map((state) => state[0].toUpperCase()).join('');

const algorithms: Readonly<Record<string, number>> = { ecdsap256sha256: 13, ed25519: 15 };

/** A policy of named as danezone's, with the order of BIND and a parent that swaps DS in one step, as `-checkds` has it. */
export function policyOf(named: NamedPolicy, keys: NamedPolicy['keys'] = named.keys): RolloverPolicy {
  const lifetimeOf = (part: 'ksk' | 'zsk') => keys.find(({ role }) => role === part || role === 'csk')?.lifetime;
  // Where named has no largest TTL it reckons with a week.
  const max = named['max-zone-ttl'] === 0 ? 7 * 86_400 : named['max-zone-ttl'];
  return {
    ...defaults,
    keys: {
      layout: keys.length === 1 ? 'csk' : 'ksk-zsk',
      algorithm: algorithms[keys[0].algorithm],
      kskLifetime: lifetimeOf('ksk'),
      zskLifetime: lifetimeOf('zsk'),
    },
    ttls: { dnskey: named['dnskey-ttl'], tlsa: max, max, negative: max },
    signatures: { validity: named['signatures-validity'], refresh: named['signatures-refresh'] },
    zonePropagationDelay: named['zone-propagation-delay'],
    publishSafety: named['publish-safety'],
    retireSafety: named['retire-safety'],
    parent: {
      ...defaults.parent,
      ttl: named['parent-ds-ttl'],
      propagationDelay: named['parent-propagation-delay'],
      registrationDelay: 0,
      replace: 'atomic',
    },
    algorithmOrder: 'bind',
  };
}

/**
 * The two terms that named adds and danezone does not: retire-safety also where no key replaces another, and Dsgn (validity −
 * refresh) for the signatures of a key that replaces one.
 */
export function withTermsOfNamed(policy: RolloverPolicy, { journal }: Life): RolloverPolicy {
  const { ttls, parent, signatures, retireSafety } = policy;
  const rolls = journal.keys.some(({ predecessor, successor }) => (predecessor ?? successor) !== undefined);
  return {
    ...policy,
    ttls: { ...ttls, max: ttls.max + (rolls ? signatures.validity - signatures.refresh : retireSafety) },
    parent: { ...parent, ttl: parent.ttl + (rolls ? 0 : retireSafety) },
  };
}

/** What danezone has when it runs at the seconds at which named ran. `adapt` may change its policy before each run. */
export function replay(
  recording: Recording,
  adapt: (policy: RolloverPolicy, life: Life) => RolloverPolicy = (policy) => policy,
  switches?: Switches,
): readonly Row[] {
  const [first] = Object.values(recording.policies);
  let policy = policyOf(first);
  const life = new Life(policy, { switches });
  const start = life.now;
  let shift = 0;
  const parent = new Set<string>();
  const actions = [...recording.actions];
  return recording.runs.map(({ at }) => {
    while (actions.length > 0 && actions[0].at <= at) {
      const action = actions.shift() as Recording['actions'][number];
      life.now = start + shift + action.at;
      if (action.shift !== undefined) {
        shift += action.shift;
      } else if (action.action === 'checkds') {
        parent[action.what === 'published' ? 'add' : 'delete'](action.key as string);
        // Acts of one second are one look at the parent.
        const [next] = actions;
        if (next?.action !== 'checkds' || next.at !== action.at) showParent(life, parent, policy.parent.ttl);
      } else {
        life.now = start + shift + at;
        const named = recording.policies[action.policy as string];
        if (named !== undefined) policy = policyOf(named, named.keys.length === 0 ? first.keys : named.keys);
        life.policy = adapt(policy, life);
        request(life, recording, action);
      }
    }
    life.now = start + shift + at;
    life.policy = adapt(policy, life);
    life.build();
    life.publish();
    life.policy = adapt(policy, life);
    const { nextEvent } = life.look();
    return { at, states: statesOf(life), next: nextEvent === undefined ? undefined : nextEvent - life.now };
  });
}

function request(life: Life, { keys }: Recording, { action, key, policy }: Recording['actions'][number]): void {
  const roll = { csk: rollCsk, ksk: rollKsk, zsk: rollZsk };
  const role = keys.find(({ name }) => name === key)?.role;
  let answer: Answer;
  if (action === 'rollover' && role !== undefined) answer = roll[role](life.journal);
  else if (policy === 'insecure') answer = goInsecure(life.journal, life.now, 'test');
  else answer = rollAlgorithm(life.journal, life.policy);
  if ('error' in answer) throw new Error(answer.error);
  life.journal = answer.journal;
  for (const wanted of answer.wanted) life.add(wanted);
}

function showParent(life: Life, shown: ReadonlySet<string>, ttl: number): void {
  const keys = life.journal.keys.filter(({ id }) => shown.has(life.nameOf(id)));
  const records = keys.map((key) => dsOf(zone, key, 2)).sort();
  life.showDs(records, ttl);
}

/** Of every key that was ever made, in that order. */
function statesOf(life: Life): string {
  return life.made
    .map((_, index) => `K${index + 1}`)
    .map((name) => {
      const key = life.journal.keys.find(({ id }) => life.nameOf(id) === name);
      return `${name} ${key === undefined ? 'HHHH' : tupleOf(key)}`;
    })
    .join(' ');
}
