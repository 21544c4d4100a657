/**
 * The last signed zone as a cache of signatures: one that was made for the same RRset, by the same key, for the same window, is
 * taken instead of being made again. It changes only the time that signing takes, never the result.
 */
import { compareCanonical } from '../dns/rdata/index.ts';
import { Type, type TypeCode } from '../dns/type.ts';
import { type NameId, type Row, Zone, type ZoneColumns } from '../dns/zone.ts';
import type { Octets } from '../text/octets.ts';
import type { Records } from './signed-data.ts';

export class PreviousSignatures {
  readonly #zone: Zone;
  #owner: NameId = -1;
  /** The signatures of the RRset asked for last, or -1. */
  #signatures: Row = -1;
  /** Where the signature found last stands in `rdata`. */
  from = 0;
  to = 0;

  constructor(columns: ZoneColumns) {
    this.#zone = new Zone(columns);
  }

  get rdata(): Octets {
    return this.#zone.columns.rdata;
  }

  moveToOwner(owner: Octets): void {
    this.#owner = this.#zone.findWire(owner, 0, owner.length);
  }

  /** Whether the zone has an equal RRset at this owner: the same TTL, and equal records in canonical form. */
  moveToRRset(type: TypeCode, ttl: number, records: Records): boolean {
    const row = this.#owner < 0 ? -1 : this.#zone.row(this.#owner, type);
    const isEqual = row >= 0 && this.#zone.columns.ttl[row] === ttl && this.#hasRecords(row, type, records);
    this.#signatures = isEqual ? this.#zone.row(this.#owner, Type.RRSIG, type) : -1;
    return this.#signatures >= 0;
  }

  /** Finds the signature of `length` octets whose RDATA starts with exactly `head`. */
  find(head: Octets, length: number): boolean {
    const { recordStart, rdataStart, rdata } = this.#zone.columns;
    for (let i = recordStart[this.#signatures]; i < recordStart[this.#signatures + 1]; i++) {
      const start = rdataStart[i];
      if (rdataStart[i + 1] - start !== head.length + length) continue;
      let at = 0;
      while (at < head.length && rdata[start + at] === head[at]) at++;
      if (at < head.length) continue;
      this.from = start + at;
      this.to = rdataStart[i + 1];
      return true;
    }
    return false;
  }

  #hasRecords(row: Row, type: TypeCode, records: Records): boolean {
    const { recordStart, rdataStart, rdata } = this.#zone.columns;
    const shift = recordStart[row] - records.from;
    if (recordStart[row + 1] - shift !== records.to) return false;
    for (let i = records.from; i < records.to; i++) {
      const from = rdataStart[i + shift];
      const to = rdataStart[i + shift + 1];
      if (compareCanonical(type, rdata, from, to, records.rdata, records.starts[i], records.starts[i + 1]) !== 0) {
        return false;
      }
    }
    return true;
  }
}
