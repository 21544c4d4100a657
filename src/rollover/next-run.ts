/** When the tool must run again: the one answer that build, plan and manifest give for a zone. */
import type { Journal } from '../journal/journal.ts';
import { renewBy } from './ageing.ts';
import type { Precondition } from './move.ts';
import type { RolloverPolicy } from './policy.ts';
import { step } from './step.ts';

export interface NextRun {
  /** Unix seconds; in the past where a run is due. */
  readonly at: number;
  /** A sentence without its full stop. */
  readonly why: string;
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
  return earliestRun([
    dated(step({ journal, policy, now, unserved }).nextEvent, 'a step of a rollover is due then'),
    ...events.map((event) => dated(event, 'TLSA records change then')),
    dated(renewal, 'signatures have to be renewed'),
  ]);
}

export function earliestRun(runs: readonly (NextRun | undefined)[]): NextRun | undefined {
  return runs.reduce((a, b) => (a === undefined || (b !== undefined && b.at < a.at) ? b : a), undefined);
}

const dated = (at: number | undefined, why: string) => (at === undefined ? undefined : { at, why });
