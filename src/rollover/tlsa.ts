/**
 * What stands at one TLSA owner now (ROLLOVER section 3): current ∪ next ∪ retained, without what would hurt. The same question gives
 * the same decision; build, check, plan and `ready` ask it.
 *
 * Records are RDATA in hexadecimal. A *combination* is certificate usage, selector and matching type, the first three octets.
 */
import { sha256 } from '../crypto/digest.ts';
import { Type } from '../dns/type.ts';
import { certificatesServed } from '../journal/evidence.ts';
import { currentVersion, versionsOf } from '../journal/held.ts';
import type { Journal } from '../journal/journal.ts';
import { fromHex, hex } from '../text/octets.ts';
import type { Precondition } from './move.ts';
import type { RolloverPolicy } from './policy.ts';
import { type ServicePoint, servedSince } from './served.ts';
import { isOver, type TlsaClocks, type TlsaWait, tlsaWait } from './tlsa-wait.ts';

export interface TlsaQuestion extends TlsaClocks {
  readonly policy: TlsaClocks['policy'] & Pick<RolloverPolicy, 'retireSafety'>;
  /** Whose senders ask here: one service, or all that an alias leads here. */
  readonly services: readonly ServedHere[];
  /** What the description asks for; empty: nothing, and nothing is kept. */
  readonly wanted: readonly WantedRecord[];
  /** Caches lead senders to addresses that a host had, where an older certificate may be met. */
  readonly leaving?: TlsaWait;
  /** A DS of the zone is in caches, or may be. */
  readonly secure: boolean;
  /** In this run the zone is signed by another key than before: of two changes one waits. */
  readonly swapsZoneKey?: boolean;
  /** The zone goes insecure: its TLSA records leave first. */
  readonly withdraw?: boolean;
  /** Rules that the operator overrides for this host, by name. */
  readonly overridden?: ReadonlySet<string>;
}

export interface WantedRecord {
  readonly rdata: string;
  /** Of a certificate of the description; else somebody spelled it out, or an issuer catalogue has it. */
  readonly isMade: boolean;
}

export interface ServedHere extends ServicePoint {
  /** One for each key algorithm. */
  readonly certificates: readonly CurrentCertificate[];
}

export interface CurrentCertificate extends Presented {
  readonly name: string;
  /** `observed`: copied from the server, so that it is known to be in service. */
  readonly source: 'staged' | 'observed';
  readonly next?: Presented;
}

/** What a server will show: a chain, or a key alone where there is no certificate yet. */
export interface Presented {
  /** SHA-256 over the SPKI, hexadecimal. */
  readonly spki: string;
  /** Unix seconds; undefined: no certificate yet. */
  readonly notAfter?: number;
  /** Whether a record matches the chain (RFC 6698 section 2.1). */
  matches(rdata: string): boolean;
}

export interface TlsaDecision {
  /** To be built, in canonical order. */
  readonly records: readonly string[];
  /** Of `records`: those that the description no longer asks for. */
  readonly retained: readonly string[];
  /** When they may leave; undefined: that waits for certificates to be seen in service. */
  readonly retainedUntil?: number;
  /** They stay for this too. */
  readonly leaving?: TlsaWait;
  /** Of `retained`: records dropped from the description that a certificate known to be served depends on. */
  readonly withdrawnTooEarly: readonly string[];
  /** Asked for and not built: the certificates are not known to be served. */
  readonly omitted: readonly string[];
  /** Changes that wait for the next run, because the key that signs the zone changes in this one. */
  readonly deferred: boolean;
  /** Certificates that nobody has seen in service: the retained records and those omitted wait for them. */
  readonly unserved: readonly Precondition[];
  /** What the first DS waits for, so that it wakes no TLSA RRset that matches nothing. */
  readonly beforeDs: readonly Precondition[];
  /** Combinations and keys change at once, against what was built last (RFC 7671 section 8.4). */
  readonly manyChanges: boolean;
  readonly certificates: readonly CertificateDecision[];
  /** What observed certificates are evidence of, and is not in the journal. */
  readonly evidence: readonly (ServicePoint & { readonly spki: string })[];
  /** Unix seconds: the tool has something to do then. */
  readonly nextEvent?: number;
}

export interface CertificateDecision {
  readonly service: ServicePoint;
  readonly certificate: CurrentCertificate;
  /** Unix seconds; undefined: not known to be served. */
  readonly servedSince?: number;
  /**
   * Caches may hold a TLSA RRset that it does not match. `early`: it may not be deployed before; `exposed`: it is in service, and
   * senders that hold the old records defer mail until then.
   */
  readonly standing:
    | { readonly kind: 'settled' }
    | { readonly kind: 'early' | 'exposed'; readonly wait: TlsaWait; readonly hasLeft: boolean };
  /** Records that only the next key matches, and how long it waits for them; undefined: it needs none of its own. */
  readonly next?: { readonly records: readonly string[]; readonly wait: TlsaWait };
}

export function decideTlsa(question: TlsaQuestion): TlsaDecision {
  const { journal, owner, now, wanted, secure, swapsZoneKey = false, withdraw = false } = question;
  const last = currentVersion(journal, owner, Type.TLSA)?.records ?? [];
  const certificates = question.services.flatMap((service) => certificatesOf(service, question));
  const evidence = certificates
    .filter(({ certificate, isKnown }) => certificate.source === 'observed' && !isKnown)
    .map(({ service, certificate }) => ({ ...service, spki: certificate.spki }));
  const unserved = certificates
    .filter((each) => each.servedSince === undefined)
    .map(({ service: { host, port }, certificate: { spki } }) => {
      return { kind: 'certificate-served', host, port, spki } as const;
    });
  const common = { certificates, evidence, manyChanges: changesMuch(wanted, last, question.services) };
  const nothing = { retained: [], withdrawnTooEarly: [], omitted: [], deferred: false, unserved: [], beforeDs: [] };
  if (withdraw || wanted.length === 0) return { ...common, ...nothing, records: [] };

  const asked = wanted.map(({ rdata }) => rdata);
  const isHeldBack = secure && unserved.length > 0 && !overrides(question, 'rollover/first-tlsa-unserved');
  const known = new Set(last.map(combinationOf));
  const omitted = isHeldBack ? asked.filter((rdata) => !known.has(combinationOf(rdata))) : [];
  const left = last.filter((rdata) => !asked.includes(rdata));
  const needed = overrides(question, 'rollover/withdrawn-too-early') ? [] : neededStill(left, asked, question);
  const leaving = question.leaving === undefined || isOver(question.leaving, now) ? undefined : question.leaving;
  const retainedUntil = laterOf(endOfRetention(certificates, question), leaving);
  const isOverdue = retainedUntil === undefined || now < retainedUntil;
  const retained = isOverdue ? left : needed;
  const built = sortedSet([...asked.filter((rdata) => !omitted.includes(rdata)), ...retained]);
  const records = swapsZoneKey && last.length > 0 ? sortedSet([...last, ...urgent(built, last, certificates)]) : built;
  const waits = secure
    ? []
    : certificates.flatMap(({ standing }) => (standing.kind === 'settled' ? [] : [standing.wait]));
  const dates = [retained.length > 0 ? retainedUntil : undefined, ...waits.map(({ earliest }) => earliest)].filter(
    (date): date is number => date !== undefined && date > now,
  );
  return {
    ...common,
    records,
    retained,
    retainedUntil: retained.length === 0 || needed.length > 0 ? undefined : retainedUntil,
    leaving: retained.length === 0 ? undefined : leaving,
    withdrawnTooEarly: wanted.some(({ isMade }) => isMade) ? [] : needed,
    omitted,
    deferred: records.join() !== built.join(),
    unserved,
    beforeDs: secure ? [] : [...unserved, ...certificates.flatMap(unsettled)],
    nextEvent: dates.length === 0 ? undefined : Math.min(...dates),
  };
}

/** The same service once the next key of a certificate is in use and the description names it as the current one. */
export function afterDeployment(question: TlsaQuestion, name: string): TlsaQuestion {
  const services = question.services.map((service) => ({
    ...service,
    certificates: service.certificates.map((certificate) =>
      certificate.name === name && certificate.next !== undefined
        ? { ...certificate, ...certificate.next, next: undefined }
        : certificate,
    ),
  }));
  const all = (of: readonly ServedHere[]) => of.flatMap(({ certificates }) => certificates);
  const isMet = (rdata: string, by: readonly ServedHere[]) =>
    all(by).some(({ matches, next }) => matches(rdata) || next?.matches(rdata) === true);
  const wanted = question.wanted.filter(({ rdata }) => !isMet(rdata, question.services) || isMet(rdata, services));
  return { ...question, services, wanted };
}

/** Whether a DS of the zone may be in some cache: some key has one, or, before keys were taken over, one was asked for or seen. */
export function mayBeSecure({ keys, parentDs, evidence }: Pick<Journal, 'keys' | 'parentDs' | 'evidence'>): boolean {
  if (keys.length > 0) return keys.some(({ ds }) => ds.state !== 'hidden');
  return (
    parentDs.some(({ records }) => records.length > 0) ||
    evidence.some(({ fact }) => fact.kind === 'ds-seen' && fact.records.length > 0)
  );
}

const unsettled = ({ standing }: CertificateDecision): readonly Precondition[] =>
  standing.kind === 'settled' ? [] : [standing.wait.wait.since.what];

type Judged = CertificateDecision & { readonly isKnown: boolean };

function certificatesOf(service: ServedHere, question: TlsaQuestion): readonly Judged[] {
  const { host, port, protocol, certificates } = service;
  const point = { host, port, protocol };
  const current = new Set(certificates.map(({ spki }) => spki));
  return certificates.map((certificate): Judged => {
    const since = servedSince(question.journal, point, certificate.spki, current);
    const isKnown = since !== undefined;
    const sight = certificate.source === 'observed' ? question.now : undefined;
    return {
      service: point,
      certificate,
      isKnown,
      servedSince: question.switches?.off.has('certificate-served') ? 0 : (since ?? sight),
      standing: standingOf(certificate, isKnown || sight !== undefined, question),
      next: nextOf(certificate, question),
    };
  });
}

/** Whether every TLSA RRset that a cache may hold has a record for the certificate. Where there was none, it is the records that wait. */
function standingOf(
  certificate: CurrentCertificate,
  isLive: boolean,
  question: TlsaQuestion,
): CertificateDecision['standing'] {
  const versions = versionsOf(question.journal, question.owner, Type.TLSA);
  const matches = (records: readonly string[]) => records.some((rdata) => certificate.matches(rdata));
  const has = ({ records }: { readonly records: readonly string[] }) => records.length === 0 || matches(records);
  if (versions.every(has)) return { kind: 'settled' };
  const wait = tlsaWait(question, has, `TLSA of ${certificate.name}`, isLive ? 1 : 2);
  if (isOver(wait, question.now)) return { kind: 'settled' };
  const isMissing = !has(versions[versions.length - 1]);
  const hasLeft = isMissing && versions.some(({ records }) => matches(records));
  return { kind: isLive ? 'exposed' : 'early', wait, hasLeft };
}

function nextOf({ name, next, matches }: CurrentCertificate, question: TlsaQuestion): CertificateDecision['next'] {
  if (next === undefined) return undefined;
  const records = question.wanted
    .map(({ rdata }) => rdata)
    .filter((rdata) => next.matches(rdata) && !matches(rdata))
    .sort();
  if (records.length === 0) return undefined;
  return { records, wait: deploymentWait(question, records, `TLSA of the next key of ${name}`) };
}

/** How long a certificate that depends on these records waits until it may be served. */
export function deploymentWait(clocks: TlsaClocks, records: readonly string[], what: string): TlsaWait {
  return tlsaWait(clocks, (version) => records.every((rdata) => version.records.includes(rdata)), what);
}

/** Undefined: some certificate is not known to be served. */
function endOfRetention(
  certificates: readonly CertificateDecision[],
  { policy, switches }: TlsaQuestion,
): number | undefined {
  const since = certificates.map((each) => each.servedSince ?? Number.POSITIVE_INFINITY);
  const last = Math.max(0, ...since);
  if (last === Number.POSITIVE_INFINITY) return undefined;
  return last + (switches?.off.has('retire-safety') ? 0 : policy.retireSafety);
}

function laterOf(end: number | undefined, leaving: TlsaWait | undefined): number | undefined {
  if (leaving === undefined || end === undefined) return end;
  return leaving.earliest === undefined ? undefined : Math.max(end, leaving.earliest);
}

/** Records that left, and without which nothing would match what the servers are known to show. */
function neededStill(left: readonly string[], asked: readonly string[], question: TlsaQuestion): readonly string[] {
  if (question.switches?.off.has('certificate-served')) return [];
  return left.filter((rdata) =>
    question.services.some((service) => {
      const seen = certificatesServed(question.journal, service).map(({ fact }) => fact.spki);
      return seen.some((spki) => {
        const certificate = service.certificates.find((each) => each.spki === spki);
        const matches = (record: string) => certificate?.matches(record) ?? matchesKey(record, spki);
        return matches(rdata) && !asked.some(matches);
      });
    }),
  );
}

/** Records of end-entity usages with selector SPKI can be known by the digest of the key alone. */
function matchesKey(rdata: string, spki: string): boolean {
  const [, selector, matching] = fromHex(rdata.slice(0, 6)) ?? [];
  const isLeaf = rdata.startsWith('01') || rdata.startsWith('03');
  const data = rdata.slice(6);
  if (!isLeaf || selector !== 1) return false;
  if (matching === 1) return data === spki;
  return matching === 0 && hex(sha256(fromHex(data) ?? new Uint8Array(0))) === spki;
}

/** What cannot wait for the next run: records of certificates that no record of the last build matches. */
function urgent(
  built: readonly string[],
  last: readonly string[],
  certificates: readonly CertificateDecision[],
): readonly string[] {
  const unmatched = certificates.filter(({ certificate }) => !last.some((rdata) => certificate.matches(rdata)));
  return built.filter((rdata) => unmatched.some(({ certificate }) => certificate.matches(rdata)));
}

function changesMuch(
  wanted: readonly WantedRecord[],
  last: readonly string[],
  services: readonly ServedHere[],
): boolean {
  if (wanted.length === 0 || last.length === 0) return false;
  const combinations = (records: readonly string[]) => sortedSet(records.map(combinationOf)).join();
  const isSame = combinations(wanted.map(({ rdata }) => rdata)) === combinations(last);
  const all = services.flatMap(({ certificates }) => certificates);
  return !isSame && all.some((certificate) => !last.some((rdata) => certificate.matches(rdata)));
}

const combinationOf = (rdata: string) => rdata.slice(0, 6);

const sortedSet = (texts: readonly string[]) => [...new Set(texts)].sort();

const overrides = ({ overridden }: TlsaQuestion, rule: string) => overridden?.has(rule) ?? false;
