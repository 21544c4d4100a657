/** `danezone sign FILE`: a plain master file signed with the keys of a folder, like dnssec-signzone -S. */
import { resolve } from 'node:path';
import type { Host } from '../host/host.ts';
import type { Executor } from '../parallel/executor.ts';
import type { SigningInput, SigningSummary } from '../sign/sign.ts';
import { escapeControls } from '../text/escape.ts';
import { concatOctets, type Octets } from '../text/octets.ts';
import { newReport, type Report, report } from '../text/problem.ts';
import { readableTime } from '../text/time.ts';
import { type CommandSpec, Exit, type Globals } from './command.ts';
import { shownProblems } from './print-problems.ts';
import { readSignOptions, type SignOptions, signOptions } from './sign-options.ts';

export const sign: CommandSpec = {
  name: 'sign',
  arguments: [{ flags: '<file>', description: 'master file of the unsigned zone; - for standard input' }],
  summary: 'sign a zone file with the keys of a folder',
  description: `Adds DNSKEY, NSEC or NSEC3, RRSIG and what the options name to the zone in FILE, and nothing else. The output is one record a line, and the same for the same input, keys and times.

Keys with dates do what their dates say; keys without dates are all published and sign. Of each algorithm the keys with the SEP flag sign the DNSKEY RRset and the others the zone; where an algorithm has only one kind of key, each signs both.

A zone that was signed before loses its RRSIG, NSEC, NSEC3, NSEC3PARAM and apex ZONEMD records first. DNSKEY records of keys that are not in the folder stay, and so do CDS and CDNSKEY records unless --cds makes new ones. $INCLUDE reaches files in and below the folder of FILE.

The signed zone is written beside the output file, read back and verified, and only then put in its place. If it does not verify, the output file stays as it was and the exit status is 3.`,
  options: signOptions,
  formats: ['text'],
  examples: [
    'danezone sign example.org --origin example.org --keys keys -o example.org.signed',
    'danezone sign example.org --keys keys --nsec3 --zonemd sha384 --cds --serial unixtime -o -',
    'danezone sign example.org --keys keys --inception 20260101000000 --expiration 20260201000000 -o example.org.signed',
  ],
  run: async (host, globals, [argument], given) => {
    const now = globals.now ?? host.now();
    const options = readSignOptions(given, now);
    const prepared = await prepare(host, globals, argument, options, now);
    if (prepared === undefined) return Exit.problems;
    if (!globals.quiet) for (const note of prepared.notes) host.stderr.write(`note: ${escapeControls(note)}\n`);
    return signTo(host, globals, { ...prepared, options, now }, host.executor(options.jobs));
  },
};

interface Prepared {
  readonly input: SigningInput;
  readonly notes: readonly string[];
}

/** Undefined where the input cannot be signed; then it has been said why. Nothing of the file itself is kept. */
async function prepare(
  host: Host,
  globals: Globals,
  argument: string,
  options: SignOptions,
  now: number,
): Promise<Prepared | undefined> {
  const { readKeys, readZone, signingInput } = await import('./sign-input.ts');
  const octets = argument === '-' ? await host.stdin() : host.files.read(resolve(host.workingFolder, argument));
  const report = newReport();
  const read = readZone(host, argument, octets, options, report);
  const keys = read && readKeys(host, options.keys, read.zone, now, report);
  await warnOfIterations(options, report);
  await show(host, globals, report, { path: argument, octets });
  if (read === undefined || keys === undefined) return undefined;
  if (keys.roles.signsZone.length === 0) {
    const folder = escapeControls(options.keys);
    const what =
      host.files.facts(resolve(host.workingFolder, options.keys)) === undefined
        ? `the folder of keys ${folder} does not exist`
        : `no key of ${read.zone.apex} in ${folder} signs at ${readableTime(now)}`;
    host.stderr.write(`danezone: ${what}\n`);
    return undefined;
  }
  const { input, notes } = signingInput(read.zone, keys, options, now);
  return { input, notes: [...read.notes, ...notes] };
}

/** They are asked for by name, so the zone is signed with them; what they do is said all the same. */
async function warnOfIterations({ denial }: SignOptions, to: Report): Promise<void> {
  if (denial.kind !== 'nsec3' || denial.iterations === 0) return;
  const { denialRules } = await import('../verify/denial-rules.ts');
  const { iterations } = denial;
  const hint =
    'leave --iterations out: resolvers may treat such a zone as unsigned (many do above 100) or as failed (above 500)';
  report(to, denialRules['denial/nsec3-iterations'], undefined, { iterations }, { hint });
}

interface Work extends Prepared {
  readonly options: SignOptions;
  readonly now: number;
}

async function signTo(host: Host, globals: Globals, work: Work, executor: Executor): Promise<Exit> {
  const { signZone } = await import('../sign/sign.ts');
  const signed = signZone(work.input, executor);
  const { output } = work.options;
  const sink = output === '-' ? new MemorySink(host) : await fileSink(host, resolve(host.workingFolder, output));
  try {
    for await (const chunk of signed.chunks()) sink.write(chunk);
    sink.close();
    if (work.options.verifies) {
      const report = newReport();
      const octets = sink.octets();
      const isProven = await verify(work, octets, report, executor);
      await show(host, globals, report, { path: output, octets });
      if (!isProven) {
        host.stderr.write(
          `danezone: the signed zone does not verify, ${output === '-' ? 'nothing is written' : 'the output file is as it was'}\n`,
        );
        return Exit.verificationFailed;
      }
    }
    sink.commit();
  } finally {
    sink.discard();
  }
  if (host.stderr.isTerminal && !globals.quiet) host.stderr.write(summaryLine(work, signed.summary()));
  return Exit.done;
}

/** Verified at a time at which the signatures are meant to be valid: now, if the window has it. */
async function verify({ input, options, now }: Work, octets: Octets, to: Report, executor: Executor): Promise<boolean> {
  const { proveFile } = await import('../verify/proven.ts');
  const { inception, expiration } = options.windows;
  const at = now >= inception && now <= expiration ? now : inception;
  const settings = { at, own: true, engine: options.engine, expectDenial: options.denial };
  return (
    (await proveFile({ file: options.output, octets, apex: input.zone.apex }, settings, to, executor)) !== undefined
  );
}

interface Sink {
  write(octets: Octets): void;
  close(): void;
  /** What was written, read back. */
  octets(): Octets;
  commit(): void;
  discard(): void;
}

class MemorySink implements Sink {
  readonly #host: Host;
  #chunks: Octets[] = [];

  constructor(host: Host) {
    this.#host = host;
  }

  write(octets: Octets): void {
    this.#chunks.push(octets);
  }

  close(): void {}

  octets(): Octets {
    this.#chunks = [concatOctets(this.#chunks)];
    return this.#chunks[0];
  }

  commit(): void {
    for (const chunk of this.#chunks) this.#host.stdout.write(chunk);
  }

  discard(): void {}
}

async function fileSink(host: Host, target: string): Promise<Sink> {
  const { stageFile } = await import('./staged-file.ts');
  const stage = stageFile(host, target);
  return { ...stage, octets: () => host.files.read(stage.path) };
}

function summaryLine({ input, options }: Work, { serial, records, signatures, firstExpiry }: SigningSummary): string {
  const verified = options.verifies ? 'verified' : 'not verified';
  return `${input.zone.apex} serial ${serial}: ${records} records, ${signatures} signatures valid until ${readableTime(firstExpiry)}, ${verified}\n`;
}

async function show(
  host: Host,
  globals: Globals,
  report: Report,
  zone: { path: string; octets: Octets },
): Promise<void> {
  const shown = shownProblems(globals, report.problems);
  if (shown.length === 0) return;
  const { renderProblems } = await import('../text/render.ts');
  const source = (file: string) => (file === zone.path ? Buffer.from(zone.octets).toString('utf8') : undefined);
  host.stderr.write(renderProblems(shown, { source, colour: globals.colour, columns: host.stderr.columns }));
}
