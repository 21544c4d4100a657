import { describe, expect, test } from 'vitest';
import type { MemoryHost } from '../../src/host/memory.ts';
import { danezone, files, noon, repository, text } from './run.ts';

const leafDigest = 'a09a205c78d58924d7d0aaa76968581ef35d889eb16454a62c8ce254281981b3';
const output = (zone: string) => `/infra/build/${zone}.zone`;
const states = (out: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(JSON.parse(out).zones as Record<string, { state: string }>).map(([zone, { state }]) => [
      zone,
      state,
    ]),
  );

/** A build of the repository as it is, then one with changed files, some hours later. */
async function rebuilt(changes: Record<string, string>): Promise<{ host: MemoryHost; states: Record<string, string> }> {
  const host = repository();
  expect(await danezone(host, 'build')).toMatchObject({ status: 0 });
  host.setTime(noon + 5 * 3600);
  for (const [path, content] of Object.entries(changes)) host.put(path, content);
  const ran = await danezone(host, 'build', '--format', 'json');
  expect(ran.status).toBe(Object.keys(changes).length === 0 ? 0 : 4);
  return { host, states: states(ran.out) };
}

describe('an error over several records keeps the zone that holds the wrong one', () => {
  test('and no other', async () => {
    const net = files['/infra/zones/net.yaml'].replace(
      'mail:',
      `records: {_25._tcp: {TLSA: 3 1 1 ${leafDigest}}}, mail:`,
    );
    const { host, states: found } = await rebuilt({ '/infra/zones/net.yaml': net });
    expect(found).toEqual({ 'example.net.': 'kept', 'example.org.': 'built', 'lab.example.org.': 'built' });
    expect(host.err).toContain('dane/wrong-owner');
    expect(text(host, output('example.net'))).not.toContain('TLSA');
  });

  test('a record that matches nothing never replaces one that does', async () => {
    const common = files['/infra/zones/common.yaml'].replace(
      'services: {smtp: [mx1]}',
      `services: {smtp: [mx1]}, tlsa: 3 1 1 ${'00'.repeat(32)}`,
    );
    const { host, states: found } = await rebuilt({ '/infra/zones/common.yaml': common });
    expect(found['example.org.']).toBe('kept');
    expect(text(host, output('example.org')).toLowerCase().replaceAll(' ', '')).toContain(leafDigest);
  });
});

describe('a zone is judged by what its neighbours will serve', () => {
  const common = files['/infra/zones/common.yaml'].replace(
    'services: {smtp: [mx1]}',
    'services: {smtp: [mx1]}, tlsa: {alias: set.example.net}',
  );
  const net = (more: string) =>
    files['/infra/zones/net.yaml'].replace(
      'mail:',
      `records: {set: {TLSA: {ttl: 15m, value: 3 1 1 ${leafDigest}}}${more}}, mail:`,
    );

  test('an alias to records that come with the same change', async () => {
    const host = repository();
    expect(await danezone(host, 'build')).toMatchObject({ status: 0 });
    host.put('/infra/zones/common.yaml', common);
    host.put('/infra/zones/net.yaml', net(''));
    expect(await danezone(host, 'build')).toMatchObject({ status: 0 });
    expect(text(host, output('example.org'))).toMatch(
      /_25\._tcp\.mx1\.example\.org\.\t\d+\tIN\tCNAME\tset\.example\.net\./,
    );
  });

  test('an alias to records of a zone that keeps its last content, without them, waits with it', async () => {
    const { host, states: found } = await rebuilt({
      '/infra/zones/common.yaml': common,
      '/infra/zones/net.yaml': net(', bad: {CNAME: a.example.com, A: 192.0.2.1}'),
    });
    expect(found).toEqual({ 'example.net.': 'kept', 'example.org.': 'kept', 'lab.example.org.': 'built' });
    expect(host.err).toContain('dane/alias-chain');
    expect(text(host, output('example.org'))).toContain('\tTLSA\t');
  });

  test('`check` looks at the description alone', async () => {
    const host = repository({
      '/infra/zones/common.yaml': common,
      '/infra/zones/net.yaml': net(', bad: {CNAME: a.example.com, A: 192.0.2.1}'),
    });
    const ran = await danezone(host, 'check');
    expect(ran.status).toBe(1);
    expect(ran.err).not.toContain('dane/alias-chain');
  });
});
