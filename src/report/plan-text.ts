/** The plan as a list of things to do, for a terminal. */
import type { Plan, PlanStep } from '../rollover/plan.ts';
import { escapeControls } from '../text/escape.ts';
import { actorNames, runText, shortTime, subjectName, whenText } from './plan-words.ts';

/** So many subjects stand in one line; the others are counted. */
const mostNames = 6;

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
const isRoutine = ({ action, state }: PlanStep) => action.kind === 'confirm-published' && state === 'later';
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

/** Actions that are done for many zones at once. */
const manyWords: Readonly<
  Record<string, { readonly title: string; readonly commands?: (names: string) => readonly string[] } | undefined>
> = {
  'confirm-published': {
    title: 'Publish the serials built last on every name server, then confirm them',
    commands: () => ['danezone confirm published --all'],
  },
  'publish-dnskey': { title: 'Publish the DNSKEY of the new keys' },
  'sign-with': { title: 'Sign the zones with the new keys' },
  'stop-signing-with': { title: 'Sign the zones no longer with the old keys' },
  'withdraw-dnskey': { title: 'Withdraw the DNSKEY of the old keys' },
  unsign: { title: 'Build these zones without keys and signatures' },
  'add-ds': { title: 'Add the DS records at the parents', commands: dsCommands },
  'remove-ds': {
    title: 'Remove the DS records of the old keys from the parents',
    commands: (names) => [`danezone ds ${names}`, `danezone confirm ds-gone ${names}`],
  },
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

/** Steps of one minute that differ in their subject only are one. */
function grouped(steps: readonly PlanStep[]): Group[] {
  const groups = new Map<string, PlanStep[]>();
  for (const step of steps) {
    const name = subjectName(step);
    const alike = manyWords[step.action.kind] === undefined ? step.title.replaceAll(name, '') : step.action.kind;
    const key = JSON.stringify([whenText(step), step.actor, alike, step.state]);
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
  const minute = ({ step }: Group) => (step.state === 'later' ? Math.ceil(step.at / 60) : 0);
  const rank = ({ step }: Group) => (step.actor === 'tool' ? 0 : 1);
  return [...groups].sort((a, b) => minute(a) - minute(b) || rank(a) - rank(b));
}

function groupWords({ step, steps, names }: Group): { title: string; subject: string; commands: readonly string[] } {
  const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : '';
  const subject = `${names.slice(0, mostNames).join(', ')}${more}`;
  const isOne = steps.every(({ title }) => title === step.title);
  const words = steps.length === 1 || (isOne && step.actor === 'tool') ? undefined : manyWords[step.action.kind];
  return {
    title: words?.title ?? step.title,
    subject,
    commands: words?.commands?.(names.join(' ')) ?? [...new Set(steps.flatMap(({ commands }) => commands))],
  };
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
