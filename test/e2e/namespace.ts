/**
 * A machine inside this one: a network of its own with every port free and any address on its loopback, files of its own in
 * place of those of /etc and /var, and processes that all end with it, whatever becomes of the tests. Linux namespaces; needs root.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environment, type Result, run } from './programs.ts';

export interface NamespaceOptions {
  /** IPv4 addresses that loopback has beside 127.0.0.0/8. */
  readonly addresses?: readonly string[];
  /** What stands at a path inside: a file or folder by its path outside. */
  readonly mounts?: Readonly<Record<string, string>>;
}

export interface Daemon {
  /** What it wrote so far to standard output and standard error. */
  log(): string;
  /** SIGTERM by its pid; SIGKILL after five seconds. */
  stop(): Promise<void>;
}

export interface Namespace {
  /** Runs a program inside to its end. */
  run(program: string, args: readonly string[], options?: { input?: string; timeout?: number }): Result;
  /** Starts a program that stays in the foreground; throws where it is not ready within twenty seconds. */
  start(program: string, args: readonly string[], ready: (log: string) => boolean): Promise<Daemon>;
  /** Ends every process inside. */
  close(): Promise<void>;
}

/** Why no namespace can be opened here; undefined where one can. */
export function noNamespaces(): string | undefined {
  if (process.getuid?.() !== 0) return 'private networks need root';
  const { status, stderr } = run('unshare', [...unshare, 'sh', '-c', 'mount -t proc proc /proc && ip link set lo up']);
  return status === 0 ? undefined : `private networks are not to be had here: ${stderr.trim()}`;
}

const unshare = ['--net', '--mount', '--pid', '--fork', '--kill-child=KILL', '--'];

/** The first process inside. It says its pid outside, and lives as long as its standard input, which ends with the tests. */
const first = `set -e
read -r pid rest </proc/self/stat
mount -t proc proc /proc
ip link set lo up
while [ "$1" != -- ]; do ip address add "$1/32" dev lo; shift; done
shift
while [ $# -gt 0 ]; do mount --bind "$2" "$1"; shift 2; done
echo "ready $pid"
exec cat >/dev/null`;

export async function openNamespace({ addresses = [], mounts = {} }: NamespaceOptions = {}): Promise<Namespace> {
  const args = [...unshare, 'sh', '-c', first, 'sh', ...addresses, '--', ...Object.entries(mounts).flat()];
  const holder = watch(spawn('unshare', args, { env: environment, stdio: ['pipe', 'pipe', 'pipe'] }));
  await until(() => /^ready (\d+)$/m.test(holder.log()), holder, 'the namespace');
  const pid = /^ready (\d+)$/m.exec(holder.log())?.[1] ?? '';
  const inside = (program: string, args: readonly string[]) => [
    ...['--target', pid, '--net', '--mount', '--pid', '--root', '--'],
    program,
    ...args,
  ];

  async function start(program: string, args: readonly string[], ready: (log: string) => boolean): Promise<Daemon> {
    // `nsenter` waits for the program and passes no signal on: the program says its own pid, and is told to stop by it.
    const told = inside('sh', ['-c', 'echo "pid $$"; exec "$@"', 'sh', program, ...args]);
    const daemon = watch(spawn('nsenter', told, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] }));
    await until(() => ready(daemon.log()), daemon, program);
    const own = /^pid (\d+)$/m.exec(daemon.log())?.[1] ?? '';
    const signal = (name: string) => spawnSync('nsenter', inside('kill', [`-${name}`, own]), { env: environment });
    return {
      log: daemon.log,
      stop: async () => {
        signal('TERM');
        const forced = setTimeout(() => signal('KILL'), 5000);
        await daemon.ended;
        clearTimeout(forced);
      },
    };
  }

  return {
    run: (program, args, options) => run('nsenter', inside(program, args), options),
    start,
    close: async () => {
      holder.child.stdin?.end();
      await holder.ended;
    },
  };
}

interface Watched {
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
  log(): string;
}

function watch(child: ChildProcess): Watched {
  let log = '';
  child.stdout?.on('data', (data) => (log += data));
  child.stderr?.on('data', (data) => (log += data));
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  return { child, ended, log: () => log };
}

async function until(isReady: () => boolean, { child, log }: Watched, what: string): Promise<void> {
  for (let tries = 0; tries < 800; tries++) {
    if (isReady()) return;
    if (child.exitCode !== null) throw new Error(`${what} ended with ${child.exitCode}: ${log()}`);
    await new Promise((later) => setTimeout(later, 25));
  }
  child.kill('SIGKILL');
  throw new Error(`${what} is not ready: ${log()}`);
}

/** Writes a file into a folder; its path. */
export function put(folder: string, name: string, content: string, mode = 0o644): string {
  const path = join(folder, name);
  writeFileSync(path, content, { mode });
  return path;
}
