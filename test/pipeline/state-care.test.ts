/** Whether the state of the zones outlives the machine, with git's own index where git is asked. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { MemoryHost } from '../../src/host/memory.ts';
import { realFiles } from '../../src/host/real-files.ts';
import { check } from '../../src/pipeline/check.ts';
import { newReport } from '../../src/text/problem.ts';
import { fixtureProblems } from './fixtures.ts';
import { danezone, net, noon, repository, text, tree } from './run.ts';

const warnings = (
  ran: { out: string },
  rule: string,
): { zones?: readonly string[]; subject?: string; message: string }[] =>
  JSON.parse(ran.out).problems.filter((problem: { rule: string }) => problem.rule === rule);
const checked = (host: MemoryHost) => danezone(host, 'check', '--format', 'json');

describe('key/no-backup', () => {
  const noBackups = async (host: MemoryHost) => warnings(await checked(host), 'key/no-backup');
  const built = async (changes: Record<string, string> = {}) => {
    const host = repository(changes);
    expect(await danezone(host, 'build')).toMatchObject({ status: 0 });
    return host;
  };
  const put = (host: MemoryHost, path: string) => host.files.writeNew(path, Buffer.from('sealed'));

  test('has a repository that it refuses and one that it takes', () => {
    const bad = fixtureProblems('key/no-backup', 'bad');
    expect(bad.map(({ rule }) => rule)).toEqual(['key/no-backup']);
    expect(bad[0]).toMatchObject({ tier: 'warning', position: { file: 'zones/example.yaml', line: 2 } });
    expect(fixtureProblems('key/no-backup', 'good')).toEqual([]);
  });

  test('is said once for all zones of a policy, and only where there are private keys', async () => {
    expect(await noBackups(repository())).toEqual([]);
    const [one, ...more] = await noBackups(await built());
    expect(more).toEqual([]);
    expect(one.message).toMatch(/example\.net\. and 2 other zones|example\.org\. and 2 other zones/);
  });

  test('is answered by a statement in the policy, for the zones of that policy', async () => {
    const said = 'policies: {kept: {keys: {backup: in the safe}}}';
    const host = await built({
      '/infra/zones/net.yaml': `${said}${net.replace('{nameservers', '{policy: kept, nameservers')}`,
    });
    const [one] = await noBackups(host);
    expect(one.message).toContain('example.org. and 1 other zone');
    const all = await built({ '/infra/zones/p.yaml': 'policies: {default: {keys: {backup: in the safe}}}\n' });
    expect(await noBackups(all)).toEqual([]);
  });

  test('is answered by an encrypted copy beside the keys, or by one of all keys', async () => {
    const host = await built();
    put(host, '/infra/keys/example.net/keys.tar.age');
    expect((await noBackups(host))[0].message).toContain('example.org. and 1 other zone');
    put(host, '/infra/keys/all.gpg');
    expect(await noBackups(host)).toEqual([]);
  });

  test('can be silenced by a zone', async () => {
    const silence = 'silences: [{rule: key/no-backup, reason: known, until: 2027-01-01}], nameservers';
    const host = await built({
      '/infra/zones/org.yaml': '',
      '/infra/zones/net.yaml': net.replace('nameservers', silence),
    });
    expect(await noBackups(host)).toEqual([]);
  });
});

const hasGit = spawnSync('git', ['--version']).status === 0;
if (!hasGit) console.warn('skipped: git not installed');

describe.skipIf(!hasGit)('ops/state-not-committed', async () => {
  const folders: string[] = [];
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true });
  });
  const host = repository();
  await danezone(host, 'build');

  /** The built repository on the disk, and what `check` says there of this rule: the message without its end. */
  function onDisk(ignored = '*.private\n/build/\n/.danezone/\n') {
    const root = mkdtempSync(join(tmpdir(), 'danezone-state-'));
    folders.push(root);
    for (const [path, content] of [...tree(host, '/infra'), ['/infra/.gitignore', ignored]] as const) {
      const at = join(root, path.slice('/infra'.length));
      mkdirSync(dirname(at), { recursive: true });
      writeFileSync(at, content, { mode: path.endsWith('.private') ? 0o600 : 0o644 });
    }
    const git = (...args: string[]) => execFileSync('git', ['-C', root, ...args], { stdio: 'pipe' });
    const said = (state = join(root, 'keys')) => {
      const to = newReport();
      check(realFiles, { root, state, output: join(root, 'build') }, noon, to);
      return to.problems
        .filter(({ rule }) => rule === 'ops/state-not-committed')
        .map(({ message, zones }) => [zones?.length, message]);
    };
    return { root, git, said };
  }

  test('says nothing where there is no git, and all that was never added where there is', () => {
    const { git, said } = onDisk();
    expect(said()).toEqual([]);
    git('init', '-q');
    expect(said()).toEqual([
      [3, expect.stringMatching(/^keys\/\S+ was never added to git, and with it .* 2 other zones$/)],
    ]);
    git('add', '.');
    expect(said()).toEqual([]);
  });

  test('says it of a file that changed since, be it only by its content', () => {
    const { root, git, said } = onDisk();
    git('init', '-q');
    git('add', '.');
    const journal = join(root, 'keys/example.net/journal.json');
    writeFileSync(
      journal,
      text(host, '/infra/keys/example.net/journal.json').replace('"generation": 1', '"generation": 2'),
    );
    expect(said()).toEqual([[1, 'keys/example.net/journal.json was changed since it was added to git']]);
    git('add', '.');
    expect(said()).toEqual([]);
  });

  test('says nothing of a folder that git is told to ignore: it is kept elsewhere', () => {
    const { git, said } = onDisk('/keys/\n/build/\n');
    git('init', '-q');
    git('add', '.');
    expect(said()).toEqual([]);
  });

  test('asks the work tree in which the state lies', () => {
    const { root, git, said } = onDisk('/keys/\n/build/\n');
    git('init', '-q');
    git('-C', 'keys', 'init', '-q');
    expect(said()).toHaveLength(1);
    writeFileSync(join(root, 'keys/.gitignore'), '*.private\n');
    git('-C', 'keys', 'add', '.');
    expect(said()).toEqual([]);
  });
});
