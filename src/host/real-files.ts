/** The file system of this machine: the one door to node:fs. Every failure is a FileError that says what was tried. */
import {
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  promises,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import type { Octets } from '../text/octets.ts';
import { fileFailure } from './file-failure.ts';
import type { FileFacts, FileSystem, OpenFile } from './host.ts';

/** Where a file system knows no hard links (FAT, some network shares), `link` fails with one of these. */
const noLinks: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** Where a file system cannot sync a folder, fsync fails with one of these, and there is nothing better to do. */
const noFolderSync: ReadonlySet<string> = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** More than libuv's four threads, so that none of them waits for this one. */
const syncsAtOnce = 8;

export const realFiles: FileSystem = {
  read: (path) => attempt('read', path, () => readFileSync(path)),

  facts(path) {
    return attempt('look at', path, () => {
      const facts = lstatOrNothing(path);
      if (facts === undefined) return undefined;
      const kind: FileFacts['kind'] = facts.isFile()
        ? 'file'
        : facts.isDirectory()
          ? 'folder'
          : facts.isSymbolicLink()
            ? 'symlink'
            : 'other';
      return {
        kind,
        size: Number(facts.size),
        modified: String(facts.mtimeNs),
        inode: String(facts.ino),
        mode: Number(facts.mode & 0o7777n),
      };
    });
  },

  realPath: (path) => attempt('follow', path, () => realpathSync(path)),

  list(path) {
    return attempt('list', path, () => {
      // Most zones have no folder of their own yet: an Error for each takes longer than this question.
      if (statSync(path, { throwIfNoEntry: false }) === undefined) return [];
      try {
        return readdirSync(path).sort();
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return [];
        throw error;
      }
    });
  },

  makeFolder(path, mode = 0o777) {
    attempt('make the folder', path, () => mkdirSync(path, { recursive: true, mode }));
  },

  writeNew(path, octets, mode = 0o644) {
    const file = create(path, mode);
    file.write(octets);
    file.close();
  },

  create: (path, mode = 0o644) => create(path, mode),

  rename(from, to) {
    attempt('put in place', to, () => renameSync(from, to));
  },

  renameNew(from, to) {
    attempt('put in place', to, () => {
      try {
        linkSync(from, to);
      } catch (error) {
        if (!noLinks.has(codeOf(error))) throw error;
        if (lstatOrNothing(to) !== undefined) throw Object.assign(new Error(), { code: 'EEXIST' });
        renameSync(from, to);
        return;
      }
      unlinkSync(from);
    });
  },

  remove(path) {
    attempt('remove', path, () => unlinkSync(path));
  },

  async syncFiles(paths) {
    const waiting = paths.values();
    const syncNext = async () => {
      for (const path of waiting) await syncFile(path);
    };
    await Promise.all(Array.from({ length: syncsAtOnce }, syncNext));
  },

  syncFolder(path) {
    attempt('sync', path, () => {
      const folder = openSync(path, constants.O_RDONLY);
      try {
        fsyncSync(folder);
      } catch (error) {
        if (!noFolderSync.has(codeOf(error))) throw error;
      } finally {
        closeSync(folder);
      }
    });
  },
};

async function syncFile(path: string): Promise<void> {
  try {
    // fsync takes what was written through any descriptor, and asks for no right to write.
    const file = await promises.open(path, constants.O_RDONLY);
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw failureOf('sync', path, error);
  }
}

function create(path: string, mode: number): OpenFile {
  const descriptor = attempt('create', path, () => openSync(path, 'wx', mode));
  return {
    write(octets) {
      attempt('write', path, () => {
        // A signal or a full disk may cut a write short.
        for (let at = 0; at < octets.length; ) at += writeSync(descriptor, octets as Octets, at, octets.length - at);
      });
    },
    setMode(bits) {
      attempt('set the mode of', path, () => fchmodSync(descriptor, bits));
    },
    sync() {
      attempt('sync', path, () => fsyncSync(descriptor));
    },
    close() {
      attempt('sync', path, () => {
        try {
          fsyncSync(descriptor);
        } finally {
          closeSync(descriptor);
        }
      });
    },
    abandon() {
      attempt('close', path, () => closeSync(descriptor));
    },
  };
}

function lstatOrNothing(path: string) {
  try {
    return lstatSync(path, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

function attempt<T>(action: string, path: string, operation: () => T): T {
  try {
    return operation();
  } catch (error) {
    throw failureOf(action, path, error);
  }
}

/** A bug stays what it is. */
function failureOf(action: string, path: string, error: unknown): unknown {
  const code = codeOf(error);
  return code === '' ? error : fileFailure(action, path, code, (error as Error).message);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
