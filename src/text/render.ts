/**
 * Problems as a terminal shows them; the one late pass that makes text of them. Everything that comes from input is
 * escaped here and in annotations.ts, nowhere before.
 */
import { styleText } from 'node:util';
import { escapeControls, quote } from './escape.ts';
import { frameOf, holdsPrivateKey, lineOf } from './frame.ts';
import { type Position, type Problem, sortProblems, type Tier } from './problem.ts';

export interface RenderOptions {
  /** The text of a file; undefined where it cannot be had or must not be quoted, such as a private key. */
  readonly source: (file: string) => string | undefined;
  readonly colour: boolean;
  /** Width of the terminal; 120 if absent. */
  readonly columns?: number;
}

type Style = Parameters<typeof styleText>[0];

const tierStyle: Record<Tier, Style> = { error: 'red', warning: 'yellow', information: 'cyan' };

/**
 * The problems, sorted, each with its place, and a summary line at the end; the empty text where there are none.
 *
 *     error[describe/duration] "1 hour" is no duration
 *       --> zones/mail.yaml:3:8
 *        |
 *      3 |   ttl: 1 hour
 *        |        ^^^^^^
 *        = help: write 90d, 1h30m, P1DT2H or plain seconds
 */
export function renderProblems(problems: readonly Problem[], options: RenderOptions): string {
  if (problems.length === 0) return '';
  const sources = new Map<string, string | undefined>();
  const sourceOf = (file: string) => {
    if (!sources.has(file)) {
      const text = options.source(file);
      sources.set(file, text === undefined || holdsPrivateKey(text) ? undefined : text);
    }
    return sources.get(file);
  };
  const pieces = sortProblems(problems).map((problem) => renderProblem(problem, options, sourceOf));
  return `${pieces.join('\n')}\n${summary(problems)}\n`;
}

/** `3 errors, 1 warning`. */
export function summary(problems: readonly Problem[]): string {
  const count = (tier: Tier) => problems.filter((problem) => problem.tier === tier).length;
  const parts: string[] = [];
  const say = (number: number, one: string, many: string) => {
    if (number > 0) parts.push(`${number} ${number === 1 ? one : many}`);
  };
  say(count('error'), 'error', 'errors');
  say(count('warning'), 'warning', 'warnings');
  say(count('information'), 'piece of information', 'pieces of information');
  const fixable = problems.filter(({ fix }) => fix !== undefined).length;
  const offer =
    fixable === 0 ? '' : `; \`danezone check --fix\` corrects ${fixable === problems.length ? 'all' : fixable} of them`;
  return parts.length === 0 ? 'no problems' : parts.join(', ') + offer;
}

function renderProblem(
  problem: Problem,
  options: RenderOptions,
  sourceOf: (file: string) => string | undefined,
): string {
  const paint = (style: Style, text: string) =>
    options.colour ? styleText(style, text, { validateStream: false }) : text;
  const places = [
    ...(problem.position === undefined ? [] : [problem.position]),
    ...(problem.related ?? []).map((place) => place.position),
  ];
  const gutter = Math.max(2, ...places.map((place) => String(place.line).length));
  const blank = ' '.repeat(gutter);
  const bar = paint('blue', '|');
  const tier = tierStyle[problem.tier];
  const lines = [
    `${paint([tier, 'bold'].flat() as Style, `${problem.tier}[${problem.rule}]`)} ${paint('bold', escapeControls(problem.message))}`,
  ];

  const show = (position: Position, arrow: string, style: Style, label: string) => {
    const place = `${escapeControls(position.file)}:${position.line}:${position.column}`;
    lines.push(`${blank}${paint('blue', arrow)} ${place}`);
    const text = position.isUnquotable ? undefined : sourceOf(position.file);
    const line = text === undefined ? undefined : lineOf(text, position.line);
    if (line === undefined) {
      if (label !== '') lines.push(`${blank} ${bar} ${escapeControls(label)}`);
      return;
    }
    const frame = frameOf(line, position, Math.max(40, (options.columns ?? 120) - gutter - 4));
    const marks = paint(style, '^'.repeat(frame.carets)) + (label === '' ? '' : ` ${escapeControls(label)}`);
    lines.push(
      `${blank} ${bar}`,
      `${paint('blue', String(position.line).padStart(gutter))} ${bar} ${frame.line}`.trimEnd(),
      `${blank} ${bar} ${' '.repeat(frame.indent)}${marks}`,
    );
  };
  if (problem.position !== undefined) show(problem.position, '-->', tier, '');
  for (const place of problem.related ?? []) show(place.position, ':::', 'blue', place.message);

  const note = (label: string, text: string | undefined) => {
    if (text !== undefined)
      lines.push(`${blank} ${paint('blue', '=')} ${paint('bold', label)}: ${escapeControls(text)}`);
  };
  note('rule', problem.source);
  note('help', problem.hint);
  if (problem.fix !== undefined) note('fix', `--fix writes ${quote(problem.fix.text)}`);
  return `${lines.join('\n')}\n`;
}
