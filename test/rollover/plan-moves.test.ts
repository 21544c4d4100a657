/**
 * No move of any sequence in docs/rollover.md is without a step in the plan. The moves are those of a life in which everybody acts at
 * once, led by other code than the plan's simulation.
 */
import { describe, expect, test } from 'vitest';
import type { KeyState } from '../../src/dnssec/key-state.ts';
import { type Journal, type KeyRecord, newJournal } from '../../src/journal/journal.ts';
import { abort } from '../../src/rollover/abort.ts';
import { keyOf } from '../../src/rollover/key-records.ts';
import type { PlanStep } from '../../src/rollover/plan.ts';
import { planZone } from '../../src/rollover/plan-zone.ts';
import type { RolloverPolicy } from '../../src/rollover/policy.ts';
import { type Answer, goInsecure, rollAlgorithm, rollCsk, rollKsk, rollZsk } from '../../src/rollover/requests.ts';
import { day, hour, Life, madeKey, policy, splitKeys, zone } from './life.ts';

interface Sequence {
  readonly from: RolloverPolicy;
  readonly to?: RolloverPolicy;
  /** Undefined: the zone is signed for the first time. */
  readonly ask?: (life: Life) => Answer;
  /** Hours of the roll before it is taken back. */
  readonly abortAfter?: number;
}

const oneDs = { ...policy.parent, maxDs: 1 };
const toEd25519 = <P extends RolloverPolicy>(of: P): P => ({ ...of, keys: { ...of.keys, algorithm: 15 } });
const bindOrder = { ...policy, algorithmOrder: 'bind' } as const;
const doubleDs: RolloverPolicy = { ...splitKeys, keys: { ...splitKeys.keys, kskRoll: 'double-ds' } };
const doubleSignature: RolloverPolicy = { ...splitKeys, keys: { ...splitKeys.keys, zskRoll: 'double-signature' } };

const zsk = (life: Life) => rollZsk(life.journal);
const ksk = (life: Life) => rollKsk(life.journal);
const csk = (life: Life) => rollCsk(life.journal);
const algorithm = (life: Life) => rollAlgorithm(life.journal, life.policy);
const insecure = (life: Life) => goInsecure(life.journal, life.now, 'operator');
const nothing = (life: Life): Answer => ({ journal: life.journal, wanted: [] });

const sequences: Readonly<Record<string, Sequence>> = {
  'first signing, one key': { from: policy },
  'first signing, KSK and ZSK': { from: splitKeys },
  'ZSK, pre-publication': { from: splitKeys, ask: zsk },
  'ZSK, double signature': { from: doubleSignature, ask: zsk },
  'KSK, double KSK': { from: splitKeys, ask: ksk },
  'KSK, double DS': { from: doubleDs, ask: ksk },
  'KSK, one DS': { from: { ...splitKeys, parent: oneDs }, ask: ksk },
  CSK: { from: policy, ask: csk },
  'KSK and ZSK to CSK': { from: splitKeys, to: policy, ask: algorithm },
  'CSK to KSK and ZSK': { from: policy, to: splitKeys, ask: algorithm },
  'algorithm, one key': { from: policy, to: toEd25519(policy), ask: algorithm },
  'algorithm, KSK and ZSK': { from: splitKeys, to: toEd25519(splitKeys), ask: algorithm },
  'algorithm, one DS': {
    from: { ...policy, parent: oneDs },
    to: toEd25519({ ...policy, parent: oneDs }),
    ask: algorithm,
  },
  "algorithm, BIND's order": { from: bindOrder, to: toEd25519(bindOrder), ask: algorithm },
  'digest types': { from: policy, to: { ...policy, parent: { ...policy.parent, digests: [4] } }, ask: nothing },
  'going insecure, one key': { from: policy, ask: insecure },
  'going insecure, KSK and ZSK': { from: splitKeys, ask: insecure },
  'going insecure, taken back while unsigned': { from: policy, ask: insecure, abortAfter: 26 },
  'CSK, taken back': { from: policy, ask: csk, abortAfter: 4 },
  'KSK, taken back after its DS was swapped': { from: splitKeys, ask: ksk, abortAfter: 30 },
};

function lifeOf({ from, to, ask, abortAfter }: Sequence): Life {
  if (ask === undefined) return new Life(from);
  const life = Life.signed(from);
  life.now += day;
  life.policy = to ?? from;
  life.ask(ask(life));
  if (abortAfter !== undefined) {
    life.story(abortAfter * hour);
    life.now += hour;
    life.ask(abort(life.journal, life.now));
  }
  return life;
}

type Kind = PlanStep['action']['kind'];

const begun: readonly Kind[] = ['publish-dnskey', 'sign-with'];
const left: readonly Kind[] = ['withdraw-dnskey', 'unsign'];
/** A record of a key comes or goes with one of these; a clock that runs out is no step. */
const kindsOf: Readonly<Record<string, readonly Kind[]>> = {
  'dnskey rumoured': begun,
  'krrsig rumoured': begun,
  'zrrsig rumoured': ['sign-with'],
  'ds rumoured': ['add-ds', 'replace-ds'],
  'dnskey unretentive': left,
  'krrsig unretentive': left,
  'zrrsig unretentive': ['stop-signing-with', 'sign-with', 'unsign'],
  'ds unretentive': ['remove-ds', 'replace-ds'],
};

const horizon = 300 * day;

function planOf(life: Life) {
  return planZone({ journal: life.journal, policy: life.policy }, life.now, life.now + horizon);
}

/** Seconds and moves of a life from now on. */
function movesOf(life: Life): [at: number, move: string][] {
  const all: [number, string][] = [];
  const end = life.now + horizon;
  for (;;) {
    life.build();
    for (const { key, record, to } of life.moves) {
      const role = keyOf(life.journal.keys, key)?.role;
      if (kindsOf[`${record} ${to}`] !== undefined) all.push([life.now, `${role} ${record} ${to}`]);
    }
    const moved = life.moves.length > 0;
    life.publish();
    life.showDs();
    const { nextEvent, moves } = life.look();
    if (moved || moves.length > 0) continue;
    if (nextEvent === undefined || nextEvent > end) return all;
    life.now = nextEvent;
  }
}

const keysIn = ({ action }: PlanStep) => ('key' in action ? [action.key] : 'keys' in action ? action.keys : undefined);

function covers(step: PlanStep, [role, record, to]: readonly string[], { keys }: Journal): boolean {
  if (!kindsOf[`${record} ${to}`].includes(step.action.kind)) return false;
  const ids = keysIn(step);
  // What stops in favour of another key stands in the title of that.
  if (ids === undefined || (to === 'unretentive' && step.action.kind !== 'remove-ds')) return true;
  return ids.some((id) => keyOf(keys, id)?.role === role) || step.action.kind === 'replace-ds';
}

describe.each(Object.entries(sequences))('%s', (_, sequence) => {
  const { steps, history, stuck } = planOf(lifeOf(sequence));

  test('every record that comes or goes has its step, at the second at which it does', () => {
    const moves = movesOf(lifeOf(sequence));
    const isDigests = sequence.ask === nothing;
    if (!isDigests) expect(moves.length).toBeGreaterThan(0);
    for (const [at, move] of moves) {
      const found = steps.filter((step) => step.at === at && covers(step, move.split(' '), history));
      expect(found.length, `${move} at ${at}`).toBeGreaterThan(0);
    }
    expect(stuck).toEqual([]);
  });

  test('a roll can be taken back until a key of before leaves the zone', () => {
    const gone = steps.filter(({ action }) => action.kind === 'withdraw-dnskey').map(({ at }) => at);
    const first = steps.find(({ action }) => action.kind === 'sign-with' || action.kind === 'publish-dnskey');
    const isRoll = sequence.ask !== undefined && gone.length > 0 && first !== undefined;
    if (isRoll && sequence.abortAfter === undefined) expect(gone).toContain(first.undoUntil);
  });

  test('every step of the tool and of the registrar is a move of the engine', () => {
    const moves = movesOf(lifeOf(sequence));
    const kinds = new Set(Object.values(kindsOf).flat());
    for (const step of steps) {
      if (!kinds.has(step.action.kind) || sequence.ask === nothing) continue;
      const found = moves.filter(([at, move]) => step.at === at && covers(step, move.split(' '), history));
      expect(found.length, step.title).toBeGreaterThan(0);
    }
  });

  test('a step is whole: the numbers of its reason make its date, and what it waits for is typed', () => {
    expect(new Set(steps.map(({ id }) => id)).size).toBe(steps.length);
    for (const step of steps) {
      const { id, title, reason, ifLate, at, needs, actor, commands, undoUntil } = step;
      expect(id).toMatch(/^[0-9a-f]{16}$/);
      for (const text of [title, reason.text, ifLate]) expect(text).not.toMatch(/^$|undefined|NaN|[0-9]{3}\+[0-9]{5}/);
      expect(commands.length, title).toBeGreaterThan(0);
      if (actor === 'tool') expect(commands).toEqual(['danezone build']);
      expect(undoUntil ?? at + 1, title).toBeGreaterThan(at);
      if (reason.terms.length === 0) continue;
      const [since] = /[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8}Z/.exec(reason.text)!;
      const sum = reason.terms.reduce((all, { seconds }) => all + seconds, 0);
      expect(Date.parse(since.replace(' ', 'T')) / 1000 + sum, `${title}: ${reason.text}`).toBe(at);
      expect(needs.length, title).toBeGreaterThan(0);
    }
  });
});

describe('a zone that leaves DNSSEC', () => {
  const life = () => lifeOf(sequences['going insecure, KSK and ZSK']);
  const { steps } = planOf(life());
  const hours = (seconds: number) => (seconds - life().now) / hour;

  test('asks for the DS to go, is built without signatures when no cache has it, and is then declared unsigned', () => {
    expect(
      steps
        .filter(({ action }) => action.kind !== 'confirm-published')
        .map(({ at, actor, action }) => [hours(at), actor, action.kind]),
    ).toEqual([
      [0, 'operator', 'remove-ds'],
      [25, 'tool', 'unsign'],
      [50, 'operator', 'declare-unsigned'],
    ]);
  });

  test('can be taken back until it is unsigned, and that until it is declared', () => {
    const of = (kind: Kind) => steps.find(({ action }) => action.kind === kind)!;
    expect(of('remove-ds').undoUntil).toBe(of('unsign').at);
    expect(of('unsign').undoUntil).toBe(of('declare-unsigned').at);
    expect(of('unsign')).toMatchObject({ after: [], needs: [{ kind: 'ds-gone' }] });
    expect(of('remove-ds').commands).toEqual(['danezone confirm ds-gone example.test']);
    expect(of('remove-ds').reason.text).toContain('leaves DNSSEC');
  });
});

describe('keys taken over from .state files, where nobody has looked at the parent yet', () => {
  const everywhere = (at: number) => ({ state: 'omnipresent', since: at }) as const;
  const key = (number: number, at: number, ds: KeyState, goal: KeyRecord['goal'] = 'omnipresent'): KeyRecord => ({
    ...madeKey('csk', 13, number),
    role: 'csk',
    goal,
    created: at + number,
    active: at,
    dnskey: everywhere(at),
    zrrsig: everywhere(at),
    krrsig: everywhere(at),
    ds: { state: ds, since: at },
  });
  const dsSteps = (...keys: readonly KeyRecord[]) => {
    const journal = { ...newJournal(zone, start), keys: [...keys].sort((a, b) => (a.id < b.id ? -1 : 1)) };
    return planZone({ journal, policy }, start, start + horizon).steps.flatMap(({ action }) =>
      'ds' in action ? [[action.kind, ...action.keys]] : [],
    );
  };
  const start = 1_800_000_000;
  const [old, next] = [key(1, start, 'omnipresent', 'hidden'), key(2, start, 'rumoured')];

  test('a DS that is everywhere already is not asked for', () => {
    expect(dsSteps(key(1, start, 'omnipresent'))).toEqual([]);
  });

  test('in the middle of a roll only the new DS is added, then the old one goes', () => {
    expect(dsSteps({ ...old, successor: next.id }, { ...next, predecessor: old.id })).toEqual([
      ['add-ds', next.id],
      ['remove-ds', old.id],
    ]);
  });

  test('a DS that was to go is still to be seen gone', () => {
    const leaving = { ...key(1, start, 'unretentive', 'hidden'), successor: next.id };
    expect(dsSteps(leaving, { ...key(2, start, 'omnipresent'), predecessor: leaving.id })).toEqual([
      ['remove-ds', leaving.id],
    ]);
  });

  test('a DS of which nothing is known has to be there', () => {
    expect(dsSteps(key(1, start, 'unretentive'))).toEqual([['add-ds', key(1, start, 'hidden').id]]);
  });
});

test('a change of digest types is two steps of the operator, one after the other', () => {
  const { steps } = planOf(lifeOf(sequences['digest types']));
  const ds = steps.filter(({ action }) => 'ds' in action);
  expect(ds.map(({ action, actor }) => [action.kind, actor])).toEqual([
    ['add-ds', 'operator'],
    ['remove-ds', 'operator'],
  ]);
});
