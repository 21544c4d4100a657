/**
 * Whether every version is served only while its signatures are valid (ROLLOVER section 5): service cannot be cut short as
 * holding can.
 *
 * The journal keeps the latest inception and the latest expiration of a version, not each signing. So it shows for certain that a version
 * was still served after its last signature, and that its last signatures were made with an inception in the future; a
 * re-signing in between that came too late shows only while it is the latest.
 */
import type { ContentVersion, Journal, RRsetVersion } from '../journal/journal.ts';
import { readableTime } from '../text/time.ts';
import type { ProofPolicy } from './policy.ts';
import type { Entry } from './served.ts';
import { endOf, overlap, type Span } from './span.ts';
import type { CacheContent, Violation } from './violation.ts';
import type { ZoneHistory } from './zone-history.ts';

/**
 * `until` of `during` is Infinity where the future is not known: then only its first instant is judged, and nothing is said of
 * a version that was dropped and whose end nobody has seen. That is no reason to stop a build that signs the zone again.
 */
export function judgeSignatureWindows(
  { journal, rrsets }: ZoneHistory,
  clockSkew: number,
  during: Span,
): readonly Violation[] {
  const isFutureKnown = endOf(during) !== undefined;
  const judged = isFutureKnown ? during : { from: during.from, until: during.from + 1 };
  const isKnown = ({ version, served }: Entry) =>
    isFutureKnown || version.dropped === undefined || endOf(served) !== undefined;
  return rrsets.flatMap(({ name, entries }) =>
    entries.filter(isKnown).flatMap((entry) => outside(journal, name, entry, clockSkew, judged)),
  );
}

/**
 * Whether what servers show at `at` has signatures that ran out: of the serial that was seen last, of which the journal keeps when the
 * first of them did. `journal`: as it stands then, without a future in which everything is signed again.
 */
export function judgeShown(
  journal: Journal,
  publication: ProofPolicy['publication'],
  at: number,
): readonly Violation[] {
  const seen = journal.evidence.flatMap(({ fact }) => (fact.kind === 'published' ? [fact.serial] : [])).at(-1);
  const shown = publication.kind === 'by-build' ? journal.serials.at(-1) : undefined;
  const { serial, built, firstExpiry } = shown ?? journal.serials.find((row) => row.serial === seen) ?? {};
  if (serial === undefined || built === undefined || firstExpiry === undefined || firstExpiry > at) return [];
  const name = `${journal.zone} (serial ${serial})`;
  return [
    {
      kind: 'signature-window',
      subject: { kind: 'zone', name: journal.zone },
      from: at,
      profiles: [],
      caches: [{ what: 'RRset', name, records: [], since: built }],
      names: [name],
      message: `${name}: servers showed it last, and the first of its signatures ran out at ${readableTime(firstExpiry)}; build, publish and confirm`,
    },
  ];
}

function outside(
  journal: Journal,
  name: string,
  { version, served, held, ttl }: Entry<ContentVersion | RRsetVersion>,
  clockSkew: number,
  judged: Span,
): readonly Violation[] {
  const { signed, built, dropped } = version;
  if (signed === undefined) return [];
  const { inception, expiration, signers } = signed;
  // Made before this time, and handed out from when it was made.
  const madeBefore = dropped ?? Math.max(journal.changed, built);
  const early = { from: madeBefore, until: inception + clockSkew };
  const late = { from: Math.max(built, expiration - clockSkew), until: Number.POSITIVE_INFINITY };
  return [early, late].flatMap((span): Violation[] => {
    const outside = overlap(span, served, judged);
    if (outside === undefined) return [];
    const cache: CacheContent = {
      what: 'RRset',
      name,
      records: [],
      signers,
      since: built,
      heldUntil: endOf(held),
      ttl,
    };
    const window = `valid from ${readableTime(inception)} until ${readableTime(expiration)}`;
    const until = endOf(overlap(span, served) as Span);
    const words =
      span === early ? 'before its signatures are valid to every clock' : 'after its signatures have run out';
    return [
      {
        kind: 'signature-window',
        subject: { kind: 'zone', name: journal.zone },
        from: outside.from,
        until,
        profiles: [],
        caches: [cache],
        names: [name],
        message: `${name}: the version of ${readableTime(built)}, ${window}, may be served at ${readableTime(outside.from)}, ${words}`,
      },
    ];
  });
}
