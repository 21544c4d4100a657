/** The key files of a folder, for `readKeySet`. Knows files only through what it is given. */
import type { Octets } from '../text/octets.ts';
import { type KeyFileName, parseKeyFileName } from './key-file-name.ts';
import type { KeyFileInput } from './key-set.ts';

/** What of a file system is needed; host/host.ts has it. */
export interface FolderReader {
  list(path: string): string[];
  read(path: string): Octets;
  facts(path: string): { readonly kind: string; readonly mode: number } | undefined;
  realPath(path: string): string;
}

export interface KeyFileOfFolder extends KeyFileInput {
  readonly name: KeyFileName;
}

/**
 * Every key file of `folder`, of whichever zone; `shownAs` is how the folder is called in messages. Keys may be symlinks, as
 * secrets that are mounted into a container are: then the mode is that of the file that they lead to.
 */
export function keyFilesOf(files: FolderReader, folder: string, shownAs: string): KeyFileOfFolder[] {
  return files.list(folder).flatMap((file) => {
    const name = parseKeyFileName(file);
    if (name === undefined) return [];
    const path = `${folder}/${file}`;
    const facts = files.facts(path);
    const mode = facts?.kind === 'symlink' ? files.facts(files.realPath(path))?.mode : facts?.mode;
    return [{ name, path: `${shownAs}/${file}`, octets: () => files.read(path), mode }];
  });
}
