import { describe, expect, test } from 'vitest';
import { name } from '../../src/dns/name.ts';
import { Type } from '../../src/dns/type.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { parseJournal } from '../../src/journal/parse.ts';
import { printJournal } from '../../src/journal/print.ts';
import { newReport } from '../../src/text/problem.ts';
import { danezone, inService, repository, settled } from './run.ts';

type Host = ReturnType<typeof repository>;

const day = 86_400;
const path = '/infra/keys/example.net/journal.json';

async function running(): Promise<Host> {
  const host = repository();
  await danezone(host, 'build');
  await inService(host);
  return host;
}

/** The journal changed by hand, with a seal that fits. */
function rewrite(host: Host, change: (journal: Journal) => Journal): void {
  const journal = parseJournal('journal.json', host.files.read(path), name('example.net.'), newReport())!;
  host.put(path, printJournal(change(journal)));
}

/** As if every parent server had been seen with the DS of a key that nobody has. */
const strangeDs = '0929'.concat('0d02', 'ab'.repeat(32));

function withSeenDs(journal: Journal, records: readonly string[]): Journal {
  const evidence = journal.evidence.map((row) =>
    row.fact.kind === 'ds-seen' ? { ...row, fact: { ...row.fact, records } } : row,
  );
  return { ...journal, evidence };
}

const withStrangeDs = (journal: Journal) => withSeenDs(journal, [strangeDs]);

describe('danezone prove', () => {
  test.each([
    [],
    ['--strict'],
    ['--until', '2y'],
    ['example.net'],
    ['mx1.example.org'],
  ])('a settled service holds: %j', async (...argv) => {
    const ran = await danezone(await running(), 'prove', ...argv.flat());
    expect(ran).toMatchObject({ status: 0, err: '', out: expect.stringContaining('The proof holds') });
  });

  test('as JSON it says what was judged, with times in ISO 8601', async () => {
    const { status, out } = await danezone(await running(), 'prove', '--format', 'json', '--until', '90d');
    expect(status).toBe(0);
    const proof = JSON.parse(out);
    expect(proof).toMatchObject({
      version: 1,
      holds: true,
      from: '2026-06-03T12:00:00.000Z',
      until: '2026-09-01T12:00:00.000Z',
      violations: [],
      judged: { zones: 3 },
    });
    expect(proof.judged.combinations).toBeGreaterThan(0);
    expect(proof.outside.length).toBeGreaterThan(0);
  });

  test('a DS of a key that the zone does not have turns it red, with what caches hold', async () => {
    const host = await running();
    rewrite(host, withStrangeDs);
    const ran = await danezone(host, 'prove', '--format', 'json');
    expect(ran.status).toBe(3);
    const { holds, violations } = JSON.parse(ran.out);
    expect(holds).toBe(false);
    expect(violations[0]).toMatchObject({
      kind: 'no-key-for-ds',
      subject: { kind: 'zone', name: 'example.net.' },
      from: expect.stringMatching(/^2026-06-03T/),
    });
    const [ds, dnskey] = violations[0].caches;
    expect(ds).toMatchObject({ what: 'DS', records: ['2345 13 2'] });
    expect(dnskey).toMatchObject({ what: 'DNSKEY', since: expect.stringMatching(/^2026-/) });
    const text = await danezone(host, 'prove');
    expect(text).toMatchObject({ status: 3, out: expect.stringContaining('violation[no-key-for-ds]') });
    expect(text.out).toContain('2345 13 2');
    expect(text.out).not.toContain('The proof holds');
  });

  test.each([
    0, 1, 400,
  ])('a DS that vanished at the parent turns it red, %i days after it was seen first', async (days) => {
    const host = await running();
    host.setTime(settled + days * day);
    await danezone(host, 'confirm', 'ds-seen', 'example.net', '--ds', 'none');
    const prove = async () => {
      const { status, out } = await danezone(host, 'prove', 'example.net', '--format', 'json');
      return { status, kinds: JSON.parse(out).violations.map(({ kind }: { kind: string }) => kind) };
    };
    expect(await prove()).toEqual({ status: 3, kinds: ['insecure'] });
    // A build goes on, and what it forgets of the past does not make the proof green.
    for (let month = 1; month <= 3; month++) {
      host.setTime(settled + (days + 30 * month) * day);
      expect(await danezone(host, 'build', 'example.net')).toMatchObject({ status: 0 });
      await danezone(host, 'confirm', 'published', 'example.net');
    }
    expect(await prove()).toEqual({ status: 3, kinds: ['insecure'] });
    await danezone(host, 'confirm', 'ds-seen', 'example.net');
    expect(await prove()).toEqual({ status: 3, kinds: ['insecure'] });
    // parent-ds-ttl 1d + parent-propagation-delay 1h
    host.setTime(settled + (days + 90) * day + day + 3600);
    expect(await prove()).toEqual({ status: 0, kinds: [] });
  });

  test('a journal whose DS was edited away, and sealed again, turns it red', async () => {
    const host = await running();
    rewrite(host, (journal) => withSeenDs(journal, []));
    expect(await danezone(host, 'prove', 'example.net')).toMatchObject({
      status: 3,
      out: expect.stringContaining('violation[insecure]'),
    });
    expect(await danezone(host, 'build', 'example.net')).toMatchObject({ status: 0 });
  });

  test('a key that was withdrawn under its DS turns it red', async () => {
    const host = await running();
    rewrite(host, (journal) => ({
      ...journal,
      rrsets: journal.rrsets.map((history) => {
        const current = history.versions.at(-1)!;
        if (history.type !== Type.DNSKEY) return history;
        const built = settled - 3600;
        const other = current.records.map((record) => `${record.slice(0, 8)}${'cd'.repeat(64)}`);
        const without = { ...current, built, records: other, signed: { ...current.signed!, signers: ['013+00001'] } };
        return { ...history, versions: [{ ...current, dropped: built }, without] };
      }),
    }));
    const ran = await danezone(host, 'prove', '--format', 'json');
    const { violations } = JSON.parse(ran.out);
    expect(violations.map(({ kind }: { kind: string }) => kind)).toContain('no-key-for-ds');
    expect(ran.status).toBe(3);
  });

  test('only the zones that were named are judged', async () => {
    const host = await running();
    rewrite(host, withStrangeDs);
    expect((await danezone(host, 'prove', 'example.org')).status).toBe(0);
    expect((await danezone(host, 'prove', 'example.net')).status).toBe(3);
    expect((await danezone(host, 'prove', 'nobody.example')).status).toBe(2);
  });
});
