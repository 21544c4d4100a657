/** What follows from new evidence: which clocks run since then, and which steps of the keys wait for which date. */

import { isAhead } from '../dns/serial.ts';
import { typeName } from '../dns/type.ts';
import { olderTtl, seenSince } from '../journal/clocks.ts';
import { lastOf } from '../journal/evidence.ts';
import type { Journal, KeyId, Timeline } from '../journal/journal.ts';
import { leadsNowhere } from '../rollover/ds-records.ts';
import type { KeyRecordName, Precondition } from '../rollover/move.ts';
import type { RolloverPolicy } from '../rollover/policy.ts';
import { step } from '../rollover/step.ts';
import { waitText } from '../rollover/wait-text.ts';
import { isSigned, type Repository } from './repository.ts';
import { routesOf } from './routes.ts';
import { certificatesSeen, tlsaOfRun } from './tlsa-now.ts';

export interface RunningClock {
  /** `example.org. DNSKEY`, `everything else`. */
  readonly what: string;
  readonly since: number;
  /** When no cache holds what was there before; undefined where no policy says how long it takes to reach the servers. */
  readonly until?: number;
}

export interface WaitingStep {
  readonly key: KeyId;
  readonly record: KeyRecordName;
  readonly to: string;
  /** Unix seconds; undefined: it waits for something to be seen or said. */
  readonly earliest?: number;
  /** The formula with its numbers. */
  readonly wait: string;
}

export interface Following {
  /** Clocks that the last evidence started. */
  readonly clocks: readonly RunningClock[];
  /** Steps that the next build takes. */
  readonly due: number;
  readonly waiting: readonly WaitingStep[];
  /** What the first DS waits for besides clocks: people have to see it. */
  readonly unserved: readonly Precondition[];
  /** The tool must run again by then. */
  readonly nextEvent?: number;
  /** What was seen breaks resolvers now, or takes back what was known: sentences for whoever saw it. */
  readonly alarms: readonly string[];
}

/** What the certificates of the zone's hosts say: what the first DS waits for, and when records change (Unix seconds). */
export interface CertificatesFollowing {
  readonly unserved: readonly Precondition[];
  readonly nextEvent: number;
}

const noCertificates: CertificatesFollowing = { unserved: [], nextEvent: Number.POSITIVE_INFINITY };

export function certificatesFollowing(repository: Repository, journal: Journal, now: number): CertificatesFollowing {
  const domain = repository.description.domains.get(journal.zone);
  if (domain === undefined || !isSigned(domain)) return noCertificates;
  const run = { now, overrides: new Set<string>() };
  const { unserved } = certificatesSeen(repository, domain, run);
  const routes = routesOf(repository, [journal], now);
  const { nextEvent } = tlsaOfRun(repository, domain, { journal, rolled: undefined }, routes, run);
  return { unserved: unserved(journal), nextEvent };
}

/** After evidence was added to `before`. Without a policy no step can be dated. */
export function following(
  before: Journal,
  journal: Journal,
  policy: RolloverPolicy | undefined,
  now: number,
  certificates: CertificatesFollowing = noCertificates,
): Following {
  const news = new Set(
    journal.evidence.filter(({ id }) => !before.evidence.some((row) => row.id === id)).map(({ id }) => id),
  );
  const clock = <V extends Timeline>(
    what: string,
    versions: readonly V[],
    ttlOf: (version: V) => number,
    delay = policy?.zonePropagationDelay,
  ): RunningClock[] => {
    const last = versions.at(-1);
    if (last?.service.state !== 'published' || !news.has(last.service.evidence)) return [];
    const publication = policy?.publication ?? { kind: 'evidence' };
    const isLast = (version: Timeline) => version === last;
    const since = seenSince(versions, isLast, publication) ?? last.service.from;
    const timed = versions.map((version) => ({ ...version, ttl: ttlOf(version) }));
    // What stood in the place of the first version is unknown: as long as the version itself, as the waits of the policy go.
    const older = Math.max(
      ttlOf(last),
      olderTtl(timed, ({ built }) => built === last.built, publication, since),
    );
    return [{ what, since, until: delay === undefined ? undefined : since + older + delay }];
  };
  const clocks = [
    ...journal.rrsets.flatMap(({ owner, type, versions }) =>
      clock(`${owner} ${typeName(type)}`, versions, ({ ttl }) => ttl),
    ),
    ...clock('everything else', journal.content, ({ largestTtl, negativeTtl }) => Math.max(largestTtl, negativeTtl)),
    ...clock('DS at the parent', journal.parentDs, () => dsTtl(journal, policy), policy?.parent.propagationDelay),
  ];
  const alarms = alarmsOf(before, journal, now);
  if (policy === undefined || journal.keys.length === 0) return { clocks, due: 0, waiting: [], unserved: [], alarms };
  const { unserved } = certificates;
  const { moves, blocked, nextEvent: nextStep } = step({ journal, policy, now, unserved });
  const waiting = blocked.flatMap(({ key, record, to, why }): WaitingStep[] => {
    if (why.kind === 'time') return [{ key, record, to, earliest: why.earliest, wait: waitText(why.wait) }];
    return why.kind === 'approval' ? [{ key, record, to, wait: 'danezone roll step' }] : [];
  });
  waiting.sort((a, b) => (a.earliest ?? Number.POSITIVE_INFINITY) - (b.earliest ?? Number.POSITIVE_INFINITY));
  const next = Math.min(nextStep ?? Number.POSITIVE_INFINITY, certificates.nextEvent);
  const nextEvent = next === Number.POSITIVE_INFINITY ? undefined : next;
  return { clocks, due: moves.length, waiting, unserved, nextEvent, alarms };
}

function alarmsOf(before: Journal, journal: Journal, now: number): readonly string[] {
  const [earlier, shown] = [before, journal].map((each) => lastOf(each, 'published')?.fact.serial);
  const alarms: string[] = [];
  if (leadsNowhere(journal)) {
    alarms.push(
      `the DS that the parent shows leads to no key of ${journal.zone}: validating resolvers refuse every answer; danezone ds says what belongs there`,
    );
  }
  if (earlier !== undefined && shown !== undefined && isAhead(earlier, shown)) {
    const expiry = journal.serials.find(({ serial }) => serial === shown)?.firstExpiry;
    const isOver = expiry !== undefined && expiry <= now;
    const over = isOver ? `, and signatures in it have run out: validating resolvers refuse it` : '';
    alarms.push(
      `the servers went back from serial ${earlier} to ${shown}${over}; publish serial ${journal.serial?.last} and confirm it`,
    );
  }
  return alarms;
}

function dsTtl({ evidence }: Journal, policy: RolloverPolicy | undefined): number {
  const seen = evidence.flatMap(({ fact }) => (fact.kind === 'ds-seen' ? [fact.ttl] : []));
  return Math.max(policy?.parent.ttl ?? 0, ...seen);
}
