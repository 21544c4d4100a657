/**
 * Files that the description names: regular files inside the root, however they are spelled or linked, of a bounded size, and
 * never from the folders where keys and state live.
 */
import { isAbsolute, join, normalize, relative, sep } from 'node:path';
import { quote } from '../text/escape.ts';
import type { Octets } from '../text/octets.ts';
import { FileError, type ReadableFiles } from './host.ts';
import { ownFolder } from './places.ts';

export interface Confinement {
  /** Octets that a file may have. */
  readonly maxSize: number;
  /** Folders that are closed, as paths from the root or absolute, such as `keys`. `.danezone` and `.git` always are. */
  readonly forbid?: readonly string[];
}

export interface ConfinedFile {
  /** Path from the root, normalised, with slashes: for messages and for the manifest. */
  readonly file: string;
  readonly octets: Octets;
}

/** Why a file is not read: a sentence without its subject, to follow the quoted path. */
export interface Refusal {
  readonly error: string;
}

export type ConfinedReader = (path: string) => ConfinedFile | Refusal;

/** A reader for one root; asks for the root's own place only once. `root` is absolute. */
export function confinedReader(
  files: ReadableFiles,
  root: string,
  { maxSize, forbid = [] }: Confinement,
): ConfinedReader {
  const realRoot = files.realPath(root);
  const closed = [...forbid, ownFolder, '.git'].map((folder) => {
    const path = isAbsolute(folder) ? folder : join(root, folder);
    return {
      name: `${isInside(path, root) ? relative(root, path).split(sep).join('/') : folder}/`,
      real: files.facts(path) === undefined ? path : files.realPath(path),
    };
  });

  return (path) => {
    if (path === '') return { error: 'is empty: a path from the root of the repository was expected' };
    if (path.includes('\0')) return { error: 'holds a NUL character' };
    if (isAbsolute(path)) return { error: 'is an absolute path: write it from the root of the repository' };
    const wanted = join(root, normalize(path));
    if (!isInside(wanted, root)) return { error: 'lies outside the root of the repository' };
    try {
      const real = files.realPath(wanted);
      if (!isInside(real, realRoot))
        return { error: 'is a symbolic link to a place outside the root of the repository' };
      const behind = closed.find((folder) => isInside(real, folder.real) || isInside(wanted, folder.real));
      if (behind !== undefined) return { error: `lies in ${behind.name}, where the description may not read` };
      const facts = files.facts(real);
      if (facts === undefined) return { error: 'does not exist' };
      if (facts.kind === 'folder') return { error: 'is a folder: a file was expected' };
      if (facts.kind !== 'file') return { error: 'is not a regular file' };
      if (facts.size > maxSize) return { error: tooLarge(facts.size, maxSize) };
      const octets = files.read(real);
      // It may have grown between the look and the read.
      if (octets.length > maxSize) return { error: tooLarge(octets.length, maxSize) };
      return { file: relative(root, wanted).split(sep).join('/'), octets };
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      return { error: refusals[error.code] ?? `cannot be read (${error.code})` };
    }
  };
}

/** One file; for several from one root make a reader. */
export function confinedRead(
  files: ReadableFiles,
  root: string,
  path: string,
  confinement: Confinement,
): ConfinedFile | Refusal {
  return confinedReader(files, root, confinement)(path);
}

/** The refusal as a whole sentence. */
export function refusalText(path: string, { error }: Refusal): string {
  return `${quote(path)} ${error}`;
}

const refusals: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist: a part of the path is a file',
  ELOOP: 'is a symbolic link that leads in a circle',
  EACCES: 'may not be read by this user',
  EPERM: 'may not be read by this user',
  ENAMETOOLONG: 'is too long a path',
};

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function tooLarge(size: number, limit: number): string {
  return `has ${size} octets: at most ${limit} are read`;
}
