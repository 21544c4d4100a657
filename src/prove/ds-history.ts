/**
 * The DS sets of a zone at its parent: those that were asked for, which may be served from then on, and those that were seen,
 * asked for or not.
 */
import { Type } from '../dns/type.ts';
import type { DsVersion, Evidence, Journal, RRsetVersion } from '../journal/journal.ts';
import type { ServiceRules } from './policy.ts';
import { seenGone } from './served.ts';
import type { Span } from './span.ts';
import { isSwap } from './swap.ts';

const never = Number.POSITIVE_INFINITY;

export interface DsEntry {
  /** DS RDATA, hexadecimal. */
  readonly records: readonly string[];
  /** The journal asked for it; otherwise it was only seen. */
  readonly asked: boolean;
  /** When it was asked for, or seen first. */
  readonly since: number;
  readonly ttl: number;
  readonly held: Span;
  /** Of an empty set: the zone is meant to be insecure, because it had no DS so far or is to lose it. */
  readonly intended: boolean;
  /** Of an empty set: `roll insecure` asked for it, and there was a DS before. */
  readonly leaving: boolean;
}

interface Seen {
  readonly at: number;
  readonly key: string;
  readonly records: readonly string[];
  readonly ttl: number;
}

/** Consecutive sightings of one set. */
interface Run {
  readonly key: string;
  readonly records: readonly string[];
  readonly first: number;
  readonly last: number;
}

const keyOf = (records: readonly string[]) => [...records].sort().join();

/**
 * `now`: what was done before it is not questioned where it is done with, such as a time without DS that the zone spent
 * unsigned. Without evidence a set that was asked for does not end.
 */
export function dsHistory(journal: Journal, rules: ServiceRules, now: number): readonly DsEntry[] {
  const seen = sightings(journal.evidence);
  const runs = runsOf(seen);
  const known = { journal, seen, rules, now };
  const ends = journal.parentDs.map((_, index) => askedUntil(journal.parentDs, index, seen));
  const asked = journal.parentDs.map((version, index): DsEntry => {
    const until = ends[index] + lag(rules, version, journal.parentDs[index + 1]);
    const { built, records } = version;
    const hadDs =
      journal.parentDs.slice(0, index).some(isSome) || seen.some((row) => row.at < built && row.records.length > 0);
    return entry(known, { records, asked: true, since: built }, { from: built, until }, hadDs);
  });
  const others = runs.flatMap((run, index): DsEntry[] => {
    const isCovered = journal.parentDs.some(
      (version, at) => keyOf(version.records) === run.key && version.built <= run.first && run.first < ends[at],
    );
    if (isCovered) return [];
    const next = runs[index + 1];
    const from = runs[index - 1]?.last ?? run.first;
    const until = next === undefined ? never : next.first + lag(rules, run, next);
    const hadDs = runs.slice(0, index).some(isSome) || wasThere(journal.parentDs, run.first);
    const { records, first: since } = run;
    return [entry(known, { records, asked: false, since }, { from, until }, hadDs)];
  });
  return [...asked, ...others].sort((a, b) => a.held.from - b.held.from);
}

function sightings(evidence: readonly Evidence[]): readonly Seen[] {
  const seen = evidence.flatMap(({ at, fact }) =>
    fact.kind === 'ds-seen' ? { at, key: keyOf(fact.records), records: fact.records, ttl: fact.ttl } : [],
  );
  return seen.sort((a, b) => a.at - b.at);
}

function runsOf(seen: readonly Seen[]): readonly Run[] {
  const runs: Run[] = [];
  for (const { at, key, records } of seen) {
    const run = runs.at(-1);
    if (run?.key === key) runs[runs.length - 1] = { ...run, last: at };
    else runs.push({ key, records, first: at, last: at });
  }
  return runs;
}

/**
 * When every parent server was seen with another set after this one was no longer wanted. An older set does not count: a slow
 * registrar may yet bring this one.
 */
function askedUntil(versions: readonly DsVersion[], index: number, seen: readonly Seen[]): number {
  const { built, dropped, records } = versions[index];
  if (dropped === undefined) return never;
  const own = keyOf(records);
  const later = new Set(versions.slice(index + 1).map((version) => keyOf(version.records)));
  const older = new Set([
    ...versions.slice(0, index).map((version) => keyOf(version.records)),
    ...seen.filter(({ at }) => at < built).map(({ key }) => key),
  ]);
  const another = seen.find(({ at, key }) => at >= dropped && key !== own && (later.has(key) || !older.has(key)));
  return Math.min(another?.at ?? never, seenGone(versions, index));
}

type Records = { readonly records: readonly string[] };

/** How much longer than seen a set may be served by nodes of the parent that nobody asked. */
function lag({ policy, mode }: ServiceRules, set: Records, next: Records | undefined): number {
  const hasSwap = isSwap(set.records.map(algorithmOf), (next?.records ?? []).map(algorithmOf));
  return policy.parent.propagationDelay + (mode !== 'plain' && hasSwap ? policy.retireSafety : 0);
}

/** Of DS RDATA in hexadecimal. */
const algorithmOf = (record: string) => record.slice(4, 6);

interface Known {
  readonly journal: Journal;
  readonly seen: readonly Seen[];
  readonly rules: ServiceRules;
  readonly now: number;
}

/** `hadDs`: there was a DS before, at the parent or, for a set that was asked for, among those asked for. */
function entry(
  { journal, seen, rules, now }: Known,
  set: Pick<DsEntry, 'records' | 'asked' | 'since'>,
  served: Span,
  hadDs: boolean,
): DsEntry {
  const { records, since } = set;
  const key = keyOf(records);
  const ttls = seen.flatMap((row) => (row.key === key ? row.ttl : []));
  const ttl = Math.max(rules.policy.parent.ttl, ...ttls);
  const held = { from: served.from, until: served.until + ttl };
  const { insecure } = journal.requests;
  const leaving = hadDs && records.length === 0 && insecure !== undefined && since >= insecure.at;
  const intended = records.length > 0 || leaving || !hadDs || wasUnsigned(journal, since, served, now);
  return { ...set, ttl, held, intended, leaving };
}

const isSome = ({ records }: Records) => records.length > 0;

/** Every parent server was seen with a set that was asked for, by then: in the same second too, since a DS comes before it goes. */
function wasThere(versions: readonly DsVersion[], at: number): boolean {
  return versions.some(({ records, service }) => {
    const from = service.state === 'unseen' ? undefined : service.from;
    return records.length > 0 && from !== undefined && from <= at;
  });
}

/** A zone that was unsigned while it had no DS was meant to have none. */
function wasUnsigned({ rrsets, zone }: Journal, since: number, served: Span, now: number): boolean {
  const dnskey = rrsets.find(({ owner, type }) => owner === zone && type === Type.DNSKEY);
  const isThen = ({ records, built }: RRsetVersion) => records.length === 0 && built >= since && built < served.until;
  return since < now && dnskey?.versions.some(isThen) === true;
}
