import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ignoresBelow } from '../../src/host/git-ignore.ts';
import { differsFromIndex, indexBelow } from '../../src/host/git-index.ts';
import { realFiles } from '../../src/host/real-files.ts';

const hasGit = spawnSync('git', ['--version']).status === 0;
if (!hasGit) console.warn('skipped: git not installed');

describe.skipIf(!hasGit)('what git is told to ignore', () => {
  const root = mkdtempSync(join(tmpdir(), 'danezone-ignore-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  const git = (...args: string[]) =>
    spawnSync('git', ['-C', root, '-c', 'core.excludesFile=/dev/null', ...args], { encoding: 'utf8' });
  git('init', '-q');
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  put(
    '.gitignore',
    '# a comment\n*.private\n/build\n/keys/*\n!/keys/README.md\n!/keys/kept/\ndocs/**/x?[ab].txt\nlogs/\n\\#odd\n',
  );
  put('keys/kept/.gitignore', '*.key\n!Kmine.key\nsub/**\n');
  put('.git/info/exclude', 'secret*\n');

  test.each([
    'a.private',
    'keys/kept/K.private',
    'build',
    'build/zone',
    'deep/build',
    'keys/example.org/journal.json',
    'keys/README.md',
    'keys/kept/journal.json',
    'keys/kept/Kother.key',
    'keys/kept/Kmine.key',
    'keys/kept/sub/file',
    'docs/x1a.txt',
    'docs/deep/er/x1b.txt',
    'docs/x1c.txt',
    'logs',
    'a/logs/file',
    '#odd',
    'secret.txt',
    'a/secretly',
    'zones/example.yaml',
  ])('%s, as git check-ignore says', (path) => {
    const expected = git('check-ignore', '-q', '--no-index', path).status === 0;
    expect(ignoresBelow(realFiles, root)(join(root, path))).toBe(expected);
  });

  test('is nothing outside of a work tree', () => {
    const other = mkdtempSync(join(tmpdir(), 'danezone-no-git-'));
    expect(ignoresBelow(realFiles, other)(join(other, 'a.private'))).toBe(false);
    rmSync(other, { recursive: true });
  });
});

describe.skipIf(!hasGit)('a tracked file', () => {
  const root = mkdtempSync(join(tmpdir(), 'danezone-index-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  execFileSync('git', ['-C', root, 'init', '-q']);
  const path = join(root, 'a');
  writeFileSync(path, 'one');
  execFileSync('git', ['-C', root, 'add', 'a']);
  const differs = () => differsFromIndex(realFiles, path, indexBelow(realFiles, root)![0]);

  test('is what the index has, also when it was only touched', () => {
    expect(differs()).toBe(false);
    utimesSync(path, 1_000_000, 1_000_000);
    expect(differs()).toBe(false);
  });

  test('differs when its content does, of the same length or gone', () => {
    writeFileSync(path, 'two');
    utimesSync(path, 2_000_000, 2_000_000);
    expect(differs()).toBe(true);
    rmSync(path);
    expect(differs()).toBe(true);
  });
});
