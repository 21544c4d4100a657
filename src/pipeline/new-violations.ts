/** What a step of the engine would break: asked of the proof before anything is committed. */
import type { Journal } from '../journal/journal.ts';
import { prove } from '../prove/prove.ts';
import type { Violation } from '../prove/violation.ts';
import type { Rolled } from './rolled.ts';

/**
 * Violations of the journal `after` a build that the journal before it, left alone, does not have too: what is wrong already must not
 * hold back the step that mends it.
 *
 * By kind, and not by span: a step that mends a zone changes what caches may hold, so the same harm is found with other contents and at
 * other instants until the old ones are forgotten. Spans would let an outage last because its end is not at once. What that costs: while
 * a kind is there, a step that makes it last longer is taken too. A journal is of one zone, so the subject is the same.
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
