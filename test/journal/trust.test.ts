import { describe, expect, test } from 'vitest';
import { name } from '../../src/dns/name.ts';
import { Type } from '../../src/dns/type.ts';
import type { BuiltZone } from '../../src/journal/built-zone.ts';
import { dsSeen, olderTtl, seenSince } from '../../src/journal/clocks.ts';
import { withDs, withPublished } from '../../src/journal/evidence.ts';
import { largestTtl, versionsOf } from '../../src/journal/held.ts';
import { type Journal, type KeyRecord, newJournal } from '../../src/journal/journal.ts';
import { doubtOf, reportDoubt, restarted, restartedKeys } from '../../src/journal/trust.ts';
import { withBuilt } from '../../src/journal/with-built.ts';
import { newReport } from '../../src/text/problem.ts';

const apex = name('example.org.');
const t0 = 1_767_225_600;
const day = 86_400;
const now = t0 + 100 * day;
const by = { by: 'ann', servers: [] };

const [a, b] = ['0101030daa', '0101030dbb'];
const [idA, idB] = ['013+00001', '013+00002'];

function built(serial: number, records: string[], signers: string[], ttl = 3600): BuiltZone {
  const signed = { signers, inception: t0, expiration: now + day };
  return {
    serial,
    serialPolicy: 'counter',
    contentDigest: `${serial}0`,
    content: { largestTtl: 7200, negativeTtl: 300, expire: 604_800, signed },
    rrsets: [{ owner: apex, type: Type.DNSKEY, records, ttl, signed }],
    parentDs: [],
  };
}

const at = (state: KeyRecord['dnskey']['state']) => ({ state, since: t0 });
const csk = (id: string, rdata: string, states: [string, string, string, string]): KeyRecord => {
  const [dnskey, zrrsig, krrsig, ds] = states.map((state) => at(state as 'hidden'));
  return { id, role: 'csk', rdata, goal: 'omnipresent', created: t0, dnskey, zrrsig, krrsig, ds };
};

/** Serial 1 with key a, published and its DS seen. */
const old: Journal = (() => {
  const first = withBuilt(newJournal(apex, t0), { ...built(1, [a], [idA]), parentDs: ['00010d02aa'] }, t0);
  const seen = withPublished(first, { serial: 1, at: t0 + 60, ...by }).journal!;
  const journal = withDs(seen, { records: ['00010d02aa'], ttl: 60, at: t0 + 120, ...by }).journal!;
  return { ...journal, keys: [csk(idA, a, ['omnipresent', 'omnipresent', 'omnipresent', 'omnipresent'])] };
})();

describe('a journal is doubted', () => {
  const published = { serial: 1, dnskeys: [a] };

  test.each([
    ['when there is none, and something was built', undefined, { published }, 'lost'],
    ['when its seal is broken', { ...old, isEdited: true as const }, { published }, 'edited'],
    ['when the zone has a later serial', old, { published: { serial: 2, dnskeys: [a] } }, 'rolled-back'],
    ['when the zone has keys that it never built', old, { published: { serial: 1, dnskeys: [a, b] } }, 'rolled-back'],
    ['when it knows of no build', newJournal(apex, t0), { published }, 'rolled-back'],
    ['when a key changed its state later', old, { published, stateChanged: t0 + 121 + 300 }, 'rolled-back'],
  ])('%s', (_, journal, witnesses, kind) => {
    expect(doubtOf(journal, witnesses)).toMatchObject({ kind });
  });

  test('when the serial of the zone is ahead of it around 2^32 (RFC 1982)', () => {
    const last = withBuilt(newJournal(apex, t0), built(0xffff_ffff, [a], [idA]), t0);
    expect(doubtOf(last, { published: { serial: 3, dnskeys: [a] } })).toMatchObject({ kind: 'rolled-back' });
    const next = withBuilt(last, built(3, [a], [idA]), t0 + 60);
    expect(doubtOf(next, { published: { serial: 0xffff_ffff, dnskeys: [a] } })).toBeUndefined();
  });

  test.each([
    ['with the zone that it built', old, { published, stateChanged: t0 + 120 }],
    ['with an older zone: the journal decides', old, { published: { serial: 0, dnskeys: [a] } }],
    [
      'with an unsigned zone',
      withBuilt(newJournal(apex, t0), built(1, [], []), t0),
      { published: { serial: 1, dnskeys: [] } },
    ],
    ['alone', old, {}],
    ['when there is none and nothing was built: keys of another signer', undefined, { stateChanged: t0 }],
  ])('not %s', (_, journal, witnesses) => {
    expect(doubtOf(journal, witnesses)).toBeUndefined();
  });

  test.each([
    [{ kind: 'lost' }, 'ops/journal-lost'],
    [{ kind: 'edited' }, 'ops/journal-edited'],
    [{ kind: 'rolled-back', sign: 'x' }, 'ops/journal-rolled-back'],
  ] as const)('and that is said: %j', (doubt, rule) => {
    const report = newReport();
    reportDoubt(doubt, { zone: apex, keys: [] }, 'keys/example.org/journal.json', report);
    expect(report.problems).toMatchObject([{ rule, tier: 'warning', subject: apex }]);
  });
});

describe('the journal after a doubt', () => {
  const after = restarted(old, apex, built(5, [a, b], [idB]), now);
  const versions = versionsOf(after, apex, Type.DNSKEY);
  const evidence = { kind: 'evidence' } as const;

  test('has what is published as built now, and nothing as seen', () => {
    expect(
      versions.map(({ records, service, built: from, dropped }) => [records, service.state, from, dropped]),
    ).toEqual([
      [[a], 'unseen', t0, now],
      [[a, b], 'unseen', now, undefined],
    ]);
    expect(after.serial?.last).toBe(5);
    expect(after.evidence).toEqual([]);
    expect(dsSeen(after, () => true)).toBeUndefined();
    expect(after.parentDs.map(({ service }) => service.state)).toEqual(['unseen']);
    expect(seenSince(versions, ({ records }) => records.includes(a), evidence)).toBeUndefined();
  });

  test('counts every TTL that was ever published until servers are seen again', () => {
    const long = restarted(withBuilt(old, built(2, [a, b], [idA], 86_400), t0 + day), apex, built(5, [b], [idB]), now);
    expect(largestTtl(long, apex, Type.DNSKEY, now + 1000 * day)).toBe(86_400);
    const seen = withPublished(long, { serial: 5, at: now + 60, ...by }).journal!;
    const lacksA = ({ records }: { readonly records: readonly string[] }) => !records.includes(a);
    expect(seenSince(versionsOf(seen, apex, Type.DNSKEY), lacksA, evidence)).toBe(now + 60);
    expect(olderTtl(versionsOf(seen, apex, Type.DNSKEY), lacksA, evidence, now + 60)).toBe(86_400);
  });

  test('keeps the generation of the disk, and the request to become insecure, but no word for a step', () => {
    const asked = { at: t0, by: 'ann' };
    const again = restarted({ ...old, requests: { insecure: asked, approved: asked } }, apex, undefined, now);
    expect(again.generation).toBe(old.generation);
    expect(after.generation).toBe(old.generation);
    expect(again.requests).toEqual({ insecure: asked, approved: undefined });
    expect(restarted({ ...old, isEdited: true }, apex, undefined, now).isEdited).toBeUndefined();
  });

  test('of a lost one has the zone as built now', () => {
    const lost = restarted(undefined, apex, built(5, [a, b], [idB]), now);
    expect(lost).toMatchObject({ generation: 0, changed: now, serial: { last: 5 }, keys: [] });
    expect(versionsOf(lost, apex, Type.DNSKEY)).toMatchObject([{ records: [a, b], built: now }]);
  });

  test('has no key state that is certain: what is published comes, what is not goes', () => {
    const keys = [
      csk(idA, a, ['omnipresent', 'omnipresent', 'omnipresent', 'omnipresent']),
      csk(idB, b, ['hidden', 'hidden', 'hidden', 'hidden']),
      { ...csk('013+00003', '0101030dcc', ['omnipresent', 'omnipresent', 'hidden', 'hidden']), role: 'zsk' as const },
    ];
    const states = restartedKeys(keys, after, now).map(({ dnskey, zrrsig, krrsig, ds }) =>
      [dnskey, zrrsig, krrsig, ds].map(({ state }) => state),
    );
    expect(states).toEqual([
      ['rumoured', 'unretentive', 'unretentive', 'rumoured'],
      ['rumoured', 'rumoured', 'rumoured', 'unretentive'],
      ['unretentive', 'unretentive', 'hidden', 'hidden'],
    ]);
  });
});
