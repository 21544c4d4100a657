/**
 * docs/acme.md as a new user follows it: certbot and lego get certificates with new keys from Pebble, an ACME server for tests, the
 * scripts of docs/acme offer and activate them, and danezone counts the wait on a clock that is put forward.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  danezone,
  environment,
  freePort,
  have,
  must,
  repository,
  type Server,
  start,
  temporaryFolder,
} from './programs.ts';

const isHere = have('certbot', 'lego', 'pebble', 'openssl');
const scripts = join(repository, 'docs/acme');
const domain = 'mx1.example.org';
const listens = (port: number) =>
  new Promise<boolean>((answer) => {
    const socket = connect(port, '127.0.0.1', () => answer(socket.destroy().destroyed)).on('error', () =>
      answer(false),
    );
  });
const begin = Math.floor(Date.now() / 1000);

const description = `
nameserver-sets: {ours: [ns1.example.org, ns2.example.net]}
policies: {default: {publication: {by-build: {after: 0s}}}}
certificates:
  mx1: {chain: certs/mx1.pem, next: certs/mx1-next.pem}
hosts:
  ns1.example.org: {addresses: [192.0.2.1]}
  mx1.example.org: {addresses: [192.0.2.25], services: {smtp: mx1}}
domains:
  example.org: {nameservers: ours, mail: [{host: mx1.example.org}]}
`;

describe.skipIf(!isHere)('a renewal with a new key', () => {
  const folder = temporaryFolder();
  const at = (...path: string[]) => join(folder.path, ...path);
  let server: Server;
  let directory = '';
  let http = 0;

  beforeAll(async () => {
    for (const name of ['bin', 'conf']) mkdirSync(at(name));
    for (const name of ['danezone-offer', 'danezone-activate']) copyFileSync(join(scripts, name), at('bin', name));
    writeFileSync(at('bin/danezone'), `#!/bin/sh\nexec ${process.execPath} ${danezone} "$@"\n`);
    writeFileSync(at('bin/reload'), `#!/bin/sh\necho reload >> ${at('reloads')}\n`);
    for (const name of ['danezone', 'reload', 'danezone-offer', 'danezone-activate']) chmodSync(at('bin', name), 0o755);
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', at('ca.key')];
    must('openssl', ['req', '-x509', ...key, '-out', at('ca.pem'), '-days', '2', ...subject]);
    const [port, management] = [await freePort(), await freePort()];
    http = await freePort();
    const pebble = {
      listenAddress: `127.0.0.1:${port}`,
      managementListenAddress: `127.0.0.1:${management}`,
      certificate: at('ca.pem'),
      privateKey: at('ca.key'),
      httpPort: http,
      tlsPort: http,
      ocspResponderURL: '',
      externalAccountBindingRequired: false,
    };
    writeFileSync(at('pebble.json'), JSON.stringify({ pebble }));
    directory = `https://localhost:${port}/dir`;
    // Whether names are under somebody's control is not what is tested here.
    const trusting = { PEBBLE_VA_ALWAYS_VALID: '1', PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '0' };
    server = await start('pebble', ['-config', at('pebble.json')], port, () => listens(port), trusting);
  });
  afterAll(async () => {
    await server?.stop();
    folder.remove();
  });

  const variables = (minutes: number) => ({
    ...environment,
    PATH: `${at('bin')}:${environment.PATH}`,
    DANEZONE_ACME: at('conf'),
    REQUESTS_CA_BUNDLE: at('ca.pem'),
    LEGO_CA_CERTIFICATES: at('ca.pem'),
    NOW: String(begin + minutes * 60),
  });
  const sh = (minutes: number, command: string, ...args: string[]) =>
    spawnSync(command, args, { cwd: folder.path, env: variables(minutes), encoding: 'utf8' });
  const ok = (minutes: number, command: string, ...args: string[]) =>
    execFileSync(command, args, { cwd: folder.path, env: variables(minutes), encoding: 'utf8', stdio: 'pipe' });

  const certbot = (...args: string[]) => [
    'certbot',
    ...args,
    ...['--config-dir', at('le'), '--work-dir', at('le-work'), '--logs-dir', at('le-logs'), '-n'],
  ];
  const lego = (...args: string[]) => [
    'lego',
    ...['--server', directory, '--accept-tos', '--path', at('lego'), '--domains', domain],
    ...['--email', 'hostmaster@example.org', '--http', '--http.port', `:${http}`],
    ...args,
  ];
  const account = () => ['--server', directory, '--agree-tos', '-m', 'hostmaster@example.org'];
  const standalone = () => ['--standalone', '--http-01-port', String(http)];
  const hook = 'danezone-offer mx1';

  test.each([
    {
      client: 'certbot',
      chain: 'le/live/mx1.example.org/fullchain.pem',
      key: 'le/live/mx1.example.org/privkey.pem',
      first: () => certbot('certonly', '--cert-name', domain, '-d', domain, ...account(), ...standalone()),
      renew: () => certbot('renew', '--force-renewal', '--no-random-sleep-on-renew', '--deploy-hook', hook),
    },
    {
      client: 'lego',
      chain: 'lego/certificates/mx1.example.org.crt',
      key: 'lego/certificates/mx1.example.org.key',
      first: () => lego('run'),
      renew: () => lego('renew', '--days', '9999', '--no-random-sleep', '--renew-hook', hook),
    },
  ])('by $client is offered, waits until every cache has its record, goes into service, and the old record leaves', ({
    client,
    chain,
    key,
    first,
    renew,
  }) => {
    const root = at(`repository-${client}`);
    const [certs, active] = [join(root, 'zones/certs'), at(`active-${client}`)];
    for (const path of [certs, active]) mkdirSync(path, { recursive: true });
    writeFileSync(join(root, 'zones/org.yaml'), description);
    const of = '--now "$NOW" --rehearsal';
    const follow = `cp zones/certs/mx1-next.pem zones/certs/mx1.pem && danezone confirm cert-served ${domain} ${of} && danezone build ${of}`;
    const conf = [
      `HOST=${domain} SERVICE=smtp CHAIN=${at(chain)} KEY=${at(key)} ACTIVE=${active}/mx1 RELOAD=reload`,
      `READY="--root ${root} --now $NOW" NEXT=${certs}/mx1-next.pem`,
      `OFFER='danezone build --root ${root} ${of}' AFTER='cd ${root} && ${follow}'`,
    ];
    writeFileSync(at('conf/mx1.conf'), `${conf.join('\n')}\n`);
    const tlsa = () => readFileSync(join(root, 'build/example.org.zone'), 'utf8').match(/\tTLSA\t/g)?.length;
    const build = (minutes: number) =>
      ok(minutes, 'danezone', 'build', '--root', root, '--now', String(begin + minutes * 60), '--rehearsal');
    const served = () => readFileSync(`${active}/mx1/fullchain.pem`, 'utf8');
    const issued = () => readFileSync(at(chain), 'utf8');

    const [command, ...args] = first();
    ok(0, command, ...args);
    for (const name of ['mx1.pem', 'mx1-next.pem']) copyFileSync(at(chain), join(certs, name));
    build(1);
    ok(1, 'danezone-activate', 'mx1');
    expect([tlsa(), served()]).toEqual([1, issued()]);
    for (const minutes of [2000, 4000, 6000]) build(minutes);
    expect(readFileSync(join(root, 'build/example.org.ds'), 'utf8')).toContain('\tDS\t');

    for (const start of [20_000, 40_000]) {
      const old = served();
      const [program, ...options] = renew();
      ok(start, program, ...options);
      expect([tlsa(), served() === old, issued() === old]).toEqual([2, true, false]);
      // One hour of propagation and 2 × 15 minutes: 90 minutes.
      expect([sh(start + 89, 'danezone-activate', 'mx1').status, served() === old]).toEqual([0, true]);
      expect([sh(start + 91, 'danezone-activate', 'mx1').status, served()]).toEqual([0, issued()]);
      expect(tlsa()).toBe(2);
      build(start + 91 + 61);
      expect(tlsa()).toBe(1);
    }
  });

  test.each([
    [
      'certbot',
      (csr: string, to: string) =>
        certbot('certonly', '--csr', csr, '--fullchain-path', to, ...account(), ...standalone()),
    ],
    ['lego', (csr: string) => lego('--csr', csr, 'run').filter((word) => word !== '--domains' && word !== domain)],
  ] as const)('by %s with the request of roll cert gets the certificate of the key that was made ahead', (client, issue) => {
    const root = at(`repository-${client}`);
    const secret = at(`next-${client}.key`);
    const csr = join(root, 'zones/certs/mx1-next.pem');
    ok(60_000, 'danezone', 'roll', 'cert', domain, '--root', root, '--force', '--key-out', secret);
    const chain = at(`csr-${client}.pem`);
    const [command, ...args] = issue(csr, chain);
    ok(60_000, command, ...args);
    const got = client === 'certbot' ? chain : at('lego/certificates/mx1.example.org.crt');
    const [ofChain, ofKey] = [
      must('openssl', ['x509', '-in', got, '-noout', '-pubkey']),
      must('openssl', ['pkey', '-in', secret, '-pubout']),
    ];
    expect(ofChain).toBe(ofKey);
  });
});
