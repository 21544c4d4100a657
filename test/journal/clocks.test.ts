import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { name } from '../../src/dns/name.ts';
import { Type } from '../../src/dns/type.ts';
import type { BuiltZone } from '../../src/journal/built-zone.ts';
import { byBuild, dsSeen, olderTtl, type Publication, seenSince, serviceOf } from '../../src/journal/clocks.ts';
import { withCertificate, withDs, withPublished } from '../../src/journal/evidence.ts';
import { versionsOf } from '../../src/journal/held.ts';
import { type Journal, newJournal, type RRsetVersion } from '../../src/journal/journal.ts';
import { withBuilt } from '../../src/journal/with-built.ts';

const apex = name('example.org.');
const t0 = 1_767_225_600;
const evidence: Publication = { kind: 'evidence' };
const byBuildAfterHour: Publication = { kind: 'by-build', after: 3600 };

/** A build with one DNSKEY RRset; its records are what the test tells versions apart by. */
function builtWith(serial: number, records: string[], ttl = 3600, parentDs: string[] = []): BuiltZone {
  return {
    serial,
    serialPolicy: 'counter',
    contentDigest: `${serial}${serial}`,
    content: { largestTtl: 7200, negativeTtl: 300, expire: 604_800 },
    rrsets: [{ owner: apex, type: Type.DNSKEY, records, ttl }],
    parentDs,
  };
}

const by = { by: 'ann', servers: [] };
const seen = (journal: Journal, serial: number, at: number) => {
  const result = withPublished(journal, { serial, at, ...by });
  if (result.error !== undefined) throw new Error(result.error);
  return result.journal;
};
const keysOf = (journal: Journal) => versionsOf(journal, apex, Type.DNSKEY);
const services = (journal: Journal) => keysOf(journal).map(({ service }) => service);
const holds = (record: string) => (version: RRsetVersion) => version.records.includes(record);
const lacks = (record: string) => (version: RRsetVersion) => !version.records.includes(record);

/** Serials 1, 2, 3 at t0, t0+100, t0+200 with the keys a, ab, b. */
const three = withBuilt(
  withBuilt(withBuilt(newJournal(apex, t0), builtWith(1, ['aa']), t0), builtWith(2, ['aa', 'bb']), t0 + 100),
  builtWith(3, ['bb']),
  t0 + 200,
);

describe('servers that are seen with a serial', () => {
  test('have the versions that were in the zone with it; earlier ones are gone, later ones unseen', () => {
    const journal = seen(three, 2, t0 + 500);
    expect(services(journal)).toEqual([
      { state: 'gone', from: undefined, until: t0 + 500, evidence: 1 },
      { state: 'published', from: t0 + 500, evidence: 1 },
      { state: 'unseen' },
    ]);
    expect(journal.evidence).toEqual([{ id: 1, at: t0 + 500, ...by, fact: { kind: 'published', serial: 2 } }]);
    expect(journal.generation).toBe(three.generation + 1);
  });

  test('end the service of the version before at the time when they were seen, not when it was dropped', () => {
    expect(services(seen(seen(three, 1, t0 + 300), 3, t0 + 900))[0]).toEqual({
      state: 'gone',
      from: t0 + 300,
      until: t0 + 900,
      evidence: 2,
    });
  });

  test('say nothing new when they are seen with it again', () => {
    const journal = seen(three, 3, t0 + 500);
    expect(seen(journal, 3, t0 + 600)).toBe(journal);
  });

  test('that go back take the clocks of what was newer with them; its arrival counts anew', () => {
    const back = seen(seen(three, 3, t0 + 500), 1, t0 + 600);
    expect(services(back)).toEqual([
      { state: 'published', from: t0 + 600, evidence: 2 },
      { state: 'gone', from: undefined, until: t0 + 500, evidence: 1 },
      { state: 'unseen' },
    ]);
    expect(seenSince(keysOf(back), holds('bb'), evidence)).toBeUndefined();
    expect(seenSince(keysOf(seen(back, 3, t0 + 700)), holds('bb'), evidence)).toBe(t0 + 700);
  });

  test.each([
    ['in the future', { serial: 3, at: t0 + 1000, now: t0 + 600 }, 'has not come yet'],
    ['by a clock that is behind the journal', { serial: 1, at: t0 - 200, now: t0 - 200 }, 'set the clock'],
    ['of a serial that was never built', { serial: 9, at: t0 + 500 }, 'serial 9 was not built'],
    ['before the serial was built', { serial: 3, at: t0 - 1000 }, 'cannot have been published'],
  ])('are refused %s, and the answer says what is known', (_, witness, words) => {
    expect(withPublished(three, { ...witness, ...by })).toEqual({ error: expect.stringContaining(words) });
  });

  test('with a time before the last evidence count from the time of that; an older serial changes nothing any more', () => {
    const journal = seen(three, 2, t0 + 500);
    expect(services(seen(journal, 3, t0 + 400))[2]).toEqual({ state: 'published', from: t0 + 500, evidence: 2 });
    expect(withPublished(journal, { serial: 1, at: t0 + 400, ...by })).toEqual({
      error: expect.stringContaining('serial 2, a later one'),
    });
  });
});

test('two serials that were built in one second are told apart', () => {
  const first = withBuilt(newJournal(apex, t0), builtWith(1, ['aa']), t0);
  const second = withBuilt(first, builtWith(2, ['bb']), t0);
  expect(services(seen(second, 1, t0 + 10))).toEqual([
    { state: 'published', from: t0 + 10, evidence: 1 },
    { state: 'unseen' },
  ]);
  const back = withBuilt(first, builtWith(2, ['bb']), t0 - 50);
  expect(services(seen(back, 1, t0 + 10))[1]).toEqual({ state: 'unseen' });
});

describe('under publication: by-build', () => {
  const [first, , last] = keysOf(three);

  test('a version is published at built + after and gone at dropped + after', () => {
    expect(serviceOf(last, byBuildAfterHour)).toEqual({
      state: 'published',
      from: t0 + 200 + 3600,
      evidence: byBuild,
    });
    expect(serviceOf(first, byBuildAfterHour)).toEqual({
      state: 'gone',
      from: t0 + 3600,
      until: t0 + 100 + 3600,
      evidence: byBuild,
    });
  });

  test('what was seen goes before', () => {
    const [one, two, three_] = keysOf(seen(three, 2, t0 + 9000));
    expect(serviceOf(one, byBuildAfterHour)).toBe(one.service);
    expect(serviceOf(three_, byBuildAfterHour)).toMatchObject({ state: 'published', from: t0 + 200 + 3600 });
    // Seen after the policy has it gone: its end is unknown.
    expect(serviceOf(two, byBuildAfterHour)).toBe(two.service);
  });
});

describe('a clock', () => {
  test('runs since the first version of the current run was seen', () => {
    const journal = seen(seen(three, 2, t0 + 500), 3, t0 + 900);
    const versions = keysOf(journal);
    expect(seenSince(versions, holds('bb'), evidence)).toBe(t0 + 500);
    expect(seenSince(versions, lacks('aa'), evidence)).toBe(t0 + 900);
    expect(seenSince(versions, holds('aa'), evidence)).toBeUndefined();
    expect(seenSince([], holds('aa'), evidence)).toBeUndefined();
    expect(seenSince(keysOf(three), holds('bb'), evidence)).toBeUndefined();
  });

  test('waits for the largest TTL that older versions may be held with', () => {
    let journal = withBuilt(newJournal(apex, t0), builtWith(1, ['aa'], 86_400), t0);
    journal = seen(withBuilt(journal, builtWith(2, ['aa'], 60), t0 + 100), 2, t0 + 200);
    journal = withBuilt(journal, builtWith(3, ['aa', 'bb'], 60), t0 + 1000);
    expect(olderTtl(keysOf(journal), holds('bb'), evidence, t0 + 9_000_000)).toBe(60);
    const versions = keysOf(seen(journal, 3, t0 + 2000));
    expect(olderTtl(versions, holds('bb'), evidence, t0 + 2000)).toBe(86_400);
    expect(olderTtl(versions, holds('bb'), evidence, t0 + 200 + 86_400)).toBe(0);
    expect(olderTtl(versions, holds('aa'), evidence, t0 + 2000)).toBe(0);
  });

  test('of the DS runs since every parent server shows it without a break, with the largest TTL seen there', () => {
    const at = (journal: Journal, records: string[], time: number, ttl: number) => {
      const result = withDs(journal, { records, ttl, at: time, ...by });
      if (result.error !== undefined) throw new Error(result.error);
      return result.journal;
    };
    const none = newJournal(apex, t0);
    expect(dsSeen(none, () => true)).toBeUndefined();
    const has = (records: readonly string[]) => records.includes('bb');
    const first = at(at(none, ['aa'], t0, 7200), ['bb', 'aa'], t0 + 100, 3600);
    expect(dsSeen(first, has)).toEqual({ at: t0 + 100, ttl: 7200 });
    const later = at(first, ['bb'], t0 + 90_000, 60);
    expect(dsSeen(later, has)).toEqual({ at: t0 + 100, ttl: 7200 });
    expect(dsSeen(later, (records) => !records.includes('aa'))).toEqual({ at: t0 + 90_000, ttl: 3600 });
    expect(dsSeen(at(later, [], t0 + 95_000, 900), has)).toBeUndefined();
    expect(at(later, ['bb'], t0 + 99_000, 60)).toBe(later);
  });
});

describe('DS sets that the parent was to have', () => {
  const asked = withBuilt(
    withBuilt(newJournal(apex, t0), builtWith(1, ['aa'], 3600, ['a1']), t0),
    builtWith(2, ['bb'], 3600, ['b1']),
    t0 + 100,
  );
  const states = (journal: Journal) => journal.parentDs.map(({ service }) => service);

  test('are published when they are seen, and gone when another one is', () => {
    const one = withDs(asked, { records: ['a1'], ttl: 60, at: t0 + 200, ...by }).journal!;
    expect(states(one)).toEqual([{ state: 'published', from: t0 + 200, evidence: 1 }, { state: 'unseen' }]);
    const two = withDs(one, { records: ['b1'], ttl: 60, at: t0 + 300, ...by }).journal!;
    expect(states(two)).toEqual([
      { state: 'gone', from: t0 + 200, until: t0 + 300, evidence: 2 },
      { state: 'published', from: t0 + 300, evidence: 2 },
    ]);
    const lost = withDs(two, { records: [], ttl: 60, at: t0 + 400, ...by }).journal!;
    expect(states(lost)[1]).toEqual({ state: 'unseen' });
  });
});

test('a certificate that is served is told once, until another one is', () => {
  const service = { host: name('mx1.example.org.'), port: 25, protocol: 'tcp' } as const;
  const tell = (journal: Journal, spki: string, at: number) =>
    withCertificate(journal, { ...service, spki, at, ...by }).journal!;
  const first = tell(newJournal(apex, t0), 'aa'.repeat(32), t0);
  expect(tell(first, 'aa'.repeat(32), t0 + 5)).toBe(first);
  const second = tell(first, 'bb'.repeat(32), t0 - 5);
  expect(second.evidence.map(({ at, fact }) => [at, fact.kind])).toEqual([
    [t0, 'certificate-served'],
    [t0, 'certificate-served'],
  ]);
});

/** Builds of random key sets and confirmations of random serials at random times, in the order in which a person does them. */
const lives = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('build' as const),
      after: fc.integer({ min: -400, max: 5000 }),
      keys: fc.subarray(['aa', 'bb', 'cc'], { minLength: 1 }),
      ttl: fc.constantFrom(60, 3600, 86_400),
    }),
    fc.record({
      kind: fc.constant('confirm' as const),
      after: fc.integer({ min: 0, max: 5000 }),
      back: fc.integer({ min: 0, max: 6000 }),
      serial: fc.nat({ max: 12 }),
    }),
  ),
  { maxLength: 14 },
);

/** The journal after each step. */
function live(steps: typeof lives extends fc.Arbitrary<infer S> ? S : never): Journal[] {
  let journal = newJournal(apex, t0);
  let now = t0;
  let serial = 0;
  return steps.map((step) => {
    now += step.after;
    if (step.kind === 'build') journal = withBuilt(journal, builtWith(++serial, step.keys, step.ttl), now);
    else {
      const said = withPublished(journal, { serial: step.serial, at: now - step.back, now, ...by });
      if (said.error === undefined) journal = said.journal;
    }
    return journal;
  });
}

describe('in every life', () => {
  test.each([
    ['holds', holds],
    ['lacks', lacks],
  ])('evidence never makes the clock of a run earlier (%s a key)', (_, property) => {
    fc.assert(
      fc.property(lives, (steps) => {
        let before: Journal | undefined;
        for (const after of live(steps)) {
          for (const key of ['aa', 'bb', 'cc']) {
            const [earlier, later] = [before, after].map(
              (journal) => journal && seenSince(keysOf(journal), property(key), evidence),
            );
            // Builds may begin a new run; a clock that goes on in the same run never goes back.
            if (earlier !== undefined && later !== undefined) expect(later).toBeGreaterThanOrEqual(earlier);
          }
          before = after;
        }
      }),
      { numRuns: 500 },
    );
  });

  test('a clock runs only from evidence of a serial of its run, and no later serial without it was ever seen after it', () => {
    fc.assert(
      fc.property(lives, (steps) => {
        const sets = new Map<number, readonly string[]>();
        let serial = 0;
        for (const step of steps) if (step.kind === 'build') sets.set(++serial, step.keys);
        const journal = live(steps).at(-1);
        if (journal === undefined) return;
        const rows = journal.evidence.flatMap(({ at, fact }) => (fact.kind === 'published' ? { at, ...fact } : []));
        for (const key of ['aa', 'bb', 'cc']) {
          const since = seenSince(keysOf(journal), holds(key), evidence);
          if (since === undefined) continue;
          const start = rows.findIndex(({ at, serial: of }) => at === since && sets.get(of)!.includes(key));
          expect(start).toBeGreaterThanOrEqual(0);
          const after = rows.slice(start).filter(({ at }) => at > since);
          expect(after.every(({ serial: of }) => sets.get(of)!.includes(key))).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('the versions of one moment are one: each serial that is confirmed has exactly one published version', () => {
    fc.assert(
      fc.property(lives, (steps) => {
        for (const journal of live(steps)) {
          const last = journal.evidence.findLast(({ fact }) => fact.kind === 'published');
          const published = keysOf(journal).filter(({ service }) => service.state === 'published');
          expect(published).toHaveLength(last === undefined ? 0 : 1);
        }
      }),
      { numRuns: 300 },
    );
  });
});
