/** A journal that was lost, restored from an older copy or changed by hand: the build goes on, and waits the longest. */
import { describe, expect, test } from 'vitest';
import { name } from '../../src/dns/name.ts';
import { Type } from '../../src/dns/type.ts';
import type { MemoryHost } from '../../src/host/memory.ts';
import { versionsOf } from '../../src/journal/held.ts';
import { parseJournal } from '../../src/journal/parse.ts';
import { newReport } from '../../src/text/problem.ts';
import { danezone, net, noon, records, repository, serial, text, tree } from './run.ts';

const zone = name('example.net.');
const path = '/infra/keys/example.net/journal.json';
const output = '/infra/build/example.net.zone';
const day = 86_400;

const journalOf = (host: MemoryHost) => parseJournal(path, host.files.read(path), zone, newReport())!;
const keysOf = (host: MemoryHost) => versionsOf(journalOf(host), zone, Type.DNSKEY);

/** Built and confirmed; the clocks run. */
async function published(): Promise<MemoryHost> {
  const host = repository();
  expect(await danezone(host, 'build')).toMatchObject({ status: 0 });
  host.setTime(noon + 600);
  expect(await danezone(host, 'confirm', 'published', '--all')).toMatchObject({ status: 0 });
  expect(keysOf(host)).toMatchObject([{ service: { state: 'published', from: noon + 600 } }]);
  host.setTime(noon + day);
  return host;
}

async function expectAnew(host: MemoryHost, rule: string): Promise<void> {
  const before = text(host, output);
  const ran = await danezone(host, 'build');
  expect(ran).toMatchObject({ status: 0 });
  expect(ran.err).toContain(`warning[${rule}]`);
  expect(ran.err.match(/warning\[ops\/journal/g)).toHaveLength(1);
  // What is published stays, signed anew, with a serial that secondaries take.
  const after = text(host, output);
  expect(records(after).slice(1)).toEqual(records(before).slice(1));
  expect(serial(after)).toBeGreaterThanOrEqual(serial(before));
  const journal = journalOf(host);
  expect(journal.isEdited).toBeUndefined();
  expect(journal.evidence).toEqual([]);
  expect(keysOf(host).at(-1)).toMatchObject({ service: { state: 'unseen' } });
  // Said once: what was written is believed again.
  host.setTime(noon + day + 7200);
  const next = await danezone(host, 'build');
  expect(next).toMatchObject({ status: 0 });
  expect(next.err).not.toContain('ops/journal');
  expect(await danezone(host, 'confirm', 'published', 'example.net')).toMatchObject({ status: 0 });
  expect(keysOf(host).at(-1)).toMatchObject({ service: { state: 'published', from: noon + day + 7200 } });
}

describe('a build', () => {
  test('says nothing about the journal that the last one wrote', async () => {
    const host = await published();
    const ran = await danezone(host, 'build');
    expect(ran.err).not.toContain('ops/journal');
    expect(keysOf(host)).toMatchObject([{ service: { state: 'published', from: noon + 600 } }]);
  });

  test('notices that the journal is lost', async () => {
    const host = await published();
    host.files.remove(path);
    await expectAnew(host, 'ops/journal-lost');
  });

  test.each([
    ['lost', (host: MemoryHost) => host.files.remove(path)],
    ['edited', (host: MemoryHost) => host.put(path, text(host, path).replaceAll('12:10:00Z', '12:09:00Z'))],
  ])('says with --quiet too that the clocks start anew because the journal is %s: somebody has to act', async (rule, spoil) => {
    const host = await published();
    spoil(host);
    const ran = await danezone(host, 'build', '--quiet');
    expect(ran).toMatchObject({ status: 0, out: '' });
    expect(ran.err).toContain(`warning[ops/journal-${rule}]`);
    expect(ran.err).not.toContain('information[');
  });

  test('notices that the journal was changed by hand', async () => {
    const host = await published();
    host.put(path, text(host, path).replaceAll('2026-06-01 12:10:00Z', '2026-01-01 12:10:00Z'));
    await expectAnew(host, 'ops/journal-edited');
  });

  test('notices that the journal is an older one than the zone that was built', async () => {
    const host = await published();
    const older = text(host, path);
    host.put('/infra/zones/net.yaml', net.replace('mail:', 'records: {www: {A: 192.0.2.9}}, mail:'));
    expect(await danezone(host, 'build')).toMatchObject({ status: 0 });
    host.put(path, older);
    await expectAnew(host, 'ops/journal-rolled-back');
  });

  test('notices that the whole state is older than the output', async () => {
    const host = await published();
    const older = tree(host, '/infra/keys/example.net');
    host.put('/infra/zones/net.yaml', net.replace('mail:', 'records: {www: {A: 192.0.2.9}}, mail:'));
    expect(await danezone(host, 'build')).toMatchObject({ status: 0 });
    for (const [file, content] of older) if (!file.endsWith('.private')) host.put(file, content);
    await expectAnew(host, 'ops/journal-rolled-back');
  });

  test('takes what stands in a folder of previews for no sign of it', async () => {
    const host = await published();
    host.put('/tmp/preview/example.net.zone', text(host, output).replace(/(\tSOA\t\S+ \S+) 1 /, '$1 9 '));
    expect(serial(text(host, '/tmp/preview/example.net.zone'))).toBe(9);
    const ran = await danezone(host, 'build', '--out', '/tmp/preview');
    expect(ran.err).not.toContain('ops/journal');
  });

  test('notices that the keys have gone on without the journal', async () => {
    const host = await published();
    const folder = '/infra/keys/example.net';
    const key = host.files.list(folder).find((file) => file.endsWith('.key'))!;
    const state =
      'Algorithm: 13\nKSK: yes\nZSK: yes\nGoalState: omnipresent\nDNSKEYState: rumoured\nDNSKEYChange: 20260602000000\n';
    const stateFile = `${folder}/${key.replace(/key$/, 'state')}`;
    host.put(stateFile, state);
    const ran = await danezone(host, 'build');
    expect(ran.err).toContain('warning[ops/journal-rolled-back]');
    expect(ran.err).toContain('a key changed its state at 2026-06-02 00:00:00Z');
  });

  test('takes keys of another signer, with which nothing was built here, for no loss', async () => {
    const host = await published();
    for (const file of ['journal.json', 'last.zone', 'signing.json']) {
      host.files.remove(`/infra/keys/example.net/${file}`);
    }
    const ran = await danezone(host, 'build');
    expect(ran.err).not.toContain('ops/journal');
  });
});

describe('a zone that is built for years', () => {
  test('has a journal without what no cache holds, and keys that are known although their records are forgotten', async () => {
    const host = await published();
    for (let year = 1; year <= 5; year++) {
      host.setTime(noon + year * 365 * day);
      host.put('/infra/zones/net.yaml', net.replace('mail:', `records: {www: {A: 192.0.2.${year}}}, mail:`));
      const ran = await danezone(host, 'build');
      expect(ran).toMatchObject({ status: 0 });
      expect(ran.err).not.toContain('key/unauthorised');
      await danezone(host, 'confirm', 'published', 'example.net');
    }
    expect(journalOf(host).serials.map((row) => row.serial)).toEqual([5, 6]);
    // Of six: that of the DNSKEY RRset, that of CDS and CDNSKEY, and those of the last two contents.
    expect(journalOf(host).evidence.length).toBeLessThanOrEqual(4);
  });
});
