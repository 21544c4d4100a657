/** Whether a certificate may be deployed now: every TLSA RRset that a sender may hold has to have a record for it (ROLLOVER section 3). */
import type { Name } from '../dns/name.ts';
import { readableTime } from '../text/time.ts';
import type { CertificateStatus, DatedWait, KeyStatus, RecordStatus, ServiceStatus } from './ready-status.ts';

export interface ReadyQuestion {
  readonly services: readonly ServiceStatus[];
  readonly host: Name;
  /** Undefined: every service of the host. */
  readonly service?: { readonly port: number; readonly protocol: string };
  /** The beginning of a key algorithm, in any case: `ecdsa`. */
  readonly algorithm?: string;
  /** The certificate that waits; undefined: the next key that the description names. */
  readonly candidate?: Candidate;
  /** Unix seconds. */
  readonly now: number;
}

export interface Candidate {
  /** `ECDSA P-256`. */
  readonly algorithm: string;
  readonly spki: string;
  readonly notAfter?: number;
  matches(rdata: string): boolean;
}

export const states = ['go', 'wait', 'overdue'] as const;
export type ReadyState = (typeof states)[number];

export interface Verdict {
  readonly service: ServiceStatus;
  /** What people call it. */
  readonly certificate: string;
  readonly state: ReadyState;
  /** Unix seconds; undefined where it is `go`, or nobody has seen the records published. */
  readonly earliest?: number;
  /** A sentence. */
  readonly why: string;
}

/** Empty where the host has no such service or certificate. */
export function readiness(question: ReadyQuestion): readonly Verdict[] {
  const { services, host, service, algorithm, candidate } = question;
  const wanted = (candidate?.algorithm.split(' ')[0] ?? algorithm ?? '').toLowerCase();
  return services
    .filter((each) => each.host === host)
    .filter(({ port, protocol }) => service === undefined || (port === service.port && protocol === service.protocol))
    .flatMap((each) =>
      each.certificates
        .filter((certificate) => certificate.algorithm.toLowerCase().startsWith(wanted))
        .map((certificate) => verdictOf(each, certificate, question)),
    );
}

/** The worst of all; a job that switches one certificate asks for every service that uses it. */
export function worst(verdicts: readonly Verdict[]): ReadyState {
  return states[Math.max(...verdicts.map(({ state }) => states.indexOf(state)))];
}

function verdictOf(service: ServiceStatus, certificate: CertificateStatus, { candidate, now }: ReadyQuestion): Verdict {
  const { current, next, early } = certificate;
  const target = candidate === undefined ? (next ?? current) : keyOf(candidate, service.records);
  const name =
    candidate !== undefined
      ? 'this certificate'
      : next === undefined
        ? certificate.name
        : `the next key of ${certificate.name}`;
  const said = (state: ReadyState, why: string, earliest?: number) => {
    return { service, certificate: name, state, earliest, why } as const;
  };
  if (target.notAfter !== undefined && target.notAfter <= now) {
    return said('overdue', `it expired ${readableTime(target.notAfter)}: get a new one`);
  }
  if (service.records.length === 0) return said('go', `${service.owner} has no TLSA records: nothing waits for them`);
  const isUnchanged = target.matches.length > 0 && target.matches.join() === current.matches.join();
  if (isUnchanged && early === undefined) return said('go', 'it matches the records of the current one');
  const waits = isUnchanged
    ? [early as DatedWait]
    : service.records.filter(({ rdata }) => target.matches.includes(rdata));
  if (waits.length === 0) {
    return late(
      current,
      now,
      said('wait', `no record of ${service.owner} matches it: name it under next:, build and publish`),
    );
  }
  const unseen = waits.find(({ earliest }) => earliest === undefined);
  const earliest = unseen === undefined ? Math.max(...waits.map((wait) => wait.earliest as number)) : undefined;
  if (earliest !== undefined && now >= earliest)
    return said('go', `its records are in every cache since ${readableTime(earliest)}`);
  const end = earliest ?? now + Math.max(...waits.map(({ seconds }) => seconds));
  if (target.notAfter !== undefined && target.notAfter <= end) {
    const why = `it expires ${readableTime(target.notAfter)}, before it may be deployed, ${readableTime(end)}: get one that lives longer`;
    return said('overdue', why, earliest);
  }
  const longest = waits.reduce((a, b) => ((b.earliest ?? end) > (a.earliest ?? end) ? b : a));
  const why =
    unseen === undefined
      ? longest.wait
      : `nobody has seen its records published: publish them, then danezone confirm published; ${unseen.wait}`;
  return late(current, end, said('wait', why, earliest));
}

/** Waiting is right, and it does harm where the current certificate ends meanwhile. */
function late({ notAfter }: KeyStatus, end: number, verdict: Verdict): Verdict {
  if (notAfter === undefined || notAfter > end) return verdict;
  const why = `${verdict.why}; the current certificate ends ${readableTime(notAfter)}, before that`;
  return { ...verdict, state: 'overdue', why };
}

function keyOf({ spki, notAfter, matches }: Candidate, records: readonly RecordStatus[]): KeyStatus {
  return { spki, notAfter, matches: records.map(({ rdata }) => rdata).filter(matches) };
}
