/**
 * From when to when a signature holds: a pure function of the clock, the policy and what is signed (DESIGN section 1,
 * "Signature windows"). Two builds within a tick say the same; over a period every signature is renewed once, and the
 * renewals are spread evenly without chance.
 */
import { digestInto, digestLength } from '../crypto/digest.ts';
import { Type, type TypeCode } from '../dns/type.ts';
import type { Octets } from '../text/octets.ts';

/** Windows move in whole hours: Q. */
export const tick = 3600;
/** A window opens this long before its start, for resolvers whose clocks are slow. */
export const clockSkew = 3 * 3600;

/** Unix seconds and seconds. */
export type WindowPolicy =
  | {
      readonly kind: 'fixed';
      readonly inception: number;
      readonly expiration: number;
    }
  | {
      readonly kind: 'ticks';
      readonly now: number;
      /** From a window's start to its expiration: V. */
      readonly validity: number;
      /** Time left at which a signature is renewed: R. At least a tick less than every validity. */
      readonly refresh: number;
      /** V of DNSKEY, CDS and CDNSKEY. */
      readonly dnskeyValidity: number;
      /** V of TLSA. */
      readonly tlsaValidity: number;
      /** When this version of the DNSKEY, CDS and CDNSKEY RRsets was built first: their windows start no earlier. */
      readonly firstBuilt?: number;
      /** The inception of the signatures before these, of DNSKEY, CDS and CDNSKEY: it never goes back. */
      readonly notBefore?: number;
    };

/** Unix seconds. */
export interface Window {
  readonly inception: number;
  readonly expiration: number;
}

/** The window of the RRset asked for last; one object for a whole zone, so that none is made per RRset. */
export interface Windows {
  inception: number;
  expiration: number;
  /** Sets the window of an RRset. `owner` is in wire form, lower case, at `from`..`to`. */
  move(owner: Octets, from: number, to: number, type: TypeCode): void;
}

const keyTypes: ReadonlySet<TypeCode> = new Set([Type.DNSKEY, Type.CDS, Type.CDNSKEY]);

export function openWindows(policy: WindowPolicy, zone: Octets): Windows {
  if (policy.kind === 'fixed') return { inception: policy.inception, expiration: policy.expiration, move() {} };
  const { now, refresh, firstBuilt = 0, notBefore = 0 } = policy;
  const validityOf = (type: TypeCode) =>
    keyTypes.has(type) ? policy.dnskeyValidity : type === Type.TLSA ? policy.tlsaValidity : policy.validity;
  const earliest = Math.max(firstBuilt, notBefore + clockSkew);
  const ticksOf = new Map([Type.SOA, Type.DNSKEY, Type.TLSA].map((type) => [validityOf(type), 0]));
  for (const validity of ticksOf.keys()) ticksOf.set(validity, ticksOfPeriod(validity, refresh));
  const current = Math.floor(now / tick) * tick;
  const subject = new Uint8Array(zone.length + 257);
  subject.set(zone);
  const digest = Buffer.alloc(digestLength.sha256);
  return {
    inception: 0,
    expiration: 0,
    move(owner, from, to, type) {
      const validity = validityOf(type);
      const ticks = ticksOf.get(validity)!;
      let end = zone.length;
      for (let at = from; at < to; at++) subject[end++] = owner[at];
      // One phase for what the key-signing keys sign: were one renewed alone, the inceptions of the others would be behind it.
      const phased = keyTypes.has(type) ? Type.DNSKEY : type;
      subject[end++] = phased >>> 8;
      subject[end++] = phased;
      const period = ticks * tick;
      digestInto('sha256', subject.subarray(0, end), digest);
      const phase = tick * remainder(digest, ticks);
      let start = phase + period * Math.floor((current - phase) / period);
      if (keyTypes.has(type) && start < earliest) start = earliest;
      this.inception = start - clockSkew;
      this.expiration = start + validity;
    },
  };
}

/** The window of one RRset. */
export function windowOf(policy: WindowPolicy, zone: Octets, owner: Octets, type: TypeCode): Window {
  const windows = openWindows(policy, zone);
  windows.move(owner, 0, owner.length, type);
  return { inception: windows.inception, expiration: windows.expiration };
}

/**
 * P / Q for P = V − R, cut to whole ticks: a signature is then renewed a little earlier than R asks, never later. The
 * description has checked the durations, so that a period below one tick is a bug.
 */
function ticksOfPeriod(validity: number, refresh: number): number {
  const ticks = Math.floor((validity - refresh) / tick);
  if (!(ticks >= 1)) throw new Error(`a validity of ${validity}s with refresh at ${refresh}s leaves less than a tick`);
  return ticks;
}

/** A digest as one unsigned big-endian number, modulo `modulus` (below 2^21, so that every step is exact). */
function remainder(digest: Buffer, modulus: number): number {
  let rest = 0;
  for (let at = 0; at < digest.length; at += 4) rest = (rest * 0x1_0000_0000 + digest.readUInt32BE(at)) % modulus;
  return rest;
}
