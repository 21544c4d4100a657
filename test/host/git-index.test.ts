import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parseIndex, trackedFiles } from '../../src/host/git-index.ts';
import { realFiles } from '../../src/host/real-files.ts';

const hasGit = spawnSync('git', ['--version']).status === 0;
if (!hasGit) console.warn('skipped: git not installed');

describe.skipIf(!hasGit)('the index that git writes', () => {
  const root = mkdtempSync(join(tmpdir(), 'danezone-git-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  const git = (...args: string[]) => execFileSync('git', ['-C', root, ...args], { encoding: 'utf8' });
  git('init', '-q');
  mkdirSync(join(root, 'keys/example.org'), { recursive: true });
  const names = [
    'a',
    'ab',
    'keys/example.org/Kexample.org.+013+00001.private',
    `${'long-'.repeat(45)}name`,
    'ümlaut',
    'zones/x.yaml',
  ];
  mkdirSync(join(root, 'zones'));
  for (const name of names) writeFileSync(join(root, name), name);
  git('add', '.');

  for (const version of ['2', '3', '4']) {
    test(`version ${version} lists what git ls-files lists`, () => {
      git('update-index', '--index-version', version);
      if (version === '3') git('update-index', '--skip-worktree', 'a');
      const expected = git('ls-files', '-z')
        .split('\0')
        .filter((name) => name !== '');
      expect(parseIndex(readFileSync(join(root, '.git/index')))).toEqual(expected);
      expect(expected).toHaveLength(names.length);
    });
  }

  test('a root below the top of the work tree has the paths below it', () => {
    expect(trackedFiles(realFiles, join(root, 'keys'))).toEqual(['example.org/Kexample.org.+013+00001.private']);
    expect(trackedFiles(realFiles, root)).toHaveLength(names.length);
  });

  test('an index that is cut short is not read', () => {
    const index = readFileSync(join(root, '.git/index'));
    expect(parseIndex(index.subarray(0, 40))).toBeUndefined();
    expect(parseIndex(Buffer.from('no index at all'))).toBeUndefined();
  });
});
