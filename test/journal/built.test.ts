import { describe, expect, test } from 'vitest';
import { readMaster } from '../../src/dns/master-reader.ts';
import { name } from '../../src/dns/name.ts';
import { Type } from '../../src/dns/type.ts';
import { type BuiltZone, builtZone } from '../../src/journal/built-zone.ts';
import { areApart, clockWentBack } from '../../src/journal/clock.ts';
import {
  currentVersion,
  keySetClocks,
  largestContentTtl,
  largestTtl,
  lastExpiration,
  mayBeHeld,
} from '../../src/journal/held.ts';
import { type Journal, newJournal, type RRsetVersion } from '../../src/journal/journal.ts';
import { withBuilt } from '../../src/journal/with-built.ts';
import { newReport } from '../../src/text/problem.ts';

const apex = name('example.org.');
const owner = name('_25._tcp.mx.example.org.');
const t0 = 1_767_225_600; // 2026-01-01
const day = 86_400;

/** The RRSIGs need not verify: the journal reads who signed and for how long. */
const rrsig = (on: string, type: string, from: string, until: string, tag = 7956) =>
  `${on} 3600 RRSIG ${type} 13 3 3600 ${until} ${from} ${tag} example.org. AAAA\n`;

const signedZone = `
example.org. 7200 SOA ns.example.org. h.example.org. 5 1800 600 604800 300
example.org. 86400 NS ns.example.org.
example.org. 3600 DNSKEY 257 3 13 GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==
${rrsig('example.org.', 'DNSKEY', '20251231210000', '20260121000000')}
${rrsig('example.org.', 'SOA', '20251231220000', '20260121010000')}
${rrsig('example.org.', 'NS', '20251231230000', '20260122000000')}
example.org. 300 NSEC _25._tcp.mx.example.org. NS SOA RRSIG NSEC DNSKEY
ns.example.org. 3600 A 192.0.2.1
_25._tcp.mx.example.org. 900 TLSA 3 1 1 ${'ab'.repeat(32)}
_25._tcp.mx.example.org. 900 TLSA 3 1 1 ${'12'.repeat(32)}
${rrsig('_25._tcp.mx.example.org.', 'TLSA', '20251231210000', '20260120000000')}
_443._tcp.www.example.org. 900 CNAME _25._tcp.mx.example.org.
www.example.org. 172800 CNAME mx.example.org.
`;

function built(text: string, how: { contentDigest?: string; parentDs?: string[] } = {}, now = t0): BuiltZone {
  const report = newReport();
  const zone = readMaster({ file: 'x.zone', octets: Buffer.from(text), origin: apex }, report);
  if (zone === undefined) throw new Error(JSON.stringify(report.problems));
  const { contentDigest = 'aa', parentDs = [] } = how;
  return builtZone(zone, { serialPolicy: 'counter', contentDigest, parentDs }, now);
}

const utc = (text: string) => Date.parse(text) / 1000;

describe('what a build has made', () => {
  test('is each awaited RRset, and the rest as one', () => {
    const found = built(signedZone);
    expect(found.serial).toBe(5);
    expect(found.rrsets.map((rrset) => [rrset.owner, rrset.type, rrset.ttl, rrset.records.length])).toEqual([
      [apex, Type.DNSKEY, 3600, 1],
      [owner, Type.TLSA, 900, 2],
      [name('_443._tcp.www.example.org.'), Type.CNAME, 900, 1],
    ]);
    expect(found.rrsets[1].records).toEqual([`030101${'12'.repeat(32)}`, `030101${'ab'.repeat(32)}`]);
    expect(found.content).toEqual({
      largestTtl: 172_800,
      negativeTtl: 300,
      expire: 604_800,
      signed: {
        signers: ['013+07956'],
        inception: utc('2025-12-31T23:00:00Z'),
        expiration: utc('2026-01-22T00:00:00Z'),
      },
    });
  });

  test('has who signed an RRset, and the latest of the times', () => {
    const two = signedZone + rrsig('_25._tcp.mx.example.org.', 'TLSA', '20260101000000', '20260110000000', 55);
    expect(built(two).rrsets[1].signed).toEqual({
      signers: ['013+00055', '013+07956'],
      inception: utc('2026-01-01T00:00:00Z'),
      expiration: utc('2026-01-20T00:00:00Z'),
    });
    expect(built(signedZone).rrsets[2].signed).toBeUndefined();
  });

  test('reads signature times as the nearest to now that have these 32 bits (RFC 4034 section 3.1.5)', () => {
    const now = utc('2106-02-07T00:00:00Z');
    // 2106-02-07T06:28:16Z is 2^32.
    const zone = signedZone.replace('20260121000000', '60000').replace('20251231210000', '4294900000');
    expect(built(zone, {}, now).rrsets[0].signed).toMatchObject({
      inception: 4_294_900_000,
      expiration: 2 ** 32 + 60_000,
    });
  });
});

describe('the journal after a build', () => {
  const first = withBuilt(newJournal(apex, t0), built(signedZone), t0);

  test('has its versions as built, and none as published', () => {
    expect(first.generation).toBe(1);
    expect(first.serial).toEqual({ last: 5, policy: 'counter', contentDigest: 'aa', built: t0 });
    for (const version of [...first.content, ...first.rrsets.flatMap(({ versions }) => versions)]) {
      expect(version).toMatchObject({ built: t0, service: { state: 'unseen' } });
      expect(version.dropped).toBeUndefined();
    }
  });

  test('is the very same when the same is built again, whenever that is', () => {
    expect(withBuilt(first, built(signedZone), t0 + 1800)).toBe(first);
  });

  test('says the same for the same input', () => {
    expect(withBuilt(newJournal(apex, t0), built(signedZone), t0)).toEqual(first);
  });

  test('keeps the version when it is signed again by the same keys: no new clock starts', () => {
    const again = withBuilt(first, built(signedZone.replaceAll('202601', '202602'), {}, t0 + 10 * day), t0 + 10 * day);
    expect(again.generation).toBe(2);
    expect(again.changed).toBe(t0 + 10 * day);
    const [version, ...others] = versions(again);
    expect(others).toEqual([]);
    expect(version).toMatchObject({ built: t0, signed: { expiration: utc('2026-02-20T00:00:00Z') } });
  });

  test('never moves an inception or an expiration back', () => {
    const earlier = built(signedZone.replace('20260120000000', '20260115000000'));
    expect(withBuilt(first, earlier, t0)).toBe(first);
  });

  test.each([
    ['RDATA', signedZone.replaceAll('12'.repeat(32), '13'.repeat(32))],
    ['TTL', signedZone.replaceAll('900 TLSA', '901 TLSA')],
    ['the set of signing keys', signedZone.replace(/(20260120000000 \d+) 7956/, '$1 55')],
  ])('has a new version when %s changes, and the end of the old one', (_, text) => {
    const next = withBuilt(first, built(text), t0 + day);
    const [before, now, ...others] = versions(next);
    expect(others).toEqual([]);
    expect(before).toMatchObject({ built: t0, dropped: t0 + day });
    expect(now).toMatchObject({ built: t0 + day, service: { state: 'unseen' } });
  });

  test('has the absence of an RRset that left, with the TTL of the denial', () => {
    const next = withBuilt(first, built(withoutTlsa), t0 + day);
    expect(versions(next)[1]).toMatchObject({
      records: [],
      ttl: 300,
      built: t0 + day,
      signed: { signers: ['013+07956'] },
    });
    const again = withBuilt(next, built(signedZone), t0 + 2 * day);
    expect(versions(again).map(({ records, dropped }) => [records.length, dropped])).toEqual([
      [2, t0 + day],
      [0, t0 + 2 * day],
      [2, undefined],
    ]);
  });

  test('has the absence that was there before the first RRset at an owner, but not in a new zone', () => {
    const without = withBuilt(newJournal(apex, t0), built(withoutTlsa), t0);
    const next = withBuilt(without, built(signedZone), t0 + day);
    expect(versions(next)).toMatchObject([
      { records: [], ttl: 300, built: t0, dropped: t0 + day },
      { ttl: 900, built: t0 + day },
    ]);
    expect(versions(first)).toHaveLength(1);
  });

  test('has the DS that the parent was to have, and later that it was to have none', () => {
    const ds = ['1f140d02aa', '1f140d04bb'];
    const published = withBuilt(first, built(signedZone, { parentDs: [...ds].reverse() }), t0 + day);
    expect(published.parentDs).toMatchObject([{ records: ds, built: t0 + day }]);
    const removed = withBuilt(published, built(signedZone), t0 + 2 * day);
    expect(removed.parentDs).toMatchObject([{ records: ds, dropped: t0 + 2 * day }, { records: [] }]);
  });

  test('has a serial with the digest of its content', () => {
    const next = withBuilt(first, built(signedZone.replace(' 5 1800', ' 6 1800'), { contentDigest: 'bb' }), t0 + 60);
    expect(next.serial).toEqual({ last: 6, policy: 'counter', contentDigest: 'bb', built: t0 + 60 });
  });

  test('does not go back in time with the clock', () => {
    const next = withBuilt(first, built(withoutTlsa), t0 - day);
    expect(next.changed).toBe(t0);
  });
});

describe('what caches may hold', () => {
  const version = (service: RRsetVersion['service']): RRsetVersion => ({
    records: ['00'],
    ttl: 900,
    built: t0,
    dropped: t0 + day,
    service,
  });

  test('is a version until its TTL after the last server stopped; without evidence, for ever', () => {
    for (const unknown of [{ state: 'unseen' }, { state: 'published', from: t0, evidence: 1 }] as const) {
      expect(mayBeHeld(version(unknown), 900, t0 + 1000 * day)).toBe(true);
    }
    const gone = version({ state: 'gone', until: t0 + day, evidence: 2 });
    expect(mayBeHeld(gone, 900, t0 + day + 899)).toBe(true);
    expect(mayBeHeld(gone, 900, t0 + day + 900)).toBe(false);
  });

  test('decides the largest TTL to wait for: that of a longer version counts until it is forgotten', () => {
    const journal: Journal = {
      ...newJournal(apex, t0),
      rrsets: [
        {
          owner,
          type: Type.TLSA,
          versions: [
            { ...version({ state: 'gone', until: t0, evidence: 1 }), ttl: day },
            { ...version({ state: 'unseen' }), dropped: undefined },
          ],
        },
      ],
    };
    expect(largestTtl(journal, owner, Type.TLSA, t0 + day - 1)).toBe(day);
    expect(largestTtl(journal, owner, Type.TLSA, t0 + day)).toBe(900);
    expect(largestTtl(journal, apex, Type.TLSA, t0)).toBe(0);
  });

  test('has the TTLs of the rest of the zone and of its denials, of every version not known to be gone', () => {
    const first = withBuilt(newJournal(apex, t0), built(signedZone), t0);
    const next = withBuilt(
      first,
      built(signedZone.replace('172800 CNAME', '60 CNAME').replace('604800 300', '604800 60')),
      t0,
    );
    expect(next.content).toHaveLength(2);
    expect(largestContentTtl(next, t0)).toEqual({ data: 172_800, negative: 300 });
  });

  test('ends for good with the last signature over any version', () => {
    const first = withBuilt(newJournal(apex, t0), built(signedZone), t0);
    const next = withBuilt(first, built(withoutTlsa), t0 + day);
    expect(lastExpiration(next, owner, Type.TLSA)).toBe(utc('2026-01-22T00:00:00Z'));
    expect(lastExpiration(next, owner, Type.A)).toBe(0);
    expect(currentVersion(next, owner, Type.TLSA)?.records).toEqual([]);
  });
});

describe('the clocks of DNSKEY, CDS and CDNSKEY', () => {
  const first = withBuilt(newJournal(apex, t0), built(signedZone), t0);
  const { records, ttl, signed } = currentVersion(first, apex, Type.DNSKEY)!;
  const planned = { type: Type.DNSKEY, records, ttl, signers: signed!.signers };

  test('run from the first build of their version', () => {
    expect(keySetClocks(first, [planned], t0 + day)).toEqual({
      firstBuilt: t0,
      notBefore: utc('2025-12-31T21:00:00Z'),
    });
  });

  test('start now for a changed version, of which the inception still does not go back', () => {
    for (const changed of [{ ttl: 60 }, { records: ['00'] }, { signers: ['013+00055'] }]) {
      expect(keySetClocks(first, [{ ...planned, ...changed }], t0 + day)).toEqual({
        firstBuilt: t0 + day,
        notBefore: utc('2025-12-31T21:00:00Z'),
      });
    }
  });

  test('start now without a journal', () => {
    expect(keySetClocks(undefined, [planned], t0)).toEqual({ firstBuilt: t0, notBefore: undefined });
    expect(keySetClocks(newJournal(apex, t0), [planned], t0)).toEqual({ firstBuilt: t0, notBefore: undefined });
  });
});

describe('a clock', () => {
  test('more than five minutes behind the journal is reported; less is not', () => {
    const journal = newJournal(apex, t0);
    for (const [now, wentBack] of [
      [t0 + day, false],
      [t0 - 300, false],
      [t0 - 301, true],
    ] as const) {
      const report = newReport();
      expect(clockWentBack(journal, now, report)).toBe(wentBack);
      const rules = report.problems.map(({ rule, subject }) => [rule, subject]);
      expect(rules).toEqual(wentBack ? [['ops/clock-went-back', apex]] : []);
    }
  });

  test('before the oldest key of the zone is an error', () => {
    const hidden = { state: 'hidden', since: t0 } as const;
    const key = (created: number) => {
      const records = { dnskey: hidden, zrrsig: hidden, krrsig: hidden, ds: hidden };
      return { id: '013+00001', role: 'csk', rdata: '', goal: 'omnipresent', created, ...records } as const;
    };
    const journal = { ...newJournal(apex, t0), keys: [key(t0 - 10 * day), key(t0 - 30 * day)] };
    for (const [now, rule] of [
      [t0 - 30 * day - 300, 'ops/clock-went-back'],
      [t0 - 30 * day - 301, 'ops/clock-before-keys'],
    ] as const) {
      const report = newReport();
      expect(clockWentBack(journal, now, report)).toBe(true);
      expect(report.problems.map((problem) => problem.rule)).toEqual([rule]);
      expect(report.hasErrors).toBe(rule === 'ops/clock-before-keys');
    }
  });

  test('that is five minutes away is the same time still', () => {
    expect(areApart(t0, t0 + 300)).toBe(false);
    expect(areApart(t0 + 301, t0)).toBe(true);
  });
});

function versions(journal: Journal): readonly RRsetVersion[] {
  return journal.rrsets.find((history) => history.owner === owner && history.type === Type.TLSA)!.versions;
}

const withoutTlsa = signedZone.replace(/^_25\._tcp[^\n]*\n/gm, '');
