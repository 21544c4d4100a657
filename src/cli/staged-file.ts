/** One output file that is written beside its target and put in place only when it is whole. */
import { basename, dirname, join } from 'node:path';
import type { Host } from '../host/host.ts';
import { hex, type Octets } from '../text/octets.ts';

export interface StagedFile {
  readonly path: string;
  write(octets: Octets): void;
  /** Permission bits exactly. */
  setMode(mode: number): void;
  /** Ends the writing; the content is on the disk then. */
  close(): void;
  /** Puts the file in place of its target. */
  commit(): void;
  /** Removes what was not committed. */
  discard(): void;
}

/** `target` is absolute. A signal removes the stage too. */
export function stageFile(host: Host, target: string): StagedFile {
  const folder = dirname(target);
  const path = join(folder, `.${basename(target).slice(0, 200)}.${hex(host.entropy(8))}`);
  const file = host.files.create(path);
  let isOpen = true;
  let exists = true;
  const discard = () => {
    if (isOpen) file.abandon();
    isOpen = false;
    if (exists) host.files.remove(path);
    exists = false;
    forget();
  };
  const forget = host.onInterrupt(discard);
  return {
    path,
    write: (octets) => file.write(octets),
    setMode: (mode) => file.setMode(mode),
    close() {
      file.close();
      isOpen = false;
    },
    commit() {
      host.files.rename(path, target);
      exists = false;
      forget();
      host.files.syncFolder(folder);
    },
    discard,
  };
}
