/** docs/rules.md: every rule with its words, from the same table as the code, and its example from the tests. */
import type { Rule, Tier } from '../text/problem.ts';

export interface RuleBook {
  /** Sorted by id. */
  readonly rules: ReadonlyMap<string, Rule>;
  /** First part of an id → what it stands for, in the order of the chapters. */
  readonly families: Readonly<Record<string, string>>;
  readonly tierMeaning: Readonly<Record<Tier, string>>;
  /** Id → see rule-example.ts. */
  readonly examples: ReadonlyMap<string, string>;
}

export function rulesPage({ rules, families, tierMeaning, examples }: RuleBook): string {
  const chapters = Object.entries(families).map(([family, what]) => {
    const members = [...rules.values()].filter(({ id }) => id.startsWith(`${family}/`));
    const rows = members.map(({ id, tier, title }) => `| [${id}](#${anchor(id)}) | ${tier} | ${cell(title)} |`);
    return [
      `## ${family}/: ${what}`,
      '',
      '| rule | tier | what is wrong |',
      '|---|---|---|',
      ...rows,
      '',
      ...members.map((rule) => entry(rule, rules, examples.get(rule.id))),
    ].join('\n');
  });
  return `# Rules

Made from the code by \`make docs\`; do not edit. \`danezone explain RULE\` prints an entry.

Each rule has a stable id, one tier, and a reason:

${Object.entries(tierMeaning)
  .map(([tier, meaning]) => `- **${tier}**: ${meaning}`)
  .join('\n')}

In the examples a line with \`-\` is refused, a line with \`+\` is right, and the others stand in both.

${chapters.join('\n')}`;
}

function entry(rule: Rule, rules: ReadonlyMap<string, Rule>, example: string | undefined): string {
  const { id, tier, reach, title, why, fix, source, supersedes = [] } = rule;
  const hiddenBy = [...rules.values()].filter((other) => other.supersedes?.includes(id)).map((other) => other.id);
  const facts = [`${tier}, ${reach === 'live' ? 'needs the live network' : 'decided offline'}`];
  if (source !== undefined) facts.push(source);
  if (supersedes.length > 0) facts.push(`hides ${supersedes.map(link).join(', ')} at the same subject`);
  if (hiddenBy.length > 0) facts.push(`hidden by ${hiddenBy.map(link).join(', ')} at the same subject`);
  const lines = [
    `### ${id}`,
    '',
    markdown(sentence(title)),
    '',
    `- ${facts.join('; ')}`,
    `- **Why**: ${markdown(sentence(why))}`,
    `- **Fix**: ${markdown(sentence(fix))}`,
    '',
  ];
  if (example !== undefined) lines.push('```diff', example.trimEnd(), '```', '');
  return lines.join('\n');
}

/** A text of a rule as a sentence: its first letter is a capital, unless it is code, and it ends in a dot. */
export function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}

const link = (id: string) => `[${id}](#${anchor(id)})`;
/** As GitHub makes it of a heading. */
const anchor = (id: string) => id.replaceAll('/', '');
const cell = (text: string) => markdown(text).replaceAll('|', '\\|');

/** Words of a rule as Markdown: what stands between backquotes is code there too, nothing else is markup. */
function markdown(text: string): string {
  return text
    .split('`')
    .map((part, at) => (at % 2 === 1 ? part : part.replace(/[\\<>*_[\]#]/g, '\\$&')))
    .join('`');
}
