/** DS RDATA of the keys of a zone, as the parent is asked for it and as it is seen there. All RDATA in hexadecimal. */
import type { Name } from '../dns/name.ts';
import { Type } from '../dns/type.ts';
import { digestTypeOf, dsRData } from '../dnssec/ds.ts';
import { lastOf } from '../journal/evidence.ts';
import { currentVersion } from '../journal/held.ts';
import type { Journal, KeyRecord } from '../journal/journal.ts';
import { fromHex, hex, type Octets } from '../text/octets.ts';
import { type ForeignKey, foreignEntries, foreignIn } from './foreign.ts';
import { algorithmOfKey, isShown } from './key-records.ts';
import type { RolloverPolicy } from './policy.ts';

/** How many keys of ours the parent takes the DS of at the same time. */
export function dsCapacity(policy: RolloverPolicy): number {
  const { maxDs, digests } = policy.parent;
  return Math.max(1, Math.floor(maxDs / digests.length) - foreignEntries(policy, []).length);
}

/** The old DS leaves in the registrar step that brings the new one. */
export function replacesAtOnce(policy: RolloverPolicy): boolean {
  return policy.parent.replace === 'atomic' || dsCapacity(policy) < 2;
}

export function dsOf(zone: Name, key: Pick<KeyRecord, 'rdata'>, digestType: number): string {
  return hex(dsRData(zone, fromHex(key.rdata) as Octets, digestType));
}

/** Whether a DS points to the key: tag, algorithm and digest. Of a digest that cannot be computed, tag and algorithm. */
export function isDsOf(record: string, zone: Name, key: Pick<KeyRecord, 'id' | 'rdata'>): boolean {
  const [tag, algorithm, type] = [record.slice(0, 4), record.slice(4, 6), record.slice(6, 8)].map((part) =>
    Number.parseInt(part, 16),
  );
  if (algorithm !== algorithmOfKey(key) || tag !== Number(key.id.slice(key.id.indexOf('+') + 1))) return false;
  return digestTypeOf(type)?.digest === undefined || record === dsOf(zone, key, type);
}

/**
 * Whether a DS set of the parent has every digest type of `types` for the key. A parent that is given the DNSKEY chooses the types
 * itself: there, one will do.
 */
export function hasWholeDs(
  records: readonly string[],
  zone: Name,
  key: Pick<KeyRecord, 'id' | 'rdata'>,
  types: readonly number[],
  { parent }: RolloverPolicy,
): boolean {
  if (parent.interface === 'key') return records.some((record) => isDsOf(record, zone, key));
  return types.every((type) => records.includes(dsOf(zone, key, type)));
}

/** The DS set that was seen last at the parent; undefined: nobody has looked. */
export function lastSeenDs({ evidence }: Pick<Journal, 'evidence'>): readonly string[] | undefined {
  const seen = evidence.findLast(({ fact }) => fact.kind === 'ds-seen');
  return seen?.fact.kind === 'ds-seen' ? seen.fact.records : undefined;
}

/** Whether the DS set that was seen last at the parent leads to no key that signs the DNSKEY RRset: validators then refuse all answers. */
export function leadsNowhere(journal: Journal): boolean {
  const seen = lastSeenDs(journal) ?? [];
  const leads = (key: ForeignKey) => seen.some((record) => isDsOf(record, journal.zone, key));
  const signing = journal.keys.filter((key) => isShown(key, 'dnskey') && isShown(key, 'krrsig'));
  // The chain of another provider is its own.
  const others = foreignIn(currentVersion(journal, journal.zone, Type.DNSKEY)?.records ?? [], journal);
  const isLed = [...signing, ...others].some(leads);
  return seen.length > 0 && signing.length > 0 && lastOf(journal, 'published') !== undefined && !isLed;
}

/**
 * Whether the digest types at the parent are on their way from those of an older policy to those of today's: no DS moves, and one
 * that is in every cache was seen last without a type of today. Meanwhile no roll touches the DS, and while a roll
 * does, the types stay.
 */
function changesDigests(journal: Journal, keys: readonly KeyRecord[], policy: RolloverPolicy): boolean {
  const seen = lastSeenDs(journal);
  if (seen === undefined || keys.some(isMoving)) return false;
  const types = digestsTaken(policy);
  return keys.some(
    (key) =>
      key.ds.state === 'omnipresent' &&
      seen.some((record) => isDsOf(record, journal.zone, key)) &&
      !hasWholeDs(seen, journal.zone, key, types, policy),
  );
}

/**
 * Whether no roll may touch the DS for the sake of their digest types: those are changing, or the last build asked for an older one
 * too, and the next asks for today's alone. With both in one step the parent would be asked for more than it takes.
 */
export function hasDigestsFirst(journal: Journal, keys: readonly KeyRecord[], policy: RolloverPolicy): boolean {
  const taken = digestsTaken(policy);
  const asksOlder = !keys.some(isMoving) && digestsAsked(journal).some((type) => !taken.includes(type));
  return asksOlder || changesDigests(journal, keys, policy);
}

/**
 * The digest types to ask for: while a DS is on its way those that were asked for before, else those of the policy. Where the parent
 * adds and removes, an old type stays until every new one was seen.
 */
export function digestsWanted(journal: Journal, keys: readonly KeyRecord[], policy: RolloverPolicy): readonly number[] {
  const wanted = digestsTaken(policy);
  const before = digestsAsked(journal);
  if (before.length === 0) return wanted;
  if (keys.some(isMoving)) return before;
  if (policy.parent.replace === 'atomic' || !changesDigests(journal, keys, policy)) return wanted;
  const both = ascending([...before, ...wanted]);
  return both.length * keys.filter((key) => isShown(key, 'ds')).length <= policy.parent.maxDs ? both : wanted;
}

/** Those of the DS set that the last build asked for. */
function digestsAsked({ parentDs }: Journal): readonly number[] {
  const asked = parentDs.findLast(({ dropped }) => dropped === undefined)?.records ?? [];
  return ascending(asked.map((record) => Number.parseInt(record.slice(6, 8), 16)));
}

/** The digest types of the policy, as far as the parent has room for them. */
function digestsTaken({ parent }: RolloverPolicy): readonly number[] {
  return ascending(parent.digests.slice(0, Math.max(1, parent.maxDs)));
}

function isMoving({ ds }: KeyRecord): boolean {
  return ds.state === 'rumoured' || ds.state === 'unretentive';
}

function ascending(types: readonly number[]): readonly number[] {
  return [...new Set(types)].sort((a, b) => a - b);
}
