/** A child whose parent is in the same repository: when the parent is published, its servers show the DS that stands in it. */
import { describe, expect, test } from 'vitest';
import { readMaster } from '../../src/dns/master-reader.ts';
import { name } from '../../src/dns/name.ts';
import { Type } from '../../src/dns/type.ts';
import type { Zone } from '../../src/dns/zone.ts';
import type { MemoryHost } from '../../src/host/memory.ts';
import { builtZone } from '../../src/journal/built-zone.ts';
import { dsSeen } from '../../src/journal/clocks.ts';
import { type Journal, newJournal } from '../../src/journal/journal.ts';
import { parseJournal } from '../../src/journal/parse.ts';
import { withParentsDs } from '../../src/pipeline/parent-shows.ts';
import { isDone, tupleOf } from '../../src/rollover/key-records.ts';
import { newReport } from '../../src/text/problem.ts';
import { Truth } from '../rollover/truth.ts';
import { danezone, noon, org, repository } from './run.ts';

const hour = 3600;
const day = 24 * hour;
const lab = name('lab.example.org.');
const parent = name('example.org.');

async function must(host: MemoryHost, ...argv: string[]): Promise<void> {
  const ran = await danezone(host, ...argv);
  if (ran.status !== 0) throw new Error(`danezone ${argv.join(' ')} ended with ${ran.status}: ${ran.err}`);
}

const journalOf = (host: MemoryHost, zone = 'lab.example.org'): Journal =>
  parseJournal('x', host.files.read(`/infra/keys/${zone}/journal.json`), name(`${zone}.`), newReport())!;

const zoneOf = (host: MemoryHost, apex: typeof lab): Zone =>
  readMaster({ file: 'x', octets: host.files.read(`/infra/build/${apex}zone`), apex }, newReport())!;

function dsIn(zone: Zone): readonly string[] {
  const row = zone.row(zone.find(lab), Type.DS);
  return row < 0 ? [] : zone.rdataOf(row).map((rdata) => Buffer.from(rdata).toString('hex'));
}

const states = (host: MemoryHost) =>
  journalOf(host)
    .keys.filter((key) => !isDone(key))
    .map(tupleOf);

/** Who publishes what: `confirm published` is all that anybody says. */
async function pass(host: MemoryHost, now: number, zones: readonly string[]): Promise<void> {
  host.setTime(now);
  await must(host, 'build');
  await must(host, 'confirm', 'published', ...zones);
}

const both = ['example.org', 'lab.example.org'];

/** The child has its DS in the parent, and nobody has said so. */
async function inService(zones: readonly string[] = both): Promise<MemoryHost> {
  const host = repository();
  for (const days of [0, 2, 4, 6]) await pass(host, noon + days * day, days === 0 ? both : zones);
  return host;
}

describe('a child of a parent in the repository', () => {
  test('gets its first DS when both are published, and nobody has to say that it was seen', async () => {
    const host = await inService();
    expect(states(host)).toEqual(['OOOO']);
    expect(journalOf(host).evidence.filter(({ fact }) => fact.kind === 'ds-seen')).toMatchObject([
      { at: noon + 2 * day, by: 'publication of example.org.', fact: { ttl: day } },
    ]);
  });

  test('waits as long as the parent was built and not published', async () => {
    const host = await inService(['lab.example.org']);
    expect(dsIn(zoneOf(host, parent))).toHaveLength(1);
    expect(states(host)).toEqual(['OOOR']);
    expect(journalOf(host).evidence.filter(({ fact }) => fact.kind === 'ds-seen')).toEqual([]);
    host.setTime(noon + 60 * day);
    await must(host, 'build');
    expect(states(host)).toEqual(['OOOR']);
  });

  test.each([
    ['is published', true],
    ['is built and never published', false],
  ])('rolls its key when the parent %s, by what its servers really show', async (_, isPublished) => {
    const host = await inService();
    const start = noon + 7 * day;
    const truth = new Truth(
      lab,
      noon,
      { largestTtl: hour, negativeTtl: 300, expire: 7 * day },
      day,
      name(`_25._tcp.${lab}`),
    );
    const serve = (now: number, alsoParent: boolean) => {
      const how = { serialPolicy: 'counter', contentDigest: '', parentDs: [] } as const;
      const at = { from: now, all: now };
      truth.serve(builtZone(zoneOf(host, lab), how, now), at);
      if (alsoParent) truth.showDs(dsIn(zoneOf(host, parent)), at);
    };
    serve(start - 3 * day, false);
    serve(start - hour, true);
    host.setTime(start);
    await must(host, 'roll', 'csk', 'lab.example.org');
    const seen = new Set<string>();
    for (let hours = 0; hours <= 92; hours += 4) {
      const now = start + hours * hour;
      await pass(host, now, isPublished ? both : ['lab.example.org']);
      serve(now, isPublished);
      seen.add(states(host).join(' '));
    }
    expect(truth.violations({ expire: 7 * day }, true)).toEqual([]);
    // The new key is there in both; only a parent that is published shows its DS, and lets the old one go.
    expect(states(host)).toEqual(isPublished ? ['OOOO'] : expect.arrayContaining(['OHOO', 'OOOR']));
    expect(seen.size).toBeGreaterThanOrEqual(isPublished ? 5 : 3);
  });

  test('does not take what a person has seen later for undone', async () => {
    const host = await inService();
    host.setTime(noon + 6 * day + hour);
    await must(host, 'confirm', 'ds-seen', 'lab.example.org', '--ds', 'none');
    await must(host, 'build');
    expect(journalOf(host).evidence.findLast(({ fact }) => fact.kind === 'ds-seen')?.fact).toMatchObject({
      records: [],
    });
  });

  test('believes a publication by build where the policy of the parent says so, and not before its hour', async () => {
    const host = repository({
      '/infra/zones/org.yaml': `policies: {quick: {publication: {by-build: {after: 1h}}}}\n${org.replace('example.org:', 'example.org:\n    policy: quick')}`,
    });
    for (const days of [0, 2]) await pass(host, noon + days * day, ['lab.example.org']);
    const ds = () => journalOf(host).evidence.filter(({ fact }) => fact.kind === 'ds-seen');
    host.setTime(noon + 2 * day + hour - 1);
    await must(host, 'build');
    expect(ds()).toEqual([]);
    host.setTime(noon + 2 * day + hour);
    await must(host, 'build');
    expect(ds()).toMatchObject([{ at: noon + 2 * day + hour }]);
  });
});

describe('what is to be done for the DS of such a child', () => {
  /** Its DS is in the parent, which was built and not published yet. */
  async function asked(changes: Record<string, string> = {}): Promise<MemoryHost> {
    const host = repository(changes);
    for (const days of [0, 2]) await pass(host, noon + days * day, days === 0 ? both : ['lab.example.org']);
    return host;
  }

  interface Step {
    readonly subject: { readonly name: string };
    readonly action: { readonly kind: string; readonly parent?: string };
    readonly commands: readonly string[];
  }

  async function dsStep(host: MemoryHost): Promise<Step | undefined> {
    const { steps } = JSON.parse((await danezone(host, 'plan', '--format', 'json')).out) as { steps: Step[] };
    return steps.find(({ subject, action }) => subject.name === lab && action.kind.endsWith('-ds'));
  }

  test('is the publication of its parent, for plan, ds and build, and nothing once that is confirmed', async () => {
    const host = await asked();
    const publication = 'danezone confirm published example.org';
    expect(await dsStep(host)).toMatchObject({
      actor: 'operator',
      state: 'due',
      action: { kind: 'add-ds', parent },
      title: expect.stringContaining('Publish example.org with the DS'),
      commands: [publication],
    });
    const said = [(await danezone(host, 'build', '--jobs', '1')).out, (await danezone(host, 'ds', lab)).err];
    for (const text of said) {
      expect(text).toContain(publication);
      expect(text).not.toContain('ds-seen lab');
    }
    await must(host, 'confirm', 'published', 'example.org');
    expect(await dsStep(host)).toBeUndefined();
    expect((await danezone(host, 'ds', lab)).err).toBe('');
    const rolled = JSON.parse((await danezone(host, 'roll', 'csk', lab, '--format', 'json')).out);
    const steps: Step[] = rolled.zones[0].steps;
    expect(steps.flatMap(({ commands }) => commands)).toContain(publication);
    expect(JSON.stringify(steps)).not.toContain('ds-seen');
  });

  test('is nothing where builds of the parent count as published', async () => {
    const host = await asked({
      '/infra/zones/org.yaml': `policies: {quick: {publication: {by-build: {after: 1h}}}}\n${org.replace('example.org:', 'example.org:\n    policy: quick')}`,
    });
    expect(await dsStep(host)).toMatchObject({ actor: 'tool', action: { parent }, commands: ['danezone build'] });
    expect((await danezone(host, 'ds', lab)).err).not.toContain('confirm');
  });

  test('is to tell the registrar and to look, where no zone of the repository holds the DS', async () => {
    const host = await asked({ '/infra/zones/org.yaml': org.replace(', DS: from-child', '') });
    const step = await dsStep(host);
    expect(step?.commands).toEqual(['danezone ds lab.example.org', 'danezone confirm ds-seen lab.example.org']);
    expect(step?.action).not.toHaveProperty('parent');
  });
});

describe('the journal of a child', () => {
  const version = (records: string[], ttl: number, from: number, until?: number) => ({
    records,
    ttl,
    built: from - 10,
    ...(until === undefined ? {} : { dropped: until - 10 }),
    service:
      until === undefined
        ? ({ state: 'published', from, evidence: 1 } as const)
        : ({ state: 'gone', from, until, evidence: 1 } as const),
  });
  const withDs = (...versions: ReturnType<typeof version>[]): Journal => ({
    ...newJournal(parent, noon),
    routes: [{ owner: lab, type: Type.DS, versions }],
  });
  const evidence = { kind: 'evidence' } as const;

  test('counts the largest TTL with which a cache may hold what the parent showed before', () => {
    const journal = withDs(version(['aa'], 2 * day, noon, noon + day), version(['bb'], hour, noon + day));
    const child = withParentsDs(newJournal(lab, noon), journal, evidence, noon + 2 * day);
    expect(dsSeen(child, (records) => !records.includes('aa'))).toEqual({ at: noon + day, ttl: 2 * day });
  });

  test('is the very same where the parent has nothing new, build after build', () => {
    const journal = withDs(version(['aa'], hour, noon));
    const child = withParentsDs(newJournal(lab, noon), journal, evidence, noon + day);
    expect(child.evidence).toHaveLength(1);
    const moving = { state: 'rumoured', since: noon + hour } as const;
    const hidden = { state: 'hidden', since: noon } as const;
    const key = { id: '013+00001', role: 'csk', rdata: '0101030d', goal: 'omnipresent', created: noon } as const;
    const waiting = { ...child, keys: [{ ...key, dnskey: hidden, zrrsig: hidden, krrsig: hidden, ds: moving }] };
    expect(withParentsDs(waiting, journal, evidence, noon + 2 * day)).toBe(waiting);
  });
});
