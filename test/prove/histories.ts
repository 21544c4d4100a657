/** Histories as literals: keys, DS records and journals of the zone example.org. for the proof. */
import { createHash } from 'node:crypto';
import { type Name, name } from '../../src/dns/name.ts';
import { Type, type TypeCode } from '../../src/dns/type.ts';
import {
  type ContentVersion,
  type DsVersion,
  type Evidence,
  type Journal,
  newJournal,
  type RRsetVersion,
  type Service,
  type Signed,
} from '../../src/journal/journal.ts';
import type { ProofPolicy } from '../../src/prove/policy.ts';

export const zone = name('example.org.');
export const t0 = 1_767_225_600; // 2026-01-01
export const hour = 3600;
export const day = 24 * hour;
/** TTLs of these histories. */
export const ttl = { dnskey: hour, content: day, negative: 300, tlsa: 900, ds: day };

export const policy: ProofPolicy = {
  publication: { kind: 'evidence' },
  zonePropagationDelay: hour,
  publishSafety: hour,
  retireSafety: hour,
  expire: 7 * day,
  parent: { ttl: ttl.ds, propagationDelay: hour },
};

export interface Key {
  readonly id: string;
  readonly rdata: string;
  readonly tag: number;
  readonly algorithm: number;
}

/** Octets of a public key by algorithm; what they are does not matter here. */
const publicLength: Record<number, number> = { 8: 260, 13: 64, 14: 96, 15: 32 };

export function key(flags: number, algorithm: number, seed: number, protocol = 3): Key {
  const octets = Buffer.alloc(4 + publicLength[algorithm], seed);
  octets.writeUInt16BE(flags);
  octets[2] = protocol;
  octets[3] = algorithm;
  if (algorithm === 8) Buffer.from([3, 1, 0, 1]).copy(octets, 4);
  // RFC 4034 appendix B, word by word.
  let sum = 0;
  for (let i = 0; i < octets.length; i += 2) sum += octets.readUInt16BE(i);
  const tag = (sum + (sum >>> 16)) & 0xffff;
  const id = `${String(algorithm).padStart(3, '0')}+${String(tag).padStart(5, '0')}`;
  return { id, rdata: octets.toString('hex'), tag, algorithm };
}

/** RFC 4034 section 5.1.4: digest over owner and RDATA. */
export function ds(
  { rdata, tag, algorithm }: Key,
  digestType: 1 | 2 | 4 = 2,
  owner = '\x07example\x03org\x00',
): string {
  const digest = createHash({ 1: 'sha1', 2: 'sha256', 4: 'sha384' }[digestType]);
  digest.update(Buffer.concat([Buffer.from(owner, 'latin1'), Buffer.from(rdata, 'hex')]));
  const head = Buffer.from([tag >>> 8, tag & 0xff, algorithm, digestType]);
  return Buffer.concat([head, digest.digest()]).toString('hex');
}

/** Built, dropped, and gone from every server; each undefined where it has not come. */
export type Times = readonly [built: number, dropped?: number, gone?: number];

function timeline([built, dropped, gone]: Times): { built: number; dropped?: number; service: Service } {
  const service: Service = gone === undefined ? { state: 'unseen' } : { state: 'gone', until: gone, evidence: 1 };
  return { built, dropped, service };
}

export function signed(
  keys: readonly Key[],
  expiration = t0 + 3650 * day,
  inception = t0 - 3 * hour,
): Signed | undefined {
  return keys.length === 0 ? undefined : { signers: keys.map(({ id }) => id).sort(), inception, expiration };
}

export function dsVersion(times: Times, records: readonly string[]): DsVersion {
  return { ...timeline(times), records: [...records].sort() };
}

export function rrset(times: Times, records: readonly string[], seconds: number, by: readonly Key[]): RRsetVersion {
  return { ...timeline(times), records: [...records].sort(), ttl: seconds, signed: signed(by) };
}

export function dnskey(times: Times, keys: readonly Key[], by: readonly Key[], seconds = ttl.dnskey): RRsetVersion {
  const records = keys.map(({ rdata }) => rdata);
  return rrset(times, records, seconds, by);
}

export function content(times: Times, by: readonly Key[], largestTtl = ttl.content): ContentVersion {
  return { ...timeline(times), largestTtl, negativeTtl: ttl.negative, expire: 7 * day, signed: signed(by) };
}

export function dsSeen(at: number, records: readonly string[], seconds = ttl.ds): Evidence {
  const fact = { kind: 'ds-seen', records: [...records].sort(), ttl: seconds } as const;
  return { id: 1, at, by: 'observe', servers: ['192.0.2.53'], fact };
}

export interface Told {
  readonly zone?: Name;
  readonly ds: readonly DsVersion[];
  readonly seen?: readonly Evidence[];
  readonly dnskey: readonly RRsetVersion[];
  readonly content: readonly ContentVersion[];
  readonly rrsets?: readonly { owner: Name; type: TypeCode; versions: readonly RRsetVersion[] }[];
}

export function journal({ zone: of = zone, ds, seen = [], dnskey, content, rrsets = [] }: Told): Journal {
  const keys = dnskey.length === 0 ? [] : [{ owner: of, type: Type.DNSKEY, versions: dnskey }];
  const evidence = seen.map((row, index) => ({ ...row, id: index + 1 }));
  return { ...newJournal(of, t0), parentDs: ds, evidence, content, rrsets: [...keys, ...rrsets] };
}
