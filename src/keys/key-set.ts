/** The keys of one zone, put together from the files of a folder. */
import type { Name } from '../dns/name.ts';
import { algorithmName, keyLabel } from '../dnssec/algorithm.ts';
import { Flag, revokedKeyTag } from '../dnssec/key-tag.ts';
import { equalOctets, hex, type Octets } from '../text/octets.ts';
import { type Position, type Report, report } from '../text/problem.ts';
import { checkKey } from './check.ts';
import type { PrivateKey, ZoneKey } from './key.ts';
import { parseKeyFile } from './key-file.ts';
import { type KeyFileName, parseKeyFileName } from './key-file-name.ts';
import { publicKeyOf } from './private-key.ts';
import { type PrivateKeyFile, parsePrivateKeyFile } from './private-key-file.ts';
import type { KeyRoles } from './roles.ts';
import { rules } from './rules.ts';
import { contradictionOf, type KeyStateFile, parseStateFile } from './state-file.ts';
import { equalTiming, hasTiming } from './timing.ts';
import { isRevoked, isSep, sepFlags, zoneFlags, zoneKey } from './zone-key.ts';

/** A file of a key folder. `octets` is called only for files that are needed. */
export interface KeyFileInput {
  readonly path: string;
  readonly octets: () => Octets;
  /** Permission bits; undefined where they mean nothing. */
  readonly mode?: number;
}

export interface KeySetOptions {
  /** `ignore`: no .private file is opened, only its existence counts (`check`, `keys list`). */
  readonly privateHalves: 'read' | 'ignore';
}

export interface KeySet {
  readonly zone: Name;
  /** Keys that may sign: by algorithm, SEP keys first, then by tag. */
  readonly keys: readonly ZoneKey[];
  /** Keys that were read but must not be used; the report says why. */
  readonly refused: readonly ZoneKey[];
  /**
   * Private halves without a public one, with the key that they belong to: an interrupted run leaves them. Printing the key
   * makes its .key file again. Empty where private halves are not read.
   */
  readonly orphans: readonly ZoneKey[];
  /** Whether there is a .private file. */
  hasPrivateHalf(key: ZoneKey): boolean;
  /** Also for the revoked form of a key of the set. */
  privateKeyOf(key: ZoneKey): PrivateKey | undefined;
  stateOf(key: ZoneKey): KeyStateFile | undefined;
}

type Halves = { -readonly [Kind in KeyFileName['kind']]?: KeyFileInput };

/** Files of other zones, and files that are no key files, are passed over. Never throws for what a file holds. */
export function readKeySet(
  zone: Name,
  files: readonly KeyFileInput[],
  reportTo: Report,
  { privateHalves }: KeySetOptions = { privateHalves: 'read' },
): KeySet {
  const to = about(zone, reportTo);
  const stems = new Map<string, { readonly name: KeyFileName; readonly halves: Halves }>();
  for (const file of files) {
    const name = parseKeyFileName(file.path.slice(file.path.lastIndexOf('/') + 1));
    if (name === undefined || name.zone !== zone) continue;
    const stem = file.path.slice(0, -name.kind.length - 1);
    const entry = stems.get(stem) ?? { name, halves: {} };
    entry.halves[name.kind] = file;
    stems.set(stem, entry);
  }

  const usable: ZoneKey[] = [];
  const refused: ZoneKey[] = [];
  const orphans: ZoneKey[] = [];
  const withPrivate = new Set<string>();
  const privateKeys = new Map<string, PrivateKey>();
  const states = new Map<string, KeyStateFile>();
  for (const [stem, { name, halves }] of stems) {
    if (halves.private !== undefined) checkMode(halves.private, to);
    if (halves.key === undefined) {
      if (halves.private === undefined) continue;
      report(to, rules['key/no-public-half'], startOf(halves.private), { file: `${stem}.key` });
      if (privateHalves === 'ignore') continue;
      const secret = parsePrivateKeyFile(halves.private.path, halves.private.octets(), to);
      const key = secret && orphanOf(stem, name, secret);
      if (key === undefined) continue;
      orphans.push(key);
      withPrivate.add(key.path);
      privateKeys.set(key.path, secret!.privateKey);
      continue;
    }
    const position = startOf(halves.key);
    const key = parseKeyFile(halves.key.path, halves.key.octets(), to);
    if (key === undefined) continue;
    if (halves.private !== undefined) withPrivate.add(key.path);
    if (!nameAgrees(name, key, position, to) || !checkKey(key, position, to)) {
      refused.push(key);
      continue;
    }
    const state = halves.state && parseStateFile(halves.state.path, halves.state.octets(), to);
    const contradiction = state && contradictionOf(state, key);
    if (contradiction !== undefined) {
      report(to, rules['key/state-contradicts'], startOf(halves.state!), { what: contradiction });
    } else if (state !== undefined) states.set(key.path, state);
    if (halves.private === undefined || privateHalves === 'ignore') {
      usable.push(key);
      continue;
    }
    const secret = parsePrivateKeyFile(halves.private.path, halves.private.octets(), to);
    if (secret === undefined) {
      refused.push(key);
    } else if (
      secret.privateKey.algorithm !== key.algorithm ||
      !equalOctets(publicKeyOf(secret.privateKey), key.publicKey)
    ) {
      report(to, rules['key/private-does-not-match'], startOf(halves.private), { publicFile: halves.key.path });
      refused.push(key);
    } else {
      privateKeys.set(key.path, secret.privateKey);
      usable.push(withPrivateTiming(key, secret.timing, position, halves.private, to));
    }
  }

  const keys = withoutTwins(sortKeys(usable), to);
  reportTagCollisions(keys, to);
  return {
    zone,
    keys,
    refused: sortKeys(refused),
    orphans: sortKeys(orphans),
    hasPrivateHalf: (key) => withPrivate.has(key.path),
    privateKeyOf: (key) => privateKeys.get(key.path),
    stateOf: (key) => states.get(key.path),
  };
}

/** A report whose problems have the zone as their subject. */
function about(zone: Name, to: Report): Report {
  return {
    get problems() {
      return to.problems;
    },
    get hasErrors() {
      return to.hasErrors;
    },
    add: (problem) => to.add({ ...problem, subject: problem.subject ?? zone }),
  };
}

const startOf = (file: KeyFileInput): Position => ({ file: file.path, line: 1, column: 1 });

/** Where the key stands, for messages. */
export function positionOfKey(key: ZoneKey): Position {
  return { file: `${key.path}.key`, line: 1, column: 1 };
}

function sortKeys(keys: readonly ZoneKey[]): ZoneKey[] {
  return [...keys].sort(
    (a, b) =>
      a.algorithm - b.algorithm || Number(isSep(b)) - Number(isSep(a)) || a.tag - b.tag || (a.path < b.path ? -1 : 1),
  );
}

function checkMode(file: KeyFileInput, to: Report): void {
  if (file.mode === undefined || (file.mode & 0o007) === 0) return;
  report(to, rules['key/readable-by-others'], startOf(file), { mode: file.mode & 0o7777 });
}

/** The flags stand only in the missing half, but the tag in the file's name depends on them. */
function orphanOf(stem: string, name: KeyFileName, { privateKey, timing }: PrivateKeyFile): ZoneKey | undefined {
  const { zone, algorithm, tag } = name;
  if (privateKey.algorithm !== algorithm) return undefined;
  const publicKey = publicKeyOf(privateKey);
  const candidates = [sepFlags, zoneFlags, sepFlags | Flag.revoke, zoneFlags | Flag.revoke];
  return candidates
    .map((flags) => zoneKey({ zone, flags, algorithm, publicKey, timing, path: stem }))
    .find((key) => key.tag === tag);
}

function nameAgrees(name: KeyFileName, key: ZoneKey, position: Position, to: Report): boolean {
  const differing = (
    [
      ['zone', name.zone, key.zone],
      ['algorithm', name.algorithm, key.algorithm],
      ['tag', name.tag, key.tag],
    ] as const
  ).filter(([, inName, inFile]) => inName !== inFile);
  for (const [field, inName, inFile] of differing) {
    report(to, rules['key/file-name'], position, { field, inName: String(inName), inFile: String(inFile) });
  }
  return differing.length === 0;
}

/** BIND takes the dates from the private half, which ldns leaves out. */
function withPrivateTiming(
  key: ZoneKey,
  timing: ZoneKey['timing'],
  position: Position,
  privateFile: KeyFileInput,
  to: Report,
): ZoneKey {
  if (!hasTiming(timing)) return key;
  if (!equalTiming(timing, key.timing)) {
    report(to, rules['key/timing-differs'], position, { file: privateFile.path });
  }
  return { ...key, timing };
}

/** dnssec-revoke leaves the unrevoked form of a key where it was: it must not be published again. */
function withoutTwins(keys: readonly ZoneKey[], to: Report): ZoneKey[] {
  const revoked = new Map(keys.filter(isRevoked).map((key) => [hex(key.rdata.subarray(3)), key]));
  return keys.filter((key) => {
    const twin = isRevoked(key) ? undefined : revoked.get(hex(key.rdata.subarray(3)));
    if (twin === undefined || isSep(twin) !== isSep(key)) return true;
    report(to, rules['key/revoked-twin'], positionOfKey(key), { revoked: `${twin.path}.key` });
    return false;
  });
}

function reportTagCollisions(keys: readonly ZoneKey[], to: Report): void {
  for (const [i, key] of keys.entries()) {
    for (const other of keys.slice(0, i)) {
      if (other.algorithm !== key.algorithm) continue;
      const shared = collision(key, other);
      if (shared === undefined) continue;
      const { tag, revoked } = shared;
      const facts = { key: keyLabel(key.algorithm, tag), revoked, other: `${other.path}.key` };
      const related = [{ position: positionOfKey(other), message: 'the other key' }];
      report(to, rules['key/tag-collision'], positionOfKey(key), facts, { related });
    }
  }
}

function collision(key: ZoneKey, other: ZoneKey): { tag: number; revoked: boolean } | undefined {
  if (key.tag === other.tag) return { tag: key.tag, revoked: false };
  const revoked = revokedKeyTag(key.rdata);
  if (revoked === other.tag || revoked === revokedKeyTag(other.rdata)) return { tag: revoked, revoked: true };
  return key.tag === revokedKeyTag(other.rdata) ? { tag: key.tag, revoked: true } : undefined;
}

/**
 * Reports what stands against signing with these roles: a key that signs without a private half, an algorithm without a key
 * that signs. True where nothing does.
 */
export function checkRoles(set: KeySet, roles: KeyRoles, reportTo: Report): boolean {
  const to = about(set.zone, reportTo);
  const before = to.problems.length;
  for (const key of new Set([...roles.signsKeys, ...roles.signsZone])) {
    if (set.hasPrivateHalf(key)) continue;
    const role = roles.signsZone.includes(key) ? 'the zone' : 'the DNSKEY RRset';
    report(to, rules['key/no-private-half'], positionOfKey(key), { file: `${key.path}.private`, role });
  }
  for (const algorithm of roles.withoutSigner) {
    const key = roles.published.find((published) => published.algorithm === algorithm);
    const position = key && positionOfKey(key);
    report(to, rules['key/algorithm-without-signer'], position, { algorithm, what: 'the zone' });
  }
  return to.problems.length === before;
}

/** Reports keys that several zones use. */
export function reportSharedKeys(keys: readonly ZoneKey[], to: Report): void {
  const seen = new Map<string, ZoneKey>();
  for (const key of keys) {
    const id = `${algorithmName(key.algorithm)} ${hex(key.publicKey)}`;
    const other = seen.get(id);
    if (other === undefined) seen.set(id, key);
    else if (other.zone !== key.zone) {
      report(to, rules['key/used-by-two-zones'], positionOfKey(key), { other: other.zone }, { subject: key.zone });
    }
  }
}
