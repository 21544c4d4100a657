/** `danezone confirm …`: a person says what name servers, parents and hosts show; clocks run from there. */
import type { Name } from '../dns/name.ts';
import type { Host } from '../host/host.ts';
import type { WithEvidence, Witness } from '../journal/evidence.ts';
import type { Journal } from '../journal/journal.ts';
import { zoneOfKeyFolder } from '../keys/key-file-name.ts';
import type { Confirmation } from '../pipeline/confirm.ts';
import { journalFile, type Places } from '../pipeline/places.ts';
import type { Repository } from '../pipeline/repository.ts';
import type { RolloverPolicy } from '../rollover/policy.ts';
import { quote } from '../text/escape.ts';
import { newReport } from '../text/problem.ts';
import { parseTime } from '../text/time.ts';
import { type CommandSpec, type Exit, type Globals, UsageError } from './command.ts';
import { sayServed } from './confirm-served.ts';
import { placesOf, stateOption, zoneArguments } from './repository-options.ts';
import { writeJournals, writer, writingTime } from './write-journals.ts';

/** Seconds: of most parents; without a description nothing better is known, and the policy counts where it says more. */
const usualDsTtl = 86_400;

const witnessOptions = [
  { flags: '--at <time>', description: 'when it was seen (default: now); a time to come is refused' },
  { flags: '--by <name>', description: 'who has seen it (default: $USER)' },
  stateOption,
  { flags: '--rehearsal', description: 'with --now: this is a copy, its journals may be written' },
] as const;

const zonesArgument = { flags: '[zone...]', description: 'the zones that it was seen of' };

const writes = `What is said is written into keys/<zone>/journal.json with its time and by whom, and is never merged away: commit it. It never makes a clock earlier: a time before the last evidence of the same kind counts as the time of that. Saying the same again changes nothing.

Exit status: 0 it is in the journals; 1 it was refused for a zone, with what is known instead; 75 another run is at work.`;

export const confirmPublished: CommandSpec = {
  name: 'confirm published',
  arguments: [zonesArgument],
  summary: 'say that every listed name server has a serial of a zone',
  description: `Every name server of the NS set, all secondaries included, answers with the serial: the one that was built last, or --serial. What was in the zone with it is published from then on, what had left before is gone, and the clocks of caches run. Ask each server yourself: dig +norec SOA ZONE @SERVER.

A serial that is older than the last one confirmed says that servers have gone back: what is newer has to be seen anew.

${writes}`,
  options: [
    { flags: '--serial <n>', description: 'of one zone (default: the serial that was built last)' },
    { flags: '--all', description: 'every zone that has a journal' },
    ...witnessOptions,
  ],
  formats: ['text', 'json'],
  examples: [
    'danezone confirm published example.org',
    'danezone confirm published --all',
    'danezone confirm published example.org --serial 2026060101 --at 2026-06-01T12:00Z --by ann',
  ],
  run: (host, globals, args, options) =>
    run(host, globals, options, ({ places, witness }) => {
      const serial = numberOf(options.serial, '--serial', 0xffff_ffff);
      const zones = zonesOf(host, places, args, options.all === true);
      if (serial !== undefined && zones.length !== 1) throw new UsageError('--serial is of one zone: name that zone');
      return zones.map((zone) => ({
        zone,
        say: async () => {
          const { withPublished } = await import('../journal/evidence.ts');
          return (journal) => {
            const last = serial ?? journal.serial?.last;
            if (last === undefined) return { error: 'nothing was built yet: run danezone build first' };
            return withPublished(journal, { ...witness, serial: last });
          };
        },
      }));
    }),
};

const dsDescription = {
  options: [{ flags: '--ttl <seconds>', description: 'TTL of that answer (default: of the parent policy)' }],
} as const;

export const confirmDsSeen: CommandSpec = {
  name: 'confirm ds-seen',
  arguments: [zonesArgument],
  summary: 'say which DS records every server of the parent shows',
  description: `Every server of the parent zone, asked without recursion (dig +norec DS ZONE @SERVER), shows exactly these DS records: those that danezone asks for now (danezone ds), or those given with --ds, all of them. The TTL is that of the parent's own answer; one that was read from a resolver never shortens a wait.

${writes}`,
  options: [
    {
      flags: '--ds <rdata>',
      description: "'TAG ALGORITHM TYPE DIGEST', once for each record that is there; none for no DS at all",
      many: true,
    },
    ...dsDescription.options,
    ...witnessOptions,
  ],
  formats: ['text', 'json'],
  examples: [
    'danezone confirm ds-seen example.org',
    "danezone confirm ds-seen example.org --ds '7956 13 2 05A1…' --ttl 3600",
    'danezone confirm ds-seen example.org --ds none',
  ],
  run: (host, globals, args, options) =>
    run(host, globals, options, ({ places, witness, policyOf }) => {
      const zones = zonesOf(host, places, args, false);
      const texts = options.ds as readonly string[] | undefined;
      if (texts !== undefined && zones.length !== 1) throw new UsageError('--ds is of one zone: name that zone');
      const ttl = numberOf(options.ttl, '--ttl', 0x7fff_ffff);
      return zones.map((zone) => ({
        zone,
        say: async () => {
          const records = texts === undefined ? undefined : await dsRecords(texts);
          const { withDs } = await import('../journal/evidence.ts');
          return (journal) => {
            const seen = records ?? asked(journal);
            if (records === undefined && seen.length === 0) {
              return { error: 'no DS is asked for now: give what the parent shows with --ds, or say ds-gone' };
            }
            return withDs(journal, { ...witness, records: seen, ttl: ttl ?? policyOf(zone)?.parent.ttl ?? usualDsTtl });
          };
        },
      }));
    }),
};

export const confirmDsGone: CommandSpec = {
  name: 'confirm ds-gone',
  arguments: [zonesArgument],
  summary: 'say that DS records that are no longer wanted are gone from the parent',
  description: `No server of the parent zone shows a DS record any more that danezone does not ask for now (danezone ds): what it asks for is there, and nothing else; for a zone that becomes insecure, no DS at all. Refused where no DS is leaving. Other contents are said with confirm ds-seen --ds.

${writes}`,
  options: [...dsDescription.options, ...witnessOptions],
  formats: ['text', 'json'],
  examples: ['danezone confirm ds-gone example.org'],
  run: (host, globals, args, options) =>
    run(host, globals, options, ({ places, witness, policyOf }) => {
      const ttl = numberOf(options.ttl, '--ttl', 0x7fff_ffff);
      return zonesOf(host, places, args, false).map((zone) => ({
        zone,
        say: async () => {
          const { withDs } = await import('../journal/evidence.ts');
          return (journal) => {
            const records = asked(journal);
            const said = withDs(journal, { ...witness, records, ttl: ttl ?? policyOf(zone)?.parent.ttl ?? usualDsTtl });
            // Said again it changes nothing, and so is no mistake.
            const isNews = said.error === undefined && said.journal !== journal;
            return isNews && records.length > 0 && !isDsLeaving(journal, records)
              ? { error: noDsLeaves(zone, records) }
              : said;
          };
        },
      }));
    }),
};

export const confirmCertServed: CommandSpec = {
  name: 'confirm cert-served',
  arguments: [{ flags: '<host>', description: 'the host of the description' }],
  summary: 'say which certificate a host shows on every address',
  description: `Every address of HOST shows the certificate, over STARTTLS or TLS, at the port of the service (openssl s_client -starttls smtp -connect ADDRESS:25): the current ones of the description, or --certificate. With next keys, say it after the switch, when the description names the new certificate as the current one.

It stands in the journal of the zone that holds the TLSA records of the host. ${writes}`,
  options: [
    { flags: '--service <service>', description: 'smtp, imaps, 8443/tcp … (default: every service of the host)' },
    { flags: '--certificate <name>', description: 'of the description (default: those of the service)' },
    ...witnessOptions,
  ],
  formats: ['text', 'json'],
  examples: [
    'danezone confirm cert-served mx1.example.org',
    'danezone confirm cert-served mx1.example.org --service smtp --certificate mx1-ecdsa',
  ],
  run: (host, globals, [hostText], options) =>
    run(host, globals, options, ({ witness, repository }) => {
      const [name] = zoneArguments([hostText]);
      return [{ zone: name, say: () => sayServed(repository, name, options, witness) }];
    }),
};

interface Told {
  readonly places: Places;
  readonly witness: Witness;
  readonly repository: Repository;
  readonly policyOf: (zone: Name) => RolloverPolicy | undefined;
}

/** What is said of a zone, or, of a certificate, of a host; `zone` of the answer is the zone that it is said to. */
interface Saying {
  readonly zone: Name;
  readonly say: () => Promise<
    ((journal: Journal) => WithEvidence) | { readonly zone: Name; readonly say: Confirmation['say'] }
  >;
}

async function run(
  host: Host,
  globals: Globals,
  options: Readonly<Record<string, unknown>>,
  sayingsOf: (told: Told) => readonly Saying[],
): Promise<Exit> {
  const places = placesOf(host, globals, options, 'state');
  const now = writingTime(host, globals, options);
  const { readRepository } = await import('../pipeline/repository.ts');
  const { rolloverPolicyOf } = await import('../rollover/policy.ts');
  const { readThrough } = await import('../host/commit-record.ts');
  const repository = readRepository(readThrough(host.files, places.root), places.root, [places.state], newReport());
  const policyOf = (zone: Name) => {
    const domain = repository.description.domains.get(zone);
    return domain && rolloverPolicyOf(domain);
  };
  const sayings = sayingsOf({ places, witness: witnessOf(host, options, now), repository, policyOf });
  const confirmations = await Promise.all(
    sayings.map(async ({ zone, say }): Promise<Confirmation> => {
      const said = await say();
      return typeof said === 'function' ? { zone, say: said } : said;
    }),
  );
  const { printConfirmed } = await import('./print-confirmed.ts');
  const { certificatesFollowing, following } = await import('../pipeline/running-clocks.ts');
  return writeJournals(host, places, confirmations, (outcomes) =>
    printConfirmed(host, globals, outcomes, ({ zone, before, journal }) =>
      following(before, journal, policyOf(zone), now, certificatesFollowing(repository, journal, now)),
    ),
  );
}

function witnessOf(host: Host, options: Readonly<Record<string, unknown>>, now: number): Witness {
  const text = options.at as string | undefined;
  const at = text === undefined ? now : parseTime(text);
  if (at === undefined) {
    throw new UsageError(`--at ${quote(text ?? '')} is no time: write Unix seconds, YYYYMMDDHHMMSS or ISO 8601`);
  }
  return { at, now, by: writer(host, options, 'confirm'), servers: [] };
}

function zonesOf(host: Host, places: Places, args: readonly string[], all: boolean): readonly Name[] {
  const named = [...new Set(zoneArguments(args))];
  if (all && named.length > 0) throw new UsageError('name zones, or give --all: not both');
  if (!all && named.length === 0) throw new UsageError('name the zones of which it was seen');
  return all ? zonesWithJournal(host, places) : named;
}

function zonesWithJournal({ files }: Host, places: Places): readonly Name[] {
  const zones = files
    .list(places.state)
    .flatMap((folder) => zoneOfKeyFolder(folder) ?? [])
    .filter((zone) => files.facts(journalFile(places, zone)) !== undefined);
  if (zones.length === 0) throw new UsageError('no zone has a journal: run danezone build first');
  return zones;
}

function asked({ parentDs }: Journal): readonly string[] {
  return parentDs.findLast(({ dropped }) => dropped === undefined)?.records ?? [];
}

/** Whether the parent may show a DS that is not asked for any more. */
function isDsLeaving({ keys, parentDs, evidence }: Journal, records: readonly string[]): boolean {
  const isOther = (record: string) => !records.includes(record);
  const last = evidence.findLast(({ fact }) => fact.kind === 'ds-seen')?.fact;
  return (
    keys.some(({ ds }) => ds.state === 'unretentive') ||
    parentDs.some((version) => version.service.state !== 'gone' && version.records.some(isOther)) ||
    (last?.kind === 'ds-seen' && last.records.some(isOther))
  );
}

/** That nothing else stands there says as well that this does: nobody may say so by mistake. */
function noDsLeaves(zone: Name, records: readonly string[]): string {
  const tags = new Set(records.map((record) => Number.parseInt(record.slice(0, 4), 16)));
  return `no DS is leaving: the journal expects the parent to show the DS of ${[...tags].join(', ')}, and ds-gone would say that it does; when every server of the parent shows it, say danezone confirm ds-seen ${zone.slice(0, -1)}, and what else it shows, or that it shows none, with --ds`;
}

async function dsRecords(texts: readonly string[]): Promise<readonly string[]> {
  if (texts.length === 1 && texts[0] === 'none') return [];
  const { encodeRecord } = await import('../dns/field-text.ts');
  const { Type } = await import('../dns/type.ts');
  const { hex } = await import('../text/octets.ts');
  return texts.map((text) => {
    const rdata = encodeRecord(Type.DS, text);
    if ('error' in rdata)
      throw new UsageError(`--ds ${quote(text)}: ${rdata.error}; write 'TAG ALGORITHM TYPE DIGEST'`);
    return hex(rdata);
  });
}

function numberOf(value: unknown, option: string, max: number): number | undefined {
  if (value === undefined) return undefined;
  const text = String(value);
  if (!/^[0-9]{1,10}$/.test(text) || Number(text) > max) {
    throw new UsageError(`${option} ${quote(text)} is no number from 0 to ${max}`);
  }
  return Number(text);
}
