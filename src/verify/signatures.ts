/** Makes problems of what the workers found about signatures. */
import { Type, typeName } from '../dns/type.ts';
import type { Row, Zone } from '../dns/zone.ts';
import { algorithmName } from '../dnssec/algorithm.ts';
import type { Findings } from './findings.ts';
import type { PublishedKey } from './published-keys.ts';
import { rrsigAlgorithm, rrsigExpiration, unixTime } from './rrsig.ts';
import { rules } from './rules.ts';
import type { Fault, FaultKind, RowsResult } from './signature-check.ts';
import { sayFault, sayMore } from './signature-faults.ts';
import { mustBeSigned } from './standing.ts';
import type { DnskeySigners } from './trust.ts';
import type { VerifyOptions } from './verify.ts';

/** The results of all ranges, added up. */
export interface Checked {
  signatures: number;
  signedSets: number;
  firstExpiry: number;
  readonly byKey: number[];
  readonly keySets: { readonly type: number; readonly key: number }[];
  readonly ahead: Map<number, number>;
  readonly faults: Fault[];
  readonly more: Map<FaultKind, number>;
  /** RRsets with a fault that is described. */
  readonly faultyRows: Set<Row>;
}

export function noRows(keyCount: number): Checked {
  return {
    signatures: 0,
    signedSets: 0,
    firstExpiry: Number.POSITIVE_INFINITY,
    byKey: new Array<number>(keyCount).fill(0),
    keySets: [],
    ahead: new Map(),
    faults: [],
    more: new Map(),
    faultyRows: new Set(),
  };
}

/** Kinds that are no errors, or may turn out to be none: they must not keep another fault of the same RRset unsaid. */
const harmless: readonly FaultKind[] = ['too-many', 'refresh-missed', 'unknown-algorithm'];

export function mergeRows(into: Checked, rows: RowsResult): void {
  into.signatures += rows.signatures;
  into.signedSets += rows.signedSets;
  into.firstExpiry = Math.min(into.firstExpiry, rows.firstExpiry);
  for (const [key, count] of rows.byKey.entries()) into.byKey[key] += count;
  into.keySets.push(...rows.keySets);
  for (const [algorithm, count] of rows.ahead) into.ahead.set(algorithm, (into.ahead.get(algorithm) ?? 0) + count);
  for (const fault of rows.faults) {
    into.faults.push(fault);
    if (!harmless.includes(fault.kind)) into.faultyRows.add(fault.row);
  }
  for (const [kind, count] of Object.entries(rows.more) as [FaultKind, number][]) {
    into.more.set(kind, (into.more.get(kind) ?? 0) + count);
  }
}

/** Says every fault, and returns who signs the DNSKEY RRset. */
export function saySignatures(
  zone: Zone,
  keys: readonly PublishedKey[],
  algorithms: readonly number[],
  checked: Checked,
  options: VerifyOptions,
  findings: Findings,
): DnskeySigners {
  const ahead = aheadOf(zone, algorithms, checked, options);
  for (const [algorithm, count] of ahead) {
    findings.say(rules['sign/ahead-of-dnskey'], -1, { algorithm: algorithmName(algorithm), count });
  }
  for (const fault of checked.faults) {
    if (fault.kind === 'unknown-algorithm' && ahead.has(algorithmAt(zone, fault.record))) continue;
    sayFault(zone, keys, fault, options, findings);
  }
  for (const [kind, count] of checked.more) {
    if (kind !== 'unknown-algorithm') sayMore(kind, count, findings);
  }
  const unannounced = [...checked.ahead].filter(([algorithm]) => !ahead.has(algorithm));
  const described = checked.faults.filter(
    ({ kind, record }) => kind === 'unknown-algorithm' && !ahead.has(algorithmAt(zone, record)),
  ).length;
  sayMore(
    'unknown-algorithm',
    unannounced.reduce((sum, [, count]) => sum + count, -described),
    findings,
  );
  sayMixedTtl(zone, checked.faultyRows, findings);
  saySameInstant(zone, options.at, findings);
  const dnskey = zone.row(0, Type.DNSKEY);
  return {
    keys: new Set(checked.keySets.filter(({ type }) => type === Type.DNSKEY).map(({ key }) => key)),
    isFaulty: checked.faultyRows.has(dnskey),
  };
}

/**
 * Algorithms without a key whose signatures are part of an algorithm roll: the caller says so, or they stand at every RRset (but
 * DNSKEY, CDS and CDNSKEY, which the keys of the DNSKEY RRset sign), which no accident makes (RFC 6781 section 4.1.4).
 */
function aheadOf(
  zone: Zone,
  algorithms: readonly number[],
  checked: Checked,
  options: VerifyOptions,
): Map<number, number> {
  const keySets = [Type.DNSKEY, Type.CDS, Type.CDNSKEY].filter((type) => zone.row(0, type) >= 0).length;
  return new Map(
    [...checked.ahead].filter(
      ([algorithm, count]) =>
        !algorithms.includes(algorithm) &&
        (options.ahead?.includes(algorithm) || count >= checked.signedSets - keySets),
    ),
  );
}

const algorithmAt = (zone: Zone, record: number) => rrsigAlgorithm(zone.columns.rdata, zone.columns.rdataStart[record]);

/** Where a TTL was not said to be wrong already. */
function sayMixedTtl(zone: Zone, faultyRows: ReadonlySet<Row>, findings: Findings): void {
  const { columns } = zone;
  for (const row of zone.mixedTtl) {
    const covered = columns.covered[row];
    const signed = covered === 0 ? row : zone.row(columns.owner[row], covered);
    if (signed < 0 || !mustBeSigned(columns, signed) || faultyRows.has(signed)) continue;
    const type = covered === 0 ? typeName(columns.type[row]) : `RRSIG (${typeName(covered)})`;
    const facts = { owner: zone.name(columns.owner[row]), type };
    findings.say(rules['sign/mixed-ttl'], columns.recordStart[row], facts);
  }
}

/** Signatures that a zone must have before their common expiration is worth a word. */
const manySignatures = 100;

function saySameInstant(zone: Zone, at: number, findings: Findings): void {
  const { type, recordStart, rdataStart, rdata } = zone.columns;
  const counts = new Map<number, number>();
  let total = 0;
  for (let row = 0; row < type.length; row++) {
    if (type[row] !== Type.RRSIG) continue;
    for (let record = recordStart[row]; record < recordStart[row + 1]; record++) {
      const expiration = rrsigExpiration(rdata, rdataStart[record]);
      counts.set(expiration, (counts.get(expiration) ?? 0) + 1);
      total++;
    }
  }
  if (total < manySignatures) return;
  for (const [expiration, count] of counts) {
    if (count * 2 <= total) continue;
    findings.say(rules['sign/same-instant-expiry'], -1, { count, total, expiration: unixTime(expiration, at) });
  }
}
