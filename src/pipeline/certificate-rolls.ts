/** What `check` says about certificates and keys in time. A build holds nothing back for it: what is unsafe is left out, the rest goes ahead. */
import { fromTlsaRData, toTlsaText } from '../dane/association.ts';
import type { LoadedCertificate } from '../dane/load-certificate.ts';
import { matchesChain } from '../dane/matches-chain.ts';
import type { ServiceAssociations } from '../dane/select-records.ts';
import type { Domain, Host } from '../describe/description.ts';
import { Type } from '../dns/type.ts';
import { certificatesServed } from '../journal/evidence.ts';
import { versionsOf } from '../journal/held.ts';
import type { Journal } from '../journal/journal.ts';
import { keyRolls } from '../rollover/key-rolls.ts';
import { rules } from '../rollover/rules.ts';
import { type CertificateDecision, decideTlsa, type TlsaDecision, type TlsaQuestion } from '../rollover/tlsa.ts';
import { isOver, type TlsaWait } from '../rollover/tlsa-wait.ts';
import { waitText } from '../rollover/wait-text.ts';
import { fromHex } from '../text/octets.ts';
import { newReport, type Problem, type Report, report } from '../text/problem.ts';
import { tlsaQuestion } from './host-tlsa.ts';
import type { Repository } from './repository.ts';
import type { TlsaNow } from './tlsa-now.ts';

export interface RollingHost {
  readonly host: Host;
  readonly domain: Domain;
  /** Undefined: the zone was never built, and nothing of it is in any cache. */
  readonly journal: Journal | undefined;
}

/** Problems of one host; of several services with the same certificate the last one speaks. */
export function reportCertificateRolls(
  { host, domain, journal }: RollingHost,
  repository: Pick<Repository, 'associations' | 'certificates'>,
  now: number,
  to: Report,
): void {
  const { certificates } = repository;
  const own = newReport();
  for (const service of repository.associations.get(host.name) ?? []) {
    reportIdleRenewals(host, service, certificates, now, own);
    const question = tlsaQuestion(host, service, certificates, { domain, journal, now });
    if (question === undefined || journal === undefined || question.wanted.length === 0) continue;
    const decision = decideTlsa(question);
    reportRecords(host, service, question, decision, own);
    for (const each of decision.certificates) {
      const loaded = certificates.get(each.certificate.name);
      if (loaded === undefined) continue;
      if (question.secure) reportStanding(host, loaded, each, question, own);
      reportNext(host, loaded, each, question, own);
    }
  }
  for (const problem of ofEachPlace(own.problems)) to.add(problem);
}

/** Records that stay because caches may lead senders to hosts or addresses that are gone. */
export function reportKept(domain: Domain, { decisions, outlasting }: TlsaNow, to: Report): void {
  const kept = [...decisions].flatMap(([owner, { leaving, certificates }]) =>
    leaving === undefined ? [] : [{ owner, host: certificates.at(0)?.service.host ?? owner, wait: leaving }],
  );
  for (const { owner, host, wait } of [...kept, ...outlasting]) {
    const facts = { owner, host, ...waiting(wait) };
    report(to, rules['rollover/outlasts-host'], domain.at, facts, { subject: host, zones: [domain.name] });
  }
}

/** Rolls of the keys of a zone that go on together. */
export function reportKeyRolls(domain: Domain, journal: Journal | undefined, to: Report): void {
  const rolls = keyRolls(journal?.keys ?? []);
  if (rolls.length < 2) return;
  const { name: zone } = domain;
  report(to, rules['rollover/overlapping-rolls'], domain.at, { zone, rolls }, { subject: zone, zones: [zone] });
}

function reportRecords(
  host: Host,
  { service }: ServiceAssociations,
  { owner, journal, services }: TlsaQuestion,
  decision: TlsaDecision,
  to: Report,
): void {
  const subject = { subject: host.name };
  const { omitted, withdrawnTooEarly, manyChanges, certificates } = decision;
  if (omitted.length > 0) {
    const unseen = certificates.filter(({ servedSince }) => servedSince === undefined);
    const names = [...new Set(unseen.map(({ certificate }) => certificate.name))];
    const facts = { owner, records: omitted.length, certificates: names };
    report(to, rules['rollover/first-tlsa-unserved'], service.at, facts, subject);
  }
  const place = host.tlsa.at(0)?.at ?? service.at;
  for (const record of withdrawnTooEarly) {
    const seen = Math.max(...services.flatMap((each) => certificatesServed(journal, each).map(({ at }) => at)));
    report(to, rules['rollover/withdrawn-too-early'], place, { owner, record: recordText(record), seen }, subject);
  }
  if (manyChanges) report(to, rules['rollover/many-changes'], place, { owner }, subject);
}

function reportStanding(
  host: Host,
  { source }: LoadedCertificate,
  { certificate: { name: certificate, matches }, standing }: CertificateDecision,
  { owner, journal }: TlsaQuestion,
  to: Report,
): void {
  if (standing.kind === 'settled') return;
  const facts = { certificate, owner, ...waiting(standing.wait) };
  const subject = { subject: host.name };
  const { at } = source.chain;
  if (standing.kind === 'exposed') report(to, rules['rollover/early-change-in-service'], at, facts, subject);
  else if (standing.hasLeft) {
    const held = versionsOf(journal, owner, Type.TLSA).findLast(({ records }) => records.some(matches));
    const left = held?.dropped ?? journal.changed;
    report(to, rules['rollover/old-certificate-returns'], at, { certificate, owner, left }, subject);
  } else report(to, rules['rollover/deployed-too-early'], at, facts, subject);
}

function reportNext(
  host: Host,
  { source, chain, next: key }: LoadedCertificate,
  { certificate: { name: certificate }, next }: CertificateDecision,
  { owner, now }: TlsaQuestion,
  to: Report,
): void {
  if (next === undefined || key === undefined || isOver(next.wait, now)) return;
  const subject = { subject: host.name };
  const facts = { certificate, owner, ...waiting(next.wait) };
  report(to, rules['rollover/next-not-published'], key.at, facts, subject);
  const renewal = renewalOf(chain[0]);
  // A next key that has its certificate already was renewed already.
  if (source.reuseKey || key.chain.length > 0 || renewal >= facts.earliest) return;
  const { earliest } = facts;
  report(to, rules['rollover/renewal-inside-roll'], source.at, { certificate, renewal, earliest }, subject);
}

/** Only where it is time: a certificate that will be renewed with a new key for which there is no record. */
function reportIdleRenewals(
  host: Host,
  { service, associations }: ServiceAssociations,
  certificates: Repository['certificates'],
  now: number,
  to: Report,
): void {
  for (const { value } of service.certificates) {
    const loaded = certificates.get(value);
    if (loaded === undefined || loaded.source.reuseKey || loaded.next !== undefined) continue;
    const [leaf] = loaded.chain;
    const renewal = renewalOf(leaf);
    if (now < renewal || now > leaf.notAfter) continue;
    // Records of issuers match whatever key they certify.
    const matching = associations.filter((association) => matchesChain(association, loaded.chain) !== undefined);
    if (matching.length === 0 || matching.some((association) => matchesChain(association, loaded.chain) !== 0))
      continue;
    const facts = { certificate: value, renewal, notAfter: leaf.notAfter };
    report(to, rules['rollover/no-next-key'], loaded.source.at, facts, { subject: host.name });
  }
}

/** Unix seconds: ACME clients renew when a third of the lifetime is left. */
export function renewalOf({ notBefore, notAfter }: { readonly notBefore: number; readonly notAfter: number }): number {
  return notAfter - Math.floor((notAfter - notBefore) / 3);
}

function waiting(wait: TlsaWait) {
  return { earliest: wait.atBest, isSeen: wait.earliest !== undefined, wait: waitText(wait.wait) };
}

function recordText(rdata: string): string {
  const association = fromTlsaRData(fromHex(rdata) ?? new Uint8Array(0));
  return association === undefined ? rdata : toTlsaText(association);
}

/** The last of the problems that one rule has at one place: services are in the order in which they were written. */
function ofEachPlace(problems: readonly Problem[]): readonly Problem[] {
  const key = ({ rule, position }: Problem) => JSON.stringify([rule, position]);
  return [...new Map(problems.map((problem) => [key(problem), problem])).values()];
}
