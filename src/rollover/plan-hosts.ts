/** The future of certificates as a list of steps: what the decision about their TLSA records waits for, every actor at its earliest date. */
import { sha256 } from '../crypto/digest.ts';
import type { Name } from '../dns/name.ts';
import { presentRData } from '../dns/rdata/index.ts';
import { Type } from '../dns/type.ts';
import { currentVersion } from '../journal/held.ts';
import { fromHex, hex } from '../text/octets.ts';
import { readableTime } from '../text/time.ts';
import type { Precondition, Term } from './move.ts';
import type { Action, Lane, PlanStep } from './plan.ts';
import { type CertificateDecision, decideTlsa, type TlsaDecision, type TlsaQuestion } from './tlsa.ts';
import { waitText } from './wait-text.ts';

export interface HostsPlan {
  /** In order of `at`. */
  readonly steps: readonly PlanStep[];
  readonly lanes: readonly Lane[];
}

/** One question for each TLSA owner, asked at `from`. Steps beyond `until` are left out. */
export function planHosts(questions: readonly TlsaQuestion[], until: number): HostsPlan {
  const plans = questions.map((question) => planOwner(question, decideTlsa(question)));
  const steps = plans.flatMap((plan) => plan.steps).filter(({ at }) => at <= until);
  const unique = [...new Map(steps.map((step) => [step.id, step])).values()];
  return {
    steps: unique.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1)),
    lanes: plans.flatMap((plan) => plan.lanes),
  };
}

type Draft = Pick<PlanStep, 'actor' | 'action' | 'title' | 'at' | 'ifLate'> &
  Partial<Omit<PlanStep, 'reason'>> & { readonly why: string; readonly terms?: readonly Term[] };

function planOwner(question: TlsaQuestion, decision: TlsaDecision): HostsPlan {
  const { owner, journal, now } = question;
  const host = question.services[0].host;
  const last = currentVersion(journal, owner, Type.TLSA)?.records ?? [];
  const steps: PlanStep[] = [];
  const add = (draft: Draft) => steps.push(stepOf(draft, host, now));
  const published = decision.records.filter((rdata) => !last.includes(rdata));
  if (published.length > 0) {
    const action = { kind: 'publish-tlsa', owner } as const;
    const title = `Publish ${countOf(published)} at ${owner}`;
    const after = linesOf(question, decision.records);
    add({
      actor: 'tool',
      action,
      title,
      at: now,
      after,
      why: 'the description asks for it',
      ifLate: 'what waits for it waits longer',
    });
  }
  const unseen = decision.certificates.filter(({ servedSince }) => servedSince === undefined);
  const asksForSight = decision.retained.length > 0 || decision.omitted.length > 0 || decision.beforeDs.length > 0;
  if (asksForSight) for (const each of unseen) add(confirmation(each, now, undefined));
  const assumes = unseen.length > 0 ? 'the certificate in service is confirmed now' : undefined;
  if (decision.omitted.length > 0) {
    const action = { kind: 'publish-tlsa', owner } as const;
    const title = `Publish ${countOf(decision.omitted)} at ${owner}, held back so far`;
    const after = linesOf(question, [...decision.records, ...decision.omitted].sort());
    const why = 'senders believe it at once, so the certificate has to be in service before';
    add({
      actor: 'tool',
      action,
      title,
      at: now,
      assumes,
      after,
      needs: decision.unserved,
      why,
      ifLate: 'the service stays without these records',
    });
  }
  if (decision.retained.length > 0) add(withdrawal(question, decision, assumes));
  for (const each of decision.certificates) for (const draft of deployment(question, each)) add(draft);
  return { steps, lanes: lanesOf(question, decision) };
}

function confirmation({ service, certificate }: CertificateDecision, at: number, assumes: string | undefined): Draft {
  const { host, port } = service;
  const { name, spki } = certificate;
  const plain = host.replace(/\.$/, '');
  const needs: readonly Precondition[] = [{ kind: 'certificate-served', host, port, spki }];
  return {
    actor: 'operator',
    action: { kind: 'confirm-certificate', certificate: name },
    title: `Look at every address of ${plain}, port ${port}, and confirm that it shows ${name}`,
    at,
    assumes,
    needs,
    commands: [`danezone confirm cert-served ${plain} --certificate ${name}`],
    why: 'old records stay, and new kinds of records wait, until the certificate is known to be served',
    ifLate: 'nothing breaks; old records stay and the zone grows',
  };
}

function withdrawal(question: TlsaQuestion, decision: TlsaDecision, assumes: string | undefined): Draft {
  const { owner, now, policy } = question;
  const at = decision.retainedUntil ?? now + policy.retireSafety;
  const left = decision.records.filter((rdata) => !decision.retained.includes(rdata));
  return {
    actor: 'tool',
    action: { kind: 'withdraw-tlsa', owner },
    title: `Withdraw ${countOf(decision.retained)} from ${owner}`,
    at: Math.max(at, now),
    assumes: decision.retainedUntil === undefined ? assumes : undefined,
    needs: decision.unserved,
    after: linesOf(question, left),
    why: 'every address shows the new certificate',
    terms: [{ name: 'retire-safety', seconds: policy.retireSafety }],
    ifLate: 'the answer stays larger than it must; nothing breaks',
  };
}

/** The next key goes into service, is seen there, and the records of the current one leave. */
function deployment(question: TlsaQuestion, decided: CertificateDecision): readonly Draft[] {
  const { service, certificate, next } = decided;
  if (next === undefined) return [];
  const { owner, now, policy } = question;
  const at = Math.max(now, next.wait.atBest);
  const assumes = next.wait.earliest === undefined ? 'the records are published now' : undefined;
  const plain = service.host.replace(/\.$/, '');
  const deployed = `the next key of ${certificate.name} is deployed ${readableTime(at)}`;
  const seen = { ...decided, certificate: { ...certificate, spki: certificate.next?.spki ?? certificate.spki } };
  const keeps = question.wanted.map(({ rdata }) => rdata).filter((rdata) => !leaves(decided, rdata));
  return [
    {
      actor: 'acme',
      action: { kind: 'deploy-certificate', certificate: certificate.name },
      title: `Deploy the certificate with the next key of ${certificate.name} on ${plain}, port ${service.port}`,
      at,
      latest: certificate.notAfter,
      assumes,
      needs: next.wait.earliest === undefined ? [next.wait.wait.since.what] : [],
      commands: [`danezone ready ${plain} --certificate FILE`],
      why: `every cache has its record: ${waitText(next.wait.wait)}`,
      terms: next.wait.wait.terms,
      ifLate: 'the current certificate ends; clients that look at dates refuse it',
      undoUntil: undefined,
    },
    confirmation(seen, at, deployed),
    {
      actor: 'tool',
      action: { kind: 'withdraw-tlsa', owner },
      title: `Withdraw the record of the key that ${certificate.name} has now from ${owner}`,
      at: at + policy.retireSafety,
      assumes: deployed,
      needs: [{ kind: 'certificate-served', host: service.host, port: service.port, spki: seen.certificate.spki }],
      after: linesOf(question, keeps),
      why: 'every address shows the new certificate, and the description has it under chain:',
      terms: [{ name: 'retire-safety', seconds: policy.retireSafety }],
      ifLate: 'the answer stays larger than it must; nothing breaks',
    },
  ];
}

const leaves = ({ certificate: { matches, next } }: CertificateDecision, rdata: string) =>
  matches(rdata) && next?.matches(rdata) !== true;

function stepOf({ why, terms = [], ...draft }: Draft, host: Name, now: number): PlanStep {
  const { actor, action, at, latest } = draft;
  const isDue = at <= now;
  const state =
    latest !== undefined && latest < Math.max(at, now)
      ? 'overdue'
      : actor === 'tool'
        ? isDue && draft.assumes === undefined
          ? 'done-by-tool'
          : 'later'
        : isDue
          ? 'due'
          : 'later';
  return {
    needs: [],
    after: [],
    commands: actor === 'tool' ? ['danezone build'] : [],
    ...draft,
    id: idOf(host, action, draft.title),
    subject: { kind: 'host', name: host },
    reason: { text: why, terms },
    state,
  };
}

function idOf(host: Name, action: Action, title: string): string {
  return hex(sha256(Buffer.from(JSON.stringify([host, action, title])))).slice(0, 16);
}

function linesOf({ owner, ttl }: TlsaQuestion, records: readonly string[]): readonly string[] {
  return records.map((record) => {
    const octets = fromHex(record) ?? new Uint8Array(0);
    return `${owner} ${ttl} IN TLSA ${presentRData(Type.TLSA, octets, 0, octets.length)}`;
  });
}

const countOf = (records: readonly string[]) =>
  records.length === 1 ? 'a TLSA record' : `${records.length} TLSA records`;

function lanesOf({ now, policy }: TlsaQuestion, { certificates }: TlsaDecision): readonly Lane[] {
  return certificates.flatMap(({ service, certificate, servedSince, next }): Lane[] => {
    const subject = { kind: 'host', name: service.host } as const;
    const from = servedSince ?? now;
    if (next === undefined) return [{ subject, label: certificate.name, spans: [{ state: 'active', from }] }];
    const at = Math.max(now, next.wait.atBest);
    const start = Math.min(at, next.wait.wait.since.at ?? now);
    return [
      {
        subject,
        label: certificate.name,
        spans: [
          { state: 'active', from, until: at },
          { state: 'leaving', from: at, until: at + policy.retireSafety },
        ],
      },
      {
        subject,
        label: `${certificate.name} next`,
        spans: [
          { state: 'coming', from: start, until: at },
          { state: 'active', from: at },
        ],
      },
    ];
  });
}
