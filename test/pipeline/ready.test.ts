import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { name } from '../../src/dns/name.ts';
import { type MemoryHost, memoryHost } from '../../src/host/memory.ts';
import { answerOf, dnsReadiness, parseSeen, printSeen, type Seen, withLook } from '../../src/pipeline/ready-dns.ts';
import { parseStatus } from '../../src/pipeline/ready-status.ts';
import { filesBelow } from './fixtures.ts';
import { danezone } from './run.ts';

/** 2026-11-22: the record of the next key was published an hour ago; 1 h propagation, 2 × 15 min. */
const now = Date.UTC(2026, 10, 22) / 1000;
const earliest = now + 30 * 60;
const certs = join(import.meta.dirname, '../vectors/certs/made');
const mx = 'mx1.example.test';

function hostOf(fixture: string, at: number): MemoryHost {
  const folder = join(import.meta.dirname, '../rules/rollover', fixture);
  const files = filesBelow(folder).map((file) => [`/infra/${file}`, readFileSync(join(folder, file))]);
  const staged = ['leaf.pem', 'leaf-next-key.pem', 'leaf-renewed.pem', 'leaf-rsa.pem', 'expired.pem', 'p384.pem'].map(
    (file) => [`/staged/${file}`, readFileSync(join(certs, file))],
  );
  return memoryHost({ files: Object.fromEntries([...files, ...staged]), now: at, workingFolder: '/infra' });
}

const ask = (at: number, ...more: string[]) => danezone(hostOf('next-not-published/bad', at), 'ready', mx, ...more);

describe('ready, from the repository', () => {
  test('says go from the second at which the wait of the next key is over', async () => {
    expect((await ask(earliest - 1)).status).toBe(10);
    expect((await ask(earliest)).status).toBe(0);
  });

  test('gives the date, and for programs as JSON', async () => {
    const { out } = await ask(now, '--format', 'json');
    expect(JSON.parse(out)).toMatchObject({
      host: 'mx1.example.test.',
      state: 'wait',
      services: [{ service: 'smtp', state: 'wait', earliest: '2026-11-22 00:30:00Z' }],
    });
  });

  test('judges the very file that waits: its key, not its name', async () => {
    const of = async (file: string, at: number) => (await ask(at, '--certificate', `/staged/${file}`)).status;
    expect(await of('leaf-next-key.pem', earliest - 1)).toBe(10);
    expect(await of('leaf-next-key.pem', earliest)).toBe(0);
    // The key of the current one, renewed: no record changes, nothing to wait for.
    expect(await of('leaf-renewed.pem', now)).toBe(0);
    // No record matches it, however late it is.
    expect(await of('p384.pem', earliest + 10_000_000)).toBe(10);
  });

  test('says that waiting leads nowhere where the file has expired, or will have', async () => {
    // 2120-01-01, when the certificates of the fixtures end.
    const end = Date.UTC(2120, 0, 1) / 1000;
    expect((await ask(end - 1, '--certificate', '/staged/leaf-next-key.pem')).status).toBe(0);
    expect((await ask(end, '--certificate', '/staged/leaf-next-key.pem')).status).toBe(20);
    const host = hostOf('next-not-published/bad', now);
    await danezone(host, 'ready', '--export', '/infra/status.json');
    const status = host.text('/infra/status.json');
    const short = status.replaceAll(/"notAfter": "2120[^"]*"/g, '"notAfter": "2026-11-22 00:30:00Z"');
    host.put('/infra/status.json', short);
    expect((await danezone(host, 'ready', mx, '--status', 'status.json')).status).toBe(20);
    host.put(
      '/infra/status.json',
      short
        .replaceAll('2026-11-22 00:30:00Z"', '2026-11-22 00:30:01Z"')
        .replace('"earliest": "2026-11-22 00:30:01Z"', '"earliest": "2026-11-22 00:30:00Z"'),
    );
    expect((await danezone(host, 'ready', mx, '--status', 'status.json')).status).toBe(10);
  });

  test('knows one algorithm and one service from another', async () => {
    expect((await ask(earliest, '--algorithm', 'ecdsa', '--service', 'smtp')).status).toBe(0);
    expect((await ask(earliest, '--algorithm', 'rsa')).status).toBe(2);
    expect((await ask(earliest, '--service', 'imaps')).status).toBe(2);
    expect((await ask(earliest, '--certificate', '/staged/leaf-rsa.pem')).status).toBe(2);
    expect((await danezone(hostOf('next-not-published/bad', now), 'ready', 'nobody.example.test')).status).toBe(2);
  });

  test('says go where no TLSA record stands yet: the certificate comes first', async () => {
    expect((await danezone(hostOf('first-tlsa-unserved/bad', now), 'ready', mx)).status).toBe(0);
  });

  test('says not yet of a certificate that came too early into the description', async () => {
    const at = async (time: number) => (await danezone(hostOf('deployed-too-early/bad', time), 'ready', mx)).status;
    expect([await at(earliest - 1), await at(earliest)]).toEqual([10, 0]);
  });
});

describe('a status file', () => {
  test('answers as the repository does, to the second', async () => {
    const host = hostOf('next-not-published/bad', now);
    expect((await danezone(host, 'ready', '--export', '/infra/status.json')).status).toBe(0);
    for (const [at, status] of [
      [earliest - 1, 10],
      [earliest, 0],
    ]) {
      host.setTime(at);
      expect((await danezone(host, 'ready', mx, '--status', 'status.json')).status).toBe(status);
    }
  });

  test('is refused by its form, a field that is not known, or what is no JSON', async () => {
    const host = hostOf('next-not-published/bad', now);
    await danezone(host, 'ready', '--export', '/infra/status.json');
    const text = host.text('/infra/status.json');
    expect(parseStatus(text)).not.toHaveProperty('error');
    expect(parseStatus(text.replace('"version": 1', '"version": 2'))).toHaveProperty('error');
    expect(parseStatus(text.replace('"made"', '"maid"'))).toHaveProperty('error');
    expect(parseStatus(text.replace(/"spki": "../, '"spki": "zz'))).toHaveProperty('error');
    expect(parseStatus('')).toHaveProperty('error');
    expect(parseStatus('[]')).toHaveProperty('error');
  });
});

describe('from DNS alone', () => {
  const owner = name('_25._tcp.mx1.example.test.');
  const [A, B] = [`030101${'aa'.repeat(32)}`, `030101${'bb'.repeat(32)}`];
  const nothing: Seen = { owner, ttl: 0, records: {} };
  const shows = (server: string, records: readonly string[], ttl = 900) => ({ server, records, ttl });
  const candidate = { algorithm: 'ECDSA P-256', spki: 'bb'.repeat(32), matches: (rdata: string) => rdata === B };
  const hour = 3600;
  const verdict = (seen: Seen, answers: Parameters<typeof withLook>[1], now: number, of = candidate) =>
    dnsReadiness(seen, answers, { candidate: of, propagation: hour, unconfirmed: undefined, now });
  const state = (...args: Parameters<typeof verdict>) => verdict(...args).state;

  test('the wait counts from the first look at which every server had the record', () => {
    const some = [shows('a', [A, B]), shows('b', [A])];
    const one = withLook(nothing, some, 1000);
    expect(one.records).toEqual({ [A]: 1000 });
    expect(state(one, some, 900_000)).toBe('wait');
    const all = [shows('a', [A, B]), shows('b', [A, B])];
    const two = withLook(one, all, 2000);
    expect(two.records).toEqual({ [A]: 1000, [B]: 2000 });
    const date = 2000 + hour + 2 * 900;
    expect(verdict(two, all, date - 1)).toMatchObject({ state: 'wait', earliest: date });
    expect(state(withLook(two, all, date), all, date)).toBe('go');
  });

  test('a server that lost the record starts it anew, and a silent one says neither', () => {
    const all = [shows('a', [B]), shows('b', [B])];
    const before = withLook(nothing, all, 1000);
    const silent = [shows('a', [B]), { server: 'b', error: 'does not answer' }];
    const kept = withLook(before, silent, 50_000);
    expect(kept.records).toEqual({ [B]: 1000 });
    expect(state(kept, silent, 50_000)).toBe('wait');
    expect(state(kept, all, 50_000)).toBe('go');
    const lost = withLook(kept, [shows('a', [B]), shows('b', [])], 60_000);
    expect(lost.records).toEqual({});
    expect(withLook(lost, all, 70_000).records).toEqual({ [B]: 70_000 });
    expect(withLook(nothing, silent, 1000).records).toEqual({});
  });

  test('the largest TTL that was ever seen counts', () => {
    const long = withLook(nothing, [shows('a', [A], 7200)], 0);
    const now2 = [shows('a', [A, B], 60)];
    expect(verdict(withLook(long, now2, 1000), now2, 1000).earliest).toBe(1000 + hour + 14_400);
  });

  test('a certificate that ends before the date is too short-lived', () => {
    const all = [shows('a', [B])];
    const seen = withLook(nothing, all, 1000);
    const date = 1000 + hour + 1800;
    expect(state(seen, all, 2000, { ...candidate, ...{ notAfter: date } })).toBe('overdue');
    expect(state(seen, all, 2000, { ...candidate, ...{ notAfter: date + 1 } })).toBe('wait');
    expect(state(seen, all, date + 1, { ...candidate, ...{ notAfter: date + 1 } })).toBe('overdue');
  });

  test('only authoritative answers count, and an alias is named', () => {
    const flags = { response: true, authoritative: true, truncated: false } as never;
    const message = { id: 1, opcode: 0, flags, rcode: 0, question: [], authority: [], additional: [] };
    const record = { owner, type: 52, ttl: 300, rdata: Buffer.from(B, 'hex') };
    expect(answerOf('a', owner, { ...message, answer: [record] })).toEqual({ server: 'a', records: [B], ttl: 300 });
    expect(answerOf('a', owner, { ...message, rcode: 3, answer: [] })).toMatchObject({ records: [] });
    expect(answerOf('a', owner, { ...message, rcode: 2, answer: [] })).toHaveProperty('error');
    const lame = { ...message, flags: { response: true, authoritative: false } as never, answer: [record] };
    expect(answerOf('a', owner, lame)).toHaveProperty('error');
    const alias = { owner, type: 5, ttl: 300, rdata: Buffer.from('\x01d\x07example\x00', 'latin1') };
    expect(answerOf('a', owner, { ...message, answer: [alias] })).toEqual({ server: 'a', alias: 'd.example.' });
  });

  test('what was seen is kept from run to run', () => {
    const seen = withLook(nothing, [shows('a', [A, B])], now);
    expect(parseSeen(printSeen([seen]))).toEqual([seen]);
    expect(parseSeen('{"version": 2, "owners": {}}')).toHaveProperty('error');
    expect(parseSeen('nonsense')).toHaveProperty('error');
  });
});
