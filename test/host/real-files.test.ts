import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FileSystem } from '../../src/host/host.ts';
import { memoryHost } from '../../src/host/memory.ts';
import { realFiles } from '../../src/host/real-files.ts';
import { temporaryFolder } from './bundled.ts';

const octets = (text: string) => Buffer.from(text);

/** The real file system and the one that stands for it in tests keep the same contract. */
const both: [string, () => { files: FileSystem; folder: string; link: (target: string, path: string) => void }][] = [
  [
    'real',
    () => {
      const folder = temporaryFolder();
      return { files: realFiles, folder, link: (target, path) => symlinkSync(target, path) };
    },
  ],
  [
    'memory',
    () => {
      const host = memoryHost({ files: { '/t/.keep': '' } });
      host.files.remove('/t/.keep');
      return { files: host.files, folder: '/t', link: (target, path) => host.link(target, path) };
    },
  ],
];

describe.each(both)('the %s file system', (_, open) => {
  test('creates only what does not exist', () => {
    const { files, folder } = open();
    const path = join(folder, 'a');
    files.writeNew(path, octets('first'));
    expect(() => files.writeNew(path, octets('second'))).toThrow(expect.objectContaining({ code: 'EEXIST', path }));
    expect(() => files.create(path)).toThrow(expect.objectContaining({ code: 'EEXIST' }));
    expect(Buffer.from(files.read(path)).toString()).toBe('first');
  });

  test('writes in pieces, also from shared memory', () => {
    const { files, folder } = open();
    const shared = new Uint8Array(new SharedArrayBuffer(4));
    shared.set(octets('ab\0c'));
    const file = files.create(join(folder, 'a'), 0o600);
    file.write(shared.subarray(1));
    file.sync();
    file.write(octets('!'));
    file.close();
    expect(Buffer.from(files.read(join(folder, 'a'))).toString()).toBe('b\0c!');
    expect(files.facts(join(folder, 'a'))).toMatchObject({ kind: 'file', size: 4, mode: 0o600 });
  });

  test('gives a file the very permission bits that it is to have, whatever the umask', () => {
    const { files, folder } = open();
    const file = files.create(join(folder, 'a'));
    file.setMode(0o666);
    file.write(octets('a'));
    file.close();
    expect(files.facts(join(folder, 'a'))?.mode).toBe(0o666);
  });

  test('lists names in the order of their characters, and nothing for a folder that is not there', () => {
    const { files, folder } = open();
    for (const name of ['b', 'B', 'a', 'a.b', 'a-b']) files.writeNew(join(folder, name), octets(''));
    expect(files.list(folder)).toEqual(['B', 'a', 'a-b', 'a.b', 'b']);
    expect(files.list(join(folder, 'none/none'))).toEqual([]);
  });

  test('nothing stands below a file; to list one as a folder fails', () => {
    const { files, folder } = open();
    const file = join(folder, 'a');
    files.writeNew(file, octets(''));
    expect(files.facts(join(file, 'b'))).toBeUndefined();
    expect(files.facts(join(folder, 'b'))).toBeUndefined();
    expect(() => files.list(file)).toThrow(expect.objectContaining({ code: 'ENOTDIR', path: file }));
    expect(() => files.list(join(file, 'b'))).toThrow(expect.objectContaining({ code: 'ENOTDIR' }));
  });

  test('makes every missing folder of a path, and leaves those that stand', () => {
    const { files, folder } = open();
    files.makeFolder(join(folder, 'x/y/z'), 0o700);
    files.makeFolder(join(folder, 'x/y'));
    expect(files.facts(join(folder, 'x/y/z'))).toMatchObject({ kind: 'folder', mode: 0o700 });
    files.syncFolder(join(folder, 'x/y'));
  });

  test('renames over a file, but `renameNew` does not', () => {
    const { files, folder } = open();
    const [a, b] = [join(folder, 'a'), join(folder, 'b')];
    files.writeNew(a, octets('a'));
    files.writeNew(b, octets('b'));
    expect(() => files.renameNew(a, b)).toThrow(expect.objectContaining({ code: 'EEXIST', path: b }));
    files.rename(a, b);
    expect(files.list(folder)).toEqual(['b']);
    files.renameNew(b, a);
    expect(files.list(folder)).toEqual(['a']);
    expect(Buffer.from(files.read(a)).toString()).toBe('a');
  });

  test('does not follow a symbolic link at the end of a path, unless asked', () => {
    const { files, folder, link } = open();
    files.makeFolder(join(folder, 'in'));
    files.writeNew(join(folder, 'in/file'), octets('x'));
    link('in', join(folder, 'way'));
    link('nowhere', join(folder, 'dead'));
    expect(files.facts(join(folder, 'way'))).toMatchObject({ kind: 'symlink' });
    expect(files.facts(join(folder, 'way/file'))).toMatchObject({ kind: 'file' });
    expect(files.facts(join(folder, 'dead'))).toMatchObject({ kind: 'symlink' });
    expect(files.realPath(join(folder, 'way/file'))).toBe(join(files.realPath(folder), 'in/file'));
    expect(() => files.realPath(join(folder, 'dead'))).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });

  test('finds nothing below a file, and nothing that is not there', () => {
    const { files, folder } = open();
    files.writeNew(join(folder, 'a'), octets('x'));
    expect(files.facts(join(folder, 'a/b'))).toBeUndefined();
    expect(files.facts(join(folder, 'c/d'))).toBeUndefined();
    expect(files.facts(folder)).toMatchObject({ kind: 'folder' });
    expect(() => files.read(join(folder, 'c'))).toThrow(
      expect.objectContaining({ code: 'ENOENT', path: join(folder, 'c') }),
    );
    expect(() => files.remove(join(folder, 'c'))).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    expect(() => files.read(folder)).toThrow(expect.objectContaining({ code: 'EISDIR' }));
  });
});

describe('the real file system', () => {
  test('tells times that are nanoseconds apart from each other', () => {
    const path = join(temporaryFolder(), 'a');
    writeFileSync(path, 'x');
    utimesSync(path, 1_767_225_600.123456, 1_767_225_600.123457);
    expect(realFiles.facts(path)?.modified).toMatch(/^1767225600123456[0-9]{3}$|^1767225600123457[0-9]{3}$/);
    expect(realFiles.facts(path)?.inode).toBe(String(statSync(path, { bigint: true }).ino));
  });

  test.skipIf(process.getuid?.() === 0)('says in words why it cannot read', () => {
    const path = join(temporaryFolder(), 'closed');
    writeFileSync(path, 'x');
    chmodSync(path, 0);
    expect(() => realFiles.read(path)).toThrow(`cannot read ${path}: permission denied (EACCES)`);
  });

  test('says in words what it could not do', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'a'));
    expect(() => realFiles.read(join(folder, 'b\x1b[2J'))).toThrow(
      'b\\x1b[2J: there is no such file or folder (ENOENT)',
    );
    writeFileSync(join(folder, 'c'), 'c');
    expect(() => realFiles.rename(join(folder, 'c'), join(folder, 'a'))).toThrow(
      /^cannot put in place .*\/a: it is a folder/,
    );
    expect(readFileSync(join(folder, 'c'), 'utf8')).toBe('c');
  });
});
