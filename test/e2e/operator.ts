/** The operator of a repository: builds, brings what was built to the servers and the parent, and says what was seen there. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Name } from '../../src/dns/name.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { parseJournal } from '../../src/journal/parse.ts';
import { printJournal } from '../../src/journal/print.ts';
import type { Places } from '../../src/pipeline/places.ts';
import { journalFile, zoneOutput } from '../../src/pipeline/places.ts';
import { newReport } from '../../src/text/problem.ts';
import { danezone, run } from './programs.ts';
import type { RollingNames } from './rolling-names.ts';

export interface Operator {
  /** One turn: builds; what has changed is published everywhere, put into the parent, and confirmed. Whether something had. */
  turn(): Promise<boolean>;
  journal(zone: string): Journal;
  /** Every record of every key is where it is to be, and so is every DS. */
  isSettled(zone: string): boolean;
  /** Runs danezone at the repository. */
  danezone(...args: string[]): ReturnType<typeof run>;
  /** The same; throws where it does not end with 0. */
  mustRun(...args: string[]): void;
  /** Everything that the journal knows happened this many seconds earlier than it did: waits that run are cut short by them. */
  age(zone: string, seconds: number): void;
  readonly builds: () => number;
}

export function newOperator(root: string, zones: readonly string[]): Operator & { serve(names: RollingNames): void } {
  const places: Places = { root, state: join(root, 'keys'), output: join(root, 'build') };
  const outputOf = (zone: string) => zoneOutput(places, zone as Name);
  let names: RollingNames | undefined;
  const published = new Map<string, string>();
  const parent = new Map<string, readonly string[]>();
  let builds = 0;

  const tool = (...args: string[]) => run(process.execPath, [danezone, ...args, '--root', root]);
  function done(...args: string[]): void {
    const { status, stdout, stderr } = tool(...args);
    if (status !== 0) throw new Error(`danezone ${args.join(' ')} ends with ${status}: ${stdout}${stderr}`);
  }

  function journal(zone: string): Journal {
    const problems = newReport();
    const read = parseJournal('journal', readFileSync(journalFile(places, zone as Name)), zone as Name, problems);
    if (read === undefined || read.isEdited)
      throw new Error(`the journal of ${zone}: ${JSON.stringify(problems.problems)}`);
    return read;
  }

  function build(): ReadonlyMap<string, string> {
    done('build');
    builds++;
    const changed = zones.filter((zone) => published.get(zone) !== readFileSync(outputOf(zone), 'latin1'));
    return new Map(changed.map((zone) => [zone, outputOf(zone)]));
  }

  /** As `danezone build` writes it for the registrar. */
  function wantedDs(zone: string): readonly string[] {
    const file = outputOf(zone).replace(/zone$/, 'ds');
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
    return lines.flatMap((line) => (line.includes('\tDS\t') ? [line.split('\tDS\t')[1]] : [])).sort();
  }

  async function turn(): Promise<boolean> {
    if (names === undefined) throw new Error('no name servers yet');
    const changed = build();
    if (changed.size > 0) {
      await names.publish(changed);
      for (const [zone, file] of changed) published.set(zone, readFileSync(file, 'latin1'));
      done('confirm', 'published', ...changed.keys());
    }
    const asked = new Map(zones.map((zone) => [zone, wantedDs(zone)]));
    const isNew = (zone: string) => (parent.get(zone) ?? []).join() !== asked.get(zone)!.join();
    const moved = zones.filter(isNew);
    if (moved.length === 0) return changed.size > 0;
    await names.setDs(asked);
    for (const zone of moved) {
      const [before, after] = [parent.get(zone) ?? [], asked.get(zone)!];
      done('confirm', before.some((ds) => !after.includes(ds)) ? 'ds-gone' : 'ds-seen', zone);
      parent.set(zone, after);
    }
    return true;
  }

  function isSettled(zone: string): boolean {
    return journal(zone).keys.every(({ goal, role, ...records }) => {
      const parts = {
        ksk: ['dnskey', 'krrsig', 'ds'],
        zsk: ['dnskey', 'zrrsig'],
        csk: ['dnskey', 'krrsig', 'zrrsig', 'ds'],
      } as const;
      return parts[role].every((record) => records[record].state === goal);
    });
  }

  return {
    turn,
    journal,
    isSettled,
    danezone: tool,
    mustRun: done,
    age: (zone, by) => writeFileSync(journalFile(places, zone as Name), printJournal(aged(journal(zone), by))),
    builds: () => builds,
    serve: (of) => {
      names = of;
      // What stands in build/ is served from the first moment.
      for (const zone of zones) published.set(zone, readFileSync(outputOf(zone), 'latin1'));
    },
  };
}

const times = new Set(['at', 'from', 'until', 'built', 'dropped', 'since', 'created', 'active']);

/** All but `changed`, by which a journal is known to be the latest. */
function aged(journal: Journal, seconds: number): Journal {
  return JSON.parse(
    JSON.stringify(journal, (key, value) => (times.has(key) && typeof value === 'number' ? value - seconds : value)),
  );
}
