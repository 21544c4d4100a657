/** The proof against a naive one that looks at every second: neither finds a failure that the other misses. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { name } from '../../src/dns/name.ts';
import type { ContentVersion, DsVersion, Evidence, Journal, RRsetVersion, Service } from '../../src/journal/journal.ts';
import { newJournal } from '../../src/journal/journal.ts';
import type { ProofPolicy } from '../../src/prove/policy.ts';
import { profiles } from '../../src/prove/profile.ts';
import { prove } from '../../src/prove/prove.ts';
import type { Violation } from '../../src/prove/violation.ts';
import { ds, type Key, key, zone } from './histories.ts';
import { type NaiveQuestion, naiveFailures } from './naive.ts';

const keys: readonly Key[] = [key(257, 13, 1), key(257, 13, 2), key(256, 13, 3), key(257, 8, 4), key(256, 8, 5)];
const dsRecords = [ds(keys[0]), ds(keys[1]), ds(keys[0], 4), ds(keys[3]), ds(keys[3], 4)];
const horizon = 40;
const tlsaOwner = name('_25._tcp.example.org.');

const small = (max: number, min = 0) => fc.integer({ min, max });
/** Sets that mostly work, so that most histories are green for a while. */
const usual = <T>(all: readonly T[], often: readonly T[]): fc.Arbitrary<T[]> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant<T[]>([...often]) },
    { weight: 2, arbitrary: fc.subarray([...all]).map((set) => [...new Set([...often, ...set])]) },
    { weight: 1, arbitrary: fc.subarray([...all]) },
  );

const signedBy = fc.record({
  signers: usual(keys, [keys[0], keys[2]]),
  expiration: fc.oneof(fc.constant(500), small(60, 5)),
});

/** Versions one after the other, and what was seen of each: nothing, its end, or that it is everywhere. */
function historyOf<V extends object>(version: fc.Arbitrary<V>) {
  const step = fc.record({
    version,
    lasts: small(14, 1),
    seen: fc.constantFrom('not', 'not', 'gone', 'published'),
    lag: small(5),
  });
  return fc.array(step, { minLength: 1, maxLength: 4 }).map((steps) => {
    let built = 0;
    return steps.map(({ version: told, lasts, seen, lag }, index) => {
      const dropped = index === steps.length - 1 ? undefined : built + lasts;
      const service: Service =
        seen === 'gone' && dropped !== undefined
          ? { state: 'gone', until: dropped + lag, evidence: 1 }
          : seen === 'published'
            ? { state: 'published', from: built + lag, evidence: 1 }
            : { state: 'unseen' };
      const timed = { ...told, built, dropped, service };
      built += lasts;
      return timed;
    });
  });
}

const signed = ({ signers, expiration }: { signers: Key[]; expiration: number }) =>
  signers.length === 0 ? undefined : { signers: signers.map(({ id }) => id).sort(), inception: -1000, expiration };

const rrsets = (records: fc.Arbitrary<string[]>) =>
  historyOf(
    fc
      .record({ records, ttl: small(8, 1), by: signedBy })
      .map(({ records, ttl, by }) => ({ records: [...records].sort(), ttl, signed: signed(by) })),
  ) as fc.Arbitrary<RRsetVersion[]>;

const contents = historyOf(
  fc
    .record({ largestTtl: small(8, 1), negativeTtl: small(4, 1), by: signedBy })
    .map(({ largestTtl, negativeTtl, by }) => ({
      largestTtl,
      negativeTtl,
      expire: 6,
      signed: signed(by),
    })),
) as fc.Arbitrary<ContentVersion[]>;

const dsSet = usual(dsRecords, [dsRecords[0]]).map((set) => [...set].sort());
const asked = historyOf(dsSet.map((records) => ({ records }))).map((versions) =>
  versions.map((version) => ({ ...version, service: { state: 'unseen' } }) as DsVersion),
);

const sightings = (versions: readonly DsVersion[]): fc.Arbitrary<Evidence[]> =>
  fc
    .array(
      fc.record({
        at: small(horizon),
        ttl: small(8, 1),
        records: fc.oneof(
          { weight: 4, arbitrary: fc.constantFrom(...versions.map(({ records }) => records)) },
          { weight: 1, arbitrary: dsSet },
        ),
      }),
      { maxLength: 5 },
    )
    .map((rows) => {
      const times = [...new Map(rows.map((row) => [row.at, row])).values()].sort((a, b) => a.at - b.at);
      return times.map(({ at, ttl, records }, index) => {
        const fact = { kind: 'ds-seen', records: [...records], ttl } as const;
        return { id: index + 1, at, by: 'observe', servers: [], fact };
      });
    });

const policies: fc.Arbitrary<ProofPolicy> = fc.record({
  publication: fc.oneof(
    fc.constant({ kind: 'evidence' } as const),
    small(3).map((after) => ({ kind: 'by-build', after }) as const),
  ),
  zonePropagationDelay: fc.oneof(small(3), small(8)),
  publishSafety: small(2),
  retireSafety: small(2),
  expire: fc.constant(6),
  parent: fc.record({ ttl: small(6, 1), propagationDelay: small(2) }),
});

const journals: fc.Arbitrary<Journal> = asked.chain((parentDs) =>
  fc
    .record({
      evidence: sightings(parentDs),
      dnskey: rrsets(usual(keys, [keys[0], keys[2]]).map((set) => set.map(({ rdata }) => rdata))),
      tlsa: rrsets(fc.constantFrom([], ['030101aa'])),
      content: contents,
      insecure: fc.option(small(horizon), { nil: undefined, freq: 3 }),
    })
    .map(({ evidence, dnskey, tlsa, content, insecure }) => ({
      ...newJournal(zone, 0),
      parentDs,
      evidence,
      content,
      requests: insecure === undefined ? {} : { insecure: { at: insecure, by: 'hostmaster' } },
      rrsets: [
        { owner: zone, type: 48, versions: dnskey },
        { owner: tlsaOwner, type: 52, versions: tlsa },
      ],
    })),
);

const questions: fc.Arbitrary<NaiveQuestion> = fc.record({
  journal: journals,
  policy: policies,
  mode: fc.constantFrom('plain', 'margins', 'strict'),
  keys: fc.constant(keys),
  from: fc.oneof(fc.constant(0), small(20)),
  to: fc.constant(horizon),
});

/** The violations second by second, in the words of the naive one. */
function failures({ journal, policy, mode, from, to }: NaiveQuestion) {
  const asked = [profiles.permissive, profiles.strict];
  const proof = prove({ zones: [{ journal, policy }], mode, from, to, clockSkew: 0, profiles: asked });
  const found = new Set<string>();
  for (const violation of proof.violations) {
    for (let second = violation.from; second < Math.min(to, violation.until ?? to); second++) {
      for (const failure of said(violation)) found.add(`${second} ${failure}`);
    }
  }
  return { found, proof };
}

function said({ kind, names, profiles, caches }: Violation): readonly string[] {
  if (kind === 'tlsa-without-ds') return [`tlsa-without-ds ${caches[1].since}`];
  if (kind === 'signature-window')
    return names.map((of) => `signature-window ${of.replace('example.org. DNSKEY', 'DNSKEY')}`);
  const parts = caches.map(({ what, records, signers = [] }) => ({
    what,
    end: `${[...records].sort().join(', ')} by ${signers.join(' ')}`,
  }));
  const lines =
    kind === 'no-key-for-rrset' ? names.map((of) => [...parts.slice(0, 2), { what: of, end: parts[2].end }]) : [parts];
  return profiles.flatMap((profile) =>
    lines.map((line) => [`${profile} ${kind}`, ...line.map(({ what, end }) => `${what} ${end}`)].join(' | ')),
  );
}

describe('the proof and every second by itself', () => {
  test('find the same failures at the same seconds in the same cache contents', () => {
    let red = 0;
    let quiet = 0;
    let seconds = 0;
    fc.assert(
      fc.property(questions, (question) => {
        const naive = naiveFailures(question);
        const { found, proof } = failures(question);
        expect([...found].sort()).toEqual([...naive].sort());
        const at = new Set([...naive].map((failure) => failure.split(' ')[0]));
        seconds += at.size;
        quiet += question.to - question.from - at.size;
        if (proof.violations.length > 0) red++;
      }),
      { numRuns: 150 },
    );
    // Seconds of both kinds are among them.
    expect(red).toBeGreaterThan(10);
    expect(quiet).toBeGreaterThan(50);
    expect(seconds).toBeGreaterThan(500);
  });
});
