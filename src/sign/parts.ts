/**
 * Cuts a zone into parts for the workers. Names and NSEC3 owners are one sequence in canonical order, so that the parts, put
 * one after the other, are the zone in the order in which ZONEMD collates it (RFC 8976 section 3.3.2).
 */
import type { NameId, ZoneColumns } from '../dns/zone.ts';
import type { Nsec3Chain, Rank } from './nsec3-chain.ts';

/** Names `from`..`to` and the NSEC3 records `rankFrom`..`rankTo` that stand among them. */
export interface NamePart {
  readonly from: NameId;
  readonly to: NameId;
  readonly rankFrom: Rank;
  readonly rankTo: Rank;
}

/** RRsets in a part, more or less: enough for a batch of signatures, little enough to spread the end of the work evenly. */
const rrsetsAPart = 2000;

/** Every name but the apex, which the main thread signs. */
export function partsOf({ rrsetStart, role }: ZoneColumns, chain?: Nsec3Chain, weight = rrsetsAPart): NamePart[] {
  const parts: NamePart[] = [];
  const rankCount = chain?.names.length ?? 0;
  let from = 1;
  let rankFrom = 0;
  let id = from;
  let rank = rankFrom;
  const cut = () => {
    if (id > from || rank > rankFrom) parts.push({ from, to: id, rankFrom, rankTo: rank });
    from = id;
    rankFrom = rank;
  };
  while (id < role.length || rank < rankCount) {
    if (isRankNext(chain, rank, rankCount, id)) {
      rank++;
    } else if (isTwin(chain, rank, rankCount, id)) {
      rank++;
      id++;
    } else {
      id++;
    }
    // A denial record is about as much work as another RRset.
    if (rrsetStart[id] - rrsetStart[from] + (id - from) + (rank - rankFrom) >= weight) cut();
  }
  cut();
  return parts;
}

/** Whether the NSEC3 record stands before the name. */
export function isRankNext(chain: Nsec3Chain | undefined, rank: Rank, rankTo: Rank, id: NameId): boolean {
  return chain !== undefined && rank < rankTo && chain.before[rank] <= id;
}

/** Whether the next NSEC3 record has this very name as its owner. */
export function isTwin(chain: Nsec3Chain | undefined, rank: Rank, rankTo: Rank, id: NameId): boolean {
  return chain !== undefined && rank < rankTo && chain.before[rank] === id + 1 && chain.twins.includes(rank);
}
