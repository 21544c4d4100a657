import { describe, expect, test } from 'vitest';
import { danezone, inService, noon, repository, settled } from '../pipeline/run.ts';

const hour = 3600;
const zone = 'example.net';

describe('what `ds` says on standard error tells the way from the first build to the DS in the parent', () => {
  test('before anybody has seen the zone published: which command says so', async () => {
    const host = repository();
    await danezone(host, 'build');
    const { out, err } = await danezone(host, 'ds', zone);
    expect(out).toBe('');
    expect(err).toContain(`danezone confirm published ${zone}.`);
    expect((await danezone(host, 'ds')).err).toContain('danezone confirm published example.net. example.org.');
  });

  test('while caches wait: the date of the next build, and nothing to say meanwhile', async () => {
    const host = repository();
    await danezone(host, 'build');
    await danezone(host, 'confirm', 'published', '--all');
    const { out, err } = await danezone(host, 'ds', zone);
    expect(out).toBe('');
    // dnskey-ttl + zone-propagation-delay + publish-safety of the defaults: one hour each.
    expect(err).toContain('next: danezone build, from 2026-06-01 15:00:00Z');
    expect(err).not.toContain('confirm');
  });

  test('a DS that is due is given out by the build that asks for it, and not before', async () => {
    const host = repository();
    await danezone(host, 'build');
    await danezone(host, 'confirm', 'published', '--all');
    host.setTime(noon + 48 * hour);
    const early = await danezone(host, 'ds', zone);
    expect([early.out, early.err]).toEqual(['', expect.stringContaining('run danezone build')]);
    await danezone(host, 'build');
    const { out, err } = await danezone(host, 'ds', zone);
    expect(out).toMatch(/^example\.net\.\t[0-9]+\tIN\tDS\t[^\n]+\n$/);
    expect(err).toContain(`danezone confirm ds-seen ${zone}.`);
  });

  test('the plan shows the DS as it is printed for the registrar, its digest in one piece', async () => {
    const host = repository();
    await danezone(host, 'build');
    await danezone(host, 'confirm', 'published', '--all');
    host.setTime(noon + 48 * hour);
    await danezone(host, 'build');
    const { out } = await danezone(host, 'ds', zone);
    const { steps } = JSON.parse((await danezone(host, 'plan', zone, '--format', 'json')).out);
    const add = steps.find(({ action }: { action: { kind: string } }) => action.kind === 'add-ds');
    expect(add.after).toEqual([out.trim().replaceAll('\t', ' ')]);
    expect(add.after[0]).toMatch(/ DS [0-9]+ 13 2 [0-9A-F]{64}$/);
  });

  test('the first DS waits for the certificates that TLSA records stand for: each host is named', async () => {
    const host = repository();
    await danezone(host, 'build');
    await danezone(host, 'confirm', 'published', '--all');
    host.setTime(noon + 48 * hour);
    const org = 'example.org';
    const { out, err } = await danezone(host, 'ds', org);
    expect([out, err]).toEqual(['', expect.stringContaining('danezone confirm cert-served mx1.example.org.')]);
    await danezone(host, 'confirm', 'cert-served', 'mx1.example.org');
    await danezone(host, 'build');
    expect((await danezone(host, 'ds', org)).out).toMatch(/^example\.org\.\t/);
  });

  test('in service it has nothing to add', async () => {
    const host = repository();
    await danezone(host, 'build');
    await inService(host);
    host.setTime(settled + 48 * hour);
    await danezone(host, 'build');
    expect((await danezone(host, 'ds')).err).toBe('');
  });

  test('--quiet and --from-keys say nothing', async () => {
    const host = repository();
    await danezone(host, 'build');
    expect((await danezone(host, 'ds', '--quiet')).err).toBe('');
    const { out, err } = await danezone(host, 'ds', '--from-keys', zone);
    expect([out.split('\n').length, err]).toEqual([2, '']);
  });

  test('keys that another signer may have used: a DS that stands in the parent is to stay there', async () => {
    const host = repository();
    await danezone(host, 'keys', 'generate', zone);
    host.setTime(noon + hour);
    await danezone(host, 'build');
    const { out, err } = await danezone(host, 'ds', zone);
    expect(out).toBe('');
    expect(err).toContain('leave it there and say danezone confirm ds-seen');
  });
});
