/** Problems on standard error, in the form that was asked for; the one place where commands on a repository print them. */
import { join } from 'node:path';
import { FileError, type Host } from '../host/host.ts';
import { type Problem, withoutSuperseded } from '../text/problem.ts';
import type { Globals } from './command.ts';

/** `source` gives the text of a file that was read; others are read from the root, key files never. */
export async function printProblems(
  host: Host,
  globals: Globals,
  problems: readonly Problem[],
  source: (file: string) => string | undefined,
): Promise<void> {
  const known = withoutSuperseded(problems);
  const shown = globals.quiet ? known.filter(({ tier }) => tier === 'error') : known;
  if (shown.length === 0) return;
  const { renderProblems } = await import('../text/render.ts');
  const colour = globals.colour && host.stderr.isTerminal;
  const text = renderProblems(shown, {
    source: (file) => source(file) ?? readSource(host, globals.root, file),
    colour,
    columns: host.stderr.columns,
  });
  host.stderr.write(text);
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
