/**
 * What the YAML files say, as values: every name is a Name, every duration seconds, every reference resolved, every
 * value with the place where it was written. Made only by `describe`; the stages after it read nothing else.
 */
import type { Name } from '../dns/name.ts';
import type { TypeCode } from '../dns/type.ts';
import type { Octets } from '../text/octets.ts';
import type { Position, Problem } from '../text/problem.ts';

/** A value and where it was written. */
export interface At<T> {
  readonly value: T;
  readonly at: Position;
}

export interface Description {
  readonly policies: ReadonlyMap<string, Policy>;
  readonly parents: ReadonlyMap<string, ParentPolicy>;
  readonly certificates: ReadonlyMap<string, CertificateSource>;
  readonly issuers: ReadonlyMap<string, IssuerSource>;
  readonly hosts: ReadonlyMap<Name, Host>;
  /** One per zone, groups expanded, `like` resolved. */
  readonly domains: ReadonlyMap<Name, Domain>;
  /**
   * The declared zones that are not in `domains`, with the errors for which they are not. They keep their last content;
   * they still count as declared, so that no record of theirs moves to a zone above them.
   */
  readonly faulty: ReadonlyMap<Name, readonly Problem[]>;
  /** Every file that was read, with the names of the zones that depend on it; also included and list files. */
  readonly files: readonly { readonly file: string; readonly zones: readonly Name[] }[];
}

/** What `describe` gives: the description without what is broken, and what that is. */
export interface DescribeResult {
  readonly description: Description;
  /**
   * Files that could not be read or parsed, wholly or in a part that cannot be tied to a zone: zones that depended on
   * them in the last build keep their content.
   */
  readonly broken: readonly string[];
  /** `description.faulty`. */
  readonly faulty: ReadonlyMap<Name, readonly Problem[]>;
}

export type KeyLayout = 'csk' | 'ksk-zsk';
export type Denial =
  | { readonly kind: 'nsec' }
  | { readonly kind: 'nsec3'; readonly optOut: boolean; readonly iterations: number; readonly salt: string };

/** Every duration in seconds. The defaults stand in defaults.ts. */
export interface Policy {
  readonly name: string;
  readonly at: Position;
  readonly signing: 'none' | 'dnssec';
  readonly keys: {
    readonly layout: KeyLayout;
    /** DNSSEC algorithm number. */
    readonly algorithm: number;
    /** RSA only, in bits. */
    readonly size: number;
    /** Of the KSK, or of the CSK where there is one key. undefined: unlimited. */
    readonly kskLifetime?: number;
    readonly zskLifetime?: number;
    /** Whether steps of rollovers are taken when they are due, or wait for `danezone roll step`. */
    readonly rolls: 'automatic' | 'manual';
    /** How a KSK is replaced (RFC 7583 sections 3.3.1 and 3.3.2). */
    readonly kskRoll: 'double-ksk' | 'double-ds';
    /** How a ZSK is replaced (RFC 7583 sections 3.2.1 and 3.2.2). */
    readonly zskRoll: 'pre-publication' | 'double-signature';
    /** A key that waits to take over, with its DS at the parent (RFC 7583 section 4), and with its DNSKEY in the zone or without. */
    readonly standby: 'none' | 'ds' | 'ds-and-dnskey';
    /** Of an algorithm roll: signatures ahead of keys, or both at once as BIND does. */
    readonly algorithmOrder: 'conservative' | 'bind';
    /** Where the private halves are kept a second time, in words. */
    readonly backup?: string;
  };
  readonly signatures: {
    readonly validity: number;
    readonly refresh: number;
    readonly dnskeyValidity: number;
    readonly tlsaValidity: number;
  };
  readonly denial: Denial;
  readonly zonemd: readonly ('sha384' | 'sha512')[];
  readonly serial: 'counter' | 'unixtime' | 'date';
  readonly ttls: { readonly default: number; readonly tlsa: number; readonly dnskey: number; readonly max: number };
  readonly timing: {
    readonly runInterval: number;
    readonly zonePropagationDelay: number;
    readonly publishSafety: number;
    readonly retireSafety: number;
  };
  /** CDS and CDNSKEY are published. */
  readonly cds: boolean;
  readonly publication: { readonly kind: 'evidence' } | { readonly kind: 'by-build'; readonly after: number };
}

export interface ParentPolicy {
  readonly name: string;
  readonly at: Position;
  /** What the registrar takes. */
  readonly interface: 'ds' | 'key' | 'cds' | 'manual';
  /** DS digest types: 2 and/or 4. */
  readonly digests: readonly number[];
  readonly maxDs: number;
  readonly replace: 'add-remove' | 'atomic';
  readonly registrationDelay: number;
  readonly propagationDelay: number;
  readonly ttl: number;
}

export interface CertificateSource {
  readonly name: string;
  readonly at: Position;
  /** Path from the root of the repository. */
  readonly chain: At<string>;
  readonly next?: At<string>;
  readonly source: 'staged' | 'observed';
  readonly reuseKey: boolean;
}

/** An issuer catalogue of the repository. */
export interface IssuerSource {
  readonly name: string;
  readonly at: Position;
  /** One certificate each; paths from the root of the repository. */
  readonly files: readonly (At<string> & { readonly status: IssuerFileStatus })[];
  /** `YYYY-MM-DD`. */
  readonly asOf?: string;
}

export type IssuerFileStatus = 'active' | 'backup' | 'retired' | 'root';

export interface Service {
  /** The name under which it was declared, such as `smtp` or `8443/tcp`. */
  readonly name: string;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  readonly certificates: readonly At<string>[];
  readonly at: Position;
}

/** What TLSA records a host gets: RFC 7218 acronyms. */
export type TlsaRequest =
  | {
      readonly kind: 'association';
      readonly usage: 'PKIX-TA' | 'PKIX-EE' | 'DANE-TA' | 'DANE-EE';
      readonly selector: 'Cert' | 'SPKI';
      readonly matching: 'Full' | 'SHA2-256' | 'SHA2-512';
      /**
       * For PKIX-TA and DANE-TA: subject common name, or a file, of the certificate to pin; else the issuer of the
       * leaf.
       */
      readonly anchor?: string;
      readonly at: Position;
    }
  | { readonly kind: 'literal'; readonly text: string; readonly at: Position }
  | { readonly kind: 'issuers'; readonly catalogue: string; readonly at: Position };

export interface Host {
  readonly name: Name;
  readonly at: Position;
  readonly addresses: readonly At<string>[];
  readonly services: readonly Service[];
  readonly tlsa: readonly TlsaRequest[];
  /** TLSA owners are CNAMEs to this shared owner. */
  readonly tlsaAlias?: At<Name>;
  readonly ttl?: number;
}

export interface MailHost {
  readonly host: Name;
  readonly preference: number;
  readonly at: Position;
}

/** One record as it was written. */
export interface RecordText {
  readonly owner: Name;
  readonly type: TypeCode;
  /** Undefined: the domain's default. */
  readonly ttl?: number;
  readonly content: /** Standard text form of the type, names absolute. */
    | { readonly kind: 'text'; readonly text: string }
    /** A TXT scalar: taken octet for octet, split at 255. */
    | { readonly kind: 'string'; readonly text: string }
    /** Master-file text, relative to `origin`. */
    | { readonly kind: 'raw'; readonly text: string; readonly origin: Name }
    /** The DS of the child zone that this repository declares at this owner. */
    | { readonly kind: 'from-child' };
  /** Wire form of a `text` or `raw` content, as it was checked. */
  readonly rdata?: Octets;
  readonly at: Position;
}

export interface Domain {
  readonly name: Name;
  readonly at: Position;
  readonly policy: Policy;
  readonly parent: ParentPolicy;
  /** Whether YAML says anything about the SOA; if not, an included file's SOA is taken as it is. */
  readonly soaDeclared: boolean;
  readonly soa: {
    readonly primary: Name;
    readonly contact: Name;
    readonly refresh: number;
    readonly retry: number;
    readonly expire: number;
    readonly minimum: number;
    readonly ttl: number;
  };
  readonly ttl: number;
  readonly nameservers: readonly At<Name>[];
  readonly mail: readonly MailHost[] | 'null-mx';
  readonly records: readonly RecordText[];
  /**
   * Owner and type pairs that `null` removes, from `like` and from the included file; type undefined: the whole owner.
   */
  readonly removed: readonly { readonly owner: Name; readonly type?: TypeCode }[];
  /** Another provider that signs the zone with its own keys (RFC 8901 section 2.1.2). */
  readonly foreign?: {
    /** DNSKEY RDATA. */
    readonly keys: readonly (At<Octets> & { readonly id: string })[];
    readonly nameservers: readonly At<Name>[];
  };
  /** The adopted master file: its path from the root of the repository, and its content as it was read. */
  readonly include?: At<string> & { readonly octets: Octets };
  readonly like?: At<string>;
  /** Silences: rule ids with a reason and an expiry date. */
  readonly silences: readonly {
    readonly rule: string;
    readonly reason: string;
    readonly until: number;
    readonly at: Position;
  }[];
}
