/** A zone with its keys one step further, or, where the proof is against the step, with its keys as they were. */
import type { Zone } from '../dns/zone.ts';
import type { BuiltZone } from '../journal/built-zone.ts';
import { type Journal, type KeyRecord, newJournal } from '../journal/journal.ts';
import { withBuilt } from '../journal/with-built.ts';
import { newReport, type Problem, type Report, report } from '../text/problem.ts';
import { newViolations } from './new-violations.ts';
import { withKeys } from './rolled.ts';
import { rules } from './rules.ts';
import type { Settings } from './settings-file.ts';
import { type ProvenZone, type SigningRun, stageSigned } from './sign-zone.ts';
import type { ZoneState } from './zone-state.ts';

/** A staged zone with the keys that the journal will say it has; undefined: those that it says now. */
export interface StagedZone extends ProvenZone {
  readonly keys?: readonly KeyRecord[];
  /** Why the keys stayed where they were. */
  readonly held?: readonly Problem[];
}

export interface SafeStaging {
  readonly builtOf: (staged: ProvenZone) => BuiltZone;
  /** The operator has taken the step upon himself. */
  readonly isOverridden: boolean;
  readonly to: Report;
}

/**
 * What is wrong without the step as well never holds a step back: it may be what mends it. Content that is new is staged either way; a
 * step that is not safe waits, the rest does not.
 */
export async function stageSafely(
  run: SigningRun,
  zone: Zone,
  state: ZoneState,
  settings: Settings,
  target: string,
  { builtOf, isOverridden, to }: SafeStaging,
): Promise<StagedZone | { readonly problems: readonly Problem[] }> {
  const { rolled } = state;
  const staged = await stageSigned(run, zone, state, settings, target);
  if (rolled === undefined || 'problems' in staged) return staged;
  const { keys } = rolled.after.journal;
  const unsafe = newViolations(rolled, journalAfter(state, builtOf(staged), keys, run.now), run.now);
  if (unsafe.length === 0 || isOverridden) return { ...staged, keys };
  const own = newReport();
  for (const { message } of unsafe) {
    const facts = { zone: zone.apex, what: message };
    report(own, rules['rollover/unsafe-transition'], undefined, facts, { subject: zone.apex });
  }
  for (const problem of own.problems) to.add(problem);
  const held = await stageSigned(run, zone, state, settings, target, state.dutiesBefore);
  return 'problems' in held ? held : { ...held, keys: rolled.before.keys, held: own.problems };
}

/** What the journal will say if the build is committed; the very journal that was read where nothing has moved. */
export function journalAfter(
  { zone, journal, rolled }: ZoneState,
  built: BuiltZone,
  keys: readonly KeyRecord[] | undefined,
  now: number,
): Journal {
  const read = journal ?? newJournal(zone, now);
  const known = keys === undefined ? (rolled?.before ?? read) : withKeys(read, keys, now);
  const after = withBuilt(known, built, now);
  return after === journal ? after : { ...after, generation: (journal?.generation ?? 0) + 1 };
}
