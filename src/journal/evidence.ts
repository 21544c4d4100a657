/**
 * What was seen goes into the journal (ROLLOVER section 6). Every function gives the journal with the evidence and the clocks
 * that start from it, the very same journal where it says nothing new, or an error in words for the person who said it.
 *
 * Evidence never makes a clock earlier: a time before the last evidence of the same kind counts as the time of that.
 */
import { isAhead } from '../dns/serial.ts';
import { readableTime } from '../text/time.ts';
import { clockTolerance } from './clock.ts';
import type { DsVersion, Evidence, Fact, Journal, KeyRecord, Service, Timeline } from './journal.ts';

export type WithEvidence =
  | { readonly journal: Journal; readonly error?: undefined }
  | { readonly error: string; readonly journal?: undefined };

/** Times in Unix seconds. */
export interface Witness {
  readonly at: number;
  /** `publish`, `observe`, or the person who confirms. */
  readonly by: string;
  readonly servers: readonly string[];
  /** The clock of this machine; times beyond it are refused. Undefined: `at` is now. */
  readonly now?: number;
}

/**
 * Every listed name server has `serial`, at `at`: its versions are published, those that were dropped before it was built are
 * gone. Servers that are seen with an older serial than before have gone back: what they show again is published from now on,
 * and what is newer has not been seen.
 */
export function withPublished(
  journal: Journal,
  { serial, ...witness }: Witness & { readonly serial: number },
): WithEvidence {
  const wrong = wrongTime(journal, witness);
  if (wrong !== undefined) return { error: wrong };
  const row = journal.serials.findLast((one) => one.serial === serial);
  if (row === undefined) return { error: unknownSerial(journal, serial) };
  const { built } = row;
  if (witness.at < built - clockTolerance) {
    return {
      error: `serial ${serial} was built at ${readableTime(built)}: it cannot have been published at ${readableTime(witness.at)}`,
    };
  }
  const last = lastOf(journal, 'published');
  if (last !== undefined && witness.at < last.at && isAhead(last.fact.serial, serial)) {
    return {
      error: `serial ${last.fact.serial}, a later one, was confirmed at ${readableTime(last.at)}: what was published before it changes nothing any more`,
    };
  }
  const at = Math.max(witness.at, built, last?.at ?? 0);
  const evidence = { ...witness, at, fact: { kind: 'published', serial } } as const;
  const id = nextId(journal);
  const seen = <V extends Timeline>(versions: readonly V[]) =>
    withService(versions, (of) => seenWith(of, built, at, id));
  const content = seen(journal.content);
  const [rrsets, routes] = [journal.rrsets, journal.routes].map((histories) =>
    kept(histories, (history) => {
      const versions = seen(history.versions);
      return versions === history.versions ? history : { ...history, versions };
    }),
  );
  const isSame = content === journal.content && rrsets === journal.rrsets && routes === journal.routes;
  const isKnown = isSame && last?.fact.serial === serial;
  return { journal: isKnown ? journal : withRow({ ...journal, content, rrsets, routes }, evidence) };
}

/** What every server having the build of `built` says of a version. */
function seenWith({ built: first, dropped, service }: Timeline, built: number, at: number, evidence: number): Service {
  if (first > built) {
    // Not there, or not there any more: what was known of its arrival holds no longer.
    if (service.state === 'published') return { state: 'unseen' };
    return service.state === 'gone' && service.from !== undefined ? { ...service, from: undefined } : service;
  }
  if (dropped === undefined || dropped > built) {
    return service.state === 'published' ? service : { state: 'published', from: at, evidence };
  }
  if (service.state === 'gone') return service;
  return { state: 'gone', from: service.state === 'published' ? service.from : undefined, until: at, evidence };
}

/**
 * Every parent server shows these DS records, hexadecimal RDATA; empty: none, and `ttl` is that of the answer without them.
 * A DS set that the parent was to have is published while it is seen, and gone when another one is.
 */
export function withDs(
  journal: Journal,
  { records, ttl, ...witness }: Witness & { readonly records: readonly string[]; readonly ttl: number },
): WithEvidence {
  const wrong = wrongTime(journal, witness);
  if (wrong !== undefined) return { error: wrong };
  const last = lastOf(journal, 'ds-seen');
  const at = Math.max(witness.at, last?.at ?? 0);
  const set = [...records].sort();
  const fact = { kind: 'ds-seen', records: set, ttl } as const;
  const id = nextId(journal);
  // Of a set that was asked for twice, the later time counts.
  const shown = journal.parentDs.findLast((version) => same(version.records, set));
  const parentDs = withService(journal.parentDs, (version) =>
    version === shown ? shownAtParent(version.service, at, id) : notShownAtParent(version, set, at, id),
  );
  // After a DS was asked for or withdrawn only a later look shows that it is there or gone, though it shows the set of the one before.
  const isMoving = ({ ds }: KeyRecord) => ds.state === 'unretentive' || ds.state === 'rumoured';
  const isWaited = last !== undefined && journal.keys.some((key) => isMoving(key) && key.ds.since > last.at);
  const isKnown =
    parentDs === journal.parentDs && last !== undefined && last.fact.ttl === ttl && same(last.fact.records, set);
  return { journal: isKnown && !isWaited ? journal : withRow({ ...journal, parentDs }, { ...witness, at, fact }) };
}

function shownAtParent(service: Service, at: number, evidence: number): Service {
  return service.state === 'published' ? service : { state: 'published', from: at, evidence };
}

function notShownAtParent(
  { records, dropped, service }: DsVersion,
  set: readonly string[],
  at: number,
  evidence: number,
): Service {
  if (service.state === 'gone' || same(records, set)) return service;
  if (dropped !== undefined) {
    return { state: 'gone', from: service.state === 'published' ? service.from : undefined, until: at, evidence };
  }
  // Asked for and not there yet, or not there any more; it may yet come.
  return service.state === 'published' ? { state: 'unseen' } : service;
}

export type CertificateFact = Omit<Extract<Fact, { kind: 'certificate-served' }>, 'kind'>;

/** Every address of the host shows the certificate with this SPKI at this port. */
export function withCertificate(
  journal: Journal,
  { host, port, protocol, spki, ...witness }: Witness & CertificateFact,
): WithEvidence {
  const wrong = wrongTime(journal, witness);
  if (wrong !== undefined) return { error: wrong };
  const fact = { kind: 'certificate-served', host, port, protocol, spki } as const;
  const shown = certificatesServed(journal, fact);
  if (shown.some((row) => row.fact.spki === spki)) return { journal };
  const at = Math.max(witness.at, shown.at(-1)?.at ?? 0);
  return { journal: withRow(journal, { ...witness, at, fact }) };
}

/** The evidence of what a service shows now: the rows of the last time, one for each key algorithm. */
export function certificatesServed(
  { evidence }: Pick<Journal, 'evidence'>,
  { host, port, protocol }: Omit<CertificateFact, 'spki'>,
): readonly Row<'certificate-served'>[] {
  const rows = rowsOf(evidence, 'certificate-served').filter(
    ({ fact }) => fact.host === host && fact.port === port && fact.protocol === protocol,
  );
  return rows.filter(({ at }) => at === rows.at(-1)?.at);
}

type Row<K extends Fact['kind']> = Omit<Evidence, 'fact'> & { readonly fact: Extract<Fact, { kind: K }> };

function rowsOf<K extends Fact['kind']>(evidence: readonly Evidence[], kind: K): readonly Row<K>[] {
  return evidence.filter((row): row is Row<K> & Evidence => row.fact.kind === kind);
}

/** The last evidence of a kind. */
export function lastOf<K extends 'published' | 'ds-seen'>(
  { evidence }: Pick<Journal, 'evidence'>,
  kind: K,
): Row<K> | undefined {
  return rowsOf(evidence, kind).at(-1);
}

/** What is dated by a clock that is behind would let waits end too early. */
function wrongTime({ changed }: Journal, { at, now }: Witness): string | undefined {
  if (now !== undefined && now < changed - clockTolerance) {
    return `it is ${readableTime(now)} by this clock, and the journal was written at ${readableTime(changed)}, which has not come yet: set the clock (NTP), or, if it was ahead then, restore keys/ from version control, build, and say it again`;
  }
  if (now === undefined || at <= now + clockTolerance) return undefined;
  return `${readableTime(at)} has not come yet; it is ${readableTime(now)} now`;
}

function unknownSerial({ serials }: Journal, serial: number): string {
  if (serials.length === 0) return `serial ${serial} was not built: nothing has been built yet`;
  const known = serials.slice(-5).map((row) => `${row.serial} (${readableTime(row.built)})`);
  return `serial ${serial} was not built here, or is forgotten; the last that were built are ${known.join(', ')}`;
}

const nextId = ({ evidence }: Journal) => (evidence.at(-1)?.id ?? 0) + 1;

function withRow(journal: Journal, { at, by, servers, fact, now = at }: Witness & { readonly fact: Fact }): Journal {
  return {
    ...journal,
    generation: journal.generation + 1,
    changed: Math.max(journal.changed, at, now),
    evidence: [...journal.evidence, { id: nextId(journal), at, by, servers, fact }],
  };
}

function withService<V extends Timeline>(versions: readonly V[], serviceOf: (version: V) => Service): readonly V[] {
  return kept(versions, (version) => {
    const service = serviceOf(version);
    return service === version.service ? version : { ...version, service };
  });
}

/** The very same array where every item is the same. */
function kept<T>(items: readonly T[], change: (item: T) => T): readonly T[] {
  const changed = items.map(change);
  return changed.every((item, index) => item === items[index]) ? items : changed;
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, index) => text === b[index]);
}
