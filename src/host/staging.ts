/** The transaction under way: its stages, its commit, and how both go away. See transaction.ts for what holds when. */
import { dirname, join } from 'node:path';
import type { Octets } from '../text/octets.ts';
import { type CommitRecord, type Entry, printRecord } from './commit-record.ts';
import { fileFailure } from './file-failure.ts';
import { FileError, type FileSystem, type OpenFile } from './host.ts';
import type { Lock } from './lock.ts';
import { commitFile, ownFolder, stageList, stageName, toRecord } from './places.ts';
import { discardStages, finish, type Recovery, removeIfThere } from './recover.ts';
import { Stage } from './stage.ts';
import type { Commit, StagedFile, Transaction } from './transaction.ts';

export class Staging implements Transaction {
  readonly recovered: Recovery;
  readonly #files: FileSystem;
  readonly #root: string;
  readonly #lock: Lock;
  /** By target. */
  readonly #stages = new Map<string, Stage>();
  /** Target → the mark of its removal, an empty stage. */
  readonly #removals = new Map<string, string>();
  #checks: (() => string | undefined)[] = [];
  readonly #listed = new Set<string>();
  #list: OpenFile | undefined;
  #count = 0;
  /** From just before the commit point until everything is in place: what the disk holds decides, so nothing is tidied. */
  #handedOver = false;

  constructor(files: FileSystem, root: string, lock: Lock, recovered: Recovery) {
    this.#files = files;
    this.#root = root;
    this.#lock = lock;
    this.recovered = recovered;
  }

  prepareFolders(paths: readonly string[]): void {
    const folders = [...new Set(paths)].filter((path) => !this.#listed.has(path));
    if (folders.length === 0) return;
    for (const folder of folders) makeFolderDurably(this.#files, folder);
    if (this.#list === undefined) {
      const own = join(this.#root, ownFolder);
      this.#list = this.#files.create(join(own, stageList(this.#lock.token)));
      this.#files.syncFolder(own);
    }
    this.#list.write(Buffer.from(folders.map((path) => `${JSON.stringify(toRecord(this.#root, path))}\n`).join('')));
    this.#list.sync();
    for (const folder of folders) this.#listed.add(folder);
  }

  stage(path: string, mode = 0o644): StagedFile {
    this.#clear(path);
    const stage: Stage = new Stage(this.#files, path, mode, {
      beside: (target) => this.#beside(target),
      forget: (target) => {
        // Staged again meanwhile, it is another stage's target.
        if (this.#stages.get(target) === stage) this.#stages.delete(target);
      },
    });
    this.#stages.set(path, stage);
    return stage;
  }

  stageWhole(path: string, octets: Octets, mode?: number): string {
    const file = this.stage(path, mode);
    file.write(octets);
    file.close();
    return file.digest();
  }

  stagedRead(path: string): Octets {
    const stage = this.#stages.get(path);
    if (stage === undefined || stage.isOpen) throw new Error(`${path} has no closed stage`);
    return stage.read();
  }

  remove(path: string): void {
    this.#clear(path);
    if (this.#files.facts(path) === undefined) return;
    const mark = this.#beside(path);
    this.#files.create(mark, 0o600).abandon();
    this.#removals.set(path, mark);
  }

  writeKey(path: string, octets: Octets, mode = 0o600): void {
    const stage = this.#beside(path);
    this.#files.writeNew(stage, octets, mode);
    this.#files.renameNew(stage, path);
    this.#files.syncFolder(dirname(path));
  }

  expectGeneration(check: () => string | undefined): void {
    this.#checks.push(check);
  }

  async commit(): Promise<Commit> {
    const entries = this.#entries();
    const unchanged = [...this.#stages].filter(([, stage]) => stage.path === undefined).map(([path]) => path);
    const checks = this.#checks;
    this.#checks = [];
    for (const [path, stage] of this.#stages) {
      if (!stage.isIntact()) return this.#conflict(`another run has touched ${path} or its stage meanwhile`);
    }
    await this.#files.syncFiles(entries.flatMap(({ kind, stage }) => (kind === 'rename' ? [stage] : [])));
    for (const folder of new Set(entries.map(({ stage }) => dirname(stage)))) this.#files.syncFolder(folder);

    for (const check of checks) {
      const message = check();
      if (message !== undefined) return this.#conflict(message);
    }
    if (!this.#lock.isOurs()) return this.#conflict('another run has taken the lock away meanwhile');
    if (entries.length > 0) {
      const record = this.#writeRecord(entries);
      if (record === undefined) return this.#conflict('another run is committing at this moment');
      finish(this.#files, this.#root, record);
      this.#handedOver = false;
    }
    this.#stages.clear();
    this.#removals.clear();
    return { kind: 'committed', changed: entries.map(({ target }) => target), unchanged };
  }

  /** Removes what is not committed, and the list of stages. */
  discard(): void {
    if (this.#handedOver) return;
    for (const stage of this.#stages.values()) if (stage.isOpen) stage.abandon();
    this.#stages.clear();
    this.#removals.clear();
    if (this.#list === undefined) return;
    this.#list.abandon();
    this.#list = undefined;
    discardStages(this.#files, this.#root, this.#lock.token);
  }

  /** Makes room for what is to happen to `path`; the last call counts. */
  #clear(path: string): void {
    const standing = this.#files.facts(path)?.kind;
    // Found out now, not after the commit point, when it could only stand in the way of every later run.
    if (standing === 'folder' || standing === 'other') throw fileFailure('replace', path, 'EISDIR');
    this.#stages.get(path)?.drop();
    this.#stages.delete(path);
    const mark = this.#removals.get(path);
    if (mark !== undefined) removeIfThere(this.#files, mark);
    this.#removals.delete(path);
  }

  /** A new path beside a target, in a folder that the list of stages names. */
  #beside(path: string): string {
    const folder = dirname(path);
    this.prepareFolders([folder]);
    return join(folder, stageName(this.#lock.token, ++this.#count));
  }

  /** What the commit is to do, with absolute paths. */
  #entries(): Entry[] {
    const renames = [...this.#stages].flatMap(([target, stage]): Entry[] => {
      const { path } = stage;
      return path === undefined ? [] : [{ kind: 'rename', stage: path, target, digest: stage.digest() }];
    });
    return [...renames, ...[...this.#removals].map(([target, stage]): Entry => ({ kind: 'remove', stage, target }))];
  }

  #conflict(message: string): Commit {
    for (const path of [...this.#stages.keys(), ...this.#removals.keys()]) this.#clear(path);
    return { kind: 'conflict', message };
  }

  /** The commit point. Undefined where another record stands there. */
  #writeRecord(absolute: readonly Entry[]): CommitRecord | undefined {
    const own = join(this.#root, ownFolder);
    const path = join(own, commitFile);
    const entries = absolute.map((entry) => ({
      ...entry,
      stage: toRecord(this.#root, entry.stage),
      target: toRecord(this.#root, entry.target),
    }));
    const { token } = this.#lock;
    const record: CommitRecord = { version: 1, token, entries };
    const draft = `${path}-${token}`;
    this.#files.writeNew(draft, Buffer.from(printRecord(record)));
    this.#handedOver = true;
    try {
      this.#files.renameNew(draft, path);
    } catch (error) {
      if (!(error instanceof FileError) || error.code !== 'EEXIST') throw error;
      this.#handedOver = false;
      removeIfThere(this.#files, draft);
      return undefined;
    }
    this.#files.syncFolder(own);
    return record;
  }
}

/** Makes what is missing of a path, each new folder safe in the one above it. */
export function makeFolderDurably(files: FileSystem, path: string): void {
  const missing: string[] = [];
  for (let at = path; files.facts(at) === undefined && dirname(at) !== at; at = dirname(at)) missing.push(at);
  for (const folder of missing.reverse()) {
    files.makeFolder(folder);
    files.syncFolder(dirname(folder));
  }
}
