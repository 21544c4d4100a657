/** Where dist/program.js starts: runs the command on this machine and turns what it cannot handle into an exit status. */
import { dirname, join } from 'node:path';
import type { Host } from '../host/host.ts';
import { realHost } from '../host/real.ts';
import { commands } from './commands.ts';
import { runSafely } from './safely.ts';

/** Set by build.mjs. */
declare const DANEZONE_VERSION: string;

const host = realHost({ workerEntry: join(dirname(__filename), 'worker.js') });

run(host);

async function run(on: Host): Promise<void> {
  process.exitCode = await runSafely(on, DANEZONE_VERSION, commands, process.argv.slice(2));
  await host.close();
}
