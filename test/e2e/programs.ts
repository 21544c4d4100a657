/** Other people's programs in tests: found or said to be missing, started on loopback, stopped by their pid. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository: string = resolve(fileURLToPath(new URL('../..', import.meta.url)));
export const danezone: string = join(repository, 'dist/danezone.js');

/** Debian keeps servers in /usr/sbin, which is not on every user's PATH. */
export const environment = {
  ...process.env,
  PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin`,
  LC_ALL: 'C',
  TZ: 'UTC',
};

/** Whether all programs are installed; says which are not, and fails where CI demands them. */
export function have(...programs: string[]): boolean {
  const missing = programs.filter(
    (program) => spawnSync('sh', ['-c', `command -v ${program}`], { env: environment }).status !== 0,
  );
  if (missing.length === 0) return true;
  const message = `${missing.join(', ')} not installed (make e2e-install)`;
  if (process.env.DANEZONE_REQUIRE_SERVERS === '1') throw new Error(`${message}, and this run may skip nothing`);
  console.warn(`skipped: ${message}`);
  return false;
}

export interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; a timeout counts as status null. */
export function run(
  program: string,
  args: readonly string[],
  options: { cwd?: string; input?: string; timeout?: number } = {},
): Result {
  const { status, stdout, stderr } = spawnSync(program, [...args], {
    encoding: 'utf8',
    env: environment,
    maxBuffer: 1 << 28,
    timeout: options.timeout ?? 120_000,
    killSignal: 'SIGKILL',
    cwd: options.cwd,
    input: options.input ?? '',
  });
  return { status, stdout: stdout ?? '', stderr: stderr ?? '' };
}

/** Runs a program that must succeed; its standard output. */
export function must(program: string, args: readonly string[], options: { cwd?: string; input?: string } = {}): string {
  return execFileSync(program, [...args], {
    encoding: 'utf8',
    env: environment,
    maxBuffer: 1 << 28,
    cwd: options.cwd,
    input: options.input ?? '',
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'danezone-e2e-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A port that is free on loopback for TCP now; UDP on the same number is free then too, in practice. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

export interface Server {
  readonly port: number;
  /** What it wrote so far. */
  log(): string;
  stop(): Promise<void>;
}

/** A server that listens on loopback; `ready` says when. `more`: variables of its environment. */
export async function start(
  program: string,
  args: readonly string[],
  port: number,
  ready: () => Promise<boolean>,
  more: Readonly<Record<string, string>> = {},
): Promise<Server> {
  let log = '';
  const env = { ...environment, ...more };
  const child: ChildProcess = spawn(program, [...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout?.on('data', (data) => (log += data));
  child.stderr?.on('data', (data) => (log += data));
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const stop = async () => {
    child.kill('SIGTERM');
    const forced = setTimeout(() => child.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(forced);
  };
  for (let tries = 0; tries < 100; tries++) {
    if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}: ${log}`);
    if (await ready()) return { port, log: () => log, stop };
    await new Promise((later) => setTimeout(later, 100));
  }
  await stop();
  throw new Error(`${program} does not answer: ${log}`);
}

export interface ServedZone {
  readonly name: string;
  readonly file: string;
}

/** NSD serving zone files on a free port of 127.0.0.1. */
export async function startNsd(
  folder: string,
  zones: readonly ServedZone[],
  ready: (port: number) => Promise<boolean>,
): Promise<Server> {
  const port = await freePort();
  const own = join(folder, `nsd-${port}`);
  mkdirSync(own);
  const config = join(own, 'nsd.conf');
  writeFileSync(config, nsdConf(own, `127.0.0.1@${port}`, zones));
  return start('nsd', ['-d', '-c', config], port, () => ready(port));
}

/** A configuration of NSD: its files in `own`, every zone from its file, `address` as `ip-address` takes it. */
export function nsdConf(
  own: string,
  address: string,
  zones: readonly { readonly name: string; readonly file: string }[],
): string {
  return `server:
  ip-address: ${address}
  zonesdir: ""
  username: ""
  chroot: ""
  database: ""
  pidfile: "${own}/nsd.pid"
  xfrdfile: "${own}/xfrd.state"
  zonelistfile: "${own}/zone.list"
  xfrdir: "${own}"
  server-count: 1
  rrl-ratelimit: 0
  verbosity: 1
remote-control:
  control-enable: no
${zones.map(({ name, file }) => `zone:\n  name: "${name}"\n  zonefile: "${file}"\n`).join('')}`;
}

/** Lines of `server:` for an Unbound with everything of its own in a folder, which answers and asks on loopback alone. */
export function unboundAlone(own: string): string {
  return `  username: ""
  chroot: ""
  directory: "${own}"
  pidfile: "${own}/unbound.pid"
  use-syslog: no
  verbosity: 1
  val-log-level: 2
  do-not-query-localhost: no
  do-ip6: no
  num-threads: 1
  access-control: 127.0.0.0/8 allow
`;
}

/** Unbound that asks `authority` for every zone and trusts `anchors` (DS or DNSKEY records in presentation form). */
export async function startUnbound(
  folder: string,
  zones: readonly string[],
  anchors: readonly string[],
  authority: number,
  ready: (port: number) => Promise<boolean>,
): Promise<Server> {
  const port = await freePort();
  const own = join(folder, `unbound-${port}`);
  mkdirSync(own);
  const config = join(own, 'unbound.conf');
  writeFileSync(
    config,
    `server:
  interface: 127.0.0.1
  port: ${port}
${unboundAlone(own)}  module-config: "validator iterator"
  harden-algo-downgrade: yes
  qname-minimisation: no
${anchors.map((anchor) => `  trust-anchor: "${anchor.replaceAll('"', '\\"')}"\n`).join('')}${zones
  .map((name) => `  local-zone: "${name}" transparent\n`)
  .join('')}remote-control:
  control-enable: no
${zones.map((name) => `stub-zone:\n  name: "${name}"\n  stub-addr: 127.0.0.1@${authority}\n`).join('')}`,
  );
  return start('unbound', ['-d', '-c', config], port, () => ready(port));
}
