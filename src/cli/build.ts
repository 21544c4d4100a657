/** `danezone build`: compiles the repository into signed, verified zones. */
import { relative } from 'node:path';
import type { Name } from '../dns/name.ts';
import type { Host } from '../host/host.ts';
import type { BuildResult } from '../pipeline/build.ts';
import type { Places } from '../pipeline/places.ts';
import type { PlannedZone } from '../pipeline/plan.ts';
import type { ZoneOutcome } from '../pipeline/zone-outcome.ts';
import { quote } from '../text/escape.ts';
import { newReport, type Problem } from '../text/problem.ts';
import { type CommandSpec, Exit, type Globals, UsageError } from './command.ts';
import { horizonOf } from './horizon.ts';
import { isReport, printProblems, printReport, problemFormats } from './print-problems.ts';
import { outOption, placesOf, stateOption, unknownZones, zoneArguments } from './repository-options.ts';
import { attempts, nowTolerance } from './write-journals.ts';

const shared = [
  outOption,
  stateOption,
  { flags: '--jobs <n>', description: 'workers that sign and verify (default: one a core)' },
  { flags: '--engine <engine>', description: 'what signs and verifies', choices: ['node', 'noble'], default: 'node' },
  { flags: '--rehearsal', description: 'with --now: this is a copy, its keys and state may be written' },
] as const;

export const build: CommandSpec = {
  name: 'build',
  arguments: [{ flags: '[zone...]', description: 'only these zones; the others stay as they are' }],
  summary: 'compile zones/*.yaml into signed, verified zones',
  description: `Reads zones/*.yaml and what it names, signs every zone with the keys in keys/, verifies what it staged with code that shares nothing with the signer, and replaces all outputs in one step. A zone that never had keys gets them.

A zone with errors keeps its last content, which is signed again; the others are built. Twice within an hour with the same input changes no file.

With --now more than five minutes away from the system clock nothing but --out is written: no key is made and no state is touched, unless --rehearsal says that this is a copy.

Exit status: 0 all built; 4 some zones kept their last content or are absent; 3 a zone failed its own verification; 1 nothing could be written; 75 another run is at work. Publish on 0, 3 and 4, then report the failure.`,
  options: [
    ...shared,
    {
      flags: '--override <rule=name>',
      description: 'override an error by name for one zone or host, in this run; written to the journal',
      many: true,
    },
    { flags: '--plan <digest>', description: 'only if the plan is still the one with this digest (danezone plan)' },
  ],
  formats: problemFormats,
  examples: [
    'danezone build',
    'danezone build example.org --root infrastructure',
    'danezone build --now 2027-01-01 --out /tmp/new-year',
  ],
  run: (host, globals, args, options) => runBuild(host, globals, args, options, false),
};

export const resign: CommandSpec = {
  name: 'resign',
  arguments: [{ flags: '[zone...]', description: 'only these zones' }],
  summary: 'sign the last content of every zone again, without reading any YAML',
  description:
    'Needs keys/ with its journals and last zone files, and nothing else of the repository: for the day on which the description cannot be read and signatures must not expire.',
  options: [...shared],
  formats: problemFormats,
  examples: ['danezone resign', 'danezone resign example.org'],
  run: (host, globals, args, options) => runBuild(host, globals, args, options, true),
};

async function runBuild(
  host: Host,
  globals: Globals,
  args: readonly string[],
  options: Readonly<Record<string, unknown>>,
  isResign: boolean,
): Promise<Exit> {
  const places = placesOf(host, globals, options, isResign ? 'state' : 'description');
  const now = globals.now ?? host.now();
  const isElsewhen = Math.abs(now - host.now()) > nowTolerance;
  if (isElsewhen && options.out === undefined && options.rehearsal !== true) {
    throw new UsageError(
      '--now is more than five minutes away from the system clock: give --out FOLDER, or --rehearsal on a copy',
    );
  }
  const only = zoneArguments(args);
  const jobs = jobsOf(options.jobs);
  const writesState = !isElsewhen || options.rehearsal === true;
  const engine = options.engine === 'noble' ? 'noble' : 'node';
  const overrides = await overridesOf((options.override as string[] | undefined) ?? []);
  const { version } = globals;
  if (options.plan !== undefined && !(await isPlanned(host, places, now, options.plan))) return Exit.problems;
  const { isUnchanged } = await import('../pipeline/unchanged.ts');
  const isWhole = only.length === 0 && !isResign && writesState && overrides.size === 0 && engine === 'node';
  if (isWhole && globals.format === 'text' && isUnchanged(host.files, places, version, now)) {
    if (!globals.quiet) host.stdout.write('nothing to do: no input changed since the last build in this hour\n');
    return Exit.done;
  }
  const { build: runPipeline } = await import('../pipeline/build.ts');
  const executor = host.executor(jobs);
  try {
    for (let attempt = 1; ; attempt++) {
      const problems = newReport();
      const result = await runPipeline(
        host,
        {
          places,
          only,
          now,
          writesState,
          resign: isResign,
          engine,
          overrides,
          version,
          remembers: isWhole,
          progress: progressOn(host, globals),
        },
        executor,
        problems,
      );
      if (result.conflict !== undefined && attempt < attempts) continue;
      unknownZones(result.unknown, result.outcomes.keys());
      const status = await say(host, globals, places.root, result, problems.problems);
      const tellsActions = globals.format === 'text' && !globals.quiet && writesState && !isResign;
      if (tellsActions && result.conflict === undefined) host.stdout.write(await dueNow(host, places, result, now));
      return status;
    }
  } finally {
    await executor.close();
  }
}

/** `rule=name`, the name with its final dot. */
async function overridesOf(texts: readonly string[]): Promise<ReadonlySet<string>> {
  if (texts.length === 0) return new Set();
  const { overridable } = await import('../pipeline/overrides.ts');
  return new Set(
    texts.map((text) => {
      const [rule, subject, ...more] = text.split('=');
      if (!overridable.includes(rule))
        throw new UsageError(`${quote(rule)} cannot be overridden; what can be is ${overridable.join(', ')}`);
      if (subject === undefined || more.length > 0)
        throw new UsageError(`--override ${quote(text)} names no zone or host: --override ${rule}=NAME`);
      const [name] = zoneArguments([subject]);
      return `${rule}=${name}`;
    }),
  );
}

function jobsOf(text: unknown): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9][0-9]{0,2}$/.test(String(text)))
    throw new UsageError(`--jobs ${String(text)} is no number from 1 to 999`);
  return Number(text);
}

/** One line that is written over, on a terminal only. */
function progressOn(host: Host, { quiet, format }: Globals): (done: number, total: number, zone: Name) => void {
  if (quiet || format !== 'text' || !host.stderr.isTerminal) return () => {};
  return (done, total, zone) => {
    const line = `${done + 1}/${total} ${zone}`.slice(0, host.stderr.columns - 1);
    host.stderr.write(`\r\u001b[K${line}${done + 1 === total ? '\r\u001b[K' : ''}`);
  };
}

async function say(
  host: Host,
  globals: Globals,
  root: string,
  result: BuildResult,
  problems: readonly Problem[],
): Promise<Exit> {
  const { format } = globals;
  const status = statusOf(result);
  if (isReport(format)) {
    await printReport(host, { ...globals, format }, problems);
    if (result.conflict !== undefined) host.stderr.write(conflictLine(result.conflict));
    return status;
  }
  await printProblems(host, globals, problems, result.source);
  if (format === 'json') {
    const zones = Object.fromEntries([...result.outcomes].map(([zone, outcome]) => [zone, facts(outcome)]));
    const changed = result.changed.map((path) => relative(root, path));
    host.stdout.write(
      `${JSON.stringify({ status, conflict: result.conflict, zones, changed, manifest: result.manifest }, undefined, 2)}\n`,
    );
    return status;
  }
  if (result.conflict !== undefined) {
    host.stderr.write(conflictLine(result.conflict));
    return status;
  }
  if (!globals.quiet) host.stdout.write(summaryText(result, root));
  return status;
}

/** What people have to do before the clocks of rollovers go on, in the zones that the build could lead. */
async function dueNow(host: Host, places: Places, result: BuildResult, now: number): Promise<string> {
  const { planOf } = await import('../pipeline/plan.ts');
  const { policyOfZone } = await import('../pipeline/policy-of-zone.ts');
  const { dueText } = await import('../report/plan-text.ts');
  const { repository, journals, outcomes } = result;
  const isLed = (zone: Name) => !['stale', 'absent'].includes(outcomes.get(zone)?.state ?? 'built');
  const zones = [...journals].flatMap(([zone, journal]): [Name, PlannedZone][] => {
    const policy = policyOfZone(host.files, places, repository.description, zone);
    return policy === undefined || !isLed(zone) ? [] : [[zone, { journal, policy }]];
  });
  return dueText(planOf(repository, new Map(zones), [...journals.values()], { now, until: now }).plan);
}

/** A plan that was reviewed is carried out as it was reviewed, or not at all. */
async function isPlanned(host: Host, places: Places, now: number, digest: unknown): Promise<boolean> {
  const { planRepository } = await import('../pipeline/plan.ts');
  const { plan } = planRepository(host.files, places, [], { now, until: horizonOf(undefined, now) }, newReport());
  if (plan.digest === digest) return true;
  host.stderr.write(
    `danezone: nothing was changed: the plan is no longer the one that was reviewed; its digest is now ${plan.digest}: see danezone plan\n`,
  );
  return false;
}

function conflictLine(conflict: string): string {
  return `danezone: nothing was changed: ${conflict}; run again\n`;
}

function statusOf({ outcomes, conflict }: BuildResult): Exit {
  if (conflict !== undefined) return Exit.temporary;
  const all = [...outcomes.values()];
  if (all.some((outcome) => outcome.state !== 'built' && outcome.failed)) return Exit.verificationFailed;
  const good = all.filter(isGood).length;
  if (good === all.length) return Exit.done;
  return all.every(({ state }) => state === 'absent' || state === 'stale') ? Exit.problems : Exit.kept;
}

/** Built, or on purpose nothing but signed again. */
const isGood = (outcome: ZoneOutcome) =>
  outcome.state === 'built' || (outcome.state === 'kept' && outcome.errors.length === 0);

function facts(outcome: ZoneOutcome): object {
  if (outcome.state !== 'built' && outcome.state !== 'kept') return { state: outcome.state };
  const { serial, sha256, signatures, reused } = outcome.content;
  return { state: outcome.state, serial, sha256, signatures, reused };
}

function summaryText({ outcomes, changed, manifest }: BuildResult, root: string): string {
  const lines: string[] = [];
  const width = Math.max(...[...outcomes.keys()].map((zone) => zone.length), 0);
  const words = { built: 'built', kept: 'kept', stale: 'left as it is', absent: 'absent' } as const;
  for (const [zone, outcome] of outcomes) {
    const hasContent = outcome.state === 'built' || outcome.state === 'kept';
    const detail = hasContent ? detailOf(outcome.content) : 'see the errors above';
    lines.push(
      `  ${zone.padEnd(width)}  ${isGood(outcome) ? (outcome.state === 'kept' ? 'signed again' : words.built) : words[outcome.state]}: ${detail}`,
    );
  }
  const files = changed.map((path) => relative(root, path));
  lines.push(
    files.length === 0 ? 'nothing changed' : `${files.length} ${files.length === 1 ? 'file' : 'files'} written`,
  );
  if (manifest['run-before'] !== undefined) lines.push(`run again before ${manifest['run-before']}`);
  return `${lines.join('\n')}\n`;
}

function detailOf({
  serial,
  verdict,
  signatures,
  reused,
  settings,
}: Extract<ZoneOutcome, { state: 'built' }>['content']): string {
  const { counts } = verdict;
  const signed =
    settings === undefined ? 'unsigned' : `${signatures} signatures (${signatures - reused} new), verified`;
  return `serial ${serial}, ${counts.records} records, ${signed}`;
}
