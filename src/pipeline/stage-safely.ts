/** A zone with its keys one step further, or, where the proof is against the step, with its keys as they were. */
import type { Zone } from '../dns/zone.ts';
import type { BuiltZone } from '../journal/built-zone.ts';
import { type Journal, newJournal } from '../journal/journal.ts';
import { withBuilt } from '../journal/with-built.ts';
import { newReport, type Problem, type Report, report } from '../text/problem.ts';
import { newViolations } from './new-violations.ts';
import { type Led, withLed } from './rolled.ts';
import { rules } from './rules.ts';
import type { Settings } from './settings-file.ts';
import { type ProvenZone, type SigningRun, stageSigned, stageUnsigned } from './sign-zone.ts';
import type { ZoneState } from './zone-state.ts';

/** A staged zone with the keys and requests that the journal will have; undefined: those that it has now. */
export interface StagedZone extends ProvenZone {
  readonly led?: Led;
  /** The zone as the journal wants to know it, where the proof has read it already. */
  readonly built?: BuiltZone;
  /** The step is taken although the proof is against it: the operator has said so. */
  readonly isUnsafe?: boolean;
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
  how: SafeStaging,
): Promise<StagedZone | { readonly problems: readonly Problem[] }> {
  const { rolled } = state;
  const staged = await stageSigned(run, zone, state, settings, target);
  if (rolled === undefined || 'problems' in staged) return staged;
  const built = how.builtOf(staged);
  return proved(run, zone, state, settings, target, { ...staged, built }, built, how);
}

/** A zone that has left DNSSEC: the first build without signatures is a step of the engine too. `settings`: as it was signed. */
export async function stageLeft(
  run: SigningRun,
  zone: Zone,
  state: ZoneState,
  settings: Settings,
  target: string,
  how: SafeStaging,
): Promise<StagedZone | { readonly problems: readonly Problem[] }> {
  const staged = await stageUnsigned(run, zone, state, settings.serial, target);
  if (state.rolled === undefined || 'problems' in staged) return staged;
  return proved(run, zone, state, settings, target, staged, how.builtOf(staged), how);
}

async function proved(
  run: SigningRun,
  zone: Zone,
  state: ZoneState,
  settings: Settings,
  target: string,
  staged: StagedZone,
  built: BuiltZone,
  { isOverridden, to }: SafeStaging,
): Promise<StagedZone | { readonly problems: readonly Problem[] }> {
  const { rolled } = state;
  if (rolled === undefined) return staged;
  const led = rolled.after.journal;
  const unsafe = newViolations(rolled, journalAfter(state, built, led, run.now), run.now);
  if (unsafe.length === 0 || isOverridden) return { ...staged, led, isUnsafe: unsafe.length > 0 };
  const own = newReport();
  for (const { message } of unsafe) {
    const facts = { zone: zone.apex, what: message };
    report(own, rules['rollover/unsafe-transition'], undefined, facts, { subject: zone.apex });
  }
  for (const problem of own.problems) to.add(problem);
  const held = await stageSigned(run, zone, state, settings, target, state.dutiesBefore);
  return 'problems' in held ? held : { ...held, led: rolled.before, held: own.problems };
}

/** What the journal will say if the build is committed; the very journal that was read where nothing has moved. */
export function journalAfter(
  { zone, journal, rolled }: ZoneState,
  built: BuiltZone,
  led: Led | undefined,
  now: number,
): Journal {
  const read = journal ?? newJournal(zone, now);
  const known = led === undefined ? (rolled?.before ?? read) : withLed(read, led, now);
  const after = withBuilt(known, built, now);
  return after === journal ? after : { ...after, generation: (journal?.generation ?? 0) + 1 };
}
