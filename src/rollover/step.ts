/**
 * One run of the engine (ROLLOVER section 2): from the keys in the journal and the time to the keys as they stand now. Each record
 * of each key moves as far as policy, safety, time and the manual gate let it, and what does not move says why.
 */
import { clockTolerance } from '../journal/clock.ts';
import type { Journal, KeyRecord } from '../journal/journal.ts';
import { isShown, keyOf, recordsOf, withMove } from './key-records.ts';
import type { Blocked, KeyRecordName, Move, Precondition, WantedKey } from './move.ts';
import { askedKeys } from './pending.ts';
import type { RolloverPolicy } from './policy.ts';
import { standingRule } from './policy-rules.ts';
import { brokenRule } from './safety.ts';
import { byStandby, isWanted, withoutHastyStandby, withStandbyGoal } from './standby.ts';
import { noSwitches, type Switches } from './switches.ts';
import { type Due, dueOf, tlsaGone } from './time.ts';
import { nextWanted, wantedKeys, withLifetime } from './wanted-keys.ts';
import { worldMoves } from './world.ts';

export interface StepInput {
  readonly journal: Journal;
  readonly policy: RolloverPolicy;
  /** Unix seconds. */
  readonly now: number;
  /** What the first DS waits for besides caches: certificates that TLSA records stand for and nobody has seen in service yet. */
  readonly unserved?: readonly Precondition[];
  readonly switches?: Switches;
}

export interface StepResult {
  /** In the order of the journal. */
  readonly keys: readonly KeyRecord[];
  /** In the order in which they were made. */
  readonly moves: readonly Move[];
  readonly blocked: readonly Blocked[];
  /** Keys to make, add with `withNewKey`, and step again. */
  readonly wanted: readonly WantedKey[];
  /** The zone is to become insecure: its TLSA records go first. */
  readonly withdrawTlsa: boolean;
  /** The tool must run again by then, Unix seconds; undefined: it waits for evidence, or for nothing. */
  readonly nextEvent?: number;
}

/**
 * The same journal gives the same result; stepping again at once moves nothing. With a clock that is behind the journal nothing moves.
 */
export function step(input: StepInput): StepResult {
  const { policy, now } = input;
  const insecure = input.journal.requests.insecure !== undefined;
  if (now < input.journal.changed - clockTolerance) {
    return { keys: input.journal.keys, moves: [], blocked: [], wanted: [], withdrawTlsa: insecure };
  }
  const journal = {
    ...input.journal,
    keys: input.journal.keys.map((key, _, keys) => withStandbyGoal(withLifetime(key, policy), keys, policy)),
  };
  const engine = new Engine({ ...input, journal }, approvedMoves({ ...input, journal }));
  const { keys, moves } = engine.run();
  const blocked = engine.blocked(keys);
  const asked = askedKeys({ ...journal, keys }, policy);
  const isAsked = (key: WantedKey) => asked.some(({ retires }) => retires.some((id) => key.retires.includes(id)));
  const due = [...asked, ...wantedKeys({ ...journal, keys }, policy, now).filter((key) => !isAsked(key))];
  const wanted = withoutHastyStandby(due).map((key) => byStandby(key, keys));
  const dates = [...engine.dates(keys), nextWanted({ ...journal, keys }, policy)].filter(
    (date): date is number => date !== undefined && date > now,
  );
  return {
    keys,
    moves,
    blocked,
    wanted,
    withdrawTlsa: insecure,
    nextEvent: dates.length === 0 ? undefined : Math.min(...dates),
  };
}

/**
 * With a policy of manual steps: the moves that were due when a person said so, found by asking what the engine would have done then.
 * The word is spent when something has moved since. Undefined: every move may be made.
 */
function approvedMoves(input: StepInput): ReadonlySet<string> | undefined {
  const { journal, policy, now } = input;
  if (!policy.manual) return undefined;
  const at = journal.requests.approved?.at;
  if (
    at === undefined ||
    journal.keys.some((key) => key.created > at || recordsOf[key.role].some((record) => key[record].since > at))
  ) {
    return new Set();
  }
  const then = new Engine({ ...input, now: Math.min(at, now) }, undefined);
  return new Set(then.run().moves.map(nameOf));
}

const nameOf = ({ key, record, to }: Move) => `${key} ${record} ${to}`;

type Reason = Blocked['why'];

class Engine {
  readonly #input: StepInput;
  readonly #approved: ReadonlySet<string> | undefined;
  readonly #switches: Switches;
  readonly #insecure: boolean;
  /** Nothing of a wait changes while a step is computed, but the digest types that are asked for. */
  #dues = new Map<string, Due>();

  constructor(input: StepInput, approved: ReadonlySet<string> | undefined) {
    this.#input = input;
    this.#approved = approved;
    this.#switches = input.switches ?? noSwitches;
    this.#insecure = input.journal.requests.insecure !== undefined;
  }

  run(): { readonly keys: readonly KeyRecord[]; readonly moves: readonly Move[] } {
    const { journal, policy, now } = this.#input;
    let keys = journal.keys;
    const moves: Move[] = [];
    const make = (move: Move, at = now) => {
      keys = withMove(keys, move, at);
      if (move.record === 'ds') this.#dues.clear();
      moves.push(move);
    };
    if (!this.#switches.off.has('ds-seen'))
      for (const { at, ...move } of worldMoves(journal, keys, policy)) make(move, Math.min(at, now));
    for (;;) {
      const move = this.#firstOf(keys);
      if (move === undefined) return { keys, moves };
      make(move);
    }
  }

  /** Facts before wishes: what has arrived or left, then what comes, then what goes. */
  #firstOf(keys: readonly KeyRecord[]): Move | undefined {
    const open = allOpenMoves(keys, this.#input.policy);
    for (const kind of ['settles', 'comes', 'goes'] as const) {
      const move = open.find((each) => kindOf(each) === kind && this.#reasonAgainst(each, keys) === undefined);
      if (move !== undefined) return move;
    }
    return undefined;
  }

  #reasonAgainst(move: Move, keys: readonly KeyRecord[]): Reason | undefined {
    const { journal, policy, now } = this.#input;
    const rule = standingRule(move, keys, { journal, policy, insecure: this.#insecure, ...this.#switches });
    if (rule !== undefined) return { kind: 'policy', rule: rule.text };
    const due = this.#dueOf(move, keys);
    const waits: Reason | undefined = due && { kind: 'time', ...due };
    // A clock that has not run out is the plainer reason; safety is asked of what time allows.
    if (due !== undefined && (due.earliest === undefined || due.earliest > now)) return waits;
    // What caches have come to hold, or hold no more, is so whether it is safe or not.
    if (kindOf(move) === 'settles') return undefined;
    const broken = brokenRule(keys, withMove(keys, move, now), move, { insecure: this.#insecure, ...this.#switches });
    if (broken !== undefined) return { kind: 'safety', rule: broken };
    const isApproved = this.#approved?.has(nameOf(move)) ?? true;
    return isApproved ? undefined : { kind: 'approval' };
  }

  /** What the move waits for; undefined: nothing that time brings. */
  #dueOf(move: Move, keys: readonly KeyRecord[]): Due | undefined {
    const { journal, policy, now, unserved = [] } = this.#input;
    const { record, to } = move;
    if (to === 'omnipresent' || to === 'hidden') {
      const name = nameOf(move);
      const key = keyOf(keys, move.key) as KeyRecord;
      const due = this.#dues.get(name) ?? dueOf(key, record, to, keys, { journal, policy, ...this.#switches });
      this.#dues.set(name, due);
      return due;
    }
    if (record !== 'ds') return undefined;
    if (to === 'rumoured') {
      const isFirst = !keys.some((key) => isShown(key, 'ds'));
      return isFirst && unserved.length > 0 ? { wait: { since: { what: unserved[0] }, terms: [] } } : undefined;
    }
    return this.#insecure ? tlsaGone({ journal, policy, ...this.#switches }, now) : undefined;
  }

  /**
   * One entry for each record that is not where it is to be. Where its way is barred by a rule, and what caches do meanwhile is
   * waited for, that wait is told: it has a date, or says what has to be seen.
   */
  blocked(keys: readonly KeyRecord[]): readonly Blocked[] {
    return keys.flatMap((key) =>
      recordsOf[key.role].flatMap((record): readonly Blocked[] => {
        const moves = openMoves(key, record, this.#input.policy).flatMap((move) => {
          const why = this.#reasonAgainst(move, keys);
          return why === undefined ? [] : [{ ...move, why }];
        });
        const [first] = moves;
        if (first === undefined) return [];
        const isBarred = first.why.kind === 'policy' || first.why.kind === 'safety';
        return [(isBarred ? moves.find(({ why }) => why.kind === 'time') : undefined) ?? first];
      }),
    );
  }

  /** When waits run out. */
  dates(keys: readonly KeyRecord[]): readonly (number | undefined)[] {
    return allOpenMoves(keys, this.#input.policy).map((move) => this.#dueOf(move, keys)?.earliest);
  }
}

const kindOf = ({ to }: Move) => (to === 'rumoured' ? 'comes' : to === 'unretentive' ? 'goes' : 'settles');

/** The next state on the way to the goal: H|U → R → O, or R|O → U → H. */
function towardsGoal(key: KeyRecord, record: KeyRecordName, policy: RolloverPolicy): Move | undefined {
  const from = key[record].state;
  const to = (isWanted(key, record, policy) ? comes : goes)[from];
  return to === from ? undefined : { key: key.id, record, from, to };
}

const comes = {
  hidden: 'rumoured',
  unretentive: 'rumoured',
  rumoured: 'omnipresent',
  omnipresent: 'omnipresent',
} as const;
const goes = { rumoured: 'unretentive', omnipresent: 'unretentive', unretentive: 'hidden', hidden: 'hidden' } as const;

/**
 * The move towards the goal; and where that may not be made, what caches do meanwhile: what is published arrives, even if it is to
 * go, and what was withdrawn leaves, even if it is to come back.
 */
function openMoves(key: KeyRecord, record: KeyRecordName, policy: RolloverPolicy): readonly Move[] {
  const move = towardsGoal(key, record, policy);
  if (move === undefined) return [];
  const settles = { rumoured: 'omnipresent', unretentive: 'hidden' } as const;
  const from = move.from;
  if (from === 'hidden' || from === 'omnipresent' || move.to === settles[from]) return [move];
  return [move, { ...move, to: settles[from] }];
}

function allOpenMoves(keys: readonly KeyRecord[], policy: RolloverPolicy): readonly Move[] {
  return keys.flatMap((key) => recordsOf[key.role].flatMap((record) => openMoves(key, record, policy)));
}

export { withNewKey } from './wanted-keys.ts';
