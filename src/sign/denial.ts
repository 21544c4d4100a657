/**
 * Authenticated denial: which names have an NSEC or NSEC3 record and which types it lists. RFC 4034 section 4, RFC 4035
 * section 2.3, RFC 5155 section 7.1, RFC 9077.
 */
import { encodeBitmap } from '../dns/rdata/bitmap.ts';
import { Type, type TypeCode } from '../dns/type.ts';
import { type NameId, Role, type ZoneColumns } from '../dns/zone.ts';
import type { Octets } from '../text/octets.ts';

/**
 * Whether the zone speaks for an RRset with authority, so that it is signed and listed: everything at the apex and at ordinary
 * names, DS at a cut, nothing below (RFC 4035 section 2.2). The NS at a cut is listed but not signed.
 */
export function isSigned(role: Role, type: TypeCode): boolean {
  return role === Role.apex || role === Role.data || (role === Role.cut && type === Type.DS);
}

/** Whether a bitmap lists the type: the child's NS besides what is signed. */
export function isListed(role: Role, type: TypeCode): boolean {
  return isSigned(role, type) || (role === Role.cut && type === Type.NS);
}

/** Whether a name has an NSEC record: neither an empty non-terminal nor a name below a cut (RFC 4035 section 2.3). */
export function hasNsec(role: number): boolean {
  return role !== Role.below && role !== Role.empty;
}

/** The name after `id` in the NSEC chain; after the last one comes the apex. */
export function nextInChain({ role, subtreeEnd }: ZoneColumns, id: NameId): NameId {
  let next = role[id] === Role.cut ? subtreeEnd[id] : id + 1;
  while (next < role.length && !hasNsec(role[next])) next++;
  return next < role.length ? next : 0;
}

/** A cut without DS: a delegation to an unsigned zone. */
export function isInsecureCut({ role, rrsetStart, type }: ZoneColumns, id: NameId): boolean {
  if (role[id] !== Role.cut) return false;
  for (let row = rrsetStart[id]; row < rrsetStart[id + 1]; row++) if (type[row] === Type.DS) return false;
  return true;
}

/** TTL of NSEC and NSEC3: the lower of the SOA's TTL and its MINIMUM field (RFC 9077 section 3). */
export function denialTtl(soaTtl: number, soaMinimum: number): number {
  return Math.min(soaTtl, soaMinimum);
}

/**
 * Makes type bitmaps and keeps them: the names of a zone share a handful. An empty list of types stays empty for NSEC3; NSEC
 * itself and its RRSIG are always there for NSEC (RFC 4034 section 4.1.2).
 */
export class Bitmaps {
  readonly #made = new Map<string, Octets>();
  readonly #kind: 'nsec' | 'nsec3';

  constructor(kind: 'nsec' | 'nsec3') {
    this.#kind = kind;
  }

  /** Of a name other than the apex. */
  ofName({ role, rrsetStart, type }: ZoneColumns, id: NameId): Octets {
    const at = role[id] as Role;
    let key = '';
    let signed = this.#kind === 'nsec';
    for (let row = rrsetStart[id]; row < rrsetStart[id + 1]; row++) {
      if (!isListed(at, type[row])) continue;
      key += String.fromCharCode(type[row]);
      signed ||= isSigned(at, type[row]);
    }
    return this.#of(key, signed);
  }

  /** Of the apex, whose types are not all in the columns. */
  ofApex(types: readonly TypeCode[]): Octets {
    return this.#of(String.fromCharCode(...types), true);
  }

  #of(key: string, signed: boolean): Octets {
    const full = signed ? `${key}\u0000` : key;
    let bitmap = this.#made.get(full);
    if (bitmap === undefined) {
      const types = Array.from(key, (_, i) => key.charCodeAt(i));
      if (signed) types.push(Type.RRSIG);
      if (this.#kind === 'nsec') types.push(Type.NSEC);
      bitmap = encodeBitmap(types);
      this.#made.set(full, bitmap);
    }
    return bitmap;
  }
}
