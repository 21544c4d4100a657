/**
 * When a next key may be deployed: its TLSA record must have been published for zone-propagation-delay + 2 × the largest TTL with
 * which a cache may hold the RRset without it, or its absence (ROLLOVER section 3, RFC 7671 section 8.1). The journal says since
 * when it is published and what caches may hold; without one the record counts as published now, with the TTLs of the description.
 */
import { type Association, toTlsaRData } from '../dane/association.ts';
import type { Domain } from '../describe/description.ts';
import type { Name } from '../dns/name.ts';
import { decode } from '../dns/rdata/index.ts';
import { Type } from '../dns/type.ts';
import type { Zone } from '../dns/zone.ts';
import { largestContentTtl, largestTtl, versionsOf } from '../journal/held.ts';
import type { Journal, RRsetVersion } from '../journal/journal.ts';
import { hex } from '../text/octets.ts';

export interface WaitingZone {
  readonly domain: Domain;
  readonly journal: Journal | undefined;
  /** As it would be built; undefined where it cannot be. */
  readonly zone: Zone | undefined;
}

/** Unix seconds, at the earliest. `ttl`: seconds, of the TLSA RRset as it is declared. */
export function deployableFrom(
  { domain, journal, zone }: WaitingZone,
  owner: Name,
  records: readonly Association[],
  ttl: number,
  now: number,
): number {
  const { zonePropagationDelay } = domain.policy.timing;
  const held =
    journal === undefined
      ? []
      : [
          largestTtl(journal, owner, Type.TLSA, now),
          largestTtl(journal, owner, Type.CNAME, now),
          largestContentTtl(journal, now).negative,
        ];
  const longest = Math.max(ttl, negativeTtl(domain, zone), ...held);
  return publishedSince(domain, journal, owner, records, now) + zonePropagationDelay + 2 * longest;
}

/** min(SOA TTL, SOA MINIMUM), of an adopted zone as its file has it (RFC 9077). */
function negativeTtl({ soa }: Domain, zone: Zone | undefined): number {
  const row = zone?.row(0, Type.SOA) ?? -1;
  if (zone === undefined || row < 0) return Math.min(soa.ttl, soa.minimum);
  const { ttl, records } = zone.rrsetOf(row);
  return Math.min(ttl, decode('SOA', records[0]).minimum);
}

/** The latest time since which all of `records` have been published without a break, as far as anybody knows; else now. */
function publishedSince(
  { policy: { publication } }: Domain,
  journal: Journal | undefined,
  owner: Name,
  records: readonly Association[],
  now: number,
): number {
  const after = publication.kind === 'by-build' ? publication.after : 0;
  const wanted = records.map((record) => hex(toTlsaRData(record)));
  const hasAll = (version: RRsetVersion) => wanted.every((record) => version.records.includes(record));
  const versions = journal === undefined ? [] : versionsOf(journal, owner, Type.TLSA);
  const lastWithout = versions.findLastIndex((version) => !hasAll(version));
  const since = versions.slice(lastWithout + 1);
  if (since.length === 0) return now + after;
  if (publication.kind === 'by-build') return since[0].built + after;
  const seen = since.flatMap(({ service }) => (service.state === 'published' ? [service.from] : []));
  return seen.length === 0 ? now : Math.min(...seen);
}
