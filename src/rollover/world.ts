/**
 * What the world did without us. The states follow what was seen at the parent: a DS that came early, a DS that left early.
 * No rule is asked, since it has happened; what the rules then forbid is to make it worse.
 */
import type { Journal, KeyRecord } from '../journal/journal.ts';
import { isDsOf, lastSeenDs } from './ds-records.ts';
import { hasDs } from './key-records.ts';
import type { Move } from './move.ts';

export interface WorldMove extends Move {
  /** When it was seen, Unix seconds. */
  readonly at: number;
}

/** The moves that the last look at the parent shows. */
export function worldMoves(journal: Journal, keys: readonly KeyRecord[]): readonly WorldMove[] {
  const last = journal.evidence.findLast(({ fact }) => fact.kind === 'ds-seen');
  const seen = lastSeenDs(journal);
  if (seen === undefined || last === undefined) return [];
  const { at } = last;
  const isInsecure = journal.requests.insecure !== undefined;
  return keys.filter(hasDs).flatMap((key): readonly WorldMove[] => {
    const isThere = seen.some((record) => isDsOf(record, journal.zone, key));
    const { state } = key.ds;
    if (state === 'omnipresent' && !isThere) {
      // Without a key that has taken over or stays, the DS of one that is to go is wanted back too.
      const isSeen = (other: KeyRecord) => seen.some((record) => isDsOf(record, journal.zone, other));
      const takesOver = keys.some(
        (other) =>
          other !== key &&
          other.goal === 'omnipresent' &&
          other.standby !== true &&
          hasDs(other) &&
          (other.ds.state !== 'hidden' || isSeen(other)),
      );
      const to = key.goal === 'omnipresent' || takesOver || isInsecure ? 'unretentive' : 'rumoured';
      return [{ key: key.id, record: 'ds', from: state, to, at }];
    }
    if (!isThere) return [];
    // A key that is to go does not ask for its DS again: what came back is on its way out.
    if (key.goal === 'hidden') {
      return state === 'hidden' ? [{ key: key.id, record: 'ds', from: state, to: 'unretentive', at }] : [];
    }
    const returns = state === 'hidden' || state === 'unretentive';
    return returns ? [{ key: key.id, record: 'ds', from: state, to: 'rumoured', at }] : [];
  });
}
