/** Forced faults of DNSSEC rolls: red one second before the boundary that the dates add up to, green at it. */
import { describe, expect, test } from 'vitest';
import type { Journal, Service } from '../../src/journal/journal.ts';
import type { ProofPolicy, ServiceMode } from '../../src/prove/policy.ts';
import { profiles } from '../../src/prove/profile.ts';
import { type Proof, prove } from '../../src/prove/prove.ts';
import {
  content,
  day,
  dnskey,
  ds,
  dsSeen,
  dsVersion,
  hour,
  journal,
  type Key,
  key,
  policy,
  rrset,
  t0,
  ttl,
  type zone,
} from './histories.ts';

const ksk1 = key(257, 13, 1);
const ksk2 = key(257, 13, 2);
const zsk1 = key(256, 13, 3);
const zsk2 = key(256, 13, 4);

/** The old version is withdrawn at `swap`, and `lag` later no server has it. */
const swap = t0 + 30 * day;
const lag = 2 * hour;
const seenGone = swap + lag;

function judged(of: Journal, how: { policy?: ProofPolicy; mode?: ServiceMode } = {}): Proof {
  return prove({ zones: [{ journal: of, policy: how.policy ?? policy }], from: t0, mode: how.mode });
}

/** What is asserted of a violation. */
const core = ({ violations }: Proof) =>
  violations.map(({ kind, from, until, caches }) => ({
    kind,
    from,
    until,
    caches: caches.map(({ what, records, signers, heldUntil }) => ({ what, records, signers, heldUntil })),
  }));

const dsText = ({ tag, algorithm }: Key) => `${tag} ${algorithm} 2`;
const kskText = ({ tag, algorithm }: Key) => `257 ${algorithm} ${tag}`;
const zskText = ({ tag, algorithm }: Key) => `256 ${algorithm} ${tag}`;
const texts = (texts: string[]) => expect.arrayContaining(texts);

interface Fault {
  readonly boundary: number;
  /** The history when the step is taken at this time. */
  readonly at: (time: number) => Journal;
  readonly kind: string;
  /** From the parent down: the cache that holds on longest ends at the boundary. */
  readonly caches: readonly object[];
}

const faults: Record<string, Fault> = {
  'the DS moves to the new KSK before every cache has its DNSKEY': {
    boundary: seenGone + ttl.dnskey,
    at: (time) =>
      journal({
        ds: [dsVersion([t0, time], [ds(ksk1)]), dsVersion([time], [ds(ksk2)])],
        dnskey: [dnskey([t0, swap, seenGone], [ksk1, zsk1], [ksk1]), dnskey([swap], [ksk1, ksk2, zsk1], [ksk1, ksk2])],
        content: [content([t0], [zsk1])],
      }),
    kind: 'no-key-for-ds',
    caches: [
      { what: 'DS', records: [dsText(ksk2)] },
      {
        what: 'DNSKEY',
        records: texts([kskText(ksk1), zskText(zsk1)]),
        signers: [ksk1.id],
        heldUntil: seenGone + hour,
      },
    ],
  },
  'the KSK is withdrawn while caches hold its DS': {
    boundary: seenGone + policy.parent.propagationDelay + ttl.ds,
    at: (time) =>
      journal({
        ds: [dsVersion([t0, swap], [ds(ksk1)]), dsVersion([swap], [ds(ksk2)])],
        seen: [dsSeen(t0, [ds(ksk1)]), dsSeen(seenGone, [ds(ksk2)])],
        dnskey: [dnskey([t0, time, time], [ksk1, ksk2, zsk1], [ksk1, ksk2]), dnskey([time], [ksk2, zsk1], [ksk2])],
        content: [content([t0], [zsk1])],
      }),
    kind: 'no-key-for-ds',
    caches: [
      { what: 'DS', records: [dsText(ksk1)], heldUntil: seenGone + hour + day },
      { what: 'DNSKEY', records: texts([kskText(ksk2), zskText(zsk1)]), signers: [ksk2.id] },
    ],
  },
  'the KSK stops signing while caches hold its DS': {
    boundary: seenGone + policy.parent.propagationDelay + ttl.ds,
    at: (time) =>
      journal({
        ds: [dsVersion([t0, swap], [ds(ksk1)]), dsVersion([swap], [ds(ksk2)])],
        seen: [dsSeen(t0, [ds(ksk1)]), dsSeen(seenGone, [ds(ksk2)])],
        dnskey: [
          dnskey([t0, time, time], [ksk1, ksk2, zsk1], [ksk1, ksk2]),
          dnskey([time], [ksk1, ksk2, zsk1], [ksk2]),
        ],
        content: [content([t0], [zsk1])],
      }),
    kind: 'no-key-for-ds',
    caches: [
      { what: 'DS', records: [dsText(ksk1)], heldUntil: seenGone + hour + day },
      { what: 'DNSKEY', signers: [ksk2.id] },
    ],
  },
  'a new ZSK signs before every cache has it': {
    boundary: seenGone + ttl.dnskey,
    at: (time) =>
      journal({
        ds: [dsVersion([t0], [ds(ksk1)])],
        dnskey: [dnskey([t0, swap, seenGone], [ksk1, zsk1], [ksk1]), dnskey([swap], [ksk1, zsk1, zsk2], [ksk1])],
        content: [content([t0, time, time], [zsk1]), content([time], [zsk2])],
      }),
    kind: 'no-key-for-rrset',
    caches: [
      { what: 'DS', records: [dsText(ksk1)] },
      { what: 'DNSKEY', records: texts([kskText(ksk1), zskText(zsk1)]), heldUntil: seenGone + hour },
      { what: 'RRset', signers: [zsk2.id] },
    ],
  },
  'the DNSKEY of a ZSK goes with its signatures': {
    boundary: seenGone + ttl.content,
    at: (time) =>
      journal({
        ds: [dsVersion([t0], [ds(ksk1)])],
        dnskey: [dnskey([t0, time, time], [ksk1, zsk1, zsk2], [ksk1]), dnskey([time], [ksk1, zsk2], [ksk1])],
        content: [content([t0, swap, seenGone], [zsk1]), content([swap], [zsk2])],
      }),
    kind: 'no-key-for-rrset',
    caches: [
      { what: 'DS' },
      { what: 'DNSKEY', records: texts([kskText(ksk1), zskText(zsk2)]) },
      { what: 'RRset', signers: [zsk1.id], heldUntil: seenGone + day },
    ],
  },
  'the TTL of the DNSKEY RRset was raised just before the roll, and the wait goes by the old one': {
    boundary: seenGone + 3 * day,
    at: (time) =>
      journal({
        ds: [dsVersion([t0], [ds(ksk1)])],
        dnskey: [
          dnskey([t0, swap - hour, swap - hour], [ksk1, zsk1], [ksk1]),
          dnskey([swap - hour, swap, seenGone], [ksk1, zsk1], [ksk1], 3 * day),
          dnskey([swap], [ksk1, zsk1, zsk2], [ksk1]),
        ],
        content: [content([t0, time, time], [zsk1]), content([time], [zsk2])],
      }),
    kind: 'no-key-for-rrset',
    caches: [{ what: 'DS' }, { what: 'DNSKEY', heldUntil: seenGone + 3 * day }, { what: 'RRset', signers: [zsk2.id] }],
  },
  'the parent was seen with a larger TTL than the policy says': {
    boundary: seenGone + policy.parent.propagationDelay + 2 * day,
    at: (time) =>
      journal({
        ds: [dsVersion([t0, swap], [ds(ksk1)]), dsVersion([swap], [ds(ksk2)])],
        seen: [dsSeen(t0, [ds(ksk1)], 2 * day), dsSeen(seenGone, [ds(ksk2)])],
        dnskey: [dnskey([t0, time, time], [ksk1, ksk2, zsk1], [ksk1, ksk2]), dnskey([time], [ksk2, zsk1], [ksk2])],
        content: [content([t0], [zsk1])],
      }),
    kind: 'no-key-for-ds',
    caches: [{ what: 'DS', heldUntil: seenGone + hour + 2 * day }, { what: 'DNSKEY' }],
  },
  'the first DS comes while caches hold the unsigned zone': {
    boundary: seenGone + ttl.content,
    at: (time) =>
      journal({
        ds: [dsVersion([time], [ds(ksk1)])],
        dnskey: [dnskey([t0, swap, swap], [], [], 300), dnskey([swap], [ksk1, zsk1], [ksk1])],
        content: [content([t0, swap, seenGone], []), content([swap], [zsk1])],
      }),
    kind: 'no-key-for-rrset',
    caches: [{ what: 'DS', records: [dsText(ksk1)] }, { what: 'DNSKEY' }, { what: 'RRset', signers: [] }],
  },
};

describe('a roll', () => {
  test.each(Object.entries(faults))('fails one second too early: %s', (_, { boundary, at, kind, caches }) => {
    const proof = judged(at(boundary - 1));
    const [violation, ...others] = core(proof);
    expect(violation).toMatchObject({ kind, from: boundary - 1, until: boundary, caches });
    expect(others).toEqual([]);
    expect(proof.violations[0].profiles).toEqual(['permissive', 'strict']);
  });

  test.each(Object.entries(faults))('holds at its date, not: %s', (_, { boundary, at }) => {
    const proof = judged(at(boundary));
    expect(core(proof)).toEqual([]);
    expect(proof.judged.combinations).toBeGreaterThan(1);
    expect(proof.judged.instants).toBeGreaterThan(1);
  });
});

describe('the DS set', () => {
  const two = (first: string[], second: string[]) => (seen: number) =>
    judged(
      journal({
        ds: [dsVersion([t0, swap], first), dsVersion([swap], second)],
        seen: [dsSeen(t0, first), dsSeen(seen, second)],
        dnskey: [dnskey([t0], [ksk1, zsk1], [ksk1])],
        content: [content([t0], [zsk1])],
      }),
    );

  test('is not removed without a request: the zone would be insecure', () => {
    expect(core(two([ds(ksk1)], [])(seenGone))).toEqual([
      { kind: 'insecure', from: swap, until: undefined, caches: [{ what: 'DS', records: [] }] },
    ]);
  });

  test('may be removed on request, once', () => {
    const of = journal({
      ds: [dsVersion([t0, swap], [ds(ksk1)]), dsVersion([swap], [])],
      seen: [dsSeen(t0, [ds(ksk1)]), dsSeen(seenGone, [])],
      dnskey: [dnskey([t0], [ksk1, zsk1], [ksk1])],
      content: [content([t0], [zsk1])],
    });
    const asked = (at: number) => ({ ...of, requests: { insecure: { at, by: 'hostmaster' } } });
    expect(core(judged(asked(swap)))).toEqual([]);
    expect(core(judged(asked(swap + 1)))).toMatchObject([{ kind: 'insecure' }]);
  });

  test('has to be out of every cache before the zone is unsigned', () => {
    const gone = seenGone + hour + ttl.ds;
    const unsigned = (time: number) =>
      judged({
        ...journal({
          ds: [dsVersion([t0, swap], [ds(ksk1)]), dsVersion([swap], [])],
          seen: [dsSeen(t0, [ds(ksk1)]), dsSeen(seenGone, [])],
          dnskey: [dnskey([t0, time, time], [ksk1, zsk1], [ksk1]), dnskey([time], [], [], 300)],
          content: [content([t0, time, time], [zsk1]), content([time], [])],
        }),
        requests: { insecure: { at: swap, by: 'hostmaster' } },
      });
    expect(core(unsigned(gone - 1))).toMatchObject([
      { kind: 'no-key-for-rrset', from: gone - 1, until: gone },
      { kind: 'no-key-for-ds', from: gone - 1, until: gone },
    ]);
    expect(core(unsigned(gone))).toEqual([]);
  });

  test('leaves, on request, after every TLSA record is out of every cache', () => {
    const leftAt = (time: number) =>
      judged({
        ...journal({
          ds: [dsVersion([t0, time], [ds(ksk1)]), dsVersion([time], [])],
          dnskey: [dnskey([t0], [ksk1, zsk1], [ksk1])],
          content: [content([t0], [zsk1])],
          rrsets: [
            {
              owner: '_25._tcp.example.org.' as typeof zone,
              type: 52,
              versions: [rrset([t0, swap, seenGone], ['030101aa'], ttl.tlsa, [zsk1]), rrset([swap], [], 300, [zsk1])],
            },
          ],
        }),
        requests: { insecure: { at: swap, by: 'hostmaster' } },
      });
    const gone = seenGone + ttl.tlsa;
    expect(core(leftAt(gone - 1))).toMatchObject([
      { kind: 'tlsa-without-ds', from: gone - 1, until: gone, caches: [{ what: 'DS', records: [] }, { what: 'TLSA' }] },
    ]);
    expect(core(leftAt(gone))).toEqual([]);
  });

  test('that never was protects no TLSA records that could be lost with it', () => {
    const of = journal({
      ds: [],
      seen: [dsSeen(swap, [])],
      dnskey: [dnskey([t0], [ksk1, zsk1], [ksk1])],
      content: [content([t0], [zsk1])],
      rrsets: [
        {
          owner: '_25._tcp.example.org.' as typeof zone,
          type: 52,
          versions: [rrset([t0], ['030101aa'], ttl.tlsa, [zsk1])],
        },
      ],
    });
    expect(core(judged({ ...of, requests: { insecure: { at: swap, by: 'hostmaster' } } }))).toEqual([]);
  });

  test('that nobody asked for counts as well, from the sighting before it', () => {
    const stray = key(257, 13, 77);
    const of = (records: string[]) =>
      journal({
        ds: [dsVersion([t0], [ds(ksk1)])],
        seen: [dsSeen(t0, [ds(ksk1)]), dsSeen(swap, records), dsSeen(swap + day, [ds(ksk1)])],
        dnskey: [dnskey([t0], [ksk1, zsk1], [ksk1])],
        content: [content([t0], [zsk1])],
      });
    const until = swap + day + hour + ttl.ds;
    expect(core(judged(of([ds(stray)])))).toMatchObject([
      { kind: 'no-key-for-ds', from: t0, until, caches: [{ what: 'DS', records: [dsText(stray)] }, {}] },
    ]);
    expect(core(judged(of([ds(ksk1), ds(stray)])))).toEqual([]);
    expect(core(judged(of([])))).toMatchObject([{ kind: 'insecure', from: t0, until }]);
  });

  test('before the first one is no violation, however late the registrar is', () => {
    const of = journal({
      ds: [dsVersion([t0], [ds(ksk1)])],
      seen: [dsSeen(t0 + day, []), dsSeen(t0 + 2 * day, [ds(ksk1)])],
      dnskey: [dnskey([t0], [ksk1, zsk1], [ksk1])],
      content: [content([t0], [zsk1])],
    });
    expect(core(judged(of))).toEqual([]);
  });

  test('that vanishes in the second in which it was seen was there', () => {
    const of = (first: string[], second: string[]) =>
      journal({
        ds: [dsVersion([t0], [ds(ksk1)])],
        seen: [dsSeen(t0 + day, first), dsSeen(t0 + day, second)],
        dnskey: [dnskey([t0], [ksk1, zsk1], [ksk1])],
        content: [content([t0], [zsk1])],
      });
    expect(core(judged(of([], [ds(ksk1)])))).toEqual([]);
    expect(core(judged(of([ds(ksk1)], [])))).toEqual([
      { kind: 'insecure', from: t0 + day, until: undefined, caches: [{ what: 'DS', records: [] }] },
    ]);
    // The row that showed it is not there any more, and the history of the set knows.
    const published: Service = { state: 'published', from: t0 + day, evidence: 1 };
    const told = { ...of([], []), parentDs: [{ ...dsVersion([t0], [ds(ksk1)]), service: published }] };
    expect(core(judged(told))).toMatchObject([{ kind: 'insecure', from: t0 + day }]);
  });

  test('without evidence never ends', () => {
    const of = journal({
      ds: [dsVersion([t0, swap], [ds(ksk1)]), dsVersion([swap], [ds(ksk2)])],
      seen: [dsSeen(t0, [ds(ksk1)])],
      dnskey: [
        dnskey([t0, swap + 300 * day, swap + 300 * day], [ksk1, ksk2, zsk1], [ksk1, ksk2]),
        dnskey([swap + 300 * day], [ksk2, zsk1], [ksk2]),
      ],
      content: [content([t0], [zsk1])],
    });
    expect(core(judged(of))).toMatchObject([{ kind: 'no-key-for-ds', from: swap + 300 * day, until: undefined }]);
  });

  test('names a key only with its real digest, and only a zone key', () => {
    const of = (records: string[], keys: Key[], by: Key[]) =>
      core(
        judged(
          journal({ ds: [dsVersion([t0], records)], dnskey: [dnskey([t0], keys, by)], content: [content([t0], by)] }),
        ),
      );
    const last = ds(ksk1).at(-1) === '0' ? '1' : '0';
    expect(of([ds(ksk1)], [ksk1], [ksk1])).toEqual([]);
    expect(of([`${ds(ksk1).slice(0, -1)}${last}`], [ksk1], [ksk1])).toMatchObject([{ kind: 'no-key-for-ds' }]);
    expect(of([ds(ksk1, 2, '\x07example\x03com\x00')], [ksk1], [ksk1])).toMatchObject([{ kind: 'no-key-for-ds' }]);
    for (const bad of [key(1, 13, 5), key(257, 13, 5, 2), key(257 + 128, 13, 5)]) {
      expect(of([ds(bad)], [bad], [bad])).toMatchObject([{ kind: 'no-key-for-ds' }]);
    }
  });
});

describe('a signature', () => {
  test('counts only by a zone key: not by one that is revoked, or of another protocol', () => {
    const by = (zsk: Key) =>
      core(
        judged(
          journal({
            ds: [dsVersion([t0], [ds(ksk1)])],
            dnskey: [dnskey([t0], [ksk1, zsk], [ksk1])],
            content: [content([t0], [zsk])],
          }),
        ),
      );
    expect(by(zsk1)).toEqual([]);
    for (const bad of [key(0, 13, 3), key(256 + 128, 13, 3), key(256, 13, 3, 2)]) {
      expect(by(bad)).toMatchObject([{ kind: 'no-key-for-rrset' }]);
    }
  });
});

describe('publication', () => {
  /** A roll of the ZSK whose first build nobody ever saw; its clock ran from when it was built. */
  const neverPublished = (gone?: number) =>
    journal({
      ds: [dsVersion([t0], [ds(ksk1)])],
      dnskey: [dnskey([t0, swap, gone], [ksk1, zsk1], [ksk1]), dnskey([swap], [ksk1, zsk1, zsk2], [ksk1])],
      content: [content([t0, swap + 3 * day], [zsk1]), content([swap + 3 * day], [zsk2])],
    });

  /** Of every history here. */
  const lastSignature = t0 + 3650 * day + hour;

  test('is what a clock counts from: a build that no server ever had changes no cache', () => {
    expect(core(judged(neverPublished()))).toMatchObject([
      { kind: 'no-key-for-rrset', from: swap + 3 * day, caches: [{}, { heldUntil: lastSignature }, {}] },
    ]);
    expect(core(judged(neverPublished(swap + hour)))).toEqual([]);
  });

  test('is shown by a later version at every server, too', () => {
    const of = neverPublished();
    const [dnskeys] = of.rrsets;
    const [old, current] = dnskeys.versions;
    const service = { state: 'published', from: swap + hour, evidence: 1 } as const;
    const seen = { ...of, rrsets: [{ ...dnskeys, versions: [old, { ...current, service }] }] };
    expect(core(judged(seen))).toEqual([]);
  });

  const byBuild: ProofPolicy = { ...policy, publication: { kind: 'by-build', after: 600 } };
  const afterDelay = (time: number) =>
    journal({
      ds: [dsVersion([t0], [ds(ksk1)])],
      dnskey: [dnskey([t0, swap], [ksk1, zsk1], [ksk1]), dnskey([swap], [ksk1, zsk1, zsk2], [ksk1])],
      content: [content([t0, time], [zsk1]), content([time], [zsk2])],
    });

  test.each<[string, ProofPolicy, ServiceMode, number]>([
    ['by build: after + zone-propagation-delay', byBuild, 'plain', 600 + hour],
    [
      'by build: a secondary that refreshes later than the delay',
      { ...byBuild, secondaryRefresh: 5 * hour },
      'plain',
      600 + 5 * hour,
    ],
    ['by build, margins: publish-safety besides', byBuild, 'margins', 600 + 2 * hour],
    ['by build, strict: SOA EXPIRE, where it is longer than the delay', byBuild, 'strict', 600 + hour + 7 * day],
    [
      'by build, strict: a delay that is longer than SOA EXPIRE',
      { ...byBuild, zonePropagationDelay: 8 * day },
      'strict',
      600 + hour + 8 * day,
    ],
  ])('%s', (_, of, mode, served) => {
    const boundary = swap + served + ttl.dnskey;
    expect(core(judged(afterDelay(boundary - 1), { policy: of, mode }))).toMatchObject([
      { kind: 'no-key-for-rrset', from: boundary - 1, until: boundary },
    ]);
    expect(core(judged(afterDelay(boundary), { policy: of, mode }))).toEqual([]);
  });

  test('by build, the setting that covers a late secondary is named, and nothing that does not help', () => {
    const advice = (of: ProofPolicy, mode: ServiceMode, time: number) => {
      const proof = judged(afterDelay(time), { policy: of, mode });
      expect(proof.violations).not.toEqual([]);
      return proof.advice.map((line) => line.match(/SOA [A-Z +]+, \S+(?=,)/)?.[0]);
    };
    const inTime = swap + 600 + 2 * hour + ttl.dnskey;
    expect(advice(byBuild, 'strict', inTime)).toEqual(['SOA EXPIRE, 7d']);
    expect(advice({ ...byBuild, secondaryRefresh: 5 * hour }, 'plain', inTime)).toEqual(['SOA REFRESH + RETRY, 5h']);
    expect(advice({ ...byBuild, secondaryRefresh: 5 * hour }, 'strict', inTime)).toEqual(['SOA EXPIRE, 7d']);
    // Too early for secondaries that are in time as well.
    expect(advice(byBuild, 'strict', swap)).toEqual([]);
    expect(advice(policy, 'strict', swap)).toEqual([]);
  });

  test('by build is not later for a late look, unless servers were seen with the old version after their time', () => {
    const boundary = swap + 600 + hour + ttl.dnskey;
    const told = (time: number, service: Service) => {
      const of = afterDelay(time);
      const [dnskeys] = of.rrsets;
      const [old, ...rest] = dnskeys.versions;
      const rrsets = [{ ...dnskeys, versions: [{ ...old, service }, ...rest] }];
      return core(judged({ ...of, rrsets }, { policy: byBuild }));
    };
    const gone = { state: 'gone', until: swap + day, evidence: 2 } as const;
    expect(told(boundary - 1, gone)).toMatchObject([{ from: boundary - 1, until: boundary }]);
    expect(told(boundary, gone)).toEqual([]);
    const from = swap + 600 + hour;
    expect(told(boundary, { ...gone, from })).toMatchObject([{ from: boundary, until: swap + day + hour }]);
    expect(told(boundary, { ...gone, from: from - 1 })).toEqual([]);
  });

  test('by evidence, margins: zone-propagation-delay and the safety of the policy on top of what was seen', () => {
    const { at, boundary } = faults['a new ZSK signs before every cache has it'];
    const margins = { mode: 'margins' } as const;
    expect(core(judged(at(boundary + 2 * hour - 1), margins))).toMatchObject([{ kind: 'no-key-for-rrset' }]);
    expect(core(judged(at(boundary + 2 * hour), margins))).toEqual([]);
  });
});

describe('validators', () => {
  const ksk8 = key(257, 8, 6);
  const zsk8 = key(256, 8, 7);
  const both = (by: Key[], records = [ds(ksk1), ds(ksk8)]) =>
    journal({
      ds: [dsVersion([t0], records)],
      dnskey: [dnskey([t0], [ksk1, zsk1, ksk8, zsk8], [ksk1, ksk8])],
      content: [content([t0], by)],
    });

  test('that are strict want every algorithm of the DS set', () => {
    expect(judged(both([zsk1, zsk8])).violations).toEqual([]);
    expect(judged(both([zsk1])).violations).toMatchObject([{ kind: 'no-key-for-rrset', profiles: ['strict'] }]);
    expect(judged(both([zsk1], [ds(ksk1)])).violations).toEqual([]);
  });

  test('that are strict go by the highest digest type alone', () => {
    expect(judged(both([zsk1, zsk8], [ds(ksk1, 4), ds(ksk8, 2)])).violations).toMatchObject([
      { kind: 'no-key-for-ds', profiles: ['strict'] },
    ]);
    expect(judged(both([zsk1, zsk8], [ds(ksk1, 4), ds(ksk1, 2), ds(ksk8, 4)])).violations).toEqual([]);
  });
});

describe('validators that lack something', () => {
  const with2 = (records: string[], keys: Key[], by: Key[]) =>
    judged(
      journal({
        ds: [dsVersion([t0], records)],
        dnskey: [dnskey([t0], [...keys, zsk1], by)],
        content: [content([t0], [zsk1])],
      }),
    ).violations;

  test('without SHA-384 follow the SHA-256 of a DS set that has both', () => {
    expect(with2([ds(ksk1, 2), ds(ksk1, 4)], [ksk1], [ksk1])).toEqual([]);
    expect(with2([ds(ksk1, 2), ds(ksk2, 4)], [ksk1, ksk2], [ksk1, ksk2])).toEqual([]);
    // All others find a way by the SHA-384 of the second key.
    expect(with2([ds(ksk1, 2), ds(ksk2, 4)], [ksk1, ksk2], [ksk2])).toMatchObject([
      { kind: 'no-key-for-ds', profiles: ['no-sha-384', 'no-sha-384-strict'] },
    ]);
    // With SHA-384 alone the zone is insecure to them, which its policy has chosen.
    expect(with2([ds(ksk1, 4)], [ksk1], [ksk1])).toEqual([]);
  });

  test('that take SHA-1 for nothing see no DS in a set of SHA-1 alone', () => {
    expect(with2([ds(ksk1, 1), ds(ksk1, 2)], [ksk1], [ksk1])).toEqual([]);
    expect(with2([ds(ksk1, 1)], [ksk1], [ksk1])).toMatchObject([{ kind: 'insecure', profiles: ['no-sha-1'] }]);
    // RFC 4509 section 3: where there is a SHA-256, the SHA-1 of another key leads nowhere.
    expect(with2([ds(ksk1, 1), ds(ksk2, 2)], [ksk1, ksk2], [ksk1])).toMatchObject([
      { kind: 'no-key-for-ds', profiles: ['strict'] },
    ]);
  });

  test('without ECDSA need the RSA half of a double signature, and are insecure without an RSA DS', () => {
    const ksk8 = key(257, 8, 6);
    const zsk8 = key(256, 8, 7);
    const of = (records: string[], by: Key[]) =>
      judged(
        journal({
          ds: [dsVersion([t0], records)],
          dnskey: [dnskey([t0], [ksk1, zsk1, ksk8, zsk8], [ksk1, ksk8])],
          content: [content([t0], by)],
        }),
      ).violations;
    const alone = [profiles['no-ecdsa-p256']];
    expect(of([ds(ksk1), ds(ksk8)], [zsk1, zsk8])).toEqual([]);
    expect(of([ds(ksk1)], [zsk1])).toEqual([]);
    const half = journal({
      ds: [dsVersion([t0], [ds(ksk1), ds(ksk8)])],
      dnskey: [dnskey([t0], [ksk1, zsk1, ksk8, zsk8], [ksk1, ksk8])],
      content: [content([t0], [zsk1])],
    });
    expect(prove({ zones: [{ journal: half, policy }], from: t0, profiles: alone }).violations).toMatchObject([
      { kind: 'no-key-for-rrset', profiles: ['no-ecdsa-p256'] },
    ]);
  });

  test('are as insecure as all others without a DS', () => {
    const of = journal({
      ds: [dsVersion([t0, swap], [ds(ksk1)]), dsVersion([swap], [])],
      dnskey: [dnskey([t0], [ksk1, zsk1], [ksk1])],
      content: [content([t0], [zsk1])],
    });
    const alone = [profiles['no-sha-384']];
    expect(prove({ zones: [{ journal: of, policy }], from: t0, profiles: alone }).violations).toMatchObject([
      { kind: 'insecure', profiles: ['no-sha-384'] },
    ]);
  });
});

describe('the budget', () => {
  test('is two signatures over an RRset: two rolls together are warned of', () => {
    const third = key(257, 13, 9);
    const of = (by: Key[]) =>
      judged(
        journal({
          ds: [dsVersion([t0], [ds(ksk1)])],
          dnskey: [dnskey([t0, swap, seenGone], [ksk1, ksk2, third, zsk1], by), dnskey([swap], [ksk1, zsk1], [ksk1])],
          content: [content([t0], [zsk1])],
        }),
      );
    expect(of([ksk1, ksk2]).warnings).toEqual([]);
    const proof = of([ksk1, ksk2, third]);
    expect(proof.violations).toEqual([]);
    expect(proof.warnings).toMatchObject([
      { kind: 'many-signatures', from: t0, until: seenGone, names: ['example.org. DNSKEY'] },
    ]);
    expect(proof.warnings[0].caches[0].signers).toHaveLength(3);
  });

  test('is an answer that UDP carries whole', () => {
    const rsa = [1, 2, 3, 4].map((seed) => key(257, 8, seed));
    const of = (count: number) =>
      judged(
        journal({
          ds: [dsVersion([t0], [ds(rsa[0])])],
          dnskey: [dnskey([t0], rsa.slice(0, count), [rsa[0]])],
          content: [content([t0], [rsa[0]])],
        }),
      );
    // A key: 12 + 264; its signature: 12 + 18 + 13 + 256; around them 12 + 13 + 4 + 11. Three: 1167, four: 1443.
    expect(of(3).warnings).toEqual([]);
    expect(of(4).warnings).toMatchObject([{ kind: 'large-answer' }]);
    expect(of(4).warnings[0].message).toContain('1443');
  });
});

describe('signatures', () => {
  const withSignature = (inception: number, expiration: number, gone: number | undefined) => {
    const told = content([t0, swap, gone], [zsk1]);
    const signed = { signers: [zsk1.id], inception, expiration };
    return journal({
      ds: [dsVersion([t0], [ds(ksk1)])],
      dnskey: [dnskey([t0], [ksk1, zsk1], [ksk1])],
      content: [{ ...told, signed }, content([swap], [zsk1], 2 * day)],
    });
  };

  test('have to outlive the service of their version, by the skew of clocks', () => {
    expect(core(judged(withSignature(t0, seenGone + hour, seenGone)))).toEqual([]);
    const short = judged(withSignature(t0, seenGone + hour - 1, seenGone), {});
    // Without a horizon only the present is judged: what is to come may still be signed again.
    expect(core(short)).toEqual([]);
    const horizon = { zones: [{ journal: withSignature(t0, seenGone + hour - 1, seenGone), policy }], from: t0 };
    expect(core(prove({ ...horizon, to: swap + 90 * day }))).toMatchObject([
      { kind: 'signature-window', from: seenGone - 1, until: seenGone },
    ]);
  });

  test('of what still stands have to last to the horizon', () => {
    const of = (expiration: number) => ({
      ...journal({ ds: [], dnskey: [dnskey([t0], [ksk1, zsk1], [ksk1])], content: [] }),
      content: [{ ...content([t0], [zsk1]), signed: { signers: [zsk1.id], inception: t0 - 3 * hour, expiration } }],
    });
    const proof = (expiration: number) =>
      core(prove({ zones: [{ journal: of(expiration), policy }], from: t0, to: swap }));
    expect(proof(swap + hour)).toEqual([]);
    expect(proof(swap + hour - 1)).toMatchObject([{ kind: 'signature-window', from: swap - 1 }]);
  });

  test('of a dropped version that nobody has seen gone are no reason to stop a build', () => {
    const at = (gone: number | undefined, from: number, to?: number) =>
      core(prove({ zones: [{ journal: withSignature(t0, swap + day, gone), policy }], from, to }));
    const later = swap + 90 * day;
    expect(at(undefined, later)).toEqual([]);
    expect(at(undefined, later, later + day)).toMatchObject([{ kind: 'signature-window', from: later }]);
    expect(at(later + hour, later)).toMatchObject([{ kind: 'signature-window', from: later, until: later + hour }]);
  });

  test('made by a clock that was ahead are not valid yet when they are served', () => {
    const of = (inception: number) => judged(withSignature(inception, swap + 300 * day, seenGone));
    const horizon = (inception: number) =>
      core(
        prove({
          zones: [{ journal: withSignature(inception, swap + 300 * day, seenGone), policy }],
          from: t0,
          to: swap + 90 * day,
        }),
      );
    expect(core(of(swap - hour))).toEqual([]);
    expect(horizon(swap - hour)).toEqual([]);
    expect(horizon(swap - hour + 1)).toMatchObject([{ kind: 'signature-window', from: swap }]);
  });

  test('that had run out before their version was built leave nothing to hold', () => {
    const of = journal({
      ds: [dsVersion([t0], [ds(ksk1)])],
      dnskey: [dnskey([t0], [ksk1, zsk1], [ksk1])],
      content: [
        {
          ...content([swap, swap + day, swap + day], [zsk2]),
          signed: { signers: [zsk2.id], inception: t0, expiration: t0 },
        },
        content([swap + day], [zsk1]),
      ],
    });
    expect(core(judged(of))).toEqual([]);
  });

  test('end what caches hold of a version that is signed no more', () => {
    const of = (expiration: number) => {
      const { at } = faults['the DNSKEY of a ZSK goes with its signatures'];
      const told = at(seenGone + 2 * hour);
      const [old, ...rest] = told.content;
      return { ...told, content: [{ ...old, signed: { signers: [zsk1.id], inception: t0, expiration } }, ...rest] };
    };
    expect(core(judged(of(seenGone + hour)))).toEqual([]);
    expect(core(judged(of(seenGone + hour + 1)))).toMatchObject([
      { kind: 'no-key-for-rrset', until: seenGone + 2 * hour + 1 },
    ]);
  });
});

describe('the proof', () => {
  const green = faults['a new ZSK signs before every cache has it'].at(seenGone + ttl.dnskey);

  test('names RRsets that differ from the rest by their TTL apart, and those with the same times together', () => {
    const { at, boundary } = faults['the DNSKEY of a ZSK goes with its signatures'];
    const told = at(boundary - 1);
    const history = (owner: string, seconds: number) => ({
      owner: owner as never,
      type: 52,
      versions: [
        rrset([t0, swap, seenGone], ['030101aa'], seconds, [zsk1]),
        rrset([swap], ['030101aa'], seconds, [zsk2]),
      ],
    });
    const of = {
      ...told,
      rrsets: [
        ...told.rrsets,
        history('_25._tcp.a.example.org.', 900),
        history('_25._tcp.b.example.org.', 900),
        history('_25._tcp.c.example.org.', 7 * day),
      ],
    };
    expect(judged(of).violations.map(({ names, until }) => [names, until])).toEqual([
      [['example.org. (everything else)'], seenGone + day],
      [['_25._tcp.c.example.org. TLSA'], seenGone + 7 * day],
    ]);
  });

  test('judges equal histories once, and each zone by its own name', () => {
    const bad = faults['a new ZSK signs before every cache has it'].at(seenGone);
    const one = prove({ zones: [{ journal: bad, policy }], from: t0 });
    const twin = Array.from({ length: 1000 }, () => ({ journal: bad, policy }));
    const many = prove({ zones: twin, from: t0 });
    expect(many.judged).toEqual({ ...one.judged, zones: 1000 });
    expect(many.violations).toHaveLength(1000);
    // The digest of another name leads nowhere.
    const elsewhere = {
      ...green,
      zone: 'example.net.' as typeof zone,
      rrsets: [{ ...green.rrsets[0], owner: 'example.net.' as typeof zone }],
    };
    const proof = prove({
      zones: [
        { journal: green, policy },
        { journal: elsewhere, policy },
      ],
      from: t0,
    });
    expect(new Set(proof.violations.map(({ subject, kind }) => `${subject.name} ${kind}`))).toEqual(
      new Set(['example.net. no-key-for-ds']),
    );
    expect(proof.judged.histories).toBe(2);
  });

  test('leaves the past alone', () => {
    const { at, boundary } = faults['a new ZSK signs before every cache has it'];
    const proof = (from: number) => prove({ zones: [{ journal: at(boundary - 1), policy }], from }).violations.length;
    expect(proof(boundary - 1)).toBe(1);
    expect(proof(boundary)).toBe(0);
  });

  test('says with every result what it does not cover', () => {
    expect(judged(green).outside.join()).toMatch(/serve-stale.*TTL floors.*anycast.*replay.*above the parent/);
  });

  test('has judged nothing where nothing was built', () => {
    expect(judged(journal({ ds: [], dnskey: [], content: [] })).judged).toEqual({
      zones: 1,
      histories: 1,
      instants: 1,
      combinations: 0,
    });
  });
});
