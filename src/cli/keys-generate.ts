/** `danezone keys generate ZONE`: new DNSSEC keys, as files that BIND and ldns read too. */
import { isAbsolute, join, relative, resolve } from 'node:path';
import { type Name, parseName } from '../dns/name.ts';
import { FileError, type Host } from '../host/host.ts';
import type { KeyRequest } from '../keys/generate.ts';
import type { PrivateKey, ZoneKey } from '../keys/key.ts';
import { escapeControls, quote } from '../text/escape.ts';
import type { Octets } from '../text/octets.ts';
import { type CommandSpec, Exit, type Globals, UsageError } from './command.ts';

/** Flags of the keys that each layout makes. */
const layouts: Readonly<Record<string, readonly number[]>> = { csk: [257], 'ksk-zsk': [257, 256] };

export const keysGenerate: CommandSpec = {
  name: 'keys generate',
  arguments: [{ flags: '<zone>', description: 'zone that the keys are for' }],
  summary: 'make new DNSSEC keys for a zone',
  description: `Makes the keys that ZONE needs for the first time and writes them as dnssec-keygen does: a .key and a .private file for each, the latter with mode 0600. They are published and sign from now on (--now). The DS record for the parent is printed; give it to the registrar only after the signed zone is served.

The build makes keys by itself for a zone that has none. Where the zone has keys already, nothing is made unless --additional is given, and a file is never overwritten. What is made is written down in the journal of the zone, for a build takes no key that nobody has asked for.`,
  options: [
    {
      flags: '--algorithm <algorithm>',
      description: 'ECDSAP256SHA256, ECDSAP384SHA384, ED25519, ED448 or RSASHA256, or its number',
      default: 'ECDSAP256SHA256',
    },
    {
      flags: '--layout <layout>',
      description: 'csk: one key signs everything; ksk-zsk: one signs the keys, the other the zone',
      default: 'csk',
      choices: Object.keys(layouts),
    },
    { flags: '--size <bits>', description: 'RSA only: 2048 to 4096 bits (default: 2048)' },
    { flags: '--keys <folder>', description: 'folder of the key files (default: keys/<zone> below the root)' },
    { flags: '--additional', description: 'make keys beside those that the zone has' },
  ],
  formats: ['text', 'json'],
  examples: [
    'danezone keys generate example.org',
    'danezone keys generate example.org --layout ksk-zsk --algorithm ED25519',
    'danezone keys generate example.org --keys /etc/bind/keys',
  ],
  run: async (host, globals, [zoneText], options) => {
    const zone = parseName(zoneText);
    if (typeof zone !== 'string') throw new UsageError(`the zone ${quote(zoneText)} ${zone.error}`);
    const wanted = await requestOf(options);
    const { keyFolder } = await import('../keys/key-file-name.ts');
    const chosen = options.keys as string | undefined;
    const folder =
      chosen === undefined ? join(globals.root, 'keys', keyFolder(zone)) : resolve(host.workingFolder, chosen);
    const make = (write: WriteKey, writeDown: WriteDown) =>
      makeKeys(host, globals, { ...wanted, zone, folder, write, writeDown });
    if (chosen !== undefined) return make(writerInto(host), noteJournal(host, zone, folder));
    const { withTransaction } = await import('../host/transaction.ts');
    const { outputFolder, stateFolder } = await import('../pipeline/limits.ts');
    const { writeDownKeys } = await import('../pipeline/write-down-keys.ts');
    const { root } = globals;
    const places = { root, state: join(root, stateFolder), output: join(root, outputFolder) };
    return withTransaction(host, root, (tx) => {
      const writeDown = async (keys: readonly ZoneKey[], now: number) => {
        const conflict = await writeDownKeys(host.files, tx, places, zone, keys, 'keys generate', now);
        if (conflict !== undefined) host.stderr.write(`danezone: ${conflict}: ${acceptance(zone)}\n`);
      };
      return make((path, octets, mode) => tx.writeKey(path, octets, mode), writeDown);
    });
  },
};

type WriteKey = (path: string, octets: Octets, mode: number) => void;

/** Makes the journal of the zone know the keys. */
type WriteDown = (keys: readonly ZoneKey[], now: number) => Promise<void>;

const acceptance = (zone: Name) =>
  `the journal does not know the new keys; the next build needs --override key/unauthorised=${zone}`;

/** A folder that is no part of a root: its journal, if it has one, is not ours to write. */
function noteJournal({ files, stderr }: Host, zone: Name, folder: string): WriteDown {
  return async () => {
    if (files.facts(join(folder, 'journal.json')) === undefined) return;
    stderr.write(`danezone: ${escapeControls(folder)} has a journal: ${acceptance(zone)}\n`);
  };
}

interface Wanted {
  readonly algorithm: number;
  readonly size?: number;
  readonly flags: readonly number[];
  readonly additional: boolean;
}

interface Task extends Wanted {
  readonly zone: Name;
  /** Absolute. */
  readonly folder: string;
  readonly write: WriteKey;
  readonly writeDown: WriteDown;
}

async function requestOf(options: Readonly<Record<string, unknown>>): Promise<Wanted> {
  const { algorithmOf } = await import('../dnssec/algorithm.ts');
  const { generationError } = await import('../keys/generate.ts');
  const algorithm = algorithmOf(String(options.algorithm))?.number;
  if (algorithm === undefined)
    throw new UsageError(`--algorithm ${quote(String(options.algorithm))} is none of DNSSEC`);
  const sizeText = options.size as string | undefined;
  if (sizeText !== undefined && !/^[0-9]{1,6}$/.test(sizeText)) {
    throw new UsageError(`--size ${quote(sizeText)}: a number of bits was expected`);
  }
  const size = sizeText === undefined ? undefined : Number(sizeText);
  const error = generationError(algorithm, size);
  if (error !== undefined) throw new UsageError(error);
  return { algorithm, size, flags: layouts[String(options.layout)], additional: options.additional === true };
}

interface Made {
  readonly key: ZoneKey;
  /** As they are shown. */
  readonly files: readonly string[];
}

async function makeKeys(host: Host, globals: Globals, task: Task): Promise<Exit> {
  const { zone, folder } = task;
  const { generateKey, takenTags } = await import('../keys/generate.ts');
  const { keyFilesOf } = await import('../keys/key-folder.ts');
  const { readKeySet } = await import('../keys/key-set.ts');
  const { regularFiles } = await import('../host/regular.ts');
  const { newReport } = await import('../text/problem.ts');

  const shown = shownFolder(host, folder);
  const present = keyFilesOf(regularFiles(host.files), folder, shown).filter(({ name }) => name.zone === zone);
  if (present.length > 0 && !task.additional) {
    const names = [...new Set(present.map(({ path }) => path.replace(/\.[a-z]+$/, '')))].map(escapeControls).join(', ');
    host.stderr.write(
      `danezone: ${zone} has keys already: ${names}\nNothing was made. To make keys beside them, give --additional.\n`,
    );
    return Exit.problems;
  }
  // Tags also of keys that are broken or whose halves are missing: the file's name has them.
  const set = readKeySet(zone, present, newReport(), { privateHalves: 'ignore' });
  const avoidTags = new Set([...takenTags([...set.keys, ...set.refused]), ...present.map(({ name }) => name.tag)]);
  const now = globals.now ?? host.now();
  const made: Made[] = [];
  for (const flags of task.flags) {
    const request: KeyRequest = { zone, flags, algorithm: task.algorithm, size: task.size, avoidTags, now };
    const { key, privateKey } = generateKey(request);
    for (const tag of takenTags([key])) avoidTags.add(tag);
    const files = await writeKey(task, key, privateKey);
    made.push({ key, files: files.map((file) => `${shown}/${file}`) });
  }
  await task.writeDown(
    made.map(({ key }) => key),
    now,
  );
  await say(host, globals, zone, made);
  return Exit.done;
}

/** The private half first: a public half alone is a key that cannot sign. */
async function writeKey({ folder, write }: Task, key: ZoneKey, privateKey: PrivateKey): Promise<string[]> {
  const { printKeyFile } = await import('../keys/key-file.ts');
  const { printPrivateKeyFile } = await import('../keys/private-key-file.ts');
  const files = [`${key.path}.private`, `${key.path}.key`];
  write(join(folder, files[0]), printPrivateKeyFile(key, privateKey), 0o600);
  write(join(folder, files[1]), printKeyFile(key), 0o644);
  return files;
}

/** Into a folder that is no part of a root, without lock: exclusive creation keeps runs apart, a rename half files away. */
function writerInto({ files }: Host): WriteKey {
  return (path, octets, mode) => {
    const folder = join(path, '..');
    files.makeFolder(folder);
    const stage = `${path}.new`;
    files.writeNew(stage, octets, mode);
    try {
      files.renameNew(stage, path);
    } catch (error) {
      if (error instanceof FileError) files.remove(stage);
      throw error;
    }
    files.syncFolder(folder);
  };
}

/** Relative to the working folder where it lies below it. */
function shownFolder(host: Host, folder: string): string {
  const path = relative(host.workingFolder, folder);
  return path.startsWith('..') || isAbsolute(path) ? folder : path === '' ? '.' : path;
}

async function say(host: Host, globals: Globals, zone: Name, made: readonly Made[]): Promise<void> {
  const { algorithmName } = await import('../dnssec/algorithm.ts');
  const { dsRData, dsText } = await import('../dnssec/ds.ts');
  const { isSep, roleAmong } = await import('../keys/zone-key.ts');
  const keys = made.map(({ key }) => key);
  const facts = made.map(({ key, files }) => ({
    tag: key.tag,
    role: roleAmong(key, keys),
    flags: key.flags,
    algorithm: key.algorithm,
    mnemonic: algorithmName(key.algorithm),
    files,
    ds: isSep(key) ? `${zone} IN DS ${dsText(dsRData(zone, key.rdata, 2))}` : undefined,
  }));
  if (globals.format === 'json') {
    const { jsonText } = await import('../text/annotations.ts');
    host.stdout.write(jsonText({ zone, keys: facts }));
    return;
  }
  if (globals.quiet) return;
  for (const { tag, role, mnemonic, files } of facts) {
    host.stdout.write(`${role.toUpperCase()} ${tag} of ${zone}, ${mnemonic}\n`);
    for (const file of files) host.stdout.write(`  wrote ${escapeControls(file)}\n`);
  }
  host.stdout.write('DS for the parent, once the zone that these keys sign is served:\n');
  for (const { ds } of facts) if (ds !== undefined) host.stdout.write(`  ${ds}\n`);
}
