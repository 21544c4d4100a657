/** One run of the engine, with the keys that it asks for: what `build` does for real and the plan does under a virtual clock. */
import { clockTolerance } from '../journal/clock.ts';
import type { Journal, KeyRecord } from '../journal/journal.ts';
import type { Blocked, Move, Precondition, WantedKey } from './move.ts';
import { leftRequests } from './pending.ts';
import type { RolloverPolicy } from './policy.ts';
import { step, withNewKey } from './step.ts';
import type { Switches } from './switches.ts';

/** A key that was made: its id, and its DNSKEY RDATA in hexadecimal. */
export type MadeKey = Pick<KeyRecord, 'id' | 'rdata'>;

export interface AdvanceInput {
  readonly journal: Journal;
  readonly policy: RolloverPolicy;
  /** Unix seconds. */
  readonly now: number;
  /** What the first DS waits for besides caches. */
  readonly unserved?: readonly Precondition[];
  readonly switches?: Switches;
}

export interface Advanced {
  /** With the keys as they stand after the run, and without the requests that it answered; its generation is that of before. */
  readonly journal: Journal;
  readonly moves: readonly Move[];
  readonly blocked: readonly Blocked[];
  readonly made: readonly { readonly key: KeyRecord; readonly wanted: WantedKey }[];
  /** Keys that are due and could not be made. */
  readonly notMade: readonly WantedKey[];
  readonly nextEvent?: number;
}

/** `make` gives undefined where a key cannot be made: what needs it waits. */
export function advance(
  { journal, policy, now, unserved, switches }: AdvanceInput,
  make: (wanted: WantedKey, keys: readonly KeyRecord[]) => MadeKey | undefined,
): Advanced {
  const made: { key: KeyRecord; wanted: WantedKey }[] = [];
  const notMade: WantedKey[] = [];
  const moves: Move[] = [];
  let current = journal;
  for (;;) {
    const result = step({ journal: current, policy, now, unserved, switches });
    moves.push(...result.moves);
    current = { ...current, keys: result.keys };
    const before = current;
    let added = false;
    for (const wanted of result.wanted) {
      if (notMade.some((other) => isSame(other, wanted))) continue;
      const key = make(wanted, current.keys);
      if (key === undefined) {
        notMade.push(wanted);
        continue;
      }
      const keys = withNewKey(current.keys, key, wanted, policy, now);
      current = { ...current, keys };
      if (wanted.activates === undefined) made.push({ key: keys.find(({ id }) => id === key.id)!, wanted });
      added = true;
    }
    if (now >= journal.changed - clockTolerance) {
      current = { ...current, requests: leftRequests(before, policy, notMade) };
    }
    if (!added) {
      const { blocked, nextEvent } = result;
      return { journal: current, moves, blocked, made, notMade, nextEvent };
    }
  }
}

const isSame = (a: WantedKey, b: WantedKey) =>
  a.role === b.role && a.algorithm === b.algorithm && a.predecessor === b.predecessor;

/** Another key than before signs the zone from this run on. */
export function swapsZoneKey({ moves, journal }: Pick<Advanced, 'moves' | 'journal'>): boolean {
  return moves.some(({ key, record, to }) => {
    const { predecessor, successor } = journal.keys.find(({ id }) => id === key) ?? {};
    if (record !== 'zrrsig') return false;
    return (to === 'rumoured' && predecessor !== undefined) || (to === 'unretentive' && successor !== undefined);
  });
}
