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

/** Reports a clock that is behind the journal, and says whether it is: rollovers then stand still, re-signing does not. */
export function clockWentBack(journal: Journal, now: number, to: Report, position?: Position): boolean {
  if (now >= journal.changed - clockTolerance) return false;
  report(to, rules['ops/clock-went-back'], position, { now, changed: journal.changed }, { subject: journal.zone });
  return true;
}
