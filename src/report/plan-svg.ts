/**
 * The plan as a drawing: one lane a key or certificate, numbered marks where somebody has to act, and under the drawing what the
 * numbers mean. It carries its own colours for light and dark, and nothing from elsewhere.
 */
import type { Name } from '../dns/name.ts';
import type { Lane, Plan, PlanStep } from '../rollover/plan.ts';
import { escapeControls } from '../text/escape.ts';
import { type Group, grouped, groupWords, inOrder } from './plan-groups.ts';
import { actionsOf, actorNames, shortTime, subjectName, whenText } from './plan-words.ts';
import { ticksOf } from './time-axis.ts';

const width = 1200;
const left = 300;
const right = 24;
const laneHeight = 24;
const barHeight = 14;
const lineHeight = 19;
const markRadius = 9;
/** Between marks. */
const gap = 3;

const stateWords: Readonly<Record<Lane['spans'][number]['state'], string>> = {
  coming: 'published ahead',
  active: 'in use',
  leaving: 'leaving',
};

const style = `
  svg { color-scheme: light dark; --ink: #1c2530; --quiet: #5c6875; --paper: #ffffff; --line: #d9dee4; --coming: #7fb3e6; --active: #1f9d61; --leaving: #d98a2b; --mark: #b3261e; --band: #f4f6f8 }
  @media (prefers-color-scheme: dark) { svg { --ink: #e7ecf1; --quiet: #9aa7b4; --paper: #14191f; --line: #313a44; --coming: #3f7fc1; --active: #2fb877; --leaving: #c97a1e; --mark: #ff7b70; --band: #1a2129 } }
  text { font: 13px system-ui, sans-serif; fill: var(--ink) }
  .title { font-size: 17px; font-weight: 600 } .zone { font-weight: 600 } .quiet { fill: var(--quiet) } .number { font-size: 11px; font-weight: 600; text-anchor: middle; fill: var(--paper) }
  .assumed .number { fill: var(--mark) }
  .paper { fill: var(--paper) } .band { fill: var(--band) } .grid { stroke: var(--line) } .now { stroke: var(--mark) } .today { fill: var(--mark); font-size: 12px }
  .coming { fill: var(--coming) } .active { fill: var(--active) } .leaving { fill: var(--leaving) }
  .mark circle, .mark rect { fill: var(--mark); stroke: var(--mark); stroke-width: 1.5 } .assumed circle, .assumed rect { fill: var(--paper); stroke-dasharray: 3 2 }
`;

/** An action, and the number of its line below the drawing. */
interface Numbered {
  readonly step: PlanStep;
  readonly number: number;
}

/** A mark on the timeline: the actions of one subject that fall together. */
interface Mark {
  readonly x: number;
  readonly first: number;
  readonly last: number;
  readonly count: number;
  readonly assumed: boolean;
}

export function planSvg(plan: Plan): string {
  const groups = inOrder(grouped(actionsOf(plan)));
  const actions = groups.flatMap(({ steps }, index) => steps.map((step): Numbered => ({ step, number: index + 1 })));
  const x = (time: number) => {
    const share = (time - plan.from) / Math.max(1, plan.until - plan.from);
    return Math.round((left + Math.min(1, Math.max(0, share)) * (width - left - right)) * 10) / 10;
  };
  const body: string[] = [];
  const bands: string[] = [];
  let y = 92;
  const top = y;
  const subjects = new Map<Name, Lane[]>();
  for (const { subject } of [...plan.lanes, ...actions.map(({ step }) => step)]) subjects.set(subject.name, []);
  for (const lane of plan.lanes) subjects.get(lane.subject.name)?.push(lane);
  for (const [index, [name, lanes]] of [...subjects].sort(([a], [b]) => (a < b ? -1 : 1)).entries()) {
    const marks = marksOf(actions, name, x);
    const height = laneHeight * (1 + lanes.length + (marks.length > 0 ? 1 : 0)) + 8;
    if (index % 2 === 1) bands.push(`<rect class="band" x="0" y="${y}" width="${width}" height="${height}"/>`);
    const label = subjectName({ subject: { kind: 'zone', name } });
    body.push(
      `<text class="zone" x="16" y="${y + 18}">${escaped(shortened(label, 34))}<title>${escaped(label)}</title></text>`,
    );
    y += laneHeight;
    for (const lane of lanes) {
      body.push(laneElements(lane, plan, y, x));
      y += laneHeight;
    }
    if (marks.length > 0) {
      body.push(
        `<text class="quiet" x="28" y="${y + 16}">to do</text>`,
        ...marks.map((mark) => markElement(mark, y + 12)),
      );
      y += laneHeight;
    }
    y += 8;
  }
  const bottom = y;
  const grid = ticksOf(plan.from, plan.until).flatMap(({ at, label }) => [
    `<line class="grid" x1="${x(at)}" x2="${x(at)}" y1="${top - 8}" y2="${bottom}"/>`,
    `<text class="quiet" x="${x(at)}" y="${top - 14}" text-anchor="middle">${label}</text>`,
  ]);
  grid.push(`<line class="now" x1="${x(plan.from)}" x2="${x(plan.from)}" y1="${top - 8}" y2="${bottom}"/>`);
  grid.push(`<text class="today" x="${x(plan.from)}" y="${bottom + 14}" text-anchor="middle">today</text>`);
  y += 18;
  const list = groups.map((group, index) => {
    y += lineHeight;
    return listLine(group, index + 1, y + 12);
  });
  if (groups.length > 0) y += 26;
  const height = y + 20;
  const title = `Keys and certificates from ${shortTime(plan.from)} to ${shortTime(plan.until)}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${title}">
<style>${style}</style>
<rect class="paper" width="${width}" height="${height}"/>
<text class="title" x="16" y="30">${title}</text>
${legend()}
${[...bands, ...grid, ...body, ...list].join('\n')}
</svg>
`;
}

function legend(): string {
  const parts: string[] = [];
  let x = 16;
  for (const state of ['coming', 'active', 'leaving'] as const) {
    parts.push(`<rect class="${state}" x="${x}" y="42" width="22" height="12" rx="3"/>`);
    parts.push(`<text class="quiet" x="${x + 29}" y="53">${stateWords[state]}</text>`);
    x += 29 + stateWords[state].length * 7 + 18;
  }
  for (const [kind, words] of [
    ['mark', 'somebody has to act'],
    ['mark assumed', 'the same, if everybody acts before at the earliest date'],
  ] as const) {
    parts.push(`<g class="${kind}"><circle cx="${x + 8}" cy="48" r="7"/></g>`);
    parts.push(`<text class="quiet" x="${x + 22}" y="53">${words}</text>`);
    x += 22 + words.length * 7 + 18;
  }
  return parts.join('\n');
}

function laneElements({ label, spans }: Lane, plan: Plan, y: number, x: (time: number) => number): string {
  const parts = [`<text x="28" y="${y + 16}">${escaped(shortened(label, 28))}</text>`];
  for (const { state, from, until = plan.until } of spans) {
    if (until <= plan.from || from >= plan.until) continue;
    const [start, end] = [x(from), x(until)];
    const words = `${label} ${stateWords[state]}: ${shortTime(from)} to ${shortTime(until)}`;
    parts.push(
      `<rect class="${state}" x="${start}" y="${y + 5}" width="${Math.max(2, Math.round((end - start) * 10) / 10)}" height="${barHeight}" rx="3"><title>${escaped(words)}</title></rect>`,
    );
  }
  return parts.join('\n');
}

/** Marks that would cover each other are one, with a range of numbers. */
function marksOf(actions: readonly Numbered[], name: Name, x: (time: number) => number): readonly Mark[] {
  const marks: Mark[] = [];
  for (const { step, number } of actions) {
    const { subject, at, assumes } = step;
    if (subject.name !== name) continue;
    const last = marks.at(-1);
    const assumed = assumes !== undefined;
    const one = { x: x(at), first: number, last: number, count: 1, assumed };
    if (last !== undefined && last.assumed === assumed && one.x - reachOf(one) < last.x + reachOf(last) + gap) {
      marks[marks.length - 1] = { ...last, last: number, count: last.count + (number === last.last ? 0 : 1) };
    } else marks.push(one);
  }
  return apart(marks);
}

/** Marks that are not one although they are close: moved to the right, and back from the edge. */
function apart(marks: readonly Mark[]): readonly Mark[] {
  const placed: Mark[] = [];
  let free = 0;
  for (const mark of marks) {
    const at = Math.max(mark.x, free + reachOf(mark));
    placed.push({ ...mark, x: at });
    free = at + reachOf(mark) + gap;
  }
  let edge = width - gap;
  for (let index = placed.length - 1; index >= 0; index--) {
    const mark = placed[index];
    placed[index] = { ...mark, x: Math.min(mark.x, edge - reachOf(mark)) };
    edge = placed[index].x - reachOf(mark) - gap;
  }
  return placed;
}

/** `3`, `3–5`, or `3…9` where others have numbers between them. */
function labelOf({ first, last, count }: Mark): string {
  if (first === last) return `${first}`;
  return `${first}${count === last - first + 1 ? '–' : '…'}${last}`;
}

/** Half the width of a mark. */
function reachOf(mark: Mark): number {
  return Math.max(markRadius, labelOf(mark).length * 3.6 + 4);
}

function markElement(mark: Mark, y: number): string {
  const { x, assumed } = mark;
  const label = labelOf(mark);
  const reach = reachOf(mark);
  return `<g class="${assumed ? 'mark assumed' : 'mark'}"><rect x="${x - reach}" y="${y - markRadius}" width="${reach * 2}" height="${markRadius * 2}" rx="${markRadius}"/><text class="number" x="${x}" y="${y + 4}">${label}</text></g>`;
}

function listLine(group: Group, number: number, y: number): string {
  const { title, subject } = groupWords(group);
  const { step } = group;
  const words = `${actorNames[step.actor]}: ${title}`;
  return `<text x="16" y="${y}">${number}</text><text class="quiet" x="48" y="${y}">${whenText(step)}</text><text x="200" y="${y}">${escaped(shortened(words, 78))}<title>${escaped(words)}</title></text><text class="quiet" x="760" y="${y}">${escaped(shortened(subject, 56))}<title>${escaped(group.names.join(', '))}</title></text>`;
}

function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

function escaped(text: string): string {
  const marks: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return escapeControls(text).replace(/[&<>"]/g, (mark) => marks[mark]);
}
