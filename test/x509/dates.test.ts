import { describe, expect, test } from 'vitest';
import { newReport } from '../../src/text/problem.ts';
import { type DateQuestion, reportDates } from '../../src/x509/dates.ts';
import { chainOf } from './vectors.ts';

const [certificate] = chainOf('made/not-yet-valid.pem');
const { notBefore, notAfter } = certificate;

function rulesOf(question: DateQuestion): string[] {
  const to = newReport();
  reportDates(certificate, question, to);
  return to.problems.map(({ rule }) => rule);
}

describe('dates', () => {
  test('inside its dates a certificate is in order, both ends included', () => {
    for (const now of [notBefore, notAfter]) expect(rulesOf({ now, datesCount: true })).toEqual([]);
  });

  test('outside them it is a warning where dates count, and information where they do not', () => {
    for (const now of [notBefore - 1, notAfter + 1]) {
      expect(rulesOf({ now, datesCount: true })).toEqual(['cert/expired-ta']);
      expect(rulesOf({ now, datesCount: false })).toEqual(['cert/expired-ee']);
    }
  });

  test('a certificate that expires before the next run is a warning where dates count', () => {
    const question = { now: notAfter - 10, nextRun: notAfter + 1 };
    expect(rulesOf({ ...question, datesCount: true })).toEqual(['cert/expires-before-next-run']);
    expect(rulesOf({ ...question, datesCount: false })).toEqual([]);
    expect(rulesOf({ ...question, nextRun: notAfter, datesCount: true })).toEqual([]);
  });
});
