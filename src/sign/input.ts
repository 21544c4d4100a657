/** What the stage `sign` takes and what it says about its work. */
import type { Denial } from '../describe/description.ts';
import type { Zone } from '../dns/zone.ts';
import type { ZoneKey } from '../keys/key.ts';
import type { SignerSpec, SigningOptions } from '../signers/signer.ts';
import type { Octets } from '../text/octets.ts';
import type { ZonemdDigest } from './apex.ts';
import type { WindowPolicy } from './windows.ts';

export interface SigningInput {
  /**
   * Unsigned; what an earlier signing left in it (RRSIG, NSEC, NSEC3, NSEC3PARAM, apex ZONEMD, apex DNSKEY) is dropped. Its CDS and
   * CDNSKEY stay where `cds` and `cdnskey` are empty. The serial of its SOA is replaced.
   */
  readonly zone: Zone;
  /** The DNSKEY RRset is these and `foreignDnskeys`. */
  readonly published: readonly ZoneKey[];
  /** DNSKEY RDATA of other signers of the zone (RFC 8901). */
  readonly foreignDnskeys?: readonly Octets[];
  /** Keys that sign DNSKEY, CDS and CDNSKEY at the apex. */
  readonly signsDnskey: readonly SignerSpec[];
  /** Keys that sign everything else. */
  readonly signsZone: readonly SignerSpec[];
  readonly dnskeyTtl: number;
  /** RDATA; the zone's own CDS are replaced by them. */
  readonly cds: readonly Octets[];
  readonly cdnskey: readonly Octets[];
  readonly cdsTtl: number;
  /** See `reportUnsignable` in rules.ts for what is not possible. The salt is hexadecimal, empty or `-` for none. */
  readonly denial: Denial;
  readonly zonemd: readonly ZonemdDigest[];
  readonly windows: WindowPolicy;
  /** The serial, or how the content digest decides it. */
  readonly serial: number | ((contentDigest: string) => number);
  /** The last signed zone, a cache of signatures: it never changes the result. */
  readonly previous?: Zone;
  /** `none`: the caller verifies the whole output before anything uses it. */
  readonly checkSignatures: SigningOptions['check'];
}

export interface SigningSummary {
  readonly serial: number;
  /** Hexadecimal; see content-digest.ts. */
  readonly contentDigest: string;
  /** RRSIG records. */
  readonly signatures: number;
  /** Of them, those taken from the previous zone. */
  readonly reused: number;
  /** When the first signature runs out, Unix seconds. */
  readonly firstExpiry: number;
  readonly records: number;
}
