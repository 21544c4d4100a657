/** Files and folders that a person, or pre-commit, has named: what a run is about. */

export interface Named {
  /** Whether a file is named, or lies below a folder that is. */
  has(file: string): boolean;
  /** Whether anything in a folder is named. */
  within(folder: string): boolean;
}

/** Paths from the root with slashes, `` for the root itself; with none of them everything is named. */
export function namedPaths(paths: readonly string[]): Named {
  const isBelow = (path: string, folder: string) => folder === '' || path === folder || path.startsWith(`${folder}/`);
  const has = (file: string) => paths.length === 0 || paths.some((path) => isBelow(file, path));
  return { has, within: (folder) => has(folder) || paths.some((path) => isBelow(path, folder)) };
}
