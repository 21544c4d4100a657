/**
 * A zone in memory: columns for machines. No object is kept per record. Owners stand in canonical order, so an id is a rank:
 * NSEC neighbours are ±1, a subtree is a range of ids. Everything — build, sign, verify, diff — works on this one form.
 *
 * The columns hold what the source holds: a signed zone that was read from a file has its RRSIG, NSEC and NSEC3 records as
 * ordinary rows. RRSIGs of one owner make one row per covered type (`covered`), so that each row is one RRset or the
 * signatures of one RRset.
 */
import type { Octets } from '../text/octets.ts';
import type { Position } from '../text/problem.ts';
import { lowerCase, type Name, nameFromWire, nameToWire, wireNameLength } from './name.ts';
import type { RRset } from './rrset.ts';
import { Type, type TypeCode } from './type.ts';

/** Rank of an owner in canonical order; the apex is 0. */
export type NameId = number;
/** Index of an RRset: rows are sorted by owner, type, covered type. */
export type Row = number;

/** What a name is in its zone. Names below a cut and below a DNAME are `below` (occluded, or glue). */
export const Role = { apex: 0, data: 1, cut: 2, below: 3, empty: 4 } as const;
export type Role = (typeof Role)[keyof typeof Role];

/** On SharedArrayBuffer, so that workers copy nothing; survives a structured clone. */
export interface ZoneColumns {
  /** Owner names in canonical order, empty non-terminals included: wire form, lower case, one after the other. */
  readonly names: Octets;
  /** NameId → offset into `names`; one more entry than names. */
  readonly nameStart: Uint32Array;
  /** NameId → one past the last name at or below it. */
  readonly subtreeEnd: Uint32Array;
  /** NameId → Role. */
  readonly role: Uint8Array;
  /** Open addressing over `hashOfName`: NameId, or -1 where free; the length is a power of two. */
  readonly nameHash: Int32Array;
  /** NameId → first row; one more entry than names. An empty non-terminal has no rows. */
  readonly rrsetStart: Uint32Array;
  /** Row → owner. */
  readonly owner: Uint32Array;
  readonly type: Uint16Array;
  /** Row → the type covered, for RRSIG; else 0. */
  readonly covered: Uint16Array;
  /** Seconds. */
  readonly ttl: Uint32Array;
  /** Row → first record, one more entry than rows; records in canonical order (RFC 4034 section 6.3), without duplicates. */
  readonly recordStart: Uint32Array;
  /** Record → offset into `rdata`; one more entry than records. */
  readonly rdataStart: Uint32Array;
  /** Uncompressed wire form, case kept. */
  readonly rdata: Octets;
  /** Record → key of `Origins`, 0 if unknown. */
  readonly origin: Uint32Array;
}

/** Where records come from. Lives beside the columns, in the main thread only. */
export interface Origins {
  positionOf(origin: number): Position | undefined;
}

export const noOrigins: Origins = { positionOf: () => undefined };

/** FNV-1a over the lower-case wire form. */
export function hashOfName(wire: Octets, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ lowerCase[wire[i]], 0x01000193);
  return hash >>> 0;
}

export class Zone {
  readonly columns: ZoneColumns;
  readonly origins: Origins;
  /** Rows whose records came with different TTLs, in order; `ttl` holds the lowest (RFC 2181 section 5.2). */
  readonly mixedTtl: readonly Row[];

  constructor(columns: ZoneColumns, origins: Origins = noOrigins, mixedTtl: readonly Row[] = []) {
    this.columns = columns;
    this.origins = origins;
    this.mixedTtl = mixedTtl;
  }

  get apex(): Name {
    return this.name(0);
  }

  get nameCount(): number {
    return this.columns.role.length;
  }

  get rowCount(): number {
    return this.columns.type.length;
  }

  get recordCount(): number {
    return this.columns.rdataStart.length - 1;
  }

  name(id: NameId): Name {
    return nameFromWire(this.columns.names, this.columns.nameStart[id]);
  }

  /** A view, lower case; valid as long as the zone. */
  nameWire(id: NameId): Octets {
    return this.columns.names.subarray(this.columns.nameStart[id], this.columns.nameStart[id + 1]);
  }

  /** The id of a name that exists in the zone (empty non-terminals exist), or -1. */
  find(of: Name): NameId {
    const wire = nameToWire(of);
    return this.findWire(wire, 0, wire.length);
  }

  /** As `find`, for a wire name of any case at `from`..`to`. */
  findWire(wire: Octets, from: number, to: number): NameId {
    const { nameHash, nameStart, names } = this.columns;
    const mask = nameHash.length - 1;
    for (let slot = hashOfName(wire, from, to) & mask; nameHash[slot] >= 0; slot = (slot + 1) & mask) {
      const id = nameHash[slot];
      const start = nameStart[id];
      if (nameStart[id + 1] - start !== to - from) continue;
      let i = from;
      for (let j = start; i < to && lowerCase[wire[i]] === names[j]; i++, j++);
      if (i === to) return id;
    }
    return -1;
  }

  /** The nearest name at or above a wire name that exists in the zone; -1 where the name is not in the zone at all. */
  closestEncloser(wire: Octets, offset = 0): NameId {
    const end = offset + wireNameLength(wire, offset);
    for (let at = offset; at < end; at += wire[at] + 1) {
      const id = this.findWire(wire, at, end);
      if (id >= 0) return id;
    }
    return -1;
  }

  /** The row of an RRset (for RRSIG: of its covered type), or -1. */
  row(id: NameId, type: TypeCode, covered: TypeCode = 0): Row {
    const { rrsetStart, type: types, covered: covers } = this.columns;
    for (let row = rrsetStart[id]; row < rrsetStart[id + 1]; row++) {
      if (types[row] === type && covers[row] === covered) return row;
    }
    return -1;
  }

  /** Views on the RDATA of a row, in canonical order. */
  rdataOf(row: Row): Octets[] {
    const { recordStart, rdataStart, rdata } = this.columns;
    const views: Octets[] = [];
    for (let i = recordStart[row]; i < recordStart[row + 1]; i++) {
      views.push(rdata.subarray(rdataStart[i], rdataStart[i + 1]));
    }
    return views;
  }

  rrset(id: NameId, type: TypeCode): RRset | undefined {
    const row = this.row(id, type);
    return row < 0 ? undefined : this.rrsetOf(row);
  }

  rrsetOf(row: Row): RRset {
    const { owner, type, ttl } = this.columns;
    return { owner: this.name(owner[row]), type: type[row], ttl: ttl[row], records: this.rdataOf(row) };
  }

  /** Where the first record of a row was written. */
  positionOf(row: Row): Position | undefined {
    return this.origins.positionOf(this.columns.origin[this.columns.recordStart[row]]);
  }

  /** The cut or DNAME owner that hides a `below` name, or -1 where none does. */
  cutAbove(id: NameId): NameId {
    const { names, nameStart, role } = this.columns;
    const end = nameStart[id + 1];
    let above = -1;
    if (role[id] !== Role.below) return above;
    for (let at = nameStart[id] + names[nameStart[id]] + 1; end - at >= nameStart[1]; at += names[at] + 1) {
      const ancestor = this.findWire(names, at, end);
      // The outermost one hides the others.
      if (role[ancestor] === Role.cut || (role[ancestor] !== Role.below && this.row(ancestor, Type.DNAME) >= 0)) {
        above = ancestor;
      }
    }
    return above;
  }
}

/** Collects records in any order and makes the columns. Implemented in zone-builder.ts. */
export interface ZoneBuilder {
  /** `owner` in wire form at `ownerFrom`, any case; copied at once, as is the RDATA between `from` and `to`. */
  add(
    owner: Octets,
    ownerFrom: number,
    type: TypeCode,
    ttl: number,
    rdata: Octets,
    from: number,
    to: number,
    origin: number,
  ): void;
  addRRset(rrset: RRset, origin?: number): void;
}
