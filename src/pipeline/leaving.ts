/** A zone on its way from signed to unsigned, as `danezone roll insecure` has asked for it. */
import { isShown } from '../rollover/key-records.ts';
import { keyRecords } from '../rollover/move.ts';
import type { ZoneState } from './zone-state.ts';

type Led = Pick<ZoneState, 'journal' | 'rolled'>;

const ledOf = ({ journal, rolled }: Led) => rolled?.after.journal ?? journal;

export function isLeaving(state: Led): boolean {
  return ledOf(state)?.requests.insecure !== undefined;
}

/** The DS has left every cache: nothing is published or signed with any key, and the zone is built unsigned. */
export function hasLeft(state: Led): boolean {
  const keys = ledOf(state)?.keys ?? [];
  return isLeaving(state) && keys.every((key) => keyRecords.every((record) => !isShown(key, record)));
}
