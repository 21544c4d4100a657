/**
 * What the matcher is asked and what it answers: does a TLS client that follows DANE accept what a server presents (RFC 6698,
 * 7671; 7672 for mail)?
 */
import type { Name } from '../../dns/name.ts';
import type { Octets } from '../../text/octets.ts';
import type { Certificate } from '../../x509/certificate.ts';
import type { PathFault } from '../../x509/path.ts';
import type { Matching } from '../acronym.ts';

export interface MatchInput {
  /** RDATA of the TLSA RRset, secure by DNSSEC, wire form, in any order; at least one. */
  readonly rrset: readonly Octets[];
  readonly presented: Presented;
  /** The names of which the certificate must have one; see `clientNames`. `unchecked`: no usage looks at names. */
  readonly names: readonly Name[] | 'unchecked';
  /** Unix seconds: when the handshake is. */
  readonly at: number;
  /** `smtp`: between mail servers, port 25 (RFC 7672). */
  readonly application: 'smtp' | 'other';
  /** For PKIX-TA and PKIX-EE; undefined: the client has no roots of its own. */
  readonly trustStore?: readonly Certificate[];
}

/** What one handshake shows. A host with several chains (RSA and ECDSA, say) has a verdict for each. */
export type Presented =
  /** As in the handshake: the server's own certificate first, the others in any order. */
  | { readonly kind: 'chain'; readonly certificates: readonly [Certificate, ...Certificate[]] }
  /** A raw public key (RFC 7250): its SubjectPublicKeyInfo. */
  | { readonly kind: 'raw-key'; readonly spki: Octets };

export type MatchVerdict = { readonly records: readonly RecordVerdict[] } & (
  | { readonly state: 'matched'; readonly matched: Match }
  /** Some record is usable and none matches: the client must not go on. */
  | { readonly state: 'no-match' }
  | {
      readonly state: 'unusable';
      /**
       * encrypt: TLS is mandatory, and nobody is authenticated (RFC 7672 section 2.2). without-dane: as if there were no
       * record (RFC 6698 section 4.1).
       */
      readonly fallback: 'encrypt' | 'without-dane';
    }
);

/**
 * Where several records match, this is one without a detour, then that of usage 3 before 2 before 1 before 0: the order of the
 * RRset never matters.
 */
export interface Match {
  /** Place in `rrset`. */
  readonly record: number;
  /** Place of the matched certificate in the path: 0 is the leaf. An anchor that the record itself supplies is the next above. */
  readonly depth: number;
  /** Clients that try only one way from the leaf to its issuers, such as OpenSSL, find no match. */
  readonly isDetour: boolean;
}

/** One for each record of the RRset, in its order. */
export type RecordVerdict = { readonly record: number; readonly rdata: Octets } & (
  | { readonly usable: false; readonly reason: Unusable }
  | { readonly usable: true; readonly reason: Outcome }
);

/** Why a record is as if it were not there (RFC 6698 section 4.1, RFC 7671 section 9, RFC 7672 section 3.1.3). */
export type Unusable =
  | { readonly kind: 'too-short'; readonly octets: number }
  | {
      readonly kind: 'unknown-value';
      readonly field: 'certificate usage' | 'selector' | 'matching type';
      readonly value: number;
    }
  | { readonly kind: 'data-length'; readonly matching: Matching; readonly expected: number; readonly found: number }
  /** Matching type Full, and the data are no certificate or public key; `message` is a sentence without its subject. */
  | { readonly kind: 'unparsable'; readonly expected: 'certificate' | 'public key'; readonly message: string }
  /** PKIX-TA or PKIX-EE between mail servers. */
  | { readonly kind: 'pkix-usage-smtp' }
  /** PKIX-TA or PKIX-EE, and the client has no roots. */
  | { readonly kind: 'no-trust-store' };

/** What a usable record says about what the server presents. */
export type Outcome =
  | {
      readonly kind: 'matched';
      readonly depth: number;
      readonly by: 'certificate' | 'supplied-certificate' | 'supplied-key';
      /** Leaf first, as far as it was needed; empty for a raw public key. */
      readonly path: readonly Certificate[];
      /** See `Match`. */
      readonly isDetour: boolean;
    }
  /** Another record of this usage and selector has a stronger digest. */
  | { readonly kind: 'weaker-digest'; readonly stronger: Matching }
  /** Nothing that is presented has these data. */
  | { readonly kind: 'no-equal-data' }
  /** A trust-anchor usage with the data of the leaf. */
  | { readonly kind: 'only-the-leaf' }
  /** An end-entity usage with the data of a certificate above the leaf: `place` in the handshake. */
  | { readonly kind: 'only-above-the-leaf'; readonly place: number }
  /** The server presents a raw public key: only DANE-EE SPKI can match it. */
  | { readonly kind: 'needs-certificate' }
  /** A trust-anchor usage with the data of a certificate that issued nothing in the chain, which is valid without it. */
  | { readonly kind: 'not-an-issuer' }
  /**
   * The data are those of a certificate, and the chain or its names are not valid. `depth` is the certificate's; undefined
   * where no path leads to it. The depths of the faults are places in `path`.
   */
  | {
      readonly kind: 'invalid';
      readonly depth?: number;
      readonly path: readonly Certificate[];
      readonly faults: readonly Fault[];
    };

export type Fault =
  | PathFault
  /** The leaf has none of the names that the client asks for. */
  | {
      readonly depth: 0;
      readonly kind: 'name-mismatch';
      readonly presented: readonly string[];
      readonly expected: readonly Name[];
    };
