/** Steps of one minute that differ in their subject only, as one: what every form of the plan that people read is made of. */
import type { PlanStep } from '../rollover/plan.ts';
import { plainName, subjectName, whenText } from './plan-words.ts';

/** So many subjects stand in one line; the others are counted. */
export const mostNames = 6;

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

/** Children of one parent in the same repository are shown with one publication. */
function manyWordsOf({ action }: PlanStep): (typeof manyWords)[string] {
  if (!('ds' in action) || action.parent === undefined) return manyWords[action.kind];
  const what = action.kind === 'remove-ds' ? 'without the DS records of the old keys' : 'with the DS records';
  return { title: `Publish ${plainName(action.parent)} ${what} of these zones` };
}

export interface Group {
  /** The first of all. */
  readonly step: PlanStep;
  readonly steps: readonly PlanStep[];
  readonly names: readonly string[];
}

/** Steps of one minute that differ in their subject only are one. */
export function grouped(steps: readonly PlanStep[]): Group[] {
  const groups = new Map<string, PlanStep[]>();
  for (const step of steps) {
    const name = subjectName(step);
    const words = manyWordsOf(step);
    const alike = words === undefined ? step.title.replaceAll(name, '') : words.title;
    const key = JSON.stringify([whenText(step), step.actor, alike, step.state]);
    groups.set(key, [...(groups.get(key) ?? []), step]);
  }
  return [...groups.values()].map((all) => ({
    step: all[0],
    steps: all,
    names: [...new Set(all.map(subjectName))],
  }));
}

/** What the tool does at a time comes before what people do with it, for all zones. */
export function inOrder(groups: readonly Group[]): readonly Group[] {
  const minute = ({ step }: Group) => (step.state === 'later' ? Math.ceil(step.at / 60) : 0);
  const rank = ({ step }: Group) => (step.actor === 'tool' ? 0 : 1);
  return [...groups].sort((a, b) => minute(a) - minute(b) || rank(a) - rank(b));
}

export function groupWords({ step, steps, names }: Group): {
  title: string;
  subject: string;
  commands: readonly string[];
} {
  const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : '';
  const subject = `${names.slice(0, mostNames).join(', ')}${more}`;
  const isOne = steps.every(({ title }) => title === step.title);
  const words = steps.length === 1 || (isOne && step.actor === 'tool') ? undefined : manyWordsOf(step);
  return {
    title: words?.title ?? step.title,
    subject,
    commands: words?.commands?.(names.join(' ')) ?? [...new Set(steps.flatMap(({ commands }) => commands))],
  };
}

/** What follows every change: its reason is always the same. */
export const isRoutine = ({ action, state }: PlanStep) => action.kind === 'confirm-published' && state === 'later';
