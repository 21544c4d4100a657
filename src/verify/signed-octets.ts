/**
 * The octets that a signature is made over (RFC 4034 section 3.1.8.1, with section 6.2 for the canonical form): the RRSIG RDATA
 * without the signature, then each record of the RRset in canonical order. Written from the RFC for verification alone.
 */
import { OctetWriter } from '../dns/fields.ts';
import { writeCanonical } from '../dns/rdata/index.ts';
import type { Row, ZoneColumns } from '../dns/zone.ts';
import type { Octets } from '../text/octets.ts';
import { rrsigHead } from './rrsig.ts';

const classIn = 1;

/** Lays out one RRset after the other in the same memory; `open` first, then `messageOf` for each of its signatures. */
export class SignedOctets {
  private readonly columns: ZoneColumns;
  private readonly out = new OctetWriter(4096);
  private readonly apex: Octets;

  constructor(columns: ZoneColumns) {
    this.columns = columns;
    this.apex = columns.names.subarray(columns.nameStart[0], columns.nameStart[1]);
  }

  /**
   * Writes the records of a row, with the row's TTL as the original one. `fold` gets RDATA that replaces the canonical form: for
   * finding out what a signer did wrong.
   */
  open(row: Row, fold?: (rdata: Octets) => Octets): void {
    const { names, nameStart, owner, type, ttl, recordStart, rdataStart, rdata } = this.columns;
    const { out } = this;
    const ownerFrom = nameStart[owner[row]];
    const ownerTo = nameStart[owner[row] + 1];
    // The signer is the apex: other signatures were refused before. So what stands before the records has one length.
    out.length = 0;
    out.reserve(rrsigHead + this.apex.length);
    out.length = rrsigHead + this.apex.length;
    for (let record = recordStart[row]; record < recordStart[row + 1]; record++) {
      const from = rdataStart[record];
      const to = rdataStart[record + 1];
      out.reserve(ownerTo - ownerFrom + 10 + to - from);
      const into = out.octets;
      let at = out.length;
      for (let i = ownerFrom; i < ownerTo; i++) into[at++] = names[i];
      into[at++] = type[row] >>> 8;
      into[at++] = type[row];
      into[at++] = 0;
      into[at++] = classIn;
      into[at++] = ttl[row] >>> 24;
      into[at++] = ttl[row] >>> 16;
      into[at++] = ttl[row] >>> 8;
      into[at++] = ttl[row];
      const lengthAt = at;
      out.length = at + 2;
      if (fold === undefined) writeCanonical(type[row], rdata, from, to, out);
      else out.put(fold(rdata.subarray(from, to)));
      const length = out.length - lengthAt - 2;
      out.octets[lengthAt] = length >>> 8;
      out.octets[lengthAt + 1] = length;
    }
  }

  /** The whole message for the RRSIG whose RDATA stands at `rrsig`; a view, valid until the next call. */
  messageOf(rrsig: number): Octets {
    const { rdata } = this.columns;
    const into = this.out.octets;
    for (let i = 0; i < rrsigHead; i++) into[i] = rdata[rrsig + i];
    into.set(this.apex, rrsigHead);
    return into.subarray(0, this.out.length);
  }
}
