/**
 * The RRsets of one part, in the order in which they are written: those of the zone's columns by their row, those that signing
 * makes (denial records; everything at the apex) by their own octets. Number arrays that are used again for the next part.
 */
import { OctetWriter } from '../dns/fields.ts';
import type { TypeCode } from '../dns/type.ts';
import type { Row, ZoneColumns } from '../dns/zone.ts';
import type { Octets } from '../text/octets.ts';
import type { Records } from './signed-data.ts';

const noRow = -1;

export class RRsetTable {
  readonly #columns: ZoneColumns;
  /** Owner → offset of its wire form in `owners`, and its first RRset; each has one entry more than owners. */
  readonly ownerStart: number[] = [0];
  readonly firstRRset: number[] = [0];
  readonly owners = new OctetWriter(1 << 16);
  /** RRset → … */
  readonly type: TypeCode[] = [];
  readonly ttl: number[] = [];
  readonly isSigned: boolean[] = [];
  readonly #row: Row[] = [];
  readonly #firstMade: number[] = [];
  /** The records that were made: record i is `made[madeStart[i] .. madeStart[i + 1]]`. */
  readonly #made = new OctetWriter(1 << 16);
  readonly #madeStart: number[] = [0];
  readonly #cursor = { rdata: new Uint8Array(0) as Octets, starts: [] as ArrayLike<number>, from: 0, to: 0 };

  constructor(columns: ZoneColumns) {
    this.#columns = columns;
  }

  get ownerCount(): number {
    return this.ownerStart.length - 1;
  }

  get rrsetCount(): number {
    return this.type.length;
  }

  clear(): void {
    for (const list of [this.ownerStart, this.firstRRset, this.#madeStart]) list.length = 1;
    for (const list of [this.type, this.ttl, this.isSigned, this.#row, this.#firstMade]) list.length = 0;
    this.owners.length = 0;
    this.#made.length = 0;
  }

  /** Ends the owner of the RRsets that were added since the last one; `wire` in lower case. */
  endOwner(wire: Octets): void {
    if (this.rrsetCount === this.firstRRset[this.firstRRset.length - 1]) return;
    this.owners.put(wire);
    this.ownerStart.push(this.owners.length);
    this.firstRRset.push(this.rrsetCount);
  }

  addRow(row: Row, isSigned: boolean): void {
    this.#add(this.#columns.type[row], this.#columns.ttl[row], isSigned, row);
  }

  /** An RRset of records that stand in no column; RDATA in canonical order. Every one is signed. */
  addMade(type: TypeCode, ttl: number, records: readonly Octets[]): void {
    this.#add(type, ttl, true, noRow);
    for (const rdata of records) {
      this.#made.put(rdata);
      this.#madeStart.push(this.#made.length);
    }
  }

  /** As `addMade` of the one record that `write` writes. */
  addWritten(type: TypeCode, ttl: number, write: (out: OctetWriter) => void): void {
    this.#add(type, ttl, true, noRow);
    write(this.#made);
    this.#madeStart.push(this.#made.length);
  }

  ownerOf(owner: number): Octets {
    return this.owners.octets.subarray(this.ownerStart[owner], this.ownerStart[owner + 1]);
  }

  /** The records of an RRset: one object that moves, valid until the next call. */
  recordsOf(rrset: number): Records {
    const cursor = this.#cursor;
    const row = this.#row[rrset];
    if (row === noRow) {
      cursor.rdata = this.#made.octets;
      cursor.starts = this.#madeStart;
      cursor.from = this.#firstMade[rrset];
      cursor.to = rrset + 1 < this.rrsetCount ? this.#firstMade[rrset + 1] : this.#madeStart.length - 1;
    } else {
      cursor.rdata = this.#columns.rdata;
      cursor.starts = this.#columns.rdataStart;
      cursor.from = this.#columns.recordStart[row];
      cursor.to = this.#columns.recordStart[row + 1];
    }
    return cursor;
  }

  #add(type: TypeCode, ttl: number, isSigned: boolean, row: Row): void {
    this.type.push(type);
    this.ttl.push(ttl);
    this.isSigned.push(isSigned);
    this.#row.push(row);
    this.#firstMade.push(this.#madeStart.length - 1);
  }
}
