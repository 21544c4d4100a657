import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  durationPattern,
  longestDuration,
  meantDuration,
  parseDuration,
  printDuration,
} from '../../src/text/duration.ts';

describe('durations', () => {
  test.each([
    ['0', 0],
    ['3600', 3600],
    ['90d', 90 * 86400],
    ['1h30m', 5400],
    ['2w', 1209600],
    ['1W2D3H4M5S', 788645],
    ['P1DT2H', 93600],
    ['PT15M', 900],
    ['P3W', 1814400],
    ['PT0S', 0],
    ['36600d', longestDuration],
  ])('%s is %d seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  test.each([
    '',
    'h',
    'P',
    'PT',
    'P1DT',
    'PT1D',
    '1 h',
    '1h 30m',
    '-1',
    '+1',
    '1.5h',
    '30m1h',
    '1h1h',
    '1y',
    'P1Y',
    'P1M',
    '1mo',
    '0x10',
    '1e3',
    '１h',
    '36601d',
    '9999999999999999999',
    'p1d',
    '1h30',
  ])('%j is no duration', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  test('parse ∘ print is the identity', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: longestDuration }), (seconds) => {
        expect(parseDuration(printDuration(seconds))).toBe(seconds);
      }),
    );
  });

  test('the pattern for editors takes what the parser takes', () => {
    const pattern = new RegExp(durationPattern);
    const text = fc.stringMatching(/^P?[0-9]{0,3}[wdhmsWDHMS]?T?[0-9]{0,2}[wdhmsWDHMS]?$/);
    fc.assert(fc.property(text, (value) => parseDuration(value) === undefined || pattern.test(value)));
  });
});

describe('a duration in words', () => {
  test.each([
    ['1 hour', '1h'],
    ['90 days', '90d'],
    ['1 h', '1h'],
    ['2 Weeks', '2w'],
    ['10min', '10m'],
    ['1 hour 30 minutes', '1h30m'],
    ['1 day, 2 hours and 5 secs', '1d2h5s'],
    ['3600 seconds', '3600s'],
  ])('%j can only mean %s', (text, short) => {
    expect(meantDuration(text)).toBe(short);
    expect(parseDuration(short)).toBeTypeOf('number');
  });

  test.each([
    '1 month',
    '1.5 hours',
    '1:30',
    '30 minutes 1 hour',
    '1 hour 1 hour',
    'an hour',
    '-1 day',
    '',
    '5',
    '1 constructor',
  ])('%j can not be read in one way', (text) => {
    expect(meantDuration(text)).toBeUndefined();
  });
});
