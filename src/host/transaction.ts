/**
 * All or nothing, across many files (DESIGN section 5):
 *
 *     lock → recover → [the caller reads and computes] → new key files → stages beside their targets, fsync →
 *     [the caller verifies the staged bytes] → is the state still the one that was read? →
 *     .danezone/commit.json, fsync of its folder: the commit point → renames, fsync of folders → the record goes
 *
 * A crash before the commit point leaves everything as it was, apart from key files, which are never taken back; a crash
 * after it is finished by the next writing run.
 */
import { join } from 'node:path';
import { hex, type Octets } from '../text/octets.ts';
import { FileError, type Host } from './host.ts';
import { takeLock } from './lock.ts';
import { ownFolder } from './places.ts';
import { type Recovery, recover } from './recover.ts';
import { makeFolderDurably, Staging } from './staging.ts';

/** A target's new content. */
export interface StagedFile {
  /** Copied or written at once: the memory may be used again. */
  write(octets: Octets): void;
  close(): void;
  /** Takes the stage back, also after `close`: the target stays as it is. */
  abandon(): void;
  /** SHA-256 of what was written, hexadecimal; complete after `close`. */
  digest(): string;
}

export type Commit =
  | {
      readonly kind: 'committed';
      /** Targets with new content, and targets removed. */
      readonly changed: readonly string[];
      /** Targets that had this content already: not touched. */
      readonly unchanged: readonly string[];
    }
  /** Somebody else was here since the state was read: nothing was changed. Start again from reading. */
  | { readonly kind: 'conflict'; readonly message: string };

export interface Transaction {
  /** What the run before had left. */
  readonly recovered: Recovery;
  /**
   * Says in one step, with one sync, in which folders (absolute paths) targets will stand: faster than finding out one by one.
   * Missing folders are made.
   */
  prepareFolders(paths: readonly string[]): void;
  /** Opens the new content of `path` (absolute). Staged again, the later content counts. Missing folders are made. */
  stage(path: string, mode?: number): StagedFile;
  /** The whole new content at once; its SHA-256. */
  stageWhole(path: string, octets: Octets, mode?: number): string;
  /** The staged bytes of a closed stage, read back from where the commit takes them, or leaves them. */
  stagedRead(path: string): Octets;
  /** At the commit `path` is removed; nothing happens where there is no such file. */
  remove(path: string): void;
  /**
   * A key file, at once and for good, never over another file (EEXIST): it appears whole, with mode 0600 unless told
   * otherwise, and is on the disk when this returns. Write the private half first: one without the other harms nothing, the
   * public half alone is an error for its zone.
   */
  writeKey(path: string, octets: Octets, mode?: number): void;
  /**
   * `check` is called at the commit, just before the commit point; it reads the state again and says in a sentence what is
   * not as it was read, or undefined.
   */
  expectGeneration(check: () => string | undefined): void;
  /**
   * All stages must be closed. May be called again after more was staged. Only the syncs before the commit point are awaited;
   * from there on nothing can come between.
   */
  commit(): Promise<Commit>;
}

/**
 * Runs `body` under the lock of `root` (absolute), after recovery. What is staged and not committed when `body` ends, or
 * throws, or the run is told to stop, is removed. Throws Locked where another run holds the lock, FileError where the disk
 * refuses.
 */
export async function withTransaction<T>(host: Host, root: string, body: (tx: Transaction) => Promise<T>): Promise<T> {
  const { files } = host;
  const token = hex(host.entropy(8));
  makeFolderDurably(files, join(root, ownFolder));
  const lock = takeLock(host, root, token);
  let staging: Staging | undefined;
  const cleanUp = () => {
    // What the disk refuses here, the next run's recovery does.
    ignoringFileErrors(() => staging?.discard());
    ignoringFileErrors(() => lock.release());
  };
  const done = host.onInterrupt(cleanUp);
  try {
    staging = new Staging(files, root, lock, recover(files, root));
    return await body(staging);
  } finally {
    done();
    cleanUp();
  }
}

function ignoringFileErrors(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
  }
}
