/** A DNSSEC key as a value: its public half, its tag, and what its file says about time. */
import type { Name } from '../dns/name.ts';
import type { Octets } from '../text/octets.ts';

/** Timing metadata of a BIND key file; Unix seconds. */
export interface KeyTiming {
  readonly created?: number;
  readonly publish?: number;
  readonly activate?: number;
  readonly revoke?: number;
  readonly inactive?: number;
  readonly delete?: number;
  readonly syncPublish?: number;
  readonly syncDelete?: number;
}

export interface ZoneKey {
  readonly zone: Name;
  /** 256, 257, with 0x0080 for REVOKE (RFC 5011). */
  readonly flags: number;
  readonly algorithm: number;
  /** Public key field of the DNSKEY RDATA. */
  readonly publicKey: Octets;
  /** The whole DNSKEY RDATA. */
  readonly rdata: Octets;
  /** RFC 4034 appendix B. */
  readonly tag: number;
  readonly timing: KeyTiming;
  /** TTL in the .key file. */
  readonly ttl?: number;
  /** Path of the file without its suffix, `…/Kexample.org.+013+07956`. */
  readonly path: string;
}

/** The private half: a value that never prints itself (toString, toJSON and inspect say `[private key]`). */
export interface PrivateKey {
  readonly algorithm: number;
  /** PKCS#8 DER. */
  readonly pkcs8: Octets;
}
