/**
 * Whether the state of the zones outlives this machine: private keys that exist once are one disk away from being lost, and a
 * journal that is not committed with its outputs is an old one in every clone.
 */
import { basename, join, relative } from 'node:path';
import type { Domain } from '../describe/description.ts';
import type { Name } from '../dns/name.ts';
import { ignoresBelow } from '../host/git-ignore.ts';
import { differsFromIndex, type IndexEntry, indexBelow } from '../host/git-index.ts';
import type { ReadableFiles } from '../host/host.ts';
import { rules as keyRules } from '../keys/rules.ts';
import { type Report, report } from '../text/problem.ts';
import { type Places, zoneFolder } from './places.ts';
import { rules } from './rules.ts';
import type { ZoneState } from './zone-state.ts';

export interface SignedZone {
  readonly domain: Domain;
  readonly state: ZoneState;
}

/** How backup programs call what they have encrypted. */
const encrypted = /\.(?:age|gpg|asc|pgp|enc|sops|p7m)$/i;

/** `tracked`: below the root. One problem a policy, not one a zone. */
export function reportBackups(
  files: ReadableFiles,
  places: Places,
  zones: readonly SignedZone[],
  tracked: readonly IndexEntry[],
  to: Report,
): void {
  const inGit = new Set(
    tracked.filter(({ path }) => path.endsWith('.private')).map(({ path }) => join(places.root, path)),
  );
  const isEncrypted = (folder: string) => files.list(folder).some((file) => encrypted.test(file));
  const hasArchive = isEncrypted(places.state);
  const without = zones.filter(({ domain, state: { keys } }) => {
    const halves = keys.keys.filter(keys.hasPrivateHalf);
    if (halves.length === 0 || hasArchive || domain.policy.keys.backup !== undefined) return false;
    const folder = zoneFolder(places, domain.name);
    // That they are there in clear is another rule's business.
    const areInGit = halves.every(({ path }) => inGit.has(join(folder, `${basename(path)}.private`)));
    return !areInGit && !isEncrypted(folder);
  });
  const byPolicy = new Map<string, SignedZone[]>();
  for (const zone of without) {
    const { name } = zone.domain.policy;
    byPolicy.set(name, [...(byPolicy.get(name) ?? []), zone]);
  }
  for (const group of byPolicy.values()) {
    const [{ domain }] = group;
    const at = domain.policy.at.file.startsWith('(') ? domain.at : domain.policy.at;
    const names = group.map((zone) => zone.domain.name);
    report(to, keyRules['key/no-backup'], at, { zones: names }, { subject: names[0], zones: names });
  }
}

/** What of a zone's folder belongs into git, private halves left out. */
const isState = (file: string) => /^(?:journal\.json|last\.zone|signing\.json|K.*\.(?:key|state))$/.test(file);

/** `tracked`: below the root. Nothing is said outside of a work tree, nor about what git is told to ignore. */
export function reportUncommitted(
  files: ReadableFiles,
  places: Places,
  zones: readonly SignedZone[],
  tracked: readonly IndexEntry[] | undefined,
  to: Report,
): void {
  const entries = entriesOfState(files, places, tracked);
  if (entries === undefined) return;
  const isIgnored = ignoresBelow(files, places.state);
  const found: { zone: Name; path: string; isTracked: boolean }[] = [];
  for (const { domain, state } of zones) {
    if (state.journal === undefined) continue;
    const folder = zoneFolder(places, domain.name);
    const paths = files
      .list(folder)
      .filter(isState)
      .map((file) => join(folder, file));
    const path = paths.find((one) => {
      const entry = entries.get(one);
      return entry === undefined ? !isIgnored(one) : differsFromIndex(files, one, entry);
    });
    if (path !== undefined) found.push({ zone: domain.name, path, isTracked: entries.has(path) });
  }
  if (found.length === 0) return;
  const [{ path, isTracked }] = found;
  const zoneNames = found.map(({ zone }) => zone);
  const file = relative(places.root, path);
  const facts = { zones: zoneNames, file, isTracked };
  const extra = { subject: zoneNames[0], zones: zoneNames };
  report(to, rules['ops/state-not-committed'], { file, line: 1, column: 1, isUnquotable: true }, facts, extra);
}

/** By absolute path. The folder of the state may be a work tree of its own, or lie elsewhere. */
function entriesOfState(
  files: ReadableFiles,
  { root, state }: Places,
  tracked: readonly IndexEntry[] | undefined,
): Map<string, IndexEntry> | undefined {
  const isOwn = !state.startsWith(`${root}/`) || files.facts(join(state, '.git')) !== undefined;
  const [folder, entries] = isOwn ? [state, indexBelow(files, state)] : [root, tracked];
  return entries && new Map(entries.map((entry) => [join(folder, entry.path), entry]));
}
