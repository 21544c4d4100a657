/**
 * What a build asks of certificates in time: the TLSA records of each owner of a zone, what observed certificates are evidence of, and
 * what the first DS waits for.
 */
import { sha256 } from '../crypto/digest.ts';
import type { Domain } from '../describe/description.ts';
import type { Name } from '../dns/name.ts';
import { Type } from '../dns/type.ts';
import { withCertificate } from '../journal/evidence.ts';
import type { Journal, Override } from '../journal/journal.ts';
import { swapsZoneKey } from '../rollover/advance.ts';
import { type Outlasting, outlasting, type Routes } from '../rollover/routes.ts';
import { rules } from '../rollover/rules.ts';
import { decideTlsa, mayBeSecure, type TlsaDecision } from '../rollover/tlsa.ts';
import { hex } from '../text/octets.ts';
import { type TlsaZone, tlsaQuestions } from './host-tlsa.ts';
import { noRepository, type Repository } from './repository.ts';
import type { CertificatesSeen, ZoneState } from './zone-state.ts';

/** Owner → what stands there; owners with an alias are not in it. */
export type TlsaDecisions = ReadonlyMap<Name, TlsaDecision>;

/** What a zone has at TLSA owners in a run. */
export interface TlsaNow {
  readonly decisions: TlsaDecisions;
  /** What the description no longer asks for at all. */
  readonly outlasting: readonly Outlasting[];
}

export function tlsaDecisions(repository: Repository, zone: TlsaZone): TlsaDecisions {
  return new Map(
    tlsaQuestions(repository, zone).map((question): [Name, TlsaDecision] => [question.owner, decideTlsa(question)]),
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

/** Of the certificates of the description: SHA-256 over the SPKI, hexadecimal. Every key, where it could not be read whole. */
export function keysInUse(repository: Repository, zone: Name): (spki: string) => boolean {
  const { certificates, broken, errorsOf } = repository;
  if (repository === noRepository || broken.length > 0 || (errorsOf.get(zone) ?? []).length > 0) return () => true;
  const keys = [...certificates.values()].flatMap(({ chain: [leaf], next }) =>
    next === undefined ? [leaf] : [leaf, next],
  );
  const digests = new Set(keys.map(({ spki }) => hex(sha256(spki))));
  return (spki) => digests.has(spki);
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
  routes: Routes,
  { now, overrides }: RunFacts,
): TlsaNow & { readonly nextEvent: number } {
  const withdraw = journal?.requests.insecure !== undefined;
  const decisions = tlsaDecisions(repository, {
    domain,
    journal,
    now,
    swapsZoneKey: rolled !== undefined && swapsZoneKey(rolled.after),
    withdraw,
    overridden: overriddenFor(overrides),
    routes,
  });
  const outlast = withdraw || journal === undefined ? [] : outlastingIn(repository, domain, journal, routes);
  const dates = [
    ...[...decisions.values()].map(({ nextEvent, deferred }) => (deferred ? now : nextEvent)),
    ...outlast.map(({ wait }) => wait.earliest),
  ];
  return { decisions, outlasting: outlast, nextEvent: Math.min(...dates.map((at) => at ?? Number.POSITIVE_INFINITY)) };
}

/** In a zone that nobody can verify TLSA records mean nothing: none outlasts what asked for it. */
export function outlastingIn(
  { hostsOf, associations }: Repository,
  { name, records }: Domain,
  journal: Journal,
  routes: Routes,
): readonly Outlasting[] {
  if (!mayBeSecure(journal)) return [];
  const services = (hostsOf.get(name) ?? []).flatMap((host) => associations.get(host.name) ?? []);
  const spelled = records.filter(({ type }) => type === Type.TLSA || type === Type.CNAME);
  return outlasting(journal, new Set([...services, ...spelled].map(({ owner }) => owner)), routes);
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
