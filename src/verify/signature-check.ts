/** Checks rows against their signatures, one range after the other; runs in a worker. Describes faults as plain data. */
import { lowerCase, wireNameLength } from '../dns/name.ts';
import { Type } from '../dns/type.ts';
import { Role, type Row, Zone, type ZoneColumns } from '../dns/zone.ts';
import type { Range } from '../parallel/executor.ts';
import type { Octets } from '../text/octets.ts';
import {
  rrsigAlgorithm,
  rrsigExpiration,
  rrsigHead,
  rrsigInception,
  rrsigKeyTag,
  rrsigLabels,
  rrsigOriginalTtl,
  rrsigSignature,
  secondsBetween,
  unixTime,
} from './rrsig.ts';
import { SignedOctets } from './signed-octets.ts';
import { mustBeSigned } from './standing.ts';

/** A key that may sign the zone, as workers get it. */
export interface CheckingKey {
  readonly tag: number;
  readonly algorithm: number;
  readonly publicKey: Octets;
  readonly revoked: boolean;
  /** Its algorithm is known and its public key is one: signatures are checked. Otherwise they count as present. */
  readonly usable: boolean;
}

export type FaultKind =
  | 'missing'
  | 'bad'
  | 'next-canonical'
  | 'unknown-key'
  /** By an algorithm that the DNSKEY RRset does not have. */
  | 'unknown-algorithm'
  | 'revoked-key'
  | 'labels'
  | 'signer-name'
  | 'original-ttl'
  | 'ttl'
  | 'window'
  | 'below-cut'
  | 'orphan'
  | 'refresh-missed'
  | 'too-many';

export interface Fault {
  readonly kind: FaultKind;
  /** The RRset, or the row of RRSIGs where there is none. */
  readonly row: Row;
  /** The RRSIG record; -1 where none is concerned. */
  readonly record: number;
  /** For `missing`: the algorithms. */
  readonly algorithms?: readonly number[];
}

/** What one range of rows gave. */
export interface RowsResult {
  /** RRSIG records that verified, or are of an algorithm that is not known here. */
  readonly signatures: number;
  /** RRsets that must be signed. */
  readonly signedSets: number;
  /** The earliest expiration of those signatures, Unix seconds; Infinity without any. */
  readonly firstExpiry: number;
  /** Key → good signatures over RRsets other than DNSKEY, CDS and CDNSKEY. */
  readonly byKey: readonly number[];
  /** Good signatures over DNSKEY, CDS and CDNSKEY: type and key. */
  readonly keySets: readonly { readonly type: number; readonly key: number }[];
  /** Algorithm without any DNSKEY → RRsets that have a signature of it. */
  readonly ahead: readonly (readonly [algorithm: number, rrsets: number])[];
  readonly faults: readonly Fault[];
  /** Fault → how many there are besides those in `faults`. */
  readonly more: Readonly<Partial<Record<FaultKind, number>>>;
}

export interface CheckOptions {
  readonly columns: ZoneColumns;
  readonly keys: readonly CheckingKey[];
  /** Algorithms of the DNSKEY RRset: every RRset needs a signature of each. */
  readonly algorithms: readonly number[];
  readonly at: number;
  readonly skew: number;
  readonly refresh: number;
  /** Faults of one kind that a range describes. */
  readonly described: number;
}

/** Whether a key verifies a message. */
export type VerifyWith = (key: number, message: Octets, signature: Octets) => boolean;

/** More keys of one algorithm and tag are not tried: validators give up earlier (CVE-2023-50387). */
const keysTried = 4;

export class SignatureCheck {
  private readonly options: CheckOptions;
  private readonly zone: Zone;
  private readonly verify: VerifyWith;
  private readonly octets: SignedOctets;
  private readonly apexLength: number;
  /** algorithm << 16 | tag → keys. */
  private readonly keysOf = new Map<number, number[]>();

  private signatures = 0;
  private signedSets = 0;
  private firstExpiry = Number.POSITIVE_INFINITY;
  private byKey: number[] = [];
  private keySets: { type: number; key: number }[] = [];
  private ahead = new Map<number, number>();
  private faults: Fault[] = [];
  private counts = new Map<FaultKind, number>();
  /** Whether `octets` holds the records of the row at hand. */
  private isOpen = false;

  constructor(options: CheckOptions, verify: VerifyWith) {
    this.options = options;
    this.verify = verify;
    this.zone = new Zone(options.columns);
    this.octets = new SignedOctets(options.columns);
    this.apexLength = options.columns.nameStart[1];
    for (const [index, { algorithm, tag }] of options.keys.entries()) {
      const id = (algorithm << 16) | tag;
      this.keysOf.set(id, [...(this.keysOf.get(id) ?? []), index]);
    }
  }

  check({ from, to }: Range): RowsResult {
    const { columns, described } = this.options;
    this.signatures = 0;
    this.signedSets = 0;
    this.firstExpiry = Number.POSITIVE_INFINITY;
    this.byKey = this.options.keys.map(() => 0);
    this.keySets = [];
    this.ahead = new Map();
    this.faults = [];
    this.counts = new Map();
    for (let row = from; row < to; row++) {
      if (columns.type[row] === Type.RRSIG) this.checkCovered(row);
      else if (mustBeSigned(columns, row)) this.checkSigned(row);
    }
    const more: Partial<Record<FaultKind, number>> = {};
    for (const [kind, count] of this.counts) if (count > described) more[kind] = count - described;
    const { signatures, signedSets, firstExpiry, byKey, keySets, ahead, faults } = this;
    return { signatures, signedSets, firstExpiry, byKey, keySets, ahead: [...ahead], faults, more };
  }

  private fault(kind: FaultKind, row: Row, record: number, algorithms?: readonly number[]): void {
    const count = (this.counts.get(kind) ?? 0) + 1;
    this.counts.set(kind, count);
    if (count <= this.options.described) this.faults.push({ kind, row, record, algorithms });
  }

  /** A row of signatures: is there an RRset that may have them? */
  private checkCovered(row: Row): void {
    const { columns } = this.options;
    const { owner, covered, recordStart, role } = columns;
    const target = this.zone.row(owner[row], covered[row]);
    if (target < 0) this.fault('orphan', row, recordStart[row]);
    // An NSEC below a cut is a fault of the chain, which names it.
    else if (!mustBeSigned(columns, target) && !(covered[row] === Type.NSEC && role[owner[row]] === Role.below)) {
      this.fault('below-cut', target, recordStart[row]);
    }
  }

  private checkSigned(row: Row): void {
    const { columns, algorithms } = this.options;
    const { owner, type, recordStart } = columns;
    this.signedSets++;
    this.isOpen = false;
    const signatures = this.zone.row(owner[row], Type.RRSIG, type[row]);
    if (signatures < 0) {
      this.fault('missing', row, -1, algorithms);
      return;
    }
    const from = recordStart[signatures];
    const to = recordStart[signatures + 1];
    if (to - from > 2) this.fault('too-many', row, from);
    /** Algorithms with a good signature. */
    let good: number[] | undefined;
    /** Algorithms with a signature that a fault was said about: not missing as well. */
    let faulty: number[] | undefined;
    let ahead: number[] | undefined;
    let otherTtl = columns.ttl[signatures] !== columns.ttl[row];
    for (let record = from; record < to; record++) {
      const algorithm = rrsigAlgorithm(columns.rdata, columns.rdataStart[record]);
      const kind = this.checkRecord(row, record);
      if (kind === 'good') good = appended(good, algorithm);
      if (kind === 'good' || kind === 'good-of-revoked') continue;
      this.fault(kind, row, record);
      if (kind === 'unknown-algorithm') ahead = appended(ahead, algorithm);
      else faulty = appended(faulty, algorithm);
      if (kind === 'original-ttl') otherTtl = false;
    }
    for (const algorithm of ahead ?? []) this.ahead.set(algorithm, (this.ahead.get(algorithm) ?? 0) + 1);
    if (otherTtl) this.fault('ttl', row, from);
    if (good !== undefined && good.length >= algorithms.length) return;
    const missing = algorithms.filter((algorithm) => !good?.includes(algorithm) && !faulty?.includes(algorithm));
    if (missing.length > 0) this.fault('missing', row, -1, missing);
  }

  /** What is wrong with one signature. What a revoked key signs may be good, but stands for no algorithm. */
  private checkRecord(row: Row, record: number): FaultKind | 'good' | 'good-of-revoked' {
    const { columns, at, skew, refresh, keys, algorithms } = this.options;
    const { rdata, rdataStart, ttl, type } = columns;
    const from = rdataStart[record];
    const to = rdataStart[record + 1];
    const signature = rrsigSignature(rdata, from, to);
    if (signature > to || !this.isSignedByApex(from + rrsigHead, signature)) return 'signer-name';
    if (rrsigLabels(rdata, from) !== this.labelsOf(columns.owner[row])) return 'labels';
    if (rrsigOriginalTtl(rdata, from) !== ttl[row]) return 'original-ttl';
    const expiration = rrsigExpiration(rdata, from);
    const inception = rrsigInception(rdata, from);
    if (
      secondsBetween(inception, at) > skew ||
      secondsBetween(expiration, at) < -skew ||
      secondsBetween(expiration, inception) < 0
    ) {
      return 'window';
    }
    const algorithm = rrsigAlgorithm(rdata, from);
    const tried = this.keysOf.get((algorithm << 16) | rrsigKeyTag(rdata, from));
    if (tried === undefined) return algorithms.includes(algorithm) ? 'unknown-key' : 'unknown-algorithm';
    let failure: FaultKind = 'revoked-key';
    for (const key of tried.slice(0, keysTried)) {
      // A revoked key still signs its own DNSKEY RRset and nothing else (RFC 5011 section 2.1).
      if (keys[key].revoked && type[row] !== Type.DNSKEY) continue;
      if (!keys[key].usable || this.isGood(row, from, signature, to, key)) {
        this.count(row, key, unixTime(expiration, at));
        if (secondsBetween(expiration, at) < refresh) this.fault('refresh-missed', row, record);
        return keys[key].revoked ? 'good-of-revoked' : 'good';
      }
      failure = 'bad';
    }
    return failure === 'bad' && type[row] === Type.NSEC && this.isGoodWhenFolded(row, from, signature, to, tried)
      ? 'next-canonical'
      : failure;
  }

  private isGood(row: Row, from: number, signature: number, to: number, key: number): boolean {
    if (!this.isOpen) {
      this.octets.open(row);
      this.isOpen = true;
    }
    return this.verify(key, this.octets.messageOf(from), this.options.columns.rdata.subarray(signature, to));
  }

  /** Old signers folded the next name of NSEC, as RFC 4034 section 6.2 said before RFC 6840 section 5.1. */
  private isGoodWhenFolded(row: Row, from: number, signature: number, to: number, tried: readonly number[]): boolean {
    this.octets.open(row, (rdata) => {
      const folded = Uint8Array.from(rdata);
      for (let i = 0, end = wireNameLength(rdata); i < end; i++) folded[i] = lowerCase[rdata[i]];
      return folded;
    });
    const message = this.octets.messageOf(from);
    this.isOpen = false;
    return tried.some((key) => this.verify(key, message, this.options.columns.rdata.subarray(signature, to)));
  }

  private count(row: Row, key: number, expiration: number): void {
    const type = this.options.columns.type[row];
    this.signatures++;
    if (expiration < this.firstExpiry) this.firstExpiry = expiration;
    if (type === Type.DNSKEY || type === Type.CDS || type === Type.CDNSKEY) {
      if (this.options.columns.owner[row] === 0) this.keySets.push({ type, key });
    } else this.byKey[key]++;
  }

  private isSignedByApex(from: number, to: number): boolean {
    const { rdata, names } = this.options.columns;
    if (to - from !== this.apexLength) return false;
    for (let i = 0; i < this.apexLength; i++) if (lowerCase[rdata[from + i]] !== names[i]) return false;
    return true;
  }

  /** Labels of an owner without the root and without a leading asterisk (RFC 4034 section 3.1.3). */
  private labelsOf(owner: number): number {
    const { names, nameStart } = this.options.columns;
    const from = nameStart[owner];
    const isWildcard = names[from] === 1 && names[from + 1] === 0x2a;
    let labels = isWildcard ? -1 : 0;
    for (let at = from; names[at] !== 0; at += names[at] + 1) labels++;
    return labels;
  }
}

function appended(list: number[] | undefined, value: number): number[] {
  if (list === undefined) return [value];
  if (!list.includes(value)) list.push(value);
  return list;
}
