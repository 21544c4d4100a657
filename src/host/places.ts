/** The names that a transaction gives to what it puts on the disk. */
import { isAbsolute, join, relative, sep } from 'node:path';

/** The folder in a root for the lock, the commit record and the lists of stages. Not for version control. */
export const ownFolder = '.danezone';

export const lockFile = 'lock';
export const commitFile = 'commit.json';

/** A stage stands beside its target, so that a rename puts it in place; its name does not grow with the target's. */
export const stageName = (token: string, number: number): string => `.danezone-${token}-${number}`;

const stagePattern = /^\.danezone-([0-9a-f]{16})-[0-9]+$/;

export function isStageName(name: string): boolean {
  return stagePattern.test(name);
}

/** The run that made a stage; undefined for any other name. */
export function tokenOfStage(name: string): string | undefined {
  return stagePattern.exec(name)?.[1];
}

/** Where a run notes, before it makes the first stage in a folder, that stages may stand there. */
export const stageList = (token: string): string => `stages-${token}`;
export const stageListPattern: RegExp = /^stages-([0-9a-f]{16})$/;

/** Paths in records are relative to the root, with slashes: a root that was moved or mounted elsewhere still recovers. */
export function toRecord(root: string, path: string): string {
  return relative(root, path).split(sep).join('/');
}

export function fromRecord(root: string, path: string): string {
  return isAbsolute(path) ? path : join(root, ...path.split('/'));
}
