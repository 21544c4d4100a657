/** The clock of this machine against the times in the journal. */
import { type Position, type Report, report } from '../text/problem.ts';
import type { Journal } from './journal.ts';
import { rules } from './rules.ts';

/** Seconds that clocks of machines that share a state may be apart. */
export const clockTolerance = 300;

/** Whether two clocks are too far apart to be the same time. */
export function areApart(now: number, other: number): boolean {
  return Math.abs(now - other) > clockTolerance;
}

/**
 * Reports a clock that is behind the journal, and says whether it is: rollovers then stand still, re-signing does not. Before any of
 * the zone's keys was made it is an error: what is signed by that clock has run out long ago.
 */
export function clockWentBack(journal: Journal, now: number, to: Report, position?: Position): boolean {
  const { zone, changed, keys } = journal;
  if (now >= changed - clockTolerance) return false;
  const made = Math.min(...keys.map(({ created }) => created));
  const isBeforeAll = keys.length > 0 && now < made - clockTolerance;
  if (isBeforeAll) report(to, rules['ops/clock-before-keys'], position, { now, made, zone }, { subject: zone });
  else report(to, rules['ops/clock-went-back'], position, { now, changed }, { subject: zone });
  return true;
}
