/** Plans as literals, for what prints them. */
import { name } from '../../src/dns/name.ts';
import type { Lane, Plan, PlanStep } from '../../src/rollover/plan.ts';

export const from = 1_767_225_600; // 2026-01-01
export const day = 86_400;
export const until = from + 365 * day;

export function step(changes: Partial<PlanStep> = {}): PlanStep {
  return {
    id: 'ab12',
    subject: { kind: 'zone', name: name('example.org.') },
    actor: 'operator',
    action: { kind: 'confirm-published' },
    title: 'Publish serial 2',
    at: from,
    needs: [],
    reason: { text: 'caches wait', terms: [] },
    ifLate: 'the rest waits',
    after: [],
    commands: ['danezone confirm published example.org --serial 2'],
    state: 'due',
    ...changes,
  };
}

export const zone = (text: string): PlanStep['subject'] => ({ kind: 'zone', name: name(text) });

export const lane: Lane = {
  subject: zone('example.org.'),
  label: 'CSK 12345',
  spans: [
    { state: 'active', from: from - 30 * day, until: from + 90 * day },
    { state: 'leaving', from: from + 90 * day, until: from + 92 * day },
  ],
};

export function plan(steps: readonly PlanStep[], changes: Partial<Plan> = {}): Plan {
  return { from, until, steps, lanes: [lane], digest: 'd1'.repeat(32), ...changes };
}
