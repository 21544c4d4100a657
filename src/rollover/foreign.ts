/**
 * Keys of another provider that signs the zone too (RFC 8901 section 2.1.2): they stand in our DNSKEY RRset, so that its signatures
 * can be verified by whoever holds ours; those with the SEP flag have a DS at the parent. They never sign here.
 */
import { Flag, keyTag } from '../dnssec/key-tag.ts';
import { type Journal, type KeyRecord, keyId } from '../journal/journal.ts';
import { fromHex } from '../text/octets.ts';
import type { RolloverPolicy } from './policy.ts';

export type ForeignKey = Pick<KeyRecord, 'id' | 'rdata'>;

/** Without those that have algorithm and tag of a key of ours: of two such keys nobody can tell which one signs. */
export function foreignKeys({ foreign }: RolloverPolicy, own: readonly Pick<KeyRecord, 'id'>[]): readonly ForeignKey[] {
  return (foreign?.keys ?? []).map(asKey).filter(({ id }) => !own.some((key) => key.id === id));
}

/** Those whose DS belongs to the parent: the secure entry points of the other provider. */
export function foreignEntries(policy: RolloverPolicy, own: readonly Pick<KeyRecord, 'id'>[]): readonly ForeignKey[] {
  return foreignKeys(policy, own).filter(({ rdata }) => (Number.parseInt(rdata.slice(0, 4), 16) & Flag.sep) !== 0);
}

/** Keys of the DNSKEY RRset as it is in the zone that are none of ours. */
export function foreignIn(records: readonly string[], { keys }: Pick<Journal, 'keys'>): readonly ForeignKey[] {
  return records.filter((rdata) => !keys.some((key) => key.rdata === rdata)).map(asKey);
}

function asKey(rdata: string): ForeignKey {
  const octets = fromHex(rdata) ?? new Uint8Array(4);
  return { id: keyId(octets[3], keyTag(octets)), rdata };
}
