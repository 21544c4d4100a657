import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { MemoryHost } from '../../src/host/memory.ts';
import { danezone, net, org, repository } from './run.ts';

/** An index of version 2, as the "index-format" page of git's documentation has it, with empty stat fields. */
function gitIndex(paths: readonly string[]): Buffer {
  const entries = paths.map((path) => {
    const head = Buffer.alloc(62);
    head.writeUInt16BE(path.length, 60);
    const name = Buffer.from(path);
    return Buffer.concat([head, name, Buffer.alloc(8 - ((62 + name.length) % 8))]);
  });
  const head = Buffer.alloc(12);
  head.write('DIRC');
  head.writeUInt32BE(2, 4);
  head.writeUInt32BE(paths.length, 8);
  return Buffer.concat([head, ...entries]);
}

function tracked(files: Record<string, string>): MemoryHost {
  const host = repository(Object.fromEntries(Object.entries(files).map(([path, text]) => [`/infra/${path}`, text])));
  host.files.makeFolder('/infra/.git');
  host.files.writeNew('/infra/.git/index', gitIndex(Object.keys(files)));
  return host;
}

const errorsIn = (json: string) =>
  JSON.parse(json)
    .problems.filter((problem: { tier: string }) => problem.tier === 'error')
    .map((problem: { rule: string }) => problem.rule);

describe('check and git', () => {
  // A key of the test vectors, public knowledge.
  const secret = readFileSync(new URL('../vectors/certs/made/test-only-leaf.key.pem', import.meta.url), 'utf8');
  const inside = secret.split('\n')[1];

  test('an unencrypted private key in a tracked file is an error, and nothing of it is shown', async () => {
    const host = tracked({ 'zones/certs/mx1.key': secret });
    const ran = await danezone(host, 'check', '--format', 'json');
    expect(ran.status).toBe(1);
    expect(errorsIn(ran.out)).toEqual(['cert/private-key-in-repo']);
    expect((await danezone(host, 'check')).err).not.toContain(inside);
  });

  test('the private half of a DNSSEC key is known by its name; the file is not opened', async () => {
    const path = 'keys/example.org/Kexample.org.+013+12345.private';
    const host = tracked({ [path]: 'unread' });
    const read = host.files.read.bind(host.files);
    const opened: string[] = [];
    host.files.read = (file) => {
      opened.push(file);
      return read(file);
    };
    const ran = await danezone(host, 'check', '--format', 'json');
    expect(errorsIn(ran.out)).toContain('key/unencrypted-in-git');
    expect(opened.filter((file) => file.endsWith('.private'))).toEqual([]);
    expect(opened).toContain('/infra/.git/index');
  });

  test('keys for tests are named by their folder', async () => {
    const host = tracked({ 'test/keys/mx1.key': secret, 'test/Kexample.org.+013+12345.private': '' });
    expect((await danezone(host, 'check')).status).toBe(1);
    expect(await danezone(host, 'check', '--test-keys', 'test')).toMatchObject({ status: 0 });
    expect((await danezone(host, 'check', '--test-keys', 'tes')).status).toBe(1);
  });

  test('files that git does not track are not looked at', async () => {
    const host = repository({ '/infra/zones/certs/mx1.key': secret });
    host.files.makeFolder('/infra/.git');
    host.files.writeNew('/infra/.git/index', gitIndex(['zones/org.yaml']));
    expect(await danezone(host, 'check')).toMatchObject({ status: 0 });
  });
});

describe('with files', () => {
  /** The paths that a command reads, from the root, each as often as it does. */
  async function readsOf(host: MemoryHost, ...argv: string[]): Promise<string[]> {
    const paths: string[] = [];
    const { read } = host.files;
    host.files.read = (path) => {
      paths.push(path.slice('/infra/'.length));
      return read(path);
    };
    const ran = await danezone(host, ...argv);
    host.files.read = read;
    expect(ran.status).toBe(0);
    return paths.sort();
  }
  const built = async (files: Record<string, string> = {}) => {
    const host = tracked(files);
    expect((await danezone(host, 'build')).status).toBe(0);
    return host;
  };
  const described = ['zones/certs/p256.pem', 'zones/common.yaml', 'zones/net.yaml', 'zones/org.yaml'];
  const zonesOf = (paths: readonly string[]) => [
    ...new Set(paths.flatMap((path) => /^keys\/([^/]+)\//.exec(path)?.[1] ?? [])),
  ];

  test('the description is read once, and state of the zones made from them and of children in this repository', async () => {
    const host = await built();
    const paths = await readsOf(host, 'check', 'zones/net.yaml');
    expect(paths.filter((path) => !path.startsWith('keys/'))).toEqual(['.git/index', ...described]);
    expect(zonesOf(paths)).toEqual(['example.net', 'lab.example.org']);
    expect(paths).toEqual([...new Set(paths)]);
    expect(paths.filter((path) => path.endsWith('.private'))).toEqual([]);
  });

  test('a file that all zones share, no file at all and a key folder have the state read that they bear on', async () => {
    const host = await built();
    const all = ['example.net', 'example.org', 'lab.example.org'];
    expect(zonesOf(await readsOf(host, 'check', 'zones/common.yaml'))).toEqual(all);
    expect(zonesOf(await readsOf(host, 'check'))).toEqual(all);
    expect(zonesOf(await readsOf(host, 'check', 'keys/example.org/journal.json'))).toEqual(all.slice(1));
  });

  test('tracked files are searched whatever is named: a commit may hold a key beside the files that the hook is given', async () => {
    const host = await built({ 'zones/net.yaml': net, 'deploy/tls.pem': '', 'deploy/logo.png': '', 'README.md': '' });
    const paths = await readsOf(host, 'check', 'zones/net.yaml');
    expect(paths.filter((path) => !path.startsWith('keys/'))).toEqual(['.git/index', 'deploy/tls.pem', ...described]);
  });

  test('a journal with the marks of a merge conflict is an error before it is committed', async () => {
    const host = await built();
    const path = '/infra/keys/example.net/journal.json';
    const whole = Buffer.from(host.files.read(path)).toString('utf8');
    host.put(path, `<<<<<<< ann\n${whole}=======\n${whole}>>>>>>> bob\n`);
    const { status, out } = await danezone(host, 'check', '--format', 'json');
    const of = JSON.parse(out).problems.filter(({ tier }: { tier: string }) => tier === 'error');
    expect(status).toBe(1);
    expect(of).toMatchObject([{ rule: 'ops/journal-unreadable', position: { file: 'keys/example.net/journal.json' } }]);
    expect((await danezone(host, 'check', 'zones/org.yaml')).status).toBe(0);
  });

  test('what is wrong with the keys of another zone does not stand against them', async () => {
    const policies = 'policies: {two: {keys: {layout: ksk-zsk}}}\n';
    const host = await built();
    const own = org.replace('    nameservers: ours', '    policy: two\n    nameservers: ours');
    host.put('/infra/zones/org.yaml', `${policies}${own}`);
    const rulesOf = async (...argv: string[]) =>
      JSON.parse((await danezone(host, 'check', '--format', 'json', ...argv)).out).problems.map(
        ({ rule }: { rule: string }) => rule,
      );
    expect(await rulesOf()).toContain('build/keys-differ');
    expect(await rulesOf('zones/org.yaml')).toContain('build/keys-differ');
    expect(await rulesOf('zones/net.yaml')).not.toContain('build/keys-differ');
  });
});
