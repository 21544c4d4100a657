/** The journal after a build. */
import { compareNames, type Name } from '../dns/name.ts';
import type { TypeCode } from '../dns/type.ts';
import type { BuiltRRset, BuiltZone } from './built-zone.ts';
import type { ContentVersion, DsVersion, Journal, RRsetHistory, RRsetVersion, Signed, Timeline } from './journal.ts';

/** What a build shows of a version. */
type Found<V> = Omit<V, keyof Timeline>;

/**
 * The same input gives the same result, and the very same object where nothing moved. A version
 * that the build no longer has is dropped now; an awaited RRset that left the zone is followed by its absence. Every serial has
 * a time of its own, later than those before it, so that times alone say which versions were in the zone with which serial.
 */
export function withBuilt(journal: Journal, built: BuiltZone, clock: number): Journal {
  const now = timeOfBuild(journal, built, clock);
  const serials =
    journal.serials.at(-1)?.serial === built.serial
      ? journal.serials
      : [...journal.serials, { serial: built.serial, built: now, firstExpiry: built.firstExpiry }];
  const serial = serialAfter(journal, built, now);
  const content = versionsAfter<ContentVersion>(
    journal.content,
    built.content,
    (a, b) =>
      a.largestTtl === b.largestTtl &&
      a.negativeTtl === b.negativeTtl &&
      a.expire === b.expire &&
      sameSigners(a.signed, b.signed),
    now,
  );
  const records = [...built.parentDs].sort();
  // A zone without DS so far has no history of having none.
  const parentDs =
    journal.parentDs.length === 0 && records.length === 0
      ? journal.parentDs
      : versionsAfter<DsVersion>(journal.parentDs, { records }, (a, b) => sameTexts(a.records, b.records), now);
  // The absence that was there before an RRset: caches may hold that too. In a new zone there was none.
  const rrsets = historiesAfter(journal.rrsets, built.rrsets, () => absenceSoFar(journal), absence(built.content), now);
  const routes = built.routes === undefined ? journal.routes : routesAfter(journal, built.routes, now);
  if (
    serial === journal.serial &&
    content === journal.content &&
    parentDs === journal.parentDs &&
    rrsets === journal.rrsets &&
    routes === journal.routes &&
    serials === journal.serials
  ) {
    return journal;
  }
  return {
    ...journal,
    generation: journal.generation + 1,
    changed: Math.max(journal.changed, now),
    serial,
    serials,
    content,
    parentDs,
    rrsets,
    routes,
  };
}

/** The routes of a journal after a build that has these; the very same where nothing moved. */
export function routesAfter(
  { routes }: Pick<Journal, 'routes'>,
  built: readonly BuiltRRset[],
  now: number,
): Journal['routes'] {
  return historiesAfter(routes, built, () => [], { records: [], ttl: 0 }, now);
}

/** Unix seconds. Two builds in one second, and a clock that went back, still make one build after the other. */
function timeOfBuild({ serials }: Journal, { serial }: BuiltZone, clock: number): number {
  const last = serials.at(-1);
  if (last === undefined) return clock;
  return Math.max(clock, last.serial === serial ? last.built : last.built + 1);
}

function serialAfter(
  { serial }: Journal,
  { serial: last, serialPolicy: policy, contentDigest }: BuiltZone,
  now: number,
) {
  const same = serial?.last === last && serial.policy === policy && serial.contentDigest === contentDigest;
  if (same) return serial;
  return { last, policy, contentDigest, built: serial?.last === last ? serial.built : now };
}

/** `before`: what stood there until an RRset came; `gone`: what stands there when it has left. */
function historiesAfter(
  histories: readonly RRsetHistory[],
  built: readonly BuiltRRset[],
  before: () => readonly RRsetVersion[],
  gone: Found<RRsetVersion>,
  now: number,
): readonly RRsetHistory[] {
  const key = (owner: Name, type: TypeCode) => `${owner} ${type}`;
  const known = new Set(histories.map((history) => key(history.owner, history.type)));
  const found = new Map(built.map((rrset) => [key(rrset.owner, rrset.type), rrset]));
  let moved = false;
  const after = histories.map((history): RRsetHistory => {
    const rrset = found.get(key(history.owner, history.type));
    const versions = versionsAfter(history.versions, rrset === undefined ? gone : versionOf(rrset), sameRRset, now);
    moved ||= versions !== history.versions;
    return versions === history.versions ? history : { ...history, versions };
  });
  for (const [id, rrset] of found) {
    if (known.has(id)) continue;
    moved = true;
    const versions = versionsAfter(before(), versionOf(rrset), sameRRset, now);
    after.push({ owner: rrset.owner, type: rrset.type, versions });
  }
  if (!moved) return histories;
  return after.sort((a, b) => compareNames(a.owner, b.owner) || a.type - b.type);
}

function versionOf({ records, ttl, signed }: BuiltRRset) {
  return { records, ttl, signed };
}

function absence({ negativeTtl, signed }: BuiltZone['content']): Found<RRsetVersion> {
  return { records: [], ttl: negativeTtl, signed };
}

/** An RRset that nobody waited for until now was absent with the denials that each version of the content had. */
function absenceSoFar({ content }: Journal): readonly RRsetVersion[] {
  return content.map((version) => {
    const { built, dropped, service } = version;
    return { ...absence(version), built, dropped, service };
  });
}

function sameRRset(a: Found<RRsetVersion>, b: Found<RRsetVersion>): boolean {
  return a.ttl === b.ttl && sameTexts(a.records, b.records) && sameSigners(a.signed, b.signed);
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, index) => text === b[index]);
}

function sameSigners(a: Signed | undefined, b: Signed | undefined): boolean {
  return sameTexts(a?.signers ?? [], b?.signers ?? []);
}

/**
 * A history after a build that has `found` in it: the current version with later signatures, or the end of it and a new one.
 * The very same array where nothing moved.
 */
function versionsAfter<V extends Timeline & { readonly signed?: Signed }>(
  versions: readonly V[],
  found: Found<V>,
  same: (a: Found<V>, b: Found<V>) => boolean,
  now: number,
): readonly V[] {
  const current = versions.at(-1);
  if (current !== undefined && current.dropped === undefined && same(current, found)) {
    const signed = laterOf(current.signed, found.signed);
    return signed === current.signed ? versions : [...versions.slice(0, -1), { ...current, signed }];
  }
  const ended = versions.map((version) => (version.dropped === undefined ? { ...version, dropped: now } : version));
  const added = { ...found, built: now, service: { state: 'unseen' } };
  return [...ended, added as unknown as V];
}

/** The very first object where the second adds nothing. */
function laterOf(before: Signed | undefined, now: Signed | undefined): Signed | undefined {
  if (before === undefined || now === undefined) return now;
  if (now.inception <= before.inception && now.expiration <= before.expiration) return before;
  return {
    signers: now.signers,
    inception: Math.max(before.inception, now.inception),
    expiration: Math.max(before.expiration, now.expiration),
  };
}
