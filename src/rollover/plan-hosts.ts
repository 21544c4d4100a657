/**
 * Steps of certificates and their TLSA records, as drafts for the plan: what a run has changed at the owners, what people have to look
 * at, and which next keys may go into service.
 */
import type { Name } from '../dns/name.ts';
import { Type } from '../dns/type.ts';
import { currentVersion } from '../journal/held.ts';
import type { Journal } from '../journal/journal.ts';
import { readableTime } from '../text/time.ts';
import type { Precondition } from './move.ts';
import type { Draft } from './plan-steps.ts';
import { plain, recordLines } from './plan-words.ts';
import type { CertificateDecision, TlsaDecision, TlsaQuestion } from './tlsa.ts';
import type { DecidedOwner } from './virtual-zone.ts';
import { sumText, waitText } from './wait-text.ts';

/** What the run between two journals has changed at an owner. `heldBack`: its records were waiting for the certificate. */
export function recordDrafts(
  before: Journal,
  after: Journal,
  { question, decision }: DecidedOwner,
  heldBack: boolean,
): readonly Draft[] {
  const { owner, ttl, now, policy, services, withdraw } = question;
  const had = recordsAt(before, owner);
  const has = recordsAt(after, owner);
  const added = has.filter((rdata) => !had.includes(rdata));
  const removed = had.filter((rdata) => !has.includes(rdata));
  const common = {
    subject: { kind: 'host', name: services[0].host },
    actor: 'tool',
    at: now,
    after: recordLines(owner, ttl, Type.TLSA, has),
  } as const;
  const since = Math.max(...decision.certificates.map(({ servedSince }) => servedSince ?? 0));
  const isSeen = decision.certificates.length > 0;
  const retirement = [{ name: 'retire-safety', seconds: policy.retireSafety }];
  return [
    ...(added.length === 0
      ? []
      : [
          {
            ...common,
            is: [owner, added],
            action: { kind: 'publish-tlsa', owner } as const,
            title: `Publish ${countOf(added)} at ${owner}`,
            why: heldBack
              ? 'the certificate was seen in service, so senders may believe its records'
              : 'the description asks for it',
            needs: heldBack ? decision.certificates.map(servedOf) : [],
            ifLate: 'what waits for it waits longer; nothing breaks',
          },
        ]),
    ...(removed.length === 0
      ? []
      : [
          {
            ...common,
            is: [owner, removed],
            action: { kind: 'withdraw-tlsa', owner } as const,
            title: `Withdraw ${countOf(removed)} from ${owner}`,
            ...(withdraw === true
              ? {
                  why: 'the zone leaves DNSSEC: TLSA records go before its DS, so that no sender holds one that it can no longer verify',
                  ifLate: 'the zone stays signed; nothing breaks',
                }
              : {
                  why: isSeen
                    ? `every address shows the certificate that stays: ${sumText(`seen ${readableTime(since)}`, retirement)}`
                    : 'the description asks for it no longer',
                  terms: isSeen ? retirement : [],
                  needs: decision.certificates.map(servedOf),
                  ifLate: 'the answer stays larger than it must; nothing breaks',
                }),
          },
        ]),
  ];
}

export interface Sight {
  readonly draft: Draft;
  readonly seen: TlsaDecision['evidence'];
}

/** What people have to look at, once for each certificate of a host: something waits for it. */
export function sightsOf(decided: readonly DecidedOwner[]): readonly Sight[] {
  const groups = groupsOf(
    decided.flatMap(({ question, decision }) => {
      const waiting = waitingFor(decision);
      if (waiting === undefined) return [];
      return decision.certificates
        .filter(({ servedSince }) => servedSince === undefined)
        .map((certificate) => ({ question, certificate, waiting }));
    }),
  );
  return groups.map((group): Sight => {
    const [{ question, certificate }] = group;
    const { name } = certificate.certificate;
    const host = plain(certificate.service.host);
    const reason = group.map(({ waiting }) => waiting).sort((a, b) => a.rank - b.rank)[0];
    return {
      draft: {
        is: [host, name, certificate.certificate.spki],
        subject: { kind: 'host', name: certificate.service.host },
        actor: 'operator',
        action: { kind: 'confirm-certificate', certificate: name },
        title: `Look at every address of ${host}, ${portsOf(group)}, and confirm that it shows ${name}`,
        at: question.now,
        needs: group.map((each) => servedOf(each.certificate)),
        commands: [`danezone confirm cert-served ${host} --certificate ${name}`],
        why: reason.why,
        ifLate: reason.ifLate,
      },
      seen: group.map(({ certificate: { service, certificate: shown } }) => ({ ...service, spki: shown.spki })),
    };
  });
}

export interface Deployment {
  readonly draft: Draft;
  readonly questions: readonly TlsaQuestion[];
  readonly certificate: string;
  /** Since when its records were seen published, Unix seconds. */
  readonly since?: number;
}

/** The next keys that may go into service now, once for each certificate of a host. */
export function deploymentsOf(decided: readonly DecidedOwner[]): readonly Deployment[] {
  const groups = groupsOf(
    decided.flatMap(({ question, decision }) =>
      decision.certificates
        .filter(({ next }) => next?.wait.earliest !== undefined && next.wait.earliest <= question.now)
        .map((certificate) => ({ question, certificate })),
    ),
  );
  return groups.map((group): Deployment => {
    const [{ question, certificate }] = group;
    const { name, notAfter, next } = certificate.certificate;
    const host = plain(certificate.service.host);
    const waits = group.flatMap((each) => each.certificate.next?.wait ?? []);
    const last = waits.reduce((a, b) => (b.atBest > a.atBest ? b : a)).wait;
    return {
      draft: {
        is: [host, name, next?.spki],
        subject: { kind: 'host', name: certificate.service.host },
        actor: 'acme',
        action: { kind: 'deploy-certificate', certificate: name },
        title: `Put the certificate with the next key of ${name} into service on ${host}, ${portsOf(group)}`,
        at: question.now,
        latest: notAfter,
        isOptional: true,
        needs: waits.map(({ wait }) => wait.since.what),
        commands: [`danezone ready ${host}`],
        why: `every cache has its record: ${waitText(last)}`,
        terms: last.terms,
        ifLate: 'the current certificate ends, and clients that look at dates refuse it',
      },
      questions: group.map((each) => each.question),
      certificate: name,
      since: last.since.at,
    };
  });
}

/** When the next deployment may be, Unix seconds; undefined: none has a date. */
export function nextDeployment(decided: readonly DecidedOwner[], now: number): number | undefined {
  const dates = decided
    .flatMap(({ decision }) => decision.certificates.map(({ next }) => next?.wait.earliest))
    .filter((at): at is number => at !== undefined && at > now);
  return dates.length === 0 ? undefined : Math.min(...dates);
}

interface Waiting {
  /** The weightiest first. */
  readonly rank: number;
  readonly why: string;
  readonly ifLate: string;
}

/** Why somebody has to look; undefined: nothing waits for it. */
function waitingFor({ beforeDs, omitted, retained }: TlsaDecision): Waiting | undefined {
  if (beforeDs.some(({ kind }) => kind === 'certificate-served')) {
    return {
      rank: 0,
      why: 'with the first DS senders begin to believe the TLSA records, so the certificate has to be in service before',
      ifLate: 'the first DS waits, and until it is there DNSSEC and DANE protect nobody; nothing breaks',
    };
  }
  if (omitted.length > 0) {
    return {
      rank: 1,
      why: 'senders believe new TLSA records at once, so the certificate has to be in service before',
      ifLate: 'the TLSA records are held back, and senders go on without them; nothing breaks',
    };
  }
  if (retained.length > 0) {
    return {
      rank: 2,
      why: 'the records of the old certificate stay until no address shows it any more',
      ifLate: 'the old records stay; nothing breaks',
    };
  }
  return undefined;
}

interface Member {
  readonly question: TlsaQuestion;
  readonly certificate: CertificateDecision;
}

function groupsOf<M extends Member>(members: readonly M[]): readonly (readonly [M, ...M[]])[] {
  const groups = new Map<string, [M, ...M[]]>();
  for (const member of members) {
    const { service, certificate } = member.certificate;
    const key = `${service.host} ${certificate.name}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [member]);
    else group.push(member);
  }
  return [...groups.values()];
}

function portsOf(group: readonly Member[]): string {
  const ports = [...new Set(group.map(({ certificate }) => certificate.service.port))].sort((a, b) => a - b);
  return ports.length === 1 ? `port ${ports[0]}` : `ports ${ports.slice(0, -1).join(', ')} and ${ports.at(-1)}`;
}

function servedOf({ service: { host, port }, certificate: { spki } }: CertificateDecision): Precondition {
  return { kind: 'certificate-served', host, port, spki };
}

const recordsAt = (journal: Journal, owner: Name) => currentVersion(journal, owner, Type.TLSA)?.records ?? [];

const countOf = (records: readonly string[]) =>
  records.length === 1 ? 'a TLSA record' : `${records.length} TLSA records`;
