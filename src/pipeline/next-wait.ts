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
import { type Journal, newJournal } from '../journal/journal.ts';
import { deploymentWait } from '../rollover/tlsa.ts';
import { hex } from '../text/octets.ts';

export interface WaitingZone {
  readonly domain: Domain;
  readonly journal: Journal | undefined;
  /** As it would be built; undefined where it cannot be. */
  readonly zone: Zone | undefined;
}

/** Unix seconds, at the earliest. `ttl`: seconds, of the TLSA RRset as it is declared. */
export function deployableFrom(
  { domain, journal = newJournal(domain.name, 0), zone }: WaitingZone,
  owner: Name,
  records: readonly Association[],
  ttl: number,
  now: number,
): number {
  const { timing, publication } = domain.policy;
  const { zonePropagationDelay } = timing;
  const policy = { publication, zonePropagationDelay, ttls: { negative: negativeTtl(domain, zone) } };
  const wanted = records.map((record) => hex(toTlsaRData(record)));
  return deploymentWait({ journal, owner, ttl, policy, now }, wanted, `TLSA at ${owner}`).atBest;
}

/** min(SOA TTL, SOA MINIMUM), of an adopted zone as its file has it (RFC 9077). */
function negativeTtl({ soa }: Domain, zone: Zone | undefined): number {
  const row = zone?.row(0, Type.SOA) ?? -1;
  if (zone === undefined || row < 0) return Math.min(soa.ttl, soa.minimum);
  const { ttl, records } = zone.rrsetOf(row);
  return Math.min(ttl, decode('SOA', records[0]).minimum);
}
