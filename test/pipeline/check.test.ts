import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { MemoryHost } from '../../src/host/memory.ts';
import { danezone, repository } from './run.ts';

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
