/** A second provider (RFC 8901 model 2) through build and confirm: its keys first, its servers when every cache is ready. */
import { describe, expect, test } from 'vitest';
import { type MemoryHost, memoryHost } from '../../src/host/memory.ts';
import { danezone, noon, text } from './run.ts';

const hour = 3600;
const zone = 'example.net';
const path = `/infra/build/${zone}.zone`;

/** RFC 6605 section 6.1, and one of test/vectors/keys. */
const key = 'GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==';
const ksk = `257 3 13 ${key}`;
const zsk = '256 3 13 bP5FPnNsrg68ZYam7+CD0vqwRGGbuLYT12oBqWOaVE9lNUiDK07CFGmPX8E2G8cxVt+Yr4AASTukTAPGps8FTQ==';

const yaml = (keys: readonly string[], servers: readonly string[] = ['ns1.example.org']) => `
policies: {default: {keys: {layout: ksk-zsk}}}
domains:
  ${zone}:
    nameservers: [${servers.join(', ')}, ns2.example.com]
${keys.length === 0 ? '' : `    foreign: {keys: [${keys.map((one) => `'${one}'`).join(', ')}], nameservers: ns1.other.example}\n`}`;

const theirs = ['ns1.example.org', 'ns1.other.example'];

function write(host: MemoryHost, content: string): void {
  host.put('/infra/zones/all.yaml', content);
}

async function passes(host: MemoryHost): Promise<void> {
  const asked = () => host.files.facts(`/infra/build/${zone}.ds`) !== undefined;
  for (const argv of [['build'], ['confirm', 'published', zone], ...(asked() ? [['confirm', 'ds-seen', zone]] : [])]) {
    const ran = await danezone(host, ...argv);
    if (ran.status !== 0) throw new Error(`danezone ${argv.join(' ')} ended with ${ran.status}: ${ran.err}`);
  }
}

/** The zone with its DS in every cache. */
async function inService(): Promise<MemoryHost> {
  const host = memoryHost({ files: { '/infra/zones/all.yaml': yaml([]) }, now: noon, workingFolder: '/infra' });
  for (const hours of [0, 72, 73, 144]) {
    host.setTime(noon + hours * hour);
    await passes(host);
  }
  return host;
}

const start = noon + 200 * hour;
const records = (host: MemoryHost, type: string) =>
  text(host, path)
    .split('\n')
    .filter((line) => line.split('\t')[3] === type).length;

describe('another provider', () => {
  test('has its keys in the zone first, its DS asked for, and its servers named when no cache is without them', async () => {
    const host = await inService();
    host.setTime(start);
    write(host, yaml([ksk, zsk]));
    await passes(host);
    await danezone(host, 'confirm', 'ds-seen', zone);
    expect([records(host, 'DNSKEY'), records(host, 'CDS'), records(host, 'CDNSKEY')]).toEqual([4, 2, 2]);
    expect(text(host, `/infra/build/${zone}.ds`)).toContain('\tDS\t55648 13 2 ');
    expect(text(host, path)).not.toMatch(/RRSIG\t.* 55648 example\.net\. /);

    write(host, yaml([ksk, zsk], theirs));
    host.setTime(start + 24 * hour);
    const early = await danezone(host, 'build');
    expect(early.err).toContain('error[rollover/foreign-servers-too-early]');
    expect(early.err).toContain('may be named from 2026-06-10 2');
    expect(text(host, path)).not.toContain('ns1.other.example.');

    host.setTime(start + 26 * hour);
    expect(await danezone(host, 'build')).toMatchObject({ status: 0 });
    expect(text(host, path)).toContain('ns1.other.example.');
    // What is in service is not asked about again.
    host.setTime(start + 27 * hour);
    expect(await danezone(host, 'build')).toMatchObject({ status: 0 });

    // Its keys may not leave before its servers, and not with them.
    write(host, yaml([]));
    host.setTime(start + 28 * hour);
    const leaving = await danezone(host, 'build');
    expect(leaving.err).toContain('error[rollover/foreign-key-leaves-early]');
    expect(records(host, 'DNSKEY')).toBe(4);
    expect(text(host, path)).toContain('ns1.other.example.');
    write(host, yaml([ksk, zsk]));
    host.setTime(start + 29 * hour);
    await passes(host);
    expect(text(host, path)).not.toContain('ns1.other.example.');
    write(host, yaml([]));
    host.setTime(start + 60 * hour);
    await passes(host);
    expect([records(host, 'DNSKEY'), records(host, 'CDS')]).toEqual([2, 1]);
    expect(text(host, `/infra/build/${zone}.ds`)).not.toContain('55648');
  });

  test('whose servers are named without its DS ever having been seen is refused', async () => {
    const host = await inService();
    host.setTime(start);
    write(host, yaml([ksk, zsk], theirs));
    const early = await danezone(host, 'build');
    expect(early.err).toContain('when the keys and DS of both have been seen everywhere');
    expect(text(host, path)).not.toContain('ns1.other.example.');
  });

  test('whose key is a key of ours is refused, and the zone keeps its content', async () => {
    const host = await inService();
    host.setTime(start);
    const own = text(host, path)
      .split('\n')
      .map((line) => line.split('\t'))
      .find((fields) => fields[3] === 'DNSKEY')![4];
    write(host, yaml([own]));
    const ran = await danezone(host, 'build');
    expect(ran.err).toContain('error[rollover/foreign-key-is-ours]');
    expect(ran.err).toContain('is a key of this zone itself');
    expect(records(host, 'DNSKEY')).toBe(2);
  });

  test('stays in the zone when its journal is lost: its keys are nobody of ours', async () => {
    const host = await inService();
    host.setTime(start);
    write(host, yaml([ksk, zsk]));
    await passes(host);
    host.files.remove(`/infra/keys/${zone}/journal.json`);
    host.setTime(start + hour);
    const ran = await danezone(host, 'build');
    expect(ran.err).toContain('ops/journal-lost');
    expect(ran.err).not.toContain('key/file-missing');
    expect(records(host, 'DNSKEY')).toBe(4);
    expect(Object.keys(JSON.parse(text(host, `/infra/keys/${zone}/journal.json`)).keys).length).toBe(2);
  });
});
