/** The RRsets at the apex of the signed zone: those of the unsigned zone, and those that signing adds. */
import { OctetWriter } from '../dns/fields.ts';
import { compareCanonical } from '../dns/rdata/index.ts';
import { Type, type TypeCode } from '../dns/type.ts';
import type { Zone } from '../dns/zone.ts';
import type { Octets } from '../text/octets.ts';
import { putParameters } from './denial-records.ts';
import type { Nsec3Chain } from './nsec3-chain.ts';

export type ZonemdDigest = 'sha384' | 'sha512';

/** Scheme SIMPLE, and the hash algorithm numbers (RFC 8976 sections 5.2 and 5.3). */
const simple = 1;
const hashAlgorithm: Readonly<Record<ZonemdDigest, number>> = { sha384: 1, sha512: 2 };

/**
 * TTL of NSEC3PARAM, as BIND has it: only a server that signs reads the record, so a cache has no reason to keep it, and a
 * change of parameters never has to wait for one.
 */
const nsec3ParamTtl = 0;

export interface ApexRRset {
  readonly type: TypeCode;
  readonly ttl: number;
  /** In canonical order, without duplicates. */
  readonly records: readonly Octets[];
}

export interface AddedToApex {
  readonly dnskeys: readonly Octets[];
  readonly dnskeyTtl: number;
  readonly cds: readonly Octets[];
  readonly cdnskey: readonly Octets[];
  readonly cdsTtl: number;
  readonly chain: Nsec3Chain | undefined;
}

/**
 * Everything but SOA and ZONEMD, by type. The DNSKEY RRset is exactly `dnskeys`; CDS and CDNSKEY of the zone itself stay only
 * where none are given.
 */
export function apexRRsets(zone: Zone, added: AddedToApex): ApexRRset[] {
  const { rrsetStart, type, ttl } = zone.columns;
  const rrsets = new Map<TypeCode, ApexRRset>();
  for (let row = rrsetStart[0]; row < rrsetStart[1]; row++) {
    if (type[row] === Type.SOA || type[row] === Type.ZONEMD) continue;
    rrsets.set(type[row], { type: type[row], ttl: ttl[row], records: zone.rdataOf(row) });
  }
  const set = (of: TypeCode, records: readonly Octets[], lifetime: number) =>
    rrsets.set(of, { type: of, ttl: lifetime, records: inCanonicalOrder(of, records) });
  set(Type.DNSKEY, added.dnskeys, added.dnskeyTtl);
  if (added.cds.length > 0) set(Type.CDS, added.cds, added.cdsTtl);
  if (added.cdnskey.length > 0) set(Type.CDNSKEY, added.cdnskey, added.cdsTtl);
  if (added.chain !== undefined) {
    const rdata = new OctetWriter();
    putParameters(rdata, added.chain, 0);
    set(Type.NSEC3PARAM, [rdata.copy()], nsec3ParamTtl);
  }
  return [...rrsets.values()].sort((a, b) => a.type - b.type);
}

function inCanonicalOrder(type: TypeCode, records: readonly Octets[]): Octets[] {
  const compare = (a: Octets, b: Octets) => compareCanonical(type, a, 0, a.length, b, 0, b.length);
  return [...records].sort(compare).filter((rdata, i, sorted) => i === 0 || compare(sorted[i - 1], rdata) !== 0);
}

/** The SOA record as it stands in the unsigned zone. */
export interface StartOfAuthority {
  readonly ttl: number;
  readonly serial: number;
  /** The MINIMUM field. */
  readonly minimum: number;
  readonly rdata: Octets;
}

/** SERIAL and MINIMUM, counted from the end of the RDATA (RFC 1035 section 3.3.13). */
const serialFromEnd = 20;
const minimumFromEnd = 4;

/** A zone without its one SOA is refused before it comes here. */
export function soaOf(zone: Zone): StartOfAuthority {
  const row = zone.row(0, Type.SOA);
  const records = row < 0 ? [] : zone.rdataOf(row);
  if (records.length !== 1) throw new Error(`${zone.apex} has ${records.length} SOA records`);
  const [rdata] = records;
  const view = new DataView(rdata.buffer, rdata.byteOffset, rdata.length);
  return {
    ttl: zone.columns.ttl[row],
    serial: view.getUint32(rdata.length - serialFromEnd),
    minimum: view.getUint32(rdata.length - minimumFromEnd),
    rdata,
  };
}

export function soaRRset(soa: StartOfAuthority, serial: number): ApexRRset {
  const rdata = Uint8Array.from(soa.rdata);
  new DataView(rdata.buffer).setUint32(rdata.length - serialFromEnd, serial);
  return { type: Type.SOA, ttl: soa.ttl, records: [rdata] };
}

/** ZONEMD has the TTL of the SOA (RFC 8976 section 2). */
export function zonemdRRset(
  soa: StartOfAuthority,
  serial: number,
  digests: readonly { readonly kind: ZonemdDigest; readonly digest: Octets }[],
): ApexRRset {
  const records = digests.map(({ kind, digest }) => {
    const rdata = new OctetWriter();
    rdata.u32(serial);
    rdata.u8(simple);
    rdata.u8(hashAlgorithm[kind]);
    rdata.put(digest);
    return rdata.copy();
  });
  return { type: Type.ZONEMD, ttl: soa.ttl, records: inCanonicalOrder(Type.ZONEMD, records) };
}
