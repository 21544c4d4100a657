/** The four records of a key, looked at together. */
import type { KeyState } from '../dnssec/key-state.ts';
import type { KeyId, KeyRecord, KeyRole } from '../journal/journal.ts';
import { type KeyRecordName, keyRecords, type Move } from './move.ts';

/** The records that a key of each role causes (ROLLOVER section 1); the others stay hidden. */
export const recordsOf: Readonly<Record<KeyRole, readonly KeyRecordName[]>> = {
  ksk: ['dnskey', 'krrsig', 'ds'],
  zsk: ['dnskey', 'zrrsig'],
  csk: keyRecords,
};

const letters: Readonly<Record<KeyState, string>> = { hidden: 'H', rumoured: 'R', omnipresent: 'O', unretentive: 'U' };

/** `ORHO`: the states of DNSKEY, ZRRSIG, KRRSIG and DS by their first letters. */
export function tupleOf(key: KeyRecord): string {
  return keyRecords.map((record) => letters[key[record].state]).join('');
}

/** Whether the states fit a pattern such as `O*OU`, in the order DNSKEY, ZRRSIG, KRRSIG, DS. */
export function fits(key: KeyRecord, pattern: string): boolean {
  return keyRecords.every((record, at) => pattern[at] === '*' || letters[key[record].state] === pattern[at]);
}

/** Rumoured or omnipresent: it stands in the zone, or at the parent, as far as it goes by us. */
export function isShown(key: KeyRecord, record: KeyRecordName): boolean {
  const { state } = key[record];
  return state === 'rumoured' || state === 'omnipresent';
}

/** No cache holds anything that the key caused. */
export function isHidden(key: KeyRecord): boolean {
  return keyRecords.every((record) => key[record].state === 'hidden');
}

/** Hidden, and not to come back. */
export function isDone(key: KeyRecord): boolean {
  return key.goal === 'hidden' && isHidden(key);
}

/** DNSSEC algorithm number. */
export function algorithmOfKey({ id }: Pick<KeyRecord, 'id'>): number {
  return Number(id.slice(0, id.indexOf('+')));
}

export function ofAlgorithm(keys: readonly KeyRecord[], algorithm: number): readonly KeyRecord[] {
  return keys.filter((key) => algorithmOfKey(key) === algorithm);
}

export function keyOf(keys: readonly KeyRecord[], id: KeyId | undefined): KeyRecord | undefined {
  return id === undefined ? undefined : keys.find((key) => key.id === id);
}

/** Whether the key is the secure entry point of a chain. */
export function hasDs({ role }: Pick<KeyRecord, 'role'>): boolean {
  return recordsOf[role].includes('ds');
}

/** Whether the key signs the zone. */
export function hasZrrsig({ role }: Pick<KeyRecord, 'role'>): boolean {
  return recordsOf[role].includes('zrrsig');
}

/** The keys after a move at `now`; entering `rumoured` with what the role signs makes the key active. */
export function withMove(keys: readonly KeyRecord[], { key: id, record, to }: Move, now: number): KeyRecord[] {
  return keys.map((key) => {
    if (key.id !== id) return key;
    const starts = to === 'rumoured' && record === (hasZrrsig(key) ? 'zrrsig' : 'krrsig');
    return { ...key, [record]: { state: to, since: now }, active: key.active ?? (starts ? now : undefined) };
  });
}
