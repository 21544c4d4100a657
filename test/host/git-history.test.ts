/** Earlier versions of a file, from git repositories that are made here. Where there is no git, there is no past to read. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { check } from '../../src/cli/check.ts';
import { match } from '../../src/cli/match.ts';
import { runProgram } from '../../src/cli/program.ts';
import { earlierVersions } from '../../src/host/git-history.ts';
import { realHost } from '../../src/host/real.ts';
import { digestOf } from '../dane/hosts.ts';
import { textOf } from '../x509/vectors.ts';

const isHere = spawnSync('git', ['--version']).status === 0;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'danezone-history-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function git(...args: string[]): string {
  return gitWith(undefined, ...args);
}

function gitWith(input: string | undefined, ...args: string[]): string {
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a@example.org',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@example.org',
    GIT_AUTHOR_DATE: '2026-08-01T12:00:00Z',
    GIT_COMMITTER_DATE: '2026-08-01T12:00:00Z',
  };
  return execFileSync('git', args, { cwd: folder, env, input: input ?? '', encoding: 'utf8', stdio: 'pipe' }).trim();
}

function write(path: string, text: string): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** Writes, commits; the abbreviated name of the commit. */
function commit(path: string, text: string): string {
  write(path, text);
  git('add', '--all');
  git('commit', '-qm', 'change');
  return git('rev-parse', '--short', 'HEAD');
}

const texts = (path: string) =>
  earlierVersions(join(folder, path)).map(({ commit: of, date, octets }) => [of, date, Buffer.from(octets).toString()]);

describe.skipIf(!isHere)('the versions of a file (needs git)', () => {
  beforeEach(() => git('init', '-q'));

  test('are those of the commits that changed it, the newest first', () => {
    const first = commit('zones/certs/a b.pem', 'one\n');
    commit('zones/other', 'x');
    const second = commit('zones/certs/a b.pem', 'two\n\nthree');
    expect(texts('zones/certs/a b.pem')).toEqual([
      [second, '2026-08-01', 'two\n\nthree'],
      [first, '2026-08-01', 'one\n'],
    ]);
  });

  test('are not those of a commit that removed it', () => {
    const first = commit('a.pem', 'one');
    rmSync(join(folder, 'a.pem'));
    commit('b', 'x');
    expect(texts('a.pem')).toEqual([[first, '2026-08-01', 'one']]);
  });

  test('are at most twenty', () => {
    for (let i = 1; i <= 22; i++) commit('a.pem', `version ${i}`);
    const found = texts('a.pem');
    expect(found).toHaveLength(20);
    expect([found[0][2], found[19][2]]).toEqual(['version 22', 'version 3']);
  });

  test('a name is no pattern', () => {
    commit('x.pem', 'one');
    write('*.pem', 'two');
    expect(texts('*.pem')).toEqual([]);
  });

  test('of a repository whose configuration names programs: none of them runs', () => {
    const trap = join(folder, 'trap');
    writeFileSync(trap, `#!/bin/sh\ntouch '${join(folder, 'sprung')}'\n`, { mode: 0o755 });
    commit('a.pem', 'one');
    // A commit that bears a signature: git shows it by running gpg.program.
    const signature = 'gpgsig -----BEGIN PGP SIGNATURE-----\n \n AAAA\n -----END PGP SIGNATURE-----\n';
    const signed = git('cat-file', 'commit', 'HEAD').replace(/\n\n/, `\n${signature}\n`);
    git('reset', '-q', '--soft', gitWith(`${signed}\n`, 'hash-object', '-t', 'commit', '-w', '--stdin'));
    const first = git('rev-parse', '--short', 'HEAD');
    for (const key of ['core.fsmonitor', 'core.pager', 'gpg.program', 'core.sshCommand', 'diff.external']) {
      git('config', key, trap);
    }
    git('config', 'log.showSignature', 'true');
    git('config', 'diff.x.textconv', trap);
    write('.git/info/attributes', '*.pem diff=x\n');
    expect(texts('a.pem')).toEqual([[first, '2026-08-01', 'one']]);
    expect(existsSync(join(folder, 'sprung'))).toBe(false);
  });

  test.each([
    ['a file that is not tracked', 'b.pem'],
    ['a file that is not there', 'c.pem'],
    ['a folder that is not there', 'no/d.pem'],
  ])('%s has none', (_, path) => {
    commit('a.pem', 'one');
    write('b.pem', 'x');
    expect(texts(path)).toEqual([]);
  });

  test('a repository without a commit, and a damaged one, have none', () => {
    write('a.pem', 'x');
    expect(texts('a.pem')).toEqual([]);
    commit('a.pem', 'one');
    rmSync(join(folder, '.git/objects'), { recursive: true });
    expect(texts('a.pem')).toEqual([]);
  });
});

test('outside of a work tree there are none', () => {
  write('a.pem', 'one');
  expect(texts('a.pem')).toEqual([]);
});

describe.skipIf(!isHere)('a record of a key that was replaced (needs git)', () => {
  const old = digestOf('leaf.pem', '1 1');
  const description = `certificates: {mx1: {chain: certs/mx1.pem}}
hosts:
  mx1.example.test: {addresses: [192.0.2.25], services: {smtp: mx1}, tlsa: 3 1 1 ${old}}
domains:
  example.test: {nameservers: [ns1.example.net, ns2.example.net]}
`;

  async function run(command: typeof check, ...args: string[]): Promise<{ status: number; out: string; err: string }> {
    const said = { out: '', err: '' };
    const to = (stream: 'out' | 'err') => ({
      write: (text: string | Uint8Array) => {
        said[stream] += Buffer.from(text as string).toString();
      },
      isTerminal: false,
      columns: 80,
    });
    const host = { ...realHost(), workingFolder: folder, stdout: to('out'), stderr: to('err') };
    const status = await runProgram(host, '0', [command], [command.name, ...args]);
    return { status, ...said };
  }

  beforeEach(() => git('init', '-q'));

  test('is named by check and by match with the file and the commit', async () => {
    const before = commit('zones/certs/mx1.pem', textOf('made/leaf.pem'));
    commit('zones/a.yaml', description);
    commit('zones/certs/mx1.pem', textOf('made/leaf-next-key.pem'));
    const checked = await run(check, '--format', 'json');
    expect(checked.status).toBe(1);
    const errors = JSON.parse(checked.out).problems.filter((problem: { tier: string }) => problem.tier === 'error');
    expect(errors).toMatchObject([{ rule: 'dane/wrong-input-digest', position: { file: 'zones/a.yaml', line: 3 } }]);
    expect(errors[0].message).toContain(
      `is the digest of the public key (SPKI) of zones/certs/mx1.pem as of commit ${before} (2026-08-01), not of`,
    );

    writeFileSync(join(folder, 'tlsa.txt'), `3 1 1 ${old}\n`);
    const chain = 'zones/certs/mx1.pem';
    const matched = await run(match, '--tlsa', 'tlsa.txt', '--chain', chain, '--no-names', '--format', 'json');
    expect(matched.status).toBe(3);
    expect(JSON.parse(matched.out).records[0].mistake).toBe(
      `it is the public key (SPKI) of ${chain} as of commit ${before} (2026-08-01)`,
    );
  });

  test('without a work tree is a record that matches nothing', async () => {
    write('zones/a.yaml', description);
    write('zones/certs/mx1.pem', textOf('made/leaf-next-key.pem'));
    rmSync(join(folder, '.git'), { recursive: true });
    const { status, out } = await run(check, '--format', 'json');
    expect(status).toBe(1);
    expect(JSON.parse(out).problems.map(({ rule }: { rule: string }) => rule)).toContain('dane/nothing-matches');
    expect(readFileSync(join(folder, 'zones/a.yaml'), 'utf8')).toBe(description);
  });
});
