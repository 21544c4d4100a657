/**
 * The edge: everything a command may ask of the machine. Stages get values; only cli/, pipeline and host/ hold a Host.
 * Calls are synchronous: a command reads everything, computes, then writes everything.
 */
import type { Octets } from '../text/octets.ts';
import type { Executor } from '../work/executor.ts';

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
  /** fsync, then close. */
  close(): void;
}

/** Paths are absolute. Every mutating call is numbered in order, so that a test can stop after each one in turn. */
export interface FileSystem {
  read(path: string): Octets;
  /** Does not follow a symlink at the end of the path. Undefined where there is nothing. */
  facts(path: string): FileFacts | undefined;
  /** The path with every symlink resolved. */
  realPath(path: string): string;
  /** Names in a folder, sorted; empty where there is no such folder. */
  list(path: string): string[];
  makeFolder(path: string, mode?: number): void;
  /** Fails with EEXIST where the path exists. Content and file are synced. */
  writeNew(path: string, octets: Octets, mode?: number): void;
  /** Creates (exclusively) and writes in pieces. */
  create(path: string, mode?: number): OpenFile;
  rename(from: string, to: string): void;
  remove(path: string): void;
  syncFolder(path: string): void;
}

export interface Output {
  write(text: string | Octets): void;
  readonly isTerminal: boolean;
  readonly columns: number;
}

export interface Host {
  readonly files: FileSystem;
  /** Unix seconds of the system clock. */
  now(): number;
  entropy(count: number): Octets;
  /** `width` undefined: one worker a core. Width 1 works in process. */
  executor(width?: number): Executor;
  environment(name: string): string | undefined;
  readonly workingFolder: string;
  readonly stdin: () => Promise<Octets>;
  readonly stdout: Output;
  readonly stderr: Output;
}
