/** The file system of one process in memory: every mutating step is numbered, and can be the last. */
import { posix } from 'node:path';
import { fileFailure } from './file-failure.ts';
import { FileError, type FileSystem, type OpenFile } from './host.ts';
import type { FileNode, FolderNode, MemoryDisk } from './memory-disk.ts';

/** The process died. Thrown by every call after it, so that no `finally` can tidy up what a dead process leaves. */
export class Crash extends Error {}

/** Counts the mutating steps of one process, and kills it, or fails, at one of them. */
export class Gate {
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

export function filesOn(disk: MemoryDisk, gate: Gate): FileSystem {
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
    async syncFiles(paths) {
      for (const path of paths) {
        const { node } = disk.lookUp('sync', path, true);
        if (node?.kind !== 'file') throw fileFailure('sync', path, 'ENOENT');
        gate.step('sync', path);
        node.safe = node.content;
      }
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
    setMode(mode) {
      gate.step('mode', path);
      file.mode = mode;
    },
    sync,
    close: sync,
    abandon: () => gate.look(),
  };
}
