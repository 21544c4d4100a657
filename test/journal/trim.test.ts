import { describe, expect, test } from 'vitest';
import { name } from '../../src/dns/name.ts';
import { Type } from '../../src/dns/type.ts';
import type { BuiltZone } from '../../src/journal/built-zone.ts';
import { dsSeen, type Publication, seenSince } from '../../src/journal/clocks.ts';
import { withCertificate, withDs, withPublished } from '../../src/journal/evidence.ts';
import { versionsOf } from '../../src/journal/held.ts';
import { type Journal, newJournal } from '../../src/journal/journal.ts';
import { printJournal } from '../../src/journal/print.ts';
import { withoutForgotten } from '../../src/journal/trim.ts';
import { withBuilt } from '../../src/journal/with-built.ts';

const apex = name('example.org.');
const mx = name('_25._tcp.mx.example.org.');
const t0 = 1_767_225_600;
const day = 86_400;
const by = { by: 'ann', servers: [] };
const evidence: Publication = { kind: 'evidence' };

/** Signed anew each day; a new key every 90 days, a new TLSA record every 60, and none in the last year. */
function builtOn(of: number): BuiltZone {
  const now = t0 + of * day;
  const key = Math.floor(of / 90);
  const signed = { signers: [`013+${String(key).padStart(5, '0')}`], inception: now, expiration: now + 21 * day };
  const tlsa = { owner: mx, type: Type.TLSA, records: [`0301${Math.floor(of / 60) + 100}`], ttl: 3600, signed };
  return {
    serial: of + 1,
    serialPolicy: 'counter',
    contentDigest: `${of}0`.padStart(6, '0'),
    content: { largestTtl: 86_400, negativeTtl: 300, expire: 14 * day, signed },
    rrsets: [
      { owner: apex, type: Type.DNSKEY, records: [`0101030d${100 + key}`, `0101030d${101 + key}`], ttl: 3600, signed },
      ...(of > 3285 ? [] : [tlsa]),
    ],
    parentDs: [`${1000 + key}0d02`],
  };
}

function tenYears(confirms: boolean, publication: Publication): { journal: Journal; largest: number } {
  let journal = newJournal(apex, t0);
  let largest = 0;
  for (let of = 0; of < 3650; of++) {
    const now = t0 + of * day;
    journal = withBuilt(journal, builtOn(of), now);
    if (confirms) {
      journal = withPublished(journal, { serial: of + 1, at: now + 60, ...by }).journal!;
      const { records } = journal.parentDs.at(-1)!;
      journal = withDs(journal, { records, ttl: 3600, at: now + 120, ...by }).journal!;
      const spki = String(Math.floor(of / 60) + 100).padStart(64, '0');
      const service = { host: name('mx.example.org.'), port: 25, protocol: 'tcp' } as const;
      journal = withCertificate(journal, { ...service, spki, at: now + 180, ...by }).journal!;
    }
    const before = journal;
    journal = withoutForgotten(journal, now + 200, publication);
    if (of % 7 === 0 && journal !== before) expect(withoutForgotten(journal, now + 200, publication)).toBe(journal);
    largest = Math.max(largest, journal.rrsets.flatMap(({ versions }) => versions).length);
  }
  return { journal, largest };
}

describe('after ten years of daily builds', () => {
  test('with evidence every day the journal is as small as after one', () => {
    const { journal, largest } = tenYears(true, evidence);
    expect(largest).toBeLessThan(12);
    expect(journal.serials.length).toBeLessThan(100);
    expect(journal.evidence.length).toBeLessThan(60);
    expect(printJournal(journal).length).toBeLessThan(60_000);
    expect(journal.evidence.at(-1)).toMatchObject({ fact: { kind: 'published', serial: 3650 } });
    // A name that has had no TLSA records for a year.
    expect(versionsOf(journal, mx, Type.TLSA)).toEqual([]);
  });

  test('by build it is small as well', () => {
    const { journal, largest } = tenYears(false, { kind: 'by-build', after: 3600 });
    expect(largest).toBeLessThan(12);
    expect(printJournal(journal).length).toBeLessThan(60_000);
  });

  test('without any evidence all versions stay, since caches may hold them; not every serial does', () => {
    const { journal } = tenYears(false, evidence);
    expect(versionsOf(journal, apex, Type.DNSKEY)).toHaveLength(41);
    expect(journal.serials.length).toBeLessThan(250);
    // The last serial with the first key can still be confirmed: it was in the zone until day 90.
    expect(journal.serials.map(({ serial }) => serial)).toContain(90);
    expect(withPublished(journal, { serial: 90, at: t0 + 3650 * day, ...by }).journal).toBeDefined();
  });
});

describe('nothing is forgotten', () => {
  const first = withBuilt(newJournal(apex, t0), builtOn(0), t0);
  const second = withBuilt(first, builtOn(90), t0 + 90 * day);

  test('of the certificate of one algorithm while the description has it, though that of another was seen later', () => {
    const service = { host: name('mx.example.org.'), port: 25, protocol: 'tcp', ...by } as const;
    const [rsa, ecdsa, gone] = ['a', 'b', 'c'].map((digit) => digit.repeat(64));
    const seen = [gone, rsa, ecdsa].reduce(
      (journal, spki, index) => withCertificate(journal, { ...service, spki, at: t0 + index * day }).journal!,
      first,
    );
    const keysOf = (journal: Journal) =>
      journal.evidence.flatMap(({ fact }) => (fact.kind === 'certificate-served' ? fact.spki : []));
    const years = t0 + 5 * 365 * day;
    expect(keysOf(withoutForgotten(seen, years, evidence, (spki) => spki !== gone))).toEqual([rsa, ecdsa]);
    expect(keysOf(withoutForgotten(seen, years, evidence))).toEqual([ecdsa]);
  });

  test('while servers may have it: the version of the zone now, and one whose end nobody has seen', () => {
    expect(withoutForgotten(second, t0 + 9000 * day, evidence).rrsets).toBe(second.rrsets);
    expect(withoutForgotten(first, t0 + 9000 * day, { kind: 'by-build', after: 1 }).rrsets).toBe(first.rrsets);
  });

  test('before its TTL, the last of its signatures, SOA EXPIRE and thirty days are over', () => {
    const gone = t0 + 91 * day;
    const seen = withPublished(second, { serial: 91, at: gone, ...by }).journal!;
    const count = (now: number) => versionsOf(withoutForgotten(seen, now, evidence), apex, Type.DNSKEY).length;
    expect(count(gone + 3600 + 44 * day - 1)).toBe(2);
    expect(count(gone + 3600 + 44 * day)).toBe(1);
    // Signatures that run on, long after the version has gone.
    const [{ versions }, ...others] = seen.rrsets;
    const expiration = gone + 100 * day;
    const signed = { signers: [], inception: t0, expiration };
    const long = {
      ...seen,
      rrsets: [{ ...seen.rrsets[0], versions: [{ ...versions[0], signed }, versions[1]] }, ...others],
    };
    const left = (now: number) => versionsOf(withoutForgotten(long, now, evidence), apex, Type.DNSKEY).length;
    expect(left(expiration + 44 * day - 1)).toBe(2);
    expect(left(expiration + 44 * day)).toBe(1);
  });

  test('that makes a clock later than it has run out already', () => {
    const seen = withPublished(second, { serial: 91, at: t0 + 91 * day, ...by }).journal!;
    const now = t0 + 200 * day;
    const trimmed = withoutForgotten(seen, now, evidence);
    const shared = '0101030d101';
    const since = (journal: Journal) =>
      seenSince(versionsOf(journal, apex, Type.DNSKEY), ({ records }) => records.includes(shared), evidence)!;
    expect(trimmed.rrsets).not.toBe(seen.rrsets);
    expect(since(trimmed)).toBeGreaterThanOrEqual(since(seen));
    expect(since(trimmed) + 44 * day).toBeLessThan(now);
  });

  test('of the DS sets that were seen, while one of them may be in a cache', () => {
    const one = withDs(first, { records: ['aa'], ttl: 10 * day, at: t0, ...by }).journal!;
    const two = withDs(one, { records: ['bb'], ttl: 60, at: t0 + day, ...by }).journal!;
    const has = (records: readonly string[]) => records.includes('bb');
    const end = t0 + day + 10 * day + 44 * day;
    expect(dsSeen(withoutForgotten(two, end - 1, evidence), has)).toEqual({ at: t0 + day, ttl: 10 * day });
    expect(dsSeen(withoutForgotten(two, end, evidence), has)).toEqual({ at: t0 + day, ttl: 60 });
  });

  test('that alone says that there was a DS: its last sighting, unless the zone was unsigned since', () => {
    const withSets = (...sets: string[][]) =>
      sets.reduce(
        (journal, records, index) => withDs(journal, { records, ttl: 60, at: t0 + index * day, ...by }).journal!,
        first,
      );
    const seen = (journal: Journal) =>
      withoutForgotten(journal, t0 + 300 * day, evidence).evidence.flatMap(({ fact }) =>
        fact.kind === 'ds-seen' ? [fact.records.join()] : [],
      );
    expect(seen(withSets(['aa'], ['bb'], [], ['cc']))).toEqual(['cc']);
    expect(seen(withSets(['aa'], ['bb'], []))).toEqual(['bb', '']);
    const { signed: _, ...unsigned } = builtOn(100).content;
    const left = withBuilt(withSets(['aa'], ['bb'], []), { ...builtOn(100), content: unsigned }, t0 + 100 * day);
    expect(seen(left)).toEqual(['']);
    const again = withPublished(withBuilt(left, builtOn(101), t0 + 101 * day), {
      serial: 102,
      at: t0 + 101 * day,
      ...by,
    });
    expect(seen(again.journal!)).toEqual(['']);
  });
});
