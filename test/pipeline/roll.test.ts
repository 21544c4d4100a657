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
import { danezone, files, noon, text, tree } from './run.ts';

const hour = 3600;
const day = 24 * hour;
const zone = 'example.net';
const state = `/infra/keys/${zone}`;

const csk = '{}';
const split = '{keys: {layout: ksk-zsk}}';

const yaml = (policy: string, more = '') => `
nameserver-sets: {ours: [ns1.example.org, ns2.example.com]}
policies: {default: ${policy}}
domains: {example.net: {nameservers: ours, records: {www: {A: 192.0.2.9}}}}
${more}`;

function newHost(policy: string, more?: string): MemoryHost {
  return memoryHost({
    files: {
      '/infra/zones/all.yaml': yaml(policy, more),
      '/infra/zones/certs/p256.pem': files['/infra/zones/certs/p256.pem'],
    },
    now: noon,
    workingFolder: '/infra',
  });
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
async function signed(policy: string): Promise<MemoryHost> {
  const host = newHost(policy);
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

  test('ksk by double-ds: CDS and DS ahead of the key (RFC 7583 section 3.3.2)', async () => {
    const host = await signed('{keys: {layout: ksk-zsk, ksk-roll: double-ds}}');
    const seen = new Seen();
    seen.row(host);
    host.setTime(start);
    await must(host, 'roll', 'ksk', zone);
    await story(host, seen, [
      [0, 'DNSKEY K1+Z1 by K1 zone Z1 CDS K1+K2 DS K1+K2'],
      [26, 'DNSKEY K1+K2+Z1 by K1+K2 zone Z1 CDS K1+K2 DS K1+K2'],
      [29, 'DNSKEY K2+Z1 by K2 zone Z1 CDS K2 DS K2'],
    ]);
  });

  test('ksk to a stand-by key whose private half is kept elsewhere: it has to be there first', async () => {
    const host = await signed('{keys: {layout: ksk-zsk}}');
    const seen = new Seen();
    seen.row(host);
    host.put('/infra/zones/all.yaml', yaml('{keys: {layout: ksk-zsk, standby: ds}}'));
    await story(host, seen, [[0, 'DNSKEY K1+Z1 by K1 zone Z1 CDS K1+K2 DS K1+K2']]);
    const id = journalOf(host).keys.find(({ standby }) => standby)!.id;
    const half = host.files.list(state).find((file) => file.includes(id) && file.endsWith('.private'))!;
    host.files.rename(`${state}/${half}`, '/infra/away.private');
    const later = start + 10 * day;
    host.setTime(later - hour);
    await must(host, 'build');
    await must(host, 'roll', 'ksk', zone, '--emergency');
    const missing = await danezone(host, 'build');
    expect(missing).toMatchObject({ status: 0, err: expect.stringContaining(`keys/${zone}/${half} is not there`) });
    expect(seen.row(host)).toBe('DNSKEY K1+Z1 by K1 zone Z1 CDS K1+K2 DS K1+K2');
    host.files.rename('/infra/away.private', `${state}/${half}`);
    await story(
      host,
      seen,
      [
        [0, 'DNSKEY K1+K2+Z1 by K1+K2 zone Z1 CDS K1+K2 DS K1+K2'],
        [3, 'DNSKEY K1+K2+Z1 by K1+K2 zone Z1 CDS K2 DS K2'],
        [29, 'DNSKEY K2+Z1 by K2 zone Z1 CDS K2 DS K2'],
        [31, 'DNSKEY K2+Z1 by K2 zone Z1 CDS K2+K3 DS K2+K3'],
      ],
      later,
    );
  });

  test('zsk by double-signature: both sign, key and signatures leave together (RFC 7583 section 3.2.2)', async () => {
    const host = await signed('{keys: {layout: ksk-zsk, zsk-roll: double-signature}}');
    const seen = new Seen();
    seen.row(host);
    host.setTime(start);
    await must(host, 'roll', 'zsk', zone);
    await story(host, seen, [
      [0, 'DNSKEY K1+Z1+Z2 by K1 zone Z1+Z2 CDS K1 DS K1'],
      [26, 'DNSKEY K1+Z2 by K1 zone Z2 CDS K1 DS K1'],
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

  test.each([
    ['comes', 'certs/p256.pem', 'certs/p256.pem, next: certs/p384.pem', 1, 2],
    ['leaves', 'certs/p256.pem, next: certs/p384.pem', 'certs/p256.pem', 2, 1],
  ])('zsk: a TLSA record that %s in the run that swaps the key comes with the next run, and no later', async (_, chain, to, few, then) => {
    const mail = (of: string) => `
certificates: {mx1: {chain: ${of}}}
hosts: {mx.example.net: {addresses: [192.0.2.25], services: {smtp: [mx1]}}}
`;
    const host = newHost(split, mail(chain));
    host.put('/infra/zones/certs/p384.pem', files['/infra/zones/certs/p384.pem']);
    for (const days of [0, 1, 2, 3, 4, 5, 6]) {
      host.setTime(noon + days * day);
      if (days > 0) await must(host, 'confirm', 'cert-served', 'mx.example.net');
      await passes(host);
    }
    const seen = new Seen();
    const records = () => text(host, `/infra/build/${zone}.zone`).match(/\tTLSA\t3 /g)?.length;
    const zoneKey = () => / zone (\S+)/.exec(seen.row(host))?.[1];
    host.setTime(start);
    await must(host, 'roll', 'zsk', zone);
    await passes(host);
    expect([records(), zoneKey()]).toEqual([few, 'Z1']);
    host.put('/infra/zones/all.yaml', yaml(split, mail(to)));
    // DNSKEY TTL 1h + zone-propagation-delay 1h + publish-safety 1h: the run swaps the key, and the record waits for the next.
    host.setTime(start + 3 * hour);
    await must(host, 'build');
    expect([records(), zoneKey()]).toEqual([few, 'Z2']);
    await must(host, 'build');
    expect([records(), zoneKey()]).toEqual([then, 'Z2']);
  });

  test('insecure, with TLSA records: they leave first, the DS when no cache holds them', async () => {
    const mail = `
certificates: {mx1: {chain: certs/p256.pem}}
hosts: {mx.example.net: {addresses: [192.0.2.25], services: {smtp: [mx1]}}}
`;
    const host = newHost(csk, mail);
    for (const days of [0, 1, 2, 3, 4, 5, 6]) {
      host.setTime(noon + days * day);
      if (days > 0) await must(host, 'confirm', 'cert-served', 'mx.example.net');
      await passes(host);
    }
    const seen = new Seen();
    const tlsa = () => text(host, `/infra/build/${zone}.zone`).includes('\tTLSA\t');
    expect([tlsa(), seen.row(host)]).toEqual([true, 'DNSKEY K1 by K1 zone K1 CDS K1 DS K1']);
    host.setTime(start);
    await must(host, 'roll', 'insecure', zone);
    await must(host, 'build');
    expect([tlsa(), seen.row(host)]).toEqual([false, 'DNSKEY K1 by K1 zone K1 CDS K1 DS K1']);
    // TLSA TTL 15 minutes + zone-propagation-delay 1h; then parent-ds-ttl 1d + parent-propagation-delay 1h.
    await story(host, seen, [
      [0, 'DNSKEY K1 by K1 zone K1 CDS K1 DS K1'],
      [1.25, 'DNSKEY K1 by K1 zone K1 CDS delete DS -'],
      [26.25, 'DNSKEY - by - zone - CDS - DS -'],
    ]);
  });

  test('insecure: a TLSA record that somebody has written into the domain holds the DS, and is named', async () => {
    const host = await signed(csk);
    const own = '_25._tcp.www: {TLSA: 3 1 1 a09a205c78d58924d7d0aaa76968581ef35d889eb16454a62c8ce254281981b3}, www:';
    host.put('/infra/zones/all.yaml', yaml(csk).replace('www:', own));
    host.setTime(start);
    await passes(host);
    await must(host, 'roll', 'insecure', zone);
    host.setTime(start + 3 * day);
    expect((await danezone(host, 'build')).err).toContain('build/tlsa-holds-ds');
    host.put('/infra/zones/all.yaml', yaml(csk));
    expect((await danezone(host, 'build')).err).not.toContain('build/tlsa-holds-ds');
  });

  test('nobody asks for: a lifetime ends, and the build makes the successor', async () => {
    const host = await signed('{keys: {layout: ksk-zsk, zsk-lifetime: 10d}}');
    const seen = new Seen();
    seen.row(host);
    // Three hours before the end, for publication (the first row of the ZSK above).
    await story(host, seen, [
      [0, 'DNSKEY K1+Z1 by K1 zone Z1 CDS K1 DS K1'],
      [3 * 24 - 3, 'DNSKEY K1+Z1+Z2 by K1 zone Z1 CDS K1 DS K1'],
      [3 * 24, 'DNSKEY K1+Z1+Z2 by K1 zone Z2 CDS K1 DS K1'],
    ]);
  });
});

describe('what is asked for', () => {
  const refused = async (host: MemoryHost, words: string, ...argv: string[]) => {
    const before = tree(host, '/infra');
    const ran = await danezone(host, 'roll', ...argv);
    expect([argv, ran.status, ran.out]).toEqual([argv, 1, '']);
    expect(ran.err).toContain(words);
    expect(tree(host, '/infra')).toEqual(before);
  };

  test('is refused with its reason where it cannot be, and nothing is changed', async () => {
    const host = newHost(csk);
    // keys/ is made by the first build.
    await refused(host, 'run danezone build first', 'csk', zone);
    await must(host, 'build');
    host.setTime(noon + hour);
    await refused(host, 'has no ZSK; its keys are CSK', 'zsk', zone);
    await refused(host, 'those of its policy already', 'algorithm', zone);
    await refused(host, 'no roll is under way', 'abort', zone);
    await refused(host, 'wait for no word', 'step', zone);
    await must(host, 'roll', 'csk', zone);
    await refused(host, 'was asked for this already', 'csk', zone);
    await refused(host, 'danezone roll abort', 'insecure', zone);
    await must(host, 'build');
    await refused(host, 'is still being replaced', 'csk', zone);
    await must(host, 'roll', 'insecure', zone);
    await refused(host, 'is leaving DNSSEC', 'csk', zone);
    expect(await danezone(host, 'roll', 'csk', 'other.example')).toMatchObject({
      status: 2,
      err: expect.stringContaining('not declared'),
    });
    expect(await danezone(host, 'roll', 'csk')).toMatchObject({ status: 2 });
  });

  test('of a zone that its policy does not sign is refused', async () => {
    const host = newHost('{signing: none}');
    await must(host, 'build');
    await refused(host, 'does not sign it', 'csk', zone);
    await refused(host, 'is not signed', 'insecure', zone);
  });

  test('and not begun is taken back whole; what has begun goes back while the old key stands', async () => {
    const host = await signed(csk);
    const seen = new Seen();
    seen.row(host);
    host.setTime(start);
    const goals = () => journalOf(host).keys.map(({ goal }) => goal);
    await must(host, 'roll', 'csk', zone);
    expect(await must(host, 'roll', 'abort', zone)).toContain('nothing had begun');
    await passes(host);
    expect([seen.row(host), goals()]).toEqual(['DNSKEY K1 by K1 zone K1 CDS K1 DS K1', ['omnipresent']]);
    host.setTime(start + hour);
    await must(host, 'roll', 'csk', zone);
    await story(
      host,
      seen,
      [
        [0, 'DNSKEY K1+K2 by K1+K2 zone K1 CDS K1 DS K1'],
        [3, 'DNSKEY K1+K2 by K1+K2 zone K2 CDS K1+K2 DS K1+K2'],
      ],
      start + hour,
    );
    await must(host, 'roll', 'abort', zone);
    for (let hours = 5; hours < 120; hours += 13) {
      host.setTime(start + hours * hour);
      await passes(host);
    }
    expect(seen.row(host)).toBe('DNSKEY K1 by K1 zone K1 CDS K1 DS K1');
  });

  test('waits for the word where the policy says so: the word is good for what is due, and for nothing later', async () => {
    const host = await signed(split);
    const seen = new Seen();
    seen.row(host);
    host.put('/infra/zones/all.yaml', yaml('{keys: {layout: ksk-zsk, rolls: manual}}'));
    host.setTime(start);
    expect(await must(host, 'roll', 'zsk', zone)).toContain('each step waits for danezone roll step');
    const still = 'DNSKEY K1+Z1 by K1 zone Z1 CDS K1 DS K1';
    const published = 'DNSKEY K1+Z1+Z2 by K1 zone Z1 CDS K1 DS K1';
    await passes(host);
    expect(seen.row(host)).toBe(still);
    host.setTime(start + hour);
    await must(host, 'roll', 'step', zone, '--by', 'ann');
    await passes(host);
    expect(seen.row(host)).toBe(published);
    host.setTime(start + 2 * hour);
    await refused(host, 'no step of', 'step', zone);
    host.setTime(start + 5 * hour);
    await passes(host);
    expect(seen.row(host)).toBe(published);
    await must(host, 'roll', 'step', zone);
    await passes(host);
    expect(seen.row(host)).toBe('DNSKEY K1+Z1+Z2 by K1 zone Z2 CDS K1 DS K1');
  });

  test('in an emergency, says until when the key is believed and what a sudden end would cost', async () => {
    const host = await signed(split);
    host.setTime(start);
    const json = async (role: string) =>
      JSON.parse(await must(host, 'roll', role, zone, '--emergency', '--format', 'json')).zones[0];
    // Withdrawn 29 hours later (the story above); signed then for 21 days, and three hours back: of the default policy.
    const zsk = (await json('zsk')).emergencies[0];
    expect(zsk).toMatchObject({
      role: 'zsk',
      exposure: { since: '2026-06-09 17:00:00Z', terms: [{ name: 'dnskey-validity' }] },
      outage: { terms: [{ seconds: hour }, { name: 'max-zone-ttl', seconds: day }], until: '2026-06-09 13:00:00Z' },
    });
    // The old DS is asked to go after 29 hours; then its TTL of a day and the hour of the parent.
    expect((await json('ksk')).emergencies[0]).toMatchObject({
      role: 'ksk',
      exposure: {
        since: '2026-06-09 17:00:00Z',
        terms: [
          { name: 'parent-ds-ttl', seconds: day },
          { name: 'parent-propagation-delay', seconds: hour },
        ],
        until: '2026-06-10 18:00:00Z',
      },
      outage: { until: '2026-06-10 13:00:00Z' },
    });
    await must(host, 'build');
    expect(await danezone(host, 'roll', 'ksk', zone)).toMatchObject({ status: 1 });
    expect(await must(host, 'roll', 'ksk', zone, '--emergency')).toContain('can be abused until');
  });

  test('is in the journal whole or not at all, wherever roll or the build after it dies; one key is made', async () => {
    const asked = async () => {
      const host = newHost(csk);
      await must(host, 'build');
      host.setTime(noon + hour);
      return host;
    };
    const acts = async (host: MemoryHost) => {
      await danezone(host, 'roll', 'csk', zone);
      await danezone(host, 'build');
    };
    const whole = await asked();
    const started = whole.steps.length;
    await acts(whole);
    const steps = whole.steps.length - started;
    expect(steps).toBeGreaterThan(20);
    for (let step = 1; step <= steps; step += 2) {
      const host = await asked();
      host.crashAfter(step);
      await acts(host).catch(() => undefined);
      const next = host.restart(step % 4 === 1 ? 'synced' : 'all');
      next.setTime(noon + 2 * hour);
      // Refused where the first one was written down before the end.
      await danezone(next, 'roll', 'csk', zone);
      await must(next, 'build');
      const { keys, requests } = journalOf(next);
      expect([step, keys.map(({ goal }) => goal).sort(), requests.rolls]).toEqual([
        step,
        ['hidden', 'omnipresent'],
        undefined,
      ]);
      expect(next.files.list(state).filter((file) => file.endsWith('.key'))).toHaveLength(2);
      expect([...tree(next, '/infra').keys()].filter((at) => at.includes('/.danezone-'))).toEqual([]);
    }
  });
});
