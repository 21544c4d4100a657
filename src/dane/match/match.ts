/**
 * The matcher: what a client that follows DANE makes of a TLSA RRset and a handshake (RFC 6698, 7671, 7672). Usability is
 * decided first, then the digest, then the match, so that a record that nobody can use takes nothing from the others.
 */
import { compareOctets } from '../../text/octets.ts';
import { matchings, selectors, usages } from '../acronym.ts';
import { outranked } from './agility.ts';
import { matchRecord } from './match-record.ts';
import { readRecord, type UsableRecord } from './usability.ts';
import type { MatchInput, MatchVerdict, RecordVerdict } from './verdict.ts';

/** Judges one chain. The order of the RRset makes no difference. Never throws, whatever the octets. */
export function matchTlsa(input: MatchInput): MatchVerdict {
  const read = input.rrset.map((rdata, record) => readRecord(rdata, record, input));
  const usable = read.filter((record) => !('unusable' in record)) as UsableRecord[];
  const weaker = outranked(usable);
  const records = read.map((of, record): RecordVerdict => {
    const head = { record, rdata: input.rrset[record] };
    if ('unusable' in of) return { ...head, usable: false, reason: of.unusable };
    const stronger = weaker.get(of);
    const reason = stronger === undefined ? matchRecord(of, input) : ({ kind: 'weaker-digest', stronger } as const);
    return { ...head, usable: true, reason };
  });
  if (usable.length === 0) {
    return { state: 'unusable', fallback: input.application === 'smtp' ? 'encrypt' : 'without-dane', records };
  }
  const matched = [...usable].sort(compareRecords).flatMap(({ record }) => {
    const { reason } = records[record];
    return reason.kind === 'matched' ? [{ record, depth: reason.depth, isDetour: reason.isDetour }] : [];
  });
  const best = matched.find(({ isDetour }) => !isDetour) ?? matched[0];
  return best === undefined ? { state: 'no-match', records } : { state: 'matched', matched: best, records };
}

/** Higher numbers first, then the order of the data. */
function compareRecords(a: UsableRecord, b: UsableRecord): number {
  return (
    usages.indexOf(b.usage) - usages.indexOf(a.usage) ||
    selectors.indexOf(b.selector) - selectors.indexOf(a.selector) ||
    matchings.indexOf(b.matching) - matchings.indexOf(a.matching) ||
    compareOctets(a.data, b.data)
  );
}
