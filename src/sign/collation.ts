/**
 * Zone collation for ZONEMD, scheme SIMPLE (RFC 8976 section 3.3): every record in canonical form, owners in canonical order,
 * then by type, then by RDATA. The signatures of a name stand together at type RRSIG.
 */
import { OctetWriter } from '../dns/fields.ts';
import { wireNameLength } from '../dns/name.ts';
import { Type } from '../dns/type.ts';
import { compareOctets, concatOctets, type Octets } from '../text/octets.ts';
import { putRecords, type Records } from './signed-data.ts';

/** Octets of type, class, TTL and RDLENGTH behind the owner. */
const fixedLength = 10;

/**
 * Collects the records of one owner after the other. RRsets come by type, signatures by the type they cover, then by key; they are
 * held back until the types after RRSIG.
 */
export class Collation {
  readonly #collated = new OctetWriter(1 << 16);
  readonly #signatures = new OctetWriter(1 << 10);
  readonly #later = new OctetWriter(1 << 12);

  clear(): void {
    this.#collated.length = 0;
  }

  addRRset(owner: Octets, type: number, ttl: number, records: Records): void {
    putRecords(type < Type.RRSIG ? this.#collated : this.#later, owner, type, ttl, records);
  }

  addSignature(owner: Octets, ttl: number, rdata: Octets): void {
    putRecords(this.#signatures, owner, Type.RRSIG, ttl, { rdata, starts: [0, rdata.length], from: 0, to: 1 });
  }

  endOwner(): void {
    for (const held of [this.#signatures, this.#later]) {
      this.#collated.put(held.octets.subarray(0, held.length));
      held.length = 0;
    }
  }

  copy(): Octets {
    return this.#collated.copy();
  }
}

/** Puts the records of one owner, collated in several pieces, into one order. */
export function mergeOwner(pieces: readonly Octets[]): Octets {
  const records = pieces.flatMap((piece) => [...recordsIn(piece)]);
  records.sort((a, b) => a.type - b.type || compareOctets(a.rdata, b.rdata));
  return concatOctets(records.map(({ octets }) => octets));
}

function* recordsIn(collated: Octets): Generator<{ type: number; rdata: Octets; octets: Octets }> {
  for (let from = 0; from < collated.length; ) {
    const at = from + wireNameLength(collated, from);
    const start = at + fixedLength;
    const end = start + (collated[start - 2] << 8) + collated[start - 1];
    yield {
      type: (collated[at] << 8) | collated[at + 1],
      rdata: collated.subarray(start, end),
      octets: collated.subarray(from, end),
    };
    from = end;
  }
}
