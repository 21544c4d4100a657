/**
 * YAML files → Description. All files are one description, in whatever order they come; a reference may cross files.
 * What is wrong is reported at its place, everything at once, and takes only the zones with it that it belongs to.
 */
import type { Octets } from '../text/octets.ts';
import { type Problem, type Report, report } from '../text/problem.ts';
import type { DescribeResult } from './description.ts';
import { Expansion } from './expansion.ts';
import { newFileReader, type ReadFile } from './files.ts';
import { limits } from './limits.ts';
import { rules } from './rules.ts';
import { salvage } from './salvage.ts';
import { declareSections, newSections } from './sections.ts';
import type { DaneWords } from './tlsa-request.ts';
import { readYaml } from './yaml-document.ts';

export interface InputFile {
  /** Path from the root of the repository. */
  readonly file: string;
  readonly octets: Octets;
}

/**
 * Reads a description. `read` gives the list files and master files that it names; paths are from the root of the
 * repository, and whoever provides it confines them. `words` are the names of services and TLSA fields (src/dane).
 */
export function describe(files: readonly InputFile[], read: ReadFile, to: Report, words: DaneWords): DescribeResult {
  const problems = once(to);
  const broken: string[] = [];
  const breakFile = (file: string) => {
    if (!broken.includes(file)) broken.push(file);
  };
  const unparsed: string[] = [];
  const sections = newSections(unparsed);
  const expansion = new Expansion(sections, words, newFileReader(read), problems, breakFile);
  // Sorted, so that "first declared here" does not depend on how the files were listed.
  for (const { file, octets } of [...files].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0))) {
    const before = problems.problems.length;
    const { text, root } = readYaml(file, octets, problems);
    if (root !== undefined && declareSections(root, sections, problems)) continue;
    breakFile(file);
    if (root === undefined) unparsed.push(file);
    const errors = problems.problems.slice(before).filter((problem) => problem.tier === 'error');
    const names = salvage(text ?? '');
    // Of a file that was parsed, only what stands under a misspelt section is lost; the rest is declared.
    const lost = (section: 'domains' | 'hosts') => names[section].filter((name) => !sections[section].all.has(name));
    for (const name of lost('domains')) expansion.loseDomain(name, errors);
    for (const name of lost('hosts')) expansion.loseHost(name, errors);
  }
  const description = expansion.describe(files.map(({ file }) => file));
  return { description, broken: broken.sort(), faulty: description.faulty };
}

/**
 * A report that passes each problem on once, however many domains it is found through, and not more than anyone reads.
 */
function once(to: Report): Report {
  const seen = new Set<string>();
  const problems: Problem[] = [];
  let hasErrors = false;
  return {
    problems,
    get hasErrors() {
      return hasErrors;
    },
    add(problem) {
      if (problem.tier === 'error') hasErrors = true;
      const { position } = problem;
      const key = `${problem.rule} ${position?.file}:${position?.line}:${position?.column} ${problem.message}`;
      if (seen.has(key) || problems.length > limits.problems) return;
      seen.add(key);
      problems.push(problem);
      if (problems.length <= limits.problems) to.add(problem);
      else report(to, rules['describe/limit'], undefined, { what: 'problems', limit: limits.problems });
    },
  };
}
