/** `danezone explain`: what a rule means, why it is one, and what to do. */
import { styleText } from 'node:util';
import type { Host } from '../host/host.ts';
import type { Rule, Tier } from '../text/problem.ts';
import { suggest } from '../text/suggest.ts';
import { type CommandSpec, Exit, type Globals, UsageError } from './command.ts';

/** Ids with their examples as JSON; set by build.mjs from the tests' smallest inputs, absent where nothing was built. */
declare const DANEZONE_EXAMPLES: string | undefined;

type Catalogue = typeof import('../catalogue.ts');

export const explain: CommandSpec = {
  name: 'explain',
  arguments: [{ flags: '[rule...]', description: 'ids such as dane/nothing-matches; without any, all are listed' }],
  summary: 'say what a rule means, why it matters and what to do',
  description:
    'Prints the title of a rule, its tier, why it matters, what to do, where it comes from and an example. docs/rules.md holds all of them.',
  options: [],
  formats: ['text', 'json'],
  examples: ['danezone explain', 'danezone explain dane/nothing-matches', 'danezone explain zone/apex --format json'],
  run: async (host, globals, args) => {
    const catalogue = await import('../catalogue.ts');
    const rules = args.length === 0 ? [...catalogue.catalogue.values()] : args.map((id) => ruleOf(id, catalogue));
    if (globals.format === 'json') {
      const { jsonText } = await import('../text/annotations.ts');
      host.stdout.write(jsonText({ rules: rules.map((rule) => factsOf(rule, catalogue)) }));
    } else if (args.length === 0) {
      host.stdout.write(list(rules, catalogue, painter(host, globals)));
    } else {
      const { sentence } = await import('../report/rules-page.ts');
      const paint = painter(host, globals);
      host.stdout.write(rules.map((rule) => sheet(rule, catalogue, sentence, paint)).join('\n'));
    }
    return Exit.done;
  },
};

/** @throws UsageError */
function ruleOf(id: string, { catalogue }: Catalogue): Rule {
  const rule = catalogue.get(id);
  if (rule !== undefined) return rule;
  const ids = [...catalogue.keys()];
  const last = id.slice(id.lastIndexOf('/') + 1);
  const near = ids.find((one) => one.endsWith(`/${last}`)) ?? suggest(id, ids);
  const hint = near === undefined ? '`danezone explain` lists all' : `did you mean ${near}?`;
  throw new UsageError(`there is no rule ${JSON.stringify(id)}: ${hint}`);
}

function examples(): ReadonlyMap<string, string> {
  return new Map(typeof DANEZONE_EXAMPLES === 'string' ? (JSON.parse(DANEZONE_EXAMPLES) as [string, string][]) : []);
}

function factsOf(rule: Rule, catalogue: Catalogue) {
  const { id, tier, reach, title, why, fix, source, supersedes } = rule;
  const supersededBy = hiding(id, catalogue);
  return { id, tier, reach, title, why, fix, source, supersedes, supersededBy, example: examples().get(id) };
}

function hiding(id: string, { catalogue }: Catalogue): string[] | undefined {
  const ids = [...catalogue.values()].filter(({ supersedes }) => supersedes?.includes(id)).map((rule) => rule.id);
  return ids.length === 0 ? undefined : ids;
}

type Style = 'bold' | 'red' | 'yellow' | 'cyan' | 'green';
type Paint = (style: Style, text: string) => string;

function painter(host: Host, { colour }: Globals): Paint {
  const isPainted = colour && host.stdout.isTerminal;
  return (style, text) => (isPainted ? styleText(style, text, { validateStream: false }) : text);
}

const tierStyle: Record<Tier, Style> = { error: 'red', warning: 'yellow', information: 'cyan' };

function list(rules: readonly Rule[], { families }: Catalogue, paint: Paint): string {
  const width = Math.max(...rules.map(({ id }) => id.length));
  const chapters = Object.entries(families).map(([family, what]) => {
    const members = rules.filter(({ id }) => id.startsWith(`${family}/`));
    const lines = members.map(
      ({ id, tier, title }) => `  ${id.padEnd(width)}  ${paint(tierStyle[tier], tier.padEnd(11))}  ${title}`,
    );
    return [paint('bold', `${family}: ${what}`), ...lines, ''].join('\n');
  });
  return chapters.join('\n');
}

function sheet(rule: Rule, catalogue: Catalogue, sentence: (text: string) => string, paint: Paint): string {
  const { id, tier, reach, title, why, fix, source, supersedes } = rule;
  const rows: [string, string | undefined][] = [
    ['tier', `${tier}: ${catalogue.tierMeaning[tier].replaceAll('`', '')}`],
    ['why', sentence(why)],
    ['fix', sentence(fix)],
    ['source', source],
    ['decided', reach === 'live' ? 'with the live network: probe, observe' : 'offline'],
    ['hides', supersedes && `${supersedes.join(', ')} (about the same subject)`],
    ['hidden by', hiding(id, catalogue)?.join(', ')],
  ];
  const lines = [`${paint(tierStyle[tier], `${tier}[${id}]`)} ${paint('bold', title)}`, ''];
  for (const [label, text] of rows)
    if (text !== undefined)
      lines.push(...wrapped(text).map((line, at) => `  ${(at === 0 ? label : '').padEnd(10)} ${line}`));
  const example = examples().get(id);
  if (example !== undefined) {
    lines.push('', '  example    (- is refused, + is right)', '');
    lines.push(
      ...example
        .trimEnd()
        .split('\n')
        .map((line) => `    ${paintExample(line, paint)}`.trimEnd()),
    );
  }
  return `${lines.join('\n')}\n`;
}

function paintExample(line: string, paint: Paint): string {
  if (line.startsWith('- ')) return paint('red', line);
  return line.startsWith('+ ') ? paint('green', line) : line;
}

/** Columns of the text of a row. */
const width = 88;

function wrapped(text: string): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1];
    if (last !== '' && last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}
