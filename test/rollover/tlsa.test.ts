import { describe, expect, test } from 'vitest';
import { name } from '../../src/dns/name.ts';
import { Type } from '../../src/dns/type.ts';
import { mayBeSecure } from '../../src/rollover/tlsa.ts';
import { certificate, day, decided, delays, hour, journalOf, other, spki, t0, tlsa, versions } from './tlsa-cases.ts';

const [A, B, C] = ['a', 'b', 'c'].map((key) => tlsa(key));
/** A propagation and two TTLs. */
const wait = delays.propagation + 2 * delays.tlsa;
const served = (key: string) => ({ kind: 'certificate-served', host: 'mx.example.org.', port: 25, spki: spki(key) });

describe('a next key', () => {
  const journal = journalOf(versions({ built: 0, seen: 0, records: [A] }, { built: 10, seen: 100, records: [A, B] }), [
    [0, 'a'],
  ]);
  const nextAt = (at: number, of = journal) =>
    decided({ at, journal: of, wanted: [A, B], certificates: [certificate('a', 'b')] }).certificates[0].next;

  test('stands beside the current one, and waits from its publication for a propagation and two TTLs', () => {
    expect(decided({ at: 200, journal, wanted: [A, B], certificates: [certificate('a', 'b')] }).records).toEqual([
      A,
      B,
    ]);
    expect(nextAt(200)).toMatchObject({
      records: [B],
      wait: {
        earliest: t0 + 100 + wait,
        wait: {
          terms: [
            { name: 'zone-propagation-delay', seconds: hour },
            { name: '2 × tlsa-ttl', seconds: 1800 },
          ],
        },
      },
    });
  });

  test('has no date while nobody has seen its record, and one at best', () => {
    const unseen = journalOf(versions({ built: 0, seen: 0, records: [A] }, { built: 10, records: [A, B] }));
    expect(nextAt(500, unseen)?.wait).toMatchObject({ atBest: t0 + 500 + wait });
    expect(nextAt(500, unseen)?.wait.earliest).toBeUndefined();
    expect(nextAt(500, journalOf([]))?.wait.earliest).toBeUndefined();
  });

  test('waits for twice the largest TTL that a cache may still hold when it is published, and no longer for one that it may not', () => {
    const longer = (seen: number) =>
      journalOf(
        versions(
          { built: 0, seen: 0, records: [A], ttl: 7200 },
          { built: 5, seen: 50, records: [A] },
          { built: 10, seen, records: [A, B] },
        ),
      );
    expect(nextAt(20_000, longer(50 + 7199))?.wait.earliest).toBe(t0 + 50 + 7199 + hour + 2 * 7200);
    expect(nextAt(20_000, longer(50 + 7200))?.wait.earliest).toBe(t0 + 50 + 7200 + wait);
  });

  test('keeps its date, however late one asks', () => {
    const dates = [200, 5000, 50_000, 5_000_000].map((at) => nextAt(at)?.wait.earliest);
    expect(new Set(dates).size).toBe(1);
  });

  test('waits for the absence and the alias that stood there before', () => {
    const after = { built: 10, seen: 100, records: [A, B] };
    const absent = journalOf(versions({ built: 0, seen: 0, records: [], ttl: 3600 }, after));
    expect(nextAt(200, absent)?.wait.earliest).toBe(t0 + 100 + hour + 2 * 3600);
    const aliases = versions({ built: 0, seen: 0, records: ['00'], ttl: 5000 }, { ...after, records: [] });
    expect(nextAt(200, journalOf(versions(after), [], aliases))?.wait).toMatchObject({
      earliest: t0 + 100 + hour + 2 * 5000,
      wait: { terms: [{}, { name: '2 × cname-ttl', seconds: 10_000 }] },
    });
  });

  test('waits for the records of a wildcard that answered while nothing stood there, and not for one that never did', () => {
    const wildcard = (built: number, seen: number) => ({
      owner: name('*._tcp.mx.example.org.'),
      type: Type.TLSA,
      versions: versions({ built, seen, records: [A], ttl: 5000 }),
    });
    const among = (history: ReturnType<typeof versions>, other: ReturnType<typeof wildcard>) => {
      const of = journalOf(history);
      return nextAt(200, { ...of, rrsets: [...of.rrsets, other] })?.wait;
    };
    const [before, after] = [
      { built: 0, seen: 0, records: [] },
      { built: 10, seen: 100, records: [A, B] },
    ];
    const stands = wildcard(0, 0);
    expect(among(versions(before, after), stands)).toMatchObject({
      earliest: t0 + 100 + hour + 2 * 5000,
      wait: { terms: [{}, { name: '2 × wildcard-ttl', seconds: 10_000 }] },
    });
    const later = wildcard(10, 100);
    for (const [history, other] of [
      [versions({ ...before, records: [A] }, after), stands],
      [versions(before, after), later],
      // Every cache has forgotten what the wildcard answered until the records of the service came.
      [versions(before, { built: 5, seen: 50, records: [A] }, { built: 9, seen: 5050, records: [A, B] }), stands],
    ] as const)
      expect(among(history, other)?.wait.terms[1].name).toBe('2 × tlsa-ttl');
  });

  test('waits anew after a version without its record', () => {
    const twice = versions(
      { built: 0, seen: 0, records: [A, B] },
      { built: 10, seen: 100, records: [A] },
      { built: 20, seen: 9000, records: [A, B] },
    );
    expect(nextAt(9000, journalOf(twice))?.wait.earliest).toBe(t0 + 9000 + wait);
  });

  test('waits for nothing where its records are those of the current one', () => {
    const same = certificate('a', 'a');
    expect(decided({ journal, wanted: [A], certificates: [same] }).certificates[0].next).toBeUndefined();
  });

  test('of a policy by build counts from build + after', () => {
    const built = journalOf(versions({ built: 0, records: [A] }, { built: 10, records: [A, B] }));
    const next = decided({
      at: 20,
      journal: built,
      wanted: [A, B],
      certificates: [certificate('a', 'b')],
      policy: {
        publication: { kind: 'by-build', after: 60 },
        zonePropagationDelay: hour,
        retireSafety: hour,
        ttls: { negative: 300 },
      },
    }).certificates[0].next;
    expect(next?.wait.earliest).toBe(t0 + 10 + 60 + wait);
  });
});

describe('the old record', () => {
  const rolled = versions({ built: 0, seen: 0, records: [A, B] });
  const at = (seconds: number, seen: readonly (readonly [number, string])[]) =>
    decided({ at: seconds, journal: journalOf(rolled, seen), wanted: [B], certificates: [certificate('b')] });

  test('stays while nobody has seen the new certificate in service, without a date', () => {
    for (const seen of [[], [[5, 'a']]] as const) {
      expect(at(400 * day, seen)).toMatchObject({ records: [A, B], retained: [A], unserved: [served('b')] });
      expect(at(400 * day, seen).retainedUntil).toBeUndefined();
      expect(at(400 * day, seen).nextEvent).toBeUndefined();
    }
  });

  test('leaves retire-safety after the new one was seen on every address, and not a second before', () => {
    const until = 9000 + delays.retire;
    const seen = [
      [5, 'a'],
      [9000, 'b'],
    ] as const;
    expect(at(until - 1, seen)).toMatchObject({ records: [A, B], retainedUntil: t0 + until, nextEvent: t0 + until });
    expect(at(until, seen)).toMatchObject({ records: [B], retained: [] });
  });

  test('stays again when the old certificate is seen after the new one', () => {
    const back = [
      [9000, 'b'],
      [9500, 'a'],
    ] as const;
    expect(at(30 * day, back)).toMatchObject({ records: [A, B], unserved: [served('b')] });
  });

  test('stays until the certificates of every key algorithm were seen, and each may be confirmed by itself', () => {
    const both = (seen: readonly (readonly [number, string])[]) =>
      decided({
        at: 30 * day,
        journal: journalOf(versions({ built: 0, seen: 0, records: [A, B, C] }), seen),
        wanted: [B, C],
        certificates: [certificate('b'), certificate('c')],
      });
    expect(both([[9000, 'b']])).toMatchObject({ records: [A, B, C], unserved: [served('c')] });
    expect(
      both([
        [9000, 'b'],
        [9500, 'c'],
      ]),
    ).toMatchObject({ records: [B, C], unserved: [] });
  });

  test('leaves after retire-safety where the certificate is observed: that is the evidence, and it is to be written down', () => {
    const observed = certificate('b', undefined, { source: 'observed' });
    const of = (seconds: number, seen: readonly (readonly [number, string])[]) =>
      decided({ at: seconds, journal: journalOf(rolled, seen), wanted: [B], certificates: [observed] });
    expect(of(9000, [])).toMatchObject({
      records: [A, B],
      retainedUntil: t0 + 9000 + delays.retire,
      evidence: [{ host: 'mx.example.org.', port: 25, protocol: 'tcp', spki: spki('b') }],
    });
    expect(of(9000 + delays.retire, [[9000, 'b']])).toMatchObject({ records: [B], evidence: [] });
  });

  test('goes at once with the whole RRset, which no sender then holds against anything', () => {
    expect(decided({ journal: journalOf(rolled), wanted: [], certificates: [] }).records).toEqual([]);
  });
});

describe('a first TLSA', () => {
  const first = { wanted: [A, B], certificates: [certificate('a', 'b')] };

  test('stands at once in a zone without DS, and the DS waits for the certificate', () => {
    expect(decided({ ...first, secure: false })).toMatchObject({ records: [A, B], beforeDs: [served('a')] });
    expect(decided({ ...first, secure: false, journal: journalOf([], [[0, 'a']]) }).beforeDs).toEqual([]);
  });

  test('is left out where a DS may be in caches, until the certificate is known to be served', () => {
    expect(decided(first)).toMatchObject({ records: [], omitted: [A, B], unserved: [served('a')], beforeDs: [] });
    expect(decided({ ...first, journal: journalOf([], [[0, 'a']]) })).toMatchObject({ records: [A, B], omitted: [] });
    const observed = { ...first, certificates: [certificate('a', 'b', { source: 'observed' })] };
    expect(decided(observed)).toMatchObject({ records: [A, B], omitted: [] });
    expect(decided({ ...first, overridden: new Set(['rollover/first-tlsa-unserved']) }).records).toEqual([A, B]);
  });

  test('of a new combination is left out alone: what was built last stays', () => {
    const before = versions({ built: 0, seen: 0, records: [A] });
    const more = { wanted: [A, other('i'), tlsa('a', '030102')], certificates: [certificate('a')] };
    expect(decided({ ...more, journal: journalOf(before) })).toMatchObject({
      records: [A],
      omitted: [other('i'), tlsa('a', '030102')],
    });
    const known = decided({ ...more, journal: journalOf(before, [[0, 'a']]) });
    expect(known.records).toEqual([other('i'), A, tlsa('a', '030102')]);
    const swapped = decided({ wanted: [other('i')], certificates: [certificate('a')], journal: journalOf(before) });
    expect(swapped).toMatchObject({ records: [A], retained: [A], omitted: [other('i')] });
  });

  test('waits for the DS too where caches may hold another RRset', () => {
    const journal = journalOf(
      versions({ built: 0, seen: 0, records: [A] }, { built: 10, seen: 100, records: [A, B] }),
      [[50, 'b']],
    );
    const until = 100 + delays.propagation + delays.tlsa;
    const at = (seconds: number) =>
      decided({ at: seconds, secure: false, journal, wanted: [B], certificates: [certificate('b')] }).beforeDs;
    expect(at(until - 1)).toMatchObject([{ kind: 'published' }]);
    expect(at(until)).toEqual([]);
  });
});

describe('a new certificate', () => {
  const history = versions({ built: 0, seen: 0, records: [A] }, { built: 10, seen: 100, records: [A, B] });
  const standing = (at: number, seen: readonly (readonly [number, string])[] = [], of = history) =>
    decided({ at, journal: journalOf(of, seen), wanted: [B], certificates: [certificate('b')] }).certificates[0]
      .standing;

  test('is early a second before its records have been published for the wait, and not after it', () => {
    expect(standing(100 + wait - 1)).toMatchObject({
      kind: 'early',
      hasLeft: false,
      wait: { earliest: t0 + 100 + wait },
    });
    expect(standing(100 + wait)).toEqual({ kind: 'settled' });
  });

  test('that was never published is early, without a date, and stands beside the old one from now on', () => {
    const of = versions({ built: 0, seen: 0, records: [A] });
    expect(standing(500, [], of)).toMatchObject({ kind: 'early', hasLeft: false, wait: { atBest: t0 + 500 + wait } });
    const decision = decided({ journal: journalOf(of), wanted: [B], certificates: [certificate('b')] });
    expect(decision).toMatchObject({ records: [A, B], retained: [A], omitted: [] });
  });

  test('in service is exposed for a propagation and one TTL', () => {
    const end = 100 + delays.propagation + delays.tlsa;
    expect(standing(end - 1, [[90, 'b']])).toMatchObject({ kind: 'exposed', wait: { earliest: t0 + end } });
    expect(standing(end, [[90, 'b']])).toEqual({ kind: 'settled' });
  });

  test('is settled where it stood in every version that there was, and where there was none', () => {
    expect(standing(0, [], versions({ built: 0, records: [B] }))).toEqual({ kind: 'settled' });
    expect(standing(0, [], [])).toEqual({ kind: 'settled' });
    expect(standing(0, [], versions({ built: 0, seen: 0, records: [] }))).toEqual({ kind: 'settled' });
  });

  test('whose record has left comes back', () => {
    const left = versions({ built: 0, seen: 0, records: [A, B] }, { built: 10, seen: 100, records: [A] });
    expect(standing(200, [], left)).toMatchObject({ kind: 'early', hasLeft: true });
    expect(standing(200, [[150, 'b']], left)).toMatchObject({ kind: 'exposed', hasLeft: true });
    const kept = decided({ at: 200, journal: journalOf(left), wanted: [B], certificates: [certificate('b')] });
    expect(kept.records).toEqual([A, B]);
  });
});

describe('a record that somebody spelled out', () => {
  const of = (seen: readonly (readonly [number, string])[], overridden?: ReadonlySet<string>) =>
    decided({
      at: 30 * day,
      journal: journalOf(versions({ built: 0, seen: 0, records: [A, B] }), seen),
      wanted: [B],
      literal: true,
      overridden,
    });

  test('stays while the certificate that was seen last depends on it', () => {
    expect(of([[5, 'a']])).toMatchObject({ records: [A, B], retained: [A], withdrawnTooEarly: [A] });
    expect(
      of([
        [5, 'a'],
        [9, 'b'],
      ]),
    ).toMatchObject({ records: [B], withdrawnTooEarly: [] });
    expect(of([[5, 'a']], new Set(['rollover/withdrawn-too-early']))).toMatchObject({ records: [B] });
  });

  test('leaves where nothing is known that depends on it', () => {
    expect(of([]).records).toEqual([B]);
    expect(of([[5, 'c']]).records).toEqual([B]);
  });
});

describe('one run', () => {
  const journal = journalOf(versions({ built: 0, seen: 0, records: [A] }), [[0, 'a']]);

  test('does not change TLSA records and the key that signs them, unless a certificate is without any record', () => {
    const next = { journal, wanted: [A, B], certificates: [certificate('a', 'b')] };
    expect(decided({ ...next, swapsZoneKey: true })).toMatchObject({ records: [A], deferred: true });
    expect(decided(next)).toMatchObject({ records: [A, B], deferred: false });
    expect(decided({ ...next, wanted: [A], swapsZoneKey: true }).deferred).toBe(false);
    const fix = { journal, wanted: [B, C], certificates: [certificate('b', 'c')] };
    expect(decided({ ...fix, swapsZoneKey: true })).toMatchObject({ records: [A, B], deferred: true });
    expect(decided({ ...next, journal: journalOf([], [[0, 'a']]), swapsZoneKey: true }).deferred).toBe(false);
  });

  test('withdraws every record where the zone goes insecure', () => {
    expect(decided({ journal, wanted: [A], certificates: [certificate('a')], withdraw: true }).records).toEqual([]);
  });

  test('that changes combinations and keys says so', () => {
    const of = (wanted: readonly string[], key: string) =>
      decided({ journal, wanted, certificates: [certificate(key)] }).manyChanges;
    expect(of([B, tlsa('b', '030102')], 'b')).toBe(true);
    expect(of([A, tlsa('a', '030102')], 'a')).toBe(false);
    expect(of([B], 'b')).toBe(false);
  });
});

test('a zone may be secure from the moment a key has a DS in caches, or one was asked for or seen', () => {
  const empty = journalOf([]);
  expect(mayBeSecure(empty)).toBe(false);
  const at = { built: t0, service: { state: 'unseen' } } as const;
  expect(mayBeSecure({ ...empty, parentDs: [{ ...at, records: ['00'] }] })).toBe(true);
  expect(mayBeSecure({ ...empty, parentDs: [{ ...at, records: [] }] })).toBe(false);
  const fact = { kind: 'ds-seen', records: ['00'], ttl: 300 } as const;
  expect(mayBeSecure({ ...empty, evidence: [{ id: 1, at: t0, by: 'ann', servers: [], fact }] })).toBe(true);
  const state = (ds: 'hidden' | 'rumoured' | 'unretentive') => {
    const hidden = { state: 'hidden', since: t0 } as const;
    const key = { id: '013+00001', role: 'csk', rdata: '00', goal: 'omnipresent', created: t0 } as const;
    return [{ ...key, dnskey: hidden, zrrsig: hidden, krrsig: hidden, ds: { state: ds, since: t0 } }];
  };
  expect(
    (['hidden', 'rumoured', 'unretentive'] as const).map((ds) => mayBeSecure({ ...empty, keys: state(ds) })),
  ).toEqual([false, true, true]);
});
