/** TLSA records of hosts, services and addresses that leave the description: they stay while caches lead there. */
import { describe, expect, test } from 'vitest';
import { name } from '../../src/dns/name.ts';
import { Type } from '../../src/dns/type.ts';
import type { MemoryHost } from '../../src/host/memory.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { parseJournal } from '../../src/journal/parse.ts';
import { mailHistory } from '../../src/pipeline/mail-history.ts';
import { readRepository } from '../../src/pipeline/repository.ts';
import { prove } from '../../src/prove/prove.ts';
import { rolloverPolicyOf } from '../../src/rollover/policy.ts';
import { newReport } from '../../src/text/problem.ts';
import { danezone, description, inService, net, org, repository, settled, text } from './run.ts';

const hour = 3600;
const day = 24 * hour;
/** Of addresses and MX records: the default of a zone. */
const ttl = hour;
const delay = hour;

const tlsaAt = (host: MemoryHost, owner = '_25._tcp.mx1.example.org.') =>
  text(host, '/infra/build/example.org.zone')
    .split('\n')
    .filter((line) => line.startsWith(`${owner}\t`) && /\t(?:TLSA|CNAME)\t/.test(line)).length;

async function at(host: MemoryHost, time: number, ...argv: string[]) {
  host.setTime(time);
  const ran = await danezone(host, ...argv);
  if (ran.status !== 0) throw new Error(`danezone ${argv.join(' ')} ended with ${ran.status}: ${ran.err}`);
  return ran;
}

async function running(changes: Record<string, string> = {}, ...more: string[]) {
  const host = repository(changes);
  await danezone(host, 'build');
  for (const name of more) await danezone(host, 'confirm', 'cert-served', name);
  await inService(host);
  await danezone(host, 'confirm', 'published', '--all');
  return host;
}

const without = {
  common: description.replace(/ {2}mx1\.example\.org: .*\n/, ''),
  org: org.replace(/ {4}mail: .*\n/, '').replace(/ {6}www: .*\n/, ''),
  net: net.replace(', mail: [{host: mx1.example.org}]', ''),
};

/** Of the proof of mail, with the journal as it is, or as `change` makes it. */
function violations(host: MemoryHost, now: number, change: (journal: Journal) => Journal = (journal) => journal) {
  const zone = name('example.org');
  const read = parseJournal('j', host.files.read('/infra/keys/example.org/journal.json'), zone, newReport());
  const journal = change(read as Journal);
  const repo = readRepository(host.files, '/infra', ['/infra/keys'], newReport());
  const mail = mailHistory(repo, (of) => (of === zone ? journal : undefined), now);
  const policy = rolloverPolicyOf(repo.description.domains.get(zone)!);
  return prove({ zones: [{ journal, policy }], mail, from: now }).violations;
}

/** As if the old record had left with the address, as soon as the new certificate was seen. */
function dropped(journal: Journal): Journal {
  const { changed: at } = journal;
  return {
    ...journal,
    rrsets: journal.rrsets.map((history) => {
      const last = history.versions.at(-1);
      if (history.type !== Type.TLSA || last === undefined) return history;
      const records = last.records.filter((record) => !record.endsWith(p256));
      const gone = { ...last, dropped: at, service: { state: 'gone', until: at, evidence: 1 } } as const;
      const left = { ...last, records, built: at, service: { state: 'published', from: at, evidence: 1 } } as const;
      return { ...history, versions: [...history.versions.slice(0, -1), gone, left] };
    }),
  };
}
const p256 = 'a09a205c78d58924d7d0aaa76968581ef35d889eb16454a62c8ce254281981b3';

describe('a host that is removed', () => {
  const start = settled + 5 * day;
  async function removed(host: MemoryHost) {
    host.put('/infra/zones/common.yaml', without.common.replace(/certificates:\n.*\n/, ''));
    host.put('/infra/zones/org.yaml', without.org);
    host.put('/infra/zones/net.yaml', without.net);
    return at(host, start, 'build');
  }

  test('keeps its TLSA records until its addresses and the MX records of every zone have left the caches', async () => {
    const host = await running();
    expect(tlsaAt(host)).toBe(1);
    const { err } = await removed(host);
    expect(err).toContain('rollover/outlasts-host');
    expect(text(host, '/infra/build/example.org.zone')).not.toContain('192.0.2.25');
    expect(tlsaAt(host)).toBe(1);
    // Without evidence nothing has gone.
    await at(host, start + 30 * day, 'build');
    expect(tlsaAt(host)).toBe(1);
    await at(host, start + 31 * day, 'confirm', 'published', 'example.org');
    const other = start + 32 * day;
    await at(host, other, 'confirm', 'published', 'example.net');
    await at(host, other + delay + ttl - 1, 'build');
    expect(tlsaAt(host)).toBe(1);
    await at(host, other + delay + ttl, 'build');
    expect(tlsaAt(host)).toBe(0);
  });

  test('has the step in the plan, and is told by check', async () => {
    const host = await running();
    await removed(host);
    const seen = start + hour;
    await at(host, seen, 'confirm', 'published', '--all');
    const { steps } = JSON.parse((await at(host, seen, 'plan', '--format', 'json')).out);
    const step = steps.find(({ action }: { action: { kind: string } }) => action.kind === 'withdraw-tlsa');
    expect(step).toMatchObject({
      actor: 'tool',
      subject: { kind: 'host', name: 'mx1.example.org.' },
      action: { owner: '_25._tcp.mx1.example.org.' },
    });
    expect(Date.parse(step.at) / 1000).toBe(seen + delay + ttl);
    expect((await at(host, seen, 'check')).err).toContain('rollover/outlasts-host');
  });

  test('takes its alias along', async () => {
    const shared = description.replace(
      '  ns1.example.org:',
      '  mx2.example.org: {addresses: [192.0.2.26], services: {smtp: [mx1]}, tlsa: {alias: _25._tcp.mx1.example.org}}\n  ns1.example.org:',
    );
    const host = await running({ '/infra/zones/common.yaml': shared }, 'mx2.example.org');
    const owner = '_25._tcp.mx2.example.org.';
    expect(tlsaAt(host, owner)).toBe(1);
    host.put('/infra/zones/common.yaml', description);
    await at(host, start, 'build');
    expect(tlsaAt(host, owner)).toBe(1);
    await at(host, start, 'confirm', 'published', 'example.org');
    await at(host, start + delay + ttl, 'build');
    expect([tlsaAt(host, owner), tlsaAt(host)]).toEqual([0, 1]);
  });
});

describe('a service that is removed', () => {
  const start = settled + 5 * day;
  const unserved = description.replace('services: {smtp: [mx1]}', 'tlsa: []').replace(/certificates:\n.*\n/, '');

  test('keeps its records while MX records in caches lead to it, and not while they stand', async () => {
    const host = await running();
    host.put('/infra/zones/common.yaml', unserved);
    host.put('/infra/zones/org.yaml', org.replace(/ {4}mail: .*\n/, ''));
    host.put('/infra/zones/net.yaml', without.net);
    await at(host, start, 'build');
    expect(tlsaAt(host)).toBe(1);
    await at(host, start, 'confirm', 'published', '--all');
    await at(host, start + delay + ttl, 'build');
    expect(tlsaAt(host)).toBe(0);

    const stands = await running();
    stands.put('/infra/zones/common.yaml', unserved);
    await at(stands, start, 'build');
    expect(tlsaAt(stands)).toBe(0);
  });
});

describe('an address that is removed', () => {
  test('keeps the record of the certificate that may be met there, though every other address shows the new one', async () => {
    const long = description.replace("'2001:db8::25'], ", "'2001:db8::25'], ttl: 1d, ");
    const host = await running({ '/infra/zones/common.yaml': long });
    const start = settled + 5 * day;
    host.put('/infra/zones/common.yaml', long.replace('p256.pem', 'p384.pem'));
    await at(host, start, 'build');
    await at(host, start, 'confirm', 'published', '--all');
    // The old server is taken out; the others show the new certificate.
    host.put('/infra/zones/common.yaml', long.replace('p256.pem', 'p384.pem').replace(", '2001:db8::25'", ''));
    const moved = start + 10 * day;
    await at(host, moved, 'build');
    await at(host, moved, 'confirm', 'published', '--all');
    await at(host, moved, 'confirm', 'cert-served', 'mx1.example.org');
    await at(host, moved + 2 * hour, 'build');
    expect(tlsaAt(host)).toBe(2);
    expect(violations(host, moved + 2 * hour)).toEqual([]);
    const until = moved + day;
    expect(violations(host, moved + 2 * hour, dropped)).toMatchObject([{ kind: 'tlsa-mismatch', until }]);
    await at(host, moved + delay + day - 1, 'build');
    expect(tlsaAt(host)).toBe(2);
    await at(host, moved + delay + day, 'build');
    expect(tlsaAt(host)).toBe(1);
  });
});
