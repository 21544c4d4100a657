/** Reading where a pipe, a device or a folder may stand in a file's place: a read of a pipe would wait for ever, with the lock held. */
import { escapeControls } from '../text/escape.ts';
import { FileError, type ReadableFiles } from './host.ts';

/** The same files; symlinks are followed, and what is no regular file is not read: FileError with the code EINVAL. */
export function regularFiles(files: ReadableFiles): ReadableFiles {
  return {
    facts: (path) => files.facts(path),
    realPath: (path) => files.realPath(path),
    list: (path) => files.list(path),
    read: (path) => {
      const kind = files.facts(path)?.kind;
      const real = kind === 'symlink' ? files.facts(files.realPath(path))?.kind : kind;
      if (real !== undefined && real !== 'file') {
        throw new FileError('EINVAL', path, `cannot read ${escapeControls(path)}: it is not a regular file`);
      }
      return files.read(path);
    },
  };
}
