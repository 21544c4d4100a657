/** `danezone ready`: the answer that a job asks for before it switches a server to a new certificate. */
import { resolve } from 'node:path';
import type { Name } from '../dns/name.ts';
import { FileError, type Host } from '../host/host.ts';
import type { Server } from '../observe/ask.ts';
import type { Candidate, ReadyState } from '../pipeline/ready.ts';
import type { ReadyStatus } from '../pipeline/ready-status.ts';
import { quote } from '../text/escape.ts';
import { newReport } from '../text/problem.ts';
import { readableTime } from '../text/time.ts';
import { type CommandSpec, Exit, type Globals, UsageError } from './command.ts';
import { placesOf, stateOption, zoneArguments } from './repository-options.ts';

export const ready: CommandSpec = {
  name: 'ready',
  arguments: [{ flags: '[host]', description: 'the host whose server is to be switched' }],
  summary: 'tell whether a new certificate may be deployed now',
  description: `A certificate with a new key may be deployed when every cache that holds the TLSA RRset of the host has a record for it: publication, then the way to the name servers, then twice the TTL (RFC 7671 section 8.1). --certificate names the file that waits; without it the next key of the description is meant. A certificate that matches the same records as the current one may be deployed at once.

It answers from the repository, from a file that --export wrote there, or with --dns from the name servers of the zone: each is asked for the TLSA records, and the time counts from when this command first saw them on all servers, which --seen keeps. With --dns alone the network is used; the servers are believed as they answer, so name them by addresses that lead there, and name a validating resolver with --resolver, which has to confirm the records with DNSSEC before the answer is go.

Exit status: 0 go; 10 not yet, with the date where there is one; 20 waiting does harm or leads nowhere: the certificate in service or the new one ends before; 1 a file cannot be read.`,
  options: [
    { flags: '--certificate <file>', description: 'the certificate that is to be deployed, with its chain; PEM' },
    { flags: '--service <service>', description: 'one service, such as smtp (default: all of the host)' },
    {
      flags: '--algorithm <name>',
      description: 'key algorithm, such as ECDSA or RSA (default: all, or that of the file)',
    },
    { flags: '--status <file>', description: 'answer from this file instead of the repository' },
    { flags: '--export <file>', description: 'write the status of every host for --status, and answer nothing' },
    {
      flags: '--dns',
      description: 'answer from the name servers; needs --certificate, --service, --server and --seen',
    },
    { flags: '--server <address>', description: 'a name server of the zone: address, or address:port', many: true },
    {
      flags: '--resolver <address>',
      description:
        'with --dns: a validating resolver, reached by a way that you trust; it has to call the records authentic',
    },
    { flags: '--seen <file>', description: 'where --dns keeps since when it has seen which records' },
    { flags: '--owner <name>', description: 'with --dns: where the records stand, if an alias leads there' },
    {
      flags: '--propagation <duration>',
      description: 'with --dns: margin for servers that were not asked',
      default: '1h',
    },
    stateOption,
  ],
  formats: ['text', 'json'],
  examples: [
    'danezone ready mx1.example.org',
    'danezone ready mx1.example.org --certificate /etc/ssl/staged/fullchain.pem --service smtp',
    'danezone ready --export status.json',
    'danezone ready mx1.example.org --status status.json --algorithm ECDSA',
    'danezone ready mx1.example.org --dns --server 192.0.2.1 --server 192.0.2.2 --resolver 127.0.0.1 --service smtp --certificate staged.pem --seen seen.json',
  ],
  run: async (host, globals, args, options) => {
    const given = (name: string) => options[name] as string | undefined;
    const now = globals.now ?? host.now();
    const target = given('export');
    if (target !== undefined) {
      if (args.length > 0 || given('status') !== undefined || options.dns === true) {
        throw new UsageError('--export writes the status of every host and answers nothing: give it alone');
      }
      const { printStatus } = await import('../pipeline/ready-status.ts');
      await write(host, target, printStatus(await statusOfRepository(host, globals, options, now)));
      return Exit.done;
    }
    const [name] = zoneArguments(args);
    if (name === undefined) throw new UsageError('name the host whose server is to be switched');
    const candidate = await candidateOf(host, given('certificate'));
    const answered =
      options.dns === true
        ? await fromDns(host, name, options, candidate, now)
        : await fromStatus(await statusOf(host, globals, options, now), name, given, candidate, now);
    if (globals.format === 'json') {
      const { jsonText } = await import('../text/annotations.ts');
      const time = (at: number | undefined) => (at === undefined ? undefined : readableTime(at));
      const services = answered.lines.map((line) => ({ ...line, earliest: time(line.earliest) }));
      host.stdout.write(jsonText({ host: name, state: answered.state, services }));
    } else if (!globals.quiet) for (const line of answered.lines) host.stdout.write(textOf(name, line));
    return { go: Exit.done, wait: Exit.actionDue, overdue: Exit.overdue }[answered.state];
  },
};

interface Line {
  readonly service: string;
  readonly certificate: string;
  readonly state: ReadyState;
  readonly earliest?: number;
  readonly why: string;
}

interface Answered {
  readonly state: ReadyState;
  readonly lines: readonly Line[];
}

function textOf(name: Name, { service, certificate, state, earliest, why }: Line): string {
  const when = earliest === undefined ? '' : ` until ${readableTime(earliest)}`;
  const words = { go: 'go', wait: `not yet${when}`, overdue: `not yet${when}, and that is late` }[state];
  return `${name} ${service}: ${words}: ${certificate}: ${why}\n`;
}

async function statusOf(
  host: Host,
  globals: Globals,
  options: Readonly<Record<string, unknown>>,
  now: number,
): Promise<ReadyStatus> {
  const file = options.status as string | undefined;
  if (file === undefined) return statusOfRepository(host, globals, options, now);
  const { parseStatus } = await import('../pipeline/ready-status.ts');
  const status = parseStatus(Buffer.from(host.files.read(resolve(host.workingFolder, file))).toString('utf8'));
  if ('error' in status) throw new UsageError(`--status ${quote(file)} ${status.error}`);
  return status;
}

async function statusOfRepository(
  host: Host,
  globals: Globals,
  options: Readonly<Record<string, unknown>>,
  now: number,
): Promise<ReadyStatus> {
  const places = placesOf(host, globals, options);
  const { readRepository } = await import('../pipeline/repository.ts');
  const { readyStatus } = await import('../pipeline/ready-repository.ts');
  const { readThrough } = await import('../host/commit-record.ts');
  const { readZoneState } = await import('../pipeline/zone-state.ts');
  const files = readThrough(host.files, places.root);
  const repository = readRepository(files, places.root, [places.state], newReport());
  const journalOf = (zone: Name) =>
    readZoneState(files, places, zone, { now, privateHalves: 'ignore' }, newReport()).journal;
  return readyStatus(repository, journalOf, now);
}

async function fromStatus(
  { services }: ReadyStatus,
  name: Name,
  given: (name: string) => string | undefined,
  candidate: Candidate | undefined,
  now: number,
): Promise<Answered> {
  const { readiness, worst } = await import('../pipeline/ready.ts');
  const service = await serviceOf(given('service'));
  const algorithm = given('algorithm');
  const verdicts = readiness({ services, host: name, service, algorithm, candidate, now });
  if (verdicts.length === 0) {
    const known = services.filter((each) => each.host === name);
    const list = known.map((each) => `${each.service} (${each.certificates.map((of) => of.algorithm).join(', ')})`);
    const has = list.length === 0 ? 'is no host with TLSA records here' : `has ${list.join(', ')}`;
    throw new UsageError(`${name} ${has}: nothing fits what was asked for`);
  }
  return {
    state: worst(verdicts),
    lines: verdicts.map((verdict) => ({ ...verdict, service: verdict.service.service })),
  };
}

async function serviceOf(text: string | undefined) {
  if (text === undefined) return undefined;
  const { parseService } = await import('../dane/services.ts');
  const service = parseService(text);
  if ('error' in service) throw new UsageError(`--service ${quote(text)} ${service.error}`);
  return service;
}

async function candidateOf(host: Host, file: string | undefined): Promise<Candidate | undefined> {
  if (file === undefined) return undefined;
  const { readCertificateFile } = await import('../x509/read-file.ts');
  const { presented } = await import('../pipeline/host-tlsa.ts');
  const { algorithmText } = await import('../x509/public-key.ts');
  const problems = newReport();
  const read = readCertificateFile(file, host.files.read(resolve(host.workingFolder, file)), problems);
  if (read?.kind !== 'chain') {
    const [first] = problems.problems;
    throw new UsageError(
      `--certificate ${quote(file)} is no certificate${first === undefined ? '' : `: ${first.message}`}`,
    );
  }
  const [leaf] = read.certificates;
  return { algorithm: algorithmText(leaf.key), ...presented(leaf.spki, read.certificates) };
}

async function fromDns(
  host: Host,
  name: Name,
  options: Readonly<Record<string, unknown>>,
  candidate: Candidate | undefined,
  now: number,
): Promise<Answered> {
  const given = (option: string) => options[option] as string | undefined;
  const seenFile = given('seen');
  const service = await serviceOf(given('service'));
  const texts = (options.server as readonly string[] | undefined) ?? [];
  if (candidate === undefined || service === undefined || seenFile === undefined || texts.length === 0) {
    throw new UsageError(
      '--dns needs --certificate, --service, --seen, and a --server for each name server of the zone',
    );
  }
  const { ask, parseServer, udpSize } = await import('../observe/ask.ts');
  const { answerOf, dnsReadiness, parseSeen, printSeen, unconfirmed, withLook } = await import(
    '../pipeline/ready-dns.ts'
  );
  const { tlsaOwner } = await import('../dane/services.ts');
  const { parseDuration } = await import('../text/duration.ts');
  const { Type } = await import('../dns/type.ts');
  const asked = given('owner');
  const owner = asked === undefined ? tlsaOwner(name, service.port, service.protocol) : zoneArguments([asked])[0];
  if (typeof owner !== 'string') throw new UsageError(`${name} with its service ${owner.error}`);
  const propagation = parseDuration(given('propagation') ?? '1h');
  if (propagation === undefined) throw new UsageError('--propagation is no duration: write one such as 1h');
  const serverOf = (flag: string, text: string) => {
    const server = parseServer(text);
    if (server === undefined)
      throw new UsageError(`${flag} ${quote(text)} is no address, such as 192.0.2.1 or [2001:db8::1]:53`);
    return server;
  };
  const tlsaAt = (server: Server, recursionDesired: boolean) => {
    const id = Buffer.from(host.entropy(2)).readUInt16BE(0);
    return ask(server, { id, name: owner, type: Type.TLSA, recursionDesired, edns: { udpSize, dnssecOk: true } });
  };
  const servers = texts.map((text) => ({ text, server: serverOf('--server', text) }));
  const resolver = given('resolver');
  const validator = resolver === undefined ? undefined : serverOf('--resolver', resolver);
  const [confirmed, ...answers] = await Promise.all([
    validator && tlsaAt(validator, true).then((message) => unconfirmed(`resolver ${resolver}`, candidate, message)),
    ...servers.map(async ({ text, server }) => answerOf(text, owner, await tlsaAt(server, false))),
  ] as const);
  const all = parseSeen(textOfFile(host, seenFile) ?? '{"version": 1, "owners": {}}');
  if ('error' in all) throw new UsageError(`--seen ${quote(seenFile)} ${all.error}`);
  const before = all.find((each) => each.owner === owner) ?? { owner, ttl: 0, records: {} };
  const seen = withLook(before, answers, now);
  await write(host, seenFile, printSeen([...all.filter((each) => each.owner !== owner), seen]));
  const verdict = dnsReadiness(seen, answers, { candidate, propagation, unconfirmed: confirmed, now });
  return { state: verdict.state, lines: [{ service: service.name, certificate: 'this certificate', ...verdict }] };
}

function textOfFile(host: Host, file: string): string | undefined {
  try {
    return Buffer.from(host.files.read(resolve(host.workingFolder, file))).toString('utf8');
  } catch (error) {
    if (error instanceof FileError && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function write(host: Host, file: string, text: string): Promise<void> {
  const { stageFile } = await import('./staged-file.ts');
  const stage = stageFile(host, resolve(host.workingFolder, file));
  try {
    stage.write(Buffer.from(text));
    stage.close();
    stage.commit();
  } catch (error) {
    stage.discard();
    throw error;
  }
}
