/** The plan as a list of things to do, for a terminal. */
import type { Plan, PlanStep } from '../rollover/plan.ts';
import { escapeControls } from '../text/escape.ts';
import { type Group, grouped, groupWords, inOrder, isRoutine, mostNames } from './plan-groups.ts';
import { actorNames, runText, shortTime, whenText } from './plan-words.ts';

export function planText(plan: Plan): string {
  const { from, until, steps, runBefore, digest } = plan;
  const lines = [`Plan from ${shortTime(from)} to ${shortTime(until)}`];
  if (runBefore !== undefined) lines.push(`${runText(runBefore, from)}.`);
  const isDue = ({ state }: PlanStep) => state === 'due' || state === 'overdue';
  const isQuiet = !steps.some(isDue) && runBefore?.isLate !== true;
  if (isQuiet) lines.push(...quietLines(steps));
  for (const [title, state] of sections) {
    const groups = inOrder(grouped(steps.filter((step) => step.state === state)));
    if (groups.length > 0) lines.push('', title, ...groups.flatMap(stepLines));
  }
  const notes = [
    ...(steps.some(({ assumes }) => assumes !== undefined)
      ? ['* if everybody acts at the earliest date; the date moves with the day on which it is really done.']
      : []),
    ...(steps.some(isRoutine) ? [`Publish and confirm: ${routineWhy}.`] : []),
  ];
  if (notes.length > 0) lines.push('', ...notes);
  lines.push('', `Digest of this plan: ${digest}`);
  return shown(lines);
}

const sections = [
  ['Overdue', 'overdue'],
  ['Due now', 'due'],
  ['Done by the next danezone build', 'done-by-tool'],
  ['Whenever you like', 'open'],
  ['Later', 'later'],
] as const satisfies readonly (readonly [string, PlanStep['state']])[];

/** Nobody has to do anything now: when that ends. */
function quietLines(steps: readonly PlanStep[]): string[] {
  const next = inOrder(grouped(steps.filter(({ actor, state }) => actor !== 'tool' && state === 'later')))[0];
  if (steps.length === 0 || next === undefined) return ['Nothing is to be done.'];
  const { title, subject } = groupWords(next);
  return [`Nothing is to be done now. Next, ${whenText(next.step)}: ${title} (${subject}).`];
}

/** What follows every change is said once for all of them. */
const routineWhy =
  'waiting times count from the day on which all name servers show something; until that is confirmed, every step after it waits';

/** What people have to do now, for the end of a build; empty where there is nothing. */
export function dueText(plan: Plan): string {
  const due = plan.steps.filter(({ state }) => state === 'due' || state === 'overdue');
  if (due.length === 0) return '';
  const lines = grouped(due).flatMap((group) => {
    const { title, subject, commands } = groupWords(group);
    return [`  ${title} (${subject})`, ...commands.map((command) => `      ${command}`)];
  });
  return shown(['to do now:', ...lines, 'see danezone plan for what follows and why']);
}

/** Names and titles hold what people wrote: nothing of it moves the cursor. */
function shown(lines: readonly string[]): string {
  return `${lines.map(escapeControls).join('\n')}\n`;
}

/** The earliest of the dates that there are. */
function earliest(dates: readonly (number | undefined)[]): number | undefined {
  const known = dates.filter((date) => date !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function stepLines(group: Group): string[] {
  const { step, steps, names } = group;
  const { title, subject, commands } = groupWords(group);
  if (isRoutine(step)) {
    const all = names.length > mostNames ? '--all' : names.join(' ');
    return ['', `  ${whenText(step)}  you: Publish and confirm`, `      $ danezone confirm published ${all}`];
  }
  const latest = earliest(steps.map((each) => each.latest));
  const reasons = new Set(steps.map(({ reason }) => reason.text));
  const example = reasons.size > 1 ? ` (${names[0]})` : '';
  return [
    '',
    `  ${whenText(step)}  ${actorNames[step.actor]}: ${title}`,
    `      for ${subject}`,
    `      why${example}: ${step.reason.text}`,
    `      if late: ${step.ifLate}`,
    ...(latest === undefined ? [] : [`      at the latest ${shortTime(latest)}`]),
    ...undoLines(group),
    ...(steps.length > 1 || step.actor === 'tool' ? [] : step.after.map((line) => `      = ${line}`)),
    ...(step.actor === 'tool' ? [] : commands.map((command) => `      $ ${command}`)),
  ];
}

/** A roll is taken back by a command, what hosts do by the description. */
function undoLines({ step, steps, names }: Group): string[] {
  const until = earliest(steps.map(({ undoUntil }) => undoUntil));
  if (until === undefined) return [];
  const how = step.subject.kind === 'zone' ? `danezone roll abort ${names.join(' ')}` : 'change the description back';
  return [`      can be taken back until ${shortTime(until)}: ${how}`];
}
