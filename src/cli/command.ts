/** What a command is: a row of data and a function. program.ts makes commander's commands of them. */
import type { Host } from '../host/host.ts';

export const Exit = {
  done: 0,
  /** Problems in the input; `diff --exit-code`: differs. */
  problems: 1,
  usage: 2,
  verificationFailed: 3,
  /** Some zones kept their old content. */
  kept: 4,
  /** `plan --exit-code` and `ready` only. */
  actionDue: 10,
  overdue: 20,
  internal: 70,
  temporary: 75,
} as const;
export type Exit = (typeof Exit)[keyof typeof Exit];

/** Global options, parsed. */
export interface Globals {
  /** Of danezone. */
  readonly version: string;
  /** `--now TIME`, Unix seconds; undefined: the system clock. */
  readonly now?: number;
  readonly format: string;
  readonly quiet: boolean;
  /** Absolute. */
  readonly root: string;
  /** Colour on standard output and standard error. */
  readonly colour: boolean;
}

export interface OptionSpec {
  /** As commander writes it: `--usage <usage>`, `-o, --output <file>`, `--no-verify`. */
  readonly flags: string;
  readonly description: string;
  readonly default?: string | boolean;
  readonly choices?: readonly string[];
  /** May be given several times; the value is an array. */
  readonly many?: boolean;
  readonly required?: boolean;
}

export interface CommandSpec {
  /** `tlsa`, or `keys generate` for a subcommand. */
  readonly name: string;
  /** As commander writes it: `<file>`, `[zone...]`. */
  readonly arguments?: readonly { readonly flags: string; readonly description: string }[];
  readonly summary: string;
  /** Paragraphs under the usage line. */
  readonly description?: string;
  readonly options: readonly OptionSpec[];
  /** Formats that `--format` takes here; the first is the default. */
  readonly formats: readonly string[];
  /** Shown at the end of the help. */
  readonly examples?: readonly string[];
  /** Exit status. A UsageError becomes status 2. Loads its stages with `await import` to keep the start short. */
  readonly run: (
    host: Host,
    globals: Globals,
    args: readonly string[],
    options: Readonly<Record<string, unknown>>,
  ) => Promise<Exit>;
}

/** A wrong argument or option: message on standard error, exit status 2. */
export class UsageError extends Error {}
