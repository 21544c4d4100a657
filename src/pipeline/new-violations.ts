/** What a step of the engine would break: asked of the proof before anything is committed. */
import type { Journal } from '../journal/journal.ts';
import { prove } from '../prove/prove.ts';
import type { Violation } from '../prove/violation.ts';
import type { Rolled } from './rolled.ts';

/**
 * Violations of the journal `after` a build that the journal before it, left alone, does not have too: what is wrong already must not
 * hold back the step that mends it.
 */
export function newViolations({ before, policy }: Rolled, after: Journal, now: number): readonly Violation[] {
  const found = violationsOf(after, policy, now);
  if (found.length === 0) return [];
  const known = new Set(violationsOf(before, policy, now).map(({ kind }) => kind));
  return found.filter(({ kind }) => !known.has(kind));
}

function violationsOf(journal: Journal, policy: Rolled['policy'], now: number): readonly Violation[] {
  return prove({ zones: [{ journal, policy }], from: now }).violations;
}
