/** The transaction under way: its stages, its commit, and how both go away. See transaction.ts for what holds when. */
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { sha256 } from '../crypto/digest.ts';
import { hex, type Octets } from '../text/octets.ts';
import { type CommitRecord, type Entry, printRecord } from './commit-record.ts';
import { fileFailure } from './file-failure.ts';
import { FileError, type FileSystem, type OpenFile } from './host.ts';
import type { Lock } from './lock.ts';
import { commitFile, ownFolder, stageList, stageName, toRecord } from './places.ts';
import { discardStages, finish, type Recovery, removeIfThere } from './recover.ts';
import type { Commit, StagedFile, Transaction } from './transaction.ts';

interface Stage {
  readonly path: string;
  readonly mark: boolean;
  digest: string;
  size: number;
  open: boolean;
  /** Closes an open file without sync. */
  readonly abandon: () => void;
}

export class Staging implements Transaction {
  readonly recovered: Recovery;
  readonly #files: FileSystem;
  readonly #root: string;
  readonly #lock: Lock;
  /** Target → stage. */
  readonly #stages = new Map<string, Stage>();
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
    const { stage, file } = this.#open(path, mode, false);
    const hash = createHash('sha256');
    return {
      write(octets) {
        hash.update(octets);
        stage.size += octets.length;
        file.write(octets);
      },
      sync: () => file.sync(),
      close() {
        file.close();
        stage.open = false;
        stage.digest = hash.digest('hex');
      },
      abandon: () => this.#drop(path),
      digest: () => stage.digest,
    };
  }

  stageWhole(path: string, octets: Octets, mode?: number): string {
    const file = this.stage(path, mode);
    file.write(octets);
    file.close();
    return file.digest();
  }

  stagedRead(path: string): Octets {
    const stage = this.#stages.get(path);
    if (stage === undefined || stage.open || stage.mark) throw new Error(`${path} has no closed stage`);
    return this.#files.read(stage.path);
  }

  remove(path: string): void {
    if (this.#files.facts(path) === undefined) {
      this.#drop(path);
      return;
    }
    const { stage, file } = this.#open(path, 0o600, true);
    file.close();
    stage.open = false;
  }

  writeKey(path: string, octets: Octets, mode = 0o600): void {
    const folder = dirname(path);
    this.prepareFolders([folder]);
    const stage = this.#nextStage(folder);
    this.#files.writeNew(stage, octets, mode);
    this.#files.renameNew(stage, path);
    this.#files.syncFolder(folder);
  }

  expectGeneration(check: () => string | undefined): void {
    this.#checks.push(check);
  }

  commit(): Commit {
    for (const [path, stage] of this.#stages) if (stage.open) throw new Error(`the stage of ${path} is still open`);
    const checks = this.#checks;
    this.#checks = [];
    const unchanged = [...this.#stages].filter(([path, stage]) => this.#stands(path, stage)).map(([path]) => path);
    for (const path of unchanged) this.#drop(path);
    for (const folder of new Set([...this.#stages.keys()].map((path) => dirname(path)))) this.#files.syncFolder(folder);

    for (const check of checks) {
      const message = check();
      if (message !== undefined) return this.#conflict(message);
    }
    for (const [path, stage] of this.#stages) {
      if (this.#files.facts(stage.path)?.size !== stage.size) return this.#conflict(`the stage of ${path} was touched`);
    }
    if (!this.#lock.isOurs()) return this.#conflict('another run has taken the lock away meanwhile');
    if (this.#stages.size === 0) return { kind: 'committed', changed: [], unchanged };
    const record = this.#writeRecord();
    if (record === undefined) return this.#conflict('another run is committing at this moment');

    const changed = [...this.#stages.keys()];
    this.#stages.clear();
    finish(this.#files, this.#root, record);
    this.#handedOver = false;
    return { kind: 'committed', changed, unchanged };
  }

  /** Removes what is not committed, and the list of stages. */
  discard(): void {
    if (this.#handedOver) return;
    for (const stage of this.#stages.values()) if (stage.open) stage.abandon();
    this.#stages.clear();
    if (this.#list === undefined) return;
    this.#list.abandon();
    this.#list = undefined;
    discardStages(this.#files, this.#root, this.#lock.token);
  }

  #open(path: string, mode: number, mark: boolean): { stage: Stage; file: OpenFile } {
    const standing = this.#files.facts(path)?.kind;
    // Found out now, not after the commit point, when it could only stand in the way of every later run.
    if (standing === 'folder' || standing === 'other') throw fileFailure('replace', path, 'EISDIR');
    this.#drop(path);
    this.prepareFolders([dirname(path)]);
    const at = this.#nextStage(dirname(path));
    const file = this.#files.create(at, mode);
    const stage: Stage = { path: at, mark, digest: '', size: 0, open: true, abandon: () => file.abandon() };
    this.#stages.set(path, stage);
    return { stage, file };
  }

  #nextStage(folder: string): string {
    this.#count++;
    return join(folder, stageName(this.#lock.token, this.#count));
  }

  #drop(path: string): void {
    const stage = this.#stages.get(path);
    if (stage === undefined) return;
    if (stage.open) stage.abandon();
    removeIfThere(this.#files, stage.path);
    this.#stages.delete(path);
  }

  /** Whether the target has the staged content already. */
  #stands(path: string, stage: Stage): boolean {
    if (stage.mark) return false;
    const facts = this.#files.facts(path);
    return facts?.kind === 'file' && facts.size === stage.size && hex(sha256(this.#files.read(path))) === stage.digest;
  }

  #conflict(message: string): Commit {
    for (const path of [...this.#stages.keys()]) this.#drop(path);
    return { kind: 'conflict', message };
  }

  /** The commit point. Undefined where another record stands there. */
  #writeRecord(): CommitRecord | undefined {
    const own = join(this.#root, ownFolder);
    const path = join(own, commitFile);
    const entries = [...this.#stages].map(([target, { path: stage, mark, digest }]): Entry => {
      const paths = { stage: toRecord(this.#root, stage), target: toRecord(this.#root, target) };
      return mark ? { kind: 'remove', ...paths } : { kind: 'rename', ...paths, digest };
    });
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
