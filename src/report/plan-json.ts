/** The plan as JSON: everything, times in ISO 8601, durations in seconds. */
import type { Plan } from '../rollover/plan.ts';
import { jsonText } from '../text/annotations.ts';
import { withIsoTimes } from './iso-times.ts';

export function planJson(plan: Plan): string {
  return jsonText(withIsoTimes({ version: 1, ...plan }));
}
