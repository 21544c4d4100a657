/**
 * A whole Host in memory, for tests: complete, deterministic, and able to die at any mutating step.
 *
 *     const host = memoryHost({ files: { '/work/zones/a.yaml': '…' }, now: 1767225600 });
 *     host.crashAfter(7);                    // the seventh mutating step from now, and everything after it, throws Crash
 *     const next = host.restart('synced');   // a new process on what the power failure left
 */
import { posix } from 'node:path';
import type { Octets } from '../text/octets.ts';
import { inProcess } from '../work/executor.ts';
import { fileFailure } from './file-failure.ts';
import { FileError, type FileSystem, type Host, type OpenFile, type ThisProcess } from './host.ts';
import { type FileNode, type FolderNode, MemoryDisk, type Survival, seeded } from './memory-disk.ts';

/** The process died. Thrown by every call after it, so that no `finally` can tidy up what a dead process leaves. */
export class Crash extends Error {}

export interface MemoryHostOptions {
  /** Absolute path → content, or a symlink. Durable from the start. */
  readonly files?: Readonly<Record<string, string | Octets | { readonly link: string }>>;
  /** Unix seconds. */
  readonly now?: number;
  readonly seed?: number;
  readonly environment?: Readonly<Record<string, string>>;
  readonly stdin?: string | Octets;
  readonly workingFolder?: string;
  readonly isTerminal?: boolean;
}

export interface MemoryHost extends Host {
  /** Every mutating step so far, such as `rename /work/a /work/b`. */
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
    environment: (name) => options.environment?.[name],
    workingFolder: options.workingFolder ?? '/work',
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

/** Counts the mutating steps of one process, and kills it, or fails, at one of them. */
class Gate {
  readonly steps: string[] = [];
  /** Steps that were tried. */
  taken = 0;
  limit = Number.POSITIVE_INFINITY;
  refusal: { readonly at: number; readonly code: string } | undefined;
  #dead = false;

  kill(): void {
    this.#dead = true;
  }

  look(): void {
    if (this.#dead) throw new Crash('the process is dead');
  }

  step(action: string, path: string, to?: string): void {
    this.look();
    this.taken++;
    const step = to === undefined ? `${action} ${path}` : `${action} ${path} ${to}`;
    if (this.taken >= this.limit) {
      this.#dead = true;
      throw new Crash(`died before step ${this.taken}: ${step}`);
    }
    if (this.taken === this.refusal?.at) throw fileFailure(action, path, this.refusal.code);
    this.steps.push(step);
  }
}

function filesOn(disk: MemoryDisk, gate: Gate): FileSystem {
  /** The folder and the last name of a path that is to be made, replaced or removed. */
  const place = (action: string, path: string): { at: FolderNode; name: string } => ({
    at: disk.folderAt(action, posix.dirname(path)),
    name: posix.basename(path),
  });

  const create = (path: string, mode: number): FileNode => {
    const { at, name } = place('create', path);
    if (at.entries.has(name)) throw fileFailure('create', path, 'EEXIST');
    gate.step('create', path);
    const file = disk.newFile(mode);
    disk.change(at, [[name, file]]);
    return file;
  };

  const move = (from: string, to: string): void => {
    const source = place('put in place', from);
    const target = place('put in place', to);
    const node = source.at.entries.get(source.name);
    if (node === undefined) throw fileFailure('put in place', to, 'ENOENT');
    const before = target.at.entries.get(target.name);
    if (before?.kind === 'folder') throw fileFailure('put in place', to, 'EISDIR');
    gate.step('rename', from, to);
    // POSIX: two names of one file stay as they are.
    if (before === node) return;
    if (source.at === target.at) {
      disk.change(source.at, [
        [source.name, undefined],
        [target.name, node],
      ]);
    } else {
      disk.change(target.at, [[target.name, node]]);
      disk.change(source.at, [[source.name, undefined]]);
    }
  };

  const makeFolder = (path: string, mode: number): void => {
    const { node } = disk.lookUp('make the folder', path, true);
    if (node?.kind === 'folder') return;
    if (node !== undefined) throw fileFailure('make the folder', path, 'EEXIST');
    makeFolder(posix.dirname(path), mode);
    const { at, name } = place('make the folder', path);
    gate.step('folder', path);
    disk.change(at, [[name, disk.newFolder(mode)]]);
  };

  return {
    read(path) {
      gate.look();
      const { node } = disk.lookUp('read', path, true);
      if (node === undefined) throw fileFailure('read', path, 'ENOENT');
      if (node.kind !== 'file') throw fileFailure('read', path, 'EISDIR');
      return Buffer.from(node.content);
    },
    facts(path) {
      gate.look();
      const node = below(path, () => disk.lookUp('look at', path, false).node);
      if (node === undefined) return undefined;
      return {
        kind: node.kind,
        size: node.kind === 'file' ? node.content.length : 0,
        modified: node.kind === 'file' ? String(node.modified) : '0',
        inode: String(node.inode),
        mode: node.kind === 'symlink' ? 0o777 : node.mode,
      };
    },
    realPath(path) {
      gate.look();
      const { node, real } = disk.lookUp('follow', path, true);
      if (node === undefined) throw fileFailure('follow', path, 'ENOENT');
      return real;
    },
    list(path) {
      gate.look();
      const { node } = disk.lookUp('list', path, true);
      if (node === undefined) return [];
      if (node.kind !== 'folder') throw fileFailure('list', path, 'ENOTDIR');
      return [...node.entries.keys()].sort();
    },
    makeFolder(path, mode = 0o777) {
      gate.look();
      makeFolder(path, mode);
    },
    writeNew(path, octets, mode = 0o644) {
      const file = openFile(path, create(path, mode), disk, gate);
      file.write(octets);
      file.close();
    },
    create: (path, mode = 0o644) => openFile(path, create(path, mode), disk, gate),
    rename: move,
    renameNew(from, to) {
      const source = place('put in place', from);
      const target = place('put in place', to);
      const node = source.at.entries.get(source.name);
      if (node === undefined) throw fileFailure('put in place', to, 'ENOENT');
      if (target.at.entries.has(target.name)) throw fileFailure('put in place', to, 'EEXIST');
      gate.step('link', from, to);
      disk.change(target.at, [[target.name, node]]);
      gate.step('unlink', from);
      disk.change(source.at, [[source.name, undefined]]);
    },
    remove(path) {
      const { at, name } = place('remove', path);
      const node = at.entries.get(name);
      if (node === undefined) throw fileFailure('remove', path, 'ENOENT');
      if (node.kind === 'folder') throw fileFailure('remove', path, 'EISDIR');
      gate.step('remove', path);
      disk.change(at, [[name, undefined]]);
    },
    syncFolder(path) {
      const at = disk.folderAt('sync', path);
      gate.step('sync folder', path);
      disk.syncFolder(at);
    },
  };
}

/** Nothing stands below a file. */
function below<T>(path: string, look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (error instanceof FileError && error.code === 'ENOTDIR' && error.path === path) return undefined;
    throw error;
  }
}

function openFile(path: string, file: FileNode, disk: MemoryDisk, gate: Gate): OpenFile {
  const sync = () => {
    gate.step('sync', path);
    file.safe = file.content;
  };
  return {
    write(octets) {
      gate.step('write', path);
      file.content = Buffer.concat([file.content, octets]);
      disk.touch(file);
    },
    sync,
    close: sync,
    abandon: () => gate.look(),
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
