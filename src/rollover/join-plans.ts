/** Plans of single zones and hosts made one. */
import { sha256 } from '../crypto/digest.ts';
import { hex } from '../text/octets.ts';
import type { NextRun } from './next-run.ts';
import type { Lane, Plan, PlanStep } from './plan.ts';

export interface PartPlan {
  readonly steps: readonly PlanStep[];
  readonly lanes: readonly Lane[];
}

/** Unix seconds. */
export function joinPlans(from: number, until: number, parts: readonly PartPlan[], runBefore?: NextRun): Plan {
  const steps = parts.flatMap((part) => part.steps).sort(inOrder);
  return {
    from,
    until,
    steps,
    lanes: parts.flatMap(({ lanes }) => lanes),
    runBefore,
    digest: digestOf(steps),
  };
}

/** The steps of one part at one time stay in the order in which they follow from each other. */
const inOrder = (a: PlanStep, b: PlanStep) => a.at - b.at;

/**
 * Of what a reviewer goes by: which steps there are, in which order, and their dates as far as they are fixed. A step that is due counts
 * without its date, and so does one whose date hangs on when others act: else the digest would change by the minute.
 */
function digestOf(steps: readonly PlanStep[]): string {
  const rows = steps.map(({ id, actor, action, at, assumes, state }) => [
    id,
    actor,
    action.kind,
    state === 'later' && assumes === undefined ? at : state === 'overdue' ? 'due' : state,
  ]);
  return hex(sha256(Buffer.from(JSON.stringify(rows))));
}
