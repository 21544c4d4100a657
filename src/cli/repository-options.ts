/** The options that every command on a repository shares, and what they say. */
import { isAbsolute, join, resolve } from 'node:path';
import { type Name, parseName } from '../dns/name.ts';
import type { Host } from '../host/host.ts';
import { outputFolder, stateFolder, zonesFolder } from '../pipeline/limits.ts';
import type { Places } from '../pipeline/places.ts';
import { escapeControls, quote } from '../text/escape.ts';
import { type Globals, type OptionSpec, UsageError } from './command.ts';

export const stateOption: OptionSpec = {
  flags: '--state <folder>',
  description: `DNSSEC keys and journals (default: ${stateFolder}/ below the root)`,
};

export const outOption: OptionSpec = {
  flags: '--out <folder>',
  description: `where the outputs go (default: ${outputFolder}/ below the root)`,
};

/** A root without zones/ is a mistake of the caller; so is one without keys/, for commands that need only the state. */
export function placesOf(
  host: Host,
  globals: Globals,
  options: Readonly<Record<string, unknown>>,
  needs: 'description' | 'state' = 'description',
): Places {
  const { root } = globals;
  if (needs === 'description') demandFolder(host, root, zonesFolder);
  else if (options.state === undefined) demandFolder(host, root, stateFolder);
  const folder = (option: unknown, usual: string) => {
    if (option === undefined) return join(root, usual);
    const text = String(option);
    return isAbsolute(text) ? text : resolve(host.workingFolder, text);
  };
  const [state, output] = [folder(options.state, stateFolder), folder(options.out, outputFolder)];
  const zones = join(root, zonesFolder);
  demandApart(state, '--state', [root, zones, output]);
  demandApart(output, '--out', [root, zones, state]);
  return { root, state, output };
}

/** Keys, outputs and what people write never share a folder, and none hides in another. */
function demandApart(folder: string, option: string, [root, ...others]: readonly string[]): void {
  const other = [root, ...others].find((at) => folder === at || (at !== root && folder.startsWith(`${at}/`)));
  if (other === undefined) return;
  throw new UsageError(
    `${option} ${escapeControls(folder)} lies in ${escapeControls(other)}: give it a folder of its own`,
  );
}

function demandFolder(host: Host, root: string, folder: string): void {
  if (host.files.facts(join(root, folder)) !== undefined) return;
  throw new UsageError(
    `${escapeControls(root)} has no folder ${folder}/: give the root of the infrastructure repository with --root`,
  );
}

/** Zone names from the command line. */
export function zoneArguments(args: readonly string[]): Name[] {
  return args.map((text) => {
    const parsed = parseName(text);
    if (typeof parsed !== 'string') throw new UsageError(`${quote(text)} ${parsed.error}`);
    return parsed;
  });
}

export function unknownZones(unknown: readonly Name[], declared: Iterable<Name>): void {
  if (unknown.length === 0) return;
  const list = [...declared].map((zone) => zone.slice(0, -1) || '.').sort();
  throw new UsageError(
    `${unknown.join(', ')} ${unknown.length === 1 ? 'is' : 'are'} not declared; declared are ${list.slice(0, 20).join(', ')}${list.length > 20 ? ` and ${list.length - 20} more` : ''}`,
  );
}
