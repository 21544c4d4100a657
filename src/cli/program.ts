/** The one door to commander: makes the program of the command table. */
import { resolve } from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import type { Host } from '../host/host.ts';
import { parseTime } from '../text/time.ts';
import { type CommandSpec, Exit, type Globals, UsageError } from './command.ts';

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
    .showSuggestionAfterError(true);
  const groups = new Map<string, Command>();
  const configure = (command: Command) =>
    command.exitOverride().configureOutput({
      writeOut: (text) => host.stdout.write(text),
      writeErr: (text) => host.stderr.write(text),
    });
  configure(program);

  for (const spec of commands) {
    const words = spec.name.split(' ');
    let parent = program;
    if (words.length === 2) {
      parent =
        groups.get(words[0]) ?? configure(program.command(words[0]).description(`${words[0]}: see its commands`));
      groups.set(words[0], parent);
    }
    const command = configure(parent.command(words[words.length - 1]));
    command.summary(spec.summary).description(spec.description ?? spec.summary);
    for (const argument of spec.arguments ?? []) command.argument(argument.flags, argument.description);
    for (const option of spec.options) command.addOption(optionOf(option));
    command.addOption(
      new Option('--format <format>', 'output format').choices([...spec.formats]).default(spec.formats[0]),
    );
    command.addOption(new Option('--now <time>', 'act as if it were TIME (Unix seconds, YYYYMMDDHHMMSS or ISO 8601)'));
    command.addOption(new Option('--root <folder>', 'root of the infrastructure repository').default('.'));
    command.addOption(new Option('-q, --quiet', 'say only what is wrong').default(false));
    command.addOption(new Option('--no-color', 'no colours (also: NO_COLOR)'));
    if (spec.examples !== undefined) {
      command.addHelpText('after', `\nExamples:\n${spec.examples.map((line) => `  $ ${line}\n`).join('')}`);
    }
    command.action(async (...given: unknown[]) => {
      const options = command.opts() as Record<string, unknown>;
      const args = given
        .slice(0, -2)
        .flat()
        .filter((argument) => argument !== undefined) as string[];
      status = await spec.run(host, globalsOf(host, options), args, options);
    });
  }

  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? Exit.done : Exit.usage;
    if (error instanceof UsageError) {
      host.stderr.write(`danezone: ${error.message}\n`);
      return Exit.usage;
    }
    throw error;
  }
  return status;
}

function optionOf(spec: CommandSpec['options'][number]): Option {
  const option = new Option(spec.flags, spec.description);
  if (spec.choices !== undefined) option.choices([...spec.choices]);
  if (spec.default !== undefined) option.default(spec.default);
  if (spec.many) option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
  if (spec.required) option.makeOptionMandatory();
  return option;
}

function globalsOf(host: Host, options: Record<string, unknown>): Globals {
  const now = options.now === undefined ? undefined : parseTime(String(options.now));
  if (options.now !== undefined && now === undefined) {
    throw new UsageError(`--now ${String(options.now)} is no time: write Unix seconds, YYYYMMDDHHMMSS or ISO 8601`);
  }
  return {
    now,
    format: String(options.format),
    quiet: options.quiet === true,
    root: resolve(host.workingFolder, String(options.root)),
    colour: options.color !== false && !host.environment('NO_COLOR') && host.stdout.isTerminal,
  };
}
