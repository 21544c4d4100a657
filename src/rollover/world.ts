/**
 * What the world did without us. The states follow what was seen at the parent: a DS that came early, a DS that left early.
 * No rule is asked, since it has happened; what the rules then forbid is to make it worse.
 */
import type { KeyState } from '../dnssec/key-state.ts';
import { lastOf } from '../journal/evidence.ts';
import type { Journal, KeyRecord } from '../journal/journal.ts';
import { dsCapacity, isDsOf } from './ds-records.ts';
import { algorithmOfKey, fits, hasDs, isShown, withMove } from './key-records.ts';
import type { Move } from './move.ts';
import type { RolloverPolicy } from './policy.ts';
import { holds } from './safety.ts';

export interface WorldMove extends Move {
  /** When it was seen, Unix seconds. */
  readonly at: number;
}

/** The moves that the last look at the parent shows: what vanished, then what came, which takes the room that is left. */
export function worldMoves(journal: Journal, keys: readonly KeyRecord[], policy: RolloverPolicy): readonly WorldMove[] {
  const last = lastOf(journal, 'ds-seen');
  if (last === undefined) return [];
  const { records } = last.fact;
  const seen = keys.filter((key) => hasDs(key) && records.some((record) => isDsOf(record, journal.zone, key)));
  const moveTo = (key: KeyRecord, to: KeyState): WorldMove => ({
    key: key.id,
    record: 'ds',
    from: key.ds.state,
    to,
    at: last.at,
  });
  const isGone = (key: KeyRecord) => key.ds.state === 'omnipresent' && !seen.includes(key);
  // It led every cache to answers that verify, and does again.
  const ledAll = (key: KeyRecord) =>
    fits(key, 'O*O*') && ([2, 3] as const).every((rule) => holds(rule, keys, algorithmOfKey(key), false));
  // Without one that is there, asked for or comes back, the DS of a key that is to go is wanted back too, if the key is there.
  const isWantedBack = (key: KeyRecord) => {
    const isToGo = key.goal === 'hidden';
    const takesOver = keys.some(
      (other) =>
        other !== key &&
        other.goal === 'omnipresent' &&
        other.standby !== true &&
        hasDs(other) &&
        (other.ds.state === 'rumoured' || seen.includes(other) || (isToGo && isGone(other) && ledAll(other))),
    );
    if (takesOver || journal.requests.insecure !== undefined) return false;
    return isToGo ? isShown(key, 'dnskey') && isShown(key, 'krrsig') : ledAll(key);
  };
  const vanished = keys.filter(isGone).map((key) => moveTo(key, isWantedBack(key) ? 'rumoured' : 'unretentive'));
  let asked = vanished.reduce((left, move) => withMove(left, move, 0), keys).filter((key) => isShown(key, 'ds')).length;
  const came = seen.flatMap((key) => {
    const { state, since } = key.ds;
    // A look from before it was withdrawn does not show that it came back.
    if (isShown(key, 'ds') || last.at < since) return [];
    // What came back to a key that is to go, or found no room, is on its way out: nobody asks for it.
    if (key.goal === 'hidden' || asked >= dsCapacity(policy)) {
      return state === 'hidden' ? [moveTo(key, 'unretentive')] : [];
    }
    asked++;
    return [moveTo(key, 'rumoured')];
  });
  return [...vanished, ...came];
}
