/** What a sender may find that asks for TLSA records: every RRset that may be held at the owner, and behind every CNAME there. */
import { ancestors, isAtOrBelow, type Name, nameFromWire } from '../dns/name.ts';
import { Type } from '../dns/type.ts';
import type { RRsetVersion } from '../journal/journal.ts';
import { fromHex } from '../text/octets.ts';
import type { ServiceRules } from './policy.ts';
import { type Entry, entriesOf } from './served.ts';
import { endOf, overlap, type Span } from './span.ts';
import type { CacheContent } from './violation.ts';
import { tlsaLabel } from './words.ts';
import type { ZoneHistory } from './zone-history.ts';

export interface KnownZone {
  readonly history: ZoneHistory;
  readonly rules: ServiceRules;
}

export interface Found {
  /** TLSA RDATA, hexadecimal; empty: none, or nothing is known of the zone. */
  readonly records: readonly string[];
  /** When all that was asked may be held. */
  readonly span: Span;
  /** The zones that were asked on the way; undefined among them: one whose history is not known. */
  readonly zones: readonly (KnownZone | undefined)[];
  readonly caches: readonly CacheContent[];
}

/** CNAME records that resolvers follow; more are a mistake. */
const longestWay = 8;

export function lookUpTlsa(owner: Name, zones: readonly KnownZone[], during: Span, way = 0): readonly Found[] {
  const zone = zoneOf(owner, zones);
  if (zone === undefined || way > longestWay) return [{ records: [], span: during, zones: [zone], caches: [] }];
  const aliases = entriesAt(zone, owner, Type.CNAME).filter(({ version }) => version.records.length > 0);
  const beyond = aliases.flatMap((alias) => {
    const span = overlap(alias.held, during);
    const target = nameFromWire(fromHex(alias.version.records[0]) ?? Uint8Array.of(0));
    if (span === undefined) return [];
    return lookUpTlsa(target, zones, span, way + 1).map((found) => ({
      ...found,
      zones: [zone, ...found.zones],
      caches: [content('CNAME', owner, alias, [target]), ...found.caches],
    }));
  });
  const here = entriesAt(zone, owner, Type.TLSA);
  const own = here.flatMap((entry): Found[] => {
    const span = overlap(entry.held, during);
    const { records } = entry.version;
    // Whoever asks while there is an alias is told of the alias, and never of an absence.
    if (span === undefined || (records.length === 0 && aliases.some((alias) => covers(alias, entry)))) return [];
    return [{ records, span, zones: [zone], caches: [content('TLSA', owner, entry, records.map(tlsaLabel))] }];
  });
  const isUnheard = here.length === 0 && aliases.length === 0;
  const absences = here.filter((entry) => entry.version.records.length === 0).map(({ served }) => served);
  const made = fromWildcards(zone, owner, isUnheard ? [always] : absences, during);
  if (isUnheard && made.length === 0) return [{ records: [], span: during, zones: [zone], caches: [] }];
  return [...beyond, ...own, ...made];
}

const always: Span = { from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };

/**
 * What a wildcard of the service answers while nothing stands at its owner (RFC 4592 section 3.3.1): caches hold that at the owner, as
 * long as the wildcard's own TTL says.
 */
function fromWildcards(zone: KnownZone, owner: Name, absences: readonly Span[], during: Span): readonly Found[] {
  if (!/^_[0-9]+\._/.test(owner)) return [];
  const [, protocol, host] = ancestors(owner);
  return [protocol, host].flatMap((above) => {
    const wildcard = `*.${above}` as Name;
    return entriesAt(zone, wildcard, Type.TLSA)
      .filter(({ version }) => version.records.length > 0)
      .flatMap((entry) =>
        absences.flatMap((absence): Found[] => {
          const served = overlap(entry.served, absence);
          const span = served && overlap({ ...served, until: served.until + entry.ttl }, entry.held, during);
          if (span === undefined) return [];
          const { records } = entry.version;
          return [{ records, span, zones: [zone], caches: [content('TLSA', wildcard, entry, records.map(tlsaLabel))] }];
        }),
      );
  });
}

function covers(alias: Entry, { version }: Entry): boolean {
  const { built, dropped = Number.POSITIVE_INFINITY } = version;
  return alias.version.built <= built && dropped <= (alias.version.dropped ?? Number.POSITIVE_INFINITY);
}

/** The zone with the longest name that this one ends in. */
function zoneOf(owner: Name, zones: readonly KnownZone[]): KnownZone | undefined {
  const holding = zones.filter(({ history }) => isAtOrBelow(owner, history.journal.zone));
  return holding.sort((a, b) => b.history.journal.zone.length - a.history.journal.zone.length)[0];
}

function entriesAt({ history, rules }: KnownZone, owner: Name, type: number): readonly Entry<RRsetVersion>[] {
  const { rrsets, content: contents } = history.journal;
  const versions = rrsets.find((rrset) => rrset.owner === owner && rrset.type === type)?.versions ?? [];
  return entriesOf(versions, contents, rules, ({ ttl }) => ttl);
}

function content(
  what: 'CNAME' | 'TLSA',
  name: Name,
  { version, held, ttl }: Entry<RRsetVersion>,
  records: readonly string[],
): CacheContent {
  const signers = version.signed?.signers ?? [];
  return { what, name, records, signers, since: version.built, heldUntil: endOf(held), ttl };
}
