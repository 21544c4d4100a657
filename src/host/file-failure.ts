/** Failed file operations in words: one table for the real file system and the one in memory. */
import { escapeControls } from '../text/escape.ts';
import { FileError } from './host.ts';

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EBUSY: 'it is in use, or a mount point',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'it exists already',
  EFBIG: 'it is too large',
  EIO: 'the disk reports an error',
  EISDIR: 'it is a folder',
  ELOOP: 'too many symbolic links',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'the name is too long',
  ENFILE: 'too many open files on this machine',
  ENOENT: 'there is no such file or folder',
  ENOSPC: 'no space left on the device',
  ENOTDIR: 'a part of the path is not a folder',
  ENOTEMPTY: 'the folder is not empty',
  EPERM: 'the operation is not permitted',
  EROFS: 'the file system is read-only',
  ETXTBSY: 'it is in use',
  EXDEV: 'the two places are on different file systems',
  ERR_FS_FILE_TOO_LARGE: 'it is larger than 2 GiB',
};

/** `action` is a verb, such as `read` or `make the folder`. */
export function fileFailure(action: string, path: string, code: string, detail?: string): FileError {
  const reason = reasons[code] ?? detail ?? 'the system gives no reason';
  return new FileError(code, path, `cannot ${action} ${escapeControls(path)}: ${reason} (${code})`);
}
