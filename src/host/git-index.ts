/**
 * The paths that git tracks, read from its index without running git: `check` must not run what a repository's
 * configuration names (`core.fsmonitor`, for one). Source: the "index-format" page of git's technical documentation.
 */
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { ReadableFiles } from './host.ts';

/** Octets in front of an entry's flags: ten 32-bit fields of stat and the object's SHA-1. */
const statLength = 40 + 20;
const extendedFlag = 0x4000;

/**
 * Tracked paths below `root`, relative to it and sorted as in the index; undefined where `root` does not stand in a work tree or
 * the index has a form that is not known here (then nothing is said about tracked files).
 */
export function trackedFiles(files: ReadableFiles, root: string): string[] | undefined {
  for (let top = root; ; top = dirname(top)) {
    const folder = gitFolder(files, top);
    if (folder !== undefined) {
      const path = join(folder, 'index');
      if (files.facts(path)?.kind !== 'file') return [];
      const way = relative(top, root).split(sep).join('/');
      const prefix = way === '' ? '' : `${way}/`;
      const all = parseIndex(Buffer.from(files.read(path)));
      return all?.filter((tracked) => tracked.startsWith(prefix)).map((tracked) => tracked.slice(prefix.length));
    }
    if (dirname(top) === top) return undefined;
  }
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

/** Versions 2 to 4 with SHA-1 object names; undefined for anything else. */
export function parseIndex(index: Buffer): string[] | undefined {
  if (index.length < 12 || index.toString('latin1', 0, 4) !== 'DIRC') return undefined;
  const version = index.readUInt32BE(4);
  const count = index.readUInt32BE(8);
  if (version < 2 || version > 4) return undefined;
  const paths: string[] = [];
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
    paths.push(previous.toString('utf8'));
    // Before version 4 an entry is padded with one to eight zeros to a multiple of eight.
    at = version === 4 ? end + 1 : start + ((end - start + 8) & ~7);
  }
  return paths;
}

/** The "offset" encoding of pack files: seven bits an octet, each continuation adds one. */
function variableInteger(octets: Buffer, from: number): { value: number; next: number } {
  let at = from;
  let value = octets[at] & 0x7f;
  while ((octets[at++] & 0x80) !== 0) value = (value + 1) * 128 + (octets[at] & 0x7f);
  return { value, next: at };
}
