/** What holds for the matcher whatever the records, the chain and the clock. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchTlsa } from '../../src/dane/match/match.ts';
import { readRRset } from '../../src/dane/match/read-rrset.ts';
import { reasonText } from '../../src/dane/match/reason-text.ts';
import { readRecord } from '../../src/dane/match/usability.ts';
import type { MatchInput, MatchVerdict } from '../../src/dane/match/verdict.ts';
import { name } from '../../src/dns/name.ts';
import { hex, type Octets } from '../../src/text/octets.ts';
import { newReport } from '../../src/text/problem.ts';
import { readCertificate } from '../../src/x509/certificate.ts';
import { day, make } from '../x509/make-certificate.ts';
import { fullChain, intermediate, leaf, presentedOf, rdataOf, root, tlsa } from './matched.ts';

const stray = make({ subject: 'Stray', ca: true });
const renewed = make({ subject: 'Intermediate', issuer: 'Root', ca: true, serial: 2, to: '20250101' });
const certificates = [leaf, intermediate, root, stray, renewed];
const parameters = [0, 1, 2, 3].flatMap((usage) => [0, 1].flatMap((s) => [0, 1, 2].map((m) => `${usage} ${s} ${m}`)));

/** Records that say something about the certificates, nearly so, or nothing at all. */
const record: fc.Arbitrary<Octets> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom(...parameters), fc.constantFrom(...certificates))
      .map(([p, c]) => rdataOf(tlsa(p, c))),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.integer({ min: 0, max: 4 }),
        fc.integer({ min: 0, max: 2 }),
        fc.integer({ min: 0, max: 3 }),
        fc.uint8Array({ maxLength: 70 }),
      )
      .map(([u, s, m, data]) => Uint8Array.from([u, s, m, ...data])),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 80 }) },
);

const presented: fc.Arbitrary<MatchInput['presented']> = fc.oneof(
  { weight: 4, arbitrary: fc.shuffledSubarray(certificates, { minLength: 1 }).map(presentedOf) },
  {
    weight: 1,
    arbitrary: fc.oneof(fc.constant(leaf.spki), fc.uint8Array()).map((spki) => ({ kind: 'raw-key' as const, spki })),
  },
);

const input: fc.Arbitrary<MatchInput> = fc.record({
  rrset: fc.array(record, { maxLength: 6 }),
  presented,
  names: fc.constantFrom('unchecked' as const, [name('mx.example.test')], [name('elsewhere.test')], []),
  at: fc.constantFrom(day('2010-01-01'), day('2024-01-01'), day('2026-11-22'), day('2060-01-01')),
  application: fc.constantFrom('smtp', 'other'),
  trustStore: fc.constantFrom(undefined, [], [root], [stray]),
});

/** The verdict with RDATA in place of numbers, so that RRsets in another order can be compared. */
function summary(verdict: MatchVerdict) {
  const at = (record: number) => hex(verdict.records[record].rdata);
  return {
    state: verdict.state,
    matched: verdict.state === 'matched' ? [at(verdict.matched.record), verdict.matched.depth] : undefined,
    records: verdict.records
      .map(({ rdata, usable, reason }) =>
        [hex(rdata), usable, reason.kind, reasonText({ record: 0, rdata, usable, reason } as never)].join(' '),
      )
      .sort(),
  };
}

describe('for every RRset and chain', () => {
  test('the order of the records does not matter', () => {
    fc.assert(
      fc.property(
        input.chain((of) =>
          fc.tuple(fc.constant(of), fc.shuffledSubarray([...of.rrset], { minLength: of.rrset.length })),
        ),
        ([of, rrset]) => {
          expect(summary(matchTlsa({ ...of, rrset }))).toEqual(summary(matchTlsa(of)));
        },
      ),
      { numRuns: 150 },
    );
  });

  test('an unusable record more changes nothing', () => {
    fc.assert(
      fc.property(input, record, (of, more) => {
        fc.pre('unusable' in readRecord(more, 0, of));
        const [before, after] = [matchTlsa(of), matchTlsa({ ...of, rrset: [...of.rrset, more] })];
        expect(after).toEqual({ ...before, records: [...before.records, after.records.at(-1)] });
      }),
      { numRuns: 150 },
    );
  });

  test('the verdict follows from the records: matched, else usable, else unusable', () => {
    fc.assert(
      fc.property(input, (of) => {
        const { state, records } = matchTlsa(of);
        expect(records).toHaveLength(of.rrset.length);
        const isMatched = records.some(({ reason }) => reason.kind === 'matched');
        const isUsable = records.some(({ usable }) => usable);
        expect(state).toBe(isMatched ? 'matched' : isUsable ? 'no-match' : 'unusable');
      }),
      { numRuns: 150 },
    );
  });

  test('DANE-EE depends on the leaf alone', () => {
    fc.assert(
      fc.property(input, fc.constantFrom(...certificates), (of, other) => {
        fc.pre(of.presented.kind === 'chain');
        if (of.presented.kind !== 'chain') return;
        const rrset = of.rrset.filter(([usage]) => usage === 3);
        const [first] = of.presented.certificates;
        const alone = { ...of, rrset, presented: presentedOf([first, other]), names: [], at: 0, trustStore: undefined };
        const matched = (verdict: MatchVerdict) => verdict.records.map(({ reason }) => reason.kind === 'matched');
        expect(matched(matchTlsa(alone))).toEqual(matched(matchTlsa({ ...of, rrset })));
      }),
      { numRuns: 100 },
    );
  });

  test('no TA usage matches at depth 0, and no EE usage above', () => {
    fc.assert(
      fc.property(input, (of) => {
        for (const { rdata, reason } of matchTlsa(of).records) {
          if (reason.kind === 'matched') expect(reason.depth > 0).toBe(rdata[0] === 0 || rdata[0] === 2);
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe('whatever the octets', () => {
  test('a Full record of a damaged certificate ends in a reason', () => {
    fc.assert(
      fc.property(fc.constantFrom(...fullChain), fc.nat(), fc.integer({ min: 0, max: 255 }), ({ der }, at, octet) => {
        const data = Uint8Array.from(der);
        data[at % data.length] = octet;
        for (const head of [
          [2, 0, 0],
          [3, 0, 0],
          [2, 1, 0],
        ]) {
          const rrset = [Uint8Array.from([...head, ...data])];
          const of = { presented: presentedOf(fullChain), names: 'unchecked', at: day('2026-11-22') } as const;
          expect(matchTlsa({ ...of, rrset, application: 'smtp' }).records).toHaveLength(1);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('a damaged certificate in the chain ends in a verdict', () => {
    fc.assert(
      fc.property(fc.nat(2), fc.nat(), fc.integer({ min: 0, max: 255 }), (which, at, octet) => {
        const data = Uint8Array.from(fullChain[which].der);
        data[at % data.length] = octet;
        const damaged = readCertificate(data);
        fc.pre(!('offset' in damaged));
        if ('offset' in damaged) return;
        const chain = fullChain.map((certificate, i) => (i === which ? damaged : certificate));
        const rrset = [tlsa('2 1 1', root), tlsa('2 0 0', root), tlsa('3 1 1', leaf)].map(rdataOf);
        const of = { rrset, presented: presentedOf(chain), names: 'unchecked', at: day('2026-11-22') } as const;
        expect(matchTlsa({ ...of, application: 'smtp' }).records).toHaveLength(3);
      }),
      { numRuns: 200 },
    );
  });

  test('a text is read as an RRset or refused with its place', () => {
    const piece = fc.constantFrom(
      '3 1 1 ',
      'TLSA ',
      '(',
      ')',
      '\n',
      ';',
      '\\# 3 ',
      'a.test. ',
      '60 IN ',
      '$ORIGIN ',
      '00ff',
      ' ',
      '"',
      '\u00e9',
      'TYPE52 ',
      '256 ',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(text, (of) => {
        const to = newReport();
        const found = readRRset('records', of, to);
        expect(found === undefined).toBe(to.hasErrors);
        if (found !== undefined) expect(found.rrset.length).toBeGreaterThan(0);
        for (const { position } of to.problems) expect(position?.line).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });
});
