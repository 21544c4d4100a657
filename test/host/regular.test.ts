import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { confinedReader } from '../../src/host/confined.ts';
import { FileError } from '../../src/host/host.ts';
import { realFiles } from '../../src/host/real-files.ts';
import { regularFiles } from '../../src/host/regular.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'danezone-regular-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const files = regularFiles(realFiles);
const codeOf = (path: string) => {
  try {
    files.read(path);
  } catch (error) {
    return error instanceof FileError ? error.code : error;
  }
  return 'read';
};

describe('where a regular file is expected', () => {
  test('a pipe is refused and not waited for, also behind a symlink', () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    symlinkSync('pipe', join(folder, 'link'));
    expect(codeOf(join(folder, 'pipe'))).toBe('EINVAL');
    expect(codeOf(join(folder, 'link'))).toBe('EINVAL');
  });

  test('a pipe that a description names is refused', () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect(confinedReader(realFiles, folder, { maxSize: 100 })('pipe')).toEqual({ error: 'is not a regular file' });
  });

  test('a folder and a device are refused', () => {
    mkdirSync(join(folder, 'folder'));
    expect(codeOf(join(folder, 'folder'))).toBe('EINVAL');
    expect(codeOf('/dev/zero')).toBe('EINVAL');
  });

  test('a file is read, also behind a symlink; what is missing is missing', () => {
    writeFileSync(join(folder, 'file'), 'text');
    symlinkSync('file', join(folder, 'link'));
    expect(Buffer.from(files.read(join(folder, 'link'))).toString()).toBe('text');
    expect(codeOf(join(folder, 'none'))).toBe('ENOENT');
  });
});
