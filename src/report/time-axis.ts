/** Where a time axis has its marks. */

export interface Tick {
  /** Unix seconds. */
  readonly at: number;
  readonly label: string;
}

const day = 86400;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** At most fourteen marks at round dates, UTC: months, days, hours, minutes or seconds, whatever fits the range. */
export function ticksOf(from: number, until: number): Tick[] {
  const range = until - from;
  if (range > 60 * day) return monthTicks(from, until, Math.ceil(range / (30 * day) / 13));
  const steps = [1, 5, 10, 30, 60, 300, 900, 3600, 3 * 3600, 6 * 3600, 12 * 3600, day, 2 * day, 7 * day];
  const step = steps.find((seconds) => range / seconds <= 13) ?? 7 * day;
  const ticks: Tick[] = [];
  for (let at = Math.ceil(from / step) * step; at <= until; at += step) {
    const date = new Date(at * 1000).toISOString();
    ticks.push({ at, label: step >= day ? date.slice(5, 10) : step >= 60 ? date.slice(11, 16) : date.slice(14, 19) });
  }
  return ticks;
}

function monthTicks(from: number, until: number, step: number): Tick[] {
  const start = new Date(from * 1000);
  const ticks: Tick[] = [];
  for (let month = 1; ; month += step) {
    const date = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + month, 1));
    const at = date.getTime() / 1000;
    if (at > until) return ticks;
    const name = months[date.getUTCMonth()];
    ticks.push({
      at,
      label: date.getUTCMonth() === 0 || ticks.length === 0 ? `${name} ${date.getUTCFullYear()}` : name,
    });
  }
}
