/**
 * Collects records in any order and makes the columns of a zone. While records come in, each costs a few numbers in typed
 * arrays and its octets, never an object; owners are stored once, found by hash.
 */
import { type Report, report } from '../text/problem.ts';
import { OctetWriter } from './fields.ts';
import { lowerCase, type Name, nameFromWire, nameToWire, wireNameLength } from './name.ts';
import type { RRset } from './rrset.ts';
import { rules } from './rules.ts';
import { type TypeCode, typeName } from './type.ts';
import { noOrigins, type Origins, Zone, type ZoneBuilder } from './zone.ts';
import { orderNames } from './zone-names.ts';
import { orderRecords } from './zone-records.ts';

/** What 32-bit offsets reach. */
const offsetLimit = 0xffff_ffff;

export interface BuilderOptions {
  /** The rule for an RRset whose records differ in TTL; the lowest is taken either way. */
  readonly mixedTtl?: 'zone/mixed-ttl' | 'zone/mixed-ttl-included';
  /** Octets of names and of RDATA, at most; for tests. */
  readonly limit?: number;
}

export interface FinishingZoneBuilder extends ZoneBuilder {
  /** Makes the columns and reports out-of-zone owners (left out) and mixed TTLs. The builder is empty afterwards. */
  finish(report: Report): Zone;
}

/** A builder for the zone `apex`; records keep the keys of `origins`. */
export function newZoneBuilder(
  apex: Name,
  origins: Origins = noOrigins,
  options: BuilderOptions = {},
): FinishingZoneBuilder {
  const collector = new RecordCollector(options.limit);
  return {
    add(owner, ownerFrom, type, ttl, rdata, from, to, origin) {
      const id = collector.owner(owner, ownerFrom, ownerFrom + wireNameLength(owner, ownerFrom));
      const { rdata: out } = collector;
      const start = out.length;
      out.put(rdata.subarray(from, to));
      collector.record(id, type, ttl, start, origin);
    },
    addRRset(rrset: RRset, origin = 0) {
      const wire = nameToWire(rrset.owner);
      const id = collector.owner(wire, 0, wire.length);
      for (const record of rrset.records) {
        const start = collector.rdata.length;
        collector.rdata.put(record);
        collector.record(id, rrset.type, rrset.ttl, start, origin);
      }
    },
    finish(to) {
      return finishZone(collector, apex, origins, to, options.mixedTtl);
    },
  };
}

/** What a builder starts with: of a thousand zones in a repository, most are small. Everything doubles as it fills. */
const first = { names: 1 << 11, owners: 1 << 6, records: 1 << 7, rdata: 1 << 12 } as const;

/** Records as they come in. The reader of master files writes RDATA straight into `rdata`. */
export class RecordCollector {
  /** Owner → names, lower case, in order of appearance. */
  readonly names = new OctetWriter(first.names);
  nameStart = new Uint32Array(first.owners);
  nameHash = new Uint32Array(first.owners);
  ownerCount = 0;
  private slots = new Int32Array(2 * first.owners).fill(-1);
  private lastOwner = -1;

  /** Record → owner, type, TTL, end of its RDATA, origin. */
  recordOwner = new Uint32Array(first.records);
  type = new Uint16Array(first.records);
  ttl = new Uint32Array(first.records);
  /** One entry more than records. */
  rdataStart = new Uint32Array(first.records + 1);
  origin = new Uint32Array(first.records);
  count = 0;
  readonly rdata = new OctetWriter(first.rdata);

  /** Which column is full, once one is; records that come later are dropped. */
  overflow: 'names' | 'record data' | undefined;
  readonly limit: number;

  constructor(limit = offsetLimit) {
    this.limit = Math.min(limit, offsetLimit);
  }

  /** The number of an owner; -1 where the names are full. The octets hold a whole wire name, any case. */
  owner(wire: Uint8Array, from: number, to: number): number {
    const { names } = this;
    const length = to - from;
    names.reserve(length);
    const start = names.length;
    const into = names.octets;
    let hash = 0x811c9dc5;
    for (let i = from, j = start; i < to; i++, j++) {
      const octet = lowerCase[wire[i]];
      into[j] = octet;
      hash = Math.imul(hash ^ octet, 0x01000193);
    }
    hash >>>= 0;
    if (this.lastOwner >= 0 && this.isOwner(this.lastOwner, hash, start, length)) return this.lastOwner;
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (; this.slots[slot] >= 0; slot = (slot + 1) & mask) {
      const id = this.slots[slot];
      if (this.isOwner(id, hash, start, length)) return (this.lastOwner = id);
    }
    if (start + length > this.limit) {
      this.overflow ??= 'names';
      return -1;
    }
    const id = this.ownerCount++;
    if (id + 1 >= this.nameStart.length) {
      this.nameStart = grown(this.nameStart, Uint32Array);
      this.nameHash = grown(this.nameHash, Uint32Array);
    }
    names.length = start + length;
    this.nameStart[id + 1] = names.length;
    this.nameHash[id] = hash;
    this.slots[slot] = id;
    if (this.ownerCount * 2 > this.slots.length) this.rehash();
    return (this.lastOwner = id);
  }

  /** Adds the record whose RDATA was written to `rdata` from `start` on. */
  record(owner: number, type: TypeCode, ttl: number, start: number, origin: number): void {
    if (owner < 0 || this.rdata.length > this.limit) {
      if (owner >= 0) this.overflow ??= 'record data';
      this.rdata.length = start;
      return;
    }
    const at = this.count++;
    if (at >= this.type.length) {
      this.recordOwner = grown(this.recordOwner, Uint32Array);
      this.type = grown(this.type, Uint16Array);
      this.ttl = grown(this.ttl, Uint32Array);
      this.origin = grown(this.origin, Uint32Array);
      this.rdataStart = grown(this.rdataStart, Uint32Array);
    }
    this.recordOwner[at] = owner;
    this.type[at] = type;
    this.ttl[at] = ttl;
    this.origin[at] = origin;
    this.rdataStart[at + 1] = this.rdata.length;
  }

  private isOwner(id: number, hash: number, start: number, length: number): boolean {
    if (this.nameHash[id] !== hash) return false;
    const from = this.nameStart[id];
    if (this.nameStart[id + 1] - from !== length) return false;
    const { octets } = this.names;
    for (let i = 0; i < length; i++) if (octets[from + i] !== octets[start + i]) return false;
    return true;
  }

  private rehash(): void {
    const slots = new Int32Array(this.slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    for (let id = 0; id < this.ownerCount; id++) {
      let slot = this.nameHash[id] & mask;
      while (slots[slot] >= 0) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.slots = slots;
  }
}

/** Orders what was collected; see `newZoneBuilder`. */
export function finishZone(
  collector: RecordCollector,
  apex: Name,
  origins: Origins,
  to: Report,
  mixedTtl: BuilderOptions['mixedTtl'] = 'zone/mixed-ttl-included',
): Zone {
  if (collector.overflow !== undefined) {
    const facts = { what: collector.overflow, limit: collector.limit };
    report(to, rules['zone/too-large'], undefined, facts, { subject: apex });
  }
  const ordered = orderNames(collector, nameToWire(apex));
  reportOutOfZone(collector, ordered.rank, apex, origins, to);
  const { columns, mixed } = orderRecords(collector, ordered);
  const zone = new Zone(
    columns,
    origins,
    mixed.map(({ row }) => row),
  );
  for (const { row, lowest, highest, record } of mixed) {
    const type = columns.covered[row] === 0 ? typeName(columns.type[row]) : `RRSIG (${typeName(columns.covered[row])})`;
    const owner = zone.name(columns.owner[row]);
    const position = origins.positionOf(collector.origin[record]);
    report(to, rules[mixedTtl], position, { owner, type, lowest, highest }, { subject: apex });
  }
  return zone;
}

/** One problem per owner, at its first record. */
function reportOutOfZone(collector: RecordCollector, rank: Int32Array, apex: Name, origins: Origins, to: Report): void {
  if (!rank.includes(-1)) return;
  const told = new Set<number>();
  for (let i = 0; i < collector.count; i++) {
    const owner = collector.recordOwner[i];
    if (rank[owner] >= 0 || told.has(owner)) continue;
    told.add(owner);
    const facts = { owner: nameFromWire(collector.names.octets, collector.nameStart[owner]), apex };
    report(to, rules['zone/out-of-zone'], origins.positionOf(collector.origin[i]), facts, { subject: apex });
  }
}

function grown<T extends Uint32Array | Uint16Array>(column: T, make: new (length: number) => T): T {
  const larger = new make(column.length * 2);
  larger.set(column);
  return larger;
}
