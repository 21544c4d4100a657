import { describe, expect, test } from 'vitest';
import type { MemoryHost } from '../../src/host/memory.ts';
import { danezone, files, noon, repository, tree } from './run.ts';

async function changed(changes: Record<string, string | null>): Promise<MemoryHost> {
  const host = repository();
  expect(await danezone(host, 'build')).toMatchObject({ status: 0 });
  const now = Object.fromEntries([...tree(host, '/infra')].filter(([path]) => !(path in changes)));
  const fresh = Object.fromEntries(
    Object.entries(changes).filter((entry): entry is [string, string] => entry[1] !== null),
  );
  const next = repository({ ...now, ...fresh }, noon + 60);
  for (const [path, content] of Object.entries(changes)) {
    if (content === null && next.files.facts(path) !== undefined) next.files.remove(path);
  }
  return next;
}

interface Diff {
  zones: {
    zone: string;
    state: string;
    changes: { owner: string; type: string; words: string[]; dangerous: boolean }[];
  }[];
}

async function diffOf(host: MemoryHost): Promise<Diff['zones']> {
  const { out } = await danezone(host, 'diff', '--format', 'json');
  return (JSON.parse(out) as Diff).zones;
}

describe('diff', () => {
  test('nothing changed: no zone differs, and nothing is written', async () => {
    const host = await changed({});
    const before = tree(host, '/infra');
    expect((await diffOf(host)).map(({ state }) => state)).toEqual(['same', 'same', 'same']);
    expect(await danezone(host, 'diff', '--exit-code')).toMatchObject({ status: 0, out: 'no changes\n' });
    expect(tree(host, '/infra')).toEqual(before);
  });

  test('a literal in place of the digest is said to remove the only record that matches', async () => {
    const literal = `3 1 1 ${'ab'.repeat(32)}`;
    const host = await changed({
      '/infra/zones/common.yaml': files['/infra/zones/common.yaml'].replace(
        'services: {smtp: [mx1]}',
        `services: {smtp: [mx1]}, tlsa: ['${literal}']`,
      ),
    });
    const [{ state, changes }] = (await diffOf(host)).filter(({ zone }) => zone === 'example.org.');
    expect(state).toBe('faulty');
    expect(changes).toMatchObject([{ type: 'TLSA', dangerous: true }]);
    expect(changes[0].words[0]).toMatch(/^removes the only TLSA record that matches mx1\.example\.org's current key/);
    expect((await danezone(host, 'diff')).err).toContain('error[dane/nothing-matches]');
  });

  test('a second key type adds a record and keeps the first', async () => {
    const host = await changed({
      '/infra/zones/common.yaml': files['/infra/zones/common.yaml']
        .replace('{chain: certs/p256.pem}', '{chain: certs/p256.pem}\n  mx1b: {chain: certs/p384.pem}')
        .replace('smtp: [mx1]', 'smtp: [mx1, mx1b]'),
    });
    const [change] = (await diffOf(host)).flatMap(({ changes }) => changes);
    expect(change).toMatchObject({ owner: '_25._tcp.mx1.example.org.', type: 'TLSA', dangerous: false });
    expect(change.words).toEqual([expect.stringContaining("mx1.example.org's current key")]);
  });

  test('a zone that leaves, a new one, and --exit-code', async () => {
    const host = await changed({
      '/infra/zones/net.yaml': null,
      '/infra/zones/com.yaml': 'domains: {example.com: {nameservers: ours, mail: [{host: mx1.example.org}]}}',
    });
    const states = Object.fromEntries((await diffOf(host)).map(({ zone, state }) => [zone, state]));
    expect(states).toEqual({
      'example.com.': 'new',
      'example.net.': 'gone',
      'example.org.': 'same',
      'lab.example.org.': 'same',
    });
    expect(await danezone(host, 'diff', '--exit-code')).toMatchObject({ status: 1 });
    expect(await danezone(host, 'diff')).toMatchObject({ status: 0 });
  });

  test('mail that goes nowhere is dangerous', async () => {
    const host = await changed({
      '/infra/zones/net.yaml': files['/infra/zones/net.yaml'].replace('[{host: mx1.example.org}]', 'null-mx'),
    });
    const changes = (await diffOf(host)).flatMap((zone) => zone.changes);
    expect(changes).toMatchObject([{ owner: 'example.net.', type: 'MX', dangerous: true }]);
    expect(await danezone(host, 'diff')).toMatchObject({
      status: 0,
      out: expect.stringContaining('! example.net. MX'),
    });
  });
});
