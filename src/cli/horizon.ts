/** `--until`: a date, or how far from now. */
import { parseDuration } from '../text/duration.ts';
import { parseTime } from '../text/time.ts';
import { UsageError } from './command.ts';

const year = 365 * 86400;
/** Ten years: further than that no policy is meant. */
const furthest = 10 * year;

/** Unix seconds of `1y`, `90d` or `2027-01-01`; a year from now where nothing is said. */
export function horizonOf(text: unknown, now: number): number {
  if (text === undefined) return now + year;
  const given = String(text);
  const years = /^([1-9][0-9]?)y$/.exec(given);
  const seconds =
    years === null ? (/^[0-9]{10,}$/.test(given) ? undefined : parseDuration(given)) : Number(years[1]) * year;
  const until = seconds === undefined ? parseTime(given) : now + seconds;
  if (until === undefined) throw new UsageError(`--until ${given} is neither a duration such as 90d or 1y nor a date`);
  if (until <= now) throw new UsageError(`--until ${given} is not in the future`);
  if (until > now + furthest) throw new UsageError(`--until ${given} is more than ten years away`);
  return until;
}
