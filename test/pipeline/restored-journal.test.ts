/**
 * A journal that was restored from before a roll, or lost in its middle. Name servers serve each build as it is made, and the parent shows
 * what it was asked for; both are written down beside the journal, and the proof judges what they served, not what the journal says.
 */
import { describe, expect, test } from 'vitest';
import { readMaster } from '../../src/dns/master-reader.ts';
import { name } from '../../src/dns/name.ts';
import { type MemoryHost, memoryHost } from '../../src/host/memory.ts';
import { builtZone } from '../../src/journal/built-zone.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { parseJournal } from '../../src/journal/parse.ts';
import { isDone, tupleOf } from '../../src/rollover/key-records.ts';
import { newReport } from '../../src/text/problem.ts';
import { Truth } from '../rollover/truth.ts';
import { danezone, noon, text } from './run.ts';

const hour = 3600;
const day = 24 * hour;
const zone = 'example.net';
const apex = name('example.net.');
const folder = `/infra/keys/${zone}`;
const journalPath = `${folder}/journal.json`;
const dsTtl = day;
const expire = 7 * day;

const yaml = (policy: string) => `
nameserver-sets: {ours: [ns1.example.org, ns2.example.com]}
policies: {default: ${policy}}
domains: {example.net: {nameservers: ours, records: {www: {A: 192.0.2.9}}}}
`;

/** A zone, its name servers and its parent. */
class World {
  readonly host: MemoryHost;
  readonly truth: Truth;
  /** DS RDATA in hexadecimal, as the parent shows it. */
  #shown: readonly string[] = [];
  #now = noon;

  constructor(policy: string) {
    this.host = memoryHost({ files: { '/infra/zones/all.yaml': yaml(policy) }, now: noon, workingFolder: '/infra' });
    const unsigned = { largestTtl: hour, negativeTtl: 300, expire };
    this.truth = new Truth(apex, noon - day, unsigned, dsTtl, name('_25._tcp.example.net.'));
  }

  at(seconds: number): void {
    this.#now = seconds;
    this.host.setTime(seconds);
  }

  async must(...argv: string[]): Promise<string> {
    const ran = await danezone(this.host, ...argv);
    if (ran.status !== 0) throw new Error(`danezone ${argv.join(' ')} ended with ${ran.status}: ${ran.err}${ran.out}`);
    return ran.err;
  }

  journal(): Journal {
    return parseJournal(journalPath, this.host.files.read(journalPath), apex, newReport())!;
  }

  served() {
    const octets = this.host.files.read(`/infra/build/${zone}.zone`);
    const read = readMaster({ file: zone, octets, apex }, newReport())!;
    return builtZone(read, { serialPolicy: 'counter', contentDigest: '', parentDs: [] }, this.#now);
  }

  /** Built and published everywhere; what the parent shows is said; then the registrar does what is asked for, and that is said. */
  async pass(): Promise<string> {
    const said = await this.must('build');
    const now = { from: this.#now, all: this.#now };
    this.truth.serve(this.served(), now);
    await this.must('confirm', 'published', zone);
    await this.#sayDs();
    const asked = this.journal().parentDs.findLast(({ dropped }) => dropped === undefined)?.records ?? this.#shown;
    if (asked.join() !== this.#shown.join()) {
      this.#shown = asked;
      this.truth.showDs(asked, now);
      await this.#sayDs();
    }
    return said;
  }

  async #sayDs(): Promise<void> {
    const ds = (record: string) => {
      const octets = Buffer.from(record, 'hex');
      return `${octets.readUInt16BE(0)} ${octets[2]} ${octets[3]} ${record.slice(8)}`;
    };
    const records = this.#shown.length === 0 ? ['none'] : this.#shown.map(ds);
    await this.must('confirm', 'ds-seen', zone, ...records.flatMap((record) => ['--ds', record]));
  }

  /** DNSKEY RRset and who signs, as `id` of the journal. */
  keysServed() {
    const { rrsets, content } = this.served();
    const dnskey = rrsets.find(({ type }) => type === 48);
    return { dnskeys: dnskey?.records, by: dnskey?.signed?.signers, zone: content.signed?.signers };
  }

  violations() {
    return [...this.truth.violations({ expire }, false), ...this.truth.violations({ expire }, true)];
  }
}

const start = noon + 7 * day;

async function inService(policy: string): Promise<World> {
  const world = new World(policy);
  for (const days of [0, 3, 6]) {
    world.at(noon + days * day);
    await world.pass();
  }
  world.at(start);
  return world;
}

const split = '{keys: {layout: ksk-zsk}}';
const csk = '{}';
const ed25519 = '{keys: {algorithm: ED25519}}';
const both25519 = '{keys: {layout: ksk-zsk, algorithm: ED25519}}';

/** Hours after the request at which the journal is gone; the steps are those of the stories in roll.test.ts. */
const restored: readonly Case[] = [
  ['zsk', split, split, [1, 4, 30]],
  ['ksk', split, split, [1, 4, 30, 56]],
  ['csk', csk, csk, [4, 30]],
  ['algorithm', csk, ed25519, [1, 26, 54, 79]],
  ['algorithm', split, both25519, [1]],
];

const lost: readonly Case[] = [
  ['ksk', split, split, [30]],
  ['csk', csk, csk, [4]],
  ['algorithm', csk, ed25519, [1]],
];

type Case = readonly [what: string, policy: string, to: string, hours: readonly number[]];

describe.each([
  ['is restored from before the roll', true, restored],
  ['is lost', false, lost],
] as const)('a journal that %s', (_, isRestored, cases) => {
  test.each(
    cases.flatMap(([what, policy, to, all]) => all.map((hours) => [what, hours, policy, to] as const)),
  )('roll %s, %i hours later: no key and no signature leaves early, and the roll ends', async (what, hours, policy, to) => {
    const world = await inService(policy);
    const old = text(world.host, journalPath);
    world.host.put('/infra/zones/all.yaml', yaml(to));
    await world.must('roll', what, zone);
    // The hours of the stories: by then each step has been taken that could be.
    for (const done of [0, 3, 25, 28, 29, 53, 55, 57, 78, 80].filter((one) => one < hours)) {
      world.at(start + done * hour);
      await world.pass();
    }
    world.at(start + hours * hour);
    const before = world.keysServed();
    const led = world.journal().keys;

    if (isRestored) world.host.put(journalPath, old);
    else world.host.files.remove(journalPath);
    const said = await world.pass();
    expect(said).toContain(isRestored ? 'ops/journal-rolled-back' : 'ops/journal-lost');
    expect(said).not.toContain('key/unauthorised');
    expect(world.keysServed()).toEqual(before);
    // No key is forgotten of which a cache may have something, and none has other goals than before.
    const after = new Map(world.journal().keys.map(({ id, goal }) => [id, goal]));
    expect(after).toEqual(new Map(led.filter((key) => !isDone(key)).map(({ id, goal }) => [id, goal])));

    for (let later = 4; later < 280; later += 27) {
      world.at(start + (hours + later) * hour);
      expect(await world.pass()).not.toContain('error[');
    }
    const staying = world.journal().keys.filter((key) => !isDone(key));
    expect(staying.map(({ id }) => id)).toEqual(led.filter(({ goal }) => goal === 'omnipresent').map(({ id }) => id));
    expect(staying.map(tupleOf)).toEqual(staying.map(({ role }) => ({ csk: 'OOOO', ksk: 'OHOO', zsk: 'OOHH' })[role]));
    expect(world.violations()).toEqual([]);
  });
});

describe('a folder of keys', () => {
  const filesOf = (world: World) => world.host.files.list(folder).map((file) => `${folder}/${file}`);

  /** A roll has begun, and the folder is that of before it; the output is still there. */
  async function restoredWhole(what: 'zsk' | 'ksk', hours: number): Promise<World> {
    const world = await inService(split);
    const old = new Map(filesOf(world).map((path) => [path, text(world.host, path)]));
    await world.must('roll', what, zone);
    for (const done of [0, 3].filter((one) => one <= hours)) {
      world.at(start + done * hour);
      await world.pass();
    }
    world.at(start + (hours + 1) * hour);
    for (const path of filesOf(world)) if (!old.has(path)) world.host.files.remove(path);
    for (const [path, content] of old) if (!path.endsWith('.private')) world.host.put(path, content);
    return world;
  }

  test('that was restored without a ZSK that was only published keeps its DNSKEY, and names its file', async () => {
    const world = await restoredWhole('zsk', 0);
    const before = world.keysServed();
    expect(before.dnskeys).toHaveLength(3);
    for (const days of [0, 12]) {
      world.at(start + hour + days * day);
      const ran = await danezone(world.host, 'build');
      expect(ran.status).toBe(4);
      expect(ran.err).toMatch(/error\[key\/file-missing\] keys\/example\.net\/K\S+\.key is missing/);
      expect(world.keysServed()).toEqual(before);
    }
    // Twelve days later the first signatures would have run out.
    expect(world.served().firstExpiry).toBeGreaterThan(start + 20 * day);
  });

  test.each([
    ['zsk', 3],
    ['ksk', 0],
  ] as const)('that was restored without a %s that signs leaves the output as it is, until the files come back', async (what, hours) => {
    const world = await restoredWhole(what, hours);
    const output = () => text(world.host, `/infra/build/${zone}.zone`);
    const before = output();
    const ran = await danezone(world.host, 'build');
    expect(ran.status).toBe(1);
    expect(ran.err).toContain('error[key/file-missing]');
    expect(output()).toBe(before);
  });

  test.each([
    'is lost',
    'is as it was',
  ])('with a key that nobody leads, whose journal %s, has a stranger', async (journal) => {
    const world = await inService(csk);
    const other = await inService(csk);
    for (const path of filesOf(other).filter((file) => /\.(key|private)$/.test(file))) {
      world.host.files.writeNew(path, Buffer.from(text(other.host, path)), path.endsWith('key') ? 0o644 : 0o600);
    }
    if (journal === 'is lost') world.host.files.remove(journalPath);
    const before = world.keysServed();
    const ran = await danezone(world.host, 'build');
    expect(ran.status).toBe(4);
    expect(ran.err).toContain('error[key/unauthorised]');
    expect(world.keysServed()).toEqual(before);
  });
});
