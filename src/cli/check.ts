/** `danezone check`: what pre-commit and CI run. */
import { relative, resolve, sep } from 'node:path';
import { ancestors, parseName } from '../dns/name.ts';
import type { Host } from '../host/host.ts';
import type { CheckResult } from '../pipeline/check.ts';
import type { FixedRepository } from '../pipeline/fix.ts';
import { type Named, namedPaths } from '../pipeline/named.ts';
import { escapeControls } from '../text/escape.ts';
import { equalOctets } from '../text/octets.ts';
import { newReport, type Problem, withoutSuperseded } from '../text/problem.ts';
import { type CommandSpec, Exit, type Globals } from './command.ts';
import { earlierVersions } from './earlier-versions.ts';
import { isReport, printProblems, printReport, problemFormats, shownProblems } from './print-problems.ts';
import { placesOf, stateOption } from './repository-options.ts';
import { type StagedFile, stageFile } from './staged-file.ts';

export const check: CommandSpec = {
  name: 'check',
  arguments: [{ flags: '[file...]', description: 'show only what concerns these files (as pre-commit names them)' }],
  summary: 'find mistakes in the description, certificates and zones; write nothing',
  description: `Reads what \`build\` would read, except private keys: no .private file is opened, and tracked files are only searched for the marks of an unencrypted private key. Everything that is wrong is said at once, each with its place.

With files or folders only the problems in them, and in the zones that are made from them, are shown. Errors elsewhere are counted in one line, and count for the exit status: what a changed file no longer says is missing in another one. The keys and journals of zones that are not made from the named files, and are no children of a zone here, are not read then.

With --fix what can only have been meant one way is corrected in the YAML (misspelt keys, words and names, durations in words, owners that repeat their domain); comments and layout stay. What is left is shown. With files only these are changed.

Problems go to standard error as text, to standard output in every other format. Paths in json are those from the root, in the others those from the working folder.

Exit status: 0 no errors; 1 errors (with --fix: errors that are left).`,
  options: [
    stateOption,
    {
      flags: '--test-keys <folder>',
      description: 'private keys that git tracks below this folder are public knowledge, made for tests',
      many: true,
    },
    { flags: '--fix', description: 'correct what can only have been meant one way', default: false },
  ],
  formats: problemFormats,
  examples: [
    'danezone check',
    'danezone check --fix',
    'danezone check zones/mail.yaml',
    'danezone check --format github',
    'danezone check --format sarif > danezone.sarif',
  ],
  run: async (host, globals, args, options) => {
    const places = placesOf(host, globals, options);
    const now = globals.now ?? host.now();
    const testKeys = ((options.testKeys as string[] | undefined) ?? []).map((folder) =>
      relative(places.root, resolve(host.workingFolder, folder)).split(sep).join('/'),
    );
    const earlier = earlierVersions(host, places.root);
    const named = namedFiles(host, places.root, args);
    if (options.fix !== true) {
      const { check: runCheck } = await import('../pipeline/check.ts');
      const to = newReport();
      const result = runCheck(host.files, places, now, to, { testKeys, earlier, named });
      return say(host, globals, result, concerned(named, result, withoutSuperseded(to.problems)));
    }
    const { checkAndFix } = await import('../pipeline/fix.ts');
    const fixed = checkAndFix(host.files, places, now, { testKeys, earlier, named });
    writeChanges(host, fixed);
    return say(host, globals, fixed, concerned(named, fixed, fixed.problems), fixed);
  },
};

/** What was named on the command line, by path from the root. */
function namedFiles(host: Host, root: string, args: readonly string[]): Named {
  const paths = args.map((path) => {
    const absolute = resolve(host.workingFolder, path);
    // A file that was deleted may be named by whoever lists what has changed.
    if (host.files.facts(absolute) === undefined)
      host.stderr.write(`danezone: ${escapeControls(path)} does not exist\n`);
    return relative(root, absolute).split(sep).join('/');
  });
  return namedPaths(paths);
}

interface Found {
  readonly shown: readonly Problem[];
  /** Errors that are not shown. */
  readonly elsewhere: readonly Problem[];
}

/** What is wrong in these files and in the zones that are made from them, and the errors of all others. */
function concerned(
  named: Named,
  { repository: { description, inputsOf } }: CheckResult,
  problems: readonly Problem[],
): Found {
  const zones = new Set<string>([...description.domains.keys()].filter((zone) => inputsOf(zone).some(named.has)));
  const isOfZone = (subject: string) => {
    const name = parseName(subject);
    const { domains, faulty } = description;
    const above = typeof name === 'string' ? [...ancestors(name)] : [];
    const zone = above.find((at) => domains.has(at) || faulty.has(at));
    return zone !== undefined && zones.has(zone);
  };
  const isShown = ({ position, subject, zones: of = [], related = [] }: Problem) =>
    (position !== undefined && named.has(position.file)) ||
    related.some((place) => named.has(place.position.file)) ||
    of.some((zone) => zones.has(zone)) ||
    (subject !== undefined && isOfZone(subject));
  const shown = problems.filter(isShown);
  return { shown, elsewhere: problems.filter((problem) => problem.tier === 'error' && !shown.includes(problem)) };
}

/** Each file whole or not at all, with its mode; one that somebody else has changed meanwhile is left as it is. */
function writeChanges(host: Host, { changes }: FixedRepository): void {
  const stages: StagedFile[] = [];
  try {
    for (const { path, after } of changes.values()) {
      const stage = stageFile(host, path);
      stages.push(stage);
      const facts = host.files.facts(path);
      if (facts !== undefined) stage.setMode(facts.mode);
      stage.write(after);
      stage.close();
    }
    for (const [at, { path, before }] of [...changes.values()].entries()) {
      if (equalOctets(host.files.read(path), before)) stages[at].commit();
      else host.stderr.write(`danezone: ${escapeControls(path)} was changed by somebody else meanwhile: run again\n`);
    }
  } finally {
    for (const stage of stages) stage.discard();
  }
}

async function say(
  host: Host,
  globals: Globals,
  { repository, zones }: CheckResult,
  { shown, elsewhere }: Found,
  fixed?: FixedRepository,
): Promise<Exit> {
  const { format, quiet } = globals;
  const { problems, edits } = await withEdits(shown, repository);
  if (format === 'text') {
    await printProblems(host, globals, problems, repository.source);
    if (!quiet && fixed !== undefined) host.stdout.write(fixedLine(fixed));
    if (!quiet && problems.length === 0) host.stdout.write(`${count(zones, 'zone')} checked: no problems\n`);
    if (elsewhere.length > 0) host.stderr.write(elsewhereLine(elsewhere));
  } else if (isReport(format)) {
    await printReport(host, { ...globals, format }, problems, edits);
    if (elsewhere.length > 0) host.stderr.write(elsewhereLine(elsewhere));
  } else {
    const { jsonText, problemFacts } = await import('../text/annotations.ts');
    const files = fixed === undefined ? undefined : [...fixed.changes.keys()].sort();
    const facts = problemFacts(shownProblems(globals, problems), edits);
    const more = { elsewhere: elsewhere.length === 0 ? undefined : elsewhere.length };
    host.stdout.write(jsonText({ zones, fixed: fixed && { count: fixed.count, files }, ...more, ...facts }));
  }
  return [...problems, ...elsewhere].some(({ tier }) => tier === 'error') ? Exit.problems : Exit.done;
}

/** A fix that cannot be written is none. */
async function withEdits(problems: readonly Problem[], { read }: CheckResult['repository']) {
  if (!problems.some(({ fix }) => fix !== undefined)) return { problems, edits: undefined };
  const { withWritableFixes } = await import('../pipeline/fix.ts');
  return withWritableFixes(problems, (file) => {
    const got = read(file);
    return 'octets' in got ? got.octets : undefined;
  });
}

function elsewhereLine(problems: readonly Problem[]): string {
  const files = [...new Set(problems.flatMap(({ position }) => position?.file ?? []))].sort().map(escapeControls);
  const where = files.length === 0 ? '' : ` in ${files.slice(0, 5).join(', ')}${files.length > 5 ? ' and more' : ''}`;
  return `${count(problems.length, 'error')} elsewhere${where}: see \`danezone check\`\n`;
}

function fixedLine({ count: fixes, changes }: FixedRepository): string {
  return fixes === 0
    ? 'nothing to correct\n'
    : `${count(fixes, 'correction')} in ${[...changes.keys()].sort().map(escapeControls).join(', ')}\n`;
}

function count(number: number, one: string): string {
  return `${number} ${one}${number === 1 ? '' : 's'}`;
}
