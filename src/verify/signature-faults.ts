/** The words for each kind of fault that workers find in signatures. */
import { isWildcard, labelCount, type Name, presentName } from '../dns/name.ts';
import { Type, typeName } from '../dns/type.ts';
import { Role, type Row, type Zone } from '../dns/zone.ts';
import { algorithmName, keyLabel } from '../dnssec/algorithm.ts';
import type { Rule } from '../text/problem.ts';
import type { Findings } from './findings.ts';
import type { PublishedKey } from './published-keys.ts';
import {
  rrsigAlgorithm,
  rrsigExpiration,
  rrsigHead,
  rrsigInception,
  rrsigKeyTag,
  rrsigLabels,
  rrsigOriginalTtl,
  secondsBetween,
  unixTime,
} from './rrsig.ts';
import { rules } from './rules.ts';
import type { Fault, FaultKind } from './signature-check.ts';
import type { WindowFault } from './signature-rules.ts';
import type { VerifyOptions } from './verify.ts';

/** What the words are made from. */
interface Case {
  readonly zone: Zone;
  readonly keys: readonly PublishedKey[];
  readonly options: VerifyOptions;
  /** The RRset that is signed, or should be. */
  readonly row: Row;
  /** Offset of the RRSIG RDATA; 0 where no RRSIG record is concerned. */
  readonly rrsig: number;
  readonly algorithms: readonly number[];
  readonly owner: Name;
  readonly type: string;
  /** The key that the RRSIG names. */
  readonly key: string;
}

interface Wording {
  readonly say: (of: Case, findings: Findings, record: number) => void;
  readonly more: (findings: Findings, count: number) => void;
}

function wording<Facts>(rule: Rule<Facts>, facts: (of: Case) => Facts): Wording {
  return {
    say: (of, findings, record) => findings.say(rule, record, facts(of)),
    more: (findings, count) => findings.more(rule, count),
  };
}

const covered = ({ owner, type }: Case) => ({ owner, type });
const signature = ({ owner, type, key }: Case) => ({ owner, type, key });
const signaturesOf = ({ zone, row }: Case) => zone.row(zone.columns.owner[row], Type.RRSIG, zone.columns.type[row]);

const unknownKey = wording(rules['sign/unknown-key'], (of) => {
  const found = of.keys.map(({ algorithm, tag }) => keyLabel(algorithm, tag)).join(', ');
  return { ...signature(of), reason: `the DNSKEY RRset has only ${found === '' ? 'no zone key' : found}` };
});

const wordings: Readonly<Record<FaultKind, Wording>> = {
  missing: wording(rules['sign/missing-signature'], (of) => {
    const row = signaturesOf(of);
    const found = row < 0 ? [] : of.zone.rdataOf(row).map((rdata) => algorithmName(rrsigAlgorithm(rdata, 0)));
    return {
      ...covered(of),
      expected: `a signature by ${of.algorithms.map(algorithmName).join(' and by ')}`,
      found: found.length === 0 ? 'none' : found.join(', '),
    };
  }),
  bad: wording(rules['sign/bad-signature'], signature),
  'next-canonical': wording(rules['denial/next-canonical'], ({ zone, row, owner, key }) => {
    const { rdata, rdataStart, recordStart } = zone.columns;
    return { owner, key, next: presentName(rdata, rdataStart[recordStart[row]]) };
  }),
  'unknown-key': unknownKey,
  'unknown-algorithm': unknownKey,
  'revoked-key': wording(rules['sign/unknown-key'], (of) => ({ ...signature(of), reason: 'the key is revoked' })),
  labels: wording(rules['sign/labels'], (of) => ({
    ...signature(of),
    expected: labelCount(of.owner) - (isWildcard(of.owner) ? 1 : 0),
    found: rrsigLabels(of.zone.columns.rdata, of.rrsig),
  })),
  'signer-name': wording(rules['sign/signer-name'], (of) => ({
    ...signature(of),
    expected: of.zone.apex,
    found: presentName(of.zone.columns.rdata, of.rrsig + rrsigHead),
  })),
  'original-ttl': wording(rules['sign/original-ttl'], (of) => ({
    ...signature(of),
    expected: of.zone.columns.ttl[of.row],
    found: rrsigOriginalTtl(of.zone.columns.rdata, of.rrsig),
  })),
  ttl: wording(rules['sign/ttl'], (of) => ({
    ...covered(of),
    expected: of.zone.columns.ttl[of.row],
    found: of.zone.columns.ttl[signaturesOf(of)],
  })),
  window: wording(rules['sign/window'], (of) => ({ ...signature(of), ...windowOf(of), at: of.options.at })),
  'below-cut': wording(rules['sign/below-cut'], (of) => ({ ...covered(of), place: placeOf(of) })),
  orphan: wording(rules['sign/orphan'], covered),
  'refresh-missed': wording(rules['sign/refresh-missed'], (of) => ({
    ...signature(of),
    expiration: unixTime(rrsigExpiration(of.zone.columns.rdata, of.rrsig), of.options.at),
    refresh: of.options.refresh ?? 0,
  })),
  'too-many': wording(rules['sign/too-many'], (of) => {
    const { recordStart } = of.zone.columns;
    const row = signaturesOf(of);
    return { ...covered(of), count: recordStart[row + 1] - recordStart[row] };
  }),
};

export function sayFault(
  zone: Zone,
  keys: readonly PublishedKey[],
  { kind, row, record, algorithms = [] }: Fault,
  options: VerifyOptions,
  findings: Findings,
): void {
  const { columns } = zone;
  const rrsig = record < 0 ? 0 : columns.rdataStart[record];
  const key = keyLabel(rrsigAlgorithm(columns.rdata, rrsig), rrsigKeyTag(columns.rdata, rrsig));
  const owner = zone.name(columns.owner[row]);
  // An orphan has no RRset: its row is that of the signatures.
  const type = typeName(columns.covered[row] || columns.type[row]);
  const of: Case = { zone, keys, options, row, rrsig, algorithms, owner, type, key };
  wordings[kind].say(of, findings, record < 0 ? columns.recordStart[row] : record);
}

/** Faults that were counted and not described. */
export function sayMore(kind: FaultKind, count: number, findings: Findings): void {
  wordings[kind].more(findings, count);
}

function windowOf({ zone, rrsig, options: { at } }: Case): {
  inception: number;
  expiration: number;
  fault: WindowFault;
} {
  const { rdata } = zone.columns;
  const inception = unixTime(rrsigInception(rdata, rrsig), at);
  const expiration = unixTime(rrsigExpiration(rdata, rrsig), at);
  const isReversed = secondsBetween(rrsigExpiration(rdata, rrsig), rrsigInception(rdata, rrsig)) < 0;
  return { inception, expiration, fault: isReversed ? 'reversed' : inception > at ? 'early' : 'late' };
}

function placeOf({ zone, row }: Case): string {
  const owner = zone.columns.owner[row];
  if (zone.columns.role[owner] === Role.cut) return 'it stands at a delegation, where only DS and NSEC are signed';
  return `it stands below ${zone.name(Math.max(0, zone.cutAbove(owner)))}`;
}
