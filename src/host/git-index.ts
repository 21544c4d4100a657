/**
 * The paths that git tracks, read from its index without running git: `check` must not run what a repository's
 * configuration names (`core.fsmonitor`, for one). Source: the "index-format" page of git's technical documentation.
 */
import { createHash } from 'node:crypto';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { ReadableFiles } from './host.ts';

/** Octets in front of an entry's flags: ten 32-bit fields of stat and the object's SHA-1. */
const statLength = 40 + 20;
const extendedFlag = 0x4000;

/** A tracked file as the index has it. */
export interface IndexEntry {
  readonly path: string;
  /** SHA-1 of the blob, in hexadecimal. */
  readonly blob: string;
  /** When git looked at it last: octets modulo 2^32, and nanoseconds since the epoch as `FileFacts.modified` has them. */
  readonly size: number;
  readonly modified: string;
}

/** The work tree in which `folder` stands, and where its repository is; undefined where there is none. */
export function workTreeOf(files: ReadableFiles, folder: string): { top: string; git: string } | undefined {
  for (let top = folder; ; top = dirname(top)) {
    const git = gitFolder(files, top);
    if (git !== undefined) return { top, git };
    if (dirname(top) === top) return undefined;
  }
}

/**
 * Tracked files below `root`, their paths relative to it and sorted as in the index; undefined where `root` does not stand in a
 * work tree or the index has a form that is not known here (then nothing is said about tracked files).
 */
export function indexBelow(files: ReadableFiles, root: string): IndexEntry[] | undefined {
  const tree = workTreeOf(files, root);
  if (tree === undefined) return undefined;
  const path = join(tree.git, 'index');
  if (files.facts(path)?.kind !== 'file') return [];
  const way = relative(tree.top, root).split(sep).join('/');
  const prefix = way === '' ? '' : `${way}/`;
  const all = parseIndexEntries(Buffer.from(files.read(path)));
  return all
    ?.filter((entry) => entry.path.startsWith(prefix))
    .map((entry) => ({ ...entry, path: entry.path.slice(prefix.length) }));
}

/** The paths of `indexBelow`. */
export function trackedFiles(files: ReadableFiles, root: string): string[] | undefined {
  return indexBelow(files, root)?.map(({ path }) => path);
}

/** Whether a file is no longer what the index has. */
export function differsFromIndex(files: ReadableFiles, path: string, entry: IndexEntry): boolean {
  const facts = files.facts(path);
  if (facts?.kind !== 'file') return true;
  if (facts.size >>> 0 === entry.size && facts.modified === entry.modified) return false;
  const octets = files.read(path);
  return createHash('sha1').update(`blob ${octets.length}\0`).update(octets).digest('hex') !== entry.blob;
}

/** `.git` is a folder, or in a linked work tree a file that names it. */
function gitFolder(files: ReadableFiles, root: string): string | undefined {
  const path = join(root, '.git');
  const kind = files.facts(path)?.kind;
  if (kind === 'folder') return path;
  if (kind !== 'file') return undefined;
  const link = /^gitdir: (.+?)\s*$/.exec(Buffer.from(files.read(path)).toString('utf8'));
  return link === null ? undefined : resolve(dirname(path), link[1]);
}

/** The paths of an index. */
export function parseIndex(index: Buffer): string[] | undefined {
  return parseIndexEntries(index)?.map(({ path }) => path);
}

/** Versions 2 to 4 with SHA-1 object names; undefined for anything else. */
function parseIndexEntries(index: Buffer): IndexEntry[] | undefined {
  if (index.length < 12 || index.toString('latin1', 0, 4) !== 'DIRC') return undefined;
  const version = index.readUInt32BE(4);
  const count = index.readUInt32BE(8);
  if (version < 2 || version > 4) return undefined;
  const entries: IndexEntry[] = [];
  let previous = Buffer.alloc(0);
  let at = 12;
  for (let i = 0; i < count; i++) {
    const start = at;
    if (at + statLength + 2 > index.length) return undefined;
    const extended = (index.readUInt16BE(at + statLength) & extendedFlag) !== 0;
    at += statLength + (extended && version >= 3 ? 4 : 2);
    let kept = 0;
    if (version === 4) {
      const stripped = variableInteger(index, at);
      at = stripped.next;
      kept = previous.length - stripped.value;
      if (kept < 0) return undefined;
    }
    const end = index.indexOf(0, at);
    if (end < 0) return undefined;
    previous = Buffer.concat([previous.subarray(0, kept), index.subarray(at, end)]);
    entries.push({
      path: previous.toString('utf8'),
      blob: index.toString('hex', start + 40, start + statLength),
      size: index.readUInt32BE(start + 36),
      modified: String(BigInt(index.readUInt32BE(start + 8)) * 1_000_000_000n + BigInt(index.readUInt32BE(start + 12))),
    });
    // Before version 4 an entry is padded with one to eight zeros to a multiple of eight.
    at = version === 4 ? end + 1 : start + ((end - start + 8) & ~7);
  }
  return entries;
}

/** The "offset" encoding of pack files: seven bits an octet, each continuation adds one. */
function variableInteger(octets: Buffer, from: number): { value: number; next: number } {
  let at = from;
  let value = octets[at] & 0x7f;
  while ((octets[at++] & 0x80) !== 0) value = (value + 1) * 128 + (octets[at] & 0x7f);
  return { value, next: at };
}
