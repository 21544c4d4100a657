/** Build, plan and manifest name one date by which danezone must run again, and it is never later than the engine's next event. */
import { describe, expect, test } from 'vitest';
import { name } from '../../src/dns/name.ts';
import { type MemoryHost, memoryHost } from '../../src/host/memory.ts';
import { parseJournal } from '../../src/journal/parse.ts';
import { newReport } from '../../src/text/problem.ts';
import { danezone, description, inService, noon, repository, settled, text } from './run.ts';

const hour = 3600;
const day = 24 * hour;

const policy = (values: string) => ({
  '/infra/zones/common.yaml': `${description}\npolicies: {default: ${values}}\n`,
});

const seconds = (time: string) => Date.parse(time) / 1000;

/** What each of them says after a build; Unix seconds. */
async function said(host: MemoryHost): Promise<{ build: number; plan: number; manifest: number; why: string }> {
  const built = await danezone(host, 'build');
  const manifest = JSON.parse(text(host, '/infra/build/manifest.json'))['run-before'];
  const plan = JSON.parse((await danezone(host, 'plan', '--format', 'json')).out).runBefore;
  const printed = /^run again before (\S+)$/m.exec(built.out)?.[1] ?? manifest;
  return { build: seconds(printed), plan: seconds(plan.at), manifest: seconds(manifest), why: plan.why };
}

async function agreed(host: MemoryHost): Promise<number> {
  const { build, plan, manifest } = await said(host);
  expect([build, manifest]).toEqual([plan, plan]);
  return plan;
}

describe('the date by which danezone must run again', () => {
  test('is that of signatures while nothing else has one', async () => {
    const host = repository();
    const at = await agreed(host);
    const octets = host.files.read('/infra/keys/example.net/journal.json');
    const journal = parseJournal('journal.json', octets, name('example.net.'), newReport())!;
    const expiry = journal.serials.at(-1)!.firstExpiry!;
    expect(at).toBeGreaterThan(noon + day);
    // SOA expire 7d, zone-propagation-delay 1h, max-zone-ttl 1d.
    expect(at).toBeLessThanOrEqual(expiry - 8 * day - hour);
  });

  test('is that of the next step of the keys, as soon as a clock runs', async () => {
    const host = repository();
    await danezone(host, 'build');
    await danezone(host, 'confirm', 'published', '--all');
    await danezone(host, 'confirm', 'cert-served', 'mx1.example.org');
    host.setTime(noon + 60);
    // DNSKEY: dnskey-ttl 1h + zone-propagation-delay 1h + publish-safety 1h.
    expect(await agreed(host)).toBe(noon + 3 * hour);
  });

  test('counts from the build itself where builds count as published', async () => {
    const host = repository(policy('{publication: {by-build: {after: 10m}}}'));
    expect(await agreed(host)).toBe(noon + 600 + 3 * hour);
  });

  test('is that of TLSA records, where an old one is to leave', async () => {
    const host = repository();
    await danezone(host, 'build');
    await inService(host);
    const other = text(host, '/infra/zones/certs/p384.pem');
    host.put('/infra/zones/certs/p256.pem', other);
    host.setTime(settled + 10 * day);
    await danezone(host, 'build');
    await danezone(host, 'confirm', 'published', '--all');
    await danezone(host, 'confirm', 'cert-served', 'mx1.example.org');
    host.setTime(settled + 10 * day + 60);
    expect(await agreed(host)).toBe(settled + 10 * day + hour);
    expect((await said(host)).why).toContain('TLSA');
  });

  test('is the same in all three from step to step of rolls by lifetime, and never behind the plan', async () => {
    const host = memoryHost({
      files: {
        '/infra/zones/one.yaml': `
nameserver-sets: {ours: [ns1.example.org, ns2.example.com]}
policies: {default: {keys: {layout: ksk-zsk, zsk-lifetime: 20d}}}
domains: {example.net: {nameservers: ours}}
`,
      },
      now: noon,
      workingFolder: '/infra',
    });
    const why = new Set<string>();
    let at = noon;
    for (let run = 0; run < 16; run++) {
      await danezone(host, 'build');
      await danezone(host, 'confirm', 'published', 'example.net');
      await danezone(host, 'confirm', 'ds-seen', 'example.net');
      host.setTime(at + 60);
      const three = await said(host);
      expect([three.build, three.manifest]).toEqual([three.plan, three.plan]);
      expect(three.plan).toBeGreaterThan(at);
      why.add(three.why);
      at = three.plan;
      host.setTime(at);
    }
    expect(why.size).toBe(2);
  });

  test('is now where a run would change something', async () => {
    const host = repository();
    const { runBefore } = JSON.parse((await danezone(host, 'plan', '--format', 'json')).out);
    expect(seconds(runBefore.at)).toBe(noon);
    expect((await danezone(host, 'plan')).out).toContain('Run danezone build now');
  });

  test('is now after a request, and no longer when a build has begun what was asked for', async () => {
    const host = repository();
    await danezone(host, 'build');
    await inService(host);
    host.setTime(settled + 3 * day);
    await danezone(host, 'build');
    for (const what of ['csk', 'insecure']) {
      await danezone(host, 'roll', what, what === 'csk' ? 'example.net' : 'lab.example.org');
      expect((await danezone(host, 'plan')).out).toContain('Run danezone build now');
      await agreed(host);
    }
  });

  test('ends the time in which a build is told that there is nothing to do', async () => {
    const host = repository(policy('{publication: {by-build: {after: 10m}}}'));
    const next = await agreed(host);
    host.setTime(next - 300);
    await danezone(host, 'build');
    expect(Math.floor(next / hour)).toBe(Math.floor((next - 300) / hour));
    host.setTime(next - 1);
    expect((await danezone(host, 'build')).out).toContain('nothing to do');
    host.setTime(next);
    expect((await danezone(host, 'build')).out).not.toContain('nothing to do');
  });
});

test('a second build in the same hour finds nothing to do, also when DNSKEY, CDS and CDNSKEY are renewed', async () => {
  const host = repository();
  await danezone(host, 'build');
  await inService(host);
  for (let built = 1; built <= 24; built++) {
    host.setTime(settled + built * day);
    await danezone(host, 'build');
    await danezone(host, 'confirm', 'published', '--all');
    const before = text(host, '/infra/build/example.org.zone');
    host.setTime(settled + built * day + 60);
    await danezone(host, 'build');
    expect(text(host, '/infra/build/example.org.zone')).toBe(before);
  }
});
