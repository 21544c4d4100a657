/** Makes NSEC and NSEC3 records where they belong (RFC 4034 section 4.1, RFC 5155 section 3.2). */
import type { OctetWriter } from '../dns/fields.ts';
import { Type, type TypeCode } from '../dns/type.ts';
import type { NameId, ZoneColumns } from '../dns/zone.ts';
import { encodeBase32hexInto } from '../dnssec/base32hex.ts';
import { nsec3HashLength, nsec3Sha1 } from '../dnssec/nsec3-hash.ts';
import type { Octets } from '../text/octets.ts';
import { Bitmaps, nextInChain } from './denial.ts';
import { hashLabelLength, type Nsec3Chain, type Rank } from './nsec3-chain.ts';
import type { RRsetTable } from './rrset-table.ts';

/** Survives a structured clone. */
export interface DenialPlan {
  /** TTL of every record. */
  readonly ttl: number;
  /** Types at the apex but for RRSIG and NSEC, ascending: some of them stand in no column. */
  readonly apexTypes: readonly TypeCode[];
  /** Undefined: NSEC. */
  readonly chain?: Nsec3Chain;
}

export class DenialRecords {
  readonly #columns: ZoneColumns;
  readonly #plan: DenialPlan;
  readonly #bitmaps: Bitmaps;
  /** `<hash>.<apex>` in wire form. */
  readonly #hashedOwner: Octets;

  constructor(columns: ZoneColumns, plan: DenialPlan) {
    this.#columns = columns;
    this.#plan = plan;
    this.#bitmaps = new Bitmaps(plan.chain === undefined ? 'nsec' : 'nsec3');
    const apex = columns.names.subarray(0, columns.nameStart[1]);
    this.#hashedOwner = new Uint8Array(1 + hashLabelLength + apex.length);
    this.#hashedOwner[0] = hashLabelLength;
    this.#hashedOwner.set(apex, 1 + hashLabelLength);
  }

  addNsec(table: RRsetTable, id: NameId): void {
    const { names, nameStart } = this.#columns;
    const next = nextInChain(this.#columns, id);
    table.addWritten(Type.NSEC, this.#plan.ttl, (out) => {
      out.put(names.subarray(nameStart[next], nameStart[next + 1]));
      out.put(this.#bitmapOf(id));
    });
  }

  addNsec3(table: RRsetTable, chain: Nsec3Chain, rank: Rank): void {
    const next = rank + 1 < chain.names.length ? rank + 1 : 0;
    table.addWritten(Type.NSEC3, this.#plan.ttl, (out) => {
      putParameters(out, chain, chain.flags);
      out.u8(nsec3HashLength);
      out.put(chain.hashes.subarray(next * nsec3HashLength, (next + 1) * nsec3HashLength));
      out.put(this.#bitmapOf(chain.names[rank]));
    });
  }

  /** Valid until the next call. */
  ownerOf(chain: Nsec3Chain, rank: Rank): Octets {
    encodeBase32hexInto(chain.hashes, rank * nsec3HashLength, (rank + 1) * nsec3HashLength, this.#hashedOwner, 1);
    return this.#hashedOwner;
  }

  #bitmapOf(id: NameId): Octets {
    return id === 0 ? this.#bitmaps.ofApex(this.#plan.apexTypes) : this.#bitmaps.ofName(this.#columns, id);
  }
}

/** The fields that NSEC3 and NSEC3PARAM share. */
export function putParameters(out: OctetWriter, { iterations, salt }: Nsec3Chain, flags: number): void {
  out.u8(nsec3Sha1);
  out.u8(flags);
  out.u16(iterations);
  out.u8(salt.length);
  out.put(salt);
}
