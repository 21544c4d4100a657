/** A step that the proof is against: here it is made to be against one, because the engine takes none that it would be against. */
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { newViolations } from '../../src/pipeline/new-violations.ts';
import { prove } from '../../src/prove/prove.ts';
import { rollCsk } from '../../src/rollover/requests.ts';
import { run } from '../../src/rollover/virtual-zone.ts';
import { Life, policy } from '../rollover/life.ts';
import { danezone, inService, repository, settled, text } from './run.ts';

vi.mock('../../src/pipeline/new-violations.ts', async (original) => {
  const module = await original<typeof import('../../src/pipeline/new-violations.ts')>();
  return { newViolations: vi.fn(module.newViolations) };
});

const day = 86_400;
const violation = {
  kind: 'no-key-for-ds',
  subject: { kind: 'zone', name: 'example.net.' },
  from: 0,
  profiles: [],
  caches: [],
  names: [],
  message: 'nothing signs the DNSKEY RRset',
} as unknown as ReturnType<typeof newViolations>[number];

const real = async () =>
  (await vi.importActual<typeof import('../../src/pipeline/new-violations.ts')>('../../src/pipeline/new-violations.ts'))
    .newViolations;

beforeEach(async () => {
  vi.mocked(newViolations).mockImplementation(await real());
});

describe('a step of a rollover that leaves some cache without a chain', () => {
  test('is not taken: the zone is built with its keys as they were, and the error is named', async () => {
    const host = repository();
    await danezone(host, 'build');
    await inService(host);
    const keys = () => JSON.parse(text(host, '/infra/keys/example.net/journal.json')).keys;
    await danezone(host, 'roll', 'csk', 'example.net');
    const before = keys();
    host.setTime(settled + day);
    vi.mocked(newViolations).mockReturnValue([violation]);
    const held = await danezone(host, 'build', 'example.net');
    expect(held).toMatchObject({ status: 4 });
    expect(held.err).toContain('rollover/unsafe-transition');
    expect(keys()).toEqual(before);

    vi.mocked(newViolations).mockImplementation(await real());
    expect(await danezone(host, 'build', 'example.net')).toMatchObject({ status: 0 });
    expect(Object.keys(keys())).toHaveLength(2);
  });

  test('is taken where the operator says so by name', async () => {
    const host = repository();
    await danezone(host, 'build');
    await inService(host);
    await danezone(host, 'roll', 'csk', 'example.net');
    host.setTime(settled + day);
    vi.mocked(newViolations).mockReturnValue([violation]);
    const rule = 'rollover/unsafe-transition';
    const journal = () => JSON.parse(text(host, '/infra/keys/example.net/journal.json'));
    expect(await danezone(host, 'build', 'example.net', '--override', `${rule}=example.net`)).toMatchObject({
      status: 0,
    });
    expect(Object.keys(journal().keys)).toHaveLength(2);
    expect(journal().overrides).toEqual([
      { at: '2026-06-04 12:00:00Z', by: '--override', rule, subject: 'example.net.' },
    ]);
  });

  test('is not written down as overridden where nothing stood against it', async () => {
    const host = repository();
    await danezone(host, 'build');
    const argv = ['--override', 'rollover/unsafe-transition=example.net', '--override', 'build/state-lost=example.net'];
    host.setTime(settled);
    expect(await danezone(host, 'build', ...argv)).toMatchObject({ status: 0 });
    expect(JSON.parse(text(host, '/infra/keys/example.net/journal.json')).overrides).toEqual([]);
  });

  test('is what the proof finds after it and did not find before', async () => {
    const check = await real();
    const life = Life.signed(policy, {});
    life.ask(rollCsk(life.journal));
    const zone = { journal: life.journal, policy: life.policy };
    const rolled = { policy: life.policy, before: life.journal } as Parameters<typeof newViolations>[0];
    const safe = run(zone, life.now).zone.journal;
    expect(check(rolled, safe, life.now)).toEqual([]);
    const off = new Set(['published', 'dnskey-ttl', 'zone-propagation-delay', 'publish-safety'] as const);
    const unsafe = run({ ...zone, journal: safe }, life.now + 1, { off }).zone.journal;
    expect(check({ ...rolled, before: safe }, unsafe, life.now + 1).length).toBeGreaterThan(0);
    // What is wrong already holds no step back.
    expect(prove({ zones: [{ journal: unsafe, policy: life.policy }], from: life.now + 1 }).violations).not.toEqual([]);
    expect(check({ ...rolled, before: unsafe }, unsafe, life.now + 1)).toEqual([]);
  });
});
