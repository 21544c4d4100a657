/** What a person has seen may be an outage: then the answer says so. */
import { describe, expect, test } from 'vitest';
import type { MemoryHost } from '../../src/host/memory.ts';
import { danezone, inService, noon, repository, settled } from './run.ts';

const foreign = `12345 13 2 ${'ab'.repeat(32)}`;

async function served(): Promise<MemoryHost> {
  const host = repository();
  await danezone(host, 'build');
  await inService(host);
  return host;
}

const alarmsOf = ({ out }: { readonly out: string }) =>
  (JSON.parse(out) as { zones: { alarms: string[] }[] }).zones.map(({ alarms }) => alarms);

describe('what was confirmed', () => {
  test('is an alarm where the parent shows a DS of no key of the zone, also when nothing else is said', async () => {
    const host = await served();
    const ran = await danezone(host, 'confirm', 'ds-seen', 'example.net', '--ds', foreign, '--quiet');
    expect(ran).toMatchObject({ status: 0, out: '' });
    expect(ran.err).toContain('example.net. the DS that the parent shows leads to no key of example.net.');
    const right = await danezone(host, 'confirm', 'ds-seen', 'example.net', '--format', 'json');
    expect(alarmsOf(right)).toEqual([[]]);
  });

  test('is none where a DS of the zone stands beside a foreign one, where there is no DS, and before the zone is served', async () => {
    const host = await served();
    const { out } = await danezone(host, 'ds', 'example.net');
    const own = out.split('\tDS\t')[1].trim();
    for (const args of [
      ['--ds', own, '--ds', foreign],
      ['--ds', 'none'],
    ]) {
      const ran = await danezone(host, 'confirm', 'ds-seen', 'example.net', ...args, '--format', 'json');
      expect(alarmsOf(ran)).toEqual([[]]);
    }
    const young = repository();
    await danezone(young, 'build');
    const ran = await danezone(young, 'confirm', 'ds-seen', 'example.net', '--ds', foreign, '--format', 'json');
    expect(alarmsOf(ran)).toEqual([[]]);
  });

  test('is an alarm where the servers went back, and says whether signatures have run out there', async () => {
    const host = await served();
    const back = ['confirm', 'published', 'example.net', '--serial', '1', '--format', 'json'];
    const [[soon]] = alarmsOf(await danezone(host, ...back));
    expect(soon).toMatch(/^the servers went back from serial \d+ to 1; publish serial \d+/);
    await danezone(host, 'confirm', 'published', 'example.net');
    host.setTime(settled + 25 * 86400);
    const [[late]] = alarmsOf(await danezone(host, ...back));
    expect(late).toContain('signatures in it have run out');
  });

  test('is refused of a serial from a time to come, with what to do', async () => {
    const host = await served();
    host.setTime(noon + 400 * 86400);
    await danezone(host, 'build');
    host.setTime(settled + 600);
    const ran = await danezone(host, 'confirm', 'published', 'example.net');
    expect(ran.status).toBe(1);
    expect(ran.err).toContain('restore keys/ from version control');
  });
});
