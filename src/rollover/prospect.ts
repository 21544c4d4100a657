/** What follows from a request, until every key that leaves is in no cache any more: the steps of the plan that belong to it. */
import type { Journal, KeyId, KeyRecord } from '../journal/journal.ts';
import { isDone, keyOf } from './key-records.ts';
import { keyRecords } from './move.ts';
import type { PlanStep } from './plan.ts';
import { planZone } from './plan-zone.ts';
import type { RolloverPolicy } from './policy.ts';
import { type ParentHere, run, type VirtualZone } from './virtual-zone.ts';

export interface Prospect {
  /** If every actor acts at its earliest date. */
  readonly steps: readonly PlanStep[];
  /** When the last key that leaves is in no cache, Unix seconds; undefined: not within the horizon, or nothing leaves. */
  readonly done?: number;
  readonly leaving: readonly KeyId[];
  /** The keys at the horizon. */
  readonly keys: readonly KeyRecord[];
}

/** Seconds: no roll takes longer. */
const horizon = 400 * 86_400;

/** Manual steps count as approved when they are due. */
export function prospectOf(journal: Journal, policy: RolloverPolicy, now: number, parent?: ParentHere): Prospect {
  const zone: VirtualZone = {
    journal,
    policy: { ...policy, manual: false },
    parent,
    // TLSA records go first.
    tlsa: journal.requests.insecure === undefined ? undefined : [],
  };
  const next = run(zone, now).zone.journal.keys;
  const leaving = next.filter((key) => key.goal === 'hidden' && !isDone(key)).map(({ id }) => id);
  const { steps, history } = planZone(zone, now, now + horizon);
  // Keys that the plan makes for itself are the same in every run of it.
  const ends = leaving.map((id) => endOf(keyOf(history.keys, id)));
  const isDated = ends.length > 0 && ends.every((end) => end !== undefined);
  const done = isDated ? Math.max(...ends.map((end) => end ?? 0)) : undefined;
  return {
    steps: leaving.length === 0 ? [] : steps.filter(({ at }) => at <= (done ?? Number.POSITIVE_INFINITY)),
    done,
    leaving,
    keys: history.keys,
  };
}

function endOf(key: KeyRecord | undefined): number | undefined {
  return key !== undefined && isDone(key) ? Math.max(...keyRecords.map((record) => key[record].since)) : undefined;
}
