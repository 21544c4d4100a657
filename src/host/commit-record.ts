/**
 * The commit record, `.danezone/commit.json`: from the moment it stands there, the new content is the content, whether or not
 * the renames have been done. Writing it is the commit point; who finds it finishes it (recover.ts) or reads through it.
 */
import { basename, dirname, join } from 'node:path';
import { escapeControls } from '../text/escape.ts';
import { FileError, type ReadableFiles } from './host.ts';
import { commitFile, fromRecord, isStageName, ownFolder } from './places.ts';

/** One target. Paths as `toRecord` writes them; the stage stands in the target's folder. */
export type Entry =
  | {
      readonly kind: 'rename';
      readonly stage: string;
      readonly target: string /** SHA-256, hexadecimal. */;
      readonly digest: string;
    }
  /** The stage is an empty file: the mark that the removal is still to be done. */
  | { readonly kind: 'remove'; readonly stage: string; readonly target: string };

export interface CommitRecord {
  readonly version: 1;
  /** Of the run that wrote it. */
  readonly token: string;
  readonly entries: readonly Entry[];
}

export function printRecord(record: CommitRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

/** The committed changes that are not all in place yet; undefined, as nearly always, where there are none. */
export function readRecord(files: ReadableFiles, root: string): CommitRecord | undefined {
  const path = join(root, ownFolder, commitFile);
  const facts = files.facts(path);
  if (facts === undefined) return undefined;
  if (facts.kind !== 'file') throw damaged(path, 'it is not a file');
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(files.read(path)).toString('utf8'));
  } catch (error) {
    if (error instanceof FileError && error.code === 'ENOENT') return undefined;
    if (error instanceof FileError) throw error;
    throw damaged(path, 'it is not JSON');
  }
  return checked(path, value);
}

function checked(path: string, value: unknown): CommitRecord {
  if (!isObject(value)) throw damaged(path, 'it is not an object');
  if (value.version !== 1) throw damaged(path, `its version is ${JSON.stringify(value.version)}, known is 1`);
  if (typeof value.token !== 'string' || !Array.isArray(value.entries))
    throw damaged(path, 'token or entries are missing');
  const entries = value.entries.map((entry: unknown): Entry => {
    if (!isObject(entry)) throw damaged(path, 'an entry is not an object');
    const { kind, stage, target, digest } = entry;
    if (typeof stage !== 'string' || typeof target !== 'string') throw damaged(path, 'an entry lacks its paths');
    // A record can come with a checkout that others wrote: it may name only what one of our runs has put beside the target.
    if (!isStageName(basename(stage)) || dirname(stage) !== dirname(target) || isStageName(basename(target))) {
      throw damaged(path, `${JSON.stringify(stage)} is no stage of ${JSON.stringify(target)}`);
    }
    if (kind === 'rename' && typeof digest === 'string' && /^[0-9a-f]{64}$/.test(digest))
      return { kind, stage, target, digest };
    if (kind === 'remove') return { kind, stage, target };
    throw damaged(path, 'an entry is neither a rename with its digest nor a removal');
  });
  return { version: 1, token: value.token, entries };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function damaged(path: string, why: string): FileError {
  return new FileError(
    'EDAMAGED',
    path,
    `${escapeControls(path)} is no commit record of this version of danezone: ${escapeControls(why)}; ` +
      'run the newest danezone that was used here, or restore the outputs and keys/ from version control and remove the file',
  );
}

/**
 * The files as they are once the committed changes are in place; stages are hidden. For commands that write nothing: they
 * neither wait for the lock nor finish anything.
 */
export function readThrough(files: ReadableFiles, root: string): ReadableFiles {
  const record = readRecord(files, root);
  const stages = new Map<string, string>();
  const removed = new Map<string, string>();
  for (const { kind, stage, target } of record?.entries ?? []) {
    (kind === 'rename' ? stages : removed).set(fromRecord(root, target), fromRecord(root, stage));
  }
  // The writing run may go on while we read: a stage that has left has become the target.
  const staged = (path: string) => {
    const stage = stages.get(path);
    return stage !== undefined && files.facts(stage)?.kind === 'file' ? stage : undefined;
  };
  const isRemoved = (path: string) => {
    const mark = removed.get(path);
    return mark !== undefined && files.facts(mark)?.kind === 'file';
  };
  return {
    read(path) {
      const stage = staged(path);
      if (stage !== undefined) {
        try {
          return files.read(stage);
        } catch (error) {
          if (!(error instanceof FileError) || error.code !== 'ENOENT') throw error;
        }
      }
      if (isRemoved(path))
        throw new FileError('ENOENT', path, `cannot read ${escapeControls(path)}: it was removed (ENOENT)`);
      return files.read(path);
    },
    facts(path) {
      if (isRemoved(path)) return undefined;
      const stage = staged(path);
      return (stage === undefined ? undefined : files.facts(stage)) ?? files.facts(path);
    },
    realPath(path) {
      if (staged(path) !== undefined) return join(files.realPath(dirname(path)), basename(path));
      return files.realPath(path);
    },
    list(path) {
      const names = new Set(files.list(path).filter((name) => !isStageName(name)));
      for (const target of stages.keys())
        if (dirname(target) === path && staged(target) !== undefined) names.add(basename(target));
      for (const target of removed.keys())
        if (dirname(target) === path && isRemoved(target)) names.delete(basename(target));
      return [...names].sort();
    },
  };
}
