/** What the keys of a plan are called: those that are there by their tags, those that nobody has made yet by their day. */
import { algorithmName } from '../dnssec/algorithm.ts';
import type { KeyId, KeyRecord } from '../journal/journal.ts';
import { readableTime } from '../text/time.ts';
import { keyOf } from './key-records.ts';

export class KeyNames {
  readonly #planned = new Set<KeyId>();

  /** The key is one of the plan's, and its id made up. */
  plan(id: KeyId): void {
    this.#planned.add(id);
  }

  /** `CSK 12345`, or `the CSK of 2026-06-01 (ED25519)`. */
  nameOf(id: KeyId, keys: readonly KeyRecord[]): string {
    const key = keyOf(keys, id);
    const role = (key?.role ?? 'key').toUpperCase();
    if (!this.#planned.has(id)) return `${role} ${Number(id.slice(4))}`;
    const made = key === undefined ? '' : ` of ${readableTime(key.created).slice(0, 10)}`;
    return `the ${role}${made} (${algorithmName(Number(id.slice(0, 3)))})`;
  }

  /** Short enough for a lane. */
  labelOf({ id, role, created }: KeyRecord): string {
    const kind = role.toUpperCase();
    return this.#planned.has(id)
      ? `${kind} of ${readableTime(created).slice(0, 10)}`
      : `${kind} ${Number(id.slice(4))}`;
  }

  /** A text with the names in the place of ids. */
  named(text: string, keys: readonly KeyRecord[]): string {
    return text.replace(/[0-9]{3}\+[0-9]{5}/g, (id) => this.nameOf(id, keys));
  }
}

/** The same for a key that is planned and for the one that is made of it: role, algorithm, and the how manieth of these. */
export function ordinalOf(id: KeyId, keys: readonly KeyRecord[]): string {
  const key = keyOf(keys, id);
  if (key === undefined) return id;
  const isBefore = (other: KeyRecord) =>
    other.role === key.role &&
    other.id.slice(0, 3) === id.slice(0, 3) &&
    (other.created < key.created || (other.created === key.created && other.id < id));
  return `${key.role} ${id.slice(0, 3)} ${keys.filter(isBefore).length + 1}`;
}
