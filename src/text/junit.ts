/**
 * Problems as a JUnit report, the one form that every CI server shows. There is no standard; what stands here is what Jenkins, GitLab
 * and their like have in common: a suite a file, a test case a problem, an error is a failure, what is no error passes.
 */
import { escapeControls } from './escape.ts';
import { type Position, type Problem, sortProblems } from './problem.ts';

/** For problems that belong to no file. */
const noFile = 'danezone';

/** An XML 1.0 document. Where there is no problem it holds one test that passed, since CI servers take an empty report for a fault. */
export function junitReport(problems: readonly Problem[]): string {
  const suites = new Map<string, Problem[]>();
  for (const problem of sortProblems(problems)) {
    const file = problem.position?.file ?? noFile;
    suites.set(file, [...(suites.get(file) ?? []), problem]);
  }
  const lines = [...suites].flatMap(([file, ofFile]) => [
    `  <testsuite${attributes({ name: file, ...counts(ofFile) })}>`,
    ...ofFile.map(testCase),
    '  </testsuite>',
  ]);
  if (lines.length === 0) {
    lines.push(
      `  <testsuite${attributes({ name: noFile, tests: 1, failures: 0, errors: 0, skipped: 0, time: 0 })}>`,
      `    <testcase${attributes({ classname: noFile, name: 'no problems', time: 0 })}/>`,
      '  </testsuite>',
    );
  }
  const all = suites.size === 0 ? { ...counts([]), tests: 1 } : counts(problems);
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites${attributes({ name: 'danezone', ...all })}>
${lines.join('\n')}
</testsuites>
`;
}

function counts(problems: readonly Problem[]) {
  const failures = problems.filter(({ tier }) => tier === 'error').length;
  return { tests: problems.length, failures, errors: 0, skipped: 0, time: 0 };
}

function testCase(problem: Problem): string {
  const { rule, tier, position } = problem;
  // Two problems with the same words are two tests: the place is a part of the name.
  const name = position === undefined ? problem.message : `${placeOf(position)} ${problem.message}`;
  const head = attributes({ classname: rule, name, file: position?.file, line: position?.line, time: 0 });
  const text = escapeXml(wordsOf(problem).join('\n'));
  const inner =
    tier === 'error'
      ? `<failure${attributes({ type: rule, message: problem.message })}>${text}</failure>`
      : `<system-out>${text}</system-out>`;
  return `    <testcase${head}>\n      ${inner}\n    </testcase>`;
}

/** Each on its line; a line of the input cannot make another. */
function wordsOf({ rule, tier, message, position, source, hint, related = [] }: Problem): string[] {
  return [
    `${tier}[${rule}] ${message}`,
    position === undefined ? '' : `at ${placeOf(position)}`,
    ...related.map((place) => `see ${placeOf(place.position)} ${place.message}`),
    source === undefined ? '' : `rule: ${source}`,
    hint === undefined ? '' : `help: ${hint}`,
  ]
    .filter((line) => line !== '')
    .map(escapeControls);
}

function placeOf(position: Position): string {
  return `${position.file}:${position.line}:${position.column}`;
}

function attributes(of: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(of)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${escapeXml(escapeControls(String(value)))}"`)
    .join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Also without the two characters of the BMP that XML 1.0 does not know. Controls and lone surrogates have been escaped. */
function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]).replace(/[\ufffe\uffff]/g, '\ufffd');
}
