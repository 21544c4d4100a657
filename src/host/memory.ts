/**
 * A whole Host in memory, for tests: complete, deterministic, and able to die at any mutating step.
 *
 *     const host = memoryHost({ files: { '/infra/zones/a.yaml': '…' }, now: 1767225600 });
 *     host.crashAfter(7);                    // the seventh mutating step from now, and everything after it, throws Crash
 *     const next = host.restart('synced');   // a new process on what the power failure left
 */

import { inProcess } from '../parallel/executor.ts';
import type { Octets } from '../text/octets.ts';
import { fileFailure } from './file-failure.ts';
import type { EarlierVersion, Host, ThisProcess } from './host.ts';
import { MemoryDisk, type Survival, seeded } from './memory-disk.ts';
import { filesOn, Gate } from './memory-files.ts';

export { Crash } from './memory-files.ts';

export interface MemoryHostOptions {
  /** Absolute path → content, or a symlink. Durable from the start. */
  readonly files?: Readonly<Record<string, string | Octets | { readonly link: string }>>;
  /** Unix seconds. */
  readonly now?: number;
  readonly seed?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** Absolute path → its versions in git, the newest first. */
  readonly history?: Readonly<Record<string, readonly EarlierVersion[]>>;
  readonly stdin?: string | Octets;
  readonly workingFolder?: string;
  readonly isTerminal?: boolean;
}

export interface MemoryHost extends Host {
  /** Every mutating step so far, such as `rename /infra/a /infra/b`. */
  readonly steps: readonly string[];
  /** What was written to standard output and standard error. */
  readonly out: string;
  readonly err: string;
  /** From here on, step number `count` (1 is the next) throws Crash before it takes effect, and so does every call after it. */
  crashAfter(count: number): void;
  /** Step number `count` from here (1 is the next) is refused by the disk, once. */
  failAfter(count: number, code?: string): void;
  /** A new process with a new pid on the disk that is left; this one is dead. */
  restart(survival?: Survival): MemoryHost;
  /** Another living process of the same machine, on the same disk. */
  sibling(): MemoryHost;
  setTime(now: number): void;
  /** What a signal does: runs the registered clean-ups; the process is dead then. */
  interrupt(): void;
  /** Path → content, as text (latin1), of every file; a symlink as `-> target`. */
  tree(): Record<string, string>;
  text(path: string): string;
  /** Writes as an editor would: no step of the host, durable. */
  put(path: string, content: string | Octets): void;
  /** Makes a symlink, in the same way. */
  link(target: string, path: string): void;
}

interface Machine {
  disk: MemoryDisk;
  readonly hostName: string;
  /** pid → start of the living. */
  readonly running: Map<number, string>;
  pids: number;
}

export function memoryHost(options: MemoryHostOptions = {}): MemoryHost {
  const machine: Machine = { disk: new MemoryDisk(), hostName: 'memory', running: new Map(), pids: 100 };
  for (const [path, content] of Object.entries(options.files ?? {})) machine.disk.put(path, octetsOf(content));
  return newProcess(machine, options);
}

function newProcess(machine: Machine, options: MemoryHostOptions): MemoryHost {
  const pid = ++machine.pids;
  const self: ThisProcess = {
    hostName: machine.hostName,
    pid,
    started: `boot/${pid * 1000}`,
    startOf: (of) => machine.running.get(of),
  };
  machine.running.set(pid, self.started);

  let now = options.now ?? 1_767_225_600;
  const random = seeded((options.seed ?? 1) * 7919 + pid);
  const written = { out: '', err: '' };
  const cleanUps: (() => void)[] = [];
  const gate = new Gate();
  const disk = machine.disk;

  return {
    files: filesOn(disk, gate),
    process: self,
    now: () => now,
    entropy: (count) => Uint8Array.from({ length: count }, () => Math.floor(random() * 256)),
    executor: () => inProcess,
    earlierVersions: (path) => options.history?.[path] ?? [],
    environment: (name) => options.environment?.[name],
    workingFolder: options.workingFolder ?? '/infra',
    stdin: async () => octetsOf(options.stdin ?? '') as Octets,
    stdout: outputTo((text) => (written.out += text), options),
    stderr: outputTo((text) => (written.err += text), options),
    onInterrupt(cleanUp) {
      cleanUps.push(cleanUp);
      return () => {
        const at = cleanUps.indexOf(cleanUp);
        if (at >= 0) cleanUps.splice(at, 1);
      };
    },
    steps: gate.steps,
    get out() {
      return written.out;
    },
    get err() {
      return written.err;
    },
    crashAfter(count) {
      gate.limit = gate.taken + count;
    },
    failAfter(count, code = 'EIO') {
      gate.refusal = { at: gate.taken + count, code };
    },
    restart(survival = 'all') {
      gate.kill();
      machine.running.delete(pid);
      machine.disk = disk.afterCrash(survival);
      return newProcess(machine, { ...options, now });
    },
    sibling: () => newProcess(machine, { ...options, now }),
    setTime(to) {
      now = to;
    },
    interrupt() {
      for (const cleanUp of cleanUps.splice(0).reverse()) cleanUp();
      gate.kill();
      machine.running.delete(pid);
    },
    tree() {
      const entries = [...disk.walk()].map(({ path, node }) => [
        path,
        node.kind === 'file' ? Buffer.from(node.content).toString('latin1') : `-> ${node.target}`,
      ]);
      return Object.fromEntries(entries);
    },
    text(path) {
      const { node } = disk.lookUp('read', path, true);
      if (node?.kind !== 'file') throw fileFailure('read', path, 'ENOENT');
      return Buffer.from(node.content).toString('utf8');
    },
    put: (path, content) => disk.put(path, octetsOf(content)),
    link: (target, path) => disk.put(path, { link: target }),
  };
}

function outputTo(take: (text: string) => void, { isTerminal = false }: MemoryHostOptions) {
  return {
    write: (text: string | Octets) => take(typeof text === 'string' ? text : Buffer.from(text).toString('utf8')),
    isTerminal,
    columns: 80,
  };
}

function octetsOf<T extends Octets | { readonly link: string }>(content: string | T): Octets | T {
  return typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
}
