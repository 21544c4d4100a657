/** `danezone diff`: what a build would change, in words. */
import { styleText } from 'node:util';
import type { Name } from '../dns/name.ts';
import type { ZoneDiff } from '../pipeline/diff.ts';
import { escapeControls } from '../text/escape.ts';
import { newReport } from '../text/problem.ts';
import { type CommandSpec, Exit, type Globals } from './command.ts';
import { printProblems } from './print-problems.ts';
import { outOption, placesOf, stateOption, unknownZones, zoneArguments } from './repository-options.ts';

export const diff: CommandSpec = {
  name: 'diff',
  arguments: [{ flags: '[zone...]', description: 'only these zones' }],
  summary: 'show what a build would change, in words',
  description: `Compares the content of the last build with the description as it is now. What signing makes and the serial are left out, because they follow from the rest. Changes that put mail at risk are marked with "!".

Exit status: 0; with --exit-code 1 when anything differs. 1 also when a zone has errors.`,
  options: [{ flags: '--exit-code', description: 'status 1 when anything differs' }, stateOption, outOption],
  formats: ['text', 'json'],
  examples: ['danezone diff', 'danezone diff example.org --exit-code'],
  run: async (host, globals, args, options) => {
    const places = placesOf(host, globals, options);
    const only = zoneArguments(args);
    const { diff: compare } = await import('../pipeline/diff.ts');
    const { readManifest } = await import('../pipeline/build.ts');
    const { readThrough } = await import('../host/commit-record.ts');
    const files = readThrough(host.files, places.root);
    const problems = newReport();
    const previous = Object.keys(readManifest(files, places)?.zones ?? {}) as Name[];
    const now = globals.now ?? host.now();
    const { zones, repository } = compare(host.files, places, only, previous, now, problems);
    const names = zones.map(({ zone }) => zone);
    unknownZones(
      only.filter((zone) => !names.includes(zone)),
      names,
    );
    const errors = problems.problems.filter(({ tier }) => tier === 'error');
    await printProblems(host, globals, errors, repository.source);
    if (globals.format === 'json') host.stdout.write(`${JSON.stringify({ zones }, undefined, 2)}\n`);
    else host.stdout.write(text(zones, globals));
    const differs = zones.some(({ state }) => state !== 'same');
    return errors.length > 0 || (options.exitCode === true && differs) ? Exit.problems : Exit.done;
  },
};

const titles: Readonly<Record<Exclude<ZoneDiff['state'], 'same'>, string>> = {
  new: 'new zone',
  changed: 'changes',
  gone: 'no longer declared: its output is removed',
  faulty: 'has errors and would keep its last content',
};

function text(zones: readonly ZoneDiff[], { colour, quiet }: Globals): string {
  const style = (format: Parameters<typeof styleText>[0], of: string) =>
    colour ? styleText(format, of, { validateStream: false }) : of;
  const lines: string[] = [];
  for (const { zone, state, changes } of zones) {
    if (state === 'same') continue;
    lines.push(style('bold', `${zone} ${titles[state]}`));
    for (const change of changes) {
      lines.push(`${change.dangerous ? '!' : ' '} ${change.owner} ${change.type}: ${change.words.join('; ')}`);
      if (quiet) continue;
      for (const rdata of change.removed) lines.push(style('red', `    - ${change.type} ${escapeControls(rdata)}`));
      for (const rdata of change.added) lines.push(style('green', `    + ${change.type} ${escapeControls(rdata)}`));
    }
  }
  if (lines.length === 0) return quiet ? '' : 'no changes\n';
  return `${lines.join('\n')}\n`;
}
