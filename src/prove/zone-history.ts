/** The history of a zone as validators meet it: DS sets, DNSKEY RRsets, and everything else in classes that are judged alike. */
import { Type, typeName } from '../dns/type.ts';
import type { ContentVersion, Journal, KeyId, RRsetHistory, RRsetVersion } from '../journal/journal.ts';
import { type DsEntry, dsHistory } from './ds-history.ts';
import type { ServiceRules } from './policy.ts';
import { type Entry, entriesOf } from './served.ts';
import type { Span } from './span.ts';

export interface ZoneHistory {
  readonly journal: Journal;
  readonly ds: readonly DsEntry[];
  readonly dnskey: readonly Entry<RRsetVersion>[];
  /** Histories with equal signers and equal times, whatever they hold. */
  readonly classes: readonly SignedClass[];
}

export interface SignedClass {
  /** `example.org. (everything else)`, `_25._tcp.mx.example.org. TLSA`. */
  readonly names: readonly string[];
  readonly entries: readonly SignedEntry[];
}

export interface SignedEntry {
  readonly held: Span;
  readonly signers: readonly KeyId[];
  readonly ttl: number;
}

export function zoneHistory(journal: Journal, rules: ServiceRules, now: number): ZoneHistory {
  return {
    journal,
    ds: dsHistory(journal, rules, now),
    dnskey: dnskeyEntries(journal, rules),
    classes: classesOf(journal, rules),
  };
}

export function dnskeyHistory({ zone, rrsets, content }: Journal): readonly RRsetVersion[] {
  const history = rrsets.find(({ owner, type }) => owner === zone && type === Type.DNSKEY);
  if (history !== undefined) return history.versions;
  // A zone that never had a key: its denials say so.
  return content.map(({ built, dropped, service, signed, negativeTtl }) => ({
    built,
    dropped,
    service,
    signed,
    records: [],
    ttl: negativeTtl,
  }));
}

function dnskeyEntries(journal: Journal, rules: ServiceRules): readonly Entry<RRsetVersion>[] {
  const { publishSafety } = rules.policy;
  const margin = (_: RRsetVersion, next: RRsetVersion) => (next.records.length > 0 ? publishSafety : 0);
  return entriesOf(dnskeyHistory(journal), journal.content, rules, ({ ttl }) => ttl, margin);
}

function classesOf(journal: Journal, rules: ServiceRules): readonly SignedClass[] {
  const { content, zone } = journal;
  const swap = (version: Pick<RRsetVersion, 'signed'>, next: Pick<RRsetVersion, 'signed'>) =>
    version.signed !== undefined && next.signed !== undefined ? rules.policy.retireSafety : 0;
  const largest = ({ largestTtl, negativeTtl }: ContentVersion) => Math.max(largestTtl, negativeTtl);
  const rest = entriesOf(content, content, rules, largest, swap).map(signedEntry);
  const classes = new Map([[keyOf(rest), { names: [`${zone} (everything else)`], entries: rest }]]);
  for (const history of journal.rrsets) {
    if (history.owner === zone && history.type === Type.DNSKEY) continue;
    const entries = entriesOf(history.versions, content, rules, ({ ttl }) => ttl, swap).map(signedEntry);
    const key = keyOf(entries);
    const same = classes.get(key);
    if (same === undefined) classes.set(key, { names: [nameOf(history)], entries });
    else same.names.push(nameOf(history));
  }
  return [...classes.values()];
}

export function nameOf({ owner, type }: Pick<RRsetHistory, 'owner' | 'type'>): string {
  return `${owner} ${typeName(type)}`;
}

function signedEntry({ version, held, ttl }: Entry<RRsetVersion | ContentVersion>): SignedEntry {
  return { held, ttl, signers: version.signed?.signers ?? [] };
}

function keyOf(entries: readonly SignedEntry[]): string {
  return entries.map(({ held, signers }) => `${held.from}-${held.until} ${signers.join('&')}`).join();
}
