/**
 * The journal without what no cache can hold and nothing goes by any more, so that a zone that is built every day for years keeps
 * a small one. Histories lose their oldest versions only, and late: a clock that is asked for again afterwards has long run out.
 */
import { type Publication, serviceOf } from './clocks.ts';
import { certificatesServed, lastOf } from './evidence.ts';
import type { BuiltSerial, Evidence, Journal, RRsetHistory, Signed, Timeline } from './journal.ts';

const day = 86_400;

/** Seconds beyond TTL and SOA EXPIRE: more than any sum of propagation delays and safeties that waits are made of. */
const margin = 30 * day;
/** Serials stay as long at least: so late a person may still say which one the servers have. */
const serialMemory = 90 * day;
/** Certificates that nobody shows or describes any longer. */
const certificateMemory = 400 * day;
/** Seconds: the longest that TLDs give their DS; the largest that was seen counts where it is longer. */
const usualDsTtl = 2 * day;

/**
 * The very same journal where nothing is forgotten; `generation` and `changed` stay: trimming goes with another change. `isInUse`: of
 * keys of certificates, SHA-256 over the SPKI; when they were seen in service is never forgotten.
 */
export function withoutForgotten(
  journal: Journal,
  now: number,
  publication: Publication,
  isInUse: (spki: string) => boolean = () => false,
): Journal {
  const grace = margin + Math.max(0, ...journal.content.map(({ expire }) => expire));
  const isForgotten = (version: Timeline & { readonly signed?: Signed }, ttl: number) => {
    const service = serviceOf(version, publication);
    return service.state === 'gone' && now >= Math.max(service.until + ttl, version.signed?.expiration ?? 0) + grace;
  };
  const content = withoutOldest(journal.content, (version) =>
    isForgotten(version, Math.max(version.largestTtl, version.negativeTtl)),
  );
  const dsTtl = Math.max(usualDsTtl, ...journal.evidence.map(({ fact }) => (fact.kind === 'ds-seen' ? fact.ttl : 0)));
  const parentDs = withoutOldest(journal.parentDs, (version) => isForgotten(version, dsTtl));
  const [rrsets, routes] = [journal.rrsets, journal.routes].map((histories) =>
    same(
      histories,
      histories.flatMap((history) => {
        const versions = withoutOldest(history.versions, (version) => isForgotten(version, version.ttl));
        const kept = versions === history.versions ? history : { ...history, versions };
        return isAbsentForLong(kept, now - grace, publication) ? [] : kept;
      }),
    ),
  );
  const trimmed = { ...journal, content, parentDs, rrsets, routes };
  const evidence = same(journal.evidence, evidenceLeft(trimmed, lastDs(journal), now, grace + dsTtl, isInUse));
  const serials = same(journal.serials, serialsLeft(trimmed, now));
  const isSame =
    content === journal.content &&
    parentDs === journal.parentDs &&
    rrsets === journal.rrsets &&
    routes === journal.routes &&
    evidence === journal.evidence &&
    serials === journal.serials;
  return isSame ? journal : { ...trimmed, evidence, serials };
}

function withoutOldest<V extends Timeline>(versions: readonly V[], isForgotten: (version: V) => boolean): readonly V[] {
  let start = 0;
  while (start < versions.length && versions[start].dropped !== undefined && isForgotten(versions[start])) start++;
  return start === 0 ? versions : versions.slice(start);
}

/** Nothing but its absence is left, which every server has had since then: the same as an RRset that never was. */
function isAbsentForLong({ versions }: RRsetHistory, since: number, publication: Publication): boolean {
  const [only] = versions;
  if (versions.length !== 1 || only.records.length > 0 || only.dropped !== undefined) return false;
  const service = serviceOf(only, publication);
  return service.state === 'published' && service.from + only.ttl <= since;
}

/**
 * The last look that found a DS: where it vanished, nothing else says that there was one. A zone that was unsigned since then was meant
 * to lose it.
 */
function lastDs({ evidence, content }: Journal): number | undefined {
  const row = evidence.findLast(({ fact }) => fact.kind === 'ds-seen' && fact.records.length > 0);
  const wasLeft = content.some(({ signed, built }) => signed === undefined && built >= (row?.at ?? 0));
  return wasLeft ? undefined : row?.id;
}

function evidenceLeft(
  journal: Journal,
  lastDs: number | undefined,
  now: number,
  grace: number,
  isInUse: (spki: string) => boolean,
): readonly Evidence[] {
  const { evidence, content, parentDs, rrsets, routes } = journal;
  const used = new Set<number | undefined>(
    [...content, ...parentDs, ...[...rrsets, ...routes].flatMap(({ versions }) => versions)].map(({ service }) =>
      service.state === 'unseen' ? undefined : service.evidence,
    ),
  );
  for (const kind of ['published', 'ds-seen'] as const) used.add(lastOf(journal, kind)?.id);
  used.add(lastDs);
  const nextDs = new Map<number, number>();
  let later: Evidence | undefined;
  for (const row of evidence.toReversed()) {
    if (row.fact.kind !== 'ds-seen') continue;
    if (later !== undefined) nextDs.set(row.id, later.at);
    later = row;
  }
  return evidence.filter(({ id, at, fact }) => {
    if (used.has(id)) return true;
    if (fact.kind === 'published') return false;
    if (fact.kind === 'ds-seen') return now < (nextDs.get(id) ?? now) + grace;
    if (now < at + certificateMemory || isInUse(fact.spki)) return true;
    return certificatesServed(journal, fact).some((row) => row.id === id);
  });
}

/**
 * Servers may have the last serial that was confirmed, or any later one. Of old ones among them, those stay with which a version
 * ended: the others say nothing that the next one does not say.
 */
function serialsLeft(journal: Journal, now: number): readonly BuiltSerial[] {
  const { serials, content, rrsets, routes } = journal;
  const confirmed = lastOf(journal, 'published')?.fact.serial;
  const last = serials.findLastIndex(({ serial }) => serial === confirmed);
  const changes = [...content, ...[...rrsets, ...routes].flatMap(({ versions }) => versions)].map(
    (version) => version.built,
  );
  return serials.filter(({ built }, index) => {
    if (now < built + serialMemory || index === last || index === serials.length - 1) return true;
    const next = serials[index + 1].built;
    return index > last && changes.some((change) => built < change && change <= next);
  });
}

function same<T>(before: readonly T[], after: readonly T[]): readonly T[] {
  return before.length === after.length && before.every((item, index) => item === after[index]) ? before : after;
}
