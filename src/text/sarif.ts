/**
 * Problems as SARIF 2.1.0 (OASIS Standard with Errata 01), which code scanning services take. One run; the rules that fired stand
 * in it with their words.
 */
import { hash } from 'node:crypto';
import { type Edits, jsonText } from './annotations.ts';
import { escapeControls } from './escape.ts';
import { type Fix, type Position, type Problem, type Rule, sortProblems, type Tier } from './problem.ts';

export interface SarifFacts {
  /** Of danezone. */
  readonly version: string;
  readonly rules: ReadonlyMap<string, Rule>;
  readonly edits: Edits;
}

const schema = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
/** What relative paths are relative to (section 3.14.14). */
const base = 'SRCROOT';
const levels: Record<Tier, string> = { error: 'error', warning: 'warning', information: 'note' };

export function sarifLog(problems: readonly Problem[], { version, rules, edits }: SarifFacts): string {
  const sorted = sortProblems(problems);
  const fired = [...new Set(sorted.map(({ rule }) => rule))].sort();
  const index = new Map(fired.map((id, at) => [id, at]));
  return jsonText({
    version: '2.1.0',
    $schema: schema,
    runs: [
      {
        tool: { driver: { name: 'danezone', version, rules: fired.map((id) => descriptor(id, rules.get(id))) } },
        invocations: [{ executionSuccessful: true }],
        originalUriBaseIds: { [base]: { description: { text: 'the folder in which danezone was called' } } },
        columnKind: 'utf16CodeUnits',
        results: sorted.map((problem) => result(problem, index.get(problem.rule)!, edits)),
      },
    ],
  });
}

function descriptor(id: string, rule: Rule | undefined) {
  if (rule === undefined) return { id };
  const { tier, title, why, fix, source, reach } = rule;
  const says = source === undefined ? '' : ` (${source})`;
  return {
    id,
    shortDescription: message(title),
    fullDescription: message(`${why}${says}`),
    help: message(fix),
    defaultConfiguration: { level: levels[tier] },
    properties: { tags: [id.split('/')[0], reach] },
  };
}

function result(problem: Problem, ruleIndex: number, edits: Edits) {
  const { rule, tier, position, related = [], hint, subject, fix } = problem;
  const help = hint === undefined ? '' : `. Help: ${hint}`;
  return {
    ruleId: rule,
    ruleIndex,
    level: levels[tier],
    message: message(`${problem.message}${help}`),
    locations: position === undefined ? [] : [{ physicalLocation: place(position) }],
    relatedLocations: related.map((one, at) => ({
      id: at,
      physicalLocation: place(one.position),
      message: message(one.message),
    })),
    // Without the line: a problem stays the same one when lines are added above it.
    partialFingerprints: { 'finding/v1': fingerprint(rule, position?.file, subject, problem.message) },
    fixes: fix === undefined || !edits.has(fix) ? undefined : [fixOf(fix, edits.get(fix)!.text, problem)],
    properties: subject === undefined ? undefined : { subject: escapeControls(subject) },
  };
}

function fixOf({ position }: Fix, text: string, { hint }: Problem) {
  const { artifactLocation, region } = place(position);
  return {
    description: message(hint ?? `write ${text}`),
    artifactChanges: [{ artifactLocation, replacements: [{ deletedRegion: region, insertedContent: { text } }] }],
  };
}

function place({ file, line, column, length = 1 }: Position) {
  const region = { startLine: line, startColumn: column, endLine: line, endColumn: column + length };
  return { artifactLocation: locationOf(file), region };
}

function locationOf(file: string) {
  const uri = file
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .split('/')
    .map(encodeURIComponent)
    .join('/');
  return file.startsWith('/') ? { uri: `file://${uri}` } : { uri, uriBaseId: base };
}

/**
 * Plain text of the input is neither a placeholder (section 3.11.5: braces are doubled) nor a link (3.11.6).
 */
function message(text: string) {
  const plain = escapeControls(text)
    .replace(/[{}]/g, '$&$&')
    .replace(/\](?=\()/g, '] ');
  return { text: plain === '' ? '-' : plain };
}

function fingerprint(...parts: (string | undefined)[]): string {
  return hash('sha256', JSON.stringify(parts), 'hex').slice(0, 32);
}
