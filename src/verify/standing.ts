/**
 * What each name of the zone is for denial of existence (RFC 4035 section 2.3, RFC 5155 section 7.1). It follows from the
 * records that are not DNSSEC's own, so that an NSEC or NSEC3 at a wrong place does not make its name exist.
 */
import { Type } from '../dns/type.ts';
import { type NameId, Role, type Row, type Zone, type ZoneColumns } from '../dns/zone.ts';

export const Standing = {
  /** Neither data nor data below it: the owner of an NSEC3 or a stray RRSIG or NSEC. */
  absent: 0,
  /** Below a cut or a DNAME. */
  occluded: 1,
  /** Only unsigned delegations below it: opt-out may leave it out (RFC 5155 section 7.1, erratum 3441). */
  emptyAboveUnsigned: 2,
  empty: 3,
  /** A delegation without DS. */
  unsignedDelegation: 4,
  signedDelegation: 5,
  /** Authoritative data; the apex too. */
  data: 6,
} as const;
export type Standing = (typeof Standing)[keyof typeof Standing];

/** Types that prove and sign, and so do not make a name exist. */
export function isProofType(type: number): boolean {
  return type === Type.RRSIG || type === Type.NSEC || type === Type.NSEC3;
}

/** NameId → Standing. */
export function standingsOf({ columns }: Zone): Uint8Array {
  const { role, rrsetStart, type, subtreeEnd } = columns;
  const standings = new Uint8Array(role.length);
  /** Names on the way from the apex to `id`, the apex left out. */
  const open: NameId[] = [];
  for (let id = 0; id < role.length; id++) {
    while (open.length > 0 && subtreeEnd[open[open.length - 1]] <= id) open.pop();
    if (role[id] === Role.below) {
      standings[id] = Standing.occluded;
      continue;
    }
    let own: Standing = id === 0 ? Standing.data : Standing.absent;
    for (let row = rrsetStart[id]; row < rrsetStart[id + 1]; row++) {
      if (role[id] === Role.cut) {
        own =
          own === Standing.signedDelegation || type[row] === Type.DS
            ? Standing.signedDelegation
            : Standing.unsignedDelegation;
      } else if (!isProofType(type[row])) own = Standing.data;
    }
    standings[id] = own;
    if (own !== Standing.absent) {
      const above = own === Standing.unsignedDelegation ? Standing.emptyAboveUnsigned : Standing.empty;
      for (let i = open.length - 1; i >= 0 && standings[open[i]] < above; i--) standings[open[i]] = above;
    }
    if (id > 0 && subtreeEnd[id] > id + 1) open.push(id);
  }
  return standings;
}

/** Whether the name owns records that the parent side is authoritative for: it has an NSEC. */
export function isOwner(standing: number): boolean {
  return standing >= Standing.unsignedDelegation;
}

/**
 * Whether the RRset of a row is authoritative, and therefore signed: everything but glue, what is below a cut or a DNAME, and the
 * NS RRset at a cut. RRSIG rows are not asked for. NSEC3 may stand below a DNAME at the apex (RFC 5155 section 10.2).
 */
export function mustBeSigned({ role, owner, type }: ZoneColumns, row: Row): boolean {
  const at = role[owner[row]];
  if (at === Role.cut) return type[row] === Type.DS || type[row] === Type.NSEC || type[row] === Type.NSEC3;
  return at !== Role.below || type[row] === Type.NSEC3;
}
