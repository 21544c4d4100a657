/** The plan as a list of things to do, for a terminal. */
import type { Plan, PlanStep } from '../rollover/plan.ts';
import { escapeControls } from '../text/escape.ts';
import { actorNames, runText, shortTime, subjectName, whenText } from './plan-words.ts';

/** So many subjects stand in one line; the others are counted. */
const mostNames = 6;

export function planText(plan: Plan): string {
  const { from, until, steps, runBefore, digest } = plan;
  const due = steps.filter(({ state }) => state === 'due' || state === 'overdue');
  const lines = [`Plan from ${shortTime(from)} to ${shortTime(until)}`];
  if (runBefore !== undefined) lines.push(`${runText(runBefore, from)}.`);
  const sections: [string, readonly PlanStep[]][] = [
    ['Overdue', due.filter(({ state }) => state === 'overdue')],
    ['Due now', due.filter(({ state }) => state === 'due')],
    ['Done by this run', steps.filter(({ state }) => state === 'done-by-tool')],
    ['Later', steps.filter(({ state }) => state === 'later')],
  ];
  for (const [title, of] of sections) {
    if (of.length > 0) lines.push('', title, ...inOrder(grouped(of)).flatMap(stepLines));
  }
  if (steps.length === 0) lines.push('', 'Nothing is to be done.');
  if (steps.some(({ assumes }) => assumes !== undefined)) {
    lines.push('', '* if everybody acts at the earliest date; the date moves with the day on which it is really done.');
  }
  lines.push('', `Digest of this plan: ${digest}`);
  return shown(lines);
}

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

/** Actions that are done for many zones at once. */
const manyWords: Readonly<
  Record<string, { readonly title: string; readonly commands: (names: string) => readonly string[] } | undefined>
> = {
  'confirm-published': {
    title: 'Publish the serials built last on every name server, then confirm them',
    commands: () => ['danezone confirm published --all'],
  },
  'add-ds': { title: 'Add the DS records at the parents', commands: dsCommands },
  'remove-ds': { title: 'Remove the DS records of the old keys from the parents', commands: dsCommands },
  'confirm-certificate': {
    title: 'Look at every address of these hosts, and confirm that they show their certificates',
    commands: (names) => names.split(' ').map((name) => `danezone confirm cert-served ${name}`),
  },
  'replace-ds': { title: 'Replace the DS records at the parents', commands: dsCommands },
};

function dsCommands(names: string): string[] {
  return [`danezone ds ${names}`, `danezone confirm ds-seen ${names}`];
}

interface Group {
  /** The first of all. */
  readonly step: PlanStep;
  readonly steps: readonly PlanStep[];
  readonly names: readonly string[];
}

/** Steps that differ in their subject only are one. */
function grouped(steps: readonly PlanStep[]): Group[] {
  const groups = new Map<string, PlanStep[]>();
  for (const step of steps) {
    const name = subjectName(step);
    const alike = manyWords[step.action.kind] === undefined ? step.title.replaceAll(name, '') : step.action.kind;
    const key = JSON.stringify([step.at, step.actor, alike, step.state]);
    groups.set(key, [...(groups.get(key) ?? []), step]);
  }
  return [...groups.values()].map((all) => ({
    step: all[0],
    steps: all,
    names: [...new Set(all.map(subjectName))],
  }));
}

/** The earliest of the dates that there are. */
function earliest(dates: readonly (number | undefined)[]): number | undefined {
  const known = dates.filter((date) => date !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** What the tool does at a time comes before what people do with it, for all zones. */
function inOrder(groups: readonly Group[]): readonly Group[] {
  const rank = ({ step }: Group) => (step.actor === 'tool' ? 0 : 1);
  return [...groups].sort((a, b) => a.step.at - b.step.at || rank(a) - rank(b));
}

function groupWords({ step, steps, names }: Group): { title: string; subject: string; commands: readonly string[] } {
  const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : '';
  const subject = `${names.slice(0, mostNames).join(', ')}${more}`;
  const words = steps.length === 1 ? undefined : manyWords[step.action.kind];
  return {
    title: words?.title ?? step.title,
    subject,
    commands: words?.commands(names.join(' ')) ?? [...new Set(steps.flatMap(({ commands }) => commands))],
  };
}

function stepLines(group: Group): string[] {
  const { step, steps, names } = group;
  const latest = earliest(steps.map((each) => each.latest));
  const undoUntil = earliest(steps.map((each) => each.undoUntil));
  const { title, subject, commands } = groupWords(group);
  return [
    '',
    `  ${whenText(step)}  ${actorNames[step.actor]}: ${title}`,
    `      for ${subject}`,
    `      why: ${step.reason.text}`,
    `      if late: ${step.ifLate}`,
    ...(latest === undefined ? [] : [`      at the latest ${shortTime(latest)}`]),
    ...(undoUntil === undefined
      ? []
      : [`      can be taken back until ${shortTime(undoUntil)}: danezone roll abort ${names.join(' ')}`]),
    ...(steps.length > 1 || step.actor === 'tool' ? [] : step.after.map((line) => `      = ${line}`)),
    ...(step.actor === 'tool' ? [] : commands.map((command) => `      $ ${command}`)),
  ];
}
