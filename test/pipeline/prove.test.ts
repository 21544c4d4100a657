import { describe, expect, test } from 'vitest';
import { name } from '../../src/dns/name.ts';
import { Type } from '../../src/dns/type.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { parseJournal } from '../../src/journal/parse.ts';
import { printJournal } from '../../src/journal/print.ts';
import { newReport } from '../../src/text/problem.ts';
import { danezone, description, inService, net, repository, settled, text } from './run.ts';

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

  test('signatures that ran out on the servers turn it red, though the next build will make new ones', async () => {
    for (const byBuild of [false, true]) {
      const policies = byBuild ? 'policies: {default: {publication: {by-build: {after: 1h}}}}\n' : '';
      const host = repository({ '/infra/zones/common.yaml': `${description}${policies}` });
      await danezone(host, 'build');
      await inService(host);
      await danezone(host, 'confirm', 'published', '--all');
      host.setTime(settled + 2 * day);
      expect((await danezone(host, 'prove')).status).toBe(0);
      host.setTime(settled + 25 * day);
      const { status, out } = await danezone(host, 'prove', '--format', 'json');
      const kinds = new Set(JSON.parse(out).violations.map(({ kind }: { kind: string }) => kind));
      expect([status, [...kinds]]).toEqual([3, ['signature-window']]);
      await danezone(host, 'build');
      await danezone(host, 'confirm', 'published', '--all');
      expect((await danezone(host, 'prove')).status).toBe(0);
    }
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
    const old = days > 21 ? ['signature-window'] : [];
    expect(await prove()).toEqual({ status: 3, kinds: ['insecure', ...old] });
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

describe('a certificate with another key', () => {
  const staged = (chain: string) => description.replace('{chain: certs/p256.pem}', `{chain: ${chain}}`);
  const judge = async (common: string, ...argv: string[]) => {
    const host = await running();
    host.put('/infra/zones/common.yaml', common);
    await danezone(host, 'build', ...argv);
    const { status, out } = await danezone(host, 'prove', 'example.org', '--format', 'json');
    const { violations } = JSON.parse(out);
    return [status, violations.map(({ kind, from }: { kind: string; from: string }) => [kind, from])];
  };

  test('is met when the plan has it switched, and not before', async () => {
    expect(await judge(staged('certs/p256.pem, next: certs/p384.pem'))).toEqual([0, []]);
  });

  test('is met from now on where it stands in the description, and no cache has its record', async () => {
    expect(await judge(staged('certs/p384.pem'))).toEqual([3, [['tlsa-mismatch', '2026-06-03T12:00:00.000Z']]]);
  });
});

describe('with publication by build', () => {
  const byBuild = (values: string) => ({
    '/infra/zones/common.yaml': `${description}\npolicies: {default: {publication: {by-build: {after: 1h}}, ${values}}}\n`,
  });
  const judge = async (values: string, soa: string, ...argv: string[]) => {
    const host = repository({
      ...byBuild(`keys: {layout: ksk-zsk, zsk-lifetime: 90d}, ${values}`),
      '/infra/zones/net.yaml': net.replace('{nameservers', `{soa: ${soa}, nameservers`),
    });
    await danezone(host, 'build');
    const { status, out } = await danezone(host, 'prove', 'example.net', '--format', 'json', ...argv);
    const { violations, advice } = JSON.parse(out);
    expect(status).toBe(violations.length === 0 ? 0 : 3);
    return { status, advice };
  };

  test('the strict proof is red, and names the setting with which it is green', async () => {
    const expire = '{expire: 8d}';
    const red = { status: 3, advice: [expect.stringContaining('SOA EXPIRE, 8d')] };
    expect(await judge('', expire, '--strict')).toEqual(red);
    expect(await judge('', expire)).toEqual({ status: 0, advice: [] });
    const long = 'signatures: {validity: 60d, refresh: 40d}, timing: {zone-propagation-delay: 8d}';
    expect(await judge(long, expire, '--strict')).toEqual({ status: 0, advice: [] });
  });

  test('secondaries that ask less often than the delay says turn it red', async () => {
    const refresh = (delay: string) => judge(`timing: {zone-propagation-delay: ${delay}}`, '{refresh: 5h, retry: 1h}');
    expect(await refresh('1h')).toEqual({ status: 3, advice: [expect.stringContaining('SOA REFRESH + RETRY, 6h')] });
    expect(await refresh('6h')).toEqual({ status: 0, advice: [] });
  });
});

describe('what was asked for and cannot be judged', () => {
  const folder = '/infra/keys/example.net';
  const without = (host: Host, pattern: RegExp) => {
    for (const file of host.files.list(folder)) if (pattern.test(file)) host.files.remove(`${folder}/${file}`);
  };
  const yaml = '/infra/zones/net.yaml';
  const domain = (host: Host, from: string, to: string) => host.put(yaml, net.replace(from, to));
  const ways: readonly [string, (host: Host) => void, { name?: string; what: string; why: string }][] = [
    ['a journal that cannot be read', (host) => host.put(path, '{'), { what: 'zone', why: 'ops/journal-unreadable' }],
    ['a journal that is lost', (host) => without(host, /json$/), { what: 'history', why: 'ops/journal-lost' }],
    [
      'a journal that was edited',
      (host) => host.put(path, text(host, path).replace('86400', '86401')),
      { what: 'history', why: 'ops/journal-edited' },
    ],
    ['keys that are lost', (host) => without(host, /key$/), { what: 'zone', why: 'key/file-missing' }],
    [
      'a key that cannot be read',
      (host) => {
        const file = host.files.list(folder).find((name) => name.endsWith('.key'));
        host.put(`${folder}/${file}`, 'junk');
      },
      { what: 'zone', why: 'key/unreadable' },
    ],
    ['keys and journal that are lost', (host) => without(host, /./), { what: 'zone', why: 'build/state-lost' }],
    ['YAML that is broken', (host) => host.put(yaml, 'domains: {['), { what: 'zone', why: 'build/undescribed' }],
    [
      'a description with an error',
      (host) => domain(host, 'ours', 'nobody'),
      { what: 'zone', why: 'describe/unknown-reference' },
    ],
    [
      'a certificate that is lost',
      (host) => host.files.remove('/infra/zones/certs/p256.pem'),
      { name: 'mx1.example.org.', what: 'mail', why: 'the certificate mx1 cannot be read' },
    ],
  ];
  test.each(ways)('%s is named, and no exit status 0', async (_, spoil, { name: of = 'example.net.', what, why }) => {
    const host = await running();
    spoil(host);
    for (const argv of [[], [of]]) {
      const ran = await danezone(host, 'prove', '--format', 'json', ...argv);
      expect(ran.status).toBe(1);
      const { holds, notJudged } = JSON.parse(ran.out);
      expect({ holds, notJudged }).toEqual({
        holds: false,
        notJudged: [{ name: of, what, why: expect.arrayContaining([expect.stringContaining(why)]) }],
      });
    }
    const { out, status } = await danezone(host, 'prove');
    expect(status).toBe(1);
    expect(out).toContain(`not judged: ${of}`);
    expect(out).not.toContain('The proof holds');
    expect((await danezone(host, 'prove', 'lab.example.org')).status).toBe(0);
  });

  test('a certificate that is lost changes no plan for its records, which build keeps', async () => {
    const host = await running();
    host.files.remove('/infra/zones/certs/p256.pem');
    const { out } = await danezone(host, 'plan', '--format', 'json');
    expect(JSON.parse(out).steps.map(({ action }: { action: { kind: string } }) => action.kind)).not.toContain(
      'withdraw-tlsa',
    );
  });

  test('a violation elsewhere goes first', async () => {
    const host = await running();
    rewrite(host, withStrangeDs);
    host.files.remove('/infra/zones/certs/p256.pem');
    const { status, out } = await danezone(host, 'prove', '--format', 'json');
    expect(status).toBe(3);
    expect(JSON.parse(out).notJudged).toMatchObject([{ name: 'mx1.example.org.' }]);
  });

  test('a zone that is not signed counts where it is named, and a host in no zone of the repository', async () => {
    const plain = `${net}  plain.example: {policy: unsigned, nameservers: ours}\nhosts: {mx.elsewhere.example: {}}\n`;
    const host = repository({ [yaml]: plain });
    await danezone(host, 'build');
    await inService(host);
    expect((await danezone(host, 'prove')).status).toBe(0);
    for (const named of ['plain.example', 'mx.elsewhere.example']) {
      const { status, out } = await danezone(host, 'prove', '--format', 'json', named);
      expect([status, JSON.parse(out)]).toMatchObject([1, { holds: false, notJudged: [{ name: `${named}.` }] }]);
    }
  });

  test('records behind an alias are judged with their host, and missed where only its zone is named', async () => {
    const aliased = description.replace('smtp: [mx1]}', 'smtp: [mx1]}, tlsa: {alias: _25._tcp.mx2.example.net}');
    const common = `${aliased}  mx2.example.net: {addresses: [192.0.2.26], services: {smtp: [mx1]}}\n`;
    const host = repository({ '/infra/zones/common.yaml': common });
    await danezone(host, 'build');
    await danezone(host, 'confirm', 'cert-served', 'mx2.example.net');
    await inService(host);
    const judged = async (named: string) => {
      const { out } = await danezone(host, 'prove', '--format', 'json', named);
      const { judged, notJudged } = JSON.parse(out);
      return [judged.zones, notJudged.map(({ name, what }: { name: string; what: string }) => [name, what])];
    };
    expect(await judged('mx1.example.org')).toEqual([2, []]);
    expect(await judged('example.org')).toEqual([1, [['mx1.example.org.', 'mail']]]);
  });

  test('keys of another signer, as long as nobody has said which DS the parent shows', async () => {
    const from = await running();
    // Their dates say that they have long been in use.
    const host = repository({}, settled + 90 * day);
    for (const file of from.files.list(folder)) {
      if (!/\.(key|private)$/.test(file)) continue;
      const mode = file.endsWith('key') ? 0o644 : 0o600;
      host.files.makeFolder(folder);
      host.files.writeNew(`${folder}/${file}`, from.files.read(`${folder}/${file}`), mode);
    }
    await danezone(host, 'build', 'example.net');
    const { status, out } = await danezone(host, 'prove', 'example.net', '--format', 'json');
    expect([status, JSON.parse(out)]).toMatchObject([
      1,
      { notJudged: [{ name: 'example.net.', what: 'zone', why: [expect.stringContaining('ds-seen')] }] },
    ]);
    await danezone(host, 'confirm', 'published', 'example.net');
    await danezone(host, 'confirm', 'ds-seen', 'example.net', '--ds', 'none');
    expect((await danezone(host, 'prove', 'example.net')).status).toBe(0);
  });

  test('is no part of a plan either', async () => {
    const host = await running();
    host.put(path, '{');
    expect((await danezone(host, 'plan')).status).toBe(1);
    domain(host, 'ours', 'nobody');
    expect((await danezone(host, 'plan')).status).toBe(1);
  });
});
