/** Steps of a plan as they are gathered: the id, and what follows for a step from its date and from what it assumes. */
import { sha256 } from '../crypto/digest.ts';
import { hex } from '../text/octets.ts';
import type { Precondition, Term } from './move.ts';
import type { PlanStep } from './plan.ts';

export interface Draft extends Pick<PlanStep, 'subject' | 'actor' | 'action' | 'title' | 'at' | 'latest' | 'ifLate'> {
  /** What the step is, the same from run to run; with the subject it makes the id. */
  readonly is: unknown;
  /** With the formula, where something was waited for. */
  readonly why: string;
  readonly terms?: readonly Term[];
  readonly needs?: readonly Precondition[];
  readonly after?: readonly string[];
  readonly commands?: readonly string[];
  /** It may be done, and nothing waits for it. */
  readonly isOptional?: boolean;
}

/** Seconds before its latest date from which even an optional step is due. */
const remindBefore = 30 * 86_400;

export class StepBook {
  readonly #from: number;
  readonly #steps: PlanStep[] = [];
  readonly #ids = new Set<string>();

  constructor(from: number) {
    this.#from = from;
  }

  get steps(): readonly PlanStep[] {
    return this.#steps;
  }

  /** `assumes`: undefined where the date hangs on nobody. */
  add(draft: Draft, assumes: string | undefined): void {
    const { is, why, terms = [], isOptional, needs = [], after = [], commands = [], ...rest } = draft;
    this.#steps.push({
      ...rest,
      id: this.#newId([draft.subject.name, draft.action.kind, is]),
      assumes,
      needs,
      after,
      commands: draft.actor === 'tool' ? ['danezone build'] : commands,
      reason: { text: why, terms },
      undoUntil: undefined,
      state: this.#stateOf(draft, assumes),
    });
  }

  #stateOf({ actor, at, latest = Number.POSITIVE_INFINITY, isOptional }: Draft, assumes?: string): PlanStep['state'] {
    const from = this.#from;
    if (from > latest) return 'overdue';
    if (at > from || assumes !== undefined) return 'later';
    if (actor === 'tool') return 'done-by-tool';
    return isOptional === true && from < latest - remindBefore ? 'open' : 'due';
  }

  #newId(what: readonly unknown[]): string {
    for (let attempt = 0; ; attempt++) {
      const id = hex(sha256(Buffer.from(JSON.stringify(attempt === 0 ? what : [...what, attempt])))).slice(0, 16);
      if (this.#ids.has(id)) continue;
      this.#ids.add(id);
      return id;
    }
  }
}
