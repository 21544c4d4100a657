/**
 * Takes what signing makes out of a zone that was signed before, as dnssec-signzone does: RRSIG, NSEC, NSEC3 and NSEC3PARAM at every
 * name, ZONEMD at the apex (elsewhere it means nothing and is data like any other, RFC 8976 section 2). DNSKEY, CDS and CDNSKEY are
 * not touched here: what is published is the caller's decision.
 */
import { Type, type TypeCode } from '../dns/type.ts';
import type { NameId, Row, Zone } from '../dns/zone.ts';
import { newZoneBuilder } from '../dns/zone-builder.ts';
import { newReport } from '../text/problem.ts';

const made: ReadonlySet<TypeCode> = new Set([Type.RRSIG, Type.NSEC, Type.NSEC3, Type.NSEC3PARAM]);

export interface Stripped {
  /** The same zone where there was nothing to take out. */
  readonly zone: Zone;
  /** Records taken out, by type. */
  readonly dropped: ReadonlyMap<TypeCode, number>;
}

/** Names that only carried such records, as NSEC3 owners do, are gone with them. */
export function stripSigning(zone: Zone): Stripped {
  const { names, nameStart, owner, type, ttl, recordStart, rdataStart, rdata, origin } = zone.columns;
  const dropped = new Map<TypeCode, number>();
  for (let row: Row = 0; row < zone.rowCount; row++) {
    if (!isMade(type[row], owner[row])) continue;
    dropped.set(type[row], (dropped.get(type[row]) ?? 0) + recordStart[row + 1] - recordStart[row]);
  }
  if (dropped.size === 0) return { zone, dropped };
  const builder = newZoneBuilder(zone.apex, zone.origins);
  for (let row: Row = 0; row < zone.rowCount; row++) {
    if (isMade(type[row], owner[row])) continue;
    for (let i = recordStart[row]; i < recordStart[row + 1]; i++) {
      const at = nameStart[owner[row]];
      builder.add(names, at, type[row], ttl[row], rdata, rdataStart[i], rdataStart[i + 1], origin[i]);
    }
  }
  // The records come from a zone: nothing is left to be reported.
  return { zone: builder.finish(newReport()), dropped };
}

function isMade(type: TypeCode, owner: NameId): boolean {
  return made.has(type) || (type === Type.ZONEMD && owner === 0);
}
