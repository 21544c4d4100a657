/** `danezone verify FILE…`: verifies signed zone files, whoever signed them. */
import { basename, dirname, join, resolve } from 'node:path';
import { type Name, parseName } from '../dns/name.ts';
import type { Zone } from '../dns/zone.ts';
import { confinedReader, refusalText } from '../host/confined.ts';
import { FileError, type Host } from '../host/host.ts';
import { parseDuration } from '../text/duration.ts';
import { escapeControls, quote } from '../text/escape.ts';
import type { Octets } from '../text/octets.ts';
import { newReport, type Problem } from '../text/problem.ts';
import { parseTime, readableTime } from '../text/time.ts';
import type { TrustAnchors } from '../verify/trust-anchors.ts';
import type { Verdict, VerifyOptions } from '../verify/verify.ts';
import { type CommandSpec, Exit, type Globals, UsageError } from './command.ts';
import { isReport, printReport, problemFormats, shownProblems } from './print-problems.ts';

export const verify: CommandSpec = {
  name: 'verify',
  arguments: [{ flags: '<file...>', description: 'signed zone files in text form; - for standard input' }],
  summary: 'verify signed zone files',
  description: `Verifies whole zones as their signers wrote them: that every RRset is signed by every algorithm, every signature and its time, the NSEC or NSEC3 chain and its type bitmaps, that glue is not signed, the way from the DS set to the keys, CDS, and ZONEMD.

With --ds the keys must be those that the parent's DS set, or a trust anchor, stands for; the file has DS or DNSKEY records as lines of a zone file, or the four DS fields alone. Without it the zone's own keys with the SEP flag are believed. $INCLUDE reaches files in and below the folder of FILE.

With --previous the zone is compared with the one that is served now: other content, signatures included, needs a serial that moved forward (RFC 1982), else secondaries never transfer it. Where the option names a folder, the file of the same name is taken; one that is not there has no previous version.

One line a file goes to standard output, what is wrong to standard error. The exit status is 0 where every zone is secure, 3 where one is not, 1 where a file cannot be read as a zone.`,
  options: [
    { flags: '--origin <name>', description: 'name of the zone (default: the owner of the SOA record)' },
    { flags: '--at <time>', description: 'verify as of TIME (default: now)' },
    { flags: '--ds <file>', description: "the parent's DS records, or a trust anchor" },
    { flags: '--previous <file>', description: 'the zone that FILE replaces, or the folder in which it stands' },
    {
      flags: '--own',
      description: 'judge as a zone of ours: NSEC3 iterations and old algorithms are errors',
      default: false,
    },
    { flags: '--refresh <duration>', description: 'warn where a signature has less than this left, such as 10d' },
    { flags: '--jobs <count>', description: 'threads that verify (default: one a core)' },
    { flags: '--engine <engine>', description: 'what checks signatures', choices: ['node', 'noble'], default: 'node' },
  ],
  formats: problemFormats,
  examples: [
    'danezone verify example.org.signed',
    'danezone verify build/*.zone --at 2026-12-24 --refresh 10d',
    'danezone verify example.org.signed --ds dsset-example.org.',
    'danezone verify new/*.zone --previous served/',
    'dig @ns1.example.org example.org AXFR | danezone verify - --origin example.org --format json',
  ],
  run: async (host, globals, files, given) => {
    const settings = settingsOf(host, given, globals.now ?? host.now(), files);
    const report = newReport();
    const [anchorFile, anchors] = await anchorsFrom(host, given.ds as string | undefined, report);
    if (report.hasErrors && anchorFile !== undefined) {
      await show(host, globals, report.problems, anchorFile);
      return Exit.problems;
    }
    const results: Result[] = [];
    for (const file of files) {
      const result = await verifyFile(host, file, settings, anchors);
      results.push(result);
      if (globals.format !== 'text') continue;
      if (!globals.quiet || !result.secure) host.stdout.write(`${verdictLine(result)}\n`);
      await show(host, globals, result.problems, result.file, result.octets);
    }
    if (globals.format === 'json') await showJson(host, results, settings.at);
    if (isReport(globals.format)) await showReport(host, { ...globals, format: globals.format }, results);
    if (results.some(({ verdict, isReadable }) => isReadable && verdict?.secure === false))
      return Exit.verificationFailed;
    return results.every(({ isReadable }) => isReadable) ? Exit.done : Exit.problems;
  },
};

interface Settings extends VerifyOptions {
  readonly origin: Name | undefined;
  readonly jobs: number | undefined;
  /** What `--previous` names; absolute. */
  readonly replaced: string | undefined;
}

interface Result {
  /** As it was given; so it stands in positions too. */
  readonly file: string;
  readonly octets?: Octets;
  /** Read without an error. */
  readonly isReadable: boolean;
  readonly secure: boolean;
  readonly verdict?: Verdict;
  readonly problems: readonly Problem[];
  /** Why there is no verdict, where no problem says it. */
  readonly failure?: string;
}

/** @throws UsageError */
function settingsOf(
  host: Host,
  options: Readonly<Record<string, unknown>>,
  now: number,
  files: readonly string[],
): Settings {
  const given = (name: string) => options[name] as string | undefined;
  const [atText, originText, refreshText, jobsText] = ['at', 'origin', 'refresh', 'jobs'].map(given);
  const at = atText === undefined ? now : parseTime(atText);
  if (at === undefined) {
    throw new UsageError(`--at ${quote(atText!)} is no time: write Unix seconds, YYYYMMDDHHMMSS or ISO 8601`);
  }
  const origin = originText === undefined ? undefined : parseName(originText);
  if (typeof origin === 'object') throw new UsageError(`--origin ${quote(originText!)} ${origin.error}`);
  if (origin !== undefined && files.length > 1) throw new UsageError('--origin is for one file: name only one');
  const refresh = refreshText === undefined ? undefined : parseDuration(refreshText);
  if (refreshText !== undefined && refresh === undefined) {
    throw new UsageError(`--refresh ${quote(refreshText)} is no duration: write 10d, 12h or seconds`);
  }
  if (jobsText !== undefined && !/^[1-9][0-9]{0,2}$/.test(jobsText)) {
    throw new UsageError(`--jobs ${quote(jobsText)} is no number from 1 to 999`);
  }
  const jobs = jobsText === undefined ? undefined : Number(jobsText);
  const replaced = replacedBy(host, given('previous'), files);
  const engine = given('engine') as 'node' | 'noble';
  return { at, origin, refresh, jobs, replaced, own: options.own === true, engine };
}

/** @throws UsageError */
function replacedBy(host: Host, named: string | undefined, files: readonly string[]): string | undefined {
  if (named === undefined) return undefined;
  const path = resolve(host.workingFolder, named);
  const kind = host.files.facts(path)?.kind;
  if (kind === undefined) throw new UsageError(`--previous ${quote(named)} does not exist`);
  const isFolder = kind === 'folder';
  if (!isFolder && files.length > 1)
    throw new UsageError('--previous names one file: name a folder, or verify one file');
  if (isFolder && files.includes('-')) throw new UsageError('--previous is a folder: name the file that - replaces');
  return path;
}

/** The zone that `file` replaces; undefined where it is a new one. */
async function previousOf(
  host: Host,
  file: string,
  { replaced, origin }: Settings,
  apex: Name,
): Promise<{ readonly zone?: Zone; readonly error?: string }> {
  if (replaced === undefined) return {};
  const isFolder = host.files.facts(replaced)?.kind === 'folder';
  const path = isFolder ? join(replaced, basename(file)) : replaced;
  if (isFolder && host.files.facts(path) === undefined) return {};
  const { readMaster } = await import('../dns/master-reader.ts');
  const report = newReport();
  const octets = host.files.read(path);
  const zone = readMaster({ file: path, octets, origin, apex: origin, include: includeFrom(host, path) }, report);
  const [fault] = report.problems.filter(({ tier }) => tier === 'error');
  if (zone === undefined || fault !== undefined) {
    return { error: `the file of --previous cannot be read as a zone: ${fault?.message ?? 'no zone was found in it'}` };
  }
  return zone.apex === apex ? { zone } : { error: `the file of --previous is the zone ${zone.apex}, not ${apex}` };
}

async function anchorsFrom(
  host: Host,
  file: string | undefined,
  report: ReturnType<typeof newReport>,
): Promise<[file: string, anchors: TrustAnchors] | [undefined, undefined]> {
  if (file === undefined) return [undefined, undefined];
  const { readTrustAnchors } = await import('../verify/trust-anchors.ts');
  return [file, readTrustAnchors({ file, octets: host.files.read(resolve(host.workingFolder, file)) }, report)];
}

async function verifyFile(
  host: Host,
  file: string,
  settings: Settings,
  anchors: TrustAnchors | undefined,
): Promise<Result> {
  const { readMaster } = await import('../dns/master-reader.ts');
  const { verifyZone } = await import('../verify/verify.ts');
  const refused = (failure: string): Result => ({
    file,
    isReadable: false,
    secure: false,
    problems: [],
    failure,
  });
  let octets: Octets;
  try {
    octets = file === '-' ? await host.stdin() : host.files.read(resolve(host.workingFolder, file));
  } catch (error) {
    if (error instanceof FileError) return refused(error.message);
    throw error;
  }
  const report = newReport();
  const { origin } = settings;
  const zone = readMaster({ file, octets, origin, apex: origin, include: includeFrom(host, file) }, report);
  const isReadable = zone !== undefined && !report.hasErrors;
  if (zone === undefined) return { file, octets, isReadable, secure: false, problems: report.problems };
  const { anchorsOf } = await import('../verify/trust-anchors.ts');
  const ds = anchors === undefined ? undefined : anchorsOf(anchors, zone.apex);
  if (ds?.length === 0) return refused(`the file of --ds has no DS record for ${zone.apex}`);
  const previous = await previousOf(host, file, settings, zone.apex);
  if (previous.error !== undefined) return refused(previous.error);
  const executor = host.executor(settings.jobs);
  const verdict = await verifyZone(zone, { ...settings, ds, previous: previous.zone }, report, executor);
  return { file, octets, isReadable, secure: isReadable && verdict.secure, verdict, problems: report.problems };
}

/** Octets of a file that $INCLUDE names, at most. */
const maxIncluded = 1 << 30;

function includeFrom(host: Host, file: string) {
  const folder = file === '-' ? '.' : dirname(file);
  const confined = confinedReader(host.files, resolve(host.workingFolder, folder), { maxSize: maxIncluded });
  return (named: string) => {
    const found = confined(named);
    return 'error' in found
      ? { error: refusalText(named, found) }
      : { file: join(folder, found.file), octets: found.octets };
  };
}

function verdictLine({ file, isReadable, secure, verdict, failure }: Result): string {
  const name = escapeControls(file);
  if (failure !== undefined) return `${name}: unreadable: ${failure}`;
  if (verdict === undefined) return `${name}: unreadable: no zone was found in it`;
  const { zone, serial, counts, firstExpiry, keys } = verdict;
  const word = secure ? 'secure' : isReadable ? 'NOT SECURE' : 'unreadable in part';
  const denial = counts.nsec3 > 0 ? `${counts.nsec3} NSEC3` : `${counts.nsec} NSEC`;
  const facts = [
    `${zone} serial ${serial ?? 'none'}`,
    `${counts.names} names`,
    `${counts.rrsets} RRsets`,
    `${counts.signatures} signatures`,
    denial,
    `${counts.delegations} delegations (${counts.signedDelegations} signed)`,
    `keys ${keys.map(({ tag, duty }) => `${tag} (${duty})`).join(' ') || 'none'}`,
  ];
  if (firstExpiry !== undefined) facts.push(`first expiry ${readableTime(firstExpiry)}`);
  return `${name}: ${word}: ${facts.join(', ')}`;
}

async function show(
  host: Host,
  globals: Globals,
  problems: readonly Problem[],
  of: string,
  octets?: Octets,
): Promise<void> {
  const shown = shownProblems(globals, problems);
  if (shown.length === 0) return;
  const { renderProblems } = await import('../text/render.ts');
  const source = (file: string) => (file === of && octets ? Buffer.from(octets).toString('utf8') : undefined);
  const colour = globals.colour && host.stderr.isTerminal;
  host.stderr.write(renderProblems(shown, { source, colour, columns: host.stderr.columns }));
}

/** A file that is no zone at all has no problem with a place: it is said on standard error. */
async function showReport(
  host: Host,
  globals: Parameters<typeof printReport>[1],
  results: readonly Result[],
): Promise<void> {
  for (const result of results) if (result.failure !== undefined) host.stderr.write(`${verdictLine(result)}\n`);
  // Files stand in positions as they were given, from the working folder.
  const problems = results.flatMap((result) => result.problems);
  await printReport(host, { ...globals, root: host.workingFolder }, problems);
}

async function showJson(host: Host, results: readonly Result[], at: number): Promise<void> {
  const { jsonText, problemFacts } = await import('../text/annotations.ts');
  const iso = (seconds: number | undefined) =>
    seconds === undefined ? undefined : new Date(seconds * 1000).toISOString();
  const zones = results.map(({ file, secure, isReadable, verdict, failure, problems }) => ({
    file,
    secure,
    readable: isReadable,
    failure,
    zone: verdict?.zone,
    serial: verdict?.serial,
    firstExpiry: iso(verdict?.firstExpiry),
    counts: verdict?.counts,
    keys: verdict?.keys,
    ...problemFacts(problems),
  }));
  host.stdout.write(jsonText({ at: iso(at), secure: results.every(({ secure }) => secure), zones }));
}
