/** One TLSA RRset behind the aliases of several hosts, in several zones: what stays and what comes waits for all of them. */
import { describe, expect, test } from 'vitest';
import { name } from '../../src/dns/name.ts';
import type { MemoryHost } from '../../src/host/memory.ts';
import { parseJournal } from '../../src/journal/parse.ts';
import { newReport } from '../../src/text/problem.ts';
import { danezone, description, inService, repository, settled, text } from './run.ts';

const hour = 3600;
const day = 24 * hour;
const alias = 'tlsa: {alias: _25._tcp.mx1.example.org}';
const shared = description.replace(
  '  ns1.example.org:',
  `  mx2.example.org: {addresses: [192.0.2.26], services: {smtp: [mx1]}, ${alias}}
  mx3.example.net: {addresses: [192.0.2.27], services: {smtp: [mx1]}, ${alias}}
  ns1.example.org:`,
);
const hosts = ['mx1.example.org', 'mx2.example.org', 'mx3.example.net'];

function lines(host: MemoryHost, zone: string, type: string): string[] {
  const all = text(host, `/infra/build/${zone}.zone`).split('\n');
  return all.filter((line) => line.startsWith('_25._tcp.') && line.includes(`\t${type}\t`));
}
const at = async (host: MemoryHost, time: number, ...argv: string[]) => {
  host.setTime(time);
  return danezone(host, ...argv);
};
async function running(): Promise<MemoryHost> {
  const host = repository({ '/infra/zones/common.yaml': shared });
  await danezone(host, 'build');
  for (const each of hosts.slice(1)) expect((await danezone(host, 'confirm', 'cert-served', each)).status).toBe(0);
  await inService(host);
  await danezone(host, 'confirm', 'published', '--all');
  return host;
}

describe('records that several hosts share', () => {
  test('stand once, and every host behind them is evidence in the journal of their zone', async () => {
    const host = await running();
    expect([lines(host, 'example.org', 'TLSA').length, lines(host, 'example.net', 'TLSA').length]).toEqual([1, 0]);
    expect([lines(host, 'example.org', 'CNAME').length, lines(host, 'example.net', 'CNAME').length]).toEqual([1, 1]);
    const seen = (zone: string) => {
      const octets = host.files.read(`/infra/keys/${zone}/journal.json`);
      const { evidence } = parseJournal('j', octets, name(zone), newReport())!;
      return evidence.flatMap(({ fact }) => (fact.kind === 'certificate-served' ? fact.host : []));
    };
    expect(seen('example.org').sort()).toEqual(hosts.map((each) => `${each}.`));
    expect(seen('example.net')).toEqual([]);
  });

  test('keep the old record until the last of the hosts was seen with the new certificate', async () => {
    const host = await running();
    host.put('/infra/zones/common.yaml', shared.replace('p256.pem', 'p384.pem'));
    const start = settled + 5 * day;
    await at(host, start, 'build');
    expect(lines(host, 'example.org', 'TLSA')).toHaveLength(2);
    await at(host, start, 'confirm', 'published', '--all');
    for (const [index, each] of hosts.entries()) {
      await at(host, start + (index + 1) * day, 'build');
      expect(lines(host, 'example.org', 'TLSA')).toHaveLength(2);
      await at(host, start + (index + 1) * day, 'confirm', 'cert-served', each);
    }
    await at(host, start + 3 * day + hour - 1, 'build');
    expect(lines(host, 'example.org', 'TLSA')).toHaveLength(2);
    await at(host, start + 3 * day + hour, 'build');
    expect(lines(host, 'example.org', 'TLSA')).toHaveLength(1);
  });

  test('have the record of a next key, for which each of the hosts waits', async () => {
    const host = await running();
    host.put('/infra/zones/common.yaml', shared.replace('p256.pem', 'p256.pem, next: certs/p384.pem'));
    const start = settled + 5 * day;
    await at(host, start, 'build');
    expect(lines(host, 'example.org', 'TLSA')).toHaveLength(2);
    await at(host, start, 'confirm', 'published', '--all');
    // zone-propagation-delay + 2 × tlsa-ttl.
    const date = start + hour + 2 * 900;
    for (const each of hosts) {
      expect((await at(host, date - 1, 'ready', each)).status).toBe(10);
      expect((await at(host, date, 'ready', each)).status).toBe(0);
    }
  });

  test('keep the first DS of their zone waiting for every one of them', async () => {
    const host = repository({ '/infra/zones/common.yaml': shared });
    await danezone(host, 'build');
    await danezone(host, 'confirm', 'published', '--all');
    for (const each of hosts.slice(0, 2)) await danezone(host, 'confirm', 'cert-served', each);
    const asked = () => (host.tree()['/infra/build/example.org.ds'] ?? '').length > 0;
    await at(host, settled, 'build');
    expect(asked()).toBe(false);
    await at(host, settled, 'confirm', 'cert-served', 'mx3.example.net');
    await at(host, settled, 'build');
    expect(asked()).toBe(true);
  });
});
