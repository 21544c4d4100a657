/** `danezone match`: whether TLSA records match a chain of certificates, as a client that follows DANE decides it. */
import { resolve } from 'node:path';
import type { ReadRRset } from '../dane/match/read-rrset.ts';
import type { MatchInput, Presented } from '../dane/match/verdict.ts';
import { type Name, parseName } from '../dns/name.ts';
import { FileError, type Host } from '../host/host.ts';
import { quote } from '../text/escape.ts';
import type { Octets } from '../text/octets.ts';
import { newReport, type Problem, type Report, report } from '../text/problem.ts';
import { parseTime } from '../text/time.ts';
import type { Certificate } from '../x509/certificate.ts';
import { type CommandSpec, Exit, type Globals, UsageError } from './command.ts';
import { shownProblems } from './print-problems.ts';

export const match: CommandSpec = {
  name: 'match',
  summary: 'tell whether TLSA records match a certificate chain, and why',
  description: `Judges one chain as a client that follows DANE does (RFC 6698, 7671, 7672): which record matches at which depth (0 is the server certificate), and why each other does not.

FILE of --tlsa has lines such as "3 1 1" and the digest, or whole records. FILE of --chain is what the server presents, its own certificate first, or a raw public key. --name is the TLSA base domain: the owner of the records without _port._protocol. Certificates may also name a --nexthop: the mail domain, what its CNAMEs lead to, or the service domain of an SRV record. A host that has several chains, such as RSA and ECDSA, must match with each: call the command once for each.

Exit status: 0 a record matches; 3 none does, or none is usable; 1 a file cannot be read.`,
  options: [
    { flags: '--tlsa <file>', description: 'the TLSA records; - for standard input', required: true },
    { flags: '--chain <file>', description: 'certificates in PEM as the server presents them', required: true },
    { flags: '--name <name>', description: 'TLSA base domain, which the certificate must name (DANE-EE apart)' },
    { flags: '--nexthop <name>', description: 'another name that the certificate may have instead', many: true },
    { flags: '--no-names', description: 'look at no name' },
    { flags: '--at <time>', description: 'time of the handshake (default: now)' },
    { flags: '--ca-file <file>', description: 'trusted roots in PEM, for PKIX-TA and PKIX-EE' },
    { flags: '--smtp', description: 'judge as a mail server does: PKIX-TA and PKIX-EE are unusable' },
  ],
  formats: ['text', 'json'],
  examples: [
    'danezone match --tlsa records.txt --chain fullchain.pem --name mx1.example.org --nexthop example.org --smtp',
    'dig +short _25._tcp.mx1.example.org TLSA | danezone match --tlsa - --chain fullchain.pem --name mx1.example.org',
    "echo '2 1 1 0b9fa5a5…' | danezone match --tlsa - --chain fullchain.pem --no-names --at 2027-01-01",
  ],
  run: async (host, globals, _, options) => {
    const given = (name: string) => options[name] as string | undefined;
    const settings = {
      names: namesOf(given('name'), (options.nexthop as string[] | undefined) ?? [], options.names !== false),
      at: timeOf(given('at')) ?? globals.now ?? host.now(),
      application: options.smtp === true ? ('smtp' as const) : ('other' as const),
    };
    const files = new Map<string, string>();
    const to = newReport();
    const records = await readRecords(host, given('tlsa') ?? '-', files, to);
    const presented = await readPresented(host, given('chain') ?? '', to);
    const trustStore = await readRoots(host, given('caFile'), to);
    if (to.hasErrors || records === undefined || presented === undefined) {
      await showUnreadable(host, globals, to.problems, files);
      return Exit.problems;
    }
    const input: MatchInput = { ...settings, rrset: records.rrset, presented, trustStore };
    const { matchTlsa } = await import('../dane/match/match.ts');
    const verdict = matchTlsa(input);
    const chain = given('chain') ?? '';
    const file = { name: chain, earlier: () => host.earlierVersions(resolve(host.workingFolder, chain)) };
    const { verdictJson, verdictText } = await import('./print-match.ts');
    if (globals.format === 'json') {
      host.stdout.write(verdictJson(input, records, verdict, to.problems, file));
    } else {
      await showProblems(host, globals, to.problems, files);
      if (verdict.state !== 'matched' || !globals.quiet) host.stdout.write(verdictText(input, verdict, file));
    }
    return verdict.state === 'matched' ? Exit.done : Exit.verificationFailed;
  },
};

function namesOf(name: string | undefined, nextHops: readonly string[], areChecked: boolean): MatchInput['names'] {
  if (!areChecked) {
    if (name === undefined && nextHops.length === 0) return 'unchecked';
    throw new UsageError('--no-names and --name or --nexthop contradict each other: give one of them');
  }
  if (name === undefined) throw new UsageError('the TLSA base domain is missing: give --name, or --no-names');
  const parse = (option: string, text: string): Name => {
    const parsed = parseName(text);
    if (typeof parsed !== 'string') throw new UsageError(`--${option} ${quote(text)} ${parsed.error}`);
    return parsed;
  };
  return [...new Set([parse('name', name), ...nextHops.map((text) => parse('nexthop', text))])];
}

function timeOf(text: string | undefined): number | undefined {
  const time = text === undefined ? undefined : parseTime(text);
  if (text !== undefined && time === undefined) {
    throw new UsageError(`--at ${quote(text)} is no time: write Unix seconds, YYYYMMDDHHMMSS or ISO 8601`);
  }
  return time;
}

/** Undefined after the file could not be read. */
async function octetsOf(host: Host, file: string, to: Report): Promise<Octets | undefined> {
  try {
    return file === '-' ? await host.stdin() : host.files.read(resolve(host.workingFolder, file));
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const { rules } = await import('../x509/rules.ts');
    const hint = 'give the path of a file that can be read, from the working folder';
    report(to, rules['cert/unreadable'], undefined, { reason: error.message }, { hint });
    return undefined;
  }
}

async function readRecords(
  host: Host,
  file: string,
  files: Map<string, string>,
  to: Report,
): Promise<ReadRRset | undefined> {
  const octets = await octetsOf(host, file, to);
  if (octets === undefined) return undefined;
  const { readRRset } = await import('../dane/match/read-rrset.ts');
  const shown = file === '-' ? '<standard input>' : file;
  const text = Buffer.from(octets).toString('utf8');
  files.set(shown, text);
  return readRRset(shown, text, to);
}

async function readPresented(host: Host, file: string, to: Report): Promise<Presented | undefined> {
  if (file === '-') throw new UsageError('--chain - is not possible: standard input is for --tlsa');
  const octets = await octetsOf(host, file, to);
  if (octets === undefined) return undefined;
  const { kindText, readCertificateFile } = await import('../x509/read-file.ts');
  const found = readCertificateFile(file, octets, to, { leaf: 'first' });
  if (found === undefined) return undefined;
  if (found.kind === 'chain') return { kind: 'chain', certificates: found.inFile };
  if (found.kind === 'public-key') return { kind: 'raw-key', spki: found.key.spki };
  const { rules } = await import('../x509/rules.ts');
  const facts = { expected: 'what the server presents: certificates or a raw public key', found: kindText[found.kind] };
  report(to, rules['cert/not-a-certificate'], { file, line: 1, column: 1, isUnquotable: true }, facts);
  return undefined;
}

async function readRoots(
  host: Host,
  file: string | undefined,
  to: Report,
): Promise<readonly Certificate[] | undefined> {
  if (file === undefined) return undefined;
  const octets = await octetsOf(host, file, to);
  if (octets === undefined) return undefined;
  const { readTrustStore } = await import('../x509/trust-store.ts');
  return readTrustStore(file, octets, to);
}

async function showUnreadable(
  host: Host,
  globals: Globals,
  problems: readonly Problem[],
  files: ReadonlyMap<string, string>,
): Promise<void> {
  if (globals.format === 'text') return showProblems(host, globals, problems, files);
  const { jsonText, problemFacts } = await import('../text/annotations.ts');
  host.stdout.write(jsonText({ state: 'unreadable', records: [], ...problemFacts(problems) }));
}

async function showProblems(
  host: Host,
  globals: Globals,
  problems: readonly Problem[],
  files: ReadonlyMap<string, string>,
): Promise<void> {
  const { renderProblems } = await import('../text/render.ts');
  const shown = shownProblems(globals, problems);
  // Lines of certificate and key files are never quoted.
  const source = (file: string) => files.get(file);
  host.stderr.write(renderProblems(shown, { source, colour: globals.colour, columns: host.stderr.columns }));
}
