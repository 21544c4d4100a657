/**
 * The edge: everything a command may ask of the machine. Stages get values; only cli/, pipeline and host/ hold a Host.
 * Calls are synchronous: a command reads everything, computes, then writes everything. The one that is not syncs many files.
 */

import type { Executor } from '../parallel/executor.ts';
import type { Octets } from '../text/octets.ts';

export interface FileFacts {
  readonly kind: 'file' | 'folder' | 'symlink' | 'other';
  readonly size: number;
  /** Nanoseconds since the epoch, as a decimal text. */
  readonly modified: string;
  readonly inode: string;
  /** Permission bits. */
  readonly mode: number;
}

/** A file operation that failed. `code` is the errno name, such as ENOENT. */
export class FileError extends Error {
  readonly code: string;
  readonly path: string;
  constructor(code: string, path: string, message: string) {
    super(message);
    this.code = code;
    this.path = path;
  }
}

/** A file that is being written in pieces; not visible under its final name. */
export interface OpenFile {
  write(octets: Octets): void;
  /** Permission bits exactly; what `create` is given is only what the umask leaves of it. */
  setMode(mode: number): void;
  /** What was written so far is on the disk when this returns. */
  sync(): void;
  /** fsync, then close. */
  close(): void;
  /** Closes without fsync, for a file that is to be removed, or to be synced later. */
  abandon(): void;
}

/** What a command that writes nothing may do. Paths are absolute; a failure is a FileError. */
export interface ReadableFiles {
  read(path: string): Octets;
  /** Does not follow a symlink at the end of the path. Undefined where there is nothing. */
  facts(path: string): FileFacts | undefined;
  /** The path with every symlink resolved. */
  realPath(path: string): string;
  /** Names in a folder, sorted; empty where there is no such folder. */
  list(path: string): string[];
}

/**
 * The real one is real-files.ts, the one for tests memory.ts. Every mutating step (create, write, sync, link, unlink, rename,
 * make a folder, sync a folder) is numbered in the latter, so that a test can stop before each one in turn.
 */
export interface FileSystem extends ReadableFiles {
  /** Makes what is missing of the path; a folder that stands there already is left as it is. Not synced. */
  makeFolder(path: string, mode?: number): void;
  /** Fails with EEXIST where the path exists. Content and file are synced. */
  writeNew(path: string, octets: Octets, mode?: number): void;
  /** Creates (exclusively) and writes in pieces. */
  create(path: string, mode?: number): OpenFile;
  /** Replaces a file that stands at `to`, in one step. */
  rename(from: string, to: string): void;
  /** Fails with EEXIST where `to` exists; between its two steps the file has both names. */
  renameNew(from: string, to: string): void;
  /** Removes a file or a symlink. */
  remove(path: string): void;
  /** fsync of files that were written before, several at a time: a disk syncs many hardly slower than one. */
  syncFiles(paths: readonly string[]): Promise<void>;
  /** Makes what was created, renamed and removed in a folder durable. */
  syncFolder(path: string): void;
}

export interface Output {
  write(text: string | Octets): void;
  readonly isTerminal: boolean;
  readonly columns: number;
}

/** Who runs: what a lock says about its holder. */
export interface ThisProcess {
  readonly hostName: string;
  readonly pid: number;
  /** When this process started, in words that no later process with the same pid repeats, also after a reboot. */
  readonly started: string;
  /** `started` of a running process of this machine; undefined where none has the pid. */
  startOf(pid: number): string | undefined;
}

/** A file as it stood in a commit. */
export interface EarlierVersion {
  /** Abbreviated, as git prints it. */
  readonly commit: string;
  /** Of the commit, `YYYY-MM-DD`. */
  readonly date: string;
  readonly octets: Octets;
}

export interface Host {
  readonly files: FileSystem;
  readonly process: ThisProcess;
  /** Unix seconds of the system clock. */
  now(): number;
  entropy(count: number): Octets;
  /** `width` undefined: one worker a core. Width 1 works in process. */
  executor(width?: number): Executor;
  /**
   * The last versions of a file in the history of its git work tree, the newest first; at most 20. Empty where there is no git, no
   * work tree, no such file: it never fails. Runs git, so it is asked only to explain an error.
   */
  earlierVersions(path: string): readonly EarlierVersion[];
  environment(name: string): string | undefined;
  readonly workingFolder: string;
  readonly stdin: () => Promise<Octets>;
  readonly stdout: Output;
  readonly stderr: Output;
  /**
   * `cleanUp` is called when the run is told to stop (SIGINT, SIGTERM); what it returns takes it off the list again. Calls of
   * the last registered come first.
   */
  onInterrupt(cleanUp: () => void): () => void;
}
