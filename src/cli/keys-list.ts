/**
 * `danezone keys list [ZONE…]`: the DNSSEC keys of zones, what they do, where their records stand by the journal, and what is wrong with
 * them. Opens no private key.
 */
import { join, relative, resolve } from 'node:path';
import { type Name, parseName } from '../dns/name.ts';
import type { Host } from '../host/host.ts';
import type { Journal, KeyRecord } from '../journal/journal.ts';
import type { ZoneKey } from '../keys/key.ts';
import type { KeyFileOfFolder } from '../keys/key-folder.ts';
import type { KeySet } from '../keys/key-set.ts';
import type { KeyRoles } from '../keys/roles.ts';
import { quote } from '../text/escape.ts';
import type { Report } from '../text/problem.ts';
import { type CommandSpec, Exit, type Globals, UsageError } from './command.ts';
import { keyWithoutFile, ledDuties, ledFacts, ledHead, ledLines } from './keys-led.ts';

export const keysList: CommandSpec = {
  name: 'keys list',
  arguments: [{ flags: '[zone...]', description: 'zones; all that have keys if none is given' }],
  summary: 'show the DNSSEC keys of zones and what they do',
  description: `Lists the keys of each ZONE: role, tag, algorithm, whether the private half is there, what the key does, and its dates. Of keys that the journal has, where each record stands and since when, what it is to become, when its lifetime ends and which key follows; of others what their dates say for now (or --now), and the states of their .state files.

Keys of the journal whose file is missing, and files of which the journal does not know, are named with what to do. Private key files are not opened; only that they exist counts. What is wrong with keys goes to standard error, and an error gives the exit status 1.`,
  options: [{ flags: '--keys <folder>', description: 'folder of the key files (default: keys/<zone> below the root)' }],
  formats: ['text', 'json'],
  examples: [
    'danezone keys list',
    'danezone keys list example.org --now 2027-01-01',
    'danezone keys list --keys /etc/bind/keys --format json',
  ],
  run: async (host, globals, args, options) => {
    const wanted = args.map((text) => {
      const zone = parseName(text);
      if (typeof zone !== 'string') throw new UsageError(`the zone ${quote(text)} ${zone.error}`);
      return zone;
    });
    const { newReport } = await import('../text/problem.ts');
    const { readKeySet, reportSharedKeys } = await import('../keys/key-set.ts');
    const { rolesOf } = await import('../keys/roles.ts');
    const { compareNames } = await import('../dns/name.ts');
    const found = await filesOfZones(host, globals, options.keys as string | undefined);
    const zones = wanted.length > 0 ? [...new Set(wanted)] : [...found.keys()].sort(compareNames);
    const report = newReport();
    const now = globals.now ?? host.now();
    const rows: Row[] = [];
    const lost: Facts[] = [];
    const { keyId } = await import('../journal/journal.ts');
    const { isDone } = await import('../rollover/key-records.ts');
    for (const zone of zones) {
      const set = readKeySet(zone, found.get(zone) ?? [], report, { privateHalves: 'ignore' });
      const roles = rolesOf(set.keys, now);
      const journal = options.keys === undefined ? await journalOf(host, globals, zone, set, report) : undefined;
      const led = new Map(journal?.keys.map((record) => [record.id, record]));
      const row = (key: ZoneKey, refused: boolean): Row => {
        const record = led.get(keyId(key.algorithm, key.tag));
        return { key, set, roles, refused, journal, record };
      };
      rows.push(...set.keys.map((key) => row(key, false)), ...set.refused.map((key) => row(key, true)));
      for (const { key } of rows) if (key.zone === zone) led.delete(keyId(key.algorithm, key.tag));
      for (const record of led.values()) if (!isDone(record)) lost.push(await factsWithoutFile(zone, record, journal!));
    }
    reportSharedKeys(
      rows.map(({ key }) => key),
      report,
    );
    const withFiles = await Promise.all(rows.map(factsOf));
    const facts = zones.flatMap((zone) => [...withFiles, ...lost].filter((one) => one.zone === zone));
    const keyless = wanted.filter((zone) => !facts.some((one) => one.zone === zone));
    if (globals.format === 'json') {
      const { jsonText, problemFacts } = await import('../text/annotations.ts');
      host.stdout.write(jsonText({ keys: facts, ...problemFacts(report.problems) }));
    } else {
      host.stdout.write(await keysText(facts));
      const { printProblems } = await import('./print-problems.ts');
      const files = [...found.values()].flat();
      // Public halves only: of a private one, no line is ever shown.
      await printProblems(host, globals, report.problems, (path) => {
        const file = files.find((one) => one.path === path && one.name.kind === 'key');
        return file && Buffer.from(file.octets()).toString('utf8');
      });
    }
    for (const zone of keyless) host.stderr.write(`danezone: ${zone} has no keys\n`);
    return report.hasErrors || keyless.length > 0 ? Exit.problems : Exit.done;
  },
};

/** Key files by zone, from one folder or from all folders below keys/. */
async function filesOfZones(
  host: Host,
  globals: Globals,
  chosen: string | undefined,
): Promise<Map<Name, KeyFileOfFolder[]>> {
  const { keyFilesOf } = await import('../keys/key-folder.ts');
  const { zoneOfKeyFolder } = await import('../keys/key-file-name.ts');
  const { regularFiles } = await import('../host/regular.ts');
  const found = new Map<Name, KeyFileOfFolder[]>();
  const add = (zone: Name, file: KeyFileOfFolder) => found.set(zone, [...(found.get(zone) ?? []), file]);
  if (chosen !== undefined) {
    const folder = resolve(host.workingFolder, chosen);
    for (const file of keyFilesOf(regularFiles(host.files), folder, chosen)) add(file.name.zone, file);
    return found;
  }
  const { readThrough } = await import('../host/commit-record.ts');
  const files = regularFiles(readThrough(host.files, globals.root));
  for (const folder of files.list(join(globals.root, 'keys'))) {
    const zone = zoneOfKeyFolder(folder);
    if (zone === undefined || files.facts(join(globals.root, 'keys', folder))?.kind === 'file') continue;
    const keys = keyFilesOf(files, join(globals.root, 'keys', folder), `keys/${folder}`);
    for (const file of keys) if (file.name.zone === zone) add(zone, file);
    const hasJournal = files.facts(join(globals.root, 'keys', folder, 'journal.json')) !== undefined;
    if (hasJournal && !found.has(zone)) found.set(zone, []);
  }
  return found;
}

/** The journal of a zone, with what is wrong between it and the files of the keys. */
async function journalOf(
  host: Host,
  globals: Globals,
  zone: Name,
  set: KeySet,
  to: Report,
): Promise<Journal | undefined> {
  const { readThrough } = await import('../host/commit-record.ts');
  const { regularFiles } = await import('../host/regular.ts');
  const { parseJournal } = await import('../journal/parse.ts');
  const { journalFile, zoneFolder } = await import('../pipeline/places.ts');
  const { reportMissing } = await import('../pipeline/missing-keys.ts');
  const { reportStrangers, unauthorisedKeys } = await import('../pipeline/authorised-keys.ts');
  const files = regularFiles(readThrough(host.files, globals.root));
  const places = { root: globals.root, state: join(globals.root, 'keys'), output: join(globals.root, 'build') };
  const path = journalFile(places, zone);
  if (files.facts(path) === undefined) return undefined;
  const journal = parseJournal(relative(globals.root, path), files.read(path), zone, to);
  if (journal === undefined) return undefined;
  reportMissing(journal, set, relative(globals.root, zoneFolder(places, zone)), 'ignore', to);
  reportStrangers(
    unauthorisedKeys(set, journal, () => undefined),
    to,
  );
  return journal;
}

interface Row {
  readonly key: ZoneKey;
  readonly set: KeySet;
  readonly roles: KeyRoles;
  readonly refused: boolean;
  readonly journal: Journal | undefined;
  /** Of this key in the journal. */
  readonly record: KeyRecord | undefined;
}

/** A key for programs; times in ISO 8601. */
async function factsOf({ key, set, roles, refused, journal, record }: Row) {
  const { algorithmName } = await import('../dnssec/algorithm.ts');
  const { isRevoked, roleAmong } = await import('../keys/zone-key.ts');
  const does = (list: readonly ZoneKey[]) => list.some((one) => one.path === key.path);
  const iso = (seconds: number) => new Date(seconds * 1000).toISOString();
  const dates = Object.entries(key.timing).flatMap(([field, at]) =>
    at === undefined ? [] : [[field, iso(at)] as const],
  );
  const state = record === undefined ? set.stateOf(key) : undefined;
  const byDates = {
    published: does(roles.published),
    signsKeys: does(roles.signsKeys),
    signsZone: does(roles.signsZone),
    dsAsked: undefined as boolean | undefined,
  };
  return {
    zone: key.zone,
    role: roleAmong(key, set.keys),
    tag: key.tag,
    algorithm: key.algorithm,
    mnemonic: algorithmName(key.algorithm),
    flags: key.flags,
    revoked: isRevoked(key) || roles.published.some((one) => one.path === key.path && isRevoked(one)),
    refused,
    ...(record === undefined ? byDates : ledDuties(record)),
    privateHalf: set.hasPrivateHalf(key),
    timing: Object.fromEntries(dates) as Readonly<Record<string, string>>,
    state: state && {
      goal: state.goal,
      dnskey: state.dnskey?.state,
      ds: state.ds?.state,
      keySignatures: state.keySignatures?.state,
      zoneSignatures: state.zoneSignatures?.state,
    },
    journal: record && journal && ledFacts(record, journal),
    file: `${key.path}.key` as string | undefined,
  };
}

/** A key of the journal that has lost its file. */
async function factsWithoutFile(zone: Name, record: KeyRecord, journal: Journal): Promise<Facts> {
  const { algorithmName } = await import('../dnssec/algorithm.ts');
  const key = keyWithoutFile(record);
  return {
    zone,
    role: record.role,
    ...key,
    mnemonic: algorithmName(key.algorithm),
    revoked: false,
    refused: false,
    ...ledDuties(record),
    privateHalf: false,
    timing: {},
    state: undefined,
    journal: ledFacts(record, journal),
    file: undefined,
  };
}

type Facts = Awaited<ReturnType<typeof factsOf>>;

/** What the key does, in words. */
function doing(facts: Facts): string {
  if (facts.refused) return 'refused';
  const signs = [...(facts.signsKeys ? ['keys'] : []), ...(facts.signsZone ? ['zone'] : [])];
  const words = [
    ...(facts.revoked ? ['revoked'] : []),
    facts.published ? 'published' : 'not published',
    ...(signs.length > 0 ? [`signs ${signs.join(' and ')}`] : []),
    ...(facts.dsAsked ? ['has a DS'] : []),
    ...(facts.file === undefined ? ['its file is missing'] : []),
  ];
  return words.join(', ');
}

async function keysText(all: readonly Facts[]): Promise<string> {
  if (all.length === 0) return '';
  const head = ['ZONE', 'ROLE', 'TAG', 'ALGORITHM', 'PRIVATE', 'NOW', 'DATES'];
  const withStates = all.some(({ state }) => state !== undefined);
  if (withStates) head.push('STATE');
  const dateText = ({ timing }: Facts) => {
    const shown = Object.entries(timing).filter(([field]) => field !== 'created');
    return shown.length === 0 ? '-' : shown.map(([field, at]) => `${field} ${at.slice(0, 16)}Z`).join(', ');
  };
  const stateText = ({ state }: Facts) => {
    const parts = Object.entries(state ?? {}).filter(([, value]) => value !== undefined);
    return parts.length === 0 ? '-' : parts.map(([record, value]) => `${record} ${value}`).join(', ');
  };
  const rows = all.map((facts) => [
    facts.zone,
    facts.role.toUpperCase(),
    String(facts.tag),
    facts.mnemonic,
    facts.privateHalf ? 'yes' : 'no',
    doing(facts),
    dateText(facts),
    ...(withStates ? [stateText(facts)] : []),
  ]);
  const led = all.flatMap(({ zone, role, tag, journal }) =>
    journal === undefined ? [] : ledLines({ zone, role, tag, journal }),
  );
  const tables = [await table(head, rows), ...(led.length === 0 ? [] : [await table(ledHead, led)])];
  return tables.join('\n');
}

async function table(head: readonly string[], rows: readonly (readonly string[])[]): Promise<string> {
  const { escapeControls } = await import('../text/escape.ts');
  const { displayWidth } = await import('../text/width.ts');
  const cells = [head, ...rows].map((row) => row.map(escapeControls));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => displayWidth(row[column]))));
  const pad = (text: string, column: number) => text + ' '.repeat(widths[column] - displayWidth(text));
  return cells.map((row) => `${row.map(pad).join('  ').trimEnd()}\n`).join('');
}
