/** The keys of a zone as the engine of rollovers has them now, with the files that belong to them. */
import { clockTolerance } from '../journal/clock.ts';
import { type Journal, type KeyRecord, keyId, newJournal } from '../journal/journal.ts';
import type { ZoneKey } from '../keys/key.ts';
import type { KeySet } from '../keys/key-set.ts';
import { isSep } from '../keys/zone-key.ts';
import { adoptKeys } from '../rollover/adopt.ts';
import { type Advanced, advance, type MadeKey } from '../rollover/advance.ts';
import type { Precondition, WantedKey } from '../rollover/move.ts';
import type { RolloverPolicy } from '../rollover/policy.ts';
import { hex } from '../text/octets.ts';

/** Makes the files of a key; undefined: it cannot be made here. */
export type MakeKey = (wanted: WantedKey, taken: readonly ZoneKey[]) => ZoneKey | undefined;

export const makesNone: MakeKey = () => undefined;

export interface Rolled {
  readonly policy: RolloverPolicy;
  /** Before the run, with its keys taken over. */
  readonly before: Journal;
  readonly after: Advanced;
}

export interface RollOptions {
  /** Unix seconds. */
  readonly now: number;
  readonly make: MakeKey;
  /** The keys of the folder, asked for or not: one that an interrupted run has made is taken rather than another made. */
  readonly spare: KeySet;
  /** What the first DS waits for besides caches. */
  readonly unserved?: readonly Precondition[];
  /** Nothing moves: the state cannot be trusted. */
  readonly frozen: boolean;
}

/**
 * One run of the engine on the keys of a zone. A clock behind the journal, or a state that cannot be trusted, lets every key stay
 * where it is. Undefined where no key is in use and all have dates to come: they do what their files say.
 */
export function rollKeys(
  keys: KeySet,
  found: Journal | undefined,
  policy: RolloverPolicy,
  { now, make, spare, frozen, unserved }: RollOptions,
): Rolled | undefined {
  const journal = found ?? newJournal(keys.zone, now);
  const stateOf = (key: ZoneKey) => keys.stateOf(key);
  const known = journal.keys.length > 0 ? journal.keys : adoptKeys({ keys: keys.keys, stateOf, journal, policy, now });
  if (known.length === 0) return undefined;
  const before = known === journal.keys ? journal : { ...journal, keys: known };
  if (frozen || now < journal.changed - clockTolerance) {
    return { policy, before, after: { journal: before, moves: [], blocked: [], made: [], notMade: [] } };
  }
  const taken: ZoneKey[] = [...spare.keys, ...spare.refused];
  const after = advance({ journal: before, policy, now, unserved }, (wanted, known) => {
    if (wanted.activates !== undefined) {
      const standby = spare.keys.find((key) => keyId(key.algorithm, key.tag) === wanted.activates);
      return standby !== undefined && spare.hasPrivateHalf(standby) ? madeKey(standby) : undefined;
    }
    const key = unclaimed(spare, wanted, known, now) ?? make(wanted, taken);
    if (key === undefined) return undefined;
    taken.push(key);
    return madeKey(key);
  });
  return { policy, before, after };
}

/** A key that an interrupted run, or `keys generate`, has left for this. */
function unclaimed(spare: KeySet, wanted: WantedKey, known: readonly KeyRecord[], now: number): ZoneKey | undefined {
  return spare.keys.find(
    (key) =>
      key.algorithm === wanted.algorithm &&
      isSep(key) === (wanted.role !== 'zsk') &&
      spare.hasPrivateHalf(key) &&
      Math.max(key.timing.publish ?? 0, key.timing.activate ?? 0) <= now &&
      !known.some(({ id }) => id === keyId(key.algorithm, key.tag)),
  );
}

function madeKey({ algorithm, tag, rdata }: ZoneKey): MadeKey {
  return { id: keyId(algorithm, tag), rdata: hex(rdata) };
}

/** What the engine leads: where the keys stand, and what was asked for and is not answered yet. */
export type Led = Pick<Journal, 'keys' | 'requests'>;

/** The journal as it stands after a run, or after a request; the very same where nothing has moved. */
export function withLed(journal: Journal, { keys, requests }: Led, now: number): Journal {
  if (JSON.stringify([keys, requests]) === JSON.stringify([journal.keys, journal.requests])) return journal;
  return { ...journal, keys, requests, generation: journal.generation + 1, changed: Math.max(journal.changed, now) };
}
