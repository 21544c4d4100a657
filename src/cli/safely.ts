/** The last net under a command: what is not a problem in the input ends here, in one line and a status. */
import { FileError, type Host } from '../host/host.ts';
import { Locked } from '../host/lock.ts';
import { escapeControls } from '../text/escape.ts';
import { type CommandSpec, Exit } from './command.ts';
import { runProgram } from './program.ts';

/** The exit status. Never throws. */
export async function runSafely(
  host: Host,
  version: string,
  commands: readonly CommandSpec[],
  argv: readonly string[],
): Promise<number> {
  try {
    return await runProgram(host, version, commands, argv);
  } catch (error) {
    if (error instanceof FileError) {
      // FileError escapes its paths itself.
      host.stderr.write(`danezone: ${error.message}\n`);
      return error instanceof Locked ? Exit.temporary : Exit.problems;
    }
    host.stderr.write(internalError(error, version, host.environment('DANEZONE_DEBUG') === '1'));
    return Exit.internal;
  }
}

function internalError(error: unknown, version: string, debug: boolean): string {
  const message = escapeControls(error instanceof Error ? error.message : String(error));
  const how = debug
    ? 'please report it with the trace below'
    : 'please report it, with the command and what it prints under DANEZONE_DEBUG=1';
  const trace = debug && error instanceof Error ? `${error.stack}\n` : '';
  return `danezone ${version}: internal error: ${message}. This is a bug in danezone and nothing that you did: ${how}\n${trace}`;
}
