/** A journal that is there and cannot be read: nobody has to act for the zone to stay up, and nothing moves until somebody has. */
import { describe, expect, test } from 'vitest';
import { readMaster } from '../../src/dns/master-reader.ts';
import { name } from '../../src/dns/name.ts';
import type { MemoryHost } from '../../src/host/memory.ts';
import { builtZone } from '../../src/journal/built-zone.ts';
import { newReport } from '../../src/text/problem.ts';
import { danezone, inService, net, repository, serial, settled, text, tree } from './run.ts';

const day = 86_400;
const folder = '/infra/keys/example.net';
const path = `${folder}/journal.json`;
const output = '/infra/build/example.net.zone';

const garbage: readonly [string, (journal: string) => string][] = [
  ['has the marks of a conflict', (journal) => `<<<<<<< ours\n${journal}=======\n${journal}>>>>>>> theirs\n`],
  ['is cut short', (journal) => journal.slice(0, 200)],
  ['is of a newer form', (journal) => journal.replace(/"version": \d+/, '"version": 99')],
];

async function running(changes: Record<string, string> = {}): Promise<MemoryHost> {
  const host = repository(changes);
  expect(await danezone(host, 'build')).toMatchObject({ status: 0 });
  await inService(host);
  return host;
}

/** What resolvers see of the keys: RRsets of the apex with the tags that sign them, and when the first signature runs out. */
function served(host: MemoryHost, now: number) {
  const zone = readMaster({ file: output, octets: host.files.read(output), apex: name('example.net.') }, newReport())!;
  const built = builtZone(zone, { serialPolicy: 'counter', contentDigest: '', parentDs: [] }, now);
  const rrsets = built.rrsets.map(({ owner, type, records, ttl, signed }) => [
    owner,
    type,
    records,
    ttl,
    signed?.signers,
  ]);
  return { keys: [rrsets, built.content.signed?.signers], firstExpiry: built.firstExpiry! };
}

const unsignedLines = (zone: string) => zone.split('\n').filter((line) => !/\t(RRSIG|SOA)\t/.test(line));

describe.each(garbage)('a journal that %s', (_, spoilt) => {
  test.each([
    'build',
    'resign',
  ])('keeps its zone signed with the keys that sign it, for months, by %s', async (command) => {
    const host = await running();
    host.put(path, spoilt(text(host, path)));
    const journal = text(host, path);
    const before = served(host, settled);
    const first = serial(text(host, output));
    const content = unsignedLines(text(host, output));
    const states = [...tree(host, folder)].filter(([file]) => /\.(key|private|state)$/.test(file));
    for (let days = 0; days <= 60; days += 10) {
      const now = settled + days * day;
      host.setTime(now);
      const ran = await danezone(host, command, '--format', 'json');
      expect(ran.status).toBe(4);
      expect(ran.err).toMatch(/error\[ops\/journal-(unreadable|newer)\]/);
      expect(JSON.parse(ran.out).zones['example.net.'].state).toBe('kept');
      const after = served(host, now);
      expect(after.keys).toEqual(before.keys);
      expect(after.firstExpiry).toBeGreaterThan(now + 9 * day);
      expect(unsignedLines(text(host, output))).toEqual(content);
    }
    expect(text(host, path)).toBe(journal);
    expect([...tree(host, folder)].filter(([file]) => /\.(key|private|state)$/.test(file))).toEqual(states);
    expect(serial(text(host, output))).toBeGreaterThan(first);
  });
});

const [, spoil] = garbage[0];

test('a zone whose journal cannot be read changes no file while no signature has to be renewed', async () => {
  const host = await running();
  host.put(path, spoil(text(host, path)));
  const now = settled + 20 * day;
  host.setTime(now);
  await danezone(host, 'build');
  // The windows of DNSKEY, CDS and CDNSKEY follow one another, so that the run after a renewal may still move one.
  await danezone(host, 'build');
  const before = tree(host, '/infra');
  host.setTime(now + 60);
  expect((await danezone(host, 'build')).status).toBe(4);
  expect(tree(host, '/infra')).toEqual(before);
});

test('the DS stays with the registrar and in the manifest, and the other zones are built', async () => {
  const host = await running();
  const ds = text(host, '/infra/build/example.net.ds');
  host.put(path, spoil(text(host, path)));
  host.setTime(settled + 30 * day);
  const { out } = await danezone(host, 'build', '--format', 'json');
  const { zones, manifest } = JSON.parse(out);
  expect(text(host, '/infra/build/example.net.ds')).toBe(ds);
  expect(manifest.zones['example.net.'].ds).toEqual(ds.trim().split('\n'));
  expect(manifest.zones['example.net.'].reason).toContain('ops/journal-unreadable');
  expect(Date.parse(manifest.zones['example.net.'].runBefore) / 1000).toBeGreaterThan(settled + 30 * day);
  expect(zones['example.org.'].state).toBe('built');
});

describe('in the middle of a roll', () => {
  const yaml = (algorithm: string) => `policies: {default: {keys: {algorithm: ${algorithm}}}}\n${net}`;

  test('an algorithm whose signatures come before its DNSKEY signs on', async () => {
    const host = await running();
    host.put('/infra/zones/net.yaml', yaml('ED25519'));
    expect(await danezone(host, 'roll', 'algorithm', 'example.net')).toMatchObject({ status: 0 });
    expect((await danezone(host, 'build')).status).toBe(0);
    const before = served(host, settled);
    expect(before.keys[1]).toHaveLength(2);
    host.put(path, spoil(text(host, path)));
    for (const days of [2, 40]) {
      host.setTime(settled + days * day);
      const ran = await danezone(host, 'build');
      expect(ran.status).toBe(4);
      expect(ran.err).not.toContain('key/unauthorised');
      expect(served(host, settled + days * day).keys).toEqual(before.keys);
    }
  });

  test('a zone that asks for the deletion of its DS asks on', async () => {
    const host = await running({ '/infra/zones/net.yaml': 'domains: {example.net: {nameservers: ours}}\n' });
    expect(await danezone(host, 'roll', 'insecure', 'example.net')).toMatchObject({ status: 0 });
    expect((await danezone(host, 'build')).status).toBe(0);
    expect(text(host, output)).toMatch(/\tCDS\t0 0 0 00/);
    const before = served(host, settled);
    host.put(path, spoil(text(host, path)));
    host.setTime(settled + 40 * day);
    expect((await danezone(host, 'build')).status).toBe(4);
    expect(served(host, settled + 40 * day).keys).toEqual(before.keys);
  });
});

test('goes on when the journal is back: the zone is built, with a later serial', async () => {
  const host = await running();
  const journal = text(host, path);
  host.put(path, spoil(journal));
  host.setTime(settled + 30 * day);
  await danezone(host, 'build');
  const kept = serial(text(host, output));
  host.put(path, journal);
  host.setTime(settled + 31 * day);
  expect(await danezone(host, 'build')).toMatchObject({ status: 0 });
  expect(serial(text(host, output))).toBeGreaterThan(kept);
});

describe('the last output stays as it is', () => {
  const broken = async (change: (host: MemoryHost) => void, now: number) => {
    const host = await running();
    host.put(path, spoil(text(host, path)));
    change(host);
    const before = text(host, output);
    host.setTime(now);
    const ran = await danezone(host, 'build', '--format', 'json');
    expect(JSON.parse(ran.out).zones['example.net.'].state).toBe('stale');
    expect(text(host, output)).toBe(before);
    return ran;
  };
  const keyFile = (host: MemoryHost, suffix: string) =>
    `${folder}/${host.files.list(folder).find((file) => file.endsWith(suffix))}`;

  test('where the private half of a key that signs is gone, and the file is named', async () => {
    const ran = await broken((host) => host.files.remove(keyFile(host, '.private')), settled + day);
    expect(ran.err).toMatch(/error\[build\/no-keys\].*K\S+\.private/);
  });

  test('where nothing says how it was signed', async () => {
    await broken((host) => host.files.remove(`${folder}/signing.json`), settled + day);
  });

  test('with a clock that is behind its signatures', async () => {
    await broken(() => {}, Date.UTC(2000, 0, 1) / 1000);
  });
});
