/** Words that every form of the plan uses. */
import type { Plan, PlanStep } from '../rollover/plan.ts';
import { readableTime } from '../text/time.ts';

export const actorNames: Readonly<Record<PlanStep['actor'], string>> = {
  tool: 'danezone',
  operator: 'you',
  registrar: 'the registrar',
  acme: 'the ACME client',
};

/** `2026-01-01 00:00Z`: the steps of a plan are not made to the second. An end of a time is never later than it is. */
export function shortTime(seconds: number): string {
  return `${readableTime(seconds).slice(0, 16)}Z`;
}

/** The first full minute at which it is safe: what is not before 12:00:01 is not before 12:01. */
export function notBefore(seconds: number): string {
  return shortTime(Math.ceil(seconds / 60) * 60);
}

/** When the tool must run. */
export function runText({ at, why }: NonNullable<Plan['runBefore']>, from: number): string {
  return at <= from ? `Run danezone build now: ${why}` : `Run danezone build again before ${shortTime(at)}: ${why}`;
}

/** A name without its final dot, as people write it. */
export const plainName = (name: string): string => (name === '.' ? '.' : name.replace(/\.$/, ''));

export function subjectName({ subject }: Pick<PlanStep, 'subject'>): string {
  return plainName(subject.name);
}

/** Steps that a person has to see to, those of the tool left out. */
export function actionsOf(plan: Plan): readonly PlanStep[] {
  return plan.steps.filter(({ actor }) => actor !== 'tool');
}

/** `now`, `overdue`, or the date, with a star where it holds only if others act at their earliest. */
export function whenText({ state, at, assumes }: PlanStep): string {
  if (state === 'overdue') return 'overdue';
  if (state === 'due' || state === 'done-by-tool' || state === 'open') return 'now';
  return assumes === undefined ? notBefore(at) : `${notBefore(at)}*`;
}
