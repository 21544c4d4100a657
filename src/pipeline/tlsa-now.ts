/**
 * What a build asks of certificates in time: the TLSA records of each owner of a zone, what observed certificates are evidence of, and
 * what the first DS waits for.
 */
import type { Domain } from '../describe/description.ts';
import type { Name } from '../dns/name.ts';
import { withCertificate } from '../journal/evidence.ts';
import type { Journal, Override } from '../journal/journal.ts';
import { swapsZoneKey } from '../rollover/advance.ts';
import { rules } from '../rollover/rules.ts';
import { decideTlsa, type TlsaDecision } from '../rollover/tlsa.ts';
import { type TlsaZone, tlsaQuestion } from './host-tlsa.ts';
import type { Repository } from './repository.ts';
import type { CertificatesSeen, ZoneState } from './zone-state.ts';

/** Owner → what stands there; owners with an alias are not in it. */
export type TlsaDecisions = ReadonlyMap<Name, TlsaDecision>;

export function tlsaDecisions(repository: Repository, zone: TlsaZone): TlsaDecisions {
  const { hostsOf, associations, certificates } = repository;
  const hosts = hostsOf.get(zone.domain.name) ?? [];
  return new Map(
    hosts.flatMap((host) =>
      (associations.get(host.name) ?? []).flatMap((service): [Name, TlsaDecision][] => {
        const question = tlsaQuestion(host, service, certificates, zone);
        return question === undefined ? [] : [[service.owner, decideTlsa(question)]];
      }),
    ),
  );
}

/** The part of `build --override rule=host` that is about TLSA records. */
export function overriddenFor(overrides: ReadonlySet<string>): (host: Name) => ReadonlySet<string> {
  return (host) => {
    const subjects = [host, host.slice(0, -1)];
    return new Set(
      [firstTlsa, withdrawn].filter((rule) => subjects.some((subject) => overrides.has(`${rule}=${subject}`))),
    );
  };
}

const firstTlsa = rules['rollover/first-tlsa-unserved'].id;
const withdrawn = rules['rollover/withdrawn-too-early'].id;

export interface RunFacts {
  /** Unix seconds. */
  readonly now: number;
  /** `rule=subject`. */
  readonly overrides: ReadonlySet<string>;
}

/** For the run of the engine: before the TLSA records can be decided, because they wait for it. */
export function certificatesSeen(repository: Repository, domain: Domain, run: RunFacts): CertificatesSeen {
  const decisionsAt = (journal: Journal) => [...tlsaDecisions(repository, { domain, journal, now: run.now }).values()];
  return {
    seen: (journal) => withSight(journal, decisionsAt(journal), run),
    unserved: (journal) => decisionsAt(journal).flatMap((decision) => decision.beforeDs),
  };
}

/** After it. `nextEvent`: Unix seconds; Infinity where no record waits for a date. */
export function tlsaOfRun(
  repository: Repository,
  domain: Domain,
  { journal, rolled }: Pick<ZoneState, 'journal' | 'rolled'>,
  { now, overrides }: RunFacts,
): { readonly decisions: TlsaDecisions; readonly nextEvent: number } {
  const decisions = tlsaDecisions(repository, {
    domain,
    journal,
    now,
    swapsZoneKey: rolled !== undefined && swapsZoneKey(rolled.after),
    withdraw: journal?.requests.insecure !== undefined,
    overridden: overriddenFor(overrides),
  });
  const dates = [...decisions.values()].map(({ nextEvent = Number.POSITIVE_INFINITY, deferred }) =>
    deferred ? now : nextEvent,
  );
  return { decisions, nextEvent: Math.min(Number.POSITIVE_INFINITY, ...dates) };
}

/** The journal with what observed certificates are evidence of, and with overrides that had something to override. */
function withSight(journal: Journal, decisions: readonly TlsaDecision[], { now, overrides }: RunFacts): Journal {
  let seen = journal;
  for (const fact of decisions.flatMap(({ evidence }) => evidence)) {
    seen = withCertificate(seen, { ...fact, at: now, by: 'observed', servers: [] }).journal ?? seen;
  }
  const rows = decisions.flatMap(({ certificates, omitted, withdrawnTooEarly }): Override[] => {
    const host = certificates.at(0)?.service.host ?? journal.zone;
    const named = overriddenFor(overrides)(host);
    const had = [...(omitted.length > 0 ? [firstTlsa] : []), ...(withdrawnTooEarly.length > 0 ? [withdrawn] : [])];
    return had.filter((rule) => named.has(rule)).map((rule) => ({ at: now, rule, subject: host, by: '--override' }));
  });
  if (rows.length === 0) return seen;
  const changed = Math.max(seen.changed, now);
  return { ...seen, generation: seen.generation + 1, changed, overrides: [...seen.overrides, ...rows] };
}
