/**
 * The octets that are signed (RFC 4034 section 3.1.8.1): RRSIG RDATA without its signature, then every record of the RRset in
 * canonical form and order. The stage `verify` lays them out a second time, on purpose.
 */
import type { OctetWriter } from '../dns/fields.ts';
import { writeCanonical } from '../dns/rdata/index.ts';
import type { TypeCode } from '../dns/type.ts';
import type { Octets } from '../text/octets.ts';

/** Class IN. */
const internet = 1;

/** Octets of the RRSIG RDATA in front of the signer's name. */
export const signatureHeadLength = 18;

/** The fields of an RRSIG that are no names. Times are Unix seconds; they wrap at 2^32 (RFC 4034 section 3.1.5). */
export interface SignatureHead {
  readonly type: TypeCode;
  readonly algorithm: number;
  readonly labels: number;
  readonly ttl: number;
  readonly expiration: number;
  readonly inception: number;
  readonly tag: number;
}

/** RRSIG RDATA without the signature. `signer` is the apex in wire form, lower case. */
export function putSignatureHead(out: OctetWriter, head: SignatureHead, signer: Octets): void {
  out.u16(head.type);
  out.u8(head.algorithm);
  out.u8(head.labels);
  out.u32(head.ttl);
  out.u32(head.expiration);
  out.u32(head.inception);
  out.u16(head.tag);
  out.put(signer);
}

/** Records `from`..`to` of a store: record i is `rdata[starts[i] .. starts[i + 1]]`, in canonical order without duplicates. */
export interface Records {
  readonly rdata: Octets;
  readonly starts: ArrayLike<number>;
  readonly from: number;
  readonly to: number;
}

/** Every record as `owner | type | class | TTL | RDLENGTH | RDATA` in canonical form (RFC 4034 section 6.2). */
export function putRecords(out: OctetWriter, owner: Octets, type: TypeCode, ttl: number, records: Records): void {
  const { rdata, starts, to } = records;
  for (let i = records.from; i < to; i++) {
    out.put(owner);
    out.u16(type);
    out.u16(internet);
    out.u32(ttl);
    const length = out.length;
    out.u16(0);
    writeCanonical(type, rdata, starts[i], starts[i + 1], out);
    const count = out.length - length - 2;
    out.octets[length] = count >>> 8;
    out.octets[length + 1] = count;
  }
}

/** The Labels field (RFC 4034 section 3.1.3): neither the root nor a leading asterisk is counted. */
export function signedLabels(owner: Octets): number {
  let count = owner[0] === 1 && owner[1] === 0x2a ? -1 : 0;
  for (let at = 0; owner[at] !== 0; at += owner[at] + 1) count++;
  return count;
}
