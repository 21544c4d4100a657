/** The rolls of keys that are in flight in a zone. */
import type { KeyRecord } from '../journal/journal.ts';
import { algorithmOfKey, isDone, isHidden, keyOf, recordsOf } from './key-records.ts';

/**
 * One line each, such as `the KSK 013+07956`: a key on its way out, or whose successor is on its way in. Keys that another algorithm
 * replaces are one roll together.
 */
export function keyRolls(keys: readonly KeyRecord[]): readonly string[] {
  const rolls = keys.flatMap((key): string[] => {
    const successor = keyOf(keys, key.successor);
    if (successor === undefined || isHidden(successor)) return [];
    const isLeaving = key.goal === 'hidden' && !isDone(key);
    if (!isLeaving && isSettled(successor)) return [];
    const isNewAlgorithm = algorithmOfKey(key) !== algorithmOfKey(successor);
    return [isNewAlgorithm ? 'the algorithm' : `the ${key.role.toUpperCase()} ${key.id}`];
  });
  return [...new Set(rolls)];
}

const isSettled = (key: KeyRecord) => recordsOf[key.role].every((record) => key[record].state === 'omnipresent');
