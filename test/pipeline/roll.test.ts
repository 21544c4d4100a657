/**
 * Whole rolls by commands, on a host in memory whose clock is moved: build, look at what was built, confirm it, say what the parent
 * shows. A row is the hours since the request and what the zone and its parent have from then on: the DNSKEY RRset, who signs
 * it, who signs the zone, CDS, DS. One second before each row the build leaves everything as it was. The hours are those of
 * test/rollover/sequences.test.ts. Every build verifies what it has signed.
 */
import { describe, expect, test } from 'vitest';
import { name } from '../../src/dns/name.ts';
import { keyTag } from '../../src/dnssec/key-tag.ts';
import { type MemoryHost, memoryHost } from '../../src/host/memory.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { parseJournal } from '../../src/journal/parse.ts';
import { newReport } from '../../src/text/problem.ts';
import { danezone, noon, text, tree } from './run.ts';

const hour = 3600;
const day = 24 * hour;
const zone = 'example.net';
const state = `/infra/keys/${zone}`;

const csk = '{}';
const split = '{keys: {layout: ksk-zsk}}';

const yaml = (policy: string, more = '') => `
nameserver-sets: {ours: [ns1.example.org, ns2.example.com]}
policies: {default: ${policy}}
domains: {example.net: {nameservers: ours, records: {www: {A: 192.0.2.9}}${more}}}
`;

function newHost(policy: string, more?: string): MemoryHost {
  return memoryHost({ files: { '/infra/zones/all.yaml': yaml(policy, more) }, now: noon, workingFolder: '/infra' });
}

async function must(host: MemoryHost, ...argv: string[]): Promise<string> {
  const ran = await danezone(host, ...argv);
  if (ran.status !== 0) throw new Error(`danezone ${argv.join(' ')} ended with ${ran.status}: ${ran.err}${ran.out}`);
  return ran.out;
}

function journalOf(host: MemoryHost): Journal {
  const report = newReport();
  const journal = parseJournal('journal.json', host.files.read(`${state}/journal.json`), name(`${zone}.`), report);
  expect(report.problems).toEqual([]);
  return journal!;
}

/** Built, on every name server, and the parent shows what it was asked for. */
async function passes(host: MemoryHost): Promise<void> {
  await must(host, 'build');
  await must(host, 'confirm', 'published', zone);
  const asked = journalOf(host).parentDs.at(-1)?.records ?? [];
  if (journalOf(host).parentDs.length > 0) await must(host, 'confirm', asked.length > 0 ? 'ds-seen' : 'ds-gone', zone);
}

/** Days later every key is where it is to be. */
async function signed(policy: string, more?: string): Promise<MemoryHost> {
  const host = newHost(policy, more);
  for (const days of [0, 3, 6]) {
    host.setTime(noon + days * day);
    await passes(host);
  }
  const { keys } = journalOf(host);
  expect(
    keys.every(
      ({ role, dnskey, ds }) => dnskey.state === 'omnipresent' && (role === 'zsk' || ds.state === 'omnipresent'),
    ),
  ).toBe(true);
  return host;
}

const start = noon + 7 * day;

/** What is served, by tags as people see them: `K1` is the first key that was made, `Z1` the first ZSK. */
class Seen {
  readonly #names = new Map<number, string>();

  #nameOf(tag: number, flags?: number): string {
    const letter = flags === 256 ? 'Z' : 'K';
    const known = this.#names.get(tag);
    if (known !== undefined) return known;
    const count = [...this.#names.values()].filter((other) => other.startsWith(letter)).length;
    this.#names.set(tag, `${letter}${count + 1}`);
    return `${letter}${count + 1}`;
  }

  row(host: MemoryHost): string {
    const lines = text(host, `/infra/build/${zone}.zone`)
      .trim()
      .split('\n')
      .map((line) => line.split('\t'));
    const of = (type: string) => lines.filter((fields) => fields[3] === type).map((fields) => fields[4]);
    // A new algorithm signs before its keys can be seen: its files say what it is.
    for (const { rdata } of [...journalOf(host).keys].sort((a, b) => a.created - b.created)) {
      const octets = Buffer.from(rdata, 'hex');
      this.#nameOf(keyTag(octets), octets.readUInt16BE(0));
    }
    const dnskeys = of('DNSKEY').map((rdata) => {
      const [flags, protocol, algorithm, ...key] = rdata.split(' ');
      const head = Buffer.from([Number(flags) >> 8, Number(flags) & 255, Number(protocol), Number(algorithm)]);
      return this.#nameOf(keyTag(Buffer.concat([head, Buffer.from(key.join(''), 'base64')])), Number(flags));
    });
    const signers = (type: string) =>
      of('RRSIG')
        .map((rdata) => rdata.split(' '))
        .filter(([covered]) => covered === type)
        .map((fields) => this.#nameOf(Number(fields[6])));
    const cds = of('CDS').map((rdata) =>
      rdata.startsWith('0 0 0') ? 'delete' : this.#nameOf(Number(rdata.split(' ')[0])),
    );
    const path = `/infra/build/${zone}.ds`;
    const ds =
      host.files.facts(path) === undefined
        ? []
        : [...text(host, path).matchAll(/\tDS\t([0-9]+) /g)].map(([, tag]) => this.#nameOf(Number(tag)));
    const all = { DNSKEY: dnskeys, by: signers('DNSKEY'), zone: signers('SOA'), CDS: cds, DS: ds };
    return Object.entries(all)
      .map(([what, names]) => `${what} ${[...new Set(names)].sort().join('+') || '-'}`)
      .join(' ');
  }
}

async function story(
  host: MemoryHost,
  seen: Seen,
  rows: readonly (readonly [hours: number, row: string])[],
  from = start,
) {
  let before: string | undefined;
  for (const [hours, row] of rows) {
    if (before !== undefined) {
      host.setTime(from + hours * hour - 1);
      await passes(host);
      expect([hours, 'before', seen.row(host)]).toEqual([hours, 'before', before]);
    }
    host.setTime(from + hours * hour);
    await passes(host);
    expect([hours, seen.row(host)]).toEqual([hours, row]);
    before = row;
  }
}

describe('danezone roll', () => {
  test('zsk: published, in use, the old one gone (RFC 6781 section 4.1.1.1)', async () => {
    const host = await signed(split);
    const seen = new Seen();
    seen.row(host);
    host.setTime(start);
    const out = await must(host, 'roll', 'zsk', zone, '--by', 'ann');
    expect(out).toContain(`${zone}. replaces its ZSK`);
    expect(journalOf(host).requests.rolls).toEqual([{ what: 'zsk', at: start, by: 'ann', why: 'wanted' }]);
    await story(host, seen, [
      [0, 'DNSKEY K1+Z1+Z2 by K1 zone Z1 CDS K1 DS K1'],
      [3, 'DNSKEY K1+Z1+Z2 by K1 zone Z2 CDS K1 DS K1'],
      [29, 'DNSKEY K1+Z2 by K1 zone Z2 CDS K1 DS K1'],
    ]);
    expect(journalOf(host).requests.rolls).toBeUndefined();
  });

  test('ksk: two of them, the new DS before the old one goes (RFC 6781 section 4.1.2)', async () => {
    const host = await signed(split);
    const seen = new Seen();
    seen.row(host);
    host.setTime(start);
    await must(host, 'roll', 'ksk', zone);
    await story(host, seen, [
      [0, 'DNSKEY K1+K2+Z1 by K1+K2 zone Z1 CDS K1 DS K1'],
      [3, 'DNSKEY K1+K2+Z1 by K1+K2 zone Z1 CDS K1+K2 DS K1+K2'],
      [29, 'DNSKEY K1+K2+Z1 by K1+K2 zone Z1 CDS K2 DS K2'],
      [55, 'DNSKEY K2+Z1 by K2 zone Z1 CDS K2 DS K2'],
    ]);
  });

  test('csk: its records move apart', async () => {
    const host = await signed(csk);
    const seen = new Seen();
    seen.row(host);
    host.setTime(start);
    await must(host, 'roll', 'csk', zone);
    await story(host, seen, [
      [0, 'DNSKEY K1+K2 by K1+K2 zone K1 CDS K1 DS K1'],
      [3, 'DNSKEY K1+K2 by K1+K2 zone K2 CDS K1+K2 DS K1+K2'],
      [29, 'DNSKEY K1+K2 by K1+K2 zone K2 CDS K2 DS K2'],
      [55, 'DNSKEY K2 by K2 zone K2 CDS K2 DS K2'],
    ]);
  });

  test('algorithm: signatures before keys, and old signatures after old keys (RFC 6781 section 4.1.4)', async () => {
    const host = await signed(csk);
    const seen = new Seen();
    seen.row(host);
    host.setTime(start);
    const to = '{keys: {algorithm: ED25519}}';
    expect(await danezone(host, 'roll', 'algorithm', zone)).toMatchObject({ status: 1 });
    host.put('/infra/zones/all.yaml', yaml(to));
    await must(host, 'roll', 'algorithm', zone);
    await story(host, seen, [
      [0, 'DNSKEY K1 by K1 zone K1+K2 CDS K1 DS K1'],
      [25, 'DNSKEY K1+K2 by K1+K2 zone K1+K2 CDS K1 DS K1'],
      [28, 'DNSKEY K1+K2 by K1+K2 zone K1+K2 CDS K1+K2 DS K1+K2'],
      [53, 'DNSKEY K1+K2 by K1+K2 zone K1+K2 CDS K2 DS K2'],
      [78, 'DNSKEY K2 by K2 zone K1+K2 CDS K2 DS K2'],
      [80, 'DNSKEY K2 by K2 zone K2 CDS K2 DS K2'],
    ]);
    expect(await danezone(host, 'roll', 'algorithm', zone)).toMatchObject({
      status: 1,
      err: expect.stringContaining('those of its policy already'),
    });
  });

  test('insecure: the DS is asked to go, then nothing is signed; only then the policy may say so', async () => {
    const host = await signed(csk);
    const seen = new Seen();
    seen.row(host);
    host.setTime(start);
    host.put('/infra/zones/all.yaml', yaml('{signing: none}'));
    const early = await danezone(host, 'build');
    expect(early).toMatchObject({ status: 4, err: expect.stringContaining('danezone roll insecure') });
    expect(seen.row(host)).toBe('DNSKEY K1 by K1 zone K1 CDS K1 DS K1');
    host.put('/infra/zones/all.yaml', yaml(csk));
    expect(await must(host, 'roll', 'insecure', zone, '--by', 'ann')).toContain('policy: unsigned');
    expect(await danezone(host, 'roll', 'insecure', zone)).toMatchObject({
      status: 1,
      err: expect.stringContaining('asked for by ann'),
    });
    await story(host, seen, [
      [0, 'DNSKEY K1 by K1 zone K1 CDS delete DS -'],
      [25, 'DNSKEY - by - zone - CDS - DS -'],
    ]);
    const said = await danezone(host, 'build');
    expect(said.err).toContain('build/left-dnssec');
    host.put('/infra/zones/all.yaml', yaml('{signing: none}'));
    host.setTime(start + 60 * hour);
    expect(await danezone(host, 'build')).toMatchObject({ status: 0, err: '' });
    // Signed again: the request stands until it is taken back.
    host.put('/infra/zones/all.yaml', yaml(csk));
    await must(host, 'roll', 'abort', zone);
    await must(host, 'build');
    expect(text(host, `/infra/build/${zone}.zone`)).toMatch(/\tRRSIG\tSOA 13 /);
  });
});
