import { describe, expect, test } from 'vitest';
import { dnssecTime, parseTime, readableTime } from '../../src/text/time.ts';

describe('a time', () => {
  // 1767225600 is what `date -u -d 2026-01-01 +%s` prints.
  test.each([
    '1767225600',
    '20260101000000',
    '2026-01-01',
    '2026-01-01 00:00',
    '2026-01-01T00:00:00Z',
    '2026-01-01T01:00:00+01:00',
    '2026-01-01T00:00:00.999',
  ])('%s is read in UTC, whatever the machine thinks', (text) => {
    expect(parseTime(text)).toBe(1767225600);
  });

  test.each([
    '2026-02-30',
    '2026-06-31T00:00:00Z',
    '2025-02-29',
    '20260230000000',
    '2026-13-01',
    '20260101250000',
    '2026-01-01T25:00:00Z',
    '-1',
    '1e9',
    'now',
    '',
    '2026-1-1',
  ])('%j is none: no day is moved to the next month', (text) => {
    expect(parseTime(text)).toBeUndefined();
  });

  test('leap days are days', () => {
    expect(parseTime('2028-02-29')).toBe(Date.UTC(2028, 1, 29) / 1000);
  });

  test('is printed as RFC 4034 section 3.2 has it, and for people', () => {
    expect(dnssecTime(1767225600)).toBe('20260101000000');
    expect(readableTime(1767225600)).toBe('2026-01-01 00:00:00Z');
  });
});
