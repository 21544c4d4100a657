/** Problems in the form that was asked for; the one place where commands on a repository print them. */
import { isAbsolute, join, relative, sep } from 'node:path';
import { FileError, type Host } from '../host/host.ts';
import type { Edits } from '../text/annotations.ts';
import { type Fix, type Position, type Problem, withoutSuperseded } from '../text/problem.ts';
import type { Globals } from './command.ts';

/** Formats that say nothing but the problems, on standard output; the other two are each command's own. */
const reports = ['github', 'sarif', 'junit'] as const;
type ReportFormat = (typeof reports)[number];

export const problemFormats: readonly string[] = ['text', 'json', ...reports];

export function isReport(format: string): format is ReportFormat {
  return (reports as readonly string[]).includes(format);
}

/** On standard error, for people. `source` gives the text of a file that was read; others are read from the root, key files never. */
export async function printProblems(
  host: Host,
  globals: Globals,
  problems: readonly Problem[],
  source: (file: string) => string | undefined,
): Promise<void> {
  const shown = shownProblems(globals, withoutSuperseded(problems));
  if (shown.length === 0) return;
  const { renderProblems } = await import('../text/render.ts');
  const colour = globals.colour && host.stderr.isTerminal;
  const files = filesShown(host, globals);
  const text = renderProblems(shown.map(files.placed), {
    source: (file) => source(files.fromRoot(file)) ?? readSource(host, globals.root, files.fromRoot(file)),
    colour,
    columns: host.stderr.columns,
  });
  host.stderr.write(text);
}

/** A whole report on standard output, also where there is no problem. */
export async function printReport(
  host: Host,
  globals: Globals & { readonly format: ReportFormat },
  problems: readonly Problem[],
  edits: Edits = new Map(),
): Promise<void> {
  const files = filesShown(host, globals);
  const placedEdits = new Map<Fix, { readonly text: string }>();
  const shown = shownProblems(globals, withoutSuperseded(problems)).map((problem) => {
    const placed = files.placed(problem);
    const edit = problem.fix && edits.get(problem.fix);
    if (placed.fix !== undefined && edit !== undefined) placedEdits.set(placed.fix, edit);
    return placed;
  });
  host.stdout.write(await reportText(globals, shown, placedEdits));
}

async function reportText(
  { format, version }: Globals & { readonly format: ReportFormat },
  problems: readonly Problem[],
  edits: Edits,
): Promise<string> {
  switch (format) {
    case 'github': {
      const { githubAnnotations } = await import('../text/annotations.ts');
      return githubAnnotations(problems);
    }
    case 'junit': {
      const { junitReport } = await import('../text/junit.ts');
      return junitReport(problems);
    }
    case 'sarif': {
      const { sarifLog } = await import('../text/sarif.ts');
      const { catalogue } = await import('../catalogue.ts');
      return sarifLog(problems, { version, rules: catalogue, edits });
    }
  }
}

/** Warnings ask for something to be done, by whoever reads what a timer has run too; what is worth knowing alone is left out. */
export function shownProblems({ quiet }: Pick<Globals, 'quiet'>, problems: readonly Problem[]): readonly Problem[] {
  return quiet ? problems.filter(({ tier }) => tier !== 'information') : problems;
}

/**
 * Positions count from the root of the repository; whoever reads the output stands in the working folder, and so does the service
 * that shows a report beside the lines of a pull request.
 */
function filesShown(host: Host, { root }: Globals) {
  const way = relative(host.workingFolder, root).split(sep).join('/');
  const prefix = way === '' || way.startsWith('..') || isAbsolute(way) ? '' : `${way}/`;
  const placedAt = (position: Position): Position =>
    isAbsolute(position.file) || position.file === '-' ? position : { ...position, file: prefix + position.file };
  return {
    fromRoot: (file: string) => (file.startsWith(prefix) ? file.slice(prefix.length) : file),
    placed: (problem: Problem): Problem =>
      prefix === ''
        ? problem
        : {
            ...problem,
            position: problem.position && placedAt(problem.position),
            related: problem.related?.map((place) => ({ ...place, position: placedAt(place.position) })),
            fix: problem.fix && { ...problem.fix, position: placedAt(problem.fix.position) },
          },
  };
}

function readSource(host: Host, root: string, file: string): string | undefined {
  if (/\.private$/.test(file)) return undefined;
  try {
    const path = join(root, file);
    return host.files.facts(path)?.kind === 'file' ? Buffer.from(host.files.read(path)).toString('utf8') : undefined;
  } catch (error) {
    if (error instanceof FileError) return undefined;
    throw error;
  }
}
