/**
 * The history of a zone without names: which DS leads to which key, who signs what and when it may be held. Zones that are
 * run alike have equal facts, and those are judged once.
 */
import { nameToWire } from '../dns/name.ts';
import { digestTypeOf, dsDigest } from '../dnssec/ds.ts';
import { Flag, keyTag } from '../dnssec/key-tag.ts';
import type { KeyId } from '../journal/journal.ts';
import { fromHex, hex, type Octets } from '../text/octets.ts';
import type { Span } from './span.ts';
import type { ZoneHistory } from './zone-history.ts';

/** Keys are numbers; keys with one algorithm and tag share the number of their id. */
export interface KeyFact {
  readonly id: number;
  readonly algorithm: number;
  /** A zone key, protocol 3, not revoked: others may neither be named by a DS nor sign (RFC 4034 section 2.1, RFC 5011 section 2.1). */
  readonly isZoneKey: boolean;
}

export interface DsFact {
  readonly algorithm: number;
  readonly digestType: number;
  /** Keys whose digest this is. */
  readonly keys: readonly number[];
}

export interface ChainFacts {
  readonly keys: readonly KeyFact[];
  readonly ds: readonly (Span & { readonly intended: boolean; readonly records: readonly DsFact[] })[];
  /** One cache entry: the keys, and the ids that sign them. */
  readonly dnskey: readonly (Span & { readonly keys: readonly number[]; readonly signers: readonly number[] })[];
  readonly classes: readonly (readonly (Span & { readonly signers: readonly number[] })[])[];
}

export function chainFacts({ journal, ds, dnskey, classes }: ZoneHistory): ChainFacts {
  const ids = new Map<KeyId, number>();
  const idOf = (id: KeyId) => numberIn(ids, id);
  const numbers = new Map<string, number>();
  const keyNumbers = (records: readonly string[]) => records.map((rdata) => numberIn(numbers, rdata));
  const dnskeyFacts = dnskey.map(({ version, held }) => ({
    ...held,
    keys: keyNumbers(version.records),
    signers: (version.signed?.signers ?? []).map(idOf),
  }));
  const keys = [...numbers.keys()].map((text) => {
    const rdata = fromHex(text) ?? new Uint8Array(0);
    return {
      rdata,
      tag: keyTag(rdata),
      id: idOf(keyIdOf(rdata)),
      algorithm: rdata[3] ?? 0,
      isZoneKey: isZoneKey(rdata),
    };
  });
  const owner = nameToWire(journal.zone);
  const known = new Map<string, DsFact>();
  const dsFact = (text: string) => {
    const fact = known.get(text) ?? factOfDs(owner, text, keys);
    known.set(text, fact);
    return fact;
  };
  return {
    keys: keys.map(({ id, algorithm, isZoneKey }) => ({ id, algorithm, isZoneKey })),
    ds: ds.map(({ held, intended, records }) => ({ ...held, intended, records: records.map(dsFact) })),
    dnskey: dnskeyFacts,
    classes: classes.map(({ entries }) =>
      entries.map(({ held, signers }) => ({ ...held, signers: signers.map(idOf) })),
    ),
  };
}

/** As the journal writes it: `013+07956`. */
export function keyIdOf(rdata: Octets): KeyId {
  const [, , , algorithm = 0] = rdata;
  return `${String(algorithm).padStart(3, '0')}+${String(keyTag(rdata)).padStart(5, '0')}`;
}

function isZoneKey(rdata: Octets): boolean {
  const flags = (rdata[0] << 8) | rdata[1];
  return rdata.length > 4 && (flags & Flag.zone) !== 0 && (flags & Flag.revoke) === 0 && rdata[2] === 3;
}

/** RFC 4035 section 5.2: tag, algorithm and digest name a zone key. */
function factOfDs(owner: Octets, text: string, keys: readonly (KeyFact & { rdata: Octets; tag: number })[]): DsFact {
  const ds = fromHex(text) ?? new Uint8Array(0);
  const [high = 0, low = 0, algorithm = 0, digestType = 0] = ds;
  const digest = hex(ds.subarray(4));
  const isNamed = (key: (typeof keys)[number]) =>
    key.isZoneKey &&
    key.algorithm === algorithm &&
    key.tag === high * 0x100 + low &&
    digestTypeOf(digestType)?.digest !== undefined &&
    hex(dsDigest(owner, key.rdata, digestType)) === digest;
  return { algorithm, digestType, keys: keys.flatMap((key, index) => (isNamed(key) ? index : [])) };
}

function numberIn(table: Map<string, number>, text: string): number {
  const number = table.get(text) ?? table.size;
  table.set(text, number);
  return number;
}
