/** A description from texts, for tests. */
import { matchings, selectors, usages } from '../../src/dane/acronym.ts';
import { parseService } from '../../src/dane/services.ts';
import { describe } from '../../src/describe/describe.ts';
import type { DescribeResult } from '../../src/describe/description.ts';
import type { DaneWords } from '../../src/describe/tlsa-request.ts';
import { newReport, type Problem, sortProblems } from '../../src/text/problem.ts';

export const words: DaneWords = { parseService, usages, selectors, matchings };

export interface Described extends DescribeResult {
  readonly problems: readonly Problem[];
  /** `rule file:line:column`, or `rule line:column` of the only file. */
  readonly places: readonly string[];
}

/** YAML files by path; a single text is `zones/a.yaml`. `others` are lists and master files. */
export function described(yaml: string | Record<string, string>, others: Record<string, string> = {}): Described {
  const files = typeof yaml === 'string' ? { 'zones/a.yaml': yaml } : yaml;
  const octets = [...Object.entries(files), ...Object.entries(others)].map(
    ([file, text]) => [file, Buffer.from(text)] as const,
  );
  return describedOctets(new Map(octets));
}

/** Files by path: those that end in .yaml are the description, the others are there to be read. */
export function describedOctets(files: ReadonlyMap<string, Uint8Array>): Described {
  const report = newReport();
  const inputs = [...files].filter(([file]) => file.endsWith('.yaml')).map(([file, octets]) => ({ file, octets }));
  const read = (path: string) => {
    const octets = files.get(path);
    return octets === undefined ? { error: 'does not exist' } : { file: path, octets };
  };
  const result = describe(inputs, read, report, words);
  const problems = sortProblems(report.problems);
  const places = problems.map(({ rule, position }) => {
    const file = position?.file === 'zones/a.yaml' && inputs.length === 1 ? '' : `${position?.file}:`;
    return `${rule} ${file}${position?.line}:${position?.column}`;
  });
  return { ...result, problems, places };
}
