/** What a run that was stopped left behind: a committed change is finished, an uncommitted one leaves no trace. */
import { dirname, join } from 'node:path';
import { sha256 } from '../crypto/digest.ts';
import { escapeControls } from '../text/escape.ts';
import { hex } from '../text/octets.ts';
import { type CommitRecord, readRecord } from './commit-record.ts';
import { FileError, type FileSystem } from './host.ts';
import { commitFile, fromRecord, lockFile, ownFolder, stageList, stageListPattern, tokenOfStage } from './places.ts';

export interface Recovery {
  /** Targets of a committed change that were put in place now. */
  readonly finished: readonly string[];
  /** Stages of runs that did not commit, removed now. */
  readonly discarded: readonly string[];
}

/** Only under the lock. Doing it twice is doing it once. */
export function recover(files: FileSystem, root: string): Recovery {
  const record = readRecord(files, root);
  if (record !== undefined) checkStages(files, root, record);
  const finished = record === undefined ? [] : finish(files, root, record);
  const discarded: string[] = [];
  const folder = join(root, ownFolder);
  for (const name of files.list(folder)) {
    const token = stageListPattern.exec(name)?.[1];
    if (token !== undefined) {
      discarded.push(...discardStages(files, root, token));
    } else if (name.startsWith(`${commitFile}-`) || name.startsWith(`${lockFile}-`)) {
      // A record or a lock that was not put in place. Whoever is just taking the lock notices, and tries again.
      removeIfThere(files, join(folder, name));
    }
  }
  return { finished, discarded };
}

/** Puts the committed content in place: what is done already is skipped. */
export function finish(files: FileSystem, root: string, record: CommitRecord): string[] {
  const open = record.entries.filter(({ stage }) => files.facts(fromRecord(root, stage))?.kind === 'file');
  const folders = new Set<string>();
  for (const { target } of record.entries) {
    const folder = dirname(fromRecord(root, target));
    if (files.facts(folder) !== undefined) folders.add(folder);
  }
  for (const { kind, stage, target } of open) {
    if (kind === 'rename') {
      files.rename(fromRecord(root, stage), fromRecord(root, target));
    } else {
      removeIfThere(files, fromRecord(root, target));
    }
  }
  for (const folder of folders) files.syncFolder(folder);
  removeRecord(files, root, record);
  return open.map(({ target }) => fromRecord(root, target));
}

/** The marks of removals go only now: while the record stands and a mark is missing, its removal counts as done. */
function removeRecord(files: FileSystem, root: string, record: CommitRecord): void {
  const folder = join(root, ownFolder);
  const marks = record.entries.filter(({ kind }) => kind === 'remove').map(({ stage }) => fromRecord(root, stage));
  for (const mark of marks) removeIfThere(files, mark);
  for (const parent of new Set(marks.map((mark) => dirname(mark)))) files.syncFolder(parent);
  removeIfThere(files, join(folder, commitFile));
  files.syncFolder(folder);
}

/** A stage with other content than was committed (the disk lost it) stops everything before the first rename. */
function checkStages(files: FileSystem, root: string, { entries }: CommitRecord): void {
  for (const entry of entries) {
    const path = fromRecord(root, entry.stage);
    if (entry.kind !== 'rename' || files.facts(path)?.kind !== 'file') continue;
    const found = hex(sha256(files.read(path)));
    if (found === entry.digest) continue;
    throw new FileError(
      'EDAMAGED',
      path,
      `${escapeControls(path)} is not what was committed for ${escapeControls(entry.target)}: SHA-256 ${entry.digest} was ` +
        `expected, ${found} found; restore the outputs and keys/ from version control, then remove ${ownFolder}/${commitFile}`,
    );
  }
}

/** Removes the stages of one run, in the folders that its list names, and then the list. */
export function discardStages(files: FileSystem, root: string, token: string): string[] {
  const list = join(root, ownFolder, stageList(token));
  const discarded: string[] = [];
  for (const folder of readStageList(files, list)) {
    const path = fromRecord(root, folder);
    if (files.facts(path)?.kind !== 'folder') continue;
    for (const name of files.list(path)) {
      if (tokenOfStage(name) !== token) continue;
      removeIfThere(files, join(path, name));
      discarded.push(join(path, name));
    }
  }
  removeIfThere(files, list);
  return discarded;
}

/** One JSON string a line; what follows the last line end was cut off by the crash, before anything was made there. */
function readStageList(files: FileSystem, list: string): string[] {
  return Buffer.from(files.read(list))
    .toString('utf8')
    .split('\n')
    .slice(0, -1)
    .flatMap((line) => {
      try {
        const folder: unknown = JSON.parse(line);
        return typeof folder === 'string' ? [folder] : [];
      } catch {
        return [];
      }
    });
}

export function removeIfThere(files: FileSystem, path: string): void {
  try {
    files.remove(path);
  } catch (error) {
    if (!(error instanceof FileError) || error.code !== 'ENOENT') throw error;
  }
}
