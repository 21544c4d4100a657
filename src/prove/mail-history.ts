/** Which certificate a sender of mail may meet, where and when: the half of DANE that no journal of a zone knows. */
import type { Name } from '../dns/name.ts';

export interface MailHistory {
  readonly services: readonly ServiceHistory[];
}

/** One port of one host. Its TLSA records come from the journal of the zone. */
export interface ServiceHistory {
  readonly host: Name;
  readonly port: number;
  /** Where senders ask for TLSA records, such as `_25._tcp.mx1.example.org.`; CNAME records there are followed. */
  readonly owner: Name;
  /** When MX, CNAME and address records that may be held lead a sender to an address. Undefined: always, to every address. */
  readonly routes?: readonly Route[];
  readonly deployments: readonly Deployment[];
}

export interface Route {
  readonly address: string;
  /** From the first build of the records that lead there. */
  readonly from: number;
  /** Until the last of them has left every cache; undefined: no end is known. */
  readonly until?: number;
}

/**
 * A time in which a client that takes this key algorithm may be shown this chain. Where old and new may both be met, because
 * servers are switched one after the other or nobody knows when, the deployments overlap.
 */
export interface Deployment {
  /** What people call it. */
  readonly certificate: string;
  /** Of its key, such as `ECDSA`. */
  readonly algorithm: string;
  /** Undefined: at every address. */
  readonly address?: string;
  readonly from: number;
  /** Undefined: no end is known. */
  readonly until?: number;
  /** As the server sends it, the leaf first. The issuer that a DANE-TA record pins counts only if it stands here (RFC 7671 section 5.2.2). */
  readonly chain: readonly CertificateDigests[];
}

/** Hexadecimal, lower case. */
export interface CertificateDigests {
  readonly certificate: Digests;
  readonly spki: Digests;
}

export interface Digests {
  /** The octets themselves; undefined: records of matching type Full cannot match. */
  readonly full?: string;
  readonly sha256: string;
  readonly sha512: string;
}
