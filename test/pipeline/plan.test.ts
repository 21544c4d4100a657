import { describe, expect, test } from 'vitest';
import { name } from '../../src/dns/name.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { parseJournal } from '../../src/journal/parse.ts';
import { newReport } from '../../src/text/problem.ts';
import { danezone, description, inService, noon, org, repository, settled, text, tree } from './run.ts';

const day = 86_400;
type Host = ReturnType<typeof repository>;

interface Json {
  readonly digest: string;
  readonly runBefore?: { readonly at: string };
  readonly lanes: readonly object[];
  readonly steps: readonly {
    readonly id: string;
    readonly subject: { readonly kind: string; readonly name: string };
    readonly actor: string;
    readonly action: { readonly kind: string };
    readonly at: string;
    readonly latest?: string;
    readonly undoUntil?: string;
    readonly assumes?: string;
    readonly state: string;
    readonly reason: { readonly terms: readonly { readonly name: string; readonly seconds: number }[] };
  }[];
}

async function planned(host: Host, ...argv: string[]): Promise<Json> {
  const ran = await danezone(host, 'plan', '--format', 'json', ...argv);
  expect(ran).toMatchObject({ status: 0, err: '' });
  return JSON.parse(ran.out);
}

function journalOf(host: Host, zone: string): Journal {
  const octets = host.files.read(`/infra/keys/${zone}/journal.json`);
  return parseJournal('journal.json', octets, name(`${zone}.`), newReport())!;
}

async function exitCode(host: Host): Promise<number> {
  return (await danezone(host, 'plan', '--exit-code')).status;
}

const zones = ['example.net.', 'example.org.', 'lab.example.org.'];

/** Only people's, with what they do and for whom. */
const actions = ({ steps }: Json, state?: string) =>
  steps
    .filter((step) => step.actor !== 'tool' && (state === undefined || step.state === state))
    .map((step) => [step.subject.name, step.action.kind]);

async function running(changes: Record<string, string> = {}): Promise<Host> {
  const host = repository(changes);
  await danezone(host, 'build');
  await inService(host);
  return host;
}

const policy = (values: string) => ({
  '/infra/zones/common.yaml': `${description}\npolicies: {default: ${values}}\n`,
});

describe('danezone plan', () => {
  test('is overdue where no build has come for days, though nothing else is to be done', async () => {
    const host = await running();
    await danezone(host, 'confirm', 'published', '--all');
    host.setTime(settled + day);
    expect(await exitCode(host)).toBe(0);
    for (const [days, words] of [
      [9, 'the first run out at'],
      [30, 'validating resolvers refuse'],
    ] as const) {
      host.setTime(settled + days * day);
      expect(await exitCode(host)).toBe(20);
      const { out } = await danezone(host, 'plan');
      expect(out).toContain(words);
      expect(out).not.toContain('Nothing is to be done');
    }
    await danezone(host, 'build');
    await danezone(host, 'confirm', 'published', '--all');
    expect(await exitCode(host)).toBe(0);
  });

  test('leaves TLSA records alone where a certificate cannot be read; build keeps them and ends as ever', async () => {
    const host = await running();
    await danezone(host, 'confirm', 'published', '--all');
    host.files.remove('/infra/zones/certs/p256.pem');
    const { steps } = await planned(host);
    expect(steps.filter(({ action }) => action.kind === 'withdraw-tlsa')).toEqual([]);
    host.setTime(settled + day);
    expect((await danezone(host, 'build')).status).toBe(4);
    expect(text(host, '/infra/build/example.org.zone')).toMatch(/_25\._tcp\.mx1\S*\t\d+\tIN\tTLSA/);
  });

  test('after the first build each zone waits for one thing: that people publish it and say so', async () => {
    const host = repository();
    await danezone(host, 'build');
    const plan = await planned(host);
    expect(actions(plan, 'due').filter(([, kind]) => kind === 'confirm-published')).toEqual(
      zones.map((zone) => [zone, 'confirm-published']),
    );
    expect(plan.steps.some(({ state }) => state === 'overdue')).toBe(false);
    for (const zone of zones) {
      const ds = plan.steps.find(({ subject, action }) => subject.name === zone && action.kind === 'add-ds');
      expect(ds).toMatchObject({ state: 'later', assumes: expect.any(String) });
      expect(ds!.undoUntil).toBeUndefined();
      expect(ds!.reason.terms.length).toBeGreaterThan(1);
    }
    expect(await exitCode(host)).toBe(10);
    expect((await danezone(host, 'plan')).status).toBe(0);
  });

  test('what follows from people has no date by which the tool must run: signatures have', async () => {
    const host = repository();
    await danezone(host, 'build');
    const { runBefore } = await planned(host);
    expect(Date.parse(runBefore!.at) / 1000).toBeGreaterThan(noon + day);
  });

  test('a service that is settled asks for nothing', async () => {
    const host = await running();
    expect(await exitCode(host)).toBe(0);
    expect(actions(await planned(host), 'due')).toEqual([]);
  });

  test('a publication that nobody confirms is overdue when the signatures that servers show come near their end', async () => {
    const host = await running();
    const days: [number, number][] = [];
    let expiry = 0;
    for (let at = 0; at <= 18; at++) {
      host.setTime(settled + at * day);
      await danezone(host, 'build');
      const { serials } = journalOf(host, 'example.net');
      expiry = serials.find(({ serial }) => serial === lastConfirmed(journalOf(host, 'example.net')))!.firstExpiry!;
      days.push([at, await exitCode(host)]);
    }
    const codes = days.map(([, code]) => code);
    // Signed for 21 days, renewed 10 days before the end, SOA expire 7 days: nothing, then to be done, then overdue; never back.
    expect(codes).toEqual([...codes].sort((a, b) => a - b));
    expect(new Set(codes)).toEqual(new Set([0, 10, 20]));
    const first = days.find(([, code]) => code === 20)![0];
    expect(settled + first * day).toBeLessThan(expiry - 6 * day);
    const overdue = (await planned(host)).steps.find(({ state }) => state === 'overdue')!;
    expect(overdue).toMatchObject({ action: { kind: 'confirm-published' }, actor: 'operator' });
    expect(Date.parse(overdue.latest!) / 1000).toBeLessThan(settled + first * day);
    await danezone(host, 'confirm', 'published', '--all');
    expect(await exitCode(host)).toBe(0);
  });

  test('by build, nobody has to publish anything', async () => {
    const host = repository(policy('{publication: {by-build: {after: 1h}}}'));
    const built = await danezone(host, 'build');
    expect([0, 4]).toContain(built.status);
    const plan = await planned(host);
    expect(plan.steps.length).toBeGreaterThan(0);
    expect(actions(plan).filter(([, kind]) => kind === 'confirm-published')).toEqual([]);
  });

  test('zones by name, hosts stand for their zone; a name that is neither is refused', async () => {
    const host = await running(policy('{keys: {layout: ksk-zsk, zsk-lifetime: 90d}}'));
    const subjects = async (...names: string[]) => {
      const { steps, lanes } = await planned(host, ...names);
      expect(lanes.length).toBeGreaterThan(0);
      return new Set(steps.filter(({ subject }) => subject.kind === 'zone').map(({ subject }) => subject.name));
    };
    expect(await subjects()).toEqual(new Set(zones));
    expect(await subjects('example.net')).toEqual(new Set(['example.net.']));
    expect(await subjects('mx1.example.org')).toEqual(new Set(['example.org.']));
    expect(await subjects('example.net', 'lab.example.org')).toEqual(new Set(['example.net.', 'lab.example.org.']));
    expect(await danezone(host, 'plan', 'nobody.example')).toMatchObject({
      status: 2,
      out: '',
      err: expect.stringContaining('nobody.example'),
    });
  });

  test.each([
    ['90d', 90],
    ['1y', 365],
    ['2026-07-03T12:00Z', 30],
  ])('--until %s', async (until, days) => {
    const host = await running();
    const plan = JSON.parse((await danezone(host, 'plan', '--format', 'json', '--until', until)).out);
    expect(Date.parse(plan.until) / 1000).toBe(settled + days * day);
  });

  test.each([
    'yesterday',
    '2020-01-01',
    '0d',
    '11y',
    '-1d',
    '',
  ])('--until %j is a mistake of the caller', async (until) => {
    const host = repository();
    expect(await danezone(host, 'plan', `--until=${until}`)).toMatchObject({ status: 2, out: '' });
  });

  test('a lifetime starts a roll, with the numbers of its wait, and says until when it can be taken back', async () => {
    const host = await running(policy('{keys: {layout: ksk-zsk, zsk-lifetime: 90d}}'));
    const { steps } = await planned(host, 'example.net', '--until', '120d');
    const of = (kind: string) => steps.find(({ action }) => action.kind === kind)!;
    const order = ['make-key', 'publish-dnskey', 'sign-with', 'withdraw-dnskey'];
    const dates = order.map((kind) => Date.parse(of(kind).at));
    expect(dates).toEqual([...dates].sort((a, b) => a - b));
    // dnskey-ttl 1h + zone-propagation-delay 1h + publish-safety 1h; max-zone-ttl 1d + 1h + retire-safety 1h.
    expect(dates[2] - dates[1]).toBe(3 * 3600_000);
    expect(dates[3] - dates[2]).toBe(26 * 3600_000);
    expect(of('sign-with').reason.terms.reduce((sum, { seconds }) => sum + seconds, 0)).toBe(3 * 3600);
    expect(of('sign-with').undoUntil).toBe(of('withdraw-dnskey').at);
    expect(of('withdraw-dnskey').undoUntil).toBeUndefined();
  });

  test('a zone that has no keys yet gets them in the plan; an unsigned one is not in it', async () => {
    const host = repository({
      '/infra/zones/more.yaml': 'domains: {plain.example: {nameservers: ours, policy: unsigned}}\n',
    });
    const plan = await planned(host);
    const made = plan.steps.filter(({ action }) => action.kind === 'make-key').map(({ subject }) => subject.name);
    expect(made).toEqual(zones);
    expect(plan.steps.map(({ subject }) => subject.name)).not.toContain('plain.example.');
    expect(await danezone(host, 'plan', 'plain.example')).toMatchObject({ status: 0 });
  });

  test('a state that cannot be read is said, and the other zones are planned', async () => {
    const host = await running(policy('{keys: {layout: ksk-zsk, zsk-lifetime: 90d}}'));
    host.put('/infra/keys/example.net/journal.json', '{');
    const ran = await danezone(host, 'plan', '--format', 'json');
    expect(ran.status).toBe(1);
    expect(ran.err).toContain('example.net');
    const { steps } = JSON.parse(ran.out) as Json;
    const subjects = new Set(steps.map(({ subject }) => subject.name));
    expect(subjects.has('example.org.')).toBe(true);
    expect(subjects.has('example.net.')).toBe(false);
  });

  test('plan and prove write nothing', async () => {
    for (const host of [repository(), await running()]) {
      const before = tree(host, '/infra');
      for (const command of ['plan', 'prove']) {
        for (const format of ['text', 'json']) await danezone(host, command, '--format', format);
      }
      expect(tree(host, '/infra')).toEqual(before);
    }
  });

  test('every form has something to show', async () => {
    const host = repository();
    await danezone(host, 'build');
    for (const format of ['text', 'json', 'markdown', 'mermaid', 'ics', 'svg']) {
      const ran = await danezone(host, 'plan', '--format', format);
      expect(ran).toMatchObject({ status: 0, err: '' });
      expect(ran.out).toContain('example.net');
      expect(ran.out.endsWith('\n')).toBe(true);
    }
  });
});

function lastConfirmed({ evidence }: Journal): number {
  const row = evidence.findLast(({ fact }) => fact.kind === 'published');
  return row?.fact.kind === 'published' ? row.fact.serial : -1;
}

describe('the digest of a plan', () => {
  const withRolls = policy('{keys: {layout: ksk-zsk, zsk-lifetime: 90d}}');

  test('is the same an hour later, and the same steps have the same ids the next day', async () => {
    for (const host of [repository(withRolls), await running(withRolls)]) {
      await danezone(host, 'build');
      const before = await planned(host);
      const start = host.now();
      host.setTime(start + 3600);
      expect((await planned(host)).digest).toBe(before.digest);
      host.setTime(start + day);
      const ids = ({ steps }: Json) => steps.filter(({ state }) => state !== 'later').map(({ id }) => id);
      expect(ids(await planned(host))).toEqual(ids(before));
    }
  });

  test('is another one after a change of the policy', async () => {
    const host = await running(withRolls);
    const { digest } = await planned(host);
    const longer = policy('{keys: {layout: ksk-zsk, zsk-lifetime: 100d}}');
    for (const [path, content] of Object.entries(longer)) host.put(path, content);
    expect((await planned(host)).digest).not.toBe(digest);
  });

  test('build --plan goes on with it, and changes nothing with another', async () => {
    const host = await running(withRolls);
    const { digest } = await planned(host);
    host.put('/infra/zones/org.yaml', org.replace('the lab', 'the laboratory'));
    const before = tree(host, '/infra');
    const refused = await danezone(host, 'build', '--plan', 'feed');
    expect(refused).toMatchObject({ status: 1, err: expect.stringContaining(digest) });
    expect(tree(host, '/infra')).toEqual(before);
    expect(await danezone(host, 'build', '--plan', digest)).toMatchObject({ status: 0 });
    expect(text(host, '/infra/build/lab.example.org.zone')).toContain('laboratory');
  });
});

describe('two calendars made on different days', () => {
  const uids = async (host: Host) => {
    const { out } = await danezone(host, 'plan', '--format', 'ics');
    return new Map([...out.matchAll(/UID:(\S+)\r\n[\s\S]*?DTSTART:(\S+)/g)].map(([, uid, at]) => [uid, at]));
  };

  test('name the same actions by the same UIDs, once each', async () => {
    const host = repository();
    await danezone(host, 'build');
    const first = await uids(host);
    const { out } = await danezone(host, 'plan', '--format', 'ics');
    expect(first.size).toBe(out.match(/BEGIN:VEVENT/g)!.length);
    host.setTime(noon + day);
    const second = await uids(host);
    expect([...second.keys()]).toEqual([...first.keys()]);
    expect([...second.values()]).not.toEqual([...first.values()]);
  });

  test('rolls that lifetimes start keep their UIDs too', async () => {
    const host = await running(policy('{keys: {layout: ksk-zsk, zsk-lifetime: 90d}}'));
    const first = await uids(host);
    host.setTime(settled + day);
    const second = await uids(host);
    const known = [...first.keys()].filter((uid) => second.has(uid));
    expect(first.size).toBeGreaterThan(3);
    expect(known).toEqual([...first.keys()]);
  });
});
