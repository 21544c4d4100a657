/** Problems for programs: JSON, and the workflow commands that GitHub shows beside the lines of a pull request. */
import { escapeControls } from './escape.ts';
import { type Fix, type Position, type Problem, sortProblems, type Tier } from './problem.ts';

/** One JSON object: the sorted problems and how many there are of each tier. Absent facts are absent members. */
export function problemsJson(problems: readonly Problem[], edits?: Edits): string {
  return jsonText(problemFacts(problems, edits));
}

/** What each fix writes in place of the characters at its position, as it stands in the file. */
export type Edits = ReadonlyMap<Fix, { readonly text: string }>;

/** The members of that object, for a command that has more to say. */
export function problemFacts(problems: readonly Problem[], edits: Edits = new Map()) {
  const count = (tier: Tier) => problems.filter((problem) => problem.tier === tier).length;
  return {
    errors: count('error'),
    warnings: count('warning'),
    information: count('information'),
    fixable: edits.size === 0 ? undefined : edits.size,
    problems: sortProblems(problems).map((problem) => ({
      rule: problem.rule,
      tier: problem.tier,
      message: problem.message,
      subject: problem.subject,
      position: problem.position && placeOf(problem.position),
      hint: problem.hint,
      source: problem.source,
      related: problem.related?.map(({ position, message }) => ({ position: placeOf(position), message })),
      fix: problem.fix && edits.has(problem.fix) ? editOf(problem.fix, edits) : undefined,
    })),
  };
}

function editOf(fix: Fix, edits: Edits) {
  return { position: placeOf(fix.position), text: edits.get(fix)!.text };
}

function placeOf({ file, line, column, length }: Position) {
  return { file, line, column, length };
}

/**
 * A value as JSON for standard output. JSON leaves DEL, C1 and direction marks as they are; a terminal that shows the
 * text does not.
 */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value, undefined, 2);
  return `${text.replace(/[\x7f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}

const levels: Record<Tier, string> = { error: 'error', warning: 'warning', information: 'notice' };

/** One `::error file=…,line=…::message` a line; nothing of the input can start a command of its own. */
export function githubAnnotations(problems: readonly Problem[]): string {
  return sortProblems(problems)
    .map((problem) => {
      const { position } = problem;
      const properties: [string, string | number][] = [];
      if (position !== undefined) {
        properties.push(['file', position.file], ['line', position.line], ['col', position.column]);
        if (position.length !== undefined) properties.push(['endColumn', position.column + position.length]);
      }
      properties.push(['title', problem.rule]);
      const head = properties.map(([key, value]) => `${key}=${escapeProperty(String(value))}`).join(',');
      const message = problem.hint === undefined ? problem.message : `${problem.message}. Help: ${problem.hint}`;
      return `::${levels[problem.tier]} ${head}::${escapeData(message)}\n`;
    })
    .join('');
}

function escapeData(text: string): string {
  return escapeControls(text).replaceAll('%', '%25');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
