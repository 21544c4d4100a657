/** `danezone roll cert HOST`: the next key of a server, outside the repository, and its request inside it. */
import { basename, dirname, isAbsolute, join, posix, relative, resolve, sep } from 'node:path';
import type { Host } from '../host/host.ts';
import type { NextKeyPlace, NextKeyWait } from '../pipeline/next-key.ts';
import type { Places } from '../pipeline/places.ts';
import { escapeControls, quote } from '../text/escape.ts';
import { equalOctets, hex, type Octets } from '../text/octets.ts';
import { newReport } from '../text/problem.ts';
import type { KeyChoice } from '../x509/make-request.ts';
import { type CommandSpec, Exit, type Globals, UsageError } from './command.ts';
import { placesOf, stateOption, zoneArguments } from './repository-options.ts';

export const rollCert: CommandSpec = {
  name: 'roll cert',
  arguments: [{ flags: '<host>', description: 'the host whose server gets a new key' }],
  summary: 'make the next key of a certificate and its request, so that its TLSA record is published ahead',
  description: `A new private key is written to --key-out: PKCS#8, mode 0600, outside the repository and every git work tree, never over a file. The request (PKCS#10) for the names of the current certificate is signed with it and written where next: of the certificate names a file; where there is no next:, beside the chain, and next: is added to the description. The change is shown; comments and order stay. Where the description has an unusual shape it is left alone, and the line to add is said. The next danezone build publishes the TLSA record of the key beside the current one.

With the request the authority issues the certificate, at any time; the server may use it when danezone ready says go. No octet of the private key is shown, and danezone keeps no copy.

Exit status: 0 made; 1 another request stands in its place, and nothing was made; 2 a wrong argument.`,
  options: [
    { flags: '--key-out <file>', description: 'where the private key goes: a new file, outside the repository' },
    { flags: '--service <service>', description: 'the certificate of this service, such as smtp' },
    { flags: '--certificate <name>', description: 'its name in the description, where the host has several' },
    {
      flags: '--algorithm <algorithm>',
      description:
        'ecdsa-p256, ecdsa-p384, rsa-2048, rsa-3072 or rsa-4096 (default: as the current key, else ecdsa-p256)',
    },
    { flags: '--csr-out <file>', description: 'where the request goes, inside the repository' },
    { flags: '--force', description: 'replace the request that stands there; its key is then no longer announced' },
    stateOption,
  ],
  formats: ['text', 'json'],
  examples: [
    'danezone roll cert mx1.example.org --key-out /root/keys/mx1-next.key',
    'danezone roll cert mx1.example.org --certificate mx1-rsa --algorithm rsa-3072 --key-out /root/keys/mx1-rsa-next.key',
  ],
  run: rollCertificate,
};

async function rollCertificate(
  host: Host,
  globals: Globals,
  args: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<Exit> {
  const given = (name: string) => options[name] as string | undefined;
  const { choiceLike, keyChoices, makeRequest, newKey } = await import('../x509/make-request.ts');
  const [name] = zoneArguments(args);
  const algorithm = keyChoices.find((each) => each === given('algorithm')?.toLowerCase());
  if (given('algorithm') !== undefined && algorithm === undefined) {
    throw new UsageError(`--algorithm ${quote(given('algorithm') ?? '')}: expected ${keyChoices.join(', ')}`);
  }
  const keyOut = given('keyOut');
  if (keyOut === undefined) {
    throw new UsageError('give --key-out FILE, outside the repository: that is where the private key goes');
  }
  const service = given('service');
  const point = service === undefined ? undefined : (await import('../dane/services.ts')).parseService(service);
  if (point !== undefined && 'error' in point) throw new UsageError(`--service ${quote(service ?? '')} ${point.error}`);

  const places = placesOf(host, globals, options);
  const { nextKeyPlace, nextKeyWaits } = await import('../pipeline/next-key.ts');
  const repository = await read(host, places);
  const found = nextKeyPlace(repository, { host: name, service: point, certificate: given('certificate') });
  if ('error' in found) throw new UsageError(found.error);
  const keyPath = keyPlace(host, places, keyOut);
  const request = requestPlace(host, places, given('csrOut'), found);
  const requestPath = join(places.root, request);
  const before = standing(host, requestPath);
  if (before !== undefined && options.force !== true) {
    host.stderr.write(
      `danezone: ${escapeControls(request)} is there already: its key may be announced, and others may hold it\n` +
        'Nothing was made. Roll to that key, or give --force: its record then leaves with the next build.\n',
    );
    return Exit.problems;
  }

  const choice = algorithm ?? (found.current && choiceLike(found.current)) ?? 'ecdsa-p256';
  const key = newKey(choice);
  const pem = await pemOf(makeRequest(key, found.dnsNames), key.spki);
  const named = repository.description.certificates.get(found.certificate)?.next?.value === request;
  const change = named ? undefined : await nextNamed(host, places, found, request);
  await writeAll(host, { keyPath, privatePem: key.privatePem, requestPath, pem, change });

  const { readThrough } = await import('../host/commit-record.ts');
  const { readZoneState } = await import('../pipeline/zone-state.ts');
  const { sha256 } = await import('../crypto/digest.ts');
  const now = globals.now ?? host.now();
  const files = readThrough(host.files, places.root);
  const waits = nextKeyWaits(
    repository,
    found.certificate,
    (zone) => readZoneState(files, places, zone, { now, privateHalves: 'ignore' }, newReport()).journal,
    now,
  );
  const spki = hex(sha256(key.spki));
  await say(host, globals, { name, found, choice, key: keyPath, request, spki, waits, isNamed: named, change });
  return Exit.done;
}

async function read(host: Host, places: Places) {
  const { readRepository } = await import('../pipeline/repository.ts');
  const { readThrough } = await import('../host/commit-record.ts');
  return readRepository(readThrough(host.files, places.root), places.root, [places.state], newReport());
}

const isIn = (path: string, folder: string): boolean => {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
};

/** The path with the links of its folder followed; the folder must exist. */
function realPlace({ files, workingFolder }: Host, option: string, text: string, base = workingFolder): string {
  const path = resolve(base, text);
  if (files.facts(dirname(path)) === undefined) {
    throw new UsageError(`${option} ${quote(text)}: the folder ${quote(dirname(path))} does not exist`);
  }
  return join(files.realPath(dirname(path)), basename(path));
}

/** Where nothing that is shared, committed or published by accident can take the key along. */
function keyPlace(host: Host, { root, state, output }: Places, text: string): string {
  const { files } = host;
  const path = realPlace(host, '--key-out', text);
  const refuse = (why: string) => new UsageError(`--key-out ${quote(text)} ${why}: give a new file outside of it`);
  const inside = [root, state, output].find(
    (folder) => files.facts(folder) !== undefined && isIn(path, files.realPath(folder)),
  );
  if (inside !== undefined) throw refuse(`lies in ${quote(inside)}, where no key of a server belongs`);
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (files.facts(join(folder, '.git')) !== undefined) throw refuse(`lies in the git work tree ${quote(folder)}`);
    if (folder === dirname(folder)) break;
  }
  if (files.facts(path) !== undefined) {
    throw new UsageError(`--key-out ${quote(text)} is there already: a key is never overwritten, give a new file`);
  }
  return path;
}

/** Where the description may name it; path from the root. */
function requestPlace(host: Host, { root, state, output }: Places, text: string | undefined, of: NextKeyPlace): string {
  const { files } = host;
  const option = text === undefined ? 'the request' : '--csr-out';
  const path = realPlace(host, option, text ?? of.request, text === undefined ? root : undefined);
  const realRoot = files.realPath(root);
  const closed = [state, output, join(root, '.git'), join(root, '.danezone')].map((folder) =>
    files.facts(folder) === undefined ? folder : files.realPath(folder),
  );
  if (!isIn(path, realRoot) || closed.some((folder) => isIn(path, folder))) {
    throw new UsageError(
      `${option} ${quote(text ?? of.request)} lies where the description may not name it: give a file below zones/`,
    );
  }
  return relative(realRoot, path).split(sep).join('/');
}

function standing({ files }: Host, path: string): Octets | undefined {
  const facts = files.facts(path);
  if (facts === undefined) return undefined;
  if (facts.kind !== 'file') throw new UsageError(`${quote(path)} is not a regular file: no request is written there`);
  return files.read(path);
}

/** As PEM, once it has been read back: its signature verifies, and it names the key. */
async function pemOf(der: Octets, spki: Octets): Promise<string> {
  const { readRequest } = await import('../x509/request.ts');
  const { blockText } = await import('../x509/pem.ts');
  const again = readRequest(der);
  if ('kind' in again || !again.signatureVerifies || hex(again.spki) !== hex(spki)) {
    throw new Error('the request that was made does not read back as what was meant');
  }
  const at = { file: '', line: 1, column: 1 };
  return blockText({ label: 'CERTIFICATE REQUEST', at, headers: [], octets: der });
}

/** A file of the description. */
interface Change {
  readonly path: string;
  readonly before: Octets;
  readonly after: Octets;
}

/** The description with the request under next:; undefined where a person has to write it. */
async function nextNamed(
  { files }: Host,
  { root }: Places,
  found: NextKeyPlace,
  request: string,
): Promise<Change | undefined> {
  const { withNext } = await import('../pipeline/next-key.ts');
  const path = files.realPath(join(root, found.chain.at.file));
  const before = files.read(path);
  const after = withNext(found, before, request);
  return after && { path, before, after };
}

interface Writing {
  readonly keyPath: string;
  readonly privatePem: string;
  readonly requestPath: string;
  readonly pem: string;
  readonly change?: Change;
}

/**
 * The request is announced only when its key is on the disk; a key whose request did not get there is removed again. The description names
 * the request last.
 */
async function writeAll(host: Host, { keyPath, privatePem, requestPath, pem, change }: Writing): Promise<void> {
  const { files } = host;
  const { stageFile } = await import('./staged-file.ts');
  const stage = stageFile(host, requestPath);
  const yaml = change && stageFile(host, change.path);
  let hasKey = false;
  try {
    stage.setMode(0o644);
    stage.write(Buffer.from(pem));
    stage.close();
    if (change !== undefined) {
      yaml?.setMode(files.facts(change.path)?.mode ?? 0o644);
      yaml?.write(change.after);
      yaml?.close();
    }
    const file = files.create(keyPath, 0o600);
    hasKey = true;
    file.write(Buffer.from(privatePem));
    file.close();
    files.syncFolder(dirname(keyPath));
    stage.commit();
    if (change === undefined) return;
    if (equalOctets(files.read(change.path), change.before)) yaml?.commit();
    else throw new UsageError(`${quote(change.path)} was changed by somebody else meanwhile: add next: by hand`);
  } catch (error) {
    if (hasKey && files.facts(stage.path) !== undefined) files.remove(keyPath);
    throw error;
  } finally {
    stage.discard();
    yaml?.discard();
  }
}

interface Made {
  readonly name: string;
  readonly found: NextKeyPlace;
  readonly choice: KeyChoice;
  readonly key: string;
  readonly request: string;
  /** SHA-256 of the public key. */
  readonly spki: string;
  readonly waits: readonly NextKeyWait[];
  /** The description named the request already. */
  readonly isNamed: boolean;
  readonly change?: Change;
}

async function say(host: Host, { format, quiet }: Globals, made: Made): Promise<void> {
  const { found, choice, key, request, spki, waits, isNamed, change } = made;
  const { at } = found.chain;
  const line = `next: ${posix.relative(posix.dirname(at.file), request)}`;
  const { printDuration } = await import('../text/duration.ts');
  if (format === 'json') {
    const { jsonText } = await import('../text/annotations.ts');
    const { name, found: of } = made;
    host.stdout.write(
      jsonText({
        host: name,
        certificate: of.certificate,
        algorithm: choice,
        names: of.dnsNames,
        key,
        request,
        spki,
        changed: change && at.file,
        add: isNamed || change ? undefined : { file: at.file, line: at.line, text: line },
        waits: waits.map(({ host: of, service, zone, wait }) => ({ host: of, service: service.name, zone, ...wait })),
      }),
    );
    return;
  }
  if (quiet) return;
  const name = made.name.replace(/\.$/, '');
  const zones = [...new Set(waits.map(({ zone }) => zone.replace(/(?<=.)\.$/, '')))].join(' ');
  const edit = found.named
    ? `in ${at.file}, certificates.${found.certificate}, change next: so that it says: ${line}`
    : `in ${at.file}:${at.line}, certificates.${found.certificate}, beside chain: ${found.chain.text}, add: ${line}`;
  const formulas = waits.map(({ host: of, service, wait }) =>
    wait === undefined
      ? `     ${of.replace(/\.$/, '')} ${service.name}: no record is made of a request here; ask with --certificate once the certificate is there\n`
      : `     ${of.replace(/\.$/, '')} ${service.name}: ${wait.text}: ${printDuration(wait.seconds)} in all\n`,
  );
  const steps = [
    ...(isNamed || change ? [] : [`${edit}\n`]),
    'danezone build, and publish its zones\n',
    `danezone confirm published${zones === '' ? '' : ` ${zones}`}, when every name server shows them\n`,
    `danezone ready ${name}, until it says go\n${formulas.join('')}`,
    `let the authority issue with ${request} (certbot certonly --csr, lego --csr), now or later\n`,
    'after go: switch the server to the new key and its certificate\n',
    `put the new certificate under chain:, take next: away, build, and danezone confirm cert-served ${name}\n`,
  ];
  host.stdout.write(
    escapeControlsOfLines(
      `${choice} key for ${found.certificate}: ${found.dnsNames.join(', ')}\n` +
        `  wrote ${key} (mode 0600; there is no other copy)\n` +
        `  wrote ${request}\n` +
        (change ? `  changed ${at.file}:\n${changedLines(change)}` : '') +
        `  SHA-256 of its public key: ${spki}\n` +
        'What follows (docs/acme.md):\n' +
        steps.map((step, at) => `  ${at + 1}. ${step}`).join(''),
    ),
  );
}

/** What differs, line by line. */
function changedLines({ before, after }: Change): string {
  const [old, now] = [before, after].map((octets) => Buffer.from(octets).toString('utf8').split(/\r?\n/));
  let start = 0;
  while (start < old.length && old[start] === now[start]) start++;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end++;
  const shown = (mark: string, lines: readonly string[]) =>
    lines.slice(start, lines.length - end).map((line) => `    ${mark} ${line}\n`);
  return [...shown('-', old), ...shown('+', now)].join('');
}

const escapeControlsOfLines = (text: string): string => text.split('\n').map(escapeControls).join('\n');
