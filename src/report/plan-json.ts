/** The plan as JSON: everything, times in ISO 8601. */
import type { Plan } from '../rollover/plan.ts';

const times = new Set(['from', 'until', 'at', 'latest', 'undoUntil', 'built']);

export function planJson(plan: Plan): string {
  const text = JSON.stringify(
    { version: 1, ...plan },
    (key, value: unknown) =>
      times.has(key) && typeof value === 'number' ? new Date(value * 1000).toISOString() : value,
    2,
  );
  return `${text}\n`;
}
