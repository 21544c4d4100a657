import { describe, expect, test } from 'vitest';
import type { MemoryHost } from '../../src/host/memory.ts';
import { danezone, files, inService, noon, records, repository, serial, text, tree } from './run.ts';

const hour = 3600;
const day = 24 * hour;
const zones = ['example.net', 'example.org', 'lab.example.org'];
const output = (zone: string) => `/infra/build/${zone}.zone`;

/** The next run on the same disk, at another time and with other files. */
function later(host: MemoryHost, now: number, changes: Record<string, string | null> = {}): MemoryHost {
  const next = repository({}, now);
  for (const path of tree(next, '/infra').keys()) next.files.remove(path);
  const put = (path: string, content: string) => {
    next.files.makeFolder(path.slice(0, path.lastIndexOf('/')));
    next.files.writeNew(path, Buffer.from(content), /\.private$/.test(path) ? 0o600 : 0o644);
  };
  for (const [path, content] of tree(host, '/infra')) if (!(path in changes)) put(path, content);
  for (const [path, content] of Object.entries(changes)) if (content !== null) put(path, content);
  return next;
}

async function built(changes: Record<string, string> = {}): Promise<MemoryHost> {
  const host = repository(changes);
  const ran = await danezone(host, 'build');
  expect(ran).toMatchObject({ status: 0 });
  return host;
}

describe('a first build', () => {
  test('makes a key for every zone, private halves readable by nobody else, and signs', async () => {
    const host = await built();
    for (const zone of zones) {
      const privates = host.files.list(`/infra/keys/${zone}`).filter((name) => name.endsWith('.private'));
      expect(privates).toHaveLength(1);
      expect(host.files.facts(`/infra/keys/${zone}/${privates[0]}`)?.mode).toBe(0o600);
      expect(text(host, output(zone))).toMatch(/\tRRSIG\tSOA 13 /);
    }
  });

  test('publishes the TLSA record of the certificate: the digest is that of openssl', async () => {
    const host = await built();
    // p256.pem, selector 1, matching type 1: test/vectors/certs/made/index.json.
    const digest = 'a09a205c78d58924d7d0aaa76968581ef35d889eb16454a62c8ce254281981b3';
    const line = records(text(host, output('example.org'))).find((record) => record.startsWith('_25._tcp.mx1'));
    expect(line?.replaceAll(' ', '').toLowerCase()).toBe(`_25._tcp.mx1.example.org.tlsa311${digest}`);
  });

  test("puts the child's DS into the parent once caches know its keys, equal to what `ds` prints for it", async () => {
    const host = await built();
    expect(text(host, output('example.org'))).not.toContain('\tDS\t');
    await inService(host);
    const { out } = await danezone(host, 'ds', 'lab.example.org');
    const printed = out.trim().split('\t')[4].replaceAll(' ', '').toLowerCase();
    const published = records(text(host, output('example.org'))).find((record) => record.includes(' DS '));
    expect(published?.split(' DS ')[1].replaceAll(' ', '').toLowerCase()).toBe(printed);
  });

  test('puts no octet of a private key into an output or a message', async () => {
    const host = await built();
    for (const [path, content] of tree(host, '/infra/keys')) {
      if (!path.endsWith('.private')) continue;
      const secret = /PrivateKey: (\S+)/.exec(content)?.[1] ?? 'none';
      const hexSecret = Buffer.from(secret, 'base64').toString('hex');
      expect(secret).toHaveLength(44);
      for (const [other, written] of tree(host, '/infra')) {
        if (other !== path) expect(written.includes(secret) || written.includes(hexSecret)).toBe(false);
      }
      expect(`${host.out}${host.err}`.includes(secret)).toBe(false);
    }
  });
});

describe('time', () => {
  test('twice within a tick changes no file', async () => {
    const host = await built();
    // Another machine with the same files: what stat says of them is different, so the whole build runs.
    const next = later(host, noon + 59 * 60, { '/infra/.danezone/unchanged.json': null });
    const before = tree(next, '/infra');
    expect((await danezone(next, 'build')).out).toContain('nothing changed');
    next.files.remove('/infra/.danezone/unchanged.json');
    expect(tree(next, '/infra')).toEqual(before);
  });

  test('a third run in the same hour does not even read the description, until anything is touched', async () => {
    const host = await built();
    const next = later(host, noon + 600);
    // What stat says of files that were changed just before a build is not believed; the memory clock starts at zero.
    expect(await danezone(next, 'build')).toMatchObject({ status: 0 });
    const steps = next.steps.length;
    const again = await danezone(next, 'build');
    expect(again).toMatchObject({ status: 0, out: expect.stringMatching(/^nothing to do/) });
    expect(next.steps.length).toBe(steps);
    for (const path of ['/infra/zones/net.yaml', output('example.org')]) {
      next.files.remove(path);
      expect((await danezone(next, 'build')).out).not.toMatch(/^nothing to do/);
      expect(await danezone(next, 'build')).toMatchObject({ status: 0 });
    }
    const hourLater = later(next, noon + 600 + hour);
    expect((await danezone(hourLater, 'build')).out).not.toMatch(/^nothing to do/);
  });

  test('an incremental build equals one from nothing, octet for octet', async () => {
    let host = await built();
    for (const days of [1, 2, 9, 12]) {
      const now = noon + days * day;
      const incremental = later(host, now);
      const fresh = later(host, now, Object.fromEntries(zones.map((zone) => [`/infra/keys/${zone}/last.zone`, null])));
      expect(await danezone(incremental, 'build')).toMatchObject({ status: 0 });
      expect(await danezone(fresh, 'build')).toMatchObject({ status: 0 });
      for (const zone of zones) expect(text(fresh, output(zone))).toBe(text(incremental, output(zone)));
      host = incremental;
    }
  });

  test('every daily build leaves more than the refresh time on every signature but a tick, and the serial moves with content', async () => {
    let host = await built();
    let before = text(host, output('example.org'));
    for (let days = 1; days <= 24; days += 3) {
      const now = noon + days * day;
      host = later(host, now);
      expect(await danezone(host, 'build')).toMatchObject({ status: 0 });
      const zone = text(host, output('example.org'));
      for (const [, expiration] of zone.matchAll(/\tRRSIG\t\S+ \d+ \d+ \d+ (\d{14}) /g)) {
        const time = Date.parse(expiration.replace(/(....)(..)(..)(..)(..)(..)/, '$1-$2-$3T$4:$5:$6Z')) / 1000;
        expect(time - now).toBeGreaterThan(10 * day - hour);
        expect(time - now).toBeLessThanOrEqual(21 * day);
      }
      expect(serial(zone)).toBe(serial(before) + (zone === before ? 0 : 1));
      before = zone;
    }
  });

  test('another time than now needs --out, and then makes no key and touches no state', async () => {
    const host = repository();
    expect(await danezone(host, 'build', '--now', String(noon + day))).toMatchObject({ status: 2 });
    const made = await built();
    const next = later(made, noon);
    const before = tree(next, '/infra');
    expect(await danezone(next, 'build', '--now', String(noon + 30 * day), '--out', '/elsewhere')).toMatchObject({
      status: 0,
    });
    expect(tree(next, '/infra')).toEqual(before);
    expect(text(next, '/elsewhere/example.org.zone')).not.toBe(text(next, output('example.org')));
    const fresh = repository();
    expect(await danezone(fresh, 'build', '--now', String(noon + day), '--out', '/elsewhere')).toMatchObject({
      status: 1,
    });
    expect(fresh.files.list('/infra/keys')).toEqual([]);
  });

  test('a rehearsal on a copy may', async () => {
    const host = repository();
    const ran = await danezone(host, 'build', '--now', String(noon + day), '--rehearsal');
    expect(ran).toMatchObject({ status: 0 });
    expect(host.files.list('/infra/keys')).toHaveLength(3);
  });
});

describe('a damaged last output', () => {
  test('with a wrong signature is signed from nothing, and what is written is what it would have been', async () => {
    const host = await built();
    const path = '/infra/keys/example.net/last.zone';
    const good = text(host, path);
    const bad = good.replace(
      /(\tRRSIG\tNS [^\n]* )(\S)(\S+\n)/,
      (_, head, first, rest) => `${head}${first === 'A' ? 'B' : 'A'}${rest}`,
    );
    expect(bad).not.toBe(good);
    const damaged = later(host, noon + hour, { [path]: bad });
    const whole = later(host, noon + hour);
    expect(await danezone(damaged, 'build')).toMatchObject({ status: 0 });
    expect(await danezone(whole, 'build')).toMatchObject({ status: 0 });
    expect(text(damaged, output('example.net'))).toBe(text(whole, output('example.net')));
  });

  test('that cannot be read is as if there was none', async () => {
    const host = await built();
    const damaged = later(host, noon + day, { '/infra/keys/example.net/last.zone': 'nothing of a zone' });
    expect(await danezone(damaged, 'build')).toMatchObject({ status: 0 });
    expect(serial(text(damaged, output('example.net')))).toBeGreaterThan(serial(text(host, output('example.net'))));
  });
});

describe('isolation', () => {
  const broken = files['/infra/zones/org.yaml'].replace("'the lab'", '[{x: 1}]');

  test('a zone with an error keeps its last content and is signed again; the others are built', async () => {
    const host = await built();
    await inService(host);
    const before = new Map(zones.map((zone) => [zone, text(host, output(zone))]));
    const changed = files['/infra/zones/net.yaml'].replace('mx1.example.org}', 'mx1.example.org, preference: 5}');
    const next = later(host, noon + 12 * day, { '/infra/zones/org.yaml': broken, '/infra/zones/net.yaml': changed });
    const ran = await danezone(next, 'build', '--format', 'json');
    expect(ran.status).toBe(4);
    const report = JSON.parse(ran.out);
    expect(report.zones['lab.example.org.'].state).toBe('kept');
    expect(report.zones['example.org.'].state).toBe('built');
    const lab = text(next, output('lab.example.org'));
    expect(records(lab).slice(1)).toEqual(records(before.get('lab.example.org') ?? '').slice(1));
    expect(lab).not.toBe(before.get('lab.example.org'));
    expect(text(next, output('example.net'))).toContain('\tMX\t5 ');
    // The parent still has the DS of the child that was kept.
    expect(text(next, output('example.org'))).toContain('\tDS\t');
  });

  test('a YAML file that cannot be parsed keeps the zones that were made from it', async () => {
    const host = await built();
    const next = later(host, noon + 12 * day, { '/infra/zones/org.yaml': 'domains: [' });
    const ran = await danezone(next, 'build', '--format', 'json');
    expect(ran.status).toBe(4);
    const report = JSON.parse(ran.out);
    expect(Object.keys(report.zones).sort()).toEqual(zones.map((zone) => `${zone}.`));
    expect(report.zones['example.org.'].state).toBe('kept');
    expect(report.zones['example.net.'].state).toBe('built');
    expect(text(next, output('example.org'))).toContain('\tTLSA\t');
  });

  test('a zone with errors that was never built is absent, and nothing else suffers', async () => {
    const host = repository({ '/infra/zones/org.yaml': broken });
    const ran = await danezone(host, 'build', '--format', 'json');
    expect(ran.status).toBe(4);
    const report = JSON.parse(ran.out);
    expect(report.zones['lab.example.org.'].state).toBe('absent');
    expect(report.zones['example.org.'].state).toBe('built');
    expect(report.manifest.absent).toHaveProperty(['lab.example.org.']);
  });

  test('a certificate that cannot be read keeps the zone of its host, not that of its mail domains', async () => {
    const host = await built();
    const next = later(host, noon + day, { '/infra/zones/certs/p256.pem': 'no certificate' });
    const ran = await danezone(next, 'build', '--format', 'json');
    expect(ran.status).toBe(4);
    const report = JSON.parse(ran.out);
    expect(report.zones['example.org.'].state).toBe('kept');
    expect(report.zones['example.net.'].state).toBe('built');
    expect(text(next, output('example.org'))).toContain('\tTLSA\t');
  });

  test('a missing private half leaves the output as it is, and is never a reason for a new key', async () => {
    const host = await built();
    const [name] = host.files.list('/infra/keys/example.net').filter((file) => file.endsWith('.private'));
    const before = text(host, output('example.net'));
    const next = later(host, noon + 12 * day, { [`/infra/keys/example.net/${name}`]: null });
    const ran = await danezone(next, 'build', '--format', 'json');
    expect(ran.status).toBe(4);
    expect(JSON.parse(ran.out).zones['example.net.'].state).toBe('stale');
    expect(text(next, output('example.net'))).toBe(before);
    expect(next.files.list('/infra/keys/example.net').filter((file) => file.endsWith('.key'))).toHaveLength(1);
  });

  test('a journal without its keys is damaged state, not a new zone', async () => {
    const host = await built();
    const gone = host.files.list('/infra/keys/example.net').filter((file) => file.startsWith('K'));
    const next = later(
      host,
      noon + day,
      Object.fromEntries(gone.map((name) => [`/infra/keys/example.net/${name}`, null])),
    );
    expect(await danezone(next, 'build')).toMatchObject({ status: 4 });
    expect(next.files.list('/infra/keys/example.net').filter((file) => file.startsWith('K'))).toEqual([]);
  });
});

describe('what leaves', () => {
  test('a zone that is no longer declared loses its output and keeps its keys and journal', async () => {
    const host = await built();
    const next = later(host, noon + day, { '/infra/zones/net.yaml': null });
    expect(await danezone(next, 'build')).toMatchObject({ status: 0 });
    expect(next.files.facts(output('example.net'))).toBeUndefined();
    expect(next.files.list('/infra/keys/example.net')).toContain('journal.json');
  });

  test('a signed zone becomes unsigned only when the operator says so by name', async () => {
    const host = await built();
    const unsigned = files['/infra/zones/net.yaml'].replace('nameservers', 'policy: unsigned, nameservers');
    const next = later(host, noon + day, { '/infra/zones/net.yaml': unsigned });
    expect(await danezone(next, 'build')).toMatchObject({ status: 4 });
    expect(text(next, output('example.net'))).toContain('\tRRSIG\t');
    const ran = await danezone(next, 'build', '--override', 'build/unsigning=example.net.');
    expect(ran).toMatchObject({ status: 0 });
    expect(text(next, output('example.net'))).not.toContain('\tRRSIG\t');
    expect(await danezone(next, 'build')).toMatchObject({ status: 0 });
    expect(JSON.parse(text(next, '/infra/keys/example.net/journal.json')).overrides).toMatchObject([
      { rule: 'build/unsigning', subject: 'example.net.', by: '--override' },
    ]);
  });

  test.each([
    'parent/no-such=example.net',
    'zone/missing-glue=example.net',
    'build/unsigning',
    'build/unsigning=a..b',
  ])('--override %s is refused, and nothing is built', async (override) => {
    const host = repository();
    const ran = await danezone(host, 'build', '--override', override);
    expect(ran.status).toBe(2);
    if (!override.startsWith('build')) expect(ran.err).toContain('rollover/unsafe-transition');
    expect(host.files.facts('/infra/build')).toBeUndefined();
  });
});

describe('resign', () => {
  test('signs the last content of every zone without any YAML', async () => {
    const host = await built();
    const before = text(host, output('example.org'));
    const gone = [...tree(host, '/infra/zones').keys()].map((path) => [path, null]);
    const next = later(host, noon + 12 * day, { ...Object.fromEntries(gone), '/infra/zones/README.md': '' });
    expect(await danezone(next, 'resign')).toMatchObject({ status: 0 });
    const after = text(next, output('example.org'));
    expect(after).not.toBe(before);
    expect(records(after).slice(1)).toEqual(records(before).slice(1));
    expect(serial(after)).toBe(serial(before) + 1);
  });
});

describe('a crash', () => {
  test('before any step of the disk leaves a repository that the next build completes', async () => {
    const whole = await built();
    const total = whole.steps.length;
    expect(total).toBeGreaterThan(60);
    for (let step = 1; step <= total; step += 4) {
      const host = repository();
      host.crashAfter(step);
      await danezone(host, 'build').catch(() => undefined);
      const next = host.restart(step % 2 === 0 ? 'synced' : 'all');
      const ran = await danezone(next, 'build');
      expect([step, ran.status, ran.err]).toEqual([step, 0, ran.err]);
      const left = [...tree(next, '/infra').keys()];
      expect(left.filter((path) => path.includes('/.danezone-'))).toEqual([]);
      expect(left.filter((path) => path.endsWith('.private'))).toHaveLength(3);
      for (const zone of zones) expect(text(next, output(zone))).toBe(text(next, `/infra/keys/${zone}/last.zone`));
    }
  });
});
