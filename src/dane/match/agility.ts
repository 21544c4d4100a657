/**
 * Digest algorithm agility (RFC 7671 section 9): of the records of one usage and selector a client looks at those with the
 * strongest digest that it supports. Matching type Full is no digest and always counts.
 */
import type { Matching } from '../acronym.ts';
import type { UsableRecord } from './usability.ts';

/** Strongest first. */
const digests: readonly Matching[] = ['SHA2-512', 'SHA2-256'];

/** The stronger digest for which each of the usable records is left out; the others have no entry. */
export function outranked(records: readonly UsableRecord[]): Map<UsableRecord, Matching> {
  const groups = new Map<string, UsableRecord[]>();
  for (const record of records) {
    const key = `${record.usage} ${record.selector}`;
    groups.set(key, [...(groups.get(key) ?? []), record]);
  }
  const left = new Map<UsableRecord, Matching>();
  for (const group of groups.values()) {
    const strongest = digests.find((digest) => group.some(({ matching }) => matching === digest));
    for (const record of group) {
      if (strongest !== undefined && record.matching !== 'Full' && record.matching !== strongest)
        left.set(record, strongest);
    }
  }
  return left;
}
