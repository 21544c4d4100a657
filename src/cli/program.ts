/** The one door to commander: makes the program of the command table. */
import { resolve } from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import type { Host } from '../host/host.ts';
import { escapeControls, quote } from '../text/escape.ts';
import { parseTime } from '../text/time.ts';
import { type CommandSpec, Exit, type Globals, UsageError } from './command.ts';

/**
 * Runs the command that `argv` (without node and the script) names; the exit status. What a command throws passes through,
 * apart from UsageError.
 */
export async function runProgram(
  host: Host,
  version: string,
  commands: readonly CommandSpec[],
  argv: readonly string[],
): Promise<number> {
  let status: number = Exit.done;
  const program = new Command('danezone')
    .description('Compiles domains, mail hosts and certificates into DNSSEC-signed zones with TLSA records.')
    .version(version, '-V, --version', 'print the version')
    .helpCommand('help [command]', 'show the help of a command')
    .showSuggestionAfterError(true)
    // Global options may stand before the command as well as after it.
    .enablePositionalOptions();
  const groups = new Map<string, Command>();
  const configure = (command: Command) =>
    command.exitOverride().configureOutput({
      writeOut: (text) => host.stdout.write(text),
      // Commander quotes arguments as they are.
      writeErr: (text) => host.stderr.write(text.split('\n').map(escapeControls).join('\n')),
    });
  configure(program);
  addGlobals(program, []);

  for (const spec of commands) {
    const words = spec.name.split(' ');
    let parent = program;
    if (words.length === 2) {
      parent = groups.get(words[0]) ?? configure(program.command(words[0]).description(groupSummaries[words[0]] ?? ''));
      groups.set(words[0], parent);
    }
    const command = configure(parent.command(words[words.length - 1]));
    command.summary(spec.summary).description(spec.description ?? spec.summary);
    for (const argument of spec.arguments ?? []) command.argument(argument.flags, argument.description);
    for (const option of spec.options) command.addOption(optionOf(option));
    addGlobals(command, spec.formats);
    if (spec.examples !== undefined) {
      command.addHelpText('after', `\nExamples:\n${spec.examples.map((line) => `  $ ${line}\n`).join('')}`);
    }
    command.action(async (...given: unknown[]) => {
      const options = command.opts() as Record<string, unknown>;
      const args = given
        .slice(0, -2)
        .flat()
        .filter((argument) => argument !== undefined) as string[];
      status = await spec.run(host, globalsOf(host, version, spec, program.opts(), options), args, options);
    });
  }

  try {
    await program.parseAsync(withoutVainHelp(argv, commands), { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? Exit.done : Exit.usage;
    if (error instanceof UsageError) {
      host.stderr.write(`danezone: ${escapeControls(error.message)}\n`);
      return Exit.usage;
    }
    throw error;
  }
  return status;
}

const helpFlags: readonly string[] = ['-h', '--help'];
/** Global options that take a value of their own behind them. */
const valued: readonly string[] = ['--format', '--now', '--root'];

/**
 * Commander shows the help of the program for `no-such-command --help`, and ends well: without the flag it says that there is no such
 * command. `help no-such-command` likewise.
 */
function withoutVainHelp(argv: readonly string[], commands: readonly CommandSpec[]): string[] {
  const words = argv.filter((word, i) => !word.startsWith('-') && !valued.includes(argv[i - 1] ?? ''));
  const [first, second] = words[0] === 'help' ? words.slice(1) : words;
  const names = commands.map(({ name }) => name.split(' '));
  const isGroup = names.some(([group, ...rest]) => group === first && rest.length > 0);
  const isKnown = names.some(
    ([name, of]) => name === first && (of === undefined || second === undefined || of === second),
  );
  if (first === undefined || first === 'help' || isKnown) return [...argv];
  const isHelp = words[0] === 'help';
  if (isHelp) return isGroup && second !== undefined ? [first, second] : [first];
  return argv.filter((word) => !helpFlags.includes(word));
}

/** What stands beside the name of a group in the help. */
const groupSummaries: Readonly<Record<string, string>> = {
  confirm: 'say what servers, parents and hosts show, so that clocks run',
  roll: 'ask for rollovers of keys, step by step, and take them back',
  keys: 'make and list DNSSEC keys',
};

function optionOf(spec: CommandSpec['options'][number]): Option {
  const option = new Option(spec.flags, spec.description);
  if (spec.choices !== undefined) option.choices([...spec.choices]);
  if (spec.default !== undefined) option.default(spec.default);
  if (spec.many) option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
  if (spec.required) option.makeOptionMandatory();
  return option;
}

/** Without defaults, so that what was given after the command wins over what was given before it, and a default over neither. */
function addGlobals(command: Command, formats: readonly string[]): void {
  const format =
    formats.length === 0
      ? new Option('--format <format>', 'output format, see the help of the command')
      : new Option('--format <format>', `output format (default: ${formats[0]})`).choices([...formats]);
  command
    .addOption(format)
    .option('--now <time>', 'act as if it were TIME (Unix seconds, YYYYMMDDHHMMSS or ISO 8601)')
    .option('--root <folder>', 'root of the infrastructure repository (default: the current folder)')
    .option('-q, --quiet', 'say only errors and warnings')
    .option('--no-color', 'no colours (also: NO_COLOR)');
}

function globalsOf(
  host: Host,
  version: string,
  { formats }: CommandSpec,
  before: Record<string, unknown>,
  after: Record<string, unknown>,
): Globals {
  const given = (name: string) => (after[name] ?? before[name]) as string | undefined;
  const now = given('now');
  const time = now === undefined ? undefined : parseTime(now);
  if (now !== undefined && time === undefined) {
    throw new UsageError(`--now ${quote(now)} is no time: write Unix seconds, YYYYMMDDHHMMSS or ISO 8601`);
  }
  const format = given('format') ?? formats[0];
  if (!formats.includes(format)) {
    throw new UsageError(`--format ${quote(format)} is none of this command: choose ${formats.join(', ')}`);
  }
  return {
    version,
    now: time,
    format,
    quiet: after.quiet === true || before.quiet === true,
    root: resolve(host.workingFolder, given('root') ?? '.'),
    colour: after.color !== false && before.color !== false && !host.environment('NO_COLOR') && host.stdout.isTerminal,
  };
}
