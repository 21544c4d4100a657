/** The history of a zone as validators meet it: DS sets, DNSKEY RRsets, and everything else in classes that are judged alike. */
import { Type, typeName } from '../dns/type.ts';
import type { ContentVersion, Journal, KeyId, RRsetHistory, RRsetVersion, Signed } from '../journal/journal.ts';
import { type DsEntry, dsHistory } from './ds-history.ts';
import { foreignService } from './foreign.ts';
import type { ServiceRules } from './policy.ts';
import { type Entry, entriesOf } from './served.ts';
import type { Span } from './span.ts';
import { isSwap } from './swap.ts';

export interface ZoneHistory {
  readonly journal: Journal;
  readonly ds: readonly DsEntry[];
  readonly dnskey: readonly Entry<RRsetVersion>[];
  /** The rest of the zone as one, and every awaited RRset, DNSKEY among them. */
  readonly rrsets: readonly NamedHistory[];
  /** Those but DNSKEY: histories with equal signers and equal times, whatever they hold. */
  readonly classes: readonly SignedClass[];
}

export interface NamedHistory {
  /** `example.org. (everything else)`, `_25._tcp.mx.example.org. TLSA`. */
  readonly name: string;
  readonly of?: Pick<RRsetHistory, 'owner' | 'type'>;
  readonly entries: readonly Entry<RRsetVersion | ContentVersion>[];
}

export interface SignedClass {
  readonly names: readonly string[];
  readonly entries: readonly SignedEntry[];
}

export interface SignedEntry {
  readonly held: Span;
  readonly signers: readonly KeyId[];
  readonly ttl: number;
}

export function zoneHistory(journal: Journal, rules: ServiceRules, now: number): ZoneHistory {
  const { content, rrsets, zone } = journal;
  const dnskey = dnskeyEntries(journal, rules);
  const rest = {
    name: `${zone} (everything else)`,
    entries: entriesOf(content, content, rules, largestTtl, swap(rules)),
  };
  const awaited = rrsets.map(({ owner, type, versions }): NamedHistory => {
    const isDnskey = owner === zone && type === Type.DNSKEY;
    const entries = isDnskey ? dnskey : entriesOf(versions, content, rules, ({ ttl }) => ttl, swap(rules));
    return { name: `${owner} ${typeName(type)}`, of: { owner, type }, entries };
  });
  const all: readonly NamedHistory[] = [rest, ...awaited];
  const classes = classesOf(all.filter(({ entries }) => entries !== dnskey));
  const others = foreignService(zone, dnskeyHistory(journal), rules, now);
  return {
    journal,
    ds: dsHistory(journal, rules, now),
    dnskey: [...dnskey, ...others.dnskey],
    rrsets: all,
    classes: [...classes, ...others.classes],
  };
}

const largestTtl = ({ largestTtl, negativeTtl }: ContentVersion) => Math.max(largestTtl, negativeTtl);

/** Where a key takes over from another of its algorithm, old signatures count for the safety of the policy longer. */
function swap({ policy }: ServiceRules) {
  return (version: { readonly signed?: Signed }, next: { readonly signed?: Signed }) =>
    version.signed?.signers.join() !== next.signed?.signers.join() &&
    isSwap(algorithmsOf(version.signed), algorithmsOf(next.signed))
      ? policy.retireSafety
      : 0;
}

function algorithmsOf(signed: Signed | undefined): readonly string[] {
  return (signed?.signers ?? []).map((id) => id.slice(0, id.indexOf('+')));
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

function classesOf(histories: readonly NamedHistory[]): readonly SignedClass[] {
  const classes = new Map<string, { readonly names: string[]; readonly entries: readonly SignedEntry[] }>();
  for (const { name, entries: versions } of histories) {
    const entries = versions.map(signedEntry);
    const key = keyOf(entries);
    const same = classes.get(key);
    if (same === undefined) classes.set(key, { names: [name], entries });
    else same.names.push(name);
  }
  return [...classes.values()];
}

function signedEntry({ version, held, ttl }: Entry<RRsetVersion | ContentVersion>): SignedEntry {
  return { held, ttl, signers: version.signed?.signers ?? [] };
}

function keyOf(entries: readonly SignedEntry[]): string {
  return entries.map(({ held, signers }) => `${held.from}-${held.until} ${signers.join('&')}`).join();
}
