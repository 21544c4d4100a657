/** The plan as a list of things to do, for a terminal. */
import type { Plan, PlanStep } from '../rollover/plan.ts';
import { actorNames, shortTime, subjectName, whenText } from './plan-words.ts';

/** So many subjects stand in one line; the others are counted. */
const mostNames = 6;

export function planText(plan: Plan): string {
  const { from, until, steps, runBefore, digest } = plan;
  const due = steps.filter(({ state }) => state === 'due' || state === 'overdue');
  const lines = [`Plan from ${shortTime(from)} to ${shortTime(until)}`];
  if (runBefore !== undefined) lines.push(`Run danezone again before ${shortTime(runBefore.at)}: ${runBefore.why}.`);
  const sections: [string, readonly PlanStep[]][] = [
    ['Overdue', due.filter(({ state }) => state === 'overdue')],
    ['Due now', due.filter(({ state }) => state === 'due')],
    ['Done by this run', steps.filter(({ state }) => state === 'done-by-tool')],
    ['Later', steps.filter(({ state }) => state === 'later')],
  ];
  for (const [title, of] of sections) {
    if (of.length > 0) lines.push('', title, ...grouped(of).flatMap(stepLines));
  }
  if (steps.length === 0) lines.push('', 'Nothing is to be done.');
  if (steps.some(({ assumes }) => assumes !== undefined)) {
    lines.push('', '* if everybody acts at the earliest date; the date moves with the day on which it is really done.');
  }
  lines.push('', `Digest of this plan: ${digest}`);
  return `${lines.join('\n')}\n`;
}

interface Group {
  readonly step: PlanStep;
  readonly names: readonly string[];
}

/** Steps that differ in their subject only are one. */
function grouped(steps: readonly PlanStep[]): Group[] {
  const groups = new Map<string, { step: PlanStep; names: string[] }>();
  for (const step of steps) {
    const name = subjectName(step);
    const alike = step.action.kind === 'confirm-published' ? step.action.kind : step.title.replaceAll(name, '');
    const key = JSON.stringify([step.at, step.actor, alike, step.state]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { step, names: [name] });
    else group.names.push(name);
  }
  return [...groups.values()];
}

function stepLines({ step, names }: Group): string[] {
  const [first] = names;
  const many = names.length > 1;
  const published = step.action.kind === 'confirm-published';
  const title =
    many && published ? 'Publish the serials built last on every name server, then confirm them' : step.title;
  const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : '';
  const subject = many ? `${names.slice(0, mostNames).join(', ')}${more}` : first;
  const commands = many && published ? ['danezone confirm published --all'] : step.commands;
  return [
    '',
    `  ${whenText(step)}  ${actorNames[step.actor]}: ${title}`,
    `      for ${subject}`,
    `      why: ${step.reason.text}`,
    `      if late: ${step.ifLate}`,
    ...(step.latest === undefined ? [] : [`      not after ${shortTime(step.latest)}`]),
    ...(step.undoUntil === undefined ? [] : [`      can be undone until ${shortTime(step.undoUntil)}`]),
    ...(many || step.actor === 'tool' ? [] : step.after.map((line) => `      = ${line}`)),
    ...(step.actor === 'tool' ? [] : commands.map((command) => `      $ ${command}`)),
  ];
}
