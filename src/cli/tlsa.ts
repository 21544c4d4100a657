/** `danezone tlsa FILE`: the TLSA record of a certificate or key file, without any repository. */
import { resolve } from 'node:path';
import {
  choices,
  isAnchorUsage,
  matchings,
  parseMatching,
  parseSelector,
  parseUsage,
  selectors,
  usages,
} from '../dane/acronym.ts';
import type { Parameters } from '../dane/association.ts';
import type { FileRecord } from '../dane/tlsa-of-file.ts';
import { type Name, parseName } from '../dns/name.ts';
import { FileError, type Host } from '../host/host.ts';
import { quote } from '../text/escape.ts';
import { hex, type Octets } from '../text/octets.ts';
import type { Problem } from '../text/problem.ts';
import { type CommandSpec, Exit, type Globals, UsageError } from './command.ts';
import { shownProblems } from './print-problems.ts';

export const tlsa: CommandSpec = {
  name: 'tlsa',
  arguments: [
    {
      flags: '<file>',
      description: 'certificate chain, certification request, public or private key; PEM or DER; - for standard input',
    },
  ],
  summary: 'print the TLSA record of a certificate or key file',
  description: `Prints the TLSA record (RFC 6698) of FILE: with --host the whole record, without it the record data alone.

Of a chain file the usages DANE-EE and PKIX-EE take the server certificate, DANE-TA and PKIX-TA the certificate that issued it, or the one that --anchor names. A file that begins with the certificate of an authority stands for that authority. Requests and keys give records with selector SPKI. Digests are of the octets as they stand in the file. Of a private key only the public half is used, and no part of the key is printed.

What is wrong with the file goes to standard error; after an error nothing is printed and the exit status is 1.`,
  options: [
    { flags: '--usage <usage>', description: `certificate usage: ${choices(usages)}`, default: 'DANE-EE' },
    { flags: '--selector <selector>', description: `selector: ${choices(selectors)}`, default: 'SPKI' },
    { flags: '--matching <type>', description: `matching type: ${choices(matchings)}`, default: 'SHA2-256' },
    { flags: '--host <name>', description: 'host whose service presents the certificate' },
    { flags: '--service <service>', description: 'port and protocol by name, such as smtp or submissions' },
    { flags: '--port <port>', description: 'port of the service' },
    { flags: '--protocol <protocol>', description: 'tcp, udp or sctp (default: tcp)', choices: ['tcp', 'udp', 'sctp'] },
    { flags: '--anchor <name>', description: 'for the -TA usages: common name or file of the certificate to pin' },
    {
      flags: '--passphrase-file <file>',
      description: 'passphrase of an encrypted private key (else the environment variable DANEZONE_PASSPHRASE)',
    },
  ],
  formats: ['text', 'json'],
  examples: [
    'danezone tlsa fullchain.pem',
    'danezone tlsa fullchain.pem --host mx1.example.org --service smtp',
    'danezone tlsa next.csr --host mx1.example.org --port 25',
    "danezone tlsa fullchain.pem --usage DANE-TA --anchor 'ISRG Root X1'",
    'openssl s_client -connect www.example.org:443 </dev/null | danezone tlsa - --usage 3 --selector 0 --matching 2',
  ],
  run: async (host, globals, args, options) => {
    const given: Given = (name) => options[name] as string | undefined;
    const parameters = parametersOf(given);
    const place = await placeOf(given);
    const { tlsaOfFile } = await import('../dane/tlsa-of-file.ts');
    const stdin = args[0] === '-' ? await host.stdin() : undefined;
    const file = stdin === undefined ? args[0] : '<standard input>';
    const read = (path: string): Octets | { readonly error: string } => {
      try {
        return path === file && stdin !== undefined ? stdin : host.files.read(resolve(host.workingFolder, path));
      } catch (error) {
        if (error instanceof FileError) return { error: `cannot be read: ${error.message}` };
        throw error;
      }
    };
    const { records, problems } = tlsaOfFile({
      file,
      read,
      parameters,
      anchor: given('anchor'),
      service: place,
      host: place?.host,
      passphrase: passphraseOf(host, given('passphraseFile')),
      now: globals.now ?? host.now(),
    });
    if (globals.format === 'json') {
      const { jsonText, problemFacts } = await import('../text/annotations.ts');
      const facts = records.map(recordFacts);
      host.stdout.write(jsonText({ file, owner: place?.owner, records: facts, ...problemFacts(problems) }));
    } else {
      const { toTlsaText } = await import('../dane/association.ts');
      const head = place?.owner === undefined ? '' : `${place.owner} IN TLSA `;
      for (const { association } of records) host.stdout.write(`${head}${toTlsaText(association)}\n`);
      await show(host, globals, problems);
    }
    return records.length > 0 ? Exit.done : Exit.problems;
  },
};

/** A record for programs. */
function recordFacts({ association, certificate }: FileRecord) {
  const { usage, selector, matching, data } = association;
  return {
    usage: usages.indexOf(usage),
    selector: selectors.indexOf(selector),
    matchingType: matchings.indexOf(matching),
    parameters: `${usage} ${selector} ${matching}`,
    data: hex(data),
    certificate: certificate && {
      subject: certificate.subject.text,
      issuer: certificate.issuer.text,
      serial: certificate.serial,
      notBefore: new Date(certificate.notBefore * 1000).toISOString(),
      notAfter: new Date(certificate.notAfter * 1000).toISOString(),
    },
  };
}

type Given = (name: string) => string | undefined;

function parametersOf(given: Given): Parameters {
  const choose = <T>(option: string, parse: (text: string) => T | undefined, table: readonly string[]): T => {
    const text = given(option) ?? '';
    const value = parse(text);
    if (value === undefined) throw new UsageError(`--${option} ${quote(text)}: expected ${choices(table)}`);
    return value;
  };
  const parameters = {
    usage: choose('usage', parseUsage, usages),
    selector: choose('selector', parseSelector, selectors),
    matching: choose('matching', parseMatching, matchings),
  };
  if (given('anchor') !== undefined && !isAnchorUsage(parameters.usage)) {
    throw new UsageError(`--anchor is for DANE-TA and PKIX-TA: ${parameters.usage} takes the server certificate`);
  }
  return parameters;
}

interface Place {
  readonly port: number;
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  readonly host?: Name;
  readonly owner?: Name;
}

/** Undefined where no service is named. */
async function placeOf(given: Given): Promise<Place | undefined> {
  const [hostText, serviceText, portText] = [given('host'), given('service'), given('port')];
  const protocol = given('protocol') as Place['protocol'] | undefined;
  if (serviceText !== undefined && portText !== undefined) {
    throw new UsageError('--service and --port say the same thing: give one of them');
  }
  const { parsePort, parseService, tlsaOwner } = await import('../dane/services.ts');
  let place: Place | undefined;
  if (serviceText !== undefined) {
    const text = protocol === undefined || serviceText.includes('/') ? serviceText : `${serviceText}/${protocol}`;
    const service = parseService(text);
    if ('error' in service) throw new UsageError(`--service ${quote(serviceText)} ${service.error}`);
    if (protocol !== undefined && protocol !== service.protocol) {
      throw new UsageError(`--service ${quote(serviceText)} and --protocol ${protocol} differ`);
    }
    place = { port: service.port, protocol: service.protocol };
  } else if (portText !== undefined) {
    const port = parsePort(portText);
    if (port === undefined) throw new UsageError(`--port ${quote(portText)}: expected a number from 1 to 65535`);
    place = { port, protocol: protocol ?? 'tcp' };
  }
  if (hostText === undefined) return place;
  if (place === undefined) throw new UsageError('--host needs --service or --port: a TLSA record belongs to a service');
  const host = parseName(hostText);
  if (typeof host !== 'string') throw new UsageError(`--host ${quote(hostText)} ${host.error}`);
  const owner = tlsaOwner(host, place.port, place.protocol);
  if (typeof owner !== 'string') throw new UsageError(`--host ${quote(hostText)} with its service ${owner.error}`);
  return { ...place, host, owner };
}

/** One line end at the end of the file is not part of the passphrase. */
function passphraseOf(host: Host, file: string | undefined): string | undefined {
  if (file === undefined) return host.environment('DANEZONE_PASSPHRASE');
  return Buffer.from(host.files.read(resolve(host.workingFolder, file)))
    .toString('utf8')
    .replace(/\r?\n$/, '');
}

async function show(host: Host, globals: Globals, problems: readonly Problem[]): Promise<void> {
  const { renderProblems } = await import('../text/render.ts');
  const shown = shownProblems(globals, problems);
  // Lines of certificate and key files are never quoted.
  const source = () => undefined;
  host.stderr.write(renderProblems(shown, { source, colour: globals.colour, columns: host.stderr.columns }));
}
