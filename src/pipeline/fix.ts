/** `check --fix` without its last step: the repository is checked again and again as it would be with the fixes, in memory. */
import { join } from 'node:path';
import { applyFixes, type Edit, editsOf } from '../describe/fix.ts';
import type { ReadableFiles } from '../host/host.ts';
import type { Octets } from '../text/octets.ts';
import { type Fix, newReport, type Problem, withoutSuperseded } from '../text/problem.ts';
import { type CheckOptions, type CheckResult, check } from './check.ts';
import type { Places } from './places.ts';

export interface Checked extends CheckResult {
  /** Without those that others explain. */
  readonly problems: readonly Problem[];
}

export interface ChangedFile {
  /** Absolute, links followed: the file itself. */
  readonly path: string;
  readonly before: Octets;
  readonly after: Octets;
}

export interface FixedRepository extends Checked {
  /** By path from the root. */
  readonly changes: ReadonlyMap<string, ChangedFile>;
  /** Fixes in `changes`. */
  readonly count: number;
}

/** One mistake can hide others, such as a misspelt section all that stands in it. */
const rounds = 10;

/** Only files that are named are touched. */
export function checkAndFix(
  files: ReadableFiles,
  places: Places,
  now: number,
  options: CheckOptions = {},
): FixedRepository {
  const changes = new Map<string, ChangedFile>();
  const overlay = withChanges(files, changes);
  let count = 0;
  for (let round = 1; ; round++) {
    const to = newReport();
    const result = check(overlay, places, now, to, options);
    const problems = withoutSuperseded(to.problems);
    const applied = round > rounds ? 0 : applyRound(problems);
    if (applied === 0) return { ...result, problems, changes, count };
    count += applied;
  }

  function applyRound(problems: readonly Problem[]): number {
    let applied = 0;
    for (const [file, fixes] of byFile(problems)) {
      if (options.named?.has(file) === false) continue;
      const path = files.realPath(join(places.root, file));
      const octets = overlay.read(path);
      const made = applyFixes(file, octets, fixes);
      if (made === undefined) continue;
      changes.set(file, { path, before: changes.get(file)?.before ?? octets, after: made.octets });
      applied += made.fixed.length;
    }
    return applied;
  }
}

/** The problems, with a fix only where it can be written. `octetsOf` gives a file of the description. */
export function withWritableFixes(
  problems: readonly Problem[],
  octetsOf: (file: string) => Octets | undefined,
): { readonly problems: readonly Problem[]; readonly edits: ReadonlyMap<Fix, Edit> } {
  const edits = new Map<Fix, Edit>();
  for (const [file, fixes] of byFile(problems)) {
    const octets = octetsOf(file);
    for (const [fix, edit] of octets === undefined ? [] : editsOf(file, octets, fixes)) edits.set(fix, edit);
  }
  const known = problems.map((problem) =>
    problem.fix === undefined || edits.has(problem.fix) ? problem : { ...problem, fix: undefined },
  );
  return { problems: known, edits };
}

function byFile(problems: readonly Problem[]): Map<string, Fix[]> {
  const fixes = new Map<string, Fix[]>();
  for (const { fix } of problems) {
    if (fix === undefined) continue;
    const { file } = fix.position;
    fixes.set(file, [...(fixes.get(file) ?? []), fix]);
  }
  return fixes;
}

function withChanges(files: ReadableFiles, changes: ReadonlyMap<string, ChangedFile>): ReadableFiles {
  const changed = (path: string) => [...changes.values()].find((change) => change.path === path)?.after;
  return {
    ...files,
    read: (path) => changed(path) ?? files.read(path),
    facts(path) {
      const [facts, octets] = [files.facts(path), changed(path)];
      return facts === undefined || octets === undefined ? facts : { ...facts, size: octets.length };
    },
  };
}
