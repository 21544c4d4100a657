/**
 * A disk in memory for tests: what processes see, and what a crash leaves of it.
 *
 * Durability is modelled as the strictest file system that POSIX allows, short of tearing a rename: the content of a file is
 * safe after its fsync, an entry of a folder after the folder's. `afterCrash` says what a power failure leaves.
 */
import { posix } from 'node:path';
import type { Octets } from '../text/octets.ts';
import { fileFailure } from './file-failure.ts';

export interface FileNode {
  readonly kind: 'file';
  readonly inode: number;
  mode: number;
  content: Octets;
  modified: bigint;
  /** What fsync has made safe. */
  safe: Octets;
}

export interface LinkNode {
  readonly kind: 'symlink';
  readonly inode: number;
  readonly target: string;
}

export interface FolderNode {
  readonly kind: 'folder';
  readonly inode: number;
  readonly mode: number;
  entries: Map<string, Node>;
  safe: Map<string, Node>;
  /** Changes since the last sync of the folder, each whole or not at all. */
  changes: Change[];
}

export type Node = FileNode | LinkNode | FolderNode;

/** Entries that are set (a node) or taken away (undefined) in one step. */
type Change = readonly (readonly [name: string, node: Node | undefined])[];

/**
 * What survives a crash: `all` (only the process died), `synced` (the power failed and took all that was not synced), or a
 * number, the seed of a choice per folder and file (of a folder's unsynced changes the first few survive, of a file's
 * unsynced content a part).
 */
export type Survival = 'all' | 'synced' | number;

export class MemoryDisk {
  readonly root: FolderNode = folder(1, 0o755);
  #inodes = 1;
  #clock = 0n;

  /** Puts a file there as if it had been there for long: durable. */
  put(path: string, content: Octets | { readonly link: string }, mode = 0o644): void {
    const at = this.#makeDurable(posix.dirname(path));
    const node: Node =
      content instanceof Uint8Array
        ? { kind: 'file', inode: ++this.#inodes, mode, content, safe: content, modified: ++this.#clock }
        : { kind: 'symlink', inode: ++this.#inodes, target: content.link };
    at.entries.set(posix.basename(path), node);
    at.safe.set(posix.basename(path), node);
  }

  newFile(mode: number): FileNode {
    const none = new Uint8Array(0);
    return { kind: 'file', inode: ++this.#inodes, mode, content: none, safe: none, modified: ++this.#clock };
  }

  newFolder(mode: number): FolderNode {
    return folder(++this.#inodes, mode);
  }

  touch(file: FileNode): void {
    file.modified = ++this.#clock;
  }

  change(at: FolderNode, change: Change): void {
    apply(at.entries, change);
    at.changes.push(change);
  }

  syncFolder(at: FolderNode): void {
    at.safe = new Map(at.entries);
    at.changes = [];
  }

  /**
   * The node at a path; undefined where there is nothing. Symlinks on the way are followed, one at the end only if `follow`.
   * `action` and `path` make the error.
   */
  lookUp(action: string, path: string, follow: boolean): { readonly node: Node | undefined; readonly real: string } {
    let rest = path.split('/').filter((part) => part !== '' && part !== '.');
    let trail: { readonly name: string; readonly folder: FolderNode }[] = [];
    let at: Node = this.root;
    for (let links = 0; rest.length > 0; ) {
      const [name, ...after] = rest;
      rest = after;
      if (name === '..') {
        at = trail.pop()?.folder ?? this.root;
        continue;
      }
      if (at.kind !== 'folder') throw fileFailure(action, path, 'ENOTDIR');
      const next = at.entries.get(name);
      const real = `/${[...trail.map((step) => step.name), name].join('/')}`;
      if (next === undefined) return { node: undefined, real };
      if (next.kind === 'symlink' && (follow || rest.length > 0)) {
        if (++links > 40) throw fileFailure(action, path, 'ELOOP');
        rest = [...next.target.split('/').filter((part) => part !== '' && part !== '.'), ...rest];
        if (next.target.startsWith('/')) {
          at = this.root;
          trail = [];
        }
        continue;
      }
      trail.push({ name, folder: at });
      at = next;
    }
    return { node: at, real: `/${trail.map((step) => step.name).join('/')}` };
  }

  folderAt(action: string, path: string): FolderNode {
    const { node } = this.lookUp(action, path, true);
    if (node === undefined) throw fileFailure(action, path, 'ENOENT');
    if (node.kind !== 'folder') throw fileFailure(action, path, 'ENOTDIR');
    return node;
  }

  /** Every file and symlink with its content. */
  *walk(at: FolderNode = this.root, path = ''): Generator<{ path: string; node: FileNode | LinkNode }> {
    for (const name of [...at.entries.keys()].sort()) {
      const node = at.entries.get(name)!;
      if (node.kind === 'folder') yield* this.walk(node, `${path}/${name}`);
      else yield { path: `${path}/${name}`, node };
    }
  }

  /** The disk that the next process finds. */
  afterCrash(survival: Survival): MemoryDisk {
    const disk = new MemoryDisk();
    disk.#inodes = this.#inodes;
    disk.#clock = this.#clock;
    const chance = typeof survival === 'number' ? seeded(survival) : undefined;
    const kept = new Map<Node, Node>();
    const survivor = (node: Node): Node => {
      const before = kept.get(node);
      if (before !== undefined) return before;
      const after = rebuilt(node);
      kept.set(node, after);
      if (after.kind === 'folder' && node.kind === 'folder') fill(node, after);
      return after;
    };
    const rebuilt = (node: Node): Node => {
      if (node.kind === 'symlink') return node;
      if (node.kind === 'folder') return folder(node.inode, node.mode);
      const content = survival === 'all' ? node.content : survival === 'synced' ? node.safe : torn(node, chance!);
      return { ...node, content, safe: content };
    };
    const fill = (from: FolderNode, to: FolderNode) => {
      const count =
        survival === 'all'
          ? from.changes.length
          : survival === 'synced'
            ? 0
            : Math.floor(chance!() * (from.changes.length + 1));
      const entries = new Map(from.safe);
      for (const change of from.changes.slice(0, count)) apply(entries, change);
      for (const [name, node] of entries) to.entries.set(name, survivor(node));
      to.safe = new Map(to.entries);
    };
    fill(this.root, disk.root);
    return disk;
  }

  #makeDurable(path: string): FolderNode {
    let at = this.root;
    for (const name of path.split('/').filter((part) => part !== '')) {
      const next = at.entries.get(name) ?? this.newFolder(0o755);
      if (next.kind !== 'folder') throw fileFailure('make the folder', path, 'ENOTDIR');
      at.entries.set(name, next);
      at.safe.set(name, next);
      at = next;
    }
    return at;
  }
}

function folder(inode: number, mode: number): FolderNode {
  return { kind: 'folder', inode, mode, entries: new Map(), safe: new Map(), changes: [] };
}

function apply(entries: Map<string, Node>, change: Change): void {
  for (const [name, node] of change) {
    if (node === undefined) entries.delete(name);
    else entries.set(name, node);
  }
}

function torn(file: FileNode, chance: () => number): Octets {
  if (file.content === file.safe) return file.safe;
  const choice = chance();
  if (choice < 1 / 3) return file.safe;
  if (choice < 2 / 3) return file.content;
  // Files only grow, so what was safe is not touched by a write that was cut off.
  const added = file.content.length - file.safe.length;
  return file.content.subarray(0, file.safe.length + Math.floor(chance() * added));
}

/** mulberry32: numbers in [0, 1) that a seed decides. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}
