/** The records of a zone that is being put together: RRsets by owner and type, before they become columns. */

import type { Name } from '../dns/name.ts';
import type { OriginTable } from '../dns/origins.ts';
import { rules as zoneRules } from '../dns/rules.ts';
import { type TypeCode, typeName } from '../dns/type.ts';
import type { ZoneBuilder } from '../dns/zone.ts';
import type { Octets } from '../text/octets.ts';
import { type Position, type Report, report } from '../text/problem.ts';

interface DraftSet {
  ttl: number | undefined;
  at: Position;
  readonly records: { readonly rdata: Octets; readonly at: Position }[];
}

export interface Draft {
  /** `ttl` undefined: the default of the zone, unless another record of the RRset says more. */
  put(owner: Name, type: TypeCode, ttl: number | undefined, rdata: Octets, at: Position): void;
  has(owner: Name, type: TypeCode): boolean;
  hasOwner(owner: Name): boolean;
  remove(owner: Name, type: TypeCode | undefined): void;
  addTo(builder: ZoneBuilder, defaultTtl: number, origins: OriginTable): void;
}

export function newDraft(problems: Report): Draft {
  const owners = new Map<Name, Map<TypeCode, DraftSet>>();
  return {
    put(owner, type, ttl, rdata, at) {
      let types = owners.get(owner);
      if (types === undefined) owners.set(owner, (types = new Map()));
      const set = types.get(type);
      if (set === undefined) {
        types.set(type, { ttl, at, records: [{ rdata, at }] });
        return;
      }
      if (ttl !== undefined && set.ttl !== undefined && ttl !== set.ttl) {
        const [lowest, highest] = ttl < set.ttl ? [ttl, set.ttl] : [set.ttl, ttl];
        const facts = { owner, type: typeName(type), lowest, highest };
        const related = [{ position: set.at, message: 'the other TTL' }];
        report(problems, zoneRules['zone/mixed-ttl'], at, facts, { subject: owner, related });
      }
      set.ttl ??= ttl;
      set.records.push({ rdata, at });
    },
    has: (owner, type) => owners.get(owner)?.has(type) === true,
    hasOwner: (owner) => owners.has(owner),
    remove(owner, type) {
      if (type === undefined) owners.delete(owner);
      else owners.get(owner)?.delete(type);
    },
    addTo(builder, defaultTtl, origins) {
      for (const [owner, types] of owners) {
        for (const [type, set] of types) {
          const ttl = set.ttl ?? defaultTtl;
          for (const { rdata, at } of set.records)
            builder.addRRset({ owner, type, ttl, records: [rdata] }, origins.add(at));
        }
      }
    },
  };
}
