/** `danezone check`: what pre-commit and CI run. */
import { relative, resolve, sep } from 'node:path';
import type { Host } from '../host/host.ts';
import { newReport, type Problem, withoutSuperseded } from '../text/problem.ts';
import { type CommandSpec, Exit, type Globals } from './command.ts';
import { printProblems } from './print-problems.ts';
import { placesOf, stateOption } from './repository-options.ts';

export const check: CommandSpec = {
  name: 'check',
  arguments: [{ flags: '[file...]', description: 'say only what concerns these files (as pre-commit names them)' }],
  summary: 'find mistakes in the description, certificates and zones; write nothing',
  description: `Reads what \`build\` would read, except private keys: no .private file is opened, and tracked files are only searched for the marks of an unencrypted private key. Everything that is wrong is said at once, each with its place.

With files only the problems in them, and in the zones that are made from them, are shown; references still cross files.

Exit status: 0 no errors; 1 errors.`,
  options: [stateOption],
  formats: ['text', 'json', 'github'],
  examples: ['danezone check', 'danezone check zones/mail.yaml', 'danezone check --format github'],
  run: async (host, globals, args, options) => {
    const places = placesOf(host, globals, options);
    const { check: runCheck } = await import('../pipeline/check.ts');
    const problems = newReport();
    const { repository, zones } = runCheck(host.files, places, globals.now ?? host.now(), problems);
    const files = args.map((path) => relative(places.root, resolve(host.workingFolder, path)).split(sep).join('/'));
    const concerned = new Set(
      [...repository.description.domains.keys()].filter((zone) =>
        repository.inputsOf(zone).some((file) => files.includes(file)),
      ),
    );
    const isShown = ({ position, subject, related = [] }: Problem) =>
      files.length === 0 ||
      (position !== undefined && files.includes(position.file)) ||
      (subject !== undefined && (concerned as Set<string>).has(subject)) ||
      related.some((place) => files.includes(place.position.file));
    const shown = withoutSuperseded(problems.problems).filter(isShown);
    await print(host, globals, shown, repository.source);
    if (!globals.quiet && globals.format === 'text' && shown.length === 0) {
      host.stdout.write(`${zones} ${zones === 1 ? 'zone' : 'zones'} checked: no problems\n`);
    }
    return shown.some(({ tier }) => tier === 'error') ? Exit.problems : Exit.done;
  },
};

async function print(
  host: Host,
  globals: Globals,
  problems: readonly Problem[],
  source: (file: string) => string | undefined,
): Promise<void> {
  if (globals.format === 'text') return printProblems(host, globals, problems, source);
  const { githubAnnotations, problemsJson } = await import('../text/annotations.ts');
  host.stdout.write(globals.format === 'json' ? problemsJson(problems) : githubAnnotations(problems));
}
