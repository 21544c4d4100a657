/** What the proof found, as values: src/report prints them. */
import type { Name } from '../dns/name.ts';
import type { KeyId } from '../journal/journal.ts';

export type ViolationKind =
  /** A validator finds no DS, or none that it supports: the zone is unprotected, TLSA records count for nothing. */
  | 'insecure'
  /** No key that the DS set names signs the DNSKEY RRset. */
  | 'no-key-for-ds'
  /** No key in the DNSKEY RRset signs the RRset. */
  | 'no-key-for-rrset'
  /** A server may hand out a version whose signatures are not valid yet, or no longer. */
  | 'signature-window'
  /** A certificate that a sender may meet matches no record of a TLSA RRset that the sender may hold. */
  | 'tlsa-mismatch'
  /** The zone goes insecure while TLSA records of it may be held. */
  | 'tlsa-without-ds';

/** More than rollovers should ask of answers; nobody is cut off by it. */
export type WarningKind =
  /** More than two signatures over one RRset: two rolls at once. */
  | 'many-signatures'
  /** An answer does not fit into a UDP message that is never fragmented. */
  | 'large-answer';

export interface Violation {
  readonly kind: ViolationKind;
  readonly subject: { readonly kind: 'zone' | 'host'; readonly name: Name };
  /** It may happen from this time on, Unix seconds, within the span that was judged. */
  readonly from: number;
  /** Undefined: no end is in sight. */
  readonly until?: number;
  /** Names of the validators that fail; empty where it is the same to all. */
  readonly profiles: readonly string[];
  /** What is held together, from the parent down. */
  readonly caches: readonly CacheContent[];
  /** The RRsets, hosts or addresses that are concerned. */
  readonly names: readonly string[];
  /** One line, English, with times in UTC. */
  readonly message: string;
}

export interface Warning extends Omit<Violation, 'kind' | 'profiles'> {
  readonly kind: WarningKind;
}

/** One cache entry, or a certificate that a server shows. */
export interface CacheContent {
  readonly what: 'DS' | 'DNSKEY' | 'RRset' | 'CNAME' | 'TLSA' | 'certificate';
  /** Owner, or what stands for it. */
  readonly name: string;
  /** For people: `12345 13 2`, `257 13 12345`, `3 1 1 8cb0…`; empty is authenticated absence. */
  readonly records: readonly string[];
  /** Empty where it is not signed; undefined where that is not known here. */
  readonly signers?: readonly KeyId[];
  /** Since when it may be met: built, asked for, seen or deployed. */
  readonly since: number;
  /** Until when it may be held; undefined: no end is known. */
  readonly heldUntil?: number;
  readonly ttl?: number;
}

/** A sender may find that a host has no TLSA records, or none that it can use: it delivers without them. No violation. */
export interface Unprotected {
  readonly host: Name;
  readonly port: number;
  /** `absent`: there is no TLSA RRset; `unusable`: no record of it is for mail; `insecure`: no DS secures it. */
  readonly reason: 'absent' | 'unusable' | 'insecure';
  readonly from: number;
  readonly until?: number;
}
