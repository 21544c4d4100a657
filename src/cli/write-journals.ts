/** What `confirm` and `roll` share: when they may write, who says it, and that another run at work is waited out. */
import type { Host } from '../host/host.ts';
import type { Confirmation, ConfirmOutcome } from '../pipeline/confirm.ts';
import type { Places } from '../pipeline/places.ts';
import { Exit, type Globals, UsageError } from './command.ts';

/** Seconds that `--now` may be away from the system clock without being a rehearsal. */
export const nowTolerance = 300;
/** How often a run that met another one begins again. */
export const attempts = 3;

type Options = Readonly<Record<string, unknown>>;

/** Unix seconds. Throws where `--now` is another time than the clock's and nobody says that this is a copy. */
export function writingTime(host: Host, { now = host.now() }: Globals, { rehearsal }: Options): number {
  if (Math.abs(now - host.now()) > nowTolerance && rehearsal !== true) {
    throw new UsageError('--now is more than five minutes away from the system clock: give --rehearsal on a copy');
  }
  return now;
}

/** `--by`, or who runs the command, or the command itself. */
export function writer(host: Host, { by }: Options, command: string): string {
  const name = ((by as string | undefined) ?? host.environment('USER') ?? '').trim();
  return name === '' ? command : name;
}

/** Writes what is said into the journals, and prints what came of it. */
export async function writeJournals(
  host: Host,
  places: Places,
  confirmations: readonly Confirmation[],
  print: (outcomes: readonly ConfirmOutcome[]) => Promise<void>,
): Promise<Exit> {
  const { confirm } = await import('../pipeline/confirm.ts');
  for (let attempt = 1; ; attempt++) {
    const { outcomes, conflict } = await confirm(host, places, confirmations);
    if (conflict !== undefined && attempt < attempts) continue;
    if (conflict !== undefined) {
      host.stderr.write(`danezone: nothing was written: ${conflict}; run again\n`);
      return Exit.temporary;
    }
    await print(outcomes);
    return outcomes.some(({ state }) => state === 'refused') ? Exit.problems : Exit.done;
  }
}
