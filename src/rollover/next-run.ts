/** When the tool must run again: the one answer that build, plan and manifest give for a zone. */
import type { Journal } from '../journal/journal.ts';
import { readableTime } from '../text/time.ts';
import { renewBy } from './ageing.ts';
import type { Precondition } from './move.ts';
import type { RolloverPolicy } from './policy.ts';
import { step } from './step.ts';

export interface NextRun {
  /** Unix seconds; in the past where a run is due. */
  readonly at: number;
  /** A sentence without its full stop. */
  readonly why: string;
  /** Runs have stayed away for so long that signatures eat up the time that is kept for accidents. */
  readonly isLate?: true;
}

export interface NextRunFacts {
  /** After the last run. */
  readonly journal: Journal;
  readonly policy: RolloverPolicy;
  /** Unix seconds. */
  readonly now: number;
  /** What the first DS waits for besides caches. */
  readonly unserved?: readonly Precondition[];
  /** When TLSA records, or what waits for them, go on. */
  readonly events?: readonly number[];
}

/** Undefined: nothing has a date, and nothing is signed. */
export function nextRun({ journal, policy, now, unserved, events = [] }: NextRunFacts): NextRun | undefined {
  const last = journal.serials.at(-1);
  const renewal = last?.firstExpiry === undefined ? undefined : renewBy(last.firstExpiry, last.built, policy);
  if (renewal !== undefined && renewal < now) return late(renewal, last?.firstExpiry as number, now);
  return earliestRun([
    dated(step({ journal, policy, now, unserved }).nextEvent, 'a step of a rollover is due then'),
    ...events.map((event) => dated(event, 'TLSA records change then')),
    dated(renewal, 'signatures have to be renewed'),
  ]);
}

/** A late one goes before all others. */
export function earliestRun(runs: readonly (NextRun | undefined)[]): NextRun | undefined {
  const isBefore = (b: NextRun, a: NextRun) => (a.isLate === b.isLate ? b.at < a.at : b.isLate === true);
  return runs.reduce((a, b) => (a === undefined || (b !== undefined && isBefore(b, a)) ? b : a), undefined);
}

function late(at: number, expiry: number, now: number): NextRun {
  const end =
    expiry > now
      ? `the first run out at ${readableTime(expiry)}`
      : `the first ran out at ${readableTime(expiry)}, and validating resolvers refuse what they signed`;
  return { at, why: `signatures had to be renewed by ${readableTime(at)}; ${end}`, isLate: true };
}

const dated = (at: number | undefined, why: string) => (at === undefined ? undefined : { at, why });
