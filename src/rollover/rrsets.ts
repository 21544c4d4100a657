/** What follows from the states of the keys for the zone and for its parent (ROLLOVER section 1). RDATA in hexadecimal. */
import type { Journal, KeyId, KeyRecord } from '../journal/journal.ts';
import { digestsWanted, dsOf, isDsOf, lastSeenDs } from './ds-records.ts';
import { type ForeignKey, foreignEntries, foreignKeys } from './foreign.ts';
import { isDone, isShown } from './key-records.ts';
import type { RolloverPolicy } from './policy.ts';

/** The DNSKEY RRset, sorted. */
export function dnskeySet(keys: readonly KeyRecord[], policy: RolloverPolicy): readonly string[] {
  const own = keys.filter((key) => isShown(key, 'dnskey'));
  const foreign = own.length > 0 ? foreignKeys(policy, keys) : [];
  return [...own, ...foreign].map(({ rdata }) => rdata).sort();
}

export interface Signers {
  /** Over the DNSKEY, CDS and CDNSKEY RRsets. */
  readonly dnskey: readonly KeyId[];
  /** Over everything else. With a new algorithm, before its DNSKEY stands in the zone. */
  readonly zone: readonly KeyId[];
}

export function signersOf(keys: readonly KeyRecord[]): Signers {
  const signing = (record: 'krrsig' | 'zrrsig') => keys.filter((key) => isShown(key, record)).map(({ id }) => id);
  return { dnskey: signing('krrsig'), zone: signing('zrrsig') };
}

/** The keys of ours whose DS the parent should have now. */
export function dsKeys(keys: readonly KeyRecord[]): readonly KeyRecord[] {
  return keys.filter((key) => isShown(key, 'ds'));
}

/**
 * Keys of another provider whose DS the parent should have: beside ours, or where it was seen there already. The first DS of a zone
 * has waits that only ours keep.
 */
export function foreignDsKeys(journal: Journal, policy: RolloverPolicy): readonly ForeignKey[] {
  if (journal.requests.insecure !== undefined) return [];
  const entries = foreignEntries(policy, journal.keys);
  if (dsKeys(journal.keys).length > 0) return entries;
  const seen = lastSeenDs(journal) ?? [];
  return entries.filter((key) => seen.some((record) => isDsOf(record, journal.zone, key)));
}

/** The DS RRset that the parent should have now, sorted. */
export function dsWanted(journal: Journal, policy: RolloverPolicy): readonly string[] {
  const { zone, keys } = journal;
  const types = digestsWanted(journal, keys, policy);
  return [...dsKeys(keys), ...foreignDsKeys(journal, policy)]
    .flatMap((key) => types.map((type) => dsOf(zone, key, type)))
    .sort();
}

export interface CdsSets {
  readonly cds: readonly string[];
  readonly cdnskey: readonly string[];
}

/** CDS and CDNSKEY that ask the parent to remove every DS (RFC 8078 section 4). */
export const deleteDs: CdsSets = { cds: ['0000000000'], cdnskey: ['0000030000'] };

/**
 * The CDS and CDNSKEY RRsets: the DS set that the parent should have, for the same keys; none before the first DS is due; the
 * request to delete, alone, from the day on which the DS is to leave an insecure zone until nothing is signed any more.
 */
export function cdsWanted(journal: Journal, policy: RolloverPolicy): CdsSets {
  const { keys, requests } = journal;
  const wanted = [...dsKeys(keys), ...foreignDsKeys(journal, policy)];
  if (wanted.length > 0) return { cds: dsWanted(journal, policy), cdnskey: wanted.map(({ rdata }) => rdata).sort() };
  const leaves = requests.insecure !== undefined && keys.some(({ ds }) => ds.state === 'unretentive');
  return leaves ? deleteDs : { cds: [], cdnskey: [] };
}

/** Whether no key does or may do anything: the zone is unsigned. */
export function isUnsigned(keys: readonly KeyRecord[]): boolean {
  return keys.every(isDone);
}
