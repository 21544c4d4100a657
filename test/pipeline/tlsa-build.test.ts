/** TLSA records from build to build: what stands in the zone, with certificates that are swapped, seen and taken away. */
import { describe, expect, test } from 'vitest';
import { name } from '../../src/dns/name.ts';
import type { MemoryHost } from '../../src/host/memory.ts';
import { parseJournal } from '../../src/journal/parse.ts';
import { newReport } from '../../src/text/problem.ts';
import { danezone, files, noon, repository, text } from './run.ts';

const day = 86_400;
const p256 = 'a09a205c78d58924d7d0aaa76968581ef35d889eb16454a62c8ce254281981b3';
const common = files['/infra/zones/common.yaml'];
const byBuild = '/infra/zones/policy.yaml';
/** What is built counts as published at once, so that the DS comes by itself. */
const policies = 'policies: {default: {publication: {by-build: {after: 0s}}}}\n';

function tlsaIn(host: MemoryHost, of = 'mx1'): string[] {
  const zone = text(host, '/infra/build/example.org.zone');
  const lines = zone.split('\n').filter((line) => line.startsWith(`_25._tcp.${of}.`) && line.includes('\tTLSA\t'));
  return lines.map((line) =>
    line
      .split('\t')[4]
      .toLowerCase()
      .replace(/(?<=[0-9a-f]{8}) /g, ''),
  );
}

const journal = (host: MemoryHost) =>
  parseJournal(
    'journal.json',
    host.files.read('/infra/keys/example.org/journal.json'),
    name('example.org'),
    newReport(),
  )!;

async function build(host: MemoryHost, at: number, ...options: string[]) {
  host.setTime(at);
  return danezone(host, 'build', ...options);
}

const swap = (host: MemoryHost) => host.put('/infra/zones/common.yaml', common.replace('p256.pem', 'p384.pem'));

describe('a certificate with another key', () => {
  test('stands beside the old one until it was seen in service, and retire-safety longer', async () => {
    const host = repository();
    expect(await build(host, noon)).toMatchObject({ status: 0 });
    expect(tlsaIn(host)).toEqual([`3 1 1 ${p256}`]);
    swap(host);
    expect(await build(host, noon + day)).toMatchObject({ status: 0 });
    const both = tlsaIn(host);
    expect(both).toHaveLength(2);
    expect(both).toContain(`3 1 1 ${p256}`);
    await build(host, noon + 30 * day);
    expect(tlsaIn(host)).toEqual(both);

    host.setTime(noon + 31 * day);
    expect((await danezone(host, 'confirm', 'cert-served', 'mx1.example.org')).status).toBe(0);
    await build(host, noon + 31 * day + 3599);
    expect(tlsaIn(host)).toEqual(both);
    await build(host, noon + 31 * day + 3600);
    expect(tlsaIn(host)).toEqual(both.filter((record) => record !== `3 1 1 ${p256}`));
  });

  test('that is observed is its own evidence, which the journal keeps', async () => {
    const host = repository({
      '/infra/zones/common.yaml': common.replace('p256.pem', 'p256.pem, source: observed'),
    });
    await build(host, noon);
    await build(host, noon + day);
    const rows = journal(host).evidence;
    expect(rows).toMatchObject([{ by: 'observed', at: noon + day, fact: { kind: 'certificate-served', spki: p256 } }]);
    await build(host, noon + 2 * day);
    expect(journal(host).evidence).toEqual(rows);
    host.put('/infra/zones/common.yaml', common.replace('p256.pem', 'p384.pem, source: observed'));
    await build(host, noon + 3 * day);
    expect(tlsaIn(host)).toHaveLength(2);
    await build(host, noon + 3 * day + 3600);
    expect(tlsaIn(host)).toHaveLength(1);
  });
});

describe('a first TLSA', () => {
  const more = common.replace(
    'mx1.example.org: {',
    'mx2.example.org: {addresses: [192.0.2.26], services: {smtp: [mx1]}}\n  mx1.example.org: {',
  );

  test('keeps the first DS waiting until its certificate was seen', async () => {
    const host = repository({ [byBuild]: policies });
    for (let i = 0; i < 5; i++) await build(host, noon + i * 3 * day);
    expect(journal(host).parentDs.flatMap(({ records }) => records)).toEqual([]);
    expect((await danezone(host, 'confirm', 'cert-served', 'mx1.example.org')).status).toBe(0);
    await build(host, noon + 16 * day);
    expect(journal(host).parentDs.flatMap(({ records }) => records)).toHaveLength(1);
  });

  test('is left out of a zone with a DS until its certificate was seen; the rest of the change is built', async () => {
    const host = repository({ [byBuild]: policies });
    await build(host, noon);
    await danezone(host, 'confirm', 'cert-served', 'mx1.example.org');
    await build(host, noon + 3 * day);
    expect(journal(host).keys.some(({ ds }) => ds.state !== 'hidden')).toBe(true);
    host.put('/infra/zones/common.yaml', more);
    expect(await build(host, noon + 4 * day)).toMatchObject({ status: 0 });
    expect([tlsaIn(host, 'mx2'), tlsaIn(host)]).toEqual([[], [`3 1 1 ${p256}`]]);
    expect(text(host, '/infra/build/example.org.zone')).toContain('192.0.2.26');
    expect((await danezone(host, 'check')).err).toContain('rollover/first-tlsa-unserved');
    expect((await danezone(host, 'confirm', 'cert-served', 'mx2.example.org')).status).toBe(0);
    await build(host, noon + 5 * day);
    expect(tlsaIn(host, 'mx2')).toEqual([`3 1 1 ${p256}`]);
  });

  test('is built where the operator says so by name, and the journal says that he did', async () => {
    const host = repository({ [byBuild]: policies });
    await build(host, noon);
    await danezone(host, 'confirm', 'cert-served', 'mx1.example.org');
    await build(host, noon + 3 * day);
    host.put('/infra/zones/common.yaml', more);
    const override = 'rollover/first-tlsa-unserved=mx2.example.org';
    await build(host, noon + 4 * day, '--override', override);
    expect(tlsaIn(host, 'mx2')).toHaveLength(1);
    const said = { rule: 'rollover/first-tlsa-unserved', subject: 'mx2.example.org.' };
    expect(journal(host).overrides).toMatchObject([said]);
    await build(host, noon + 5 * day);
    expect(tlsaIn(host, 'mx2')).toHaveLength(1);
    expect(journal(host).overrides).toHaveLength(1);
  });
});
