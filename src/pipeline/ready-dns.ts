/**
 * `ready` from DNS alone: for a machine that has neither the repository nor a status file. It asks every authoritative server that it is
 * given, has a validating resolver confirm what they say, and counts from when *it* first saw a record on all of them, so it never says go
 * earlier than the repository would.
 */

import { type Message, Rcode, rcodeName } from '../dns/message.ts';
import { type Name, nameFromWire, parseName } from '../dns/name.ts';
import { Type } from '../dns/type.ts';
import { JsonValue, Unexpected } from '../journal/json-reader.ts';
import { jsonText } from '../text/annotations.ts';
import { printDuration } from '../text/duration.ts';
import { hex } from '../text/octets.ts';
import { readableTime } from '../text/time.ts';
import type { Candidate, ReadyState } from './ready.ts';

export const seenVersion = 1;

/** What was seen at one owner so far. Times in Unix seconds. */
export interface Seen {
  readonly owner: Name;
  /** The largest TTL that was ever seen there. */
  readonly ttl: number;
  /** Record (hexadecimal) → since when every server has shown it at every look. */
  readonly records: Readonly<Record<string, number>>;
}

/** What one server said. */
export type Answer =
  | { readonly server: string; readonly records: readonly string[]; readonly ttl: number }
  | { readonly server: string; readonly alias: Name }
  | { readonly server: string; readonly error: string };

export function answerOf(server: string, owner: Name, message: Message | { readonly error: string }): Answer {
  if ('error' in message) return { server, error: message.error };
  const { rcode, flags, answer } = message;
  if (rcode !== Rcode.NOERROR && rcode !== Rcode.NXDOMAIN) return { server, error: `answers ${rcodeName(rcode)}` };
  if (!flags.authoritative)
    return { server, error: 'is not authoritative for the zone: give the name servers of the zone' };
  const alias = answer.find((record) => record.owner === owner && record.type === Type.CNAME);
  if (alias !== undefined) return { server, alias: nameFromWire(alias.rdata) };
  const found = answer.filter((record) => record.owner === owner && record.type === Type.TLSA);
  return {
    server,
    records: found.map(({ rdata }) => hex(rdata)).sort(),
    ttl: Math.max(0, ...found.map(({ ttl }) => ttl)),
  };
}

/**
 * Why the answer of a validating resolver does not confirm a record for the certificate; undefined: it does. Caches may lack the record
 * for as long as the TTL, which is waited for anyway.
 */
export function unconfirmed(
  resolver: string,
  candidate: Candidate,
  message: Message | { readonly error: string },
): string | undefined {
  if ('error' in message) return `${resolver} ${message.error}`;
  if (message.rcode !== Rcode.NOERROR && message.rcode !== Rcode.NXDOMAIN) {
    return `${resolver} answers ${rcodeName(message.rcode)}: the records, or a zone above them, do not verify`;
  }
  if (!message.flags.authenticData) {
    return `${resolver} does not call its answer authentic: the zone is not signed, or this is no validating resolver`;
  }
  const matches = message.answer.some(({ type, rdata }) => type === Type.TLSA && candidate.matches(hex(rdata)));
  return matches ? undefined : `${resolver} has no record yet that matches this certificate`;
}

/** A look at every server. A server that did not answer takes no record away, and lets none count from now. */
export function withLook(before: Seen, answers: readonly Answer[], now: number): Seen {
  const shown = answers.flatMap((answer) => ('records' in answer ? [answer] : []));
  const isWhole = shown.length === answers.length && answers.length > 0;
  const ttl = Math.max(before.ttl, ...shown.map((answer) => answer.ttl));
  const kept = Object.entries(before.records).filter(([rdata]) =>
    shown.every(({ records }) => records.includes(rdata)),
  );
  const everywhere = isWhole
    ? shown[0].records.filter((rdata) => shown.every(({ records }) => records.includes(rdata)))
    : [];
  const dates = new Map([...everywhere.map((rdata) => [rdata, now] as const), ...kept]);
  const records = Object.fromEntries([...dates].sort(([a], [b]) => (a < b ? -1 : 1)));
  return { owner: before.owner, ttl, records };
}

export interface DnsVerdict {
  readonly state: ReadyState;
  readonly earliest?: number;
  readonly why: string;
}

export interface DnsQuestion {
  readonly candidate: Candidate;
  /** Seconds that the zone takes to reach every server; here the margin for those that were not asked. */
  readonly propagation: number;
  /** Why a validating resolver does not confirm the records; undefined: it does, or none was asked. */
  readonly unconfirmed: string | undefined;
  readonly now: number;
}

export function dnsReadiness(
  { owner, ttl, records }: Seen,
  answers: readonly Answer[],
  { candidate, propagation, unconfirmed, now }: DnsQuestion,
): DnsVerdict {
  const failing = answers.flatMap((answer) => ('error' in answer ? [`${answer.server} ${answer.error}`] : []));
  const aliases = answers.flatMap((answer) =>
    'alias' in answer ? [`${answer.server} has an alias to ${answer.alias}`] : [],
  );
  if (candidate.notAfter !== undefined && candidate.notAfter <= now) {
    return { state: 'overdue', why: `this certificate expired ${readableTime(candidate.notAfter)}: get a new one` };
  }
  if (failing.length > 0) return { state: 'wait', why: failing.join('; ') };
  if (aliases.length > 0) return { state: 'wait', why: `${aliases.join('; ')}: ask for that owner with --owner` };
  const since = Object.entries(records).filter(([rdata]) => candidate.matches(rdata));
  if (since.length === 0)
    return { state: 'wait', why: `no record of ${owner} that every server has matches this certificate` };
  const seen = Math.max(...since.map(([, at]) => at));
  const earliest = seen + propagation + 2 * ttl;
  const wait = `seen on every server ${readableTime(seen)} + propagation ${printDuration(propagation)} + 2 × TTL ${printDuration(2 * ttl)}`;
  if (now >= earliest) {
    return unconfirmed === undefined ? { state: 'go', why: wait } : { state: 'wait', why: unconfirmed };
  }
  if (candidate.notAfter !== undefined && candidate.notAfter <= earliest) {
    const why = `this certificate expires ${readableTime(candidate.notAfter)}, before it may be deployed, ${readableTime(earliest)}: get one that lives longer`;
    return { state: 'overdue', earliest, why };
  }
  return { state: 'wait', earliest, why: wait };
}

export function printSeen(all: readonly Seen[]): string {
  const owners = all.map(({ owner, ttl, records }) => [
    owner,
    { ttl, records: Object.fromEntries(Object.entries(records).map(([rdata, at]) => [rdata, readableTime(at)])) },
  ]);
  return jsonText({ version: seenVersion, owners: Object.fromEntries(owners) });
}

/** The error is a sentence about the file. */
export function parseSeen(text: string): readonly Seen[] | { readonly error: string } {
  try {
    const value = new JsonValue(JSON.parse(text));
    const { version, owners } = value.fields(['version', 'owners']);
    if (version.whole() !== seenVersion) version.fail(`${seenVersion}, the form of this danezone`);
    return owners.entries().map(([name, item]): Seen => {
      const owner = parseName(name);
      const { ttl, records } = item.fields(['ttl', 'records']);
      if (typeof owner !== 'string') return item.fail('an absolute name as its key');
      const dates = records.entries().map(([rdata, at]) => [rdata, at.time()] as const);
      return { owner, ttl: ttl.whole(0x7fff_ffff), records: Object.fromEntries(dates) };
    });
  } catch (error) {
    if (error instanceof SyntaxError) return { error: 'is not JSON: remove it, and the wait begins anew' };
    if (!(error instanceof Unexpected)) throw error;
    return { error: `has ${error.found} where ${error.expected} is expected, at ${error.where || 'its top'}` };
  }
}
