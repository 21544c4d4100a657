/** What a person has seen goes into the journals, and nowhere else. */
import { describe, expect, test } from 'vitest';
import { name } from '../../src/dns/name.ts';
import { Type } from '../../src/dns/type.ts';
import type { MemoryHost } from '../../src/host/memory.ts';
import { currentVersion } from '../../src/journal/held.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { parseJournal } from '../../src/journal/parse.ts';
import { printJournal } from '../../src/journal/print.ts';
import { newReport } from '../../src/text/problem.ts';
import { danezone, net, noon, repository, text, tree } from './run.ts';

const path = '/infra/keys/example.net/journal.json';
const owner = name('_25._tcp.mx1.example.org.');

async function built(): Promise<MemoryHost> {
  const host = repository();
  expect(await danezone(host, 'build')).toMatchObject({ status: 0 });
  host.setTime(noon + 600);
  return host;
}

function journalOf(host: MemoryHost, zone = 'example.net'): Journal {
  const report = newReport();
  const journal = parseJournal(path, host.files.read(`/infra/keys/${zone}/journal.json`), name(`${zone}.`), report);
  expect(report.problems).toEqual([]);
  return journal!;
}

const serviceOfKeys = (host: MemoryHost, zone = 'example.net') =>
  currentVersion(journalOf(host, zone), name(`${zone}.`), Type.DNSKEY)?.service;

describe('danezone confirm published', () => {
  test('means the serial that was built last, now, and starts the clocks of its versions', async () => {
    const host = await built();
    const ran = await danezone(host, 'confirm', 'published', 'example.net', '--by', 'ann');
    expect(ran).toMatchObject({ status: 0, err: '' });
    expect(ran.out).toContain('example.net. serial 1 is on every name server since 2026-06-01 12:10:00Z (ann)');
    expect(ran.out).toMatch(/ {2}in every cache by 2026-06-01 [0-9:]{8}Z: .*DNSKEY/);
    const journal = journalOf(host);
    expect(journal.evidence).toEqual([
      { id: 1, at: noon + 600, by: 'ann', servers: [], fact: { kind: 'published', serial: 1 } },
    ]);
    expect(serviceOfKeys(host)).toEqual({ state: 'published', from: noon + 600, evidence: 1 });
    expect(serviceOfKeys(host, 'example.org')).toEqual({ state: 'unseen' });
  });

  test('writes one file, and none where the same is said again', async () => {
    const host = await built();
    const before = tree(host, '/infra');
    await danezone(host, 'confirm', 'published', 'example.net');
    const after = tree(host, '/infra');
    const changed = [...after].filter(([at, content]) => before.get(at) !== content).map(([at]) => at);
    expect(changed).toEqual([path]);
    host.setTime(noon + 900);
    expect(await danezone(host, 'confirm', 'published', 'example.net')).toMatchObject({
      status: 0,
      out: expect.stringContaining('known already'),
    });
    expect(tree(host, '/infra')).toEqual(after);
  });

  test('--all means every zone that has a journal', async () => {
    const host = await built();
    const { status, out } = await danezone(host, 'confirm', 'published', '--all', '--format', 'json');
    const { zones } = JSON.parse(out) as { zones: { zone: string; state: string; evidence: object[] }[] };
    expect(status).toBe(0);
    expect(zones.map(({ zone, state }) => [zone, state])).toEqual([
      ['example.net.', 'written'],
      ['example.org.', 'written'],
      ['lab.example.org.', 'written'],
    ]);
    expect(zones[0].evidence).toMatchObject([{ at: '2026-06-01 12:10:00Z', fact: { kind: 'published', serial: 1 } }]);
  });

  test.each([
    ['a time to come', ['--at', '2026-06-02'], 'has not come yet; it is 2026-06-01 12:10:00Z now'],
    ['a serial that was never built', ['--serial', '7'], 'the last that were built are 1 (2026-06-01 12:00:00Z)'],
    ['a time before the build', ['--at', '2026-05-01'], 'was built at 2026-06-01 12:00:00Z'],
  ])('refuses %s, says what is known, and writes nothing', async (_, args, words) => {
    const host = await built();
    const before = tree(host, '/infra');
    const ran = await danezone(host, 'confirm', 'published', 'example.net', ...args);
    expect(ran).toMatchObject({ status: 1, out: '' });
    expect(ran.err).toContain(words);
    expect(tree(host, '/infra')).toEqual(before);
  });

  test('of many zones says a line for each, and once when to build again', async () => {
    const more = ['a', 'b'].map((label) => `  ${label}.example: {nameservers: ours}\n`).join('');
    const host = repository({ '/infra/zones/net.yaml': `${net}${more}` });
    await danezone(host, 'build');
    const { out } = await danezone(host, 'confirm', 'published', '--all');
    const lines = out.trim().split('\n');
    expect(lines.filter((line) => line.includes('serial 1 is on every name server'))).toHaveLength(5);
    expect(lines.filter((line) => line.startsWith('next: danezone build, from 2026-06-01 15:00:00Z'))).toHaveLength(1);
    expect(lines).toHaveLength(7);
  });

  test('of a serial before the last leaves what is newer unseen', async () => {
    const host = await built();
    host.put('/infra/zones/net.yaml', net.replace('mail:', 'records: {www: {A: 192.0.2.9}}, mail:'));
    expect(await danezone(host, 'build')).toMatchObject({ status: 0 });
    const last = journalOf(host).serial!.last;
    expect(last).toBe(2);
    await danezone(host, 'confirm', 'published', 'example.net', '--serial', '1', '--at', '2026-06-01T12:05Z');
    expect(serviceOfKeys(host)).toEqual({ state: 'published', from: noon + 300, evidence: 1 });
  });

  test.each([
    ['no zone', [], 'name the zones'],
    ['both', ['example.net', '--all'], 'not both'],
    ['a serial for two zones', ['example.net', 'example.org', '--serial', '1'], '--serial is of one zone'],
    ['a serial that is none', ['example.net', '--serial', '-1'], 'is no number'],
    ['a time that is none', ['example.net', '--at', 'noon'], 'is no time'],
    ['another now', ['example.net', '--now', '2030-01-01'], '--rehearsal'],
  ])('with %s is a mistake of the caller', async (_, args, words) => {
    const host = await built();
    const ran = await danezone(host, 'confirm', 'published', ...args);
    expect(ran.status).toBe(2);
    expect(ran.err).toContain(words);
  });

  test('refuses one zone and writes the other', async () => {
    const host = await built();
    const ran = await danezone(host, 'confirm', 'published', 'nothing.example', 'example.net');
    expect(ran).toMatchObject({ status: 1 });
    expect(ran.err).toContain('nothing.example. there is no keys/nothing.example/journal.json');
    expect(journalOf(host).evidence).toHaveLength(1);
  });

  test('needs no description that can be read', async () => {
    const host = await built();
    host.put('/infra/zones/net.yaml', 'domains: [');
    expect(await danezone(host, 'confirm', 'published', 'example.net')).toMatchObject({ status: 0 });
    expect(journalOf(host).evidence).toHaveLength(1);
  });

  test('puts its seal on no journal that was changed by hand', async () => {
    const host = await built();
    host.put(path, text(host, path).replace('"generation": 1', '"generation": 2'));
    const ran = await danezone(host, 'confirm', 'published', 'example.net');
    expect(ran).toMatchObject({ status: 1 });
    expect(ran.err).toContain('changed by hand');
  });

  test('is in the journal whole or not at all, wherever the run dies; said again, it is there once', async () => {
    const whole = await built();
    const started = whole.steps.length;
    await danezone(whole, 'confirm', 'published', '--all');
    const steps = whole.steps.length - started;
    expect(steps).toBeGreaterThan(5);
    for (let step = 1; step <= steps; step++) {
      const host = await built();
      host.crashAfter(step);
      await danezone(host, 'confirm', 'published', '--all').catch(() => undefined);
      const next = host.restart(step % 2 === 0 ? 'synced' : 'all');
      next.setTime(noon + 700);
      expect(await danezone(next, 'confirm', 'published', '--all')).toMatchObject({ status: 0 });
      const counts = ['example.net', 'example.org', 'lab.example.org'].map((zone) => {
        const { evidence } = journalOf(next, zone);
        return evidence.length;
      });
      expect([step, counts]).toEqual([step, [1, 1, 1]]);
      expect([...tree(next, '/infra').keys()].filter((at) => at.includes('/.danezone-'))).toEqual([]);
    }
  });
});

describe('danezone confirm ds-seen and ds-gone', () => {
  const rdata = `1234 13 2 ${'AB'.repeat(32)}`;
  const seen = (host: MemoryHost) => journalOf(host).evidence.map(({ fact }) => fact);

  test('take the DS records that are given, with their TTL', async () => {
    const host = await built();
    const ran = await danezone(host, 'confirm', 'ds-seen', 'example.net', '--ds', rdata, '--ttl', '7200');
    expect(ran).toMatchObject({ status: 0 });
    expect(seen(host)).toEqual([{ kind: 'ds-seen', records: [`04d20d02${'ab'.repeat(32)}`], ttl: 7200 }]);
  });

  const wanted = `04d20d02${'ab'.repeat(32)}`;
  const leaving = `11110d02${'ab'.repeat(32)}`;

  /** `before`: what was asked for until then. */
  const asking = async (records: readonly string[], before: readonly string[] = []) => {
    const host = await built();
    const service = { state: 'unseen' } as const;
    const old = before.length === 0 ? [] : [{ records: before, built: noon - 60, dropped: noon, service }];
    const parentDs = [...old, { records, built: noon, service }];
    host.put(path, printJournal({ ...journalOf(host), parentDs }));
    return host;
  };

  test('mean by themselves what is asked for now, with the TTL of the parent policy', async () => {
    for (const command of ['ds-seen', 'ds-gone']) {
      const host = await asking([wanted], command === 'ds-gone' ? [leaving] : []);
      expect(await danezone(host, 'confirm', command, 'example.net')).toMatchObject({ status: 0 });
      expect(seen(host)).toEqual([{ kind: 'ds-seen', records: [wanted], ttl: 86_400 }]);
      expect(journalOf(host).parentDs.at(-1)?.service).toEqual({ state: 'published', from: noon + 600, evidence: 1 });
    }
  });

  test('ds-gone is refused where no DS is leaving: it would say that the wanted one is there', async () => {
    const host = await asking([wanted]);
    const before = tree(host, '/infra');
    const ran = await danezone(host, 'confirm', 'ds-gone', 'example.net');
    expect(ran).toMatchObject({ status: 1, out: '' });
    expect(ran.err).toContain('the DS of 1234');
    expect(ran.err).toContain('danezone confirm ds-seen example.net');
    expect(tree(host, '/infra')).toEqual(before);
  });

  test('ds-gone counts where the parent was seen with another DS, and said again it changes nothing', async () => {
    const host = await asking([wanted]);
    const foreign = ['--ds', rdata, '--ds', rdata.replace('1234', '4660')];
    expect(await danezone(host, 'confirm', 'ds-seen', 'example.net', ...foreign)).toMatchObject({ status: 0 });
    expect(await danezone(host, 'confirm', 'ds-gone', 'example.net')).toMatchObject({ status: 0 });
    expect(seen(host).at(-1)).toMatchObject({ records: [wanted] });
    expect(await danezone(host, 'confirm', 'ds-gone', 'example.net')).toMatchObject({
      status: 0,
      out: expect.stringContaining('known already'),
    });
  });

  test('where none is asked for: ds-gone says that there is none, ds-seen is refused', async () => {
    const host = await asking([]);
    const ran = await danezone(host, 'confirm', 'ds-seen', 'example.net');
    expect(ran).toMatchObject({ status: 1, err: expect.stringContaining('no DS is asked for now') });
    expect(await danezone(host, 'confirm', 'ds-gone', 'example.net')).toMatchObject({ status: 0 });
    expect(seen(host)).toEqual([{ kind: 'ds-seen', records: [], ttl: 86_400 }]);
  });

  test('none is no DS at all', async () => {
    const host = await built();
    await danezone(host, 'confirm', 'ds-seen', 'example.net', '--ds', 'none', '--ttl', '900');
    expect(seen(host)).toEqual([{ kind: 'ds-seen', records: [], ttl: 900 }]);
  });

  test('a DS that is none is a mistake of the caller', async () => {
    const host = await built();
    const ran = await danezone(host, 'confirm', 'ds-seen', 'example.net', '--ds', '1234 13 2 XY');
    expect(ran.status).toBe(2);
    expect(ran.err).toContain('--ds');
  });
});

describe('danezone confirm cert-served', () => {
  test('stands in the journal of the zone that holds the TLSA records of the host', async () => {
    const host = await built();
    const ran = await danezone(host, 'confirm', 'cert-served', 'mx1.example.org', '--by', 'ann');
    expect(ran).toMatchObject({ status: 0 });
    const journal = journalOf(host, 'example.org');
    // The record is 3 1 1: SHA-256 over the SPKI.
    const [record] = currentVersion(journal, owner, Type.TLSA)!.records;
    expect(journal.evidence).toMatchObject([
      {
        by: 'ann',
        fact: {
          kind: 'certificate-served',
          host: 'mx1.example.org.',
          port: 25,
          protocol: 'tcp',
          spki: record.slice('030101'.length),
        },
      },
    ]);
    expect(journalOf(host).evidence).toEqual([]);
  });

  test.each([
    ['a host that is not declared', ['mx9.example.org'], 'mx9.example.org. is no host of the description'],
    ['a service that it has not', ['mx1.example.org', '--service', 'imaps'], 'it has smtp (mx1)'],
    ['a certificate that it has not', ['mx1.example.org', '--certificate', 'other'], 'it has smtp (mx1)'],
  ])('refuses %s', async (_, args, words) => {
    const host = await built();
    const ran = await danezone(host, 'confirm', 'cert-served', ...args);
    expect(ran.status).toBe(2);
    expect(ran.err).toContain(words);
  });
});
