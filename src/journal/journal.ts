/**
 * The journal of a zone, keys/<zone>/journal.json: what was built, what is known to be published, and how long caches may
 * hold it (DESIGN section 5, ROLLOVER section 6). It decides; every other file of the state is its projection.
 *
 * *Built* and *published* are kept apart: a version begins to count in caches when servers are seen with it, never when it was
 * made. A version is RDATA, TTL and signing keys: signing again with the same keys makes no new one.
 */
import type { Name } from '../dns/name.ts';
import type { TypeCode } from '../dns/type.ts';
import type { KeyState } from '../dnssec/key-state.ts';

/** The form that this danezone writes. It reads form 1 too, which had neither keys nor serials. */
export const journalVersion = 2;

export interface Journal {
  readonly zone: Name;
  /** Grows with every change; a commit goes ahead only if the generation on the disk is the one that was read. */
  readonly generation: number;
  /** The latest time that was written into the journal, Unix seconds: the clock rule goes by it. */
  readonly changed: number;
  /** Undefined before the first build. */
  readonly serial?: SerialRecord;
  /** Everything in the zone that `rrsets` does not name, as one: who signed it, how long it may be cached. */
  readonly content: readonly ContentVersion[];
  /** The DS RRset that the parent was to have. */
  readonly parentDs: readonly DsVersion[];
  /** Where each key stands, by algorithm and tag; empty: the engine of rollovers has not taken the zone over yet. */
  readonly keys: readonly KeyRecord[];
  /** What operators asked for. */
  readonly requests: Requests;
  /** The serials that were built, oldest first, as far back as servers may still have one. */
  readonly serials: readonly BuiltSerial[];
  /** The RRsets whose arrival in caches something waits for, by owner in canonical order, then type. */
  readonly rrsets: readonly RRsetHistory[];
  /**
   * What leads senders to hosts with TLSA records, by host and type: A, AAAA, and the MX records of this zone that name the host as one,
   * with their largest TTL. A version without records leads nowhere. Also the DS records of children in the same repository. Not followed
   * before danezone knew of them.
   */
  readonly routes: readonly RRsetHistory[];
  readonly evidence: readonly Evidence[];
  readonly overrides: readonly Override[];
  /** What was read does not fit its seal: somebody edited the file. Never printed; trust.ts answers it. */
  readonly isEdited?: true;
}

export type SerialPolicy = 'counter' | 'unixtime' | 'date';

export interface SerialRecord {
  readonly last: number;
  readonly policy: SerialPolicy;
  /** Hexadecimal: of the content without SOA serial, ZONEMD and their signatures. The serial moves when it does. */
  readonly contentDigest: string;
  /** When this serial was built first. */
  readonly built: number;
}

/** DNSSEC algorithm and key tag as BIND's file names have them, such as `013+07956`. */
export type KeyId = string;

export function keyId(algorithm: number, tag: number): KeyId {
  return `${String(algorithm).padStart(3, '0')}+${String(tag).padStart(5, '0')}`;
}

export interface BuiltSerial {
  readonly serial: number;
  /** When it was built first. */
  readonly built: number;
  /** When the first of its signatures runs out; undefined where it has none, or the journal was written before this was. */
  readonly firstExpiry?: number;
}

export type KeyRole = 'ksk' | 'zsk' | 'csk';

/** Where a record that a key causes stands, and since when; Unix seconds. */
export interface RecordState {
  readonly state: KeyState;
  readonly since: number;
}

/**
 * A DNSSEC key as rollovers see it (ROLLOVER section 1). A record that a role does not have is hidden and stays so. A key whose four
 * records are hidden, with the goal to be so, is done.
 */
export interface KeyRecord {
  readonly id: KeyId;
  readonly role: KeyRole;
  /** DNSKEY RDATA in hexadecimal. */
  readonly rdata: string;
  readonly goal: 'hidden' | 'omnipresent';
  /** Seconds from `active` until its successor should have taken over; undefined: unlimited. */
  readonly lifetime?: number;
  /** When it was made or taken over. */
  readonly created: number;
  /** When it began to sign what its role signs; the lifetime counts from here. */
  readonly active?: number;
  readonly predecessor?: KeyId;
  readonly successor?: KeyId;
  /** It waits with its DS at the parent, and signs nothing until it is needed. */
  readonly standby?: true;
  readonly dnskey: RecordState;
  readonly zrrsig: RecordState;
  readonly krrsig: RecordState;
  readonly ds: RecordState;
}

export interface Requests {
  /** `roll insecure`: the zone goes from signed to unsigned. */
  readonly insecure?: { readonly at: number; readonly by: string };
  /** With a policy of manual steps: steps that were due at this time may be taken. */
  readonly approved?: { readonly at: number; readonly by: string };
  /** `roll zsk` and the like, until the build that makes the new keys. */
  readonly rolls?: readonly RollRequest[];
}

export interface RollRequest {
  readonly what: KeyRole | 'algorithm';
  /** Unix seconds. */
  readonly at: number;
  readonly by: string;
  /** `compromised`: also while another roll of the same kind is under way. */
  readonly why: 'wanted' | 'compromised';
}

/** What has been seen of a version on name servers. */
export type Service =
  /** No evidence: no clock runs. */
  | { readonly state: 'unseen' }
  /** Since `from` every listed server has it. */
  | { readonly state: 'published'; readonly from: number; readonly evidence: number }
  /** At `until` no listed server had it any more. `from` is unknown where it was never seen. */
  | { readonly state: 'gone'; readonly from?: number; readonly until: number; readonly evidence: number };

/** From its first build to the first build without it, and what servers showed. Times in Unix seconds. */
export interface Timeline {
  readonly built: number;
  /** Undefined: it is in the zone as built last. At most one version of a history is. */
  readonly dropped?: number;
  readonly service: Service;
}

/** Of the RRSIGs over a version; absent where it is not signed. */
export interface Signed {
  readonly signers: readonly KeyId[];
  /** The latest inception that was ever made: it never goes back. */
  readonly inception: number;
  /** The latest expiration that was ever made: until then a resolver may be shown the version by replay. */
  readonly expiration: number;
}

export interface RRsetVersion extends Timeline {
  /** RDATA in hexadecimal, in canonical order; empty is authenticated absence. */
  readonly records: readonly string[];
  /** Seconds; of absence, that of the denial. */
  readonly ttl: number;
  readonly signed?: Signed;
}

export interface RRsetHistory {
  readonly owner: Name;
  readonly type: TypeCode;
  /** Oldest first. */
  readonly versions: readonly RRsetVersion[];
}

export interface ContentVersion extends Timeline {
  /** Largest TTL of an RRset. */
  readonly largestTtl: number;
  /** min(SOA TTL, SOA MINIMUM), the TTL of NSEC and NSEC3 (RFC 9077). */
  readonly negativeTtl: number;
  /** SOA EXPIRE: how long a secondary without its primary serves on. */
  readonly expire: number;
  readonly signed?: Signed;
}

export interface DsVersion extends Timeline {
  /** DS RDATA in hexadecimal, sorted; empty: none. */
  readonly records: readonly string[];
  /** The parent signs it. */
  readonly signed?: undefined;
}

/** What was seen, and by whom. Rows are only added. */
export interface Evidence {
  /** Counts from 1. */
  readonly id: number;
  readonly at: number;
  /** `publish`, `observe`, or the person who confirmed. */
  readonly by: string;
  /** Who was asked: every listed name server, every parent server, every address of a host. */
  readonly servers: readonly string[];
  readonly fact: Fact;
}

export type Fact =
  | { readonly kind: 'published'; readonly serial: number }
  /** At every parent server, asked without recursion: hexadecimal RDATA, sorted, and the TTL there. */
  | { readonly kind: 'ds-seen'; readonly records: readonly string[]; readonly ttl: number }
  /** SHA-256 over the SPKI, hexadecimal. */
  | {
      readonly kind: 'certificate-served';
      readonly host: Name;
      readonly port: number;
      readonly protocol: 'tcp' | 'udp' | 'sctp';
      readonly spki: string;
    };

/** An error that protects a rollover, overridden by name on the command line for one subject. */
export interface Override {
  readonly at: number;
  readonly rule: string;
  readonly subject: string;
  readonly by: string;
}

export function newJournal(zone: Name, now: number): Journal {
  return {
    zone,
    generation: 0,
    changed: now,
    content: [],
    parentDs: [],
    keys: [],
    requests: {},
    serials: [],
    rrsets: [],
    routes: [],
    evidence: [],
    overrides: [],
  };
}
